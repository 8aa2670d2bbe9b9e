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

/// What the page for those who come from Burn has on its left and on its right gives the same.
#[cfg(doctest)]
#[doc = "```"]
#[doc = "use burn::lr_scheduler::{LrScheduler, cosine::CosineAnnealingLrSchedulerConfig};"]
#[doc = "use lehr::{Horizon, Plan, absolute, cosine};"]
#[doc = "let used = std::cell::RefCell::new(Vec::new());"]
#[doc = "let update = |lr: f64, _batch: u64| used.borrow_mut().push(lr);"]
#[doc = include_str!("../../../docs/coming-from/burn/before.rs")]
#[doc = include_str!("../../../docs/coming-from/burn/after.rs")]
#[doc = "let used = used.borrow();"]
#[doc = "let (old, new) = used.split_at(1000);"]
#[doc = "assert_eq!((old.len(), new.len()), (1000, 1000));"]
#[doc = "assert!(old[0] == 1e-3 && old[999] < 1.01e-5);"]
#[doc = "assert!(old.iter().zip(new).all(|(old, new)| (old - new).abs() <= 4.0 * f64::EPSILON * 1e-3));"]
#[doc = "# Ok::<(), Box<dyn std::error::Error>>(())"]
#[doc = "```"]
struct ComingFromBurn;
