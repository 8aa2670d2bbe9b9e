//! `CsvLog`: a row for every update.

use std::io::Write;
use std::path::PathBuf;

use super::file::LogFile;
use super::keeps_its_place;
use crate::callback::{Callback, Heard};
use crate::error::TrainError;
use crate::run::Run;
use crate::trainer::Trainer;

/// A row for every completed update: `update` (counted from 0), `epoch` (from 1), `loss` (the mean of its batches), and
/// what it used: a column for each logged field and group, `lr/weights`. Numbers are written so that they read back to
/// the same bits.
///
/// A new run writes the file anew. See the [module](crate#logs) on kills and resuming.
///
/// # Example
///
/// ```
/// use lehr_train::CsvLog;
///
/// let log = CsvLog::new("runs/digits/history.csv");
/// # let _ = log;
/// ```
#[derive(Debug)]
pub struct CsvLog {
    file: LogFile,
    row: Vec<u8>,
}

impl CsvLog {
    /// Logs to this file; its folder is made.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{CsvLog, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let path = tempfile::tempdir()?.path().join("run/history.csv");
    /// Training::new(&mut Square::new(), &RunConfig::updates(2)).callback(CsvLog::new(&path)).run()?;
    /// assert_eq!(std::fs::read_to_string(&path)?, "update,epoch,loss,lr/w\n0,1,1.0,0.25\n1,1,0.25,0.25\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { file: LogFile::new(path.into()), row: Vec::new() }
    }
}

impl<T: Trainer> Callback<T> for CsvLog {
    fn on_training_run_start(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        let mut header = csv::Writer::from_writer(Vec::new());
        let columns = ["update", "epoch", "loss"].into_iter();
        let written = header.write_record(columns.chain(run.used().iter().map(|used| used.name.as_str())));
        let header = written.map_err(|error| TrainError::Callback(error.into())).and_then(|()| {
            header.into_inner().map_err(|error| TrainError::Callback(error.to_string().into()))
        })?;
        Ok(self.file.open(run, &header, true)?)
    }

    fn on_update_end(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        self.row.clear();
        // Writing to memory does not fail.
        let _ = write!(self.row, "{},{},{:?}", run.num_updates() - 1, run.epoch(), run.update_loss());
        for used in run.used() {
            let _ = write!(self.row, ",{:?}", used.value);
        }
        self.row.push(b'\n');
        Ok(self.file.write(&self.row)?)
    }

    keeps_its_place!();
}
