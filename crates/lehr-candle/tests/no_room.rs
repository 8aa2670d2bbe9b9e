//! A disk that is full, a folder that cannot be written, two runs at once, a clock that jumps: the error names the path, and
//! what was saved before is whole.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/sums.rs"]
mod sums;

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use lehr_train::{
    Checkpoints, CsvLog, JsonLinesLog, RunConfig, RunSummary, TensorBoardLog, TrainError, Training,
};
use sums::Sums;

type Ran = Result<RunSummary, TrainError<lehr_candle::Error>>;

/// 30 updates, from the newest checkpoint on.
fn run(checkpoints: &Path, log: Option<&Path>) -> Ran {
    let mut sums = Sums::new("cosine(to=0)");
    let config = RunConfig::epochs(3);
    let training = Training::new(&mut sums, &config)
        .checkpoints(Checkpoints::new(checkpoints).every(9).keep_last(2).resume());
    match log {
        Some(log) => training.callback(CsvLog::new(log)).run(),
        None => training.run(),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A run that was ended after its checkpoint of 27 updates, with a log that is longer.
fn begun(folder: &Path) -> (PathBuf, PathBuf) {
    let (checkpoints, log) = (folder.join("checkpoints"), folder.join("history.csv"));
    run(&checkpoints, Some(&log)).unwrap();
    fs::remove_dir_all(checkpoints.join("update-0000000030")).unwrap();
    (checkpoints, log)
}

/// Not a test: what `in_a_small_place` runs, in the folder that `LEHR_NO_ROOM` names.
#[test]
#[ignore = "it is run by another test, in a process of its own"]
fn the_run() {
    let Some(folder) = std::env::var_os("LEHR_NO_ROOM").map(PathBuf::from) else { return };
    let log = std::env::var_os("LEHR_NO_ROOM_LOG").map(|name| folder.join(name));
    match run(&folder.join("checkpoints"), log.as_deref()) {
        Ok(summary) => println!("it ended well after {} updates", summary.num_updates),
        Err(error) => println!("it said: {error}"),
    }
}

/// Runs in a process that can write files of so many blocks of 512 bytes: to those that are larger a full disk has come.
fn in_a_small_place(folder: &Path, blocks: u32, log: &str) -> String {
    let words =
        format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" --exact the_run --ignored --nocapture");
    let mut command = Command::new("sh");
    command.args(["-c", &words]).arg(std::env::current_exe().unwrap()).env("LEHR_NO_ROOM", folder);
    if !log.is_empty() {
        command.env("LEHR_NO_ROOM_LOG", log);
    }
    let ran = command.output().unwrap();
    let said = String::from_utf8(ran.stdout).unwrap();
    let lines = said.lines().find_map(|line| line.split_once("it said: "));
    lines.unwrap_or_else(|| panic!("{said}{}", String::from_utf8_lossy(&ran.stderr))).1.to_owned()
}

#[test]
fn a_checkpoint_that_has_no_room_leaves_those_before_it() {
    let straight = tempfile::tempdir().unwrap();
    let expected = run(&straight.path().join("checkpoints"), None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = folder.path().join("checkpoints");
    run(&checkpoints, None).unwrap();
    fs::remove_dir_all(checkpoints.join("update-0000000030")).unwrap();
    assert_eq!(names(&checkpoints), ["update-0000000027"]);
    // The first file that is too large is a tensor's, then the manifest.
    for (blocks, file) in [(0, "model.safetensors"), (1, ".safetensors"), (3, "checkpoint.json")] {
        let said = in_a_small_place(folder.path(), blocks, "");
        assert!(said.contains(file) && said.contains("update-0000000030"), "{blocks}: {said}");
        assert!(said.contains("too large") || said.contains("os error"), "{blocks}: {said}");
        assert_eq!(names(&checkpoints), ["update-0000000027"], "{blocks}");
    }
    let resumed = run(&checkpoints, None).unwrap();
    assert_eq!((resumed.num_updates, resumed.last_used), (expected.num_updates, expected.last_used));
}

#[test]
fn a_log_that_has_no_room_loses_no_row_of_a_checkpoint() {
    let straight = tempfile::tempdir().unwrap();
    run(&straight.path().join("checkpoints"), Some(&straight.path().join("history.csv"))).unwrap();
    let whole = fs::read_to_string(straight.path().join("history.csv")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (checkpoints, log) = begun(folder.path());
    let blocks = u32::try_from(whole.len() / 512).unwrap();
    assert!(blocks >= 2, "the log is too short to test anything");
    // Resumed after 27 updates, whose rows fill more than these blocks.
    let said = in_a_small_place(folder.path(), blocks - 1, "history.csv");
    assert!(said.contains("history.csv` cannot be written: "), "{said}");
    let left = fs::read_to_string(&log).unwrap();
    assert!(whole.starts_with(&left) && left.lines().count() >= 28, "{left}");
    run(&checkpoints, Some(&log)).unwrap();
    assert_eq!(fs::read_to_string(&log).unwrap(), whole);
}

#[test]
fn what_a_device_refuses_is_said_with_its_path() {
    // A device that has no room, for whoever asks.
    let full = Path::new("/dev/full");
    if full.exists() {
        let folder = tempfile::tempdir().unwrap();
        let said = run(&folder.path().join("checkpoints"), Some(full)).unwrap_err().to_string();
        assert!(said.contains("`/dev/full` cannot be written: ") && said.contains("space"), "{said}");
    }
    // A device that takes all is no file to be cut.
    let mut sums = Sums::new("hold");
    Training::new(&mut sums, &RunConfig::epochs(1)).callback(CsvLog::new("/dev/null")).run().unwrap();
}

/// A disk of 4 MiB in memory, mounted where only this process and its children see it.
const DISK: &str = "mount -t tmpfs -o size=4m tmpfs \"$LEHR_NO_ROOM\"";
/// What a tmpfs hands out, on most machines.
const PAGE: u16 = 4096;

#[test]
fn a_real_disk_is_full_or_read_only() {
    let folder = tempfile::tempdir().unwrap();
    let on_a_disk = |words: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", &format!("{DISK} && {words}")]);
        command.arg(std::env::current_exe().unwrap()).env("LEHR_NO_ROOM", folder.path()).output()
    };
    if !on_a_disk("mount -o remount,ro \"$LEHR_NO_ROOM\"").is_ok_and(|ran| ran.status.success()) {
        eprintln!("no disk can be mounted here: it was not tested");
        return;
    }
    let ran = on_a_disk("exec \"$0\" --exact the_disk --ignored --nocapture").unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    let complete = ran.status.success() && said.contains("1 passed");
    assert!(complete, "{said}{}", String::from_utf8_lossy(&ran.stderr));
}

/// Not a test by itself: what `a_real_disk_is_full_or_read_only` runs on its disk.
#[test]
#[ignore = "it is run by another test, on a disk of its own"]
fn the_disk() {
    let Some(disk) = std::env::var_os("LEHR_NO_ROOM").map(PathBuf::from) else { return };
    let straight = tempfile::tempdir().unwrap();
    let expected = run(&straight.path().join("checkpoints"), Some(&straight.path().join("log"))).unwrap();
    let whole = fs::read(straight.path().join("log")).unwrap();
    let (checkpoints, log) = begun(&disk);

    // Ever more room after the checkpoint of 27 updates, until there is enough for the next one.
    let ballast = disk.join("ballast");
    let (page, mut filled) = (vec![7; PAGE.into()], 0);
    let mut file = File::create(&ballast).unwrap();
    let full = loop {
        match file.write_all(&page) {
            Ok(()) => filled += u64::from(PAGE),
            Err(error) => break error,
        }
    };
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    file.set_len(filled).unwrap();
    let mut refused = 0;
    let resumed = loop {
        match run(&checkpoints, Some(&log)) {
            Ok(summary) => break summary,
            Err(error) => {
                let said = error.to_string();
                assert!(said.contains("update-0000000030") && said.contains("No space left"), "{said}");
                assert_eq!(names(&checkpoints), ["update-0000000027"], "{said}");
                assert_eq!(fs::read(&log).unwrap(), whole, "{said}");
            }
        }
        refused += 1;
        filled = filled.checked_sub(PAGE.into()).unwrap();
        file.set_len(filled).unwrap();
    };
    // A page for each of its files.
    assert!(refused >= fs::read_dir(checkpoints.join("update-0000000030")).unwrap().count(), "{refused}");
    assert_eq!((resumed.num_updates, &resumed.last_used), (expected.num_updates, &expected.last_used));
    assert_eq!(fs::read(&log).unwrap(), whole);

    // Not even root writes to it now.
    fs::remove_dir_all(checkpoints.join("update-0000000030")).unwrap();
    drop(file);
    let remount = |how: &str| {
        let mounted = Command::new("mount").args(["-o", how]).arg(&disk).status().unwrap();
        assert!(mounted.success());
    };
    remount("remount,ro");
    let elsewhere = straight.path().join("elsewhere");
    for (checkpoints, log, named) in [
        (&checkpoints, None, "update-0000000030"),
        (&disk.join("new"), None, "new"),
        (&elsewhere, Some(disk.join("new.csv")), "new.csv"),
    ] {
        let said = run(checkpoints, log.as_deref()).unwrap_err().to_string();
        assert!(said.contains(named) && said.contains("Read-only file system"), "{said}");
    }
    assert_eq!((names(&checkpoints), fs::read(&log).unwrap()), (vec!["update-0000000027".into()], whole));
    remount("remount,rw");
    assert_eq!(run(&checkpoints, Some(&log)).unwrap().last_used, expected.last_used);
}

#[test]
fn a_folder_that_cannot_be_made_or_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "before").unwrap();
    // Below a file nobody can make a folder; below /proc not even root.
    for place in [file.join("run"), PathBuf::from("/proc/lehr")] {
        if !place.parent().unwrap().exists() {
            continue;
        }
        let said = run(&place, None).unwrap_err().to_string();
        assert!(said.contains(place.to_str().unwrap()) && said.contains("cannot be written"), "{said}");
        let checkpoints = folder.path().join("checkpoints");
        let said = run(&checkpoints, Some(&place.join("history.csv"))).unwrap_err().to_string();
        assert!(said.contains("history.csv") && said.contains("cannot be written"), "{said}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "before");

    // A read-only folder, for all but root, whom no mode stops.
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(closed.join("probe"), "").is_err() {
        let said = run(&closed.join("checkpoints"), None).unwrap_err().to_string();
        assert!(said.contains("closed") && said.contains("cannot be written"), "{said}");
    }
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn two_runs_do_not_share_a_log() {
    struct Second(PathBuf, Vec<String>);
    impl<T: lehr_train::Trainer> lehr_train::Callback<T> for Second {
        fn on_training_run_epoch_end(&mut self, _: &mut T, _: &mut lehr_train::Run) -> lehr_train::Heard<T> {
            let mut sums = Sums::new("hold");
            let config = RunConfig::epochs(1);
            let second = Training::new(&mut sums, &config);
            let path = &self.0;
            let ran = match self.1.len() {
                0 => second.callback(CsvLog::new(path.join("history.csv"))).run(),
                1 => second.callback(JsonLinesLog::new(path.join("log.jsonl"))).run(),
                _ => second.callback(TensorBoardLog::new(path)).run(),
            };
            self.1.push(ran.unwrap_err().to_string());
            Ok(())
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let mut second = Second(folder.path().to_owned(), Vec::new());
    let mut sums = Sums::new("hold");
    Training::new(&mut sums, &RunConfig::epochs(3))
        .callback(CsvLog::new(folder.path().join("history.csv")))
        .callback(JsonLinesLog::new(folder.path().join("log.jsonl")))
        .callback(TensorBoardLog::new(folder.path()))
        .callback(&mut second)
        .run()
        .unwrap();
    for (said, name) in second.1.iter().zip(["history.csv", "log.jsonl", "events.out.tfevents.0.lehr"]) {
        assert!(said.contains(name) && said.contains("in use by another run"), "{said}");
    }
    assert_eq!(second.1.len(), 3);
    assert_eq!(fs::read_to_string(folder.path().join("history.csv")).unwrap().lines().count(), 31);
    // Once it has ended, the next run writes it anew.
    let mut sums = Sums::new("hold");
    let next = Training::new(&mut sums, &RunConfig::epochs(1))
        .callback(CsvLog::new(folder.path().join("history.csv")));
    next.run().unwrap();
    assert_eq!(fs::read_to_string(folder.path().join("history.csv")).unwrap().lines().count(), 11);
}

/// Another process, while this one trains: what it asks for is refused, and what it would have spoiled is whole.
#[test]
fn two_processes_do_not_share_a_folder() {
    struct Second(PathBuf, Vec<String>);
    impl<T: lehr_train::Trainer> lehr_train::Callback<T> for Second {
        fn on_training_run_epoch_end(&mut self, _: &mut T, _: &mut lehr_train::Run) -> lehr_train::Heard<T> {
            self.1.push(in_a_small_place(&self.0, 1 << 20, ""));
            Ok(())
        }
    }
    let (straight, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let expected = run(&straight.path().join("checkpoints"), None).unwrap();
    let (checkpoints, mut second) =
        (folder.path().join("checkpoints"), Second(folder.path().into(), Vec::new()));
    let mut sums = Sums::new("cosine(to=0)");
    let first = Training::new(&mut sums, &RunConfig::epochs(3))
        .checkpoints(Checkpoints::new(&checkpoints).every(9).keep_last(2))
        .callback(&mut second)
        .run()
        .unwrap();
    assert_eq!(second.1.len(), 3);
    assert!(
        second.1.iter().all(|said| said.contains("checkpoints` folder is in use by another run")),
        "{:?}",
        second.1
    );
    assert_eq!((first.num_updates, first.last_used), (expected.num_updates, expected.last_used));
    assert_eq!(names(&checkpoints), ["update-0000000027", "update-0000000030"]);
}

/// The newest checkpoint is the one after the most updates, whenever the clock says that it was written.
#[test]
fn a_clock_that_jumps_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (checkpoints, log) = (folder.path().join("checkpoints"), folder.path().join("history.csv"));
    Training::new(&mut Sums::new("cosine(to=0)"), &RunConfig::epochs(3))
        .callback(CsvLog::new(&log))
        .checkpoints(Checkpoints::new(&checkpoints).every(9))
        .run()
        .unwrap();
    let whole = fs::read(&log).unwrap();
    fs::remove_dir_all(checkpoints.join("update-0000000030")).unwrap();
    let century = Duration::from_hours(100 * 365 * 24);
    let at = |path: &Path, time: SystemTime| {
        File::open(path).unwrap().set_modified(time).unwrap();
        for entry in fs::read_dir(path).unwrap() {
            File::open(entry.unwrap().path()).unwrap().set_modified(time).unwrap();
        }
    };
    at(&checkpoints.join("update-0000000009"), SystemTime::now() + century);
    at(&checkpoints.join("update-0000000027"), SystemTime::UNIX_EPOCH);
    File::open(&log).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    run(&checkpoints, Some(&log)).unwrap();
    // From an older one it would have saved a second one after 27 updates; by age it would have removed another.
    assert_eq!(names(&checkpoints), ["update-0000000027", "update-0000000030"]);
    assert_eq!(fs::read(&log).unwrap(), whole);
}
