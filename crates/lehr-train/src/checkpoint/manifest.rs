//! `checkpoint.json`: `{"format": ..., "version": 1, "crc32c": ..., "body": {...}}`, the checksum being of the body's bytes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::state::{RunState, SaveState, StateWriter};
use super::{folder, problem};
use crate::error::{FileError, TrainError};

const NAME: &str = "checkpoint.json";
const FORMAT: &str = "lehr-train checkpoint";
const VERSION: u64 = 1;
/// No more is read or written: a history of some millions of metrics.
const MAX_BYTES: u64 = 1 << 28;

/// What a checkpoint is made of.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    format: String,
    version: u64,
    crc32c: String,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// What is read before anything else is believed.
#[derive(Deserialize)]
struct Claim {
    format: Option<String>,
    version: Option<u64>,
}

/// What a checkpoint holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "R: Deserialize<'de>"))]
pub(crate) struct Body<R = RunState> {
    files: BTreeMap<String, Sum>,
    pub(crate) trainer: Map<String, Value>,
    pub(crate) run: R,
}

/// What a file must be.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Sum {
    bytes: u64,
    crc32c: String,
}

/// Opens a file of a checkpoint; answers its size too. A checkpoint may come from anybody: no link is followed, and nothing
/// is waited for.
fn open(path: &Path) -> Result<(File, u64), FileError> {
    let opened = || {
        let data = std::fs::symlink_metadata(path)?;
        if !data.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        Ok((File::open(path)?, data.len()))
    };
    opened().map_err(FileError::read(path))
}

/// Whether it is a name in the folder, not a way out of it.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(only)), None) if only == name)
}

fn sum(path: &Path) -> Result<Sum, FileError> {
    let (mut file, _) = open(path)?;
    let (mut bytes, mut crc32c, mut buffer) = (0, 0, vec![0; 1 << 16]);
    loop {
        let count = file.read(&mut buffer).map_err(FileError::read(path))?;
        if count == 0 {
            return Ok(Sum { bytes, crc32c: format!("{crc32c:08x}") });
        }
        crc32c = crc32c::crc32c_append(crc32c, &buffer[..count]);
        bytes += count as u64;
    }
}

/// Writes a checkpoint, whole or not at all. `run` is `None` for a trainer's state alone.
pub(crate) fn write<T: SaveState>(
    target: &Path,
    trainer: &mut T,
    run: Option<RunState>,
) -> Result<(), TrainError<T::Error>> {
    folder::write_whole(target, |temporary| {
        let mut writer = StateWriter::new(temporary.to_owned());
        trainer.save_state(&mut writer).map_err(TrainError::Step)?;
        let mut files = BTreeMap::new();
        for name in folder::files(temporary)? {
            let path = temporary.join(&name);
            File::options()
                .write(true)
                .open(&path)
                .and_then(|file| file.sync_all())
                .map_err(FileError::written(&path))?;
            files.insert(name, sum(&path)?);
        }
        let path = temporary.join(NAME);
        let failed = |error: serde_json::Error| FileError::written(&path)(error.into());
        let body = Body { files, trainer: writer.values, run };
        let body = serde_json::value::to_raw_value(&body).map_err(failed)?;
        let crc32c = format!("{:08x}", crc32c::crc32c(body.get().as_bytes()));
        let envelope = Envelope { format: FORMAT.to_owned(), version: VERSION, crc32c, body: &body };
        let text = serde_json::to_vec(&envelope).map_err(failed)?;
        if text.len() as u64 > MAX_BYTES {
            let (bytes, rule) =
                (text.len(), "record fewer metrics, and keep large values in files of their own");
            let large = format!("would have {bytes} bytes of `{NAME}`, but {MAX_BYTES} are the most: {rule}");
            return Err(problem(target, large));
        }
        let mut file = File::create(&path).map_err(FileError::written(&path))?;
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(FileError::written(&path))?;
        Ok(())
    })
}

/// Reads a checkpoint and compares every file with its checksum.
pub(crate) fn read<E: std::error::Error, R: for<'de> Deserialize<'de>>(
    folder: &Path,
) -> Result<Body<R>, TrainError<E>> {
    let path = folder.join(NAME);
    let (file, bytes) = match open(&path) {
        Ok(opened) => opened,
        Err(error) if error.source.kind() == io::ErrorKind::NotFound => {
            return Err(problem(folder, format!("is none of lehr-train's: it has no `{NAME}`")));
        }
        Err(error) => return Err(error.into()),
    };
    if bytes > MAX_BYTES {
        return Err(problem(folder, format!("has {bytes} bytes of `{NAME}`, but {MAX_BYTES} are the most")));
    }
    let mut text = String::new();
    match file.take(MAX_BYTES).read_to_string(&mut text) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(problem(folder, format!("is damaged: `{NAME}` is no text")));
        }
        Err(error) => return Err(FileError::read(&path)(error).into()),
    }
    let damaged = |error: serde_json::Error| problem(folder, format!("is damaged: `{NAME}`: {error}"));
    let claim: Claim = serde_json::from_str(&text).map_err(damaged)?;
    match (claim.format.as_deref(), claim.version) {
        (Some(FORMAT), Some(VERSION)) => {}
        (Some(FORMAT), Some(version)) if version > VERSION => {
            let found = format!(
                "has version {version}, but this lehr-train reads up to version {VERSION}: read it with the lehr-train \
                 that wrote it, or a later one"
            );
            return Err(problem(folder, found));
        }
        _ => {
            return Err(problem(
                folder,
                format!("is none of lehr-train's: `{NAME}` says so neither by format nor version"),
            ));
        }
    }
    let envelope: Envelope<'_> = serde_json::from_str(&text).map_err(damaged)?;
    let found = format!("{:08x}", crc32c::crc32c(envelope.body.get().as_bytes()));
    if found != envelope.crc32c {
        let says = envelope.crc32c;
        return Err(problem(
            folder,
            format!("is damaged: `{NAME}` has the checksum {found}, but was saved with {says}"),
        ));
    }
    let body: Body<R> = serde_json::from_str(envelope.body.get()).map_err(damaged)?;
    for (name, saved) in &body.files {
        if !is_plain(name) {
            return Err(problem(folder, format!("is damaged: `{name}` is no name of a file in it")));
        }
        let path = folder.join(name);
        if std::fs::symlink_metadata(&path).is_err() {
            return Err(problem(folder, format!("is damaged: `{name}` is missing")));
        }
        let found = sum(&path)?;
        if found != *saved {
            let (bytes, crc32c, was, wanted) = (found.bytes, found.crc32c, saved.bytes, &saved.crc32c);
            let differs = format!(
                "is damaged: `{name}` has {bytes} bytes with the checksum {crc32c}, but was saved with {was} bytes and \
                 {wanted}"
            );
            return Err(problem(folder, differs));
        }
    }
    Ok(body)
}
