//! `linear`: up to the base, then `base max(0, (T - n) / (T - W))`.

use super::{difference, warmup};
use crate::compat::Original;
use crate::error::Error;

replica! {
    /// transformers' `linear` (`get_linear_schedule_with_warmup`): a line up from 0 and a line down to 0.
    ///
    /// ```
    /// use lehr::compat::{Replica, transformers::Linear};
    ///
    /// let replica = Replica::from(Linear { num_warmup_steps: 2, num_training_steps: 6 });
    /// assert_eq!([0, 1, 2, 4, 6, 9].map(|n| replica.value_at(n, 1.0)), [0.0, 0.5, 1.0, 0.5, 0.0, 0.0]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - A run of 0 updates is accepted: 0 from the end of the warm-up on.
    ///
    /// # Numerics
    ///
    /// The same bits.
    Linear = "transformers.linear" {
        /// The length of the warm-up from 0. Required by the original; 0 is no warm-up.
        num_warmup_steps: u64 = 0,
        /// The length of the run. Required by the original.
        num_training_steps: u64 = 0,
    }
}

impl Original for Linear {
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let decay = || {
            let left = difference(self.num_training_steps, n);
            let length = difference(self.num_training_steps, self.num_warmup_steps).max(1.0);
            (left / length).max(0.0)
        };
        base * warmup(n, self.num_warmup_steps).unwrap_or_else(decay)
    }
}
