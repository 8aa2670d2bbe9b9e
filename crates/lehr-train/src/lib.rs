//! A training loop for any framework: every step overridable, the schedule at its heart, in runs that survive.
//!
//! Implement [`Trainer`] for your model, return its schedule from
//! [`create_scheduler`](Trainer::create_scheduler), and call [`train`](Trainer::train). The scheduler is stepped once
//! after each completed optimizer update, whatever the accumulation; lengths in epochs and shares of the run are
//! resolved from the real number of batches.
//!
//! The words are those of pytorch-accelerated's Trainer. See [`Trainer`] for the order of the steps and an example.

mod callback;
mod checkpoint;
mod config;
mod control;
mod epoch;
mod error;
mod history;
mod joined;
mod log;
mod number;
mod range_test;
mod run;
mod sampler;
mod trainer;
mod training;
mod used;

pub use callback::{
    AverageWeights, Callback, EarlyStopping, Goal, Heard, MetricLog, ProgressBar, SaveBest, StopOnNan,
    ValueMonitor, WeightAverage,
};
pub use checkpoint::{Checkpoints, SaveState, StateReader, StateWriter};
pub use config::{NonFiniteGradients, RunConfig};
pub use control::ControlFile;
pub use error::TrainError;
pub use history::{Metric, RunHistory};
pub use joined::Joined;
pub use log::{CsvLog, JsonLinesLog, TensorBoardLog};
pub use range_test::{Range, RangePoint, RangeTest, Suggestion, suggest};
pub use run::{Run, RunSummary};
pub use sampler::BatchSampler;
pub use trainer::{Batches, Trainer};
pub use training::Training;
pub use used::Used;
