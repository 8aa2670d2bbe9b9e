//! A training loop for any framework: every step overridable, the schedule at its heart.
//!
//! Implement [`Trainer`] for your model, return its schedule from
//! [`create_scheduler`](Trainer::create_scheduler), and call [`train`](Trainer::train). The scheduler is stepped once
//! after each completed optimizer update, whatever the accumulation; lengths in epochs and shares of the run are
//! resolved from the real number of batches.
//!
//! The words are those of pytorch-accelerated's Trainer. See [`Trainer`] for the order of the steps and an example.

mod error;
mod history;
mod progress;
mod run;
mod sampler;
mod trainer;

pub use error::TrainError;
pub use run::{Run, RunConfig, RunSummary};
pub use sampler::BatchSampler;
pub use trainer::{Batches, Trainer};
