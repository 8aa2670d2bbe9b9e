//! `ExponentialLR`: `base gamma^n`.

use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// torch's `ExponentialLR`: multiplies by `gamma` after every update.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::ExponentialLR};
    ///
    /// let replica = Replica::from(ExponentialLR { gamma: Some(0.5) });
    /// assert_eq!([0, 1, 2, 3].map(|n| replica.value_at(n, 1.0)), [1.0, 0.5, 0.25, 0.125]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// A decay in torch never reaches 0: it sticks at some multiple of the smallest f64, 5e-324, where the closed form
    /// goes to 0. A growing value becomes infinite in torch and the largest f64 here.
    ///
    /// # Numerics
    ///
    /// torch multiplies n times; the power here is within `n + 2` ulp of that product, down to 1e-300.
    ExponentialLR = "torch.ExponentialLR" {
        /// The factor of one update; required.
        gamma: Option<f64> = None,
    }
}

impl Original for ExponentialLR {
    fn check(&self) -> Result<(), Error> {
        rules::required("gamma", self.gamma).map(drop)
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        base * self.gamma.unwrap_or(1.0).powf(n as f64)
    }
}
