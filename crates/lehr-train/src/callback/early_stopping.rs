//! `EarlyStopping`: ends a run when a metric has stopped improving.

use serde::{Deserialize, Serialize};

use super::{Callback, Heard};
use crate::error::TrainError;
use crate::number;
use crate::run::Run;
use crate::trainer::Trainer;

/// Which way a metric is to go.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::{EarlyStopping, Goal};
///
/// assert_eq!(Goal::default(), Goal::Min);
/// assert_ne!(EarlyStopping::new("accuracy").goal(Goal::Max), EarlyStopping::new("accuracy"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Goal {
    /// Small is good: a loss.
    #[default]
    Min,
    /// Large is good: an accuracy.
    Max,
}

impl Goal {
    /// Whether `value` is better than `best` by more than `threshold`. NaN is never better.
    pub(super) fn is_better(self, value: f64, best: f64, threshold: f64) -> bool {
        match self {
            Self::Min => value < best - threshold || (best.is_nan() && !value.is_nan()),
            Self::Max => value > best + threshold || (best.is_nan() && !value.is_nan()),
        }
    }
}

/// Ends the run when a metric of the history has not improved for `patience` epochs in a row.
///
/// Looked at after each epoch: the newest value. With a patience of p, the run ends after the p-th epoch in a row whose
/// value is not better than the best. An epoch without the metric, or with NaN, is one that is not better.
///
/// # Defaults
///
/// [`Goal::Min`], a patience of 5, a threshold of 0.
///
/// # Example
///
/// ```
/// use lehr_train::{EarlyStopping, Goal};
///
/// let stopping = EarlyStopping::new("accuracy").goal(Goal::Max).patience(3).threshold(1e-3);
/// # let _ = stopping;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct EarlyStopping {
    metric: String,
    goal: Goal,
    patience: u64,
    threshold: f64,
    memory: Memory,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Memory {
    #[serde(with = "number")]
    best: f64,
    waited: u64,
}

impl EarlyStopping {
    /// Watches this metric: `eval_loss`, `train_loss`, or one that the trainer records.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{EarlyStopping, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // Its loss gets better to the end.
    /// let summary = Training::new(&mut Square::new(), &RunConfig::epochs(8)).callback(EarlyStopping::new("eval_loss")).run()?;
    /// assert_eq!(summary.num_updates, 32);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(metric: impl Into<String>) -> Self {
        let memory = Memory { best: f64::NAN, waited: 0 };
        Self { metric: metric.into(), goal: Goal::Min, patience: 5, threshold: 0.0, memory }
    }

    /// Whether the metric is to become small (the default) or large.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{EarlyStopping, Goal, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // A falling loss is bad, if large is good: the best is that of the first epoch, and five are borne.
    /// let summary = Training::new(&mut Square::new(), &RunConfig::epochs(20)).callback(EarlyStopping::new("eval_loss").goal(Goal::Max)).run()?;
    /// assert_eq!(summary.num_updates, 24);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn goal(self, goal: Goal) -> Self {
        Self { goal, ..self }
    }

    /// Epochs in a row that must not be better before the run ends; 0 is read as 1.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{EarlyStopping, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let summary = Training::new(&mut Square::new(), &RunConfig::epochs(20)).callback(EarlyStopping::new("no_such_metric").patience(2)).run()?;
    /// assert_eq!(summary.num_updates, 8);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn patience(self, epochs: u64) -> Self {
        Self { patience: epochs.max(1), ..self }
    }

    /// By how much, in the metric's own unit, a value must be better to count as better.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{EarlyStopping, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // The loss is 1/256 after the first epoch, and cannot fall by 0.01 more.
    /// let summary = Training::new(&mut Square::new(), &RunConfig::epochs(20)).callback(EarlyStopping::new("eval_loss").patience(1).threshold(0.01)).run()?;
    /// assert_eq!(summary.num_updates, 8);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn threshold(self, threshold: f64) -> Self {
        Self { threshold, ..self }
    }

    fn stop_if_due(&self, run: &mut Run) {
        let Self { metric, memory: Memory { best, waited }, .. } = self;
        if *waited >= self.patience {
            run.stop(format!("`{metric}` has not been better than {best:?} for {waited} epochs"));
        }
    }
}

impl<T: Trainer> Callback<T> for EarlyStopping {
    /// A resumed run whose patience is exhausted ends at once; with a larger patience it goes on.
    fn on_training_run_start(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        self.stop_if_due(run);
        Ok(())
    }

    fn on_training_run_epoch_end(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        let value = run.history().latest(&self.metric).unwrap_or(f64::NAN);
        if self.goal.is_better(value, self.memory.best, self.threshold) {
            self.memory = Memory { best: value, waited: 0 };
        } else {
            self.memory.waited = self.memory.waited.saturating_add(1);
        }
        self.stop_if_due(run);
        Ok(())
    }

    fn state(&mut self) -> Result<Option<serde_json::Value>, TrainError<T::Error>> {
        serde_json::to_value(&self.memory).map(Some).map_err(|error| TrainError::Callback(error.into()))
    }

    fn load_state(&mut self, state: &serde_json::Value) -> Heard<T> {
        self.memory = Memory::deserialize(state).map_err(|error| TrainError::Callback(error.into()))?;
        Ok(())
    }
}
