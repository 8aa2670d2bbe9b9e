//! `WeightAverage`: average <- d average + (1 - d) weights, after every update, with the decay d of a plan.

use std::fmt;

use lehr::{Plan, Spec};

use super::{Callback, Heard};
use crate::error::TrainError;
use crate::run::Run;
use crate::trainer::Trainer;

/// A trainer that keeps an average of its weights beside them. `lehr_candle::Average` does the arithmetic.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::{RunConfig, Training, WeightAverage};
///
/// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
/// let mut square = Square::new();
/// let average = WeightAverage::new("hold(from=0.5)".parse()?);
/// Training::new(&mut square, &RunConfig::updates(2)).callback(average).run()?;
/// // The weights were 1/2 and 1/4.
/// assert_eq!((square.weight, square.average), (0.25, Some(0.375)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait AverageWeights: Trainer {
    /// Sets the average to `decay * average + (1 - decay) * weights`; the first average is the weights themselves.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::AverageWeights;
    ///
    /// let mut square = Square::new();
    /// square.average_weights(0.9)?;
    /// assert_eq!(square.average, Some(1.0));
    /// square.weight = 0.0;
    /// square.average_weights(0.75)?;
    /// assert_eq!(square.average, Some(0.75));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn average_weights(&mut self, decay: f64) -> Result<(), Self::Error>;

    /// Exchanges the weights and their average.
    ///
    /// # Errors
    ///
    /// Any; it ends the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::AverageWeights;
    ///
    /// let mut square = Square::new();
    /// square.average_weights(0.9)?;
    /// square.weight = 0.5;
    /// square.swap_averaged_weights()?;
    /// assert_eq!((square.weight, square.average), (1.0, Some(0.5)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn swap_averaged_weights(&mut self) -> Result<(), Self::Error>;
}

/// Averages the weights after every update and evaluates the average (Polyak averaging, an exponential moving average).
///
/// The decay is a schedule as any other: update n is averaged in with the plan's value at n, where `1x` is 1. The average
/// belongs to the trainer's state, so [`SaveState`](crate::SaveState) saves it; it is never in the weights' place while a
/// checkpoint is saved.
///
/// # Example
///
/// A decay that rises from 0.9 to 0.999 over the first tenth of the run:
///
/// ```
/// use lehr_train::WeightAverage;
///
/// let average = WeightAverage::new("linear(from=0.9, to=0.999, over=10%) -> hold".parse()?);
/// # let _ = average;
/// # Ok::<(), lehr::Error>(())
/// ```
pub struct WeightAverage {
    decay: Spec,
    plan: Option<Plan>,
    swap_at_end: bool,
}

impl fmt::Debug for WeightAverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeightAverage").field("decay", &self.decay).finish_non_exhaustive()
    }
}

impl WeightAverage {
    /// Averages with this decay, resolved to the run.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, Training, WeightAverage};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let mut square = Square::new();
    /// let average = WeightAverage::new("linear(from=0.5, to=0)".parse()?);
    /// Training::new(&mut square, &RunConfig::updates(2)).callback(average).run()?;
    /// // The first average is the weight, 1/2; update 1 has a decay of 1/4.
    /// assert_eq!(square.average, Some(0.25 * 0.5 + 0.75 * 0.25));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(decay: Spec) -> Self {
        Self { decay, plan: None, swap_at_end: false }
    }

    /// Leaves the trainer with the average in the place of its weights when the run ends.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, Training, WeightAverage};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let mut square = Square::new();
    /// let average = WeightAverage::new("hold(from=0.5)".parse()?).swap_at_end();
    /// Training::new(&mut square, &RunConfig::updates(2)).callback(average).run()?;
    /// assert_eq!((square.weight, square.average), (0.375, Some(0.25)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn swap_at_end(self) -> Self {
        Self { swap_at_end: true, ..self }
    }
}

impl<T: AverageWeights> Callback<T> for WeightAverage {
    fn on_training_run_start(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        self.plan = Some(self.decay.resolve(&run.horizon())?);
        Ok(())
    }

    fn on_update_end(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        let Some(plan) = &self.plan else { return Ok(()) };
        trainer.average_weights(plan.value_at(run.num_updates() - 1, 1.0)).map_err(TrainError::Step)
    }

    fn on_eval_epoch_start(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        swap_after_updates(trainer, run)
    }

    fn on_eval_epoch_end(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        swap_after_updates(trainer, run)
    }

    fn on_training_run_end(&mut self, trainer: &mut T, run: &mut Run, _warnings: &[String]) -> Heard<T> {
        if self.swap_at_end { swap_after_updates(trainer, run) } else { Ok(()) }
    }
}

/// Before the first update there is no average.
fn swap_after_updates<T: AverageWeights>(trainer: &mut T, run: &Run) -> Heard<T> {
    if run.num_updates() == 0 { Ok(()) } else { trainer.swap_averaged_weights().map_err(TrainError::Step) }
}
