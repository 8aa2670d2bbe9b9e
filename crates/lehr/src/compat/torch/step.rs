//! `StepLR`: `base gamma^floor(n / step_size)`.

use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// torch's `StepLR`: multiplies by `gamma` at every multiple of `step_size`.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::StepLR};
    ///
    /// let replica = Replica::from(StepLR { step_size: 2, gamma: 0.5 });
    /// assert_eq!([0, 1, 2, 3, 4].map(|n| replica.value_at(n, 1.0)), [1.0, 1.0, 0.5, 0.5, 0.25]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Numerics
    ///
    /// torch multiplies once for each drop; the power here is within `drops + 2` ulp of that product, down to 1e-300.
    StepLR = "torch.StepLR" {
        /// Updates between two drops; 0 divides by zero.
        step_size: u64 = 0,
        /// The factor of a drop.
        gamma: f64 = 0.1,
    }
}

impl Original for StepLR {
    fn check(&self) -> Result<(), Error> {
        rules::given("step_size", self.step_size, "the original divides by it")
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let drops = n.checked_div(self.step_size).unwrap_or_default();
        base * self.gamma.powf(drops as f64)
    }
}
