//! `ConstantLR`: `base factor` before `total_iters`, the base after it.

use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// torch's `ConstantLR`: `factor` times the base for `total_iters` updates, then the base.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::ConstantLR};
    ///
    /// let replica = Replica::from(ConstantLR { factor: 0.5, total_iters: 2 });
    /// assert_eq!([0, 1, 2, 3].map(|n| replica.value_at(n, 1.0)), [0.5, 0.5, 1.0, 1.0]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - The end is `base * factor * (1 / factor)`, which may miss the base by an ulp.
    /// - `total_iters` of 0 never ends: the factor is applied at n = 0, and n = 0 does not come again.
    /// - A factor of 0 is accepted by the original, which divides by it at `total_iters`; [`check`] refuses it.
    ///
    /// # Numerics
    ///
    /// The same bits as torch's.
    ///
    /// [`check`]: crate::compat::Replica::check
    ConstantLR = "torch.ConstantLR" {
        /// Between 0 and 1.
        factor: f64 = 1.0 / 3.0,
        /// Updates that use the factor.
        total_iters: u64 = 5,
    }
}

impl Original for ConstantLR {
    fn check(&self) -> Result<(), Error> {
        rules::number(
            "factor",
            self.factor,
            (0.0..=1.0).contains(&self.factor),
            "it must be between 0 and 1, as the original demands",
        )?;
        rules::number(
            "factor",
            self.factor,
            self.factor > 0.0 || self.total_iters == 0,
            "it must be above 0: the original divides by it at `total_iters`",
        )
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let reduced = base * self.factor;
        let ended = self.total_iters > 0 && n >= self.total_iters;
        if ended { reduced * (1.0 / self.factor) } else { reduced }
    }
}
