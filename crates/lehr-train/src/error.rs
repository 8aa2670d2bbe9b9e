//! What ends a run early.

use std::io;
use std::path::{Path, PathBuf};

/// Why a training run ended early. `E` is the error of the trainer's own steps.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::{RunConfig, TrainError, Trainer};
///
/// let error = Square::new().train(&RunConfig::epochs(0)).unwrap_err();
/// assert!(matches!(error, TrainError::Config { name: "num_epochs", .. }), "{error}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
    /// A file or a folder could not be written or read.
    #[error("`{}` cannot be {action}: {source}", path.display())]
    File {
        /// What was tried: `written`, `read`, `removed`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A checkpoint, or what a callback kept in it, cannot be used. It is left as it is.
    #[error("the checkpoint `{}` {problem}", path.display())]
    Checkpoint {
        /// The checkpoint's folder.
        path: PathBuf,
        /// What is wrong, and the way out.
        problem: String,
    },
    /// A callback of your own failed.
    #[error("callback: {0}")]
    Callback(Box<dyn std::error::Error + Send + Sync>),
}

/// A file that could not be read or written, before it is known which trainer it was for.
#[derive(Debug)]
pub(crate) struct FileError {
    pub(crate) action: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) source: io::Error,
}

impl FileError {
    pub(crate) fn written(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self { action: "written", path: path.to_owned(), source }
    }

    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self { action: "read", path: path.to_owned(), source }
    }

    pub(crate) fn removed(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self { action: "removed", path: path.to_owned(), source }
    }
}

impl<E: std::error::Error + 'static> From<FileError> for TrainError<E> {
    fn from(FileError { action, path, source }: FileError) -> Self {
        Self::File { action, path, source }
    }
}
