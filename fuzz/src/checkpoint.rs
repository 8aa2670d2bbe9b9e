//! A checkpoint that a run resumes from: the first byte chooses what of a true one is replaced, the rest is the replacement.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use arbitrary::{Arbitrary, Unstructured};
use lehr_candle::Error;
use lehr_train::{
    Checkpoints, CsvLog, EarlyStopping, JsonLinesLog, RunConfig, RunSummary, SaveBest, TrainError, Training,
    WeightAverage,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::trainer::Line;

const MANIFEST: &str = "checkpoint.json";
/// Stands for the path of a folder that no run knows.
const BYSTANDER: &str = "the path of a bystander";

/// Another value for one of the body's.
#[derive(Arbitrary, Debug)]
enum Replacement {
    Null,
    Count(u64),
    Small(u8),
    Number(f64),
    Text(String),
    Path(bool),
    Flag(bool),
    Nothing,
    Again,
}

/// Resumes: it goes on to an end and can be resumed again, or an error says why not and all is as it was.
pub fn check(bytes: &[u8]) {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let place = folder();
    let Some(files) = changed(*which, bytes, &place.path().join("bystander")) else { return };
    let checkpoint = place.path().join("other/update-0000000003");
    write(&checkpoint, &files);
    write(place.path(), &logs());
    match resume(place.path(), Checkpoints::new(place.path().join("own")).resume_from(&checkpoint)) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(summary) if fs::read_dir(place.path().join("own")).is_ok_and(|mut own| own.next().is_some()) => {
            match resume(place.path(), Checkpoints::new(place.path().join("own")).resume()) {
                // As text: a NaN is not equal to itself.
                Ok(again) => assert_eq!(format!("{again:?}"), format!("{summary:?}")),
                Err(error) => panic!("what was saved after a resume does not resume: {error}"),
            }
        }
        Ok(_) => {}
    }
    assert_eq!(read(&checkpoint), files, "the checkpoint has changed");
    assert!(place.path().join("bystander").is_dir(), "a folder that is none of the run's is gone");
}

fn resume(folder: &Path, checkpoints: Checkpoints) -> Result<RunSummary, TrainError<Error>> {
    let config = RunConfig { eval_every: Some(2), gradient_accumulation_steps: 2, ..RunConfig::epochs(3) };
    let decay = "linear(from=0.5, to=0.9, over=50%) -> hold".parse::<lehr::Spec>()?;
    Training::new(&mut Line::new().map_err(TrainError::Step)?, &config)
        .callback(WeightAverage::new(decay))
        .callback(CsvLog::new(folder.join("history.csv")))
        .callback(JsonLinesLog::new(folder.join("log.jsonl")))
        .callback(EarlyStopping::new("eval_loss").patience(100))
        .callback(SaveBest::new("eval_loss", folder.join("best")).restore_at_end())
        .checkpoints(checkpoints.every(3))
        .run()
}

/// In memory where that can be: nothing here is about the disk.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    let made = made.and_then(|made| fs::create_dir(made.path().join("bystander")).map(|()| made));
    made.unwrap_or_else(|error| panic!("{error}"))
}

type Files = BTreeMap<String, Vec<u8>>;

fn read(folder: &Path) -> Files {
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name, fs::read(&path).unwrap_or_default())
    };
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).map(read).collect()
}

fn write(folder: &Path, files: &Files) {
    let written = fs::create_dir_all(folder)
        .and_then(|()| files.iter().try_for_each(|(name, bytes)| fs::write(folder.join(name), bytes)));
    written.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
}

/// The true one, and the logs beside it.
fn saved() -> &'static (Files, Files) {
    static SAVED: OnceLock<(Files, Files)> = OnceLock::new();
    SAVED.get_or_init(|| {
        let place = folder();
        let checkpoints = place.path().join("checkpoints");
        if let Err(error) = resume(place.path(), Checkpoints::new(&checkpoints)) {
            panic!("a run without a checkpoint fails: {error}");
        }
        (read(&checkpoints.join("update-0000000003")), read(place.path()))
    })
}

