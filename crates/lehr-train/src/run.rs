//! `Run`: where a run is, and how it ended.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use lehr::{Field, Horizon, ParamGroups, Scheduler};
use serde::{Deserialize, Serialize};

use crate::history::{Metric, RunHistory};
use crate::number;
use crate::used::{Columns, Used};

/// Where a run is.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::{AfterUpdate, Square};
/// use lehr_train::{Run, RunConfig, Training};
///
/// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
/// // `AfterUpdate` calls the closure after each update.
/// let look = AfterUpdate(|run: &mut Run| assert_eq!((run.epoch(), run.stopped()), (1, None)));
/// let summary = Training::new(&mut Square::new(), &RunConfig::updates(2)).callback(look).run()?;
/// assert_eq!(summary.num_updates, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Run {
    /// The run's scheduler, which [`Trainer::scheduler_step`](crate::Trainer::scheduler_step) steps.
    pub scheduler: Scheduler,
    pub(crate) horizon: Horizon,
    pub(crate) progress: Progress,
    pub(crate) columns: Columns,
    pub(crate) stopped: Option<String>,
    pub(crate) resumed_from: Option<PathBuf>,
    /// What is to be said at the end.
    pub(crate) notes: Vec<String>,
}

/// All that a run has to remember beside its scheduler.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Progress {
    pub(crate) epoch: u64,
    /// Batches of the epoch that have been trained on.
    pub(crate) batch: u64,
    /// Whether all has been done that comes after the epoch's last batch, or after the run's last update.
    pub(crate) epoch_ended: bool,
    pub(crate) num_updates: u64,
    pub(crate) num_skipped: u64,
    /// The last evaluation came after so many updates.
    pub(crate) evaluated_at: Option<u64>,
    /// Of the batches of the epoch so far.
    pub(crate) epoch_loss: Mean,
    #[serde(with = "number")]
    pub(crate) update_loss: f64,
    #[serde(with = "number")]
    pub(crate) train_loss: f64,
    #[serde(with = "number")]
    pub(crate) eval_loss: f64,
    pub(crate) history: RunHistory,
}

/// A mean of losses, each with the weight of its samples.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Mean {
    #[serde(with = "number")]
    sum: f64,
    #[serde(with = "number")]
    weight: f64,
}

impl Mean {
    pub(crate) fn add(&mut self, value: f64, samples: usize) {
        self.sum += value * samples as f64;
        self.weight += samples as f64;
    }

    /// NaN where nothing was added.
    pub(crate) fn value(&self) -> f64 {
        self.sum / self.weight
    }
}

impl Run {
    pub(crate) fn new(scheduler: Scheduler, horizon: Horizon) -> Self {
        let progress = Progress {
            epoch: 0,
            batch: 0,
            epoch_ended: true,
            num_updates: 0,
            num_skipped: 0,
            evaluated_at: None,
            epoch_loss: Mean::default(),
            update_loss: f64::NAN,
            train_loss: f64::NAN,
            eval_loss: f64::NAN,
            history: RunHistory::default(),
        };
        Self {
            scheduler,
            horizon,
            progress,
            columns: Columns::default(),
            stopped: None,
            resumed_from: None,
            notes: Vec::new(),
        }
    }

