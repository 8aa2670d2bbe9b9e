//! `Callback`: what hears of the events of a run.

mod early_stopping;
mod metric_log;
mod progress_bar;
mod save_best;
mod stop_on_nan;
mod value_monitor;
mod weight_average;

use serde_json::Value;

use crate::error::TrainError;
use crate::run::Run;
use crate::trainer::Trainer;

pub use early_stopping::{EarlyStopping, Goal};
pub use metric_log::MetricLog;
pub use progress_bar::ProgressBar;
pub use save_best::SaveBest;
pub use stop_on_nan::StopOnNan;
pub use value_monitor::ValueMonitor;
pub use weight_average::{AverageWeights, WeightAverage};

/// What an event answers.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::{Heard, TrainError};
///
/// let failed: Heard<Square> = Err(TrainError::Callback("the disk is full".into()));
/// assert_eq!(failed.unwrap_err().to_string(), "callback: the disk is full");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Heard<T> = Result<(), TrainError<<T as Trainer>::Error>>;

/// Hears of the events of a run, in the words of pytorch-accelerated's callbacks; every event does nothing by default.
///
/// Callbacks hear of an event in the order in which they were added, after the trainer's own hook. They may change the
/// trainer, record metrics ([`Run::record`]) and end the run ([`Run::stop`]).
///
/// `T` is the trainer. A callback that asks something of it says so: `impl<T: Trainer + Scores> Callback<T> for Mine`.
///
/// # Example
///
/// One of your own: it ends the run once the training loss is below a mark, and remembers for how many updates in a row
/// it has been there, also over a resume.
///
/// ```
/// # use lehr::{MemoryGroups, SchedulerBuilder};
/// # use lehr_train::Batches;
/// use lehr_train::{Callback, Heard, Run, RunConfig, TrainError, Trainer, Training};
///
/// struct GoodEnough { mark: f64, in_a_row: u64 }
///
/// impl<T: Trainer> Callback<T> for GoodEnough {
///     fn on_update_end(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
///         self.in_a_row = if run.update_loss() < self.mark { self.in_a_row + 1 } else { 0 };
///         if self.in_a_row == 3 {
///             run.stop(format!("the loss was below {} for 3 updates", self.mark));
///         }
///         Ok(())
///     }
///
///     fn state(&mut self) -> Result<Option<serde_json::Value>, TrainError<T::Error>> {
///         Ok(Some(self.in_a_row.into()))
///     }
///
///     fn load_state(&mut self, state: &serde_json::Value) -> Heard<T> {
///         self.in_a_row = state.as_u64().ok_or_else(|| TrainError::Callback("no count".into()))?;
///         Ok(())
///     }
/// }
///
/// # struct Halving(f64, MemoryGroups);
/// # impl Trainer for Halving {
/// #     type Batch = ();
/// #     type Loss = f64;
/// #     type Optimizer = MemoryGroups;
/// #     type Error = std::io::Error;
/// #     fn optimizer(&mut self) -> &mut MemoryGroups { &mut self.1 }
/// #     fn train_batch_count(&self) -> u64 { 10 }
/// #     fn train_batches(&mut self, _: u64) -> std::io::Result<Batches<(), std::io::Error>> {
/// #         Ok(Box::new((0..10).map(|_| Ok(()))))
/// #     }
/// #     fn calculate_train_batch_loss(&mut self, _: &()) -> std::io::Result<f64> { Ok(self.0) }
/// #     fn loss_value(&self, loss: &f64) -> std::io::Result<f64> { Ok(*loss) }
/// #     fn backward_step(&mut self, _: f64, _: f64) -> std::io::Result<()> { Ok(()) }
/// #     fn optimizer_step(&mut self) -> std::io::Result<bool> { self.0 *= 0.5; Ok(true) }
/// #     fn optimizer_zero_grad(&mut self) -> std::io::Result<()> { Ok(()) }
/// # }
/// # let mut trainer = Halving(1.0, MemoryGroups::of("lr", &[0.1]));
/// // This trainer's loss halves with each update: 1, 0.5, 0.25, ...
/// let summary = Training::new(&mut trainer, &RunConfig::epochs(1))
///     .callback(GoodEnough { mark: 0.3, in_a_row: 0 })
///     .run()?;
/// assert_eq!(summary.num_updates, 5);
/// assert_eq!(summary.stopped.as_deref(), Some("the loss was below 0.3 for 3 updates"));
/// # Ok::<(), TrainError<std::io::Error>>(())
/// ```
///
/// # Errors
///
/// An event's error ends the run: [`TrainError::Callback`] is for errors of a callback's own.
#[allow(clippy::missing_errors_doc)] // Said above, once for all events.
pub trait Callback<T: Trainer> {
    /// Before the first epoch, with value 0 in the groups; in a resumed run, with all that was restored.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, Heard, Run, RunConfig, Trainer, Training};
    ///
    /// struct Mine(Vec<u64>);
    ///
    /// impl<T: Trainer> Callback<T> for Mine {
    ///     fn on_training_run_start(&mut self, _: &mut T, run: &mut Run) -> Heard<T> {
    ///         self.0.push(run.num_updates());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let mut mine = Mine(Vec::new());
    /// Training::new(&mut Square::new(), &RunConfig::epochs(2)).callback(&mut mine).run()?;
    /// assert_eq!(mine.0, [0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn on_training_run_start(&mut self, _trainer: &mut T, _run: &mut Run) -> Heard<T> {
        Ok(())
    }

    /// Before the batches of an epoch; in a resumed run, also before those that are left of the epoch it was in.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, Heard, Run, RunConfig, Trainer, Training};
    ///
    /// struct Mine(Vec<u64>);
    ///
    /// impl<T: Trainer> Callback<T> for Mine {
    ///     fn on_train_epoch_start(&mut self, _: &mut T, run: &mut Run) -> Heard<T> {
    ///         self.0.push(run.epoch());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let mut mine = Mine(Vec::new());
    /// Training::new(&mut Square::new(), &RunConfig::epochs(2)).callback(&mut mine).run()?;
    /// assert_eq!(mine.0, [1, 2]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn on_train_epoch_start(&mut self, _trainer: &mut T, _run: &mut Run) -> Heard<T> {
        Ok(())
    }

    /// Before a batch is trained on.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, Heard, Run, RunConfig, Trainer, Training};
    ///
    /// struct Mine(Vec<u64>);
    ///
    /// impl<T: Trainer> Callback<T> for Mine {
    ///     fn on_train_step_start(&mut self, _: &mut T, run: &mut Run) -> Heard<T> {
    ///         self.0.push(run.num_updates());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let mut mine = Mine(Vec::new());
    /// Training::new(&mut Square::new(), &RunConfig { gradient_accumulation_steps: 2, ..RunConfig::epochs(1) }).callback(&mut mine).run()?;
    /// assert_eq!(mine.0, [0, 0, 1, 1]); // for each of four batches
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn on_train_step_start(&mut self, _trainer: &mut T, _run: &mut Run) -> Heard<T> {
        Ok(())
    }

    /// After the gradients of a batch have been added, before the update that they may belong to. `loss` is the batch's.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, Heard, Run, RunConfig, Trainer, Training};
    ///
    /// struct Mine(Vec<f64>);
    ///
    /// impl<T: Trainer> Callback<T> for Mine {
    ///     fn on_train_step_end(&mut self, _: &mut T, _: &mut Run, _: &T::Batch, loss: f64) -> Heard<T> {
    ///         self.0.push(loss);
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let mut mine = Mine(Vec::new());
    /// Training::new(&mut Square::new(), &RunConfig::epochs(1)).callback(&mut mine).run()?;
    /// assert_eq!(mine.0, [1.0, 0.25, 0.0625, 0.015625]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn on_train_step_end(
        &mut self,
        _trainer: &mut T,
        _run: &mut Run,
        _batch: &T::Batch,
        _loss: f64,
    ) -> Heard<T> {
        Ok(())
    }

    /// After a completed update, when it has been counted and the values for the next one are in the groups.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, Heard, Run, RunConfig, Trainer, Training};
    ///
    /// struct Mine(Vec<u64>);
    ///
    /// impl<T: Trainer> Callback<T> for Mine {
    ///     fn on_update_end(&mut self, _: &mut T, run: &mut Run) -> Heard<T> {
    ///         self.0.push(run.num_updates());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let mut mine = Mine(Vec::new());
    /// Training::new(&mut Square::new(), &RunConfig { gradient_accumulation_steps: 2, ..RunConfig::epochs(1) }).callback(&mut mine).run()?;
    /// assert_eq!(mine.0, [1, 2]); // for each two of four batches
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn on_update_end(&mut self, _trainer: &mut T, _run: &mut Run) -> Heard<T> {
        Ok(())
    }

    /// After an update that was skipped: the count and the values are what they were.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, Heard, NonFiniteGradients, Run, RunConfig, Trainer, Training};
    ///
    /// struct Overflows { square: Square }
    ///
    /// impl Trainer for Overflows {
    ///     fn gradients_are_finite(&mut self) -> Result<Option<bool>, Self::Error> {
    ///         Ok(Some(self.square.weight < 1.0)) // the weight is 1 for ever
    ///     }
    ///     // ... and the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// struct Skipped(u64);
    ///
    /// impl<T: Trainer> Callback<T> for Skipped {
    ///     fn on_update_skipped(&mut self, _: &mut T, run: &mut Run) -> Heard<T> {
    ///         self.0 = run.num_skipped();
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let mut skipped = Skipped(0);
    /// let config = RunConfig { non_finite_gradients: NonFiniteGradients::Skip, ..RunConfig::epochs(1) };
    /// Training::new(&mut Overflows { square: Square::new() }, &config).callback(&mut skipped).run()?;
    /// assert_eq!(skipped.0, 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn on_update_skipped(&mut self, _trainer: &mut T, _run: &mut Run) -> Heard<T> {
        Ok(())
    }

    /// After the batches of an epoch, with their mean loss in [`Run::train_loss`].
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, Heard, Run, RunConfig, Trainer, Training};
    ///
    /// struct Mine(Vec<f64>);
    ///
    /// impl<T: Trainer> Callback<T> for Mine {
    ///     fn on_train_epoch_end(&mut self, _: &mut T, run: &mut Run) -> Heard<T> {
    ///         self.0.push(run.train_loss());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let mut mine = Mine(Vec::new());
    /// Training::new(&mut Square::new(), &RunConfig::epochs(1)).callback(&mut mine).run()?;
    /// assert_eq!(mine.0, [(1.0 + 0.25 + 0.0625 + 0.015625) / 4.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn on_train_epoch_end(&mut self, _trainer: &mut T, _run: &mut Run) -> Heard<T> {
        Ok(())
    }

    /// Before the batches of an evaluation.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, Heard, Run, RunConfig, Trainer, Training};
    ///
    /// struct Mine(Vec<u64>);
    ///
    /// impl<T: Trainer> Callback<T> for Mine {
    ///     fn on_eval_epoch_start(&mut self, _: &mut T, run: &mut Run) -> Heard<T> {
    ///         self.0.push(run.num_updates());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let mut mine = Mine(Vec::new());
    /// Training::new(&mut Square::new(), &RunConfig::epochs(2)).callback(&mut mine).run()?;
    /// assert_eq!(mine.0, [4, 8]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn on_eval_epoch_start(&mut self, _trainer: &mut T, _run: &mut Run) -> Heard<T> {
        Ok(())
    }

    /// Before a batch is evaluated.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, Heard, Run, RunConfig, Trainer, Training};
    ///
    /// struct Mine(Vec<u64>);
    ///
    /// impl<T: Trainer> Callback<T> for Mine {
    ///     fn on_eval_step_start(&mut self, _: &mut T, run: &mut Run) -> Heard<T> {
    ///         self.0.push(run.epoch());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let mut mine = Mine(Vec::new());
    /// Training::new(&mut Square::new(), &RunConfig::epochs(2)).callback(&mut mine).run()?;
    /// assert_eq!(mine.0, [1, 2]); // this trainer's evaluations have one batch
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn on_eval_step_start(&mut self, _trainer: &mut T, _run: &mut Run) -> Heard<T> {
        Ok(())
    }

    /// After a batch has been evaluated. `loss` is the batch's.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, Heard, Run, RunConfig, Trainer, Training};
    ///
    /// struct Mine(Vec<f64>);
    ///
    /// impl<T: Trainer> Callback<T> for Mine {
    ///     fn on_eval_step_end(&mut self, _: &mut T, _: &mut Run, _: &T::Batch, loss: f64) -> Heard<T> {
    ///         self.0.push(loss);
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let mut mine = Mine(Vec::new());
    /// Training::new(&mut Square::new(), &RunConfig::epochs(2)).callback(&mut mine).run()?;
    /// assert_eq!(mine.0, [1.0 / 256.0, 1.0 / 65536.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn on_eval_step_end(
        &mut self,
        _trainer: &mut T,
        _run: &mut Run,
        _batch: &T::Batch,
        _loss: f64,
    ) -> Heard<T> {
        Ok(())
    }

    /// After the batches of an evaluation, with their mean loss in [`Run::eval_loss`].
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, Heard, Run, RunConfig, Trainer, Training};
    ///
    /// struct Mine(Vec<f64>);
    ///
    /// impl<T: Trainer> Callback<T> for Mine {
    ///     fn on_eval_epoch_end(&mut self, _: &mut T, run: &mut Run) -> Heard<T> {
    ///         self.0.push(run.eval_loss());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let mut mine = Mine(Vec::new());
    /// Training::new(&mut Square::new(), &RunConfig::epochs(1)).callback(&mut mine).run()?;
    /// assert_eq!(mine.0, [1.0 / 256.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn on_eval_epoch_end(&mut self, _trainer: &mut T, _run: &mut Run) -> Heard<T> {
        Ok(())
    }

    /// After training and evaluation of an epoch.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, Heard, Run, RunConfig, Trainer, Training};
    ///
    /// struct Mine(Vec<u64>);
    ///
    /// impl<T: Trainer> Callback<T> for Mine {
    ///     fn on_training_run_epoch_end(&mut self, _: &mut T, run: &mut Run) -> Heard<T> {
    ///         self.0.push(run.epoch());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let mut mine = Mine(Vec::new());
    /// Training::new(&mut Square::new(), &RunConfig::epochs(2)).callback(&mut mine).run()?;
    /// assert_eq!(mine.0, [1, 2]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn on_training_run_epoch_end(&mut self, _trainer: &mut T, _run: &mut Run) -> Heard<T> {
        Ok(())
    }

    /// After the last epoch, or when the run was stopped. `warnings` say where it was shorter or longer than its plans.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, Heard, Run, RunConfig, Trainer, Training};
    ///
    /// struct Mine(Vec<usize>);
    ///
    /// impl<T: Trainer> Callback<T> for Mine {
    ///     fn on_training_run_end(&mut self, _: &mut T, _: &mut Run, warnings: &[String]) -> Heard<T> {
    ///         self.0.push(warnings.len());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let mut mine = Mine(Vec::new());
    /// Training::new(&mut Square::new(), &RunConfig::epochs(1)).callback(&mut mine).run()?;
    /// assert_eq!(mine.0, [0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn on_training_run_end(&mut self, _trainer: &mut T, _run: &mut Run, _warnings: &[String]) -> Heard<T> {
        Ok(())
    }

    /// What a checkpoint keeps of this callback; nothing by default.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, EarlyStopping, StopOnNan};
    ///
    /// assert!(Callback::<Square>::state(&mut EarlyStopping::new("eval_loss"))?.is_some());
    /// assert_eq!(Callback::<Square>::state(&mut StopOnNan)?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn state(&mut self) -> Result<Option<Value>, TrainError<T::Error>> {
        Ok(None)
    }

    /// Takes over what [`state`](Self::state) gave, before `on_training_run_start` of a resumed run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, EarlyStopping, RunConfig, Training};
    ///
    /// let (mut old, mut new) = (EarlyStopping::new("eval_loss"), EarlyStopping::new("eval_loss"));
    /// Training::new(&mut Square::new(), &RunConfig::epochs(3)).callback(&mut old).run()?;
    /// let state = Callback::<Square>::state(&mut old)?.ok_or("it keeps its best")?;
    /// Callback::<Square>::load_state(&mut new, &state)?;
    /// assert_eq!(new, old);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn load_state(&mut self, _state: &Value) -> Heard<T> {
        Ok(())
    }

    /// What stands for the callback in a checkpoint. A state goes to the callback of its name, the second of two
    /// with one name to the second.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, StopOnNan};
    ///
    /// assert_eq!(Callback::<Square>::name(&StopOnNan), "lehr_train::callback::stop_on_nan::StopOnNan");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn name(&self) -> &str {
        std::any::type_name::<Self>()
    }
}

