//! `Training`: a run with its callbacks, its checkpoints and, if need be, another schedule than the trainer's own.

use std::fmt;

use lehr::SchedulerBuilder;

use crate::callback::{Callback, Heard};
use crate::checkpoint::{Checkpoints, Keep, RunState, SaveState};
use crate::config::RunConfig;
use crate::epoch;
use crate::error::TrainError;
use crate::run::{Run, RunSummary};
use crate::trainer::Trainer;
use crate::used::Columns;

/// A run of a trainer, before it begins.
///
/// # Example
///
/// ```
/// use lehr_train::{
///     Checkpoints, CsvLog, EarlyStopping, ProgressBar, RunConfig, RunSummary, SaveState, TrainError, Training,
/// };
///
/// fn train<T: SaveState>(trainer: &mut T) -> Result<RunSummary, TrainError<T::Error>> {
///     Training::new(trainer, &RunConfig::epochs(30))
///         .callback(ProgressBar::new())
///         .callback(CsvLog::new("runs/digits/history.csv"))
///         .callback(EarlyStopping::new("eval_loss").patience(5))
///         .checkpoints(Checkpoints::new("runs/digits/checkpoints").every(20).keep_last(3).resume())
///         .run()
/// }
/// ```
pub struct Training<'a, T: Trainer> {
    trainer: &'a mut T,
    config: RunConfig,
    schedule: Option<SchedulerBuilder>,
    callbacks: Callbacks<'a, T>,
    keep: Option<Box<dyn Keep<T> + 'a>>,
}

impl<T: Trainer> fmt::Debug for Training<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let callbacks: Vec<&str> = self.callbacks.0.iter().map(|callback| callback.name()).collect();
        f.debug_struct("Training")
            .field("config", &self.config)
            .field("callbacks", &callbacks)
            .finish_non_exhaustive()
    }
}

/// The callbacks of a run, in their order.
pub(crate) struct Callbacks<'a, T: Trainer>(Vec<Box<dyn Callback<T> + 'a>>);

impl<T: Trainer> Callbacks<'_, T> {
    /// Tells every callback of an event.
    pub(crate) fn tell(&mut self, mut event: impl FnMut(&mut dyn Callback<T>) -> Heard<T>) -> Heard<T> {
        self.0.iter_mut().try_for_each(|callback| event(callback.as_mut()))
    }

    fn states(&mut self) -> Result<Vec<(String, serde_json::Value)>, TrainError<T::Error>> {
        let mut states = Vec::new();
        for callback in &mut self.0 {
            if let Some(state) = callback.state()? {
                states.push((callback.name().to_owned(), state));
            }
        }
        Ok(states)
    }

    fn load_states(&mut self, mut states: Vec<(String, serde_json::Value)>) -> Heard<T> {
        for callback in &mut self.0 {
            if let Some(place) = states.iter().position(|(name, _)| name == callback.name()) {
                callback.load_state(&states.remove(place).1)?;
            }
        }
        Ok(())
    }
}

