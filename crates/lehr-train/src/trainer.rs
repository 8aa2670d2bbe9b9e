//! `Trainer`: the steps of a training run, each of which can be overridden.

use lehr::{Horizon, ParamGroups, Scheduler, SchedulerBuilder};

use crate::callback::ProgressBar;
use crate::config::RunConfig;
use crate::error::TrainError;
use crate::run::{Run, RunSummary};
use crate::training::Training;

/// The batches of one epoch.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::{Batches, Trainer};
///
/// let batches: Batches<u64, std::io::Error> = Square::new().train_batches(1)?;
/// assert_eq!(batches.collect::<Result<Vec<_>, _>>()?, [0, 1, 2, 3]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::Trainer;
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let mut square = Square::new();
    /// assert_eq!(square.optimizer().values("lr")?, [0.25]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn optimizer(&mut self) -> &mut Self::Optimizer;

    /// How many batches every training epoch has.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::Trainer;
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// assert_eq!(Square::new().train_batch_count(), 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn train_batch_count(&self) -> u64;

    /// The batches of a training epoch, counted from 1: exactly [`train_batch_count`](Self::train_batch_count).
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::Trainer;
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// assert_eq!(Square::new().train_batches(1)?.count(), 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn train_batches(&mut self, epoch: u64) -> Result<Batches<Self::Batch, Self::Error>, Self::Error>;

    /// The batches of a training epoch without the first `skip`: where a resumed run goes on. Override it where batches
    /// cost more than they should to be made and thrown away.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::Trainer;
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let rest = Square::new().train_batches_from(1, 3)?;
    /// assert_eq!(rest.collect::<Result<Vec<_>, _>>()?, [3]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::Trainer;
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let mut square = Square::new();
    /// let loss = square.calculate_train_batch_loss(&0)?;
    /// assert_eq!(square.loss_value(&loss)?, 1.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn calculate_train_batch_loss(&mut self, batch: &Self::Batch) -> Result<Self::Loss, Self::Error>;

    /// The loss as a number, for the history and the progress bar.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::Trainer;
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let square = Square { weight: 0.5, ..Square::new() };
    /// assert_eq!(square.loss_value(&0.5)?, 0.25);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn loss_value(&self, loss: &Self::Loss) -> Result<f64, Self::Error>;

    /// Adds the gradients of `share * loss` to those that are there. The shares of an update's batches add up to 1.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::Trainer;
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let mut square = Square::new();
    /// for share in [0.5, 0.5] {
    ///     let loss = square.calculate_train_batch_loss(&0)?;
    ///     square.backward_step(loss, share)?;
    /// }
    /// assert_eq!(square.gradient, 2.0); // of the square at 1
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn backward_step(&mut self, loss: Self::Loss, share: f64) -> Result<(), Self::Error>;

    /// Called before the update, with all its gradients added up: the place to clip them, by norm or by value, with a
    /// limit that may itself be scheduled; nothing by default. lehr-candle's `Optimizer` has `clip_gradient_norm` and
    /// `clip_gradient_value`.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Run, RunConfig, Trainer};
    ///
    /// struct Mine { square: Square }
    ///
    /// impl Trainer for Mine {
    ///     fn clip_gradients(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
    ///         self.square.gradient = self.square.gradient.clamp(-0.5, 0.5);
    ///         Ok(())
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new() };
    /// let summary = mine.train(&RunConfig::updates(1))?;
    /// // The gradient was 2: it is cut to 0.5, of which a learning rate of 0.25 takes a quarter.
    /// assert_eq!(mine.square.weight, 1.0 - 0.125);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn clip_gradients(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Whether no gradient is NaN or infinite; `None`, the default, if the trainer cannot say. Asked before each update
    /// of a run that does not simply use them ([`RunConfig::non_finite_gradients`]).
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{NonFiniteGradients, RunConfig, Trainer};
    ///
    /// struct Mine { square: Square }
    ///
    /// impl Trainer for Mine {
    ///     fn gradients_are_finite(&mut self) -> Result<Option<bool>, Self::Error> {
    ///         Ok(Some(self.square.gradient.is_finite()))
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new() };
    /// let summary = mine.train(&RunConfig { non_finite_gradients: NonFiniteGradients::Skip, ..RunConfig::epochs(1) })?;
    /// assert_eq!((summary.num_updates, summary.num_skipped), (4, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn gradients_are_finite(&mut self) -> Result<Option<bool>, Self::Error> {
        Ok(None)
    }

    /// Updates the parameters. `false` says that the update was skipped: the schedule then stays where it is.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::Trainer;
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let mut square = Square { gradient: 2.0, ..Square::new() };
    /// assert!(square.optimizer_step()?);
    /// assert_eq!(square.weight, 0.5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn optimizer_step(&mut self) -> Result<bool, Self::Error>;

    /// Clears the gradients.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::Trainer;
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let mut square = Square { gradient: 2.0, ..Square::new() };
    /// square.optimizer_zero_grad()?;
    /// assert_eq!(square.gradient, 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn optimizer_zero_grad(&mut self) -> Result<(), Self::Error>;

    /// The fields to schedule, with specs that are not resolved yet; nothing by default.
    ///
    /// `horizon` is the run that they will be resolved to.
    ///
    /// # Errors
    ///
    /// Any; it ends the run before it begins.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr::{Error, Horizon, Scheduler, SchedulerBuilder, Spec};
    /// use lehr_train::{RunConfig, Trainer};
    ///
    /// struct Mine { square: Square }
    ///
    /// impl Trainer for Mine {
    ///     fn create_scheduler(&mut self, horizon: &Horizon) -> Result<SchedulerBuilder, Error> {
    ///         assert_eq!(horizon.total(), Some(4));
    ///         Ok(Scheduler::builder().field("lr", "linear(to=0)".parse::<Spec>()?))
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new() };
    /// let summary = mine.train(&RunConfig::epochs(1))?;
    /// // The last of four updates has a quarter of the base of 0.25.
    /// assert_eq!(summary.last_used("lr/w"), Some(0.0625));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Run, RunConfig, Trainer};
    ///
    /// struct Mine { square: Square, heard: Vec<u64> }
    ///
    /// impl Trainer for Mine {
    ///     fn scheduler_step(&mut self, run: &mut Run) -> Result<(), lehr::Error> {
    ///         self.heard.push(run.num_updates());
    ///         run.scheduler.step(self.optimizer())
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new(), heard: Vec::new() };
    /// let summary = mine.train(&RunConfig { gradient_accumulation_steps: 2, ..RunConfig::epochs(1) })?;
    /// assert_eq!(mine.heard, [1, 2]); // once for two batches
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn scheduler_step(&mut self, run: &mut Run) -> Result<(), lehr::Error> {
        run.scheduler.step(self.optimizer())
    }

    /// Called after each evaluation that had batches: tells the controllers of the run's scheduler, if it has any, the
    /// mean loss. Override it to tell them another metric.
    ///
    /// # Errors
    ///
    /// What a controller says of the metric; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Batches, Run, RunConfig, Trainer};
    ///
    /// struct Mine { square: Square, heard: Vec<f64> }
    ///
    /// impl Trainer for Mine {
    ///     fn scheduler_observe(&mut self, run: &mut Run) -> Result<(), lehr::Error> {
    ///         self.heard.push(run.eval_loss());
    ///         Ok(())
    ///     }
    ///     fn eval_batches(&mut self) -> Result<Batches<u64, Self::Error>, Self::Error> {
    ///         self.square.eval_batches()
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new(), heard: Vec::new() };
    /// let summary = mine.train(&RunConfig::epochs(1))?;
    /// assert_eq!(mine.heard, [1.0 / 256.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn scheduler_observe(&mut self, run: &mut Run) -> Result<(), lehr::Error> {
        run.scheduler.observe(run.eval_loss(), self.optimizer())
    }

    /// The fields that the logs show; those of the run's scheduler by default.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Run, RunConfig, Trainer};
    ///
    /// struct Mine { square: Square }
    ///
    /// impl Trainer for Mine {
    ///     fn logged_fields(&self, _run: &Run) -> Vec<lehr::Field> {
    ///         "lr".parse().into_iter().collect()
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new() };
    /// let summary = mine.train(&RunConfig::epochs(1))?;
    /// // Shown although it has no schedule.
    /// assert_eq!(summary.last_used("lr/w"), Some(0.25));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn logged_fields(&self, run: &Run) -> Vec<lehr::Field> {
        run.scheduler.fields().into_iter().cloned().collect()
    }

    /// The batches of an evaluation epoch; none by default.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Batches, RunConfig, Trainer};
    ///
    /// struct Mine { square: Square }
    ///
    /// impl Trainer for Mine {
    ///     fn eval_batches(&mut self) -> Result<Batches<u64, Self::Error>, Self::Error> {
    ///         Ok(Box::new([Ok(0), Ok(1)].into_iter()))
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new() };
    /// let summary = mine.train(&RunConfig::epochs(1))?;
    /// assert_eq!(summary.eval_loss, 1.0 / 256.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn eval_batches(&mut self) -> Result<Batches<Self::Batch, Self::Error>, Self::Error> {
        Ok(Box::new(std::iter::empty()))
    }

    /// The loss of an evaluation batch; as in training by default.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Batches, RunConfig, Trainer};
    ///
    /// struct Mine { square: Square }
    ///
    /// impl Trainer for Mine {
    ///     fn calculate_eval_batch_loss(&mut self, _batch: &u64) -> Result<f64, Self::Error> {
    ///         Ok(2.0 * self.square.weight)
    ///     }
    ///     fn eval_batches(&mut self) -> Result<Batches<u64, Self::Error>, Self::Error> {
    ///         self.square.eval_batches()
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new() };
    /// let summary = mine.train(&RunConfig::epochs(1))?;
    /// assert_eq!(summary.eval_loss, 4.0 / 256.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn calculate_eval_batch_loss(&mut self, batch: &Self::Batch) -> Result<Self::Loss, Self::Error> {
        self.calculate_train_batch_loss(batch)
    }

    /// How many samples a batch has: the weight of its loss in the epoch's mean; 1 by default.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, Trainer};
    ///
    /// struct Mine { square: Square }
    ///
    /// impl Trainer for Mine {
    ///     fn batch_size(&self, batch: &u64) -> usize {
    ///         if *batch == 3 { 3 } else { 1 }
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new() };
    /// let summary = mine.train(&RunConfig::epochs(1))?;
    /// assert_eq!(summary.train_loss, (1.0 + 0.25 + 0.0625 + 3.0 * 0.015625) / 6.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn batch_size(&self, _batch: &Self::Batch) -> usize {
        1
    }

    /// Called once before the first epoch, with value 0 in the groups.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Run, RunConfig, Trainer};
    ///
    /// struct Mine { square: Square, heard: Vec<u64> }
    ///
    /// impl Trainer for Mine {
    ///     fn training_run_start(&mut self, run: &mut Run) -> Result<(), Self::Error> {
    ///         self.heard.push(run.num_updates());
    ///         Ok(())
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new(), heard: Vec::new() };
    /// let summary = mine.train(&RunConfig::epochs(2))?;
    /// assert_eq!(mine.heard, [0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn training_run_start(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Called before the batches of a training epoch.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Run, RunConfig, Trainer};
    ///
    /// struct Mine { square: Square, heard: Vec<u64> }
    ///
    /// impl Trainer for Mine {
    ///     fn train_epoch_start(&mut self, run: &mut Run) -> Result<(), Self::Error> {
    ///         self.heard.push(run.epoch());
    ///         Ok(())
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new(), heard: Vec::new() };
    /// let summary = mine.train(&RunConfig::epochs(2))?;
    /// assert_eq!(mine.heard, [1, 2]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn train_epoch_start(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Called after the batches of a training epoch, with its mean loss in [`Run::train_loss`].
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Run, RunConfig, Trainer};
    ///
    /// struct Mine { square: Square, heard: Vec<f64> }
    ///
    /// impl Trainer for Mine {
    ///     fn train_epoch_end(&mut self, run: &mut Run) -> Result<(), Self::Error> {
    ///         self.heard.push(run.train_loss());
    ///         Ok(())
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new(), heard: Vec::new() };
    /// let summary = mine.train(&RunConfig::epochs(1))?;
    /// assert_eq!(mine.heard, [(1.0 + 0.25 + 0.0625 + 0.015625) / 4.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn train_epoch_end(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Called before the batches of an evaluation epoch.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Batches, Run, RunConfig, Trainer};
    ///
    /// struct Mine { square: Square, heard: Vec<u64> }
    ///
    /// impl Trainer for Mine {
    ///     fn eval_epoch_start(&mut self, run: &mut Run) -> Result<(), Self::Error> {
    ///         self.heard.push(run.num_updates());
    ///         Ok(())
    ///     }
    ///     fn eval_batches(&mut self) -> Result<Batches<u64, Self::Error>, Self::Error> {
    ///         self.square.eval_batches()
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new(), heard: Vec::new() };
    /// let summary = mine.train(&RunConfig::epochs(2))?;
    /// assert_eq!(mine.heard, [4, 8]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn eval_epoch_start(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Called after the batches of an evaluation epoch, with its mean loss in [`Run::eval_loss`].
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Batches, Run, RunConfig, Trainer};
    ///
    /// struct Mine { square: Square, heard: Vec<f64> }
    ///
    /// impl Trainer for Mine {
    ///     fn eval_epoch_end(&mut self, run: &mut Run) -> Result<(), Self::Error> {
    ///         self.heard.push(run.eval_loss());
    ///         Ok(())
    ///     }
    ///     fn eval_batches(&mut self) -> Result<Batches<u64, Self::Error>, Self::Error> {
    ///         self.square.eval_batches()
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new(), heard: Vec::new() };
    /// let summary = mine.train(&RunConfig::epochs(1))?;
    /// assert_eq!(mine.heard, [1.0 / 256.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn eval_epoch_end(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Called after training and evaluation of an epoch.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Run, RunConfig, Trainer};
    ///
    /// struct Mine { square: Square, heard: Vec<u64> }
    ///
    /// impl Trainer for Mine {
    ///     fn training_run_epoch_end(&mut self, run: &mut Run) -> Result<(), Self::Error> {
    ///         self.heard.push(run.num_updates());
    ///         Ok(())
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new(), heard: Vec::new() };
    /// let summary = mine.train(&RunConfig::epochs(2))?;
    /// assert_eq!(mine.heard, [4, 8]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn training_run_epoch_end(&mut self, _run: &mut Run) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Called once after the last epoch.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Run, RunConfig, Trainer};
    ///
    /// struct Mine { square: Square, heard: Vec<u64> }
    ///
    /// impl Trainer for Mine {
    ///     fn training_run_end(&mut self, run: &mut Run) -> Result<(), Self::Error> {
    ///         self.heard.push(run.num_updates());
    ///         Ok(())
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// let mut mine = Mine { square: Square::new(), heard: Vec::new() };
    /// let summary = mine.train(&RunConfig::epochs(2))?;
    /// assert_eq!(mine.heard, [8]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, Trainer};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let mut square = Square::new();
    /// let summary = square.train(&RunConfig::epochs(2))?;
    /// assert_eq!((summary.num_updates, square.weight), (8, 1.0 / 256.0));
    /// assert!(square.train(&RunConfig::epochs(0)).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn train(&mut self, config: &RunConfig) -> Result<RunSummary, TrainError<Self::Error>>
    where
        Self: Sized,
    {
        Training::new(self, config).callback(ProgressBar::new()).run()
    }
}
