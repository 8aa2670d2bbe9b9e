//! Checkpoints with Candle: resumed at every update, kept and pruned, damaged in every way, branched off from.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/sums.rs"]
mod sums;

use std::path::{Path, PathBuf};

use lehr::recipe::wsd;
use lehr::{Horizon, Linear, OnMismatch, Scheduler, times, updates};
use lehr_train::{
    Checkpoints, CsvLog, EarlyStopping, JsonLinesLog, RunConfig, RunSummary, SaveBest, TrainError, Training,
    WeightAverage,
};
use sums::{BASE, Sums};

const PLAN: &str = "linear(from=0.1x, over=1ep) -> cosine(to=0)";

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// A run with all that has a state, to `epochs` epochs or until `stop_at` updates are made.
fn run(folder: &Path, config: &RunConfig, stop_at: Option<u64>) -> (Sums, RunSummary) {
    let mut sums = Sums::new(PLAN);
    let summary = Training::new(&mut sums, config)
        .callback(WeightAverage::new("linear(from=0.5, to=0.9, over=50%) -> hold".parse().unwrap()))
        .callback(CsvLog::new(folder.join("history.csv")))
        .callback(JsonLinesLog::new(folder.join("log.jsonl")))
        .callback(EarlyStopping::new("eval_loss").patience(100))
        .callback(SaveBest::new("eval_loss", folder.join("best")))
        .callback(StopAt(stop_at))
        .checkpoints(Checkpoints::new(folder.join("checkpoints")).every(3).keep_last(2).resume())
        .run()
        .unwrap();
    (sums, summary)
}

/// Ends a process: after that update nothing more is done, whatever the loop does at an end.
struct StopAt(Option<u64>);

impl<T: lehr_train::Trainer> lehr_train::Callback<T> for StopAt {
    fn on_update_end(&mut self, _: &mut T, run: &mut lehr_train::Run) -> lehr_train::Heard<T> {
        if self.0.is_some_and(|at| run.num_updates() >= at) {
            run.stop("the test said so");
        }
        Ok(())
    }
}

#[test]
fn resumed_at_any_update_it_is_the_same_run() {
    let config = RunConfig { gradient_accumulation_steps: 3, eval_every: Some(5), ..RunConfig::epochs(4) };
    let straight = tempfile::tempdir().unwrap();
    let (whole, expected) = run(straight.path(), &config, None);
    assert_eq!(expected.num_updates, 16);
    for stop in 1..16 {
        let folder = tempfile::tempdir().unwrap();
        let (_, stopped) = run(folder.path(), &config, Some(stop));
        assert_eq!((stopped.num_updates, stopped.stopped.is_some()), (stop, true));
        let (resumed, summary) = run(folder.path(), &config, None);
        assert_eq!(summary, expected, "stopped after {stop}");
        assert_eq!(resumed.parameters(), whole.parameters());
        assert_eq!(resumed.used, whole.used[usize::try_from(stop).unwrap()..]);
        for log in ["history.csv", "log.jsonl"] {
            let read = |folder: &Path| std::fs::read_to_string(folder.join(log)).unwrap();
            assert_eq!(read(folder.path()), read(straight.path()), "{log}, stopped after {stop}");
        }
        assert_eq!(names(&folder.path().join("best")), names(&straight.path().join("best")));
        // A finished run has nothing left to do, and says the same again.
        let (again, summary) = run(folder.path(), &config, None);
        assert_eq!((again.used.len(), summary), (0, expected.clone()));
        assert_eq!(again.parameters(), whole.parameters());
    }
}

#[test]
fn only_the_newest_are_kept_and_those_that_are_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let mut sums = Sums::new(PLAN);
    let checkpoints = Checkpoints::new(folder.path()).every(4).keep_last(2).keep_after([7, 8]);
    Training::new(&mut sums, &RunConfig::epochs(3)).checkpoints(checkpoints).run().unwrap();
    assert_eq!(
        names(folder.path()),
        ["kept-0000000007", "kept-0000000008", "update-0000000028", "update-0000000030"]
    );
    assert_eq!(
        names(&folder.path().join("update-0000000030")),
        ["average.safetensors", "checkpoint.json", "model.safetensors", "optimizer.safetensors"]
    );

    let folder = tempfile::tempdir().unwrap();
    let mut sums = Sums::new(PLAN);
    Training::new(&mut sums, &RunConfig::epochs(3))
        .checkpoints(Checkpoints::new(folder.path()))
        .run()
        .unwrap();
    assert_eq!(names(folder.path()), ["update-0000000010", "update-0000000020", "update-0000000030"]);
}

