//! The loop itself: what a run is set to, where it is, and how it ended.

use std::path::PathBuf;

use lehr::{Horizon, Scheduler};

use crate::error::TrainError;
use crate::history::History;
use crate::progress::Progress;
use crate::trainer::Trainer;

/// The settings of a run.
///
/// # Default
///
/// One epoch, an update for every batch, no history file, a progress bar where the terminal can show one.
///
/// ```
/// use lehr_train::RunConfig;
///
/// let config = RunConfig { num_epochs: 30, gradient_accumulation_steps: 3, ..RunConfig::default() };
/// assert_eq!(config.updates_per_epoch(44), 15);
/// ```
#[derive(Clone, Debug)]
pub struct RunConfig {
    /// Epochs to train; at least 1.
    pub num_epochs: u64,
    /// Batches whose gradients add up to one update; at least 1. The last window of an epoch may be shorter.
    pub gradient_accumulation_steps: u64,
    /// Where to write what every update used, as CSV; its folder is made.
    pub history: Option<PathBuf>,
    /// Whether to show a progress bar on a terminal.
    pub progress: bool,
}

impl Default for RunConfig {
    fn default() -> Self {
        Self { num_epochs: 1, gradient_accumulation_steps: 1, history: None, progress: true }
    }
}

impl RunConfig {
    /// Updates in an epoch of that many batches: a last, shorter window counts as one.
    pub fn updates_per_epoch(&self, batches: u64) -> u64 {
        batches.div_ceil(self.gradient_accumulation_steps.max(1))
    }
}

/// Where a run is.
#[derive(Debug)]
pub struct Run {
    /// The run's scheduler, which [`Trainer::scheduler_step`] steps.
    pub scheduler: Scheduler,
    horizon: Horizon,
    epoch: u64,
    num_updates: u64,
    num_skipped: u64,
    train_loss: f64,
    eval_loss: f64,
}

impl Run {
    /// What the schedule was resolved to: all updates of the run, and those in an epoch.
    pub fn horizon(&self) -> Horizon {
        self.horizon
    }

    /// The epoch, counted from 1; 0 before the first.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Updates that are completed.
    pub fn num_updates(&self) -> u64 {
        self.num_updates
    }

    /// Updates that [`Trainer::optimizer_step`] skipped.
    pub fn num_skipped(&self) -> u64 {
        self.num_skipped
    }

    /// The mean training loss of the last finished epoch, NaN before.
    pub fn train_loss(&self) -> f64 {
        self.train_loss
    }

