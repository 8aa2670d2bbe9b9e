//! A real run of `digits`, killed at random points and resumed: its history is that of a run that was never stopped.
//!
//! 10 kills; `LEHR_KILLS` sets another number.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

/// The whole run of the example; a short one where the program is not optimised.
const EPOCHS: u64 = if cfg!(debug_assertions) { 4 } else { 30 };
const EVERY: u64 = 20;
const KEEP: usize = 2;

/// Builds the example, as this test was built and beside it, and answers where its program is.
fn build() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let [_, _, profile, target] = test.ancestors().collect::<Vec<_>>()[..4] else {
        panic!("{}", test.display())
    };
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "-p", "lehr-candle", "--example", "digits", "--target-dir"]).arg(target);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    assert!(cargo.status().unwrap().success());
    profile.join("examples/digits")
}

/// A folder in memory, where a run is short, or on the disk, where it is synced and most of its time goes into saving.
fn folder(in_memory: bool) -> TempDir {
    let memory = Path::new("/dev/shm");
    if in_memory && memory.is_dir() { TempDir::new_in(memory).unwrap() } else { TempDir::new().unwrap() }
}

fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        // Hidden pixels, so that there is a random state to restore.
        .args(["--epochs", &EPOCHS.to_string(), "--accumulate", "2", "--dropout", "0.1"])
        .args(["--history", "history.csv"])
        .args(["--json", "log.jsonl", "--checkpoints", "checkpoints", "--resume"])
        .args(["--every", &EVERY.to_string(), "--keep", &KEEP.to_string()])
        .stderr(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn checkpoints(folder: &Path) -> Vec<String> {
    let names = names(&folder.join("checkpoints"));
    names.into_iter().filter(|name| name.starts_with("update-")).collect()
}

fn is_saving(folder: &Path) -> bool {
    names(&folder.join("checkpoints")).iter().any(|name| name.starts_with(".tmp-"))
}

/// What a finished run leaves: the logs, the result, and every file of its last checkpoint.
fn outcome(folder: &Path, stdout: &[u8]) -> Vec<(String, Vec<u8>)> {
    let last = checkpoints(folder).pop().unwrap();
    let mut files = vec!["history.csv".to_owned(), "log.jsonl".to_owned()];
    files.extend(
        names(&folder.join("checkpoints").join(&last))
            .into_iter()
            .map(|name| format!("checkpoints/{last}/{name}")),
    );
    let read = |name: String| {
        let bytes = std::fs::read(folder.join(&name)).unwrap();
        (name, bytes)
    };
    let mut outcome: Vec<_> = files.into_iter().map(read).collect();
    let result = String::from_utf8_lossy(stdout).lines().last().unwrap().to_owned();
    outcome.push(("the result".to_owned(), result.into_bytes()));
    outcome
}

#[test]
fn a_killed_run_resumes_to_the_same_history() {
    let wanted: u64 = std::env::var("LEHR_KILLS").map_or(10, |kills| kills.parse().unwrap());
    let program = build();
    let straight = folder(true);
    let start = Instant::now();
    let output = command(&program, straight.path()).output().unwrap();
    let duration = start.elapsed();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected = outcome(straight.path(), &output.stdout);
    assert!(expected.len() == 2 + 3 + 1 && expected.iter().all(|(_, bytes)| !bytes.is_empty()));

    let mut generator = ChaCha8Rng::seed_from_u64(6);
    let (mut kills, mut while_saving, mut resumes) = (0, 0, 0);
    let mut in_memory = false;
    while kills < wanted {
        in_memory = !in_memory;
        let run = folder(in_memory);
        let mut newest: Option<String> = None;
        loop {
            let mut child = command(&program, run.path()).spawn().unwrap();
            let mut wait = duration.mul_f64(generator.random_range(0.0..0.4));
            let at_a_save = generator.random_bool(0.5);
            let start = Instant::now();
            while start.elapsed() < wait && child.try_wait().unwrap().is_none() {
                sleep(Duration::from_micros(200));
            }
            wait += duration.mul_f64(0.2);
            while at_a_save && start.elapsed() < wait && !is_saving(run.path()) {
                if child.try_wait().unwrap().is_some() {
                    break;
                }
                std::hint::spin_loop();
            }
            let finished = child.try_wait().unwrap().is_some();
            if !finished {
                child.kill().unwrap();
            }
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            let now = checkpoints(run.path());
            assert!(now.last() >= newest.as_ref(), "the checkpoint {newest:?} is lost: {now:?}");
            if finished {
                assert!(output.status.success(), "after {kills} kills: {said}");
                break;
            }
            assert!(said.is_empty(), "after {kills} kills: {said}");
            kills += 1;
            while_saving += u64::from(is_saving(run.path()));
            resumes += u64::from(!now.is_empty());
            newest = now.last().cloned();
            assert!(kills < 2 * wanted + 20, "{kills} kills, and the run does not get on");
        }
        let again = command(&program, run.path()).output().unwrap();
        // A finished run that is started again finds nothing to do, and says the same.
        for ((name, bytes), (_, found)) in expected.iter().zip(outcome(run.path(), &again.stdout)) {
            assert!(*bytes == found, "{name} differs after {kills} kills");
        }
        assert!(!is_saving(run.path()), "a temporary folder is left");
        assert_eq!(checkpoints(run.path()).len(), KEEP);
    }
    assert!(resumes > 0, "no kill came after a checkpoint");
    println!("{kills} kills, {while_saving} of them while a checkpoint was being written, {resumes} resumed");
}
