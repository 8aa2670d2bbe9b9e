//! `constant`: the base; `constant_with_warmup`: `base min(n / num_warmup_steps, 1)`.

use super::warmup;
use crate::compat::Original;
use crate::error::Error;

replica! {
    /// transformers' `constant` (`get_constant_schedule`).
    ///
    /// ```
    /// use lehr::compat::{Replica, transformers::Constant};
    ///
    /// assert_eq!(Replica::from(Constant {}).value_at(7, 0.3), 0.3);
    /// ```
    Constant = "transformers.constant" {}
}

replica! {
    /// transformers' `constant_with_warmup` (`get_constant_schedule_with_warmup`).
    ///
    /// ```
    /// use lehr::compat::{Replica, transformers::ConstantWithWarmup};
    ///
    /// let replica = Replica::from(ConstantWithWarmup { num_warmup_steps: 2 });
    /// assert_eq!([0, 1, 2, 3].map(|n| replica.value_at(n, 1.0)), [0.0, 0.5, 1.0, 1.0]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Numerics
    ///
    /// The same bits.
    ConstantWithWarmup = "transformers.constant_with_warmup" {
        /// The length of the warm-up from 0. Required by the original; 0 is no warm-up.
        num_warmup_steps: u64 = 0,
    }
}

impl Original for Constant {
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    fn value_at(&self, _n: u64, base: f64) -> f64 {
        base
    }
}

impl Original for ConstantWithWarmup {
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        base * warmup(n, self.num_warmup_steps).unwrap_or(1.0)
    }
}
