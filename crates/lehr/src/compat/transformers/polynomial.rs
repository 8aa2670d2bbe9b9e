//! `polynomial`: up to the base, then `base (lr_end + (lr_init - lr_end) (1 - p)^power) / lr_init`.

use super::{check_lr_init, difference, warmup};
use crate::compat::{Original, rules};
use crate::error::Error;
use crate::number::Number;

replica! {
    /// transformers' `polynomial` (`get_polynomial_decay_schedule_with_warmup`): a line up from 0 and a polynomial down
    /// to `lr_end`.
    ///
    /// ```
    /// use lehr::compat::{Replica, transformers::Polynomial};
    ///
    /// let replica = Replica::from(Polynomial {
    ///     num_warmup_steps: 2,
    ///     num_training_steps: 4,
    ///     lr_end: 0.5,
    ///     ..Polynomial::default()
    /// });
    /// assert_eq!([0, 1, 2, 3, 4, 5].map(|n| replica.value_at(n, 1.0)), [0.0, 0.5, 1.0, 0.75, 0.5, 0.5]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - `lr_end` is a ratio to the optimizer's default, not to the group's base: groups of 1.0 and 0.1 of an optimizer
    ///   built with 1.0 end at 0.01 and 0.001 with `lr_end=0.01`. See [`lr_init`](super#quirks-of-all-of-them).
    /// - `num_warmup_steps` equal to `num_training_steps` divides by zero when the warm-up ends. A longer warm-up does
    ///   not: `lr_end` follows it.
    /// - The original demands that the optimizer's default is above `lr_end`; where `lr_init` is left to the base, this
    ///   cannot be checked before there is one.
    ///
    /// # Numerics
    ///
    /// The same bits.
    Polynomial = "transformers.polynomial" {
        /// The length of the warm-up from 0. Required by the original; 0 is no warm-up.
        num_warmup_steps: u64 = 0,
        /// The length of the run. Required by the original.
        num_training_steps: u64 = 0,
        /// The value at the end.
        lr_end: f64 = 1e-7,
        /// The exponent of what is left; below 0 it divides by zero at the end.
        power: f64 = 1.0,
        /// The optimizer's default; `None` is the base.
        lr_init: Option<f64> = None,
    }
}

impl Original for Polynomial {
    fn check(&self) -> Result<(), Error> {
        if self.num_training_steps == self.num_warmup_steps {
            return Err(Error::parameter(
                "num_training_steps",
                self.num_training_steps,
                "it must differ from `num_warmup_steps`: the original divides by the difference; give both",
            ));
        }
        let rule = "it must be 0 or more: the original divides by zero at the end";
        rules::number("power", self.power, self.power >= 0.0, rule)?;
        check_lr_init(self.lr_init)?;
        match self.lr_init {
            Some(lr_init) if lr_init <= self.lr_end => {
                let rule =
                    format!("it must be below the {} of `lr_init`, as the original demands", Number(lr_init));
                Err(Error::parameter("lr_end", Number(self.lr_end), rule))
            }
            _ => Ok(()),
        }
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let lr_init = self.lr_init.unwrap_or(base);
        let decay = || {
            if n > self.num_training_steps {
                return self.lr_end / lr_init;
            }
            let length = difference(self.num_training_steps, self.num_warmup_steps);
            let left = 1.0 - difference(n, self.num_warmup_steps) / length;
            ((lr_init - self.lr_end) * left.powf(self.power) + self.lr_end) / lr_init
        };
        base * warmup(n, self.num_warmup_steps).unwrap_or_else(decay)
    }
}
