#![doc = include_str!("../README.md")]

mod adamw;
mod error;
mod groups;
mod hyperparameters;
mod learner;
mod plan_scheduler;
mod record;
#[cfg(feature = "train")]
mod run_length;
mod scheduled;
mod sgd;

pub use adamw::AdamWParams;
pub use error::Error;
pub use groups::Groups;
pub use hyperparameters::{Hyperparameter, Hyperparameters};
pub use plan_scheduler::PlanScheduler;
#[cfg(feature = "train")]
pub use run_length::RunLength;
pub use scheduled::Scheduled;
pub use sgd::SgdParams;