/// A finished run's folder of checkpoints, after 10, 20 and 30 updates.
fn finished() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut sums = Sums::new(PLAN);
    Training::new(&mut sums, &RunConfig::epochs(3))
        .checkpoints(Checkpoints::new(folder.path()))
        .run()
        .unwrap();
    folder
}

fn resume(checkpoints: Checkpoints) -> Result<(Sums, RunSummary), TrainError<lehr_candle::Error>> {
    let mut sums = Sums::new(PLAN);
    let summary = Training::new(&mut sums, &RunConfig::epochs(3)).checkpoints(checkpoints).run()?;
    Ok((sums, summary))
}

#[test]
fn what_a_killed_process_did_not_remove_is_removed() {
    // Killed when the last checkpoint was in its place, and before an older one went.
    let folder = finished();
    let (sums, _) = resume(Checkpoints::new(folder.path()).keep_last(2).resume()).unwrap();
    assert!(sums.used.is_empty(), "all was done");
    assert_eq!(names(folder.path()), ["update-0000000020", "update-0000000030"]);
}

/// Every file below a folder, with its bytes.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut contents = Vec::new();
    for name in names(folder) {
        let path = folder.join(name);
        if path.is_dir() {
            contents.extend(self::contents(&path));
        } else {
            contents.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    contents
}

#[test]
fn what_cannot_be_used_is_named_and_left_as_it_is() {
    type Damage = fn(&Path);
    fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = std::fs::read(path).unwrap();
        change(&mut bytes);
        std::fs::write(path, bytes).unwrap();
    }
    fn replace(path: &Path, from: &str, to: &str) {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains(from));
        std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
    let cases: [(&str, Damage); 9] = [
        ("is damaged: `checkpoint.json`: EOF while parsing", |folder| {
            change(&folder.join("checkpoint.json"), |bytes| bytes.truncate(bytes.len() / 2));
        }),
        ("is damaged: `checkpoint.json`: EOF while parsing", |folder| {
            change(&folder.join("checkpoint.json"), Vec::clear);
        }),
        ("is damaged: `checkpoint.json` has the checksum", |folder| {
            replace(&folder.join("checkpoint.json"), "\"num_updates\":30", "\"num_updates\":31");
        }),
        ("is damaged: `model.safetensors` has", |folder| {
            change(&folder.join("model.safetensors"), |bytes| *bytes.last_mut().unwrap() ^= 1);
        }),
        ("is damaged: `optimizer.safetensors` has", |folder| {
            change(&folder.join("optimizer.safetensors"), |bytes| bytes.truncate(100));
        }),
        ("is damaged: `average.safetensors` is missing", |folder| {
            std::fs::remove_file(folder.join("average.safetensors")).unwrap();
        }),
        ("has version 2, but this lehr-train reads up to version 1", |folder| {
            replace(&folder.join("checkpoint.json"), "\"version\":1", "\"version\":2");
        }),
        ("is none of lehr-train's: `checkpoint.json` says so", |folder| {
            std::fs::write(folder.join("checkpoint.json"), "{\"step\": 30}").unwrap();
        }),
        ("is none of lehr-train's: it has no `checkpoint.json`", |folder| {
            std::fs::remove_file(folder.join("checkpoint.json")).unwrap();
        }),
    ];
    for (expected, damage) in cases {
        let folder = finished();
        damage(&folder.path().join("update-0000000030"));
        let before = contents(folder.path());
        let said = resume(Checkpoints::new(folder.path()).resume()).err().unwrap().to_string();
        assert!(said.contains(expected), "{said}");
        assert!(said.contains("update-0000000030") && said.contains("`fall_back`"), "{said}");
        assert_eq!(contents(folder.path()), before, "{expected}");

        // If asked, the run falls back to the one before, says so, and comes to the same end.
        let (sums, summary) = resume(Checkpoints::new(folder.path()).resume().fall_back()).unwrap();
        assert!(summary.warnings[0].contains(expected) && summary.warnings[0].contains("set aside"));
        assert_eq!((summary.num_updates, sums.used.len()), (30, 10));
        let aside: Vec<Vec<u8>> = contents(&folder.path().join("damaged-update-0000000030"))
            .into_iter()
            .map(|(_, bytes)| bytes)
            .collect();
        let was: Vec<Vec<u8>> = before
            .into_iter()
            .filter(|(path, _)| path.starts_with(folder.path().join("update-0000000030")))
            .map(|(_, bytes)| bytes)
            .collect();
        assert_eq!(aside, was);
    }
    let folder = finished();
    for name in names(folder.path()) {
        std::fs::remove_file(folder.path().join(name).join("model.safetensors")).unwrap();
    }
    let said = resume(Checkpoints::new(folder.path()).resume().fall_back()).err().unwrap().to_string();
    assert!(said.contains("none is whole"), "{said}");
}

