//! `LogFile`: a file that grows by whole records, and that a resumed run cuts to where its checkpoint was.

use std::fs::File;
#[cfg(unix)]
use std::fs::TryLockError;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::FileError;
use crate::history::Metric;
use crate::run::Run;

#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    file: Option<File>,
    place: Place,
    resume_at: Option<Place>,
}

/// How far a log has come.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Place {
    bytes: u64,
    /// How many metrics of the run's history have been logged.
    metrics: usize,
}

impl LogFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, file: None, place: Place::default(), resume_at: None }
    }

    /// Cuts the file to this place when it is opened.
    pub(super) fn resume_at(&mut self, place: Place) {
        self.resume_at = Some(place);
    }

    /// Makes the file with its first record, or opens that of the run that is resumed. Where `fixed`, the first record of
    /// that run must be the same.
    pub(super) fn open(&mut self, run: &Run, first: &[u8], fixed: bool) -> Result<(), FileError> {
        let path = &self.path;
        if let Some(place) = self.resume_at.take().filter(|_| path.exists()) {
            let file = reopen(path, place.bytes, first, fixed).map_err(FileError::written(path))?;
            self.file = Some(file);
            self.place = place;
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(FileError::written(path))?;
        }
        self.file = Some(create(path).map_err(FileError::written(path))?);
        self.place = Place { bytes: 0, metrics: run.history().metrics().len() };
        self.write(first)
    }

    /// The metrics that have not been asked for yet.
    pub(super) fn new_metrics<'r>(&mut self, run: &'r Run) -> &'r [Metric] {
        let metrics = run.history().metrics();
        let new = metrics.get(self.place.metrics..).unwrap_or_default();
        self.place.metrics = metrics.len();
        new
    }

    /// Hands records to the system, all in one write.
    pub(super) fn write(&mut self, records: &[u8]) -> Result<(), FileError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write_all(records).map_err(FileError::written(&self.path))?;
        self.place.bytes += records.len() as u64;
        Ok(())
    }

    /// How far the log has come, once all of it is on the disk; `None` before it is opened.
    pub(super) fn synced_place(&mut self) -> Result<Option<Place>, FileError> {
        let Some(file) = &self.file else { return Ok(None) };
        file.sync_data().map_err(FileError::written(&self.path))?;
        Ok(Some(self.place))
    }
}

/// Opens a file that is written from its beginning, which no other run writes to.
fn create(path: &Path) -> io::Result<File> {
    let file = File::options().write(true).create(true).truncate(false).open(path)?;
    claim(&file)?;
    if file.metadata()?.is_file() {
        file.set_len(0)?;
    }
    Ok(file)
}

/// A lock, which the system lets go when the process ends, however it ends.
#[cfg(unix)]
fn claim(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::other("it is in use by another run: wait for it, or log to another file"))
        }
        // Some file systems and devices have no locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// Elsewhere a lock would keep readers away.
#[cfg(not(unix))]
fn claim(_file: &File) -> io::Result<()> {
    Ok(())
}

fn reopen(path: &Path, length: u64, first: &[u8], fixed: bool) -> io::Result<File> {
    let mut file = File::options().read(true).write(true).open(path)?;
    claim(&file)?;
    let found = file.metadata()?.len();
    if found < length {
        let shorter = format!(
            "it has {found} bytes, but {length} when the checkpoint was saved: restore it, or log to another file"
        );
        return Err(io::Error::other(shorter));
    }
    if fixed && length < first.len() as u64 {
        let less = format!(
            "the checkpoint says that it had {length} bytes, less than its first line: log to another file"
        );
        return Err(io::Error::other(less));
    }
    if fixed {
        let mut start = vec![0; first.len()];
        file.read_exact(&mut start)?;
        if start != first {
            let columns = format!(
                "it begins with `{}`, but this run has `{}`: log to another file",
                String::from_utf8_lossy(&start).trim_end(),
                String::from_utf8_lossy(first).trim_end()
            );
            return Err(io::Error::other(columns));
        }
    }
    file.set_len(length)?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}
