//! `JsonLinesLog`: an object for every update and for every metric.

use std::io::Write;
use std::path::PathBuf;

use super::file::LogFile;
use super::{keeps_its_place, logs_metrics};
use crate::callback::{Callback, Heard};
use crate::error::TrainError;
use crate::run::Run;
use crate::trainer::Trainer;

/// A line for every completed update, and for every metric right after it was recorded:
///
/// ```text
/// {"update":45,"epoch":1,"loss":0.31,"lr/weights":0.001}
/// {"metric":"eval_loss","num_updates":46,"epoch":1,"value":0.29}
/// ```
///
/// Numbers read back to the same bits; NaN and infinity, which JSON lacks, are null. A new run writes the file anew.
///
/// # Example
///
/// ```
/// use lehr_train::JsonLinesLog;
///
/// let log = JsonLinesLog::new("runs/digits/log.jsonl");
/// # let _ = log;
/// ```
#[derive(Debug)]
pub struct JsonLinesLog {
    file: LogFile,
    lines: Vec<u8>,
    /// The keys of the logged values, as JSON.
    keys: Vec<String>,
}

impl JsonLinesLog {
    /// Logs to this file; its folder is made.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{JsonLinesLog, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let path = tempfile::tempdir()?.path().join("history.jsonl");
    /// Training::new(&mut Square::new(), &RunConfig::updates(2)).callback(JsonLinesLog::new(&path)).run()?;
    /// let text = std::fs::read_to_string(&path)?;
    /// let second: serde_json::Value = serde_json::from_str(text.lines().nth(1).ok_or("there are two updates")?)?;
    /// assert_eq!((&second["update"], &second["loss"]), (&1.into(), &0.25.into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { file: LogFile::new(path.into()), lines: Vec::new(), keys: Vec::new() }
    }

    fn number(&mut self, value: f64) {
        // Writing to memory does not fail.
        let _ = if value.is_finite() { write!(self.lines, "{value:?}") } else { write!(self.lines, "null") };
    }

    fn new_metrics<T: Trainer>(&mut self, run: &Run) -> Heard<T> {
        let metrics = self.file.new_metrics(run);
        if metrics.is_empty() {
            return Ok(());
        }
        self.lines.clear();
        for metric in metrics {
            let name = serde_json::Value::from(metric.name.as_str());
            let (num_updates, epoch) = (metric.num_updates, metric.epoch);
            let _ = write!(
                self.lines,
                r#"{{"metric":{name},"num_updates":{num_updates},"epoch":{epoch},"value":"#
            );
            self.number(metric.value);
            self.lines.extend_from_slice(b"}\n");
        }
        Ok(self.file.write(&self.lines)?)
    }
}

impl<T: Trainer> Callback<T> for JsonLinesLog {
    fn on_training_run_start(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        self.keys =
            run.used().iter().map(|used| serde_json::Value::from(used.name.as_str()).to_string()).collect();
        Ok(self.file.open(run, b"", false)?)
    }

    fn on_update_end(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        self.lines.clear();
        let _ = write!(self.lines, r#"{{"update":{},"epoch":{},"loss":"#, run.num_updates() - 1, run.epoch());
        self.number(run.update_loss());
        for index in 0..self.keys.len() {
            let _ = write!(self.lines, ",{}:", self.keys[index]);
            self.number(run.used()[index].value);
        }
        self.lines.extend_from_slice(b"}\n");
        self.file.write(&self.lines)?;
        self.new_metrics::<T>(run)
    }

    logs_metrics!();
    keeps_its_place!();
}
