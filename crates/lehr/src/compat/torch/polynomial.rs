//! `PolynomialLR`: `base (1 - min(n, total_iters) / total_iters)^power`.

use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// torch's `PolynomialLR`: from the base to 0 over `total_iters`, then 0.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::PolynomialLR};
    ///
    /// let replica = Replica::from(PolynomialLR { total_iters: 2, power: 2.0 });
    /// assert_eq!([0, 1, 2, 3].map(|n| replica.value_at(n, 1.0)), [1.0, 0.25, 0.0, 0.0]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - `total_iters` of 0 leaves the base alone for ever.
    /// - A power below 0 is accepted by the original, which divides by zero at `total_iters`; [`check`] refuses it.
    ///
    /// # Numerics
    ///
    /// torch multiplies at each update by a ratio to the `power`; the closed form is within `(power + 1) n + 4` ulp of
    /// that product.
    ///
    /// [`check`]: crate::compat::Replica::check
    PolynomialLR = "torch.PolynomialLR" {
        /// The length of the decay.
        total_iters: u64 = 5,
        /// The exponent of what is left.
        power: f64 = 1.0,
    }
}

impl Original for PolynomialLR {
    fn check(&self) -> Result<(), Error> {
        rules::number(
            "power",
            self.power,
            self.power >= 0.0,
            "it must be 0 or more: the original divides by zero at `total_iters`",
        )
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        if n == 0 || self.total_iters == 0 {
            return base;
        }
        base * (1.0 - self.total_iters.min(n) as f64 / self.total_iters as f64).powf(self.power)
    }
}
