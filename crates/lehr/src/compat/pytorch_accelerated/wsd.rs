//! `WSDLrScheduler`: a line up, the base, and before each checkpoint a decay towards `lr_min` times the base.

use crate::compat::{Original, rules};
use crate::error::Error;
use crate::number::Number;

replica! {
    /// pytorch-accelerated's `WSDLrScheduler`: warm-up, stable, decay before each checkpoint (arXiv 2410.05192).
    ///
    /// ```
    /// use lehr::compat::{Replica, pytorch_accelerated::WSDLrScheduler};
    ///
    /// let replica = Replica::from(WSDLrScheduler {
    ///     total_steps: Some(400),
    ///     num_checkpoints: 3, // at 100, 200 and 400
    ///     lr_min: 0.01,
    ///     ..WSDLrScheduler::default()
    /// });
    /// replica.check()?;
    /// assert!((replica.value_at(99 + 1, 1.0) - 0.0608).abs() < 1e-4);
    /// assert_eq!(replica.value_at(100 + 1, 1.0), 1.0);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// Beside [the clock](super#the-clock), with f for `get_updated_values`:
    ///
    /// - The constructor leaves the base even where there is a warm-up: update 0 runs at full height, update 1 at
    ///   `warmup_starting_lr`.
    /// - `lr_min` is a multiple of the base, not a value. It is not reached at a checkpoint: f(99) above is 0.0608, and
    ///   f(100) is the base again.
    /// - Checkpoints are at `total / 4 * 2^i`, cut at the total, and there may be fewer than asked for or the last may
    ///   come early: (100, 2) gives 25 and 50, (1000, 4) and (1000, 5) give 250, 500 and 1000, (7, 3) gives 1, 2 and 4.
    ///   After the last one the value is `lr_min` for the rest of the run.
    /// - With fewer than 4 updates and more than one checkpoint all checkpoints are at 0 and the original divides by zero
    ///   at once; so it does where the last checkpoint comes early and the first decay has no update (its length is
    ///   `decay_phase_ratio` of the period, cut to a whole number). [`check`] refuses both. A run whose last checkpoint
    ///   is its end fails in this way only past the end; the replica stays at the base there.
    /// - `lr_min` of 0 divides by zero with the inverse decay (`use_inverse_sqrt_decay = false`).
    /// - `num_warmup_steps` is 0 by default; `None` is a hundredth of the run, and that is what `create_scheduler_fn`
    ///   gives.
    /// - A warm-up that reaches into a decay hides it, and jumps into it when it ends.
    /// - `is_continuation_from_checkpoint` leaves the warm-up out, and changes no other value. Loading a state replaces
    ///   it by what the saved run had, so that the warm-up is repeated after all: that is the state's, not this one's.
    /// - The original demands that `warmup_starting_lr` is not above the largest base, also without a warm-up; there is
    ///   no base to check it against here.
    ///
    /// # Numerics
    ///
    /// The original computes a closed form: the same bits.
    ///
    /// [`check`]: crate::compat::Replica::check
    WSDLrScheduler = "pytorch_accelerated.WSDLrScheduler" {
        /// With the next: the length of the run, where `total_steps` is not given.
        num_epochs: Option<u64> = None,
        /// Updates in an epoch.
        num_update_steps_per_epoch: Option<u64> = None,
        /// The length of the run in updates; not with both of the above.
        total_steps: Option<u64> = None,
        /// The length of the warm-up; `None` is a hundredth of the run.
        num_warmup_steps: Option<u64> = Some(0),
        /// The share of each period that decays, from 0 to 1, and at most a third with more than one checkpoint.
        decay_phase_ratio: f64 = 0.1,
        /// The end of a decay as a multiple of the base.
        lr_min: f64 = 1e-6,
        /// The start of the warm-up, an absolute value.
        warmup_starting_lr: f64 = 1e-6,
        /// The decay is `1 - sqrt(p)` if true, inverse proportional if false.
        use_inverse_sqrt_decay: bool = true,
        /// The number of checkpoints asked for, at least 1.
        num_checkpoints: u64 = 1,
        /// Whether there is no warm-up.
        is_continuation_from_checkpoint: bool = false,
    }
}

impl WSDLrScheduler {
    /// The periods: each with its start, its checkpoint, and how many updates before it decay.
    ///
    /// ```
    /// use lehr::compat::pytorch_accelerated::WSDLrScheduler;
    ///
    /// let wsd =
    ///     WSDLrScheduler { total_steps: Some(400), num_checkpoints: 3, ..WSDLrScheduler::default() };
    /// assert_eq!(wsd.periods(), [[0, 100, 10], [100, 200, 10], [200, 400, 20]]);
    /// ```
    pub fn periods(&self) -> Vec<[u64; 3]> {
        let (total, mut start) = (self.total().unwrap_or_default(), 0);
        let checkpoints = (0..).map_while(|i| self.checkpoint(i, total));
        let period = |end| {
            let period = [start, end, share(end - start, self.decay_phase_ratio)];
            start = end;
            period
        };
        checkpoints.map(period).collect()
    }

