//! `inverse_sqrt`: up to the base, then `base / sqrt((n - W + timescale) / timescale)`.

use super::warmup;
use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// transformers' `inverse_sqrt` (`get_inverse_sqrt_schedule`): a line up from 0 and an inverse square root.
    ///
    /// ```
    /// use lehr::compat::{Replica, transformers::InverseSqrt};
    ///
    /// let replica = Replica::from(InverseSqrt { num_warmup_steps: 2, timescale: None });
    /// assert_eq!([0, 1, 2, 8].map(|n| replica.value_at(n, 1.0)), [0.0, 0.5, 1.0, 0.5]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - `timescale` is the warm-up if it is not given, and 10,000 if there is none.
    /// - `timescale` of 0 divides by zero when the warm-up ends.
    ///
    /// # Numerics
    ///
    /// The same bits.
    InverseSqrt = "transformers.inverse_sqrt" {
        /// The length of the warm-up from 0. Required by the original; 0 is no warm-up.
        num_warmup_steps: u64 = 0,
        /// After three of these the value is half the base; at least 1.
        timescale: Option<u64> = None,
    }
}

impl Original for InverseSqrt {
    fn check(&self) -> Result<(), Error> {
        self.timescale
            .map_or(Ok(()), |timescale| rules::given("timescale", timescale, "the original divides by it"))
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let default = if self.num_warmup_steps == 0 { 10_000 } else { self.num_warmup_steps };
        let timescale = self.timescale.unwrap_or(default);
        let decay = || {
            let shifted = i128::from(n) + i128::from(timescale) - i128::from(self.num_warmup_steps);
            1.0 / (shifted as f64 / timescale as f64).sqrt()
        };
        base * warmup(n, self.num_warmup_steps).unwrap_or_else(decay)
    }
}
