//! timm 1.0.31, `timm/scheduler/*.py`.
//!
//! timm keeps no count: its loop passes t, the number of finished epochs to `step(t)` or of finished updates to
//! `step_update(t)`. n is that t, so update (or epoch) n uses `value_at(n, base)`.
//!
//! # Quirks of all of them
//!
//! - `value_at(0, base)` is what the constructor writes, since the usual loop first steps to t = 1: the base itself, or
//!   `warmup_lr_init` where there is a warm-up. Asking the original for t = 0 gives its formula there instead, which is
//!   not the base for `TanhLRScheduler` (0.999999 of it) and for a `MultiStepLRScheduler` with a milestone of 1.
//! - `t_in_epochs` says which of its two step methods does anything; the other silently does nothing. It changes no
//!   value: n counts the calls of the one that works.
//! - The end of a warm-up without `warmup_prefix` is a jump, as the body's clock has been running: base 1, `warmup_t`
//!   20 of 100 gives 0.95 at 19 and 0.9045 at 20. With `warmup_prefix` the run is `t_initial + warmup_t` long.
//! - A group with the key `lr_scale` has the value times that: multiply it yourself.
//! - Noise (`noise_range_t` and its companions) comes from torch's generator and is not replicated: those arguments do
//!   not exist here.
//!
//! ```
//! use lehr::compat::{Replica, timm::CosineLRScheduler};
//!
//! let cosine = CosineLRScheduler { t_initial: 100, warmup_t: 20, ..CosineLRScheduler::default() };
//! let replica = Replica::from(cosine);
//! replica.check()?;
//! assert!((replica.value_at(19, 1.0) - 0.95).abs() < 1e-12);
//! assert!((replica.value_at(20, 1.0) - 0.9045).abs() < 1e-4);
//! # Ok::<(), lehr::Error>(())
//! ```

mod cosine;
mod multi_step;
mod poly;
mod step;
mod tanh;
mod wsd;

pub use cosine::CosineLRScheduler;
pub use multi_step::MultiStepLRScheduler;
pub use poly::PolyLRScheduler;
pub use step::StepLRScheduler;
pub use tanh::TanhLRScheduler;
pub use wsd::{DecayFn, StableFn, WSDLRScheduler};

use super::rules;
use crate::error::Error;

/// What the constructor leaves, the warm-up, and the clock of what follows it.
struct Warmup {
    t: u64,
    lr_init: f64,
    prefix: bool,
}

impl Warmup {
    /// The value while there is a warm-up to `target`, or the body's t after it.
    fn at(&self, n: u64, base: f64, target: f64) -> Result<f64, u64> {
        match n {
            0 if self.t == 0 => Ok(base),
            0 => Ok(self.lr_init),
            _ if n < self.t => Ok(self.lr_init + n as f64 * ((target - self.lr_init) / self.t as f64)),
            _ => Err(self.body(n)),
        }
    }

    fn body(&self, n: u64) -> u64 {
        if self.prefix { n.saturating_sub(self.t) } else { n }
    }
}

/// The cycles that three of the schedulers share.
struct Cycles {
    t_initial: u64,
    cycle_mul: f64,
    cycle_decay: f64,
    cycle_limit: u64,
}

/// One cycle at some t.
struct Cycle {
    /// The factor of the peak.
    gamma: f64,
    length: f64,
    elapsed: f64,
}

impl Cycles {
    fn check(&self) -> Result<(), Error> {
        rules::given("t_initial", self.t_initial, "the original asserts it")?;
        rules::number(
            "cycle_mul",
            self.cycle_mul,
            self.cycle_mul > 0.0,
            "it must be above 0: the original takes its logarithm",
        )
    }

    /// `None` after the last cycle, and where the original's logarithm does not exist.
    ///
    /// The index of the cycle is a float logarithm, which misses a restart now and then: the value at its first t is
    /// then that of the end of the cycle before.
    fn at(&self, t: u64) -> Option<Cycle> {
        let (index, length, elapsed) = if self.cycle_mul == 1.0 {
            let index = t.checked_div(self.t_initial)?;
            (index as f64, self.t_initial as f64, (t - self.t_initial * index) as f64)
        } else {
            let (t, first, ratio) = (t as f64, self.t_initial as f64, self.cycle_mul);
            let index = ((1.0 - t / first * (1.0 - ratio)).ln() / ratio.ln()).floor();
            let growth = ratio.powf(index);
            (index, growth * first, t - (1.0 - growth) / (1.0 - ratio) * first)
        };
        let runs = index < self.cycle_limit as f64;
        runs.then(|| Cycle { gamma: self.cycle_decay.powf(index), length, elapsed })
    }
}

/// Python's `x ** power`. Where that is complex (x is below 0 since a cycle's start was rounded to after t), x is 0.
fn power(x: f64, power: f64) -> f64 {
    let value = x.powf(power);
    if value.is_nan() { 0.0_f64.powf(power) } else { value }
}
