//! `Run`: what a training run used, read from its CSV while it is written.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use lehr_spec::{Entry, History};
use serde::Serialize;
use serde_json::{Value, json};

use crate::sample::thinned;

/// At most this much is read at a time; the rest follows at the next look.
const MOST_BYTES: u64 = 8 << 20;

/// More rows are not kept.
const MOST_ROWS: usize = 20_000_000;

/// A run's CSV, as far as whole lines of it are there.
#[derive(Debug)]
pub(crate) struct Run {
    path: PathBuf,
    name: String,
    header: String,
    read: u64,
    updates: Vec<u64>,
    columns: Vec<(String, Vec<f64>)>,
    error: Option<String>,
}

/// A column of a run over a plan.
#[derive(Debug, Serialize)]
pub(crate) struct Overlay {
    name: String,
    updates: Vec<u64>,
    values: Vec<f64>,
}

impl Run {
    /// A run whose file may not be there yet.
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            name: path.display().to_string(),
            header: String::new(),
            read: 0,
            updates: Vec::new(),
            columns: Vec::new(),
            error: None,
        }
    }

    /// Reads what was added; whether there was anything.
    pub(crate) fn look(&mut self) -> bool {
        match self.read_more() {
            Ok(changed) => changed,
            Err(error) => {
                let error = Some(error.to_string());
                let changed = self.error != error;
                self.error = error;
                changed
            }
        }
    }

    fn read_more(&mut self) -> io::Result<bool> {
        let mut file = fs::File::open(&self.path)?;
        let length = file.metadata()?.len();
        if length == self.read {
            return Ok(false);
        }
        if length < self.read || !self.still_begins(&mut file)? {
            *self = Self::new(&self.path);
        }
        file.seek(SeekFrom::Start(self.read))?;
        let mut bytes = Vec::new();
        file.take(MOST_BYTES).read_to_end(&mut bytes)?;
        // The line that is being written is read when it is whole.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        if whole == 0 {
            return Ok(false);
        }
        let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
        let mut text = std::str::from_utf8(&bytes[..whole]).map_err(|error| invalid(error.to_string()))?;
        if self.header.is_empty() {
            let (header, rest) = text.split_once('\n').unwrap_or((text, ""));
            self.header = format!("{header}\n");
            text = rest;
        }
        if !text.trim().is_empty() {
            let history = History::read(format!("{}{text}", self.header).as_bytes()).map_err(invalid)?;
            self.add(&history).map_err(invalid)?;
        }
        self.read += whole as u64;
        self.error = None;
        Ok(true)
    }

    fn still_begins(&self, file: &mut fs::File) -> io::Result<bool> {
        let mut begins = vec![0; self.header.len()];
        file.seek(SeekFrom::Start(0))?;
        Ok(file.read_exact(&mut begins).is_ok() && begins == self.header.as_bytes())
    }

    fn add(&mut self, history: &History) -> Result<(), String> {
        if self.updates.len() + history.updates().len() > MOST_ROWS {
            return Err(format!("the run has more than {MOST_ROWS} rows"));
        }
        if self.columns.is_empty() {
            self.columns = history.columns().iter().map(|column| (column.name.clone(), Vec::new())).collect();
        }
        self.updates.extend_from_slice(history.updates());
        for ((_, values), column) in self.columns.iter_mut().zip(history.columns()) {
            values.extend_from_slice(&column.values);
        }
        Ok(())
    }

    /// What the page is told.
    pub(crate) fn report(&self) -> Value {
        json!({ "name": self.name, "rows": self.updates.len(), "last": self.updates.last(), "error": self.error })
    }

    /// The columns that hold this plan's field, thinned to what a picture can show.
    pub(crate) fn overlays(&self, entry: &Entry, window: &Range<u64>, samples: usize) -> Vec<Overlay> {
        let own = self.columns.iter().filter(|(name, _)| entry.has_column(name));
        let overlay = |(column, values): &(String, Vec<f64>)| {
            let (updates, values) = thinned(&self.updates, values, window, samples);
            Overlay { name: format!("{}: {column}", self.name), updates, values }
        };
        own.map(overlay).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn whole_lines_are_read_as_they_come_and_a_new_run_starts_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.csv");
        let mut run = Run::new(&path);
        assert!(run.look() && run.report()["error"].is_string());
        assert!(!run.look(), "the same error is no news");
        let mut file = fs::File::create(&path).unwrap();
        write!(file, "update,epoch,loss,lr/0\n0,0,2.3,0.1\n1,0,2.2,0.").unwrap();
        assert!(run.look());
        assert_eq!(run.report(), json!({ "name": run.name, "rows": 1, "last": 0, "error": null }));
        write!(file, "2\n2,0,,0.3\n").unwrap();
        assert!(run.look());
        assert_eq!(run.columns[1], ("lr/0".to_owned(), vec![0.1, 0.2, 0.3]));
        assert!(!run.look());
        fs::write(&path, "step,lr\n0,7\n").unwrap();
        assert!(run.look());
        assert_eq!(run.columns, [("lr".to_owned(), vec![7.0])]);
    }
}
