//! Logs: callbacks that write what every update used, and every metric, to a file.
//!
//! Each update is handed to the system as one write: a process that is killed loses none that is completed. Before a
//! checkpoint is saved the log is synced and its length is kept in the checkpoint; a resumed run cuts the log to that
//! length, so that it goes on as if it had never been stopped.

mod csv;
mod file;
mod json_lines;
mod tensorboard;

pub use csv::CsvLog;
pub use json_lines::JsonLinesLog;
pub use tensorboard::TensorBoardLog;

/// What every log has in common: what a checkpoint keeps of its file.
macro_rules! keeps_its_place {
    () => {
        fn state(&mut self) -> Result<Option<serde_json::Value>, TrainError<T::Error>> {
            Ok(self.file.synced_place()?.map(|place| serde_json::json!(place)))
        }

        fn load_state(&mut self, state: &serde_json::Value) -> Heard<T> {
            let place = serde::Deserialize::deserialize(state);
            self.file.resume_at(place.map_err(|error| TrainError::Callback(error.into()))?);
            Ok(())
        }
    };
}

/// What logs of metrics have in common: when there may be new ones.
macro_rules! logs_metrics {
    () => {
        fn on_train_epoch_end(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
            self.new_metrics::<T>(run)
        }

        fn on_eval_epoch_end(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
            self.new_metrics::<T>(run)
        }

        fn on_training_run_epoch_end(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
            self.new_metrics::<T>(run)
        }

        fn on_training_run_end(&mut self, _trainer: &mut T, run: &mut Run, _warnings: &[String]) -> Heard<T> {
            self.new_metrics::<T>(run)
        }
    };
}
use {keeps_its_place, logs_metrics};
