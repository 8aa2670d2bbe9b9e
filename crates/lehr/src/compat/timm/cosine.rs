//! `CosineLRScheduler`: `lr_min + (base cycle_decay^i - lr_min) (1 + cos(pi t^k / t_i^k)) / 2`.

use std::f64::consts::PI;

use super::{Cycles, Warmup, power};
use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// timm's `CosineLRScheduler`: a cosine with warm-up, cycles and k-decay (arXiv 1608.03983, 2004.05909).
    ///
    /// ```
    /// use lehr::compat::{Replica, timm::CosineLRScheduler};
    ///
    /// let replica = Replica::from(CosineLRScheduler {
    ///     t_initial: 2,
    ///     lr_min: 0.5,
    ///     ..CosineLRScheduler::default()
    /// });
    /// assert_eq!([0, 1, 2, 3].map(|n| replica.value_at(n, 1.0)), [1.0, 0.75, 0.5, 0.5]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// Beside [those of all of them](super#quirks-of-all-of-them):
    ///
    /// - The cycle is found by a float logarithm where `cycle_mul` is not 1, and misses restarts: `t_initial = 3`,
    ///   `cycle_mul = 3` is at `lr_min` instead of the peak at t = 363.
    /// - `cycle_limit` of 0 is `lr_min` from t = 1 on; a `warmup_t` beyond `t_initial` drops to `lr_min` when it ends.
    /// - With `cycle_mul` below 1 the logarithm does not exist from `t_initial / (1 - cycle_mul)` on, and the original
    ///   raises; the replica is at `lr_min`.
    /// - Where rounding puts t before its cycle and `k_decay` is not whole, the original fails on a complex number
    ///   (`t_initial = 10`, `cycle_mul = 1.3`, `k_decay = 1.5` at t = 23); the replica is at the start of the cycle.
    /// - A `cycle_decay` whose power overflows raises; the replica is the largest
    ///   f64, or `lr_min` after the last cycle.
    ///
    /// # Numerics
    ///
    /// timm computes a closed form: the same bits.
    CosineLRScheduler = "timm.CosineLRScheduler" {
        /// The length of the first cycle, at least 1.
        t_initial: u64 = 0,
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
        /// Whether the cosine's clock starts after the warm-up.
        warmup_prefix: bool = false,
        /// Whether n counts epochs; it changes no value.
        t_in_epochs: bool = true,
        /// The exponent of the progress; below 0 it divides by zero at the start of a cycle.
        k_decay: f64 = 1.0,
    }
}

impl CosineLRScheduler {
    fn cycles(&self) -> Cycles {
        let Self { t_initial, cycle_mul, cycle_decay, cycle_limit, .. } = *self;
        Cycles { t_initial, cycle_mul, cycle_decay, cycle_limit }
    }
}

impl Original for CosineLRScheduler {
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
        let wave = 1.0 + (PI * power(cycle.elapsed, k) / power(cycle.length, k)).cos();
        min + 0.5 * (base * cycle.gamma - min) * wave
    }
}
