//! `Trainer`: the steps of a training run, each of which can be overridden.

use lehr::{Horizon, ParamGroups, Scheduler, SchedulerBuilder};

use crate::callback::ProgressBar;
use crate::config::RunConfig;
use crate::error::TrainError;
use crate::run::{Run, RunSummary};
use crate::training::Training;

/// The batches of one epoch.
pub type Batches<B, E> = Box<dyn Iterator<Item = Result<B, E>>>;

/// A training run, step by step: implement what your model needs and override what should differ.
///
/// [`train`](Trainer::train) calls the steps in this order; the callbacks of a [`Training`] hear of each right after:
///
/// ```text
/// create_scheduler
/// training_run_start
/// for each epoch (counted from 1):
///     train_epoch_start, train_batches
///     for each window of `gradient_accumulation_steps` batches (the last one may be shorter):
///         for each batch: calculate_train_batch_loss, backward_step
///         clip_gradients, gradients_are_finite (where the run wants to know)
///         optimizer_step
///         scheduler_step                      once after each completed update
///         optimizer_zero_grad
///         an evaluation, every `eval_every` updates
///     train_epoch_end
///     an evaluation
///     training_run_epoch_end
/// training_run_end
///
/// an evaluation:
///     eval_epoch_start, eval_batches, for each batch: calculate_eval_batch_loss
///     eval_epoch_end, scheduler_observe
/// ```
///
/// A hook may record metrics of its own ([`Run::record`]) and end the run ([`Run::stop`]).
///
/// Nothing is typed in twice: the schedule's epochs and shares are resolved from `train_batch_count`, the
/// accumulation and the epochs of the run.
///
/// # Example
///
/// A line through two points by gradient descent, its learning rate warmed up and decayed:
///
/// ```
/// use lehr::{MemoryGroups, ParamGroups, Scheduler, SchedulerBuilder, Spec};
/// use lehr_train::{Batches, RunConfig, Trainer};
///
/// struct Line { slope: f64, gradient: f64, optimizer: MemoryGroups }
///
/// impl Trainer for Line {
///     type Batch = (f64, f64);
///     type Loss = (f64, f64);
///     type Optimizer = MemoryGroups;
///     type Error = std::io::Error;
///
///     fn optimizer(&mut self) -> &mut MemoryGroups {
///         &mut self.optimizer
///     }
///     fn train_batch_count(&self) -> u64 {
///         2
///     }
///     fn train_batches(&mut self, _epoch: u64) -> Result<Batches<(f64, f64), Self::Error>, Self::Error> {
///         Ok(Box::new([(1.0, 3.0), (2.0, 6.0)].into_iter().map(Ok)))
///     }
///     fn calculate_train_batch_loss(&mut self, (x, y): &(f64, f64)) -> Result<(f64, f64), Self::Error> {
///         let error = self.slope * x - y;
///         Ok((error * error, 2.0 * error * x))
///     }
///     fn loss_value(&self, loss: &(f64, f64)) -> Result<f64, Self::Error> {
///         Ok(loss.0)
///     }
///     fn backward_step(&mut self, loss: (f64, f64), share: f64) -> Result<(), Self::Error> {
///         self.gradient += share * loss.1;
///         Ok(())
///     }
///     fn optimizer_step(&mut self) -> Result<bool, Self::Error> {
///         self.slope -= self.optimizer.get(0, &"lr".parse().map_err(std::io::Error::other)?).unwrap_or(0.0) * self.gradient;
///         Ok(true)
///     }
///     fn optimizer_zero_grad(&mut self) -> Result<(), Self::Error> {
///         self.gradient = 0.0;
///         Ok(())
///     }
///     fn create_scheduler(&mut self, _horizon: &lehr::Horizon) -> Result<SchedulerBuilder, lehr::Error> {
///         Ok(Scheduler::builder().field("lr", "linear(from=0x, over=1ep) -> cosine(to=0)".parse::<Spec>()?))
///     }
/// }
///
/// let mut line = Line { slope: 0.0, gradient: 0.0, optimizer: MemoryGroups::of("lr", &[0.1]) };
/// let summary = line.train(&RunConfig::epochs(20))?;
/// assert_eq!(summary.num_updates, 40);
/// assert!((line.slope - 3.0).abs() < 1e-3);
/// # Ok::<(), lehr_train::TrainError<std::io::Error>>(())
/// ```
pub trait Trainer {
    /// What one step of the model eats.
    type Batch: 'static;
    /// The framework's loss, from which gradients come.
    type Loss;
    /// The optimizer; its fields are what is scheduled.
    type Optimizer: ParamGroups;
    /// The error of the trainer's own steps.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The optimizer.
    fn optimizer(&mut self) -> &mut Self::Optimizer;

    /// How many batches every training epoch has.
    fn train_batch_count(&self) -> u64;

    /// The batches of a training epoch, counted from 1: exactly [`train_batch_count`](Self::train_batch_count).
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn train_batches(&mut self, epoch: u64) -> Result<Batches<Self::Batch, Self::Error>, Self::Error>;

