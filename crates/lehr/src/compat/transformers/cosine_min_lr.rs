//! `cosine_with_min_lr` and `cosine_warmup_with_min_lr`: `base (r + (1 - r) (1 + cos(2 pi num_cycles p)) / 2)`.

use std::f64::consts::PI;

use super::{check_lr_init, progress, warmup};
use crate::compat::Original;
use crate::error::Error;

replica! {
    /// transformers' `cosine_with_min_lr` (`get_cosine_with_min_lr_schedule_with_warmup`): a line up from 0 and a cosine
    /// down to a minimum.
    ///
    /// ```
    /// use lehr::compat::{Replica, transformers::CosineWithMinLr};
    ///
    /// let replica = Replica::from(CosineWithMinLr {
    ///     num_warmup_steps: 2,
    ///     num_training_steps: 4,
    ///     min_lr_rate: Some(0.25),
    ///     ..CosineWithMinLr::default()
    /// });
    /// assert_eq!([0, 1, 2, 4, 6].map(|n| replica.value_at(n, 1.0)), [0.0, 0.5, 1.0, 0.25, 1.0]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - `min_lr` becomes a ratio to the optimizer's default, not to the group's base: see
    ///   [`lr_init`](super#quirks-of-all-of-them).
    /// - It goes up again past the end: with 3 updates of warm-up in 10 and a ratio of 0.1, it is 0.65 of the base
    ///   at 14.
    ///
    /// # Numerics
    ///
    /// The same bits.
    CosineWithMinLr = "transformers.cosine_with_min_lr" {
        /// The length of the warm-up from 0. Required by the original; 0 is no warm-up.
        num_warmup_steps: u64 = 0,
        /// The length of the run. Required by the original.
        num_training_steps: u64 = 0,
        /// Waves in the run.
        num_cycles: f64 = 0.5,
        /// The minimum; this or the next, not both.
        min_lr: Option<f64> = None,
        /// The minimum as a multiple of the base.
        min_lr_rate: Option<f64> = None,
        /// The optimizer's default; `None` is the base.
        lr_init: Option<f64> = None,
    }
}

replica! {
    /// transformers' `cosine_warmup_with_min_lr` (`get_cosine_with_min_lr_schedule_with_warmup_lr_rate`): the same, one
    /// update earlier, and with a choice where the warm-up starts.
    ///
    /// ```
    /// use lehr::compat::{Replica, transformers::CosineWarmupWithMinLr};
    ///
    /// let replica = Replica::from(CosineWarmupWithMinLr {
    ///     num_warmup_steps: 2,
    ///     num_training_steps: 4,
    ///     min_lr_rate: Some(0.25),
    ///     ..CosineWarmupWithMinLr::default()
    /// });
    /// assert_eq!([0, 1, 2, 3].map(|n| replica.value_at(n, 1.0)), [0.5, 1.0, 0.625, 0.25]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - The warm-up starts at `base / num_warmup_steps` and is at the base one update before it ends; the minimum is at
    ///   the last update. No update of the cosine is at the base unless there is a warm-up.
    /// - With a `warmup_lr_rate` and a warm-up of 1 update, that update has the rate.
    /// - `min_lr` becomes a ratio to the optimizer's default: see [`lr_init`](super#quirks-of-all-of-them).
    ///
    /// # Numerics
    ///
    /// The same bits.
    CosineWarmupWithMinLr = "transformers.cosine_warmup_with_min_lr" {
        /// The length of the warm-up. Required by the original; 0 is no warm-up.
        num_warmup_steps: u64 = 0,
        /// The length of the run. Required by the original.
        num_training_steps: u64 = 0,
        /// Waves in the run.
        num_cycles: f64 = 0.5,
        /// The minimum; this or the next, not both.
        min_lr: Option<f64> = None,
        /// The minimum as a multiple of the base.
        min_lr_rate: Option<f64> = None,
        /// The start of the warm-up as a multiple of the base; `None` is `1 / num_warmup_steps`.
        warmup_lr_rate: Option<f64> = None,
        /// The optimizer's default; `None` is the base.
        lr_init: Option<f64> = None,
    }
}

fn check_minimum(min_lr: Option<f64>, min_lr_rate: Option<f64>) -> Result<(), Error> {
    match (min_lr, min_lr_rate) {
        (Some(_), Some(rate)) => Err(Error::parameter(
            "min_lr_rate",
            rate,
            "the original takes it or `min_lr`, not both: leave one out",
        )),
        (None, None) => {
            Err(Error::parameter("min_lr", "None", "the original demands it or `min_lr_rate`; give one"))
        }
        _ => Ok(()),
    }
}

/// The factor of the cosine with the minimum as a ratio.
fn above_minimum(wave: f64, ratio: f64) -> f64 {
    (wave * (1.0 - ratio) + ratio).max(0.0)
}

impl Original for CosineWithMinLr {
    fn check(&self) -> Result<(), Error> {
        check_minimum(self.min_lr, self.min_lr_rate)?;
        check_lr_init(self.lr_init)
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let lr_init = self.lr_init.unwrap_or(base);
        let ratio = self.min_lr.map(|min| min / lr_init).or(self.min_lr_rate).unwrap_or_default();
        let decay = || {
            let progress = progress(n, self.num_warmup_steps, self.num_training_steps);
            above_minimum(0.5 * (1.0 + (PI * self.num_cycles * 2.0 * progress).cos()), ratio)
        };
        base * warmup(n, self.num_warmup_steps).unwrap_or_else(decay)
    }
}

impl Original for CosineWarmupWithMinLr {
    fn check(&self) -> Result<(), Error> {
        check_minimum(self.min_lr, self.min_lr_rate)?;
        check_lr_init(self.lr_init)
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let lr_init = self.lr_init.unwrap_or(base);
        let ratio = self.min_lr.map(|min| min / lr_init).or(self.min_lr_rate).unwrap_or_default();
        let (n, warmup, total) = (n as f64, self.num_warmup_steps as f64, self.num_training_steps as f64);
        let factor = match self.warmup_lr_rate {
            None if n < warmup => (n + 1.0) / warmup.max(1.0),
            Some(rate) if n < warmup => rate + (1.0 - rate) * n / (warmup - 1.0).max(1.0),
            _ => {
                let progress = (n - warmup + 1.0) / (total - warmup).max(1.0);
                above_minimum(0.5 * (1.0 + (PI * self.num_cycles * 2.0 * progress).cos()), ratio)
            }
        };
        base * factor
    }
}
