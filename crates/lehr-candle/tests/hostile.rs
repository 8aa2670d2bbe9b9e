//! Checkpoints from anybody: under true checksums they say what no run wrote. None of them is believed, and nothing outside
//! the run's folders is read or removed.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/sums.rs"]
mod sums;

use std::fs;
use std::path::Path;

use lehr_train::{Checkpoints, CsvLog, RunConfig, RunSummary, SaveBest, TrainError, Training};
use serde_json::{Value, json};
use sums::Sums;

fn run(folder: &Path, config: &RunConfig) -> Result<RunSummary, TrainError<lehr_candle::Error>> {
    Training::new(&mut Sums::new("hold"), config)
        .callback(CsvLog::new(folder.join("history.csv")))
        .callback(SaveBest::new("eval_loss", folder.join("best")))
        .checkpoints(Checkpoints::new(folder.join("checkpoints")).every(13).resume())
        .run()
}

/// A run that was stopped in its second epoch, after 13 of 30 updates.
fn stopped() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &RunConfig::epochs(3)).unwrap();
    for later in ["update-0000000026", "update-0000000030"] {
        fs::remove_dir_all(folder.path().join("checkpoints").join(later)).unwrap();
    }
    folder
}

/// Changes the body of the newest checkpoint, under a true checksum.
fn change(folder: &Path, change: impl FnOnce(&mut Value)) {
    let path = folder.join("checkpoints/update-0000000013/checkpoint.json");
    let mut envelope: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let body = &mut envelope["body"];
    change(body);
    let crc32c = format!("{:08x}", crc32c::crc32c(body.to_string().as_bytes()));
    envelope["crc32c"] = crc32c.into();
    fs::write(&path, envelope.to_string()).unwrap();
}

/// What a callback keeps.
fn kept<'b>(body: &'b mut Value, callback: &str) -> &'b mut Value {
    let callbacks = body["run"]["callbacks"].as_array_mut().unwrap();
    let found = callbacks.iter_mut().find(|kept| kept[0].as_str().unwrap().ends_with(callback)).unwrap();
    &mut found[1]
}

#[test]
fn as_it_was_it_resumes() {
    let folder = stopped();
    change(folder.path(), |body| assert_eq!(body["run"]["progress"]["num_updates"], 13));
    assert_eq!(run(folder.path(), &RunConfig::epochs(3)).unwrap().num_updates, 30);
}

#[test]
fn a_position_that_no_run_comes_to_is_refused() {
    let positions = [
        // No epoch has begun, and yet one has not ended.
        json!({ "epoch": 0 }),
        json!({ "epoch": 0, "epoch_ended": true }),
        // What a trainer or the loop would count beyond 64 bits.
        json!({ "epoch": u64::MAX }),
        json!({ "num_skipped": u64::MAX }),
        json!({ "num_updates": u64::MAX }),
        json!({ "batch": 11 }),
    ];
    for position in positions {
        let folder = stopped();
        change(folder.path(), |body| {
            let progress = body["run"]["progress"].as_object_mut().unwrap();
            progress.extend(position.as_object().unwrap().clone());
        });
        let said = run(folder.path(), &RunConfig::epochs(3)).unwrap_err().to_string();
        let named = said.contains("update-0000000013` is damaged: no run comes to batch");
        assert!(named, "{position}: {said}");
    }
}

#[test]
fn no_file_outside_the_checkpoint_is_read() {
    for name in ["/dev/zero", "../../history.csv", "..", ".", "", "a/b"] {
        let folder = stopped();
        change(folder.path(), |body| body["files"][name] = json!({ "bytes": 1, "crc32c": "00000000" }));
        let said = run(folder.path(), &RunConfig::epochs(3)).unwrap_err().to_string();
        assert!(said.contains("is no name of a file in it"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn no_link_is_followed_and_nothing_is_waited_for() {
    for name in ["model.safetensors", "checkpoint.json"] {
        let folder = stopped();
        let checkpoint = folder.path().join("checkpoints/update-0000000013");
        let target = folder.path().join("elsewhere");
        fs::rename(checkpoint.join(name), &target).unwrap();
        std::os::unix::fs::symlink(&target, checkpoint.join(name)).unwrap();
        let said = run(folder.path(), &RunConfig::epochs(3)).unwrap_err().to_string();
        assert!(said.contains(name) && said.contains("it is no regular file"), "{said}");

        // A pipe that nobody writes to.
        fs::remove_file(checkpoint.join(name)).unwrap();
        let made = std::process::Command::new("mkfifo").arg(checkpoint.join(name)).status().unwrap();
        assert!(made.success());
        let said = run(folder.path(), &RunConfig::epochs(3)).unwrap_err().to_string();
        assert!(said.contains(name) && said.contains("it is no regular file"), "{said}");
    }
}

#[test]
fn a_manifest_beyond_all_measure_is_not_read() {
    let folder = stopped();
    let manifest = folder.path().join("checkpoints/update-0000000013/checkpoint.json");
    // A hole: it takes no room on the disk.
    fs::File::options().write(true).open(&manifest).unwrap().set_len((1 << 28) + 1).unwrap();
    let said = run(folder.path(), &RunConfig::epochs(3)).unwrap_err().to_string();
    assert!(said.contains("268435457 bytes of `checkpoint.json`, but 268435456 are the most"), "{said}");
}

#[test]
fn the_best_of_another_folder_is_not_removed() {
    let folder = stopped();
    let bystander = folder.path().join("bystander");
    fs::create_dir(&bystander).unwrap();
    for path in [bystander.clone(), bystander.join("../bystander"), folder.path().join("checkpoints")] {
        let path = path.to_str().unwrap();
        change(folder.path(), |body| *kept(body, "SaveBest") = json!({ "best": 1e9, "path": path }));
        run(folder.path(), &RunConfig::epochs(3)).unwrap();
        assert!(bystander.is_dir() && folder.path().join("checkpoints").is_dir(), "{path}");
        for later in ["update-0000000026", "update-0000000030"] {
            fs::remove_dir_all(folder.path().join("checkpoints").join(later)).unwrap();
        }
    }
    // What it saved itself it does replace, also after all was moved to another place.
    let moved = tempfile::tempdir().unwrap();
    let place = moved.path().join("run");
    change(folder.path(), |body| {
        let kept = kept(body, "SaveBest");
        *kept = json!({ "best": 1e9, "path": "runs/before/best/best-0000000010" });
    });
    fs::rename(folder.path(), &place).unwrap();
    let best = place.join("best");
    fs::remove_dir_all(&best).unwrap();
    fs::create_dir_all(best.join("best-0000000010")).unwrap();
    run(&place, &RunConfig::epochs(3)).unwrap();
    assert!(!best.join("best-0000000010").exists());
    assert_eq!(fs::read_dir(&best).unwrap().count(), 1);
}

#[test]
fn a_log_is_not_cut_into_its_first_line() {
    let folder = stopped();
    change(folder.path(), |body| *kept(body, "CsvLog") = json!({ "bytes": 3, "metrics": 0 }));
    let before = fs::read(folder.path().join("history.csv")).unwrap();
    let said = run(folder.path(), &RunConfig::epochs(3)).unwrap_err().to_string();
    assert!(said.contains("history.csv") && said.contains("less than its first line"), "{said}");
    assert_eq!(fs::read(folder.path().join("history.csv")).unwrap(), before);
}
