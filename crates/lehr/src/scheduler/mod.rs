//! Schedulers: a rule bound to the groups of one optimizer.

mod builder;
mod explain;
mod replan;
mod restore;
#[allow(clippy::module_inception)]
mod scheduler;
mod state;
mod stateful;
mod stateless;
mod tie;
mod track;

pub use builder::{NewGroups, SchedulerBuilder};
pub use explain::Explanation;
pub use scheduler::Scheduler;
pub use state::{FieldState, OnMismatch, State};
pub use stateful::StatefulScheduler;
pub use stateless::StatelessScheduler;
pub use tie::{Tie, tied_to};
