//! `StopOnNan`: ends a run whose loss is no longer finite.

use super::{Callback, Heard};
use crate::run::Run;
use crate::trainer::Trainer;

/// Ends the run at the first training or evaluation loss that is NaN or infinite.
///
/// A training loss is looked at before the update that it would go into: that update is not made, and the weights are
/// those of before.
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
