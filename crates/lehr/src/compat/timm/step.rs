//! `StepLRScheduler`: `base decay_rate^floor(t / decay_t)`.

use super::Warmup;
use crate::compat::python::floor_divide;
use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// timm's `StepLRScheduler`: multiplies by `decay_rate` every `decay_t`, after a warm-up.
    ///
    /// ```
    /// use lehr::compat::{Replica, timm::StepLRScheduler};
    ///
    /// let step = StepLRScheduler { decay_t: Some(1.5), decay_rate: 0.5, ..StepLRScheduler::default() };
    /// let replica = Replica::from(step);
    /// assert_eq!([0, 1, 2, 3].map(|n| replica.value_at(n, 1.0)), [1.0, 1.0, 0.5, 0.25]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// Beside [those of all of them](super#quirks-of-all-of-them): `warmup_prefix` is true here, `decay_rate` is 1 (no
    /// decay at all), and `decay_t` need not be whole.
    ///
    /// # Numerics
    ///
    /// timm computes a closed form: the same bits.
    StepLRScheduler = "timm.StepLRScheduler" {
        /// The distance between two drops, above 0; 0 divides by zero. Required.
        decay_t: Option<f64> = None,
        /// The factor of a drop.
        decay_rate: f64 = 1.0,
        /// The length of the warm-up.
        warmup_t: u64 = 0,
        /// The value that the warm-up starts from.
        warmup_lr_init: f64 = 0.0,
        /// Whether the drops are counted from the end of the warm-up.
        warmup_prefix: bool = true,
        /// Whether n counts epochs; it changes no value.
        t_in_epochs: bool = true,
    }
}

impl Original for StepLRScheduler {
    fn check(&self) -> Result<(), Error> {
        let decay_t = rules::required("decay_t", self.decay_t)?;
        rules::number("decay_t", decay_t, decay_t > 0.0, "it must be above 0: the original divides by it")
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let warmup = Warmup { t: self.warmup_t, lr_init: self.warmup_lr_init, prefix: self.warmup_prefix };
        let drops = |t: u64| self.decay_t.map_or(0.0, |decay_t| floor_divide(t as f64, decay_t));
        warmup.at(n, base, base).unwrap_or_else(|t| base * self.decay_rate.powf(drops(t)))
    }
}