    /// What the schedule was resolved to: all updates of the run, and those in an epoch.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::{AfterUpdate, Square};
    /// use lehr_train::{Run, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // `AfterUpdate` calls the closure after each update.
    /// let look = AfterUpdate(|run: &mut Run| assert_eq!((run.horizon().total(), run.horizon().updates_per_epoch()), (Some(8), Some(4))));
    /// let summary = Training::new(&mut Square::new(), &RunConfig::epochs(2)).callback(look).run()?;
    /// assert_eq!(summary.num_updates, 8);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn horizon(&self) -> Horizon {
        self.horizon
    }

    /// The epoch, counted from 1; 0 before the first.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::{AfterUpdate, Square};
    /// use lehr_train::{Run, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // `AfterUpdate` calls the closure after each update.
    /// let mut epochs = Vec::new();
    /// let look = AfterUpdate(|run: &mut Run| epochs.push(run.epoch()));
    /// let summary = Training::new(&mut Square::new(), &RunConfig::epochs(2)).callback(look).run()?;
    /// assert_eq!(epochs, [1, 1, 1, 1, 2, 2, 2, 2]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn epoch(&self) -> u64 {
        self.progress.epoch
    }

    /// Updates that are completed.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::{AfterUpdate, Square};
    /// use lehr_train::{Run, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // `AfterUpdate` calls the closure after each update.
    /// let mut counts = Vec::new();
    /// let look = AfterUpdate(|run: &mut Run| counts.push(run.num_updates()));
    /// let summary = Training::new(&mut Square::new(), &RunConfig::updates(2)).callback(look).run()?;
    /// assert_eq!(counts, [1, 2]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn num_updates(&self) -> u64 {
        self.progress.num_updates
    }

    /// Updates that were skipped.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::{AfterUpdate, Square};
    /// use lehr_train::{Run, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // `AfterUpdate` calls the closure after each update.
    /// let look = AfterUpdate(|run: &mut Run| assert_eq!(run.num_skipped(), 0));
    /// let summary = Training::new(&mut Square::new(), &RunConfig::updates(2)).callback(look).run()?;
    /// assert_eq!(summary.num_updates, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn num_skipped(&self) -> u64 {
        self.progress.num_skipped
    }

    /// The mean training loss of the last update's batches, NaN before the first.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::{AfterUpdate, Square};
    /// use lehr_train::{Run, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // `AfterUpdate` calls the closure after each update.
    /// let mut losses = Vec::new();
    /// let look = AfterUpdate(|run: &mut Run| losses.push(run.update_loss()));
    /// let summary = Training::new(&mut Square::new(), &RunConfig::updates(2)).callback(look).run()?;
    /// assert_eq!(losses, [1.0, 0.25]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn update_loss(&self) -> f64 {
        self.progress.update_loss
    }

    /// The mean training loss of the last finished epoch, NaN before.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::{AfterUpdate, Square};
    /// use lehr_train::{Run, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // `AfterUpdate` calls the closure after each update.
    /// let mut last = f64::NAN;
    /// let look = AfterUpdate(|run: &mut Run| last = run.train_loss());
    /// let summary = Training::new(&mut Square::new(), &RunConfig::epochs(2)).callback(look).run()?;
    /// // That of the first epoch, as long as the second has not ended.
    /// assert_eq!(last, (1.0 + 0.25 + 0.0625 + 0.015625) / 4.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn train_loss(&self) -> f64 {
        self.progress.train_loss
    }

    /// The mean loss of the last evaluation, NaN before and where there is no evaluation.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::{AfterUpdate, Square};
    /// use lehr_train::{Run, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // `AfterUpdate` calls the closure after each update.
    /// let mut last = f64::NAN;
    /// let look = AfterUpdate(|run: &mut Run| last = run.eval_loss());
    /// let summary = Training::new(&mut Square::new(), &RunConfig::epochs(2)).callback(look).run()?;
    /// assert_eq!(last, 1.0 / 256.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn eval_loss(&self) -> f64 {
        self.progress.eval_loss
    }

    /// The logged fields of every group, as the last update used them.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::{AfterUpdate, Square};
    /// use lehr_train::{Run, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // `AfterUpdate` calls the closure after each update.
    /// let look = AfterUpdate(|run: &mut Run| assert_eq!((run.used()[0].name.as_str(), run.used()[0].value), ("lr/w", 0.25)));
    /// let summary = Training::new(&mut Square::new(), &RunConfig::updates(2)).callback(look).run()?;
    /// assert_eq!(summary.num_updates, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn used(&self) -> &[Used] {
        self.columns.used()
    }

    /// The metrics so far.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::{AfterUpdate, Square};
    /// use lehr_train::{Run, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // `AfterUpdate` calls the closure after each update.
    /// let mut known = 0;
    /// let look = AfterUpdate(|run: &mut Run| known = run.history().values("eval_loss").len());
    /// let summary = Training::new(&mut Square::new(), &RunConfig::epochs(3)).callback(look).run()?;
    /// assert_eq!(known, 2); // the third evaluation comes after the last update
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn history(&self) -> &RunHistory {
        &self.progress.history
    }

    /// Records a metric of your own, an accuracy for example. Every log and the run's history have it.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::{AfterUpdate, Square};
    /// use lehr_train::{Run, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // `AfterUpdate` calls the closure after each update.
    /// let look = AfterUpdate(|run: &mut Run| run.record("twice", 2.0 * run.update_loss()));
    /// let summary = Training::new(&mut Square::new(), &RunConfig::updates(2)).callback(look).run()?;
    /// assert_eq!(summary.history.values("twice"), [2.0, 0.5]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn record(&mut self, name: &str, value: f64) {
        let (num_updates, epoch) = (self.num_updates(), self.epoch());
        self.progress.history.push(Metric { name: name.to_owned(), num_updates, epoch, value });
    }

    /// Ends the run: no further update is made. Asked for in the middle of an update's batches, that update is not made
    /// either. The first reason given is the one that is reported.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::{AfterUpdate, Square};
    /// use lehr_train::{Run, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // `AfterUpdate` calls the closure after each update.
    /// let look = AfterUpdate(|run: &mut Run| {
    ///     if run.update_loss() < 0.3 {
    ///         run.stop("good enough");
    ///     }
    /// });
    /// let summary = Training::new(&mut Square::new(), &RunConfig::epochs(9)).callback(look).run()?;
    /// assert_eq!((summary.num_updates, summary.stopped.as_deref()), (2, Some("good enough")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stop(&mut self, reason: impl Into<String>) {
        self.stopped.get_or_insert_with(|| reason.into());
    }

    /// Why the run is to end, if it is.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::{AfterUpdate, Square};
    /// use lehr_train::{Run, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // `AfterUpdate` calls the closure after each update.
    /// let look = AfterUpdate(|run: &mut Run| {
    ///     run.stop("the first reason");
    ///     run.stop("the second one");
    ///     assert_eq!(run.stopped(), Some("the first reason"));
    /// });
    /// let summary = Training::new(&mut Square::new(), &RunConfig::updates(2)).callback(look).run()?;
    /// assert_eq!(summary.num_updates, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// What tells two moments apart that are worth saving.
    pub(crate) fn position(&self) -> (u64, bool) {
        (self.num_updates(), self.progress.epoch_ended)
    }

    /// The checkpoint that the run was resumed from, if it was.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::{AfterUpdate, Square};
    /// use lehr_train::{Run, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// // `AfterUpdate` calls the closure after each update.
    /// let look = AfterUpdate(|run: &mut Run| assert_eq!(run.resumed_from(), None));
    /// let summary = Training::new(&mut Square::new(), &RunConfig::updates(2)).callback(look).run()?;
    /// assert_eq!(summary.num_updates, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resumed_from(&self) -> Option<&Path> {
        self.resumed_from.as_deref()
    }

    /// Whether the run has made its updates, or was stopped.
    pub(crate) fn is_over(&self) -> bool {
        self.stopped.is_some() || self.horizon.total().is_some_and(|total| self.num_updates() >= total)
    }

    /// What is to be said at the end: notes, and where the run was shorter or longer than the plan of a field.
    pub(crate) fn warnings(&self, groups: &impl ParamGroups) -> Vec<String> {
        let deviation =
            |field: &Field| (0..groups.group_count()).find_map(|group| self.deviation(field, group));
        let deviations = self.scheduler.fields().into_iter().filter_map(deviation);
        self.notes.iter().cloned().chain(deviations).collect()
    }

    fn deviation(&self, field: &Field, group: usize) -> Option<String> {
        let field = field.to_string();
        let trace = self.scheduler.trace(&field, group, 2).filter(|trace| !trace.is_open())?;
        let planned = trace.points().last()?.0 + 1;
        let (done, last, current) =
            (self.num_updates(), trace.last_used(), self.scheduler.current(&field, group)?);
        let skipped = match self.num_skipped() {
            0 => String::new(),
            skipped => format!(" ({skipped} more were skipped)"),
        };
        match done.cmp(&planned) {
            Ordering::Equal => None,
            Ordering::Less => Some(format!(
                "the run ended after {done} updates{skipped}, but the plan of `{field}` has {planned}: it stands at \
                 {current:?}, and the plan's last update has {last:?}"
            )),
            Ordering::Greater => Some(format!(
                "the run went on for {} updates after the {planned} of the plan of `{field}`: they used {current:?}",
                done - planned
            )),
        }
    }
}

