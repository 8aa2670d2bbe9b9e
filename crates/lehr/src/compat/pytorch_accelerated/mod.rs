//! pytorch-accelerated 0.1.61, `pytorch_accelerated/schedulers/*.py`.
//!
//! # The clock
//!
//! Its stateful schedulers begin to count at -1, so the first `step()` asks for the value of 0 updates: update 0 uses
//! what the constructor wrote, update n uses `get_updated_values(n - 1)`. `value_at` follows that loop:
//!
//! - `value_at(0, base)` is what the constructor leaves in the group;
//! - `value_at(n + 1, base)` is `get_updated_values(n)`.
//!
//! So a run of T updates ends with `get_updated_values(T - 2)`: its schedule is one update late and never reaches its
//! end. Who called `step_update(n)` instead, with the number of finished updates, got `value_at(n + 1, base)`.
//!
//! ```
//! use lehr::compat::{Replica, pytorch_accelerated::CosineLrScheduler};
//!
//! let replica = Replica::from(CosineLrScheduler {
//!     total_num_epochs: 1,
//!     num_update_steps_per_epoch: 10,
//!     lr_min: 0.0,
//!     ..CosineLrScheduler::default()
//! });
//! replica.check()?;
//! assert_eq!([0, 1].map(|n| replica.value_at(n, 1.0)), [1.0, 1.0]); // the first value twice
//! assert!(replica.value_at(10, 1.0) > 0.02); // and the last one not reached
//! # Ok::<(), lehr::Error>(())
//! ```

mod cosine;
mod wsd;

pub use cosine::CosineLrScheduler;
pub use wsd::WSDLrScheduler;
