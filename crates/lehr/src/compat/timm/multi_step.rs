//! `MultiStepLRScheduler`: `base decay_rate^(milestones up to t + 1)`.

use super::Warmup;
use crate::compat::Original;
use crate::compat::python::bisect_right;
use crate::error::Error;

replica! {
    /// timm's `MultiStepLRScheduler`: multiplies by `decay_rate` at each milestone, after a warm-up.
    ///
    /// ```
    /// use lehr::compat::{Replica, timm::MultiStepLRScheduler};
    ///
    /// let decay_t = vec![3, 6];
    /// let multi_step = MultiStepLRScheduler { decay_t, decay_rate: 0.5, ..MultiStepLRScheduler::default() };
    /// let replica = Replica::from(multi_step);
    /// assert_eq!([1, 2, 4, 5].map(|n| replica.value_at(n, 1.0)), [1.0, 0.5, 0.5, 0.25]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// Beside [those of all of them](super#quirks-of-all-of-them):
    ///
    /// - A milestone fires one early: those at 3 and 6 drop at t = 2 and t = 5.
    /// - Milestones that are not sorted are searched as if they were; the replica finds what Python's search finds.
    /// - `warmup_prefix` is true here, and `decay_rate` is 1 (no decay at all).
    ///
    /// # Numerics
    ///
    /// timm computes a closed form: the same bits.
    MultiStepLRScheduler = "timm.MultiStepLRScheduler" {
        /// The milestones.
        decay_t: Vec<u64> = Vec::new(),
        /// The factor at a milestone.
        decay_rate: f64 = 1.0,
        /// The length of the warm-up.
        warmup_t: u64 = 0,
        /// The value that the warm-up starts from.
        warmup_lr_init: f64 = 0.0,
        /// Whether the milestones are counted from the end of the warm-up.
        warmup_prefix: bool = true,
        /// Whether n counts epochs; it changes no value.
        t_in_epochs: bool = true,
    }
}

impl Original for MultiStepLRScheduler {
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let warmup = Warmup { t: self.warmup_t, lr_init: self.warmup_lr_init, prefix: self.warmup_prefix };
        let reached = |t: u64| bisect_right(&self.decay_t, t.saturating_add(1)) as f64;
        warmup.at(n, base, base).unwrap_or_else(|t| base * self.decay_rate.powf(reached(t)))
    }
}