    /// The batches of a training epoch without the first `skip`: where a resumed run goes on. Override it where batches
    /// cost more than they should to be made and thrown away.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn train_batches_from(
        &mut self,
        epoch: u64,
        skip: u64,
    ) -> Result<Batches<Self::Batch, Self::Error>, Self::Error> {
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        Ok(Box::new(self.train_batches(epoch)?.skip(skip)))
    }

    /// The loss of a training batch, averaged over it.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn calculate_train_batch_loss(&mut self, batch: &Self::Batch) -> Result<Self::Loss, Self::Error>;

    /// The loss as a number, for the history and the progress bar.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn loss_value(&self, loss: &Self::Loss) -> Result<f64, Self::Error>;

    /// Adds the gradients of `share * loss` to those that are there. The shares of an update's batches add up to 1.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn backward_step(&mut self, loss: Self::Loss, share: f64) -> Result<(), Self::Error>;

    /// Called before the update, with all its gradients added up: the place to clip them, by norm or by value, with a
    /// limit that may itself be scheduled; nothing by default. lehr-candle's `Optimizer` has `clip_gradient_norm` and
    /// `clip_gradient_value`.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn clip_gradients(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Whether no gradient is NaN or infinite; `None`, the default, if the trainer cannot say. Asked before each update
    /// of a run that does not simply use them ([`RunConfig::non_finite_gradients`]).
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn gradients_are_finite(&mut self) -> Result<Option<bool>, Self::Error> {
        Ok(None)
    }

    /// Updates the parameters. `false` says that the update was skipped: the schedule then stays where it is.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn optimizer_step(&mut self) -> Result<bool, Self::Error>;

    /// Clears the gradients.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn optimizer_zero_grad(&mut self) -> Result<(), Self::Error>;

    /// The fields to schedule, with specs that are not resolved yet; nothing by default.
    ///
    /// `horizon` is the run that they will be resolved to.
    ///
    /// # Errors
    ///
    /// Any; it ends the run before it begins.
    fn create_scheduler(&mut self, _horizon: &Horizon) -> Result<SchedulerBuilder, lehr::Error> {
        Ok(Scheduler::builder())
    }

    /// Called after each completed update, never for a batch that only adds to the gradients.
    ///
    /// Steps the run's [`Scheduler`]. Override it to step a [`StatelessScheduler`](lehr::StatelessScheduler) of your
    /// own with [`Run::num_updates`].
    ///
    /// # Errors
    ///
    /// Those of the step; they end the run.
    fn scheduler_step(&mut self, run: &mut Run) -> Result<(), lehr::Error> {
        run.scheduler.step(self.optimizer())
    }

    /// Called after each evaluation that had batches: tells the controllers of the run's scheduler, if it has any, the
    /// mean loss. Override it to tell them another metric.
    ///
    /// # Errors
    ///
    /// What a controller says of the metric; it ends the run.
    fn scheduler_observe(&mut self, run: &mut Run) -> Result<(), lehr::Error> {
        run.scheduler.observe(run.eval_loss(), self.optimizer())
    }

    /// The fields that the logs show; those of the run's scheduler by default.
    fn logged_fields(&self, run: &Run) -> Vec<lehr::Field> {
        run.scheduler.fields().into_iter().cloned().collect()
    }

    /// The batches of an evaluation epoch; none by default.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn eval_batches(&mut self) -> Result<Batches<Self::Batch, Self::Error>, Self::Error> {
        Ok(Box::new(std::iter::empty()))
    }

    /// The loss of an evaluation batch; as in training by default.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn calculate_eval_batch_loss(&mut self, batch: &Self::Batch) -> Result<Self::Loss, Self::Error> {
        self.calculate_train_batch_loss(batch)
    }

    /// How many samples a batch has: the weight of its loss in the epoch's mean; 1 by default.
    fn batch_size(&self, _batch: &Self::Batch) -> usize {
        1
    }

    /// Called once before the first epoch, with value 0 in the groups.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn training_run_start(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Called before the batches of a training epoch.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn train_epoch_start(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Called after the batches of a training epoch, with its mean loss in [`Run::train_loss`].
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn train_epoch_end(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Called before the batches of an evaluation epoch.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn eval_epoch_start(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Called after the batches of an evaluation epoch, with its mean loss in [`Run::eval_loss`].
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn eval_epoch_end(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Called after training and evaluation of an epoch.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn training_run_epoch_end(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Called once after the last epoch.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    fn training_run_end(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Runs all epochs, with a progress bar where the terminal can show one. [`Training`] is the same with logs,
    /// checkpoints and callbacks of your own.
    ///
    /// # Errors
    ///
    /// [`TrainError::Config`] for a setting that breaks its rule, [`TrainError::Schedule`] for a schedule that cannot
    /// be resolved, attached or stepped, [`TrainError::BatchCount`] for an epoch of another length than promised,
    /// [`TrainError::Step`] for whatever a step says.
    fn train(&mut self, config: &RunConfig) -> Result<RunSummary, TrainError<Self::Error>>
    where
        Self: Sized,
    {
        Training::new(self, config).callback(ProgressBar::new()).run()
    }
}