#[test]
fn a_new_run_does_not_write_over_an_old_one() {
    let folder = finished();
    let before = contents(folder.path());
    let said = resume(Checkpoints::new(folder.path())).err().unwrap().to_string();
    assert!(
        said.contains("update-0000000030` is of an earlier run: resume it, or choose another folder"),
        "{said}"
    );
    let from = folder.path().join("update-0000000010");
    let said = resume(Checkpoints::new(folder.path()).resume_from(from)).err().unwrap().to_string();
    assert!(said.contains("is of later updates than the 10 to resume from"), "{said}");
    assert_eq!(contents(folder.path()), before);
}

#[cfg(unix)]
#[test]
fn two_runs_do_not_share_a_folder() {
    struct Second(PathBuf, String);
    impl<T: lehr_train::Trainer> lehr_train::Callback<T> for Second {
        fn on_training_run_end(
            &mut self,
            _: &mut T,
            _: &mut lehr_train::Run,
            _: &[String],
        ) -> lehr_train::Heard<T> {
            self.1 = resume(Checkpoints::new(&self.0).resume()).err().unwrap().to_string();
            Ok(())
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let mut second = Second(folder.path().to_owned(), String::new());
    let mut sums = Sums::new(PLAN);
    Training::new(&mut sums, &RunConfig::epochs(1))
        .callback(&mut second)
        .checkpoints(Checkpoints::new(folder.path()))
        .run()
        .unwrap();
    assert!(second.1.contains("is in use by another run"), "{}", second.1);
    assert!(resume(Checkpoints::new(folder.path()).resume()).is_err(), "the plan of 3 epochs is another one");
}

#[test]
fn what_a_killed_run_left_is_removed() {
    let folder = finished();
    for left in [".tmp-update-0000000031", ".tmp-removed-update-0000000002"] {
        std::fs::create_dir(folder.path().join(left)).unwrap();
        std::fs::write(folder.path().join(left).join("model.safetensors"), "half").unwrap();
    }
    resume(Checkpoints::new(folder.path()).resume()).unwrap();
    assert!(
        names(folder.path()).iter().all(|name| name.starts_with("update-")),
        "{:?}",
        names(folder.path())
    );
}

#[test]
fn another_plan_or_other_batches_are_refused_unless_the_caller_chooses() {
    let folder = finished();
    let mut longer = Sums::new(PLAN);
    let config = RunConfig::epochs(5);
    let said = Training::new(&mut longer, &config)
        .checkpoints(Checkpoints::new(folder.path()).resume())
        .run()
        .unwrap_err()
        .to_string();
    assert!(said.contains("the plan of `lr` was `") && said.contains("now it is `"), "{said}");
    let mut longer = Sums::new(PLAN);
    let summary = Training::new(&mut longer, &config)
        .checkpoints(Checkpoints::new(folder.path()).resume().on_mismatch(OnMismatch::UseNew))
        .run()
        .unwrap();
    assert_eq!((summary.num_updates, longer.used.len()), (50, 20));

    let folder = tempfile::tempdir().unwrap();
    let mut sums = Sums::new(PLAN);
    let checkpoints = || Checkpoints::new(folder.path()).every(7).resume();
    Training::new(&mut sums, &RunConfig::epochs(1))
        .callback(StopAt(Some(7)))
        .checkpoints(checkpoints())
        .run()
        .unwrap();
    let mut sums = Sums::new(PLAN);
    let other = RunConfig { gradient_accumulation_steps: 2, ..RunConfig::epochs(2) };
    let said = Training::new(&mut sums, &other).checkpoints(checkpoints()).run().unwrap_err().to_string();
    assert!(said.contains("lies in an epoch of 10 batches with 1 to an update"), "{said}");
}

#[test]
fn a_log_that_lost_rows_or_has_other_columns_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("history.csv");
    let resume = |checkpoints: Checkpoints| {
        let mut sums = Sums::new(PLAN);
        Training::new(&mut sums, &RunConfig::epochs(3))
            .callback(CsvLog::new(&log))
            .checkpoints(checkpoints.every(3))
            .run()
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    let place = folder.path().join("checkpoints");
    resume(Checkpoints::new(&place)).unwrap();
    let whole = std::fs::read_to_string(&log).unwrap();
    std::fs::write(&log, &whole[..whole.len() - 10]).unwrap();
    let said = resume(Checkpoints::new(&place).resume()).unwrap_err();
    assert!(said.contains("bytes, but") && said.contains("when the checkpoint was saved"), "{said}");
    std::fs::write(&log, whole.replacen("lr/weights", "lr/weightz", 1)).unwrap();
    let said = resume(Checkpoints::new(&place).resume()).unwrap_err();
    assert!(said.contains("it begins with `update,epoch,loss,lr/weightz"), "{said}");
    // A row that was half written when the process was killed is cut off.
    std::fs::write(&log, format!("{whole}30,4,0.12")).unwrap();
    resume(Checkpoints::new(&place).resume()).unwrap();
    assert_eq!(std::fs::read_to_string(&log).unwrap(), whole);
}

/// Warm-up, stable, decay as it is used: one long run, decays branched off from it, a continuation.
#[test]
fn decays_branch_off_from_what_was_saved_before_them() {
    let folder = tempfile::tempdir().unwrap();
    let trunk = folder.path().join("trunk");
    let plan = wsd().warmup(updates(4), times(0.1)).decay(updates(5)).checkpoints(2).to(times(0.1));
    let plan = plan.resolve(&Horizon::updates(40).unwrap()).unwrap();
    assert_eq!(plan.decays().collect::<Vec<_>>(), [15..20, 35..40]);
    let schedule = |plan: &lehr::Plan| Scheduler::builder().field("lr", plan.clone());
    let mut sums = Sums::new(PLAN);
    Training::new(&mut sums, &RunConfig::epochs(4))
        .schedule(schedule(plan.plan()))
        .checkpoints(Checkpoints::new(&trunk).around_decays(&plan).every(1000))
        .run()
        .unwrap();
    // The second decay ends with the run.
    assert_eq!(
        names(&trunk),
        ["kept-0000000015", "kept-0000000020", "kept-0000000035", "kept-0000000040", "kept-0000000040.1"]
    );

    // A decay of our own, from before the first one, in another folder.
    let branch = plan.branch(15, updates(10), Linear, times(0.0)).unwrap();
    let mut sums = Sums::new(PLAN);
    let from_15 = |folder: &str| {
        Checkpoints::new(trunk.with_file_name(folder))
            .resume_from(trunk.join("kept-0000000015"))
            .on_mismatch(OnMismatch::UseNew)
    };
    let summary = Training::new(&mut sums, &RunConfig::updates(25))
        .schedule(schedule(&branch))
        .checkpoints(from_15("branch"))
        .run()
        .unwrap();
    let expected: Vec<f64> = (15..25).map(|n| branch.value_at(n, BASE)).collect();
    assert_eq!((sums.used, summary.warnings), (expected, vec![]));

    // Continued from before the second decay, and from after it, to 60 updates.
    for (from, longer) in
        [(35, plan.continue_before(1, 60).unwrap()), (40, plan.continue_after(1, 60).unwrap())]
    {
        let mut sums = Sums::new(PLAN);
        let summary = Training::new(&mut sums, &RunConfig::epochs(6))
            .schedule(schedule(longer.plan()))
            .checkpoints(
                Checkpoints::new(folder.path().join(format!("longer-{from}")))
                    .resume_from(trunk.join(format!("kept-00000000{from}")))
                    .on_mismatch(OnMismatch::UseNew),
            )
            .run()
            .unwrap();
        let expected: Vec<f64> = (from..60).map(|n| longer.plan().value_at(n, BASE)).collect();
        assert_eq!(sums.used, expected, "from {from}");
        assert_eq!((sums.used[0], summary.num_updates), (BASE, 60), "it goes on at the peak");
    }
}
