//! Schedulers: a rule bound to the groups of one optimizer.

#[allow(clippy::module_inception)]
mod scheduler;
mod state;
mod stateful;
mod stateless;
mod track;

pub use scheduler::{Scheduler, SchedulerBuilder};
pub use state::{FieldState, OnMismatch, State};
pub use stateful::StatefulScheduler;
pub use stateless::StatelessScheduler;
