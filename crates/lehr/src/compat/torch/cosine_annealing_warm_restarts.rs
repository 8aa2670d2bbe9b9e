//! `CosineAnnealingWarmRestarts`: `eta_min + (base - eta_min) (1 + cos(pi T_cur / T_i)) / 2`.

use std::f64::consts::PI;

use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// torch's `CosineAnnealingWarmRestarts`: a cosine that starts anew after `T_0`, `T_0 T_mult`, `T_0 T_mult^2`, ...
    /// updates.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::CosineAnnealingWarmRestarts};
    ///
    /// let replica = Replica::from(CosineAnnealingWarmRestarts { T_0: 1, T_mult: 2, eta_min: 0.0 });
    /// // Cycles of 1, 2 and 4 updates.
    /// assert_eq!([0, 1, 2, 3, 5].map(|n| replica.value_at(n, 1.0)), [1.0, 1.0, 0.5, 1.0, 0.5]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - `eta_min` is never used: the last update of a cycle is one short of it.
    /// - `step(epoch)` with a number is not replicated: torch then finds the cycle by a float logarithm, and
    ///   `step(1269.999999999999)` with `T_0 = 10`, `T_mult = 2` gives the base where the end of a cycle is due.
    ///
    /// # Numerics
    ///
    /// torch computes a closed form: the same bits.
    CosineAnnealingWarmRestarts = "torch.CosineAnnealingWarmRestarts" {
        /// The length of the first cycle, at least 1.
        T_0: u64 = 0,
        /// How many times as long as the one before each further cycle is, at least 1.
        T_mult: u64 = 1,
        /// Where a cycle leads to.
        eta_min: f64 = 0.0,
    }
}

impl CosineAnnealingWarmRestarts {
    /// `T_cur` and `T_i` at n. Cycles that double at least are at most 64.
    fn cycle(&self, n: u64) -> (u64, u128) {
        let (first, factor) = (self.T_0.max(1), self.T_mult.max(1));
        if factor == 1 {
            return (n % first, first.into());
        }
        let (mut elapsed, mut length) = (n, u128::from(first));
        while let Some(rest) = u64::try_from(length).ok().and_then(|length| elapsed.checked_sub(length)) {
            elapsed = rest;
            length *= u128::from(factor);
        }
        (elapsed, length)
    }
}

impl Original for CosineAnnealingWarmRestarts {
    fn check(&self) -> Result<(), Error> {
        rules::given("T_0", self.T_0, "the original demands it")?;
        rules::given("T_mult", self.T_mult, "the original demands it")
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let (elapsed, length) = self.cycle(n);
        let wave = 1.0 + (PI * elapsed as f64 / length as f64).cos();
        self.eta_min + (base - self.eta_min) * wave / 2.0
    }
}