    /// The mean evaluation loss of the last finished epoch, NaN before and where there is no evaluation.
    pub fn eval_loss(&self) -> f64 {
        self.eval_loss
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSummary {
    /// Updates that were completed.
    pub num_updates: u64,
    /// Updates that were skipped.
    pub num_skipped: u64,
    /// The mean training loss of the last epoch.
    pub train_loss: f64,
    /// The mean evaluation loss of the last epoch, NaN where there is no evaluation.
    pub eval_loss: f64,
    /// What the last update used, as `(column, value)`: `("lr/weights", 1e-6)`.
    pub last_used: Vec<(String, f64)>,
}

pub(crate) fn train<T: Trainer>(
    trainer: &mut T,
    config: &RunConfig,
) -> Result<RunSummary, TrainError<T::Error>> {
    let batches = trainer.train_batch_count();
    let positive = [
        ("num_epochs", config.num_epochs, "a run has at least one epoch"),
        (
            "gradient_accumulation_steps",
            config.gradient_accumulation_steps,
            "an update takes at least one batch",
        ),
        ("train_batch_count", batches, "an epoch has at least one batch: is the data set empty?"),
    ];
    for (name, value, rule) in positive {
        if value == 0 {
            return Err(TrainError::Config { name, value: value.to_string(), rule });
        }
    }
    let horizon = Horizon::epochs(config.num_epochs, config.updates_per_epoch(batches))?;
    let scheduler = trainer.create_scheduler(&horizon)?.resolve(&horizon)?.attach(trainer.optimizer())?;
    let mut run = Run {
        scheduler,
        horizon,
        epoch: 0,
        num_updates: 0,
        num_skipped: 0,
        train_loss: f64::NAN,
        eval_loss: f64::NAN,
    };
    trainer.training_run_start(&run).map_err(TrainError::Step)?;
    let mut history =
        History::new(trainer.logged_fields(&run), trainer.optimizer(), config.history.as_deref())?;
    let progress = Progress::new(config.progress, horizon.total().unwrap_or_default());
    for epoch in 1..=config.num_epochs {
        run.epoch = epoch;
        trainer.train_epoch_start(&run).map_err(TrainError::Step)?;
        train_epoch(trainer, config, &mut run, &mut history, &progress)?;
        trainer.train_epoch_end(&run).map_err(TrainError::Step)?;
        trainer.eval_epoch_start(&run).map_err(TrainError::Step)?;
        run.eval_loss = eval_epoch(trainer).map_err(TrainError::Step)?;
        trainer.eval_epoch_end(&run).map_err(TrainError::Step)?;
        trainer.training_run_epoch_end(&run).map_err(TrainError::Step)?;
    }
    progress.finish();
    trainer.training_run_end(&run).map_err(TrainError::Step)?;
    Ok(RunSummary {
        num_updates: run.num_updates,
        num_skipped: run.num_skipped,
        train_loss: run.train_loss,
        eval_loss: run.eval_loss,
        last_used: history.last_used(),
    })
}

fn train_epoch<T: Trainer>(
    trainer: &mut T,
    config: &RunConfig,
    run: &mut Run,
    history: &mut History,
    progress: &Progress,
) -> Result<(), TrainError<T::Error>> {
    let promised = trainer.train_batch_count();
    let epoch = run.epoch;
    let count_error = |found| TrainError::BatchCount { epoch, promised, found };
    let mut batches = trainer.train_batches(epoch).map_err(TrainError::Step)?;
    let mut epoch_loss = Mean::default();
    let mut seen = 0;
    while seen < promised {
        let window = config.gradient_accumulation_steps.min(promised - seen);
        let mut window_loss = Mean::default();
        for _ in 0..window {
            let batch = batches.next().ok_or_else(|| count_error(seen))?.map_err(TrainError::Step)?;
            let loss = trainer.calculate_train_batch_loss(&batch).map_err(TrainError::Step)?;
            let value = trainer.loss_value(&loss).map_err(TrainError::Step)?;
            epoch_loss.add(value, trainer.batch_size(&batch));
            window_loss.add(value, trainer.batch_size(&batch));
            trainer.backward_step(loss, 1.0 / window as f64).map_err(TrainError::Step)?;
            seen += 1;
        }
        history.read(trainer.optimizer());
        if trainer.optimizer_step().map_err(TrainError::Step)? {
            history.write(run.num_updates, epoch, window_loss.value())?;
            run.num_updates += 1;
            trainer.scheduler_step(run)?;
            progress.update(run.num_updates, epoch, window_loss.value(), history);
        } else {
            run.num_skipped += 1;
        }
        trainer.optimizer_zero_grad().map_err(TrainError::Step)?;
    }
    if batches.next().is_some() {
        return Err(count_error(promised + 1));
    }
    run.train_loss = epoch_loss.value();
    Ok(())
}

fn eval_epoch<T: Trainer>(trainer: &mut T) -> Result<f64, T::Error> {
    let mut mean = Mean::default();
    for batch in trainer.eval_batches()? {
        let batch = batch?;
        let loss = trainer.calculate_eval_batch_loss(&batch)?;
        mean.add(trainer.loss_value(&loss)?, trainer.batch_size(&batch));
    }
    Ok(mean.value())
}

/// A mean of losses, each with the weight of its samples.
#[derive(Default)]
struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    fn add(&mut self, value: f64, samples: usize) {
        self.sum += value * samples as f64;
        self.weight += samples as f64;
    }

    /// NaN where nothing was added.
    fn value(&self) -> f64 {
        self.sum / self.weight
    }
}