    fn total(&self) -> Option<u64> {
        let product = || Some(self.num_epochs?.saturating_mul(self.num_update_steps_per_epoch?));
        product().or(self.total_steps)
    }

    fn warmup(&self, total: u64) -> u64 {
        match self.num_warmup_steps {
            _ if self.is_continuation_from_checkpoint => 0,
            Some(steps) => steps,
            None => share(total, 0.01),
        }
    }

    /// Checkpoint number `i`, or `None` after the last one.
    fn checkpoint(&self, i: u64, total: u64) -> Option<u64> {
        if self.num_checkpoints <= 1 {
            return (i == 0).then_some(total);
        }
        let first = total / 4;
        let before = i.checked_sub(1).map(|before| doubled(first, before));
        let ended = i >= self.num_checkpoints || before.is_some_and(|before| before >= total || before == 0);
        (!ended).then(|| doubled(first, i).min(total))
    }

    /// The period that n is in: its start and length. After the last checkpoint it is the first again.
    fn period(&self, n: u64, total: u64) -> (u64, u64) {
        let mut start = 0;
        // Each checkpoint is twice the one before: at most 65 of them.
        for end in (0..).map_while(|i| self.checkpoint(i, total)) {
            if n < end {
                return (start, end - start);
            }
            start = end;
        }
        (0, self.checkpoint(0, total).unwrap_or_default())
    }

    /// The original's `get_updated_values`.
    fn updated_value(&self, n: u64, base: f64) -> f64 {
        let total = self.total().unwrap_or_default();
        let warmup = self.warmup(total);
        if n < warmup {
            return self.warmup_starting_lr + n as f64 / warmup as f64 * (base - self.warmup_starting_lr);
        }
        let (start, length) = self.period(n, total);
        let decay_steps = share(length, self.decay_phase_ratio);
        let decaying = n.checked_sub(start.saturating_add(length.saturating_sub(decay_steps)));
        match decaying {
            Some(decaying) if decay_steps > 0 => {
                self.decayed(base, (decaying as f64 / decay_steps as f64).min(1.0))
            }
            _ => base,
        }
    }

    fn decayed(&self, base: f64, done: f64) -> f64 {
        if self.use_inverse_sqrt_decay {
            base * (self.lr_min + (1.0 - self.lr_min) * (1.0 - done.sqrt()))
        } else {
            base / (done * (1.0 / self.lr_min) + (1.0 - done))
        }
    }
}

/// `int(length * ratio)`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // cut to a whole number, as the original does
fn share(length: u64, ratio: f64) -> u64 {
    (length as f64 * ratio) as u64
}

/// `first * 2^i`, or the largest number.
fn doubled(first: u64, i: u64) -> u64 {
    let factor = u32::try_from(i).ok().and_then(|i| 1_u64.checked_shl(i));
    factor.map_or(u64::MAX, |factor| first.saturating_mul(factor))
}

impl Original for WSDLrScheduler {
    fn check(&self) -> Result<(), Error> {
        if let (Some(_), Some(_), Some(total)) =
            (self.num_epochs, self.num_update_steps_per_epoch, self.total_steps)
        {
            let rule =
                "the original takes it or `num_epochs` with `num_update_steps_per_epoch`: leave one out";
            return Err(Error::parameter("total_steps", total, rule));
        }
        let Some(total) = self.total() else {
            let rule = "the original needs it, or `num_epochs` with `num_update_steps_per_epoch`; give it";
            return Err(Error::parameter("total_steps", "None", rule));
        };
        rules::given("total_steps", total, "the original asserts it")?;
        rules::given("num_checkpoints", self.num_checkpoints, "the original asserts it")?;
        rules::not_negative("lr_min", self.lr_min)?;
        let (ratio, most) = (self.decay_phase_ratio, if self.num_checkpoints > 1 { 1.0 / 3.0 } else { 1.0 });
        if !(0.0..=most).contains(&ratio) {
            let rule = format!(
                "with {} checkpoints it must be from 0 to {}, as the original demands",
                self.num_checkpoints,
                Number(most)
            );
            return Err(Error::parameter("decay_phase_ratio", Number(ratio), rule));
        }
        if !self.use_inverse_sqrt_decay && self.lr_min == 0.0 {
            let rule = "it must be above 0 for the inverse decay: the original divides by it";
            return Err(Error::parameter("lr_min", 0, rule));
        }
        let last = (0..).map_while(|i| self.checkpoint(i, total)).last().unwrap_or_default();
        let (_, first) = self.period(0, total);
        if last < total && share(first, ratio) == 0 {
            let rule = format!(
                "a decay of no update before the first checkpoint at {first} makes the original divide by zero after \
                 the last one at {last}: give more, or one checkpoint"
            );
            return Err(Error::parameter("decay_phase_ratio", Number(ratio), rule));
        }
        Ok(())
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        n.checked_sub(1).map_or(base, |before| self.updated_value(before, base))
    }
}
