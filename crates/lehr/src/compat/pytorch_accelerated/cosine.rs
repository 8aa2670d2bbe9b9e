//! `CosineLrScheduler`: a line up, `m + (base - m) (1 + cos(pi t^k / D^k)) / 2` cut short by the warm-up, m.

use std::f64::consts::PI;

use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// pytorch-accelerated's `CosineLrScheduler`: warm-up, cosine with k-decay, cool-down.
    ///
    /// ```
    /// use lehr::compat::{Replica, pytorch_accelerated::CosineLrScheduler};
    ///
    /// let replica = Replica::from(CosineLrScheduler {
    ///     total_num_epochs: 10,
    ///     num_update_steps_per_epoch: 10,
    ///     lr_min: 0.0,
    ///     num_warmup_epochs: 2,
    ///     num_cooldown_epochs: 1,
    ///     ..CosineLrScheduler::default()
    /// });
    /// replica.check()?;
    /// // It is cut off at 70 from 0.206, where it should end at 90.
    /// assert!((replica.value_at(69 + 1, 1.0) - 0.2061).abs() < 1e-4);
    /// assert_eq!(replica.value_at(70 + 1, 1.0), 0.0);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// Beside [the clock](super#the-clock), with f for `get_updated_values`, a base of 1 and 100 updates:
    ///
    /// - The cosine is laid out from warm-up to cool-down, but cut off by the length of the warm-up: it jumps to the
    ///   minimum. Warm-up 20 and cool-down 10: f(69) = 0.2061, f(70) = 0. Without a cool-down, a warm-up of 10 cuts at 90
    ///   from 0.036, of 30 at 70 from 0.411, of 49 at 51 from 0.9991; from 50 on there is no cosine to speak of.
    /// - `warmup_starting_lr_ratio` moves the start of the warm-up but not its slope, which stays that from
    ///   `warmup_starting_lr`: with 0.5 and a warm-up of 10, f(9) = 1.4 and f(10) = 1.
    /// - The constructor writes `warmup_starting_lr` even where the ratio is given: update 0 uses 1e-6, update 1 f(0).
    /// - `min_lr_ratio` wins over `lr_min`, which is absolute here (in [`WSDLrScheduler`](super::WSDLrScheduler) it is a
    ///   ratio). A base below `lr_min` rises to it.
    /// - `k_decay` of 0 is at the minimum at once.
    ///
    /// # Numerics
    ///
    /// The original computes a closed form: the same bits.
    CosineLrScheduler = "pytorch_accelerated.CosineLrScheduler" {
        /// Epochs in all, at least 1.
        total_num_epochs: u64 = 0,
        /// Updates in an epoch, at least 1.
        num_update_steps_per_epoch: u64 = 0,
        /// The exponent of the progress; below 0 it divides by zero where the cosine starts.
        k_decay: f64 = 1.0,
        /// The minimum, an absolute value.
        lr_min: f64 = 1e-6,
        /// The minimum as a multiple of the base; wins over `lr_min`.
        min_lr_ratio: Option<f64> = None,
        /// Epochs of warm-up.
        num_warmup_epochs: u64 = 0,
        /// The start of the warm-up, an absolute value.
        warmup_starting_lr: f64 = 1e-6,
        /// The start of the warm-up as a multiple of the base; see the quirks.
        warmup_starting_lr_ratio: Option<f64> = None,
        /// Epochs of cool-down at the end.
        num_cooldown_epochs: u64 = 0,
    }
}

impl CosineLrScheduler {
    fn updates(&self, epochs: u64) -> u64 {
        epochs.saturating_mul(self.num_update_steps_per_epoch)
    }

    /// The original's `get_updated_values`.
    fn updated_value(&self, n: u64, base: f64) -> f64 {
        let (total, warmup) = (self.updates(self.total_num_epochs), self.updates(self.num_warmup_epochs));
        if n < warmup {
            let start = self.warmup_starting_lr_ratio.map_or(self.warmup_starting_lr, |ratio| ratio * base);
            return start + n as f64 * ((base - self.warmup_starting_lr) / warmup as f64);
        }
        let minimum = self.min_lr_ratio.map_or(self.lr_min, |ratio| ratio * base);
        let around = warmup.saturating_add(self.updates(self.num_cooldown_epochs));
        let length = total.saturating_sub(around);
        if n >= length {
            return minimum;
        }
        let power = |x: u64| (x as f64).powf(self.k_decay);
        let wave = 1.0 + (PI * power(n - warmup) / power(length)).cos();
        minimum + 0.5 * (base - minimum) * wave
    }
}

impl Original for CosineLrScheduler {
    fn check(&self) -> Result<(), Error> {
        rules::given("total_num_epochs", self.total_num_epochs, "the original asserts it")?;
        rules::given(
            "num_update_steps_per_epoch",
            self.num_update_steps_per_epoch,
            "the original asserts it",
        )?;
        rules::not_negative("lr_min", self.lr_min)?;
        let rule = "it must be 0 or more: the original divides by zero where the cosine starts";
        rules::number("k_decay", self.k_decay, self.k_decay >= 0.0, rule)
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        match n.checked_sub(1) {
            Some(before) => self.updated_value(before, base),
            None if self.updates(self.num_warmup_epochs) > 0 => self.warmup_starting_lr,
            None => base,
        }
    }
}