impl<'a, T: Trainer> Training<'a, T> {
    /// A run without callbacks and checkpoints.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let mut square = Square::new();
    /// assert_eq!(Training::new(&mut square, &RunConfig::epochs(1)).run()?.num_updates, 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(trainer: &'a mut T, config: &RunConfig) -> Self {
        let callbacks = Callbacks(Vec::new());
        Self { trainer, config: config.clone(), schedule: None, callbacks, keep: None }
    }

    /// Adds a callback: owned, or as `&mut callback` to be asked for something after the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, StopOnNan, Training, ValueMonitor};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let (mut square, mut monitor) = (Square::new(), ValueMonitor::default());
    /// let training = Training::new(&mut square, &RunConfig::epochs(1)).callback(StopOnNan).callback(&mut monitor);
    /// training.run()?;
    /// assert_eq!(monitor.losses(), [1.0, 0.25, 0.0625, 0.015625]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn callback(mut self, callback: impl Callback<T> + 'a) -> Self {
        self.callbacks.0.push(Box::new(callback));
        self
    }

    /// Runs with this schedule in place of [`Trainer::create_scheduler`]'s.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr::{Scheduler, Spec};
    /// use lehr_train::{RunConfig, Training};
    ///
    /// let schedule = Scheduler::builder().field("lr", "linear(to=0)".parse::<Spec>()?);
    /// let summary = Training::new(&mut Square::new(), &RunConfig::epochs(1)).schedule(schedule).run()?;
    /// assert_eq!(summary.last_used("lr/w"), Some(0.25 * 0.25));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn schedule(self, schedule: SchedulerBuilder) -> Self {
        Self { schedule: Some(schedule), ..self }
    }

    /// Saves checkpoints, and resumes from one if they say so.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Checkpoints, RunConfig, Training};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let mut square = Square::new();
    /// Training::new(&mut square, &RunConfig::epochs(1)).checkpoints(Checkpoints::new(folder.path())).run()?;
    /// assert!(folder.path().join("update-0000000004/checkpoint.json").is_file());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn checkpoints(self, checkpoints: Checkpoints) -> Self
    where
        T: SaveState,
    {
        Self { keep: Some(Box::new(checkpoints)), ..self }
    }

    /// Runs all epochs, or what is left of them in a resumed run.
    ///
    /// # Errors
    ///
    /// As [`Trainer::train`]; [`TrainError::File`] for a log or a checkpoint that cannot be written or read;
    /// [`TrainError::Checkpoint`] for one that cannot be resumed from; [`TrainError::Callback`] for whatever a callback of
    /// your own says.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, Training};
    ///
    /// let summary = Training::new(&mut Square::new(), &RunConfig::epochs(3)).run()?;
    /// assert_eq!((summary.num_updates, summary.history.values("eval_loss").len()), (12, 3));
    /// assert!(summary.warnings.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run(self) -> Result<RunSummary, TrainError<T::Error>> {
        let Self { trainer, config, schedule, mut callbacks, mut keep } = self;
        let batches = trainer.train_batch_count();
        config.check(batches)?;
        let horizon = config.horizon(batches)?;
        let schedule = match schedule {
            Some(schedule) => schedule,
            None => trainer.create_scheduler(&horizon)?,
        };
        let scheduler = schedule.resolve(&horizon)?.attach(trainer.optimizer())?;
        let mut run = Run::new(scheduler, horizon);
        let saved = match &mut keep {
            Some(keep) => keep.resume(trainer, &mut run, &config)?,
            None => None,
        };
        run.columns = Columns::new(trainer.logged_fields(&run), trainer.optimizer());
        if let Some(saved) = saved {
            run.columns.restore(&saved.used);
            callbacks.load_states(saved.callbacks)?;
        }
        let mut running = Running { trainer, config, callbacks, keep };
        running.epochs(&mut run)?;
        let warnings = run.warnings(running.trainer.optimizer());
        running.trainer.training_run_end(&mut run).map_err(TrainError::Step)?;
        let Running { trainer, callbacks, .. } = &mut running;
        callbacks.tell(|callback| callback.on_training_run_end(trainer, &mut run, &warnings))?;
        Ok(RunSummary {
            num_updates: run.num_updates(),
            num_skipped: run.num_skipped(),
            train_loss: run.train_loss(),
            eval_loss: run.eval_loss(),
            last_used: run.columns.used().to_vec(),
            history: run.progress.history,
            stopped: run.stopped,
            warnings,
        })
    }
}

/// A run that goes on, all but where it is.
pub(crate) struct Running<'a, T: Trainer> {
    pub(crate) trainer: &'a mut T,
    pub(crate) config: RunConfig,
    pub(crate) callbacks: Callbacks<'a, T>,
    keep: Option<Box<dyn Keep<T> + 'a>>,
}

/// When a checkpoint may be due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Update,
    Epoch,
    End,
}

impl<T: Trainer> Running<'_, T> {
    fn epochs(&mut self, run: &mut Run) -> Result<(), TrainError<T::Error>> {
        self.trainer.training_run_start(run).map_err(TrainError::Step)?;
        self.tell(run, |callback, trainer, run| callback.on_training_run_start(trainer, run))?;
        let promised = self.config.train_batches(self.trainer.train_batch_count());
        let num_epochs = self.config.num_epochs;
        let batches_left = |run: &Run| run.epoch() < num_epochs || run.progress.batch < promised;
        while run.stopped().is_none() && (!run.progress.epoch_ended || (!run.is_over() && batches_left(run)))
        {
            epoch::train_and_evaluate(self, run)?;
            self.save_if_due(run, Moment::Epoch)?;
        }
        self.save_if_due(run, Moment::End)
    }

    /// Tells every callback of an event.
    pub(crate) fn tell(
        &mut self,
        run: &mut Run,
        mut event: impl FnMut(&mut dyn Callback<T>, &mut T, &mut Run) -> Heard<T>,
    ) -> Heard<T> {
        let Self { trainer, callbacks, .. } = self;
        callbacks.tell(|callback| event(callback, trainer, run))
    }

    pub(crate) fn save_if_due(&mut self, run: &Run, moment: Moment) -> Result<(), TrainError<T::Error>> {
        let Some(keep) = &mut self.keep else { return Ok(()) };
        if !keep.is_due(run, moment) {
            return Ok(());
        }
        let callbacks = self.callbacks.states()?;
        keep.save(self.trainer, RunState::new(run, &self.config, self.trainer.train_batch_count(), callbacks))
    }
}
