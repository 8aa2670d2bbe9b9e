//! `PolyLRScheduler`: `lr_min + (base cycle_decay^i - lr_min) (1 - t^k / t_i^k)^power`.

use super::{Cycles, Warmup, power};
use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// timm's `PolyLRScheduler`: a polynomial with warm-up, cycles and k-decay.
    ///
    /// ```
    /// use lehr::compat::{Replica, timm::PolyLRScheduler};
    ///
    /// let poly = PolyLRScheduler { t_initial: 4, power: 2.0, ..PolyLRScheduler::default() };
    /// let replica = Replica::from(poly);
    /// assert_eq!([0, 2, 4, 5].map(|n| replica.value_at(n, 1.0)), [1.0, 0.25, 0.0, 0.0]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// Beside [those of all of them](super#quirks-of-all-of-them) and those of the cycles of
    /// [`CosineLRScheduler`](super::CosineLRScheduler):
    ///
    /// - `power` is 0.5 if it is not given: the square root, not the line.
    /// - Where rounding puts t before its cycle and `k_decay` is not whole, the original does not fail but puts a complex
    ///   number into the group; the replica is at the start of the cycle.
    /// - A `power` below 0 is infinite, and raises, where a missed restart leaves a remainder of 0; the replica is the
    ///   largest f64 there.
    ///
    /// # Numerics
    ///
    /// timm computes a closed form: the same bits.
    PolyLRScheduler = "timm.PolyLRScheduler" {
        /// The length of the first cycle, at least 1.
        t_initial: u64 = 0,
        /// The exponent of what is left.
        power: f64 = 0.5,
        /// The end of each cycle and all after the last.
        lr_min: f64 = 0.0,
        /// How many times as long as the one before each further cycle is.
        cycle_mul: f64 = 1.0,
        /// How many times as high as the one before each further cycle is.
        cycle_decay: f64 = 1.0,
        /// The number of cycles.
        cycle_limit: u64 = 1,
        /// The length of the warm-up.
        warmup_t: u64 = 0,
        /// The value that the warm-up starts from.
        warmup_lr_init: f64 = 0.0,
        /// Whether the polynomial's clock starts after the warm-up.
        warmup_prefix: bool = false,
        /// Whether n counts epochs; it changes no value.
        t_in_epochs: bool = true,
        /// The exponent of the progress; below 0 it divides by zero at the start of a cycle.
        k_decay: f64 = 1.0,
    }
}

impl PolyLRScheduler {
    fn cycles(&self) -> Cycles {
        let Self { t_initial, cycle_mul, cycle_decay, cycle_limit, .. } = *self;
        Cycles { t_initial, cycle_mul, cycle_decay, cycle_limit }
    }
}

impl Original for PolyLRScheduler {
    fn check(&self) -> Result<(), Error> {
        self.cycles().check()?;
        rules::not_negative("lr_min", self.lr_min)?;
        let rule = "it must be 0 or more: the original divides by zero at the start of a cycle";
        rules::number("k_decay", self.k_decay, self.k_decay >= 0.0, rule)
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let warmup = Warmup { t: self.warmup_t, lr_init: self.warmup_lr_init, prefix: self.warmup_prefix };
        let t = match warmup.at(n, base, base) {
            Ok(value) => return value,
            Err(t) => t,
        };
        let Some(cycle) = self.cycles().at(t) else { return self.lr_min };
        let (min, k) = (self.lr_min, self.k_decay);
        let left = 1.0 - power(cycle.elapsed, k) / power(cycle.length, k);
        min + (base * cycle.gamma - min) * power(left, self.power)
    }
}
