//! A training loop for any framework: every step overridable, the schedule at its heart, in runs that survive.
//!
//! Implement [`Trainer`] for your model, return its schedule from
//! [`create_scheduler`](Trainer::create_scheduler), and call [`train`](Trainer::train). The scheduler is stepped once
//! after each completed optimizer update, whatever the accumulation; lengths in epochs and shares of the run are
//! resolved from the real number of batches.
//!
//! The words are those of pytorch-accelerated's Trainer. See [`Trainer`] for the order of the steps and the smallest
//! complete loop.
//!
//! # The parts
//!
//! - [`RunConfig`]: epochs, updates, accumulation, evaluations, limits, what to do with gradients that are not finite.
//! - [`Training`]: a run with callbacks, checkpoints, another schedule. [`Run`] is where it is, [`RunHistory`] its
//!   metrics, [`RunSummary`] how it ended, with a warning where it was shorter or longer than its plans.
//! - [`Callback`]: what hears of the events. [`ProgressBar`], [`MetricLog`], [`EarlyStopping`], [`SaveBest`],
//!   [`StopOnNan`], [`ValueMonitor`], [`WeightAverage`] with a scheduled decay, [`ControlFile`] for commands to a run that
//!   goes on. pytorch-accelerated's limits of batches are settings here, as the schedule has to know them.
//! - [`CsvLog`], [`JsonLinesLog`], [`TensorBoardLog`]: what every update used.
//! - [`Checkpoints`] of a trainer that is [`SaveState`]: a run that is killed and resumed is bit for bit one that was
//!   never stopped.
//! - [`RangeTest`]: looks for a good learning rate. [`BatchSampler`]: seeded batches. [`Joined`]: two optimizers on
//!   one clock.
//!
//! # Logs
//!
//! Each update is handed to the system in one write, so a process that is killed loses none that is completed. Before a
//! checkpoint is saved the logs are synced and their lengths kept in it; a resumed run cuts them to that length and goes
//! on. A log that is shorter than its checkpoint says, or has other columns, is an error.
//!
//! # Example: a rule of your own, stepped by the run's count
//!
//! A scheduler without a count is stepped in [`scheduler_step`](Trainer::scheduler_step):
//!
//! ```
//! use lehr::{Error, MemoryGroups, StatelessScheduler, UpdateRule};
//! use lehr_train::{Run, RunConfig, Trainer, Training, ValueMonitor};
//! # use lehr_train::Batches;
//!
//! /// Halves at the end of epochs 2 and 3, of 4 updates each.
//! struct Milestones;
//!
//! impl UpdateRule for Milestones {
//!     fn get_updated_values(&mut self, num_updates: u64, current: &[f64], out: &mut [f64]) -> Result<bool, Error> {
//!         for (value, new) in current.iter().zip(out) {
//!             *new = value * 0.5;
//!         }
//!         Ok([8, 12].contains(&num_updates))
//!     }
//! }
//!
//! struct Mine { optimizer: MemoryGroups, schedule: StatelessScheduler }
//!
//! impl Trainer for Mine {
//!     fn scheduler_step(&mut self, run: &mut Run) -> Result<(), Error> {
//!         self.schedule.step_update(run.num_updates(), &mut self.optimizer)
//!     }
//!     // ... and the model's own steps
//! #   type Batch = ();
//! #   type Loss = f64;
//! #   type Optimizer = MemoryGroups;
//! #   type Error = std::io::Error;
//! #   fn optimizer(&mut self) -> &mut MemoryGroups { &mut self.optimizer }
//! #   fn train_batch_count(&self) -> u64 { 4 }
//! #   fn train_batches(&mut self, _: u64) -> std::io::Result<Batches<(), std::io::Error>> {
//! #       Ok(Box::new((0..4).map(|_| Ok(()))))
//! #   }
//! #   fn calculate_train_batch_loss(&mut self, _: &()) -> std::io::Result<f64> { Ok(0.0) }
//! #   fn loss_value(&self, loss: &f64) -> std::io::Result<f64> { Ok(*loss) }
//! #   fn backward_step(&mut self, _: f64, _: f64) -> std::io::Result<()> { Ok(()) }
//! #   fn optimizer_step(&mut self) -> std::io::Result<bool> { Ok(true) }
//! #   fn optimizer_zero_grad(&mut self) -> std::io::Result<()> { Ok(()) }
//! #   fn logged_fields(&self, _: &Run) -> Vec<lehr::Field> { "lr".parse().into_iter().collect() }
//! }
//!
//! let mut optimizer = MemoryGroups::of("lr", &[0.4]);
//! let schedule = StatelessScheduler::attach("lr", Milestones, &mut optimizer)?;
//! let mut monitor = ValueMonitor::default();
//! let mut mine = Mine { optimizer, schedule };
//! Training::new(&mut mine, &RunConfig::epochs(4)).callback(&mut monitor).run()?;
//! assert_eq!(monitor.values("lr/0"), [[0.4; 4], [0.4; 4], [0.2; 4], [0.1; 4]].concat());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// The Rust of the page on training is a test like any other; `digits` is a smaller trainer there.
#[cfg(doctest)]
#[doc = "```"]
#[doc = "#[macro_use] mod square { include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/docs/square.rs\")); }"]
#[doc = "use lehr_train::{Checkpoints, CsvLog, EarlyStopping, ProgressBar, RunConfig, Training};"]
#[doc = "let (folder, mut digits) = (tempfile::tempdir()?, square::Square::new());"]
#[doc = "std::env::set_current_dir(&folder)?;"]
#[doc = include_str!("../../../docs/training/run.rs")]
#[doc = "assert_eq!(summary.num_updates, 120);"]
#[doc = "assert_eq!(std::fs::read_to_string(\"runs/digits/history.csv\")?.lines().count(), 121);"]
#[doc = "assert_eq!(std::fs::read_dir(\"runs/digits/checkpoints\")?.count(), 3);"]
#[doc = "# Ok::<(), Box<dyn std::error::Error>>(())"]
#[doc = "```"]
struct TrainingInRust;

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
