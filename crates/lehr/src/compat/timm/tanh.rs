//! `TanhLRScheduler`: `lr_min + (base cycle_decay^i - lr_min) (1 - tanh(lb (1 - p) + ub p)) / 2`.

use super::{Cycles, Warmup};
use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// timm's `TanhLRScheduler`: a hyperbolic tangent with warm-up and cycles (arXiv 1806.01593).
    ///
    /// ```
    /// use lehr::compat::{Replica, timm::TanhLRScheduler};
    ///
    /// let tanh = TanhLRScheduler { t_initial: 10, lb: -3.0, ub: 3.0, ..TanhLRScheduler::default() };
    /// let replica = Replica::from(tanh);
    /// assert_eq!([0, 5, 10].map(|n| replica.value_at(n, 1.0)), [1.0, 0.5, 0.0]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// Beside [those of all of them](super#quirks-of-all-of-them) and those of the cycles of
    /// [`CosineLRScheduler`](super::CosineLRScheduler):
    ///
    /// - The tangent is neither at the base at its start (`lb = -7`: 0.999999 of it) nor at `lr_min` at its end
    ///   (`ub = 3`: 0.0025 of the base above it), so it jumps to `lr_min` there.
    /// - Without `warmup_prefix` the warm-up alone leads to the value that the tangent has when it ends, so it is the
    ///   one of timm's warm-ups that meets its body.
    ///
    /// # Numerics
    ///
    /// timm computes a closed form: the same bits.
    TanhLRScheduler = "timm.TanhLRScheduler" {
        /// The length of the first cycle, at least 1.
        t_initial: u64 = 0,
        /// Where on the tangent a cycle starts; below `ub`.
        lb: f64 = -7.0,
        /// Where on the tangent a cycle ends.
        ub: f64 = 3.0,
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
        /// Whether the tangent's clock starts after the warm-up.
        warmup_prefix: bool = false,
        /// Whether n counts epochs; it changes no value.
        t_in_epochs: bool = true,
    }
}

impl TanhLRScheduler {
    fn cycles(&self) -> Cycles {
        let Self { t_initial, cycle_mul, cycle_decay, cycle_limit, .. } = *self;
        Cycles { t_initial, cycle_mul, cycle_decay, cycle_limit }
    }

    fn body(&self, t: u64, base: f64) -> f64 {
        let Some(cycle) = self.cycles().at(t) else { return self.lr_min };
        let done = cycle.elapsed / cycle.length;
        let weight = 1.0 - (self.lb * (1.0 - done) + self.ub * done).tanh();
        self.lr_min + 0.5 * (base * cycle.gamma - self.lr_min) * weight
    }
}

impl Original for TanhLRScheduler {
    fn check(&self) -> Result<(), Error> {
        self.cycles().check()?;
        rules::not_negative("lr_min", self.lr_min)?;
        rules::not_negative("warmup_lr_init", self.warmup_lr_init)?;
        rules::number("lb", self.lb, self.lb < self.ub, "it must be below `ub`, as the original asserts")
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let warmup = Warmup { t: self.warmup_t, lr_init: self.warmup_lr_init, prefix: self.warmup_prefix };
        let target = if self.warmup_prefix { base } else { self.body(self.warmup_t, base) };
        warmup.at(n, base, target).unwrap_or_else(|t| self.body(t, base))
    }
}
