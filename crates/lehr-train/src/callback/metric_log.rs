//! `MetricLog`: the metrics of each epoch as a line of text.

use std::fmt;
use std::io::Write;

use super::{Callback, Heard};
use crate::run::Run;
use crate::trainer::Trainer;

/// Writes a line with what was recorded since the last one after each epoch, and the warnings at the end of the run.
///
/// ```text
/// epoch 3, 138 updates: train_loss 0.1934, eval_loss 0.2101, accuracy 0.9423
/// ```
pub struct MetricLog<W = std::io::Stderr> {
    to: W,
    shown: usize,
}

impl Default for MetricLog {
    fn default() -> Self {
        Self::to(std::io::stderr())
    }
}

impl<W> MetricLog<W> {
    /// Writes there in place of the terminal's error output.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{MetricLog, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let mut text = Vec::new();
    /// Training::new(&mut Square::new(), &RunConfig::epochs(1)).callback(MetricLog::to(&mut text)).run()?;
    /// assert!(String::from_utf8(text)?.starts_with("epoch 1, 4 updates: train_loss 0.332"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to(writer: W) -> Self {
        Self { to: writer, shown: 0 }
    }
}

impl<W> fmt::Debug for MetricLog<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricLog").field("shown", &self.shown).finish_non_exhaustive()
    }
}

impl<T: Trainer, W: Write> Callback<T> for MetricLog<W> {
    fn on_training_run_start(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        self.shown = run.history().metrics().len();
        if let Some(checkpoint) = run.resumed_from() {
            // A terminal that is gone is no reason to end a run.
            let _ = writeln!(
                self.to,
                "resumed after {} updates from {}",
                run.num_updates(),
                checkpoint.display()
            );
        }
        Ok(())
    }

    fn on_training_run_epoch_end(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        let metrics = run.history().metrics();
        let values: Vec<String> = metrics[self.shown..]
            .iter()
            .map(|metric| format!("{} {:.4}", metric.name, metric.value))
            .collect();
        self.shown = metrics.len();
        let (epoch, updates) = (run.epoch(), run.num_updates());
        let _ = writeln!(self.to, "epoch {epoch}, {updates} updates: {}", values.join(", "));
        Ok(())
    }

    fn on_training_run_end(&mut self, _trainer: &mut T, run: &mut Run, warnings: &[String]) -> Heard<T> {
        let stopped = run.stopped().map(|reason| format!("stopped: {reason}"));
        for line in stopped.into_iter().chain(warnings.iter().map(|warning| format!("warning: {warning}"))) {
            let _ = writeln!(self.to, "{line}");
        }
        Ok(())
    }
}