fn logs() -> Files {
    saved().1.clone()
}

/// The files of the checkpoint with something else in one of them, under true checksums.
fn changed(which: u8, bytes: &[u8], bystander: &Path) -> Option<Files> {
    let mut files = saved().0.clone();
    let envelope: Value = serde_json::from_slice(&files[MANIFEST]).ok()?;
    let mut body = envelope["body"].clone();
    let name = match which {
        // The manifest as it is, or its body.
        b'e' => {
            files.insert(MANIFEST.to_owned(), bytes.to_vec());
            return Some(files);
        }
        b'b' => {
            let text = std::str::from_utf8(bytes).ok()?;
            files.insert(MANIFEST.to_owned(), sealed(text));
            return Some(files);
        }
        b'm' => "model.safetensors",
        b'o' => "optimizer.safetensors",
        b'a' => "average.safetensors",
        _ => {
            edit(&mut body, &mut Unstructured::new(bytes)).ok()?;
            let text = body.to_string().replace(BYSTANDER, &bystander.to_string_lossy());
            files.insert(MANIFEST.to_owned(), sealed(&text));
            return Some(files);
        }
    };
    files.insert(name.to_owned(), bytes.to_vec());
    let sum = serde_json::json!({ "bytes": bytes.len(), "crc32c": format!("{:08x}", crc32c::crc32c(bytes)) });
    body["files"][name] = sum;
    files.insert(MANIFEST.to_owned(), sealed(&body.to_string()));
    Some(files)
}

fn sealed(body: &str) -> Vec<u8> {
    let crc32c = format!("{:08x}", crc32c::crc32c(body.as_bytes()));
    format!(r#"{{"format":"lehr-train checkpoint","version":1,"crc32c":"{crc32c}","body":{body}}}"#)
        .into_bytes()
}

/// Replaces up to four values of the tree.
fn edit(body: &mut Value, input: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    for _ in 0..input.int_in_range(1..=4)? {
        let index = input.arbitrary::<u16>()?;
        let replacement: Replacement = input.arbitrary()?;
        let count = count(body);
        if let Some(node) = node(body, &mut (usize::from(index) % count)) {
            replace(node, replacement);
        }
    }
    Ok(())
}

fn replace(node: &mut Value, replacement: Replacement) {
    let new = match replacement {
        Replacement::Null => Value::Null,
        Replacement::Count(count) => count.into(),
        Replacement::Small(count) => count.into(),
        Replacement::Number(number) => number.into(),
        Replacement::Text(text) => text.into(),
        Replacement::Path(there) => if there { BYSTANDER } else { "/dev/zero" }.into(),
        Replacement::Flag(flag) => flag.into(),
        Replacement::Nothing => match &*node {
            Value::Array(_) => Value::Array(Vec::new()),
            _ => Value::Object(serde_json::Map::new()),
        },
        Replacement::Again => match &*node {
            Value::Array(list) => list.iter().chain(list.iter()).cloned().collect(),
            Value::Object(map) => map.values().map(|value| ("/dev/zero".to_owned(), value.clone())).collect(),
            other => Value::Array(vec![other.clone()]),
        },
    };
    *node = new;
}

fn children(value: &mut Value) -> Box<dyn Iterator<Item = &mut Value> + '_> {
    match value {
        Value::Array(list) => Box::new(list.iter_mut()),
        Value::Object(map) => Box::new(map.values_mut()),
        _ => Box::new(std::iter::empty()),
    }
}

fn count(value: &mut Value) -> usize {
    1 + children(value).map(count).sum::<usize>()
}

/// The value that many places into the tree.
fn node<'v>(value: &'v mut Value, index: &mut usize) -> Option<&'v mut Value> {
    if *index == 0 {
        return Some(value);
    }
    *index -= 1;
    children(value).find_map(|child| node(child, index))
}