/// How a run ended.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::{RunConfig, Trainer};
///
/// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
/// let summary = Square::new().train(&RunConfig::epochs(1))?;
/// assert_eq!((summary.num_updates, summary.num_skipped, summary.stopped), (4, 0, None));
/// assert_eq!((summary.train_loss, summary.eval_loss), (85.0 / 64.0 / 4.0, 1.0 / 256.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RunSummary {
    /// Updates that were completed.
    pub num_updates: u64,
    /// Updates that were skipped.
    pub num_skipped: u64,
    /// The mean training loss of the last finished epoch.
    pub train_loss: f64,
    /// The mean loss of the last evaluation, NaN where there was none.
    pub eval_loss: f64,
    /// The logged fields of every group, as the last update used them.
    pub last_used: Vec<Used>,
    /// The metrics.
    pub history: RunHistory,
    /// Why the run was stopped, if it was.
    pub stopped: Option<String>,
    /// Where the run was shorter or longer than the plan of a field, with numbers; damaged checkpoints that were passed
    /// over; commands of a control file that were refused.
    pub warnings: Vec<String>,
}

impl RunSummary {
    /// What the last update used of a field of a group, such as `lr/weights`.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, Trainer};
    ///
    /// let summary = Square::new().train(&RunConfig::epochs(1))?;
    /// assert_eq!((summary.last_used("lr/w"), summary.last_used("eps/w")), (Some(0.25), None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn last_used(&self, name: &str) -> Option<f64> {
        self.last_used.iter().find(|used| used.name == name).map(|used| used.value)
    }
}
