//! `StopOnNan`: ends a run whose loss is no longer finite.

use super::{Callback, Heard};
use crate::run::Run;
use crate::trainer::Trainer;

/// Ends the run at the first training or evaluation loss that is NaN or infinite.
///
/// A training loss is looked at before the update that it would go into: that update is not made, and the weights are
/// those of before.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::{RunConfig, StopOnNan, Training};
///
/// let mut square = Square { weight: f64::NAN, ..Square::new() };
/// let summary = Training::new(&mut square, &RunConfig::epochs(1)).callback(StopOnNan).run()?;
/// assert_eq!(summary.stopped.as_deref(), Some("the training loss was NaN after 0 updates"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StopOnNan;

impl<T: Trainer> Callback<T> for StopOnNan {
    fn on_train_step_end(&mut self, _trainer: &mut T, run: &mut Run, _: &T::Batch, loss: f64) -> Heard<T> {
        stop("training", loss, run);
        Ok(())
    }

    fn on_eval_step_end(&mut self, _trainer: &mut T, run: &mut Run, _: &T::Batch, loss: f64) -> Heard<T> {
        stop("evaluation", loss, run);
        Ok(())
    }
}

fn stop(kind: &str, loss: f64, run: &mut Run) {
    if !loss.is_finite() {
        let updates = run.num_updates();
        run.stop(format!("the {kind} loss was {loss} after {updates} updates"));
    }
}
