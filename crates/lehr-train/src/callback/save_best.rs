//! `SaveBest`: keeps the state that a metric was best with.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Callback, Goal, Heard};
use crate::checkpoint::{self, SaveState, StateReader};
use crate::error::TrainError;
use crate::number;
use crate::run::Run;

/// Saves the trainer's state whenever a metric of the history is better than ever, looked at after each epoch.
///
/// The state is a folder `best-<updates>` in the given one, whole or not there as any checkpoint, and the one before it
/// is removed once the new one is there. It holds the trainer's own state; a run is resumed from
/// [`Checkpoints`](crate::Checkpoints).
///
/// # Defaults
///
/// [`Goal::Min`]; the trainer keeps its last state when the run ends.
///
/// # Example
///
/// ```
/// use lehr_train::SaveBest;
///
/// let best = SaveBest::new("eval_loss", "runs/digits").restore_at_end();
/// # let _ = best;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SaveBest {
    metric: String,
    folder: PathBuf,
    goal: Goal,
    restore_at_end: bool,
    memory: Memory,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Memory {
    #[serde(with = "number")]
    best: f64,
    path: Option<PathBuf>,
}

/// What a state's name begins with; the updates follow.
const PREFIX: &str = "best-";

fn is_best(name: &OsStr) -> bool {
    let updates = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
    updates.is_some_and(|updates| updates.parse::<u64>().is_ok())
}

impl SaveBest {
    /// Watches this metric and saves in this folder, which is made if need be.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, SaveBest, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let folder = tempfile::tempdir()?;
    /// let best = SaveBest::new("eval_loss", folder.path());
    /// Training::new(&mut Square::new(), &RunConfig::epochs(3)).callback(best).run()?;
    /// assert!(folder.path().join("best-0000000012").is_dir());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(metric: impl Into<String>, folder: impl Into<PathBuf>) -> Self {
        let memory = Memory { best: f64::NAN, path: None };
        Self { metric: metric.into(), folder: folder.into(), goal: Goal::Min, restore_at_end: false, memory }
    }

    /// Whether the metric is to become small (the default) or large.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Goal, RunConfig, SaveBest, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // The largest loss is that of the first epoch.
    /// let folder = tempfile::tempdir()?;
    /// let best = SaveBest::new("eval_loss", folder.path()).goal(Goal::Max);
    /// Training::new(&mut Square::new(), &RunConfig::epochs(3)).callback(best).run()?;
    /// assert!(folder.path().join("best-0000000004").is_dir());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn goal(self, goal: Goal) -> Self {
        Self { goal, ..self }
    }

    /// Puts the best state back when the run ends.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Goal, RunConfig, SaveBest, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let (folder, mut square) = (tempfile::tempdir()?, Square::new());
    /// let best = SaveBest::new("eval_loss", folder.path()).goal(Goal::Max).restore_at_end();
    /// Training::new(&mut square, &RunConfig::epochs(3)).callback(best).run()?;
    /// assert_eq!(square.weight, 1.0 / 16.0); // that of after the first epoch
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn restore_at_end(self) -> Self {
        Self { restore_at_end: true, ..self }
    }

    /// The best value and where its state lies; `None` before the first.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, SaveBest, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let folder = tempfile::tempdir()?;
    /// let mut best = SaveBest::new("eval_loss", folder.path());
    /// assert_eq!(best.best(), None);
    /// Training::new(&mut Square::new(), &RunConfig::epochs(1)).callback(&mut best).run()?;
    /// assert_eq!(best.best(), Some((1.0 / 256.0, folder.path().join("best-0000000004").as_path())));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn best(&self) -> Option<(f64, &Path)> {
        self.memory.path.as_deref().map(|path| (self.memory.best, path))
    }
}

impl<T: SaveState> Callback<T> for SaveBest {
    fn on_training_run_start(&mut self, _trainer: &mut T, _run: &mut Run) -> Heard<T> {
        Ok(checkpoint::clean(&self.folder)?)
    }

    fn on_training_run_epoch_end(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        let Some(value) = run.history().latest(&self.metric) else { return Ok(()) };
        if !self.goal.is_better(value, self.memory.best, 0.0) {
            return Ok(());
        }
        let path = self.folder.join(format!("{PREFIX}{:010}", run.num_updates()));
        if path.exists() {
            // Of the same updates of an earlier process, which was killed before it came to a checkpoint.
            checkpoint::remove(&path)?;
        }
        checkpoint::write(&path, trainer, None)?;
        let before = std::mem::replace(&mut self.memory, Memory { best: value, path: Some(path) });
        if let Some(before) = before.path.filter(|path| path.exists()) {
            checkpoint::remove(&before)?;
        }
        Ok(())
    }

    fn on_training_run_end(&mut self, trainer: &mut T, _run: &mut Run, _warnings: &[String]) -> Heard<T> {
        let Some(path) = self.memory.path.as_ref().filter(|_| self.restore_at_end) else { return Ok(()) };
        let body = checkpoint::read::<_, ()>(path)?;
        trainer.load_state(&StateReader::new(path.clone(), body.trainer)).map_err(TrainError::Step)
    }

    fn state(&mut self) -> Result<Option<serde_json::Value>, TrainError<T::Error>> {
        serde_json::to_value(&self.memory).map(Some).map_err(|error| TrainError::Callback(error.into()))
    }

    fn load_state(&mut self, state: &serde_json::Value) -> Heard<T> {
        let Memory { best, path } =
            Memory::deserialize(state).map_err(|error| TrainError::Callback(error.into()))?;
        // What is removed later lies in this folder, whatever a checkpoint says.
        let here =
            |path: PathBuf| path.file_name().filter(|name| is_best(name)).map(|name| self.folder.join(name));
        self.memory = Memory { best, path: path.and_then(here) };
        Ok(())
    }
}
