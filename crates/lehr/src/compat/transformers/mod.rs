//! transformers 5.23.0, `transformers/optimization.py`, by the names of `SchedulerType`.
//!
//! All are torch's `LambdaLR`, base times a factor of n: update n uses `value_at(n, base)`.
//!
//! # Quirks of all of them
//!
//! - With a warm-up the first update has a value of 0 (but for `cosine_warmup_with_min_lr` and a `min_lr_ratio`).
//! - A warm-up longer than the run is accepted and never reaches the base.
//! - Values that some take from `optimizer.defaults["lr"]`, so from the optimizer and not from the group, are the
//!   argument `lr_init` here, which the originals do not have; `None` is the group's base. An optimizer built with 0.1
//!   and groups of 1.0 and 0.1 ends at 0.5 and 0.05 with `min_lr=0.05`: give `lr_init = 0.1` for that.
//! - An optimizer whose default is 0 divides by zero in the original; the replica is 0 for a base of 0.
//!
//! ```
//! use lehr::compat::{Replica, transformers::CosineWithMinLr};
//!
//! let replica = Replica::from(CosineWithMinLr {
//!     num_training_steps: 10,
//!     min_lr: Some(0.05),
//!     lr_init: Some(0.1),
//!     ..CosineWithMinLr::default()
//! });
//! replica.check()?;
//! assert_eq!([1.0, 0.1].map(|base| replica.value_at(10, base)), [0.5, 0.05]);
//! assert!(replica.value_at(14, 1.0) > 0.6); // it goes up again
//! # Ok::<(), lehr::Error>(())
//! ```

mod constant;
mod cosine;
mod cosine_min_lr;
mod inverse_sqrt;
mod linear;
mod polynomial;
mod warmup_stable_decay;

pub use constant::{Constant, ConstantWithWarmup};
pub use cosine::{Cosine, CosineWithRestarts};
pub use cosine_min_lr::{CosineWarmupWithMinLr, CosineWithMinLr};
pub use inverse_sqrt::InverseSqrt;
pub use linear::Linear;
pub use polynomial::Polynomial;
pub use warmup_stable_decay::{DecayType, WarmupStableDecay, WarmupType};

use super::rules;
use crate::error::Error;

/// `n / max(1, num_warmup_steps)` while there is a warm-up.
fn warmup(n: u64, num_warmup_steps: u64) -> Option<f64> {
    (n < num_warmup_steps).then(|| n as f64 / num_warmup_steps as f64)
}

/// `a - b` as the f64 nearest to it, as Python's whole numbers give it.
fn difference(a: u64, b: u64) -> f64 {
    (i128::from(a) - i128::from(b)) as f64
}

/// How far the run has come after the warm-up: above 1 past its end.
fn progress(n: u64, num_warmup_steps: u64, num_training_steps: u64) -> f64 {
    difference(n, num_warmup_steps) / difference(num_training_steps, num_warmup_steps).max(1.0)
}

/// The optimizer's default must not be 0: the original divides by it.
fn check_lr_init(lr_init: Option<f64>) -> Result<(), Error> {
    match lr_init {
        Some(lr_init) => {
            rules::number("lr_init", lr_init, lr_init != 0.0, "it must not be 0: the original divides by it")
        }
        None => Ok(()),
    }
}
