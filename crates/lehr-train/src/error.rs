//! What ends a run early.

use std::path::PathBuf;

/// Why a training run ended early. `E` is the error of the trainer's own steps.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError<E: std::error::Error + 'static> {
    /// A setting of the run breaks its rule.
    #[error("`{name}` is {value}, but {rule}")]
    Config {
        /// The setting.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it must be instead.
        rule: &'static str,
    },
    /// The schedule could not be resolved, attached or stepped.
    #[error("schedule: {0}")]
    Schedule(#[from] lehr::Error),
    /// A step of the trainer failed.
    #[error(transparent)]
    Step(E),
    /// An epoch had another number of batches than the trainer promised, so the schedule would miss its end.
    #[error(
        "epoch {epoch} had {found} batches, but `train_batch_count` promised {promised}: the schedule is resolved from \
         that number, so it must be the true one"
    )]
    BatchCount {
        /// The epoch, counted from 1.
        epoch: u64,
        /// What `train_batch_count` said.
        promised: u64,
        /// How many batches came; one more than promised stands for "more".
        found: u64,
    },
    /// The history file could not be written.
    #[error("the history `{}` cannot be written: {source}", path.display())]
    History {
        /// The file.
        path: PathBuf,
        /// Why.
        source: csv::Error,
    },
}
