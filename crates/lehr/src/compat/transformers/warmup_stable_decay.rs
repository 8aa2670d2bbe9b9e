//! `warmup_stable_decay`: up from `min_lr_ratio` to the base, the base, and down to `min_lr_ratio` again.

use std::f64::consts::PI;

use super::warmup;
use crate::compat::Original;
use crate::error::Error;

words! {
    /// The warm-up of [`WarmupStableDecay`].
    ///
    /// ```
    /// use lehr::compat::{Replica, transformers::{WarmupStableDecay, WarmupType}};
    ///
    /// let half = |warmup_type| {
    ///     let (num_warmup_steps, num_training_steps) = (4, Some(8));
    ///     let wsd = WarmupStableDecay { num_warmup_steps, num_training_steps, warmup_type, ..WarmupStableDecay::default() };
    ///     Replica::from(wsd).value_at(2, 1.0)
    /// };
    /// assert_eq!(half(WarmupType::Linear), 0.5);
    /// assert!((half(WarmupType::OneMinusSqrt) - (1.0 - 0.5_f64.sqrt())).abs() < 1e-15);
    /// ```
    WarmupType {
        /// `p`.
        Linear = "linear",
        /// `(1 - cos(pi p)) / 2`.
        Cosine = "cosine",
        /// `1 - sqrt(1 - p)`.
        OneMinusSqrt = "1-sqrt",
    }
}

words! {
    /// The decay of [`WarmupStableDecay`].
    ///
    /// ```
    /// use lehr::compat::{Replica, transformers::{DecayType, WarmupStableDecay}};
    ///
    /// let quarter = |decay_type| {
    ///     let (num_decay_steps, num_training_steps) = (8, Some(8));
    ///     let wsd = WarmupStableDecay { num_decay_steps, num_training_steps, decay_type, ..WarmupStableDecay::default() };
    ///     Replica::from(wsd).value_at(2, 1.0)
    /// };
    /// assert_eq!((quarter(DecayType::Linear), quarter(DecayType::OneMinusSqrt)), (0.75, 0.5));
    /// ```
    DecayType {
        /// `1 - p`.
        Linear = "linear",
        /// `(1 + cos(2 pi num_cycles p)) / 2`.
        Cosine = "cosine",
        /// `1 - sqrt(p)`.
        OneMinusSqrt = "1-sqrt",
    }
}

replica! {
    /// transformers' `warmup_stable_decay` (`get_wsd_schedule`).
    ///
    /// ```
    /// use lehr::compat::{Replica, transformers::{DecayType, WarmupStableDecay}};
    ///
    /// let replica = Replica::from(WarmupStableDecay {
    ///     num_warmup_steps: 2,
    ///     num_decay_steps: 4,
    ///     num_training_steps: Some(9),
    ///     decay_type: DecayType::Linear,
    ///     ..WarmupStableDecay::default()
    /// });
    /// assert_eq!([0, 1, 2, 5, 7, 9].map(|n| replica.value_at(n, 1.0)), [0.0, 0.5, 1.0, 1.0, 0.5, 0.0]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - `num_stable_steps` wins over `num_training_steps`, with a warning, if both are given.
    /// - Warm-up and decay longer than the run make the stable phase negative: no error, and the decay has begun
    ///   already where the warm-up ends, with a jump.
    /// - The minimum is at n = the sum of the phases, so a run of so many updates does not use it.
    ///
    /// # Numerics
    ///
    /// The same bits.
    WarmupStableDecay = "transformers.warmup_stable_decay" {
        /// The length of the warm-up. Required by the original; 0 is no warm-up.
        num_warmup_steps: u64 = 0,
        /// The length of the decay. Required by the original; 0 is a drop.
        num_decay_steps: u64 = 0,
        /// The length of the run; this or the next.
        num_training_steps: Option<u64> = None,
        /// The length of the stable phase.
        num_stable_steps: Option<u64> = None,
        /// The shape of the warm-up.
        warmup_type: WarmupType = WarmupType::Linear,
        /// The shape of the decay.
        decay_type: DecayType = DecayType::Cosine,
        /// The start of the warm-up and the end of the decay, as a multiple of the base.
        min_lr_ratio: f64 = 0.0,
        /// Waves in the decay, for [`DecayType::Cosine`].
        num_cycles: f64 = 0.5,
    }
}

impl WarmupStableDecay {
    /// Where the decay starts; it may be negative, as in the original.
    fn decay_start(&self) -> i128 {
        let warmup = i128::from(self.num_warmup_steps);
        match (self.num_stable_steps, self.num_training_steps) {
            (Some(stable), _) => warmup + i128::from(stable),
            (None, total) => i128::from(total.unwrap_or_default()) - i128::from(self.num_decay_steps),
        }
    }

    fn above_minimum(&self, factor: f64) -> f64 {
        (factor * (1.0 - self.min_lr_ratio) + self.min_lr_ratio).max(0.0)
    }

    fn factor(&self, n: u64) -> f64 {
        if let Some(progress) = warmup(n, self.num_warmup_steps) {
            return self.above_minimum(match self.warmup_type {
                WarmupType::Linear => progress,
                WarmupType::Cosine => 0.5 * (1.0 - (PI * progress).cos()),
                WarmupType::OneMinusSqrt => 1.0 - (1.0 - progress).sqrt(),
            });
        }
        let decaying = i128::from(n) - self.decay_start();
        if decaying < 0 {
            return 1.0;
        }
        if decaying >= i128::from(self.num_decay_steps) {
            return self.min_lr_ratio;
        }
        let progress = decaying as f64 / self.num_decay_steps as f64;
        self.above_minimum(match self.decay_type {
            DecayType::Linear => 1.0 - progress,
            DecayType::Cosine => 0.5 * (1.0 + (PI * self.num_cycles * 2.0 * progress).cos()),
            DecayType::OneMinusSqrt => 1.0 - progress.sqrt(),
        })
    }
}

impl Original for WarmupStableDecay {
    fn check(&self) -> Result<(), Error> {
        if self.num_training_steps.is_none() && self.num_stable_steps.is_none() {
            let rule = "the original demands it or `num_stable_steps`; give one";
            return Err(Error::parameter("num_training_steps", "None", rule));
        }
        Ok(())
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        base * self.factor(n)
    }
}
