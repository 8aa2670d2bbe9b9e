//! `SWALR`: `swa_lr a + base (1 - a)`, where a rises from 0 to 1 over `anneal_epochs`.

use std::f64::consts::PI;

use super::AnnealStrategy;
use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// torch's `SWALR`: from the base to `swa_lr`, which it holds. The base is what stands in the group when the
    /// original is built, usually in the midst of a run; n counts from there.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::{AnnealStrategy, SWALR}};
    ///
    /// let anneal_strategy = AnnealStrategy::Linear;
    /// let replica = Replica::from(SWALR { swa_lr: Some(0.5), anneal_epochs: 2, anneal_strategy });
    /// assert_eq!([0, 1, 2, 3].map(|n| replica.value_at(n, 1.0)), [1.0, 0.75, 0.5, 0.5]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - `anneal_epochs` of 0 is `swa_lr` at once.
    /// - torch recovers the base from the value in the group at every step; another scheduler that runs beside it
    ///   changes the result, and such pairs are not replicated.
    ///
    /// # Numerics
    ///
    /// Within `3 n + 4` ulp of the larger of base and `swa_lr`, since torch recovers the base anew each time.
    SWALR = "torch.SWALR" {
        /// The value that is held; required.
        swa_lr: Option<f64> = None,
        /// Steps on the way to it.
        anneal_epochs: u64 = 10,
        /// The shape of the way.
        anneal_strategy: AnnealStrategy = AnnealStrategy::Cos,
    }
}

impl Original for SWALR {
    fn check(&self) -> Result<(), Error> {
        rules::required("swa_lr", self.swa_lr).map(drop)
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let done = if n >= self.anneal_epochs { 1.0 } else { n as f64 / self.anneal_epochs as f64 };
        let share = match self.anneal_strategy {
            AnnealStrategy::Cos => (1.0 - (PI * done).cos()) / 2.0,
            AnnealStrategy::Linear => done,
        };
        self.swa_lr.unwrap_or(base) * share + base * (1.0 - share)
    }
}