/// A callback that is asked for something after the run: `.callback(&mut monitor)`.
impl<T: Trainer, C: Callback<T> + ?Sized> Callback<T> for &mut C {
    fn on_training_run_start(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        (**self).on_training_run_start(trainer, run)
    }
    fn on_train_epoch_start(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        (**self).on_train_epoch_start(trainer, run)
    }
    fn on_train_step_start(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        (**self).on_train_step_start(trainer, run)
    }
    fn on_train_step_end(&mut self, trainer: &mut T, run: &mut Run, batch: &T::Batch, loss: f64) -> Heard<T> {
        (**self).on_train_step_end(trainer, run, batch, loss)
    }
    fn on_update_end(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        (**self).on_update_end(trainer, run)
    }
    fn on_update_skipped(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        (**self).on_update_skipped(trainer, run)
    }
    fn on_train_epoch_end(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        (**self).on_train_epoch_end(trainer, run)
    }
    fn on_eval_epoch_start(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        (**self).on_eval_epoch_start(trainer, run)
    }
    fn on_eval_step_start(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        (**self).on_eval_step_start(trainer, run)
    }
    fn on_eval_step_end(&mut self, trainer: &mut T, run: &mut Run, batch: &T::Batch, loss: f64) -> Heard<T> {
        (**self).on_eval_step_end(trainer, run, batch, loss)
    }
    fn on_eval_epoch_end(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        (**self).on_eval_epoch_end(trainer, run)
    }
    fn on_training_run_epoch_end(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        (**self).on_training_run_epoch_end(trainer, run)
    }
    fn on_training_run_end(&mut self, trainer: &mut T, run: &mut Run, warnings: &[String]) -> Heard<T> {
        (**self).on_training_run_end(trainer, run, warnings)
    }
    fn state(&mut self) -> Result<Option<Value>, TrainError<T::Error>> {
        (**self).state()
    }
    fn load_state(&mut self, state: &Value) -> Heard<T> {
        (**self).load_state(state)
    }
    fn name(&self) -> &str {
        (**self).name()
    }
}
