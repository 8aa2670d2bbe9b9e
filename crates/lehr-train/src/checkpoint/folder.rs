//! Folders that are whole or not there: a temporary one is filled, synced and renamed.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{FileError, TrainError};

/// What a temporary folder's name begins with.
const TEMPORARY: &str = ".tmp-";

/// How long a checkpoint is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Update,
    Kept,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Update, Self::Kept];

    fn prefix(self) -> &'static str {
        match self {
            Self::Update => "update-",
            Self::Kept => "kept-",
        }
    }
}

/// A checkpoint as its name says.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) updates: u64,
    /// Which of several after one number of updates: in mid-epoch, at its end.
    attempt: u64,
    kind: Kind,
    pub(super) path: PathBuf,
}

/// Where the next checkpoint after so many updates goes. Nothing is ever replaced: a second one gets a number.
pub(super) fn free_path(folder: &Path, kind: Kind, updates: u64) -> PathBuf {
    free(&folder.join(format!("{}{updates:010}", kind.prefix())))
}

/// This path, or the first one with a number behind it that is not taken.
fn free(path: &Path) -> PathBuf {
    let mut free = path.to_owned();
    let mut attempt = 0_u64;
    while free.exists() {
        attempt += 1;
        free = path.with_added_extension(attempt.to_string());
    }
    free
}

/// The checkpoints of a folder, the oldest first.
pub(super) fn list(folder: &Path) -> Result<Vec<Entry>, FileError> {
    let mut entries = Vec::new();
    for name in names(folder)? {
        for kind in Kind::ALL {
            let Some(rest) = name.strip_prefix(kind.prefix()) else { continue };
            let (updates, attempt) = rest.split_once('.').unwrap_or((rest, "0"));
            if let (Ok(updates), Ok(attempt)) = (updates.parse(), attempt.parse()) {
                entries.push(Entry { updates, attempt, kind, path: folder.join(&name) });
            }
        }
    }
    entries.sort_by_key(|entry| (entry.updates, entry.attempt));
    Ok(entries)
}

/// Makes the folder if need be and removes what a killed process left of a checkpoint.
pub(crate) fn clean(folder: &Path) -> Result<(), FileError> {
    make(folder)?;
    names(folder)?
        .iter()
        .filter(|name| name.starts_with(TEMPORARY))
        .try_for_each(|name| remove(&folder.join(name)))
}

/// A lock on the folder, which the system lets go when the process ends, however it ends. None where there is no such
/// lock.
pub(super) fn claim<E: std::error::Error>(folder: &Path) -> Result<Option<File>, TrainError<E>> {
    make(folder)?;
    let Ok(file) = File::open(folder) else { return Ok(None) };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(super::problem(
            folder,
            "folder is in use by another run: wait for it, or choose another folder",
        )),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Fills a temporary folder beside `target`, syncs it and renames it; on an error nothing is left of it.
pub(super) fn write_whole<E: std::error::Error>(
    target: &Path,
    fill: impl FnOnce(&Path) -> Result<(), TrainError<E>>,
) -> Result<(), TrainError<E>> {
    let parent = parent(target);
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let temporary = parent.join(format!("{TEMPORARY}{name}"));
    remove_if_there(&temporary)?;
    std::fs::create_dir_all(&temporary).map_err(FileError::written(&temporary))?;
    let written = fill(&temporary).and_then(|()| {
        sync(&temporary)?;
        std::fs::rename(&temporary, target).map_err(FileError::written(target))?;
        sync(parent)?;
        Ok(())
    });
    if written.is_err() {
        // What went wrong is the error; that this cannot be removed either adds nothing to it.
        let _ = std::fs::remove_dir_all(&temporary);
    }
    written
}

/// Removes a folder: renamed first, so that a process that is killed meanwhile leaves no half of it under its name.
pub(crate) fn remove(folder: &Path) -> Result<(), FileError> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let doomed = if name.starts_with(TEMPORARY) {
        folder.to_owned()
    } else {
        let doomed = folder.with_file_name(format!("{TEMPORARY}removed-{name}"));
        remove_if_there(&doomed)?;
        std::fs::rename(folder, &doomed).map_err(FileError::removed(folder))?;
        doomed
    };
    std::fs::remove_dir_all(&doomed).map_err(FileError::removed(&doomed))
}

fn remove_if_there(folder: &Path) -> Result<(), FileError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::removed(folder)(error)),
        _ => Ok(()),
    }
}

/// Renames a damaged checkpoint, so that it is neither found nor in the way; answers its new path.
pub(super) fn set_aside(folder: &Path) -> Result<PathBuf, FileError> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let aside = free(&folder.with_file_name(format!("damaged-{name}")));
    std::fs::rename(folder, &aside).map_err(FileError::written(&aside))?;
    Ok(aside)
}

/// Removes all checkpoints but the newest `count` and those that are to be kept.
pub(super) fn prune(folder: &Path, count: usize) -> Result<(), FileError> {
    let updates: Vec<Entry> = list(folder)?.into_iter().filter(|entry| entry.kind == Kind::Update).collect();
    let surplus = updates.len().saturating_sub(count);
    updates[..surplus].iter().try_for_each(|entry| remove(&entry.path))
}

/// The names of the files in a folder.
pub(super) fn files(folder: &Path) -> Result<Vec<String>, FileError> {
    let mut files = names(folder)?;
    files.sort();
    Ok(files)
}

fn names(folder: &Path) -> Result<Vec<String>, FileError> {
    let entries = std::fs::read_dir(folder).map_err(FileError::read(folder))?;
    let name = |entry: io::Result<std::fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
    entries.map(name).collect::<io::Result<_>>().map_err(FileError::read(folder))
}

/// Makes a folder if need be, and its name durable.
fn make(folder: &Path) -> Result<(), FileError> {
    if folder.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(FileError::written(folder))?;
    sync(parent(folder))
}

/// The folder that a path lies in.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the names in a folder durable.
#[cfg(unix)]
fn sync(folder: &Path) -> Result<(), FileError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(FileError::written(folder))
}

/// Elsewhere a folder cannot be synced by itself.
#[cfg(not(unix))]
fn sync(_folder: &Path) -> Result<(), FileError> {
    Ok(())
}
