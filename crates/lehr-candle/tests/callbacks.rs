//! Callbacks with Candle: early stopping, the best, NaN, averages, controls, logs, and the range test.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/sums.rs"]
mod sums;

use lehr::{ParamGroups, Scheduler, Spec, absolute};
use lehr_train::{
    Callback, Checkpoints, ControlFile, EarlyStopping, Goal, Heard, JsonLinesLog, MetricLog, RangeTest, Run,
    RunConfig, SaveBest, StopOnNan, Trainer, Training, ValueMonitor, WeightAverage,
};
use sums::{BASE, Sums};

/// Records a metric after each evaluation, from a list.
struct Scripted(&'static [f64]);

impl<T: Trainer> Callback<T> for Scripted {
    fn on_eval_epoch_end(&mut self, _: &mut T, run: &mut Run) -> Heard<T> {
        let epoch = usize::try_from(run.epoch()).unwrap();
        if let Some(value) = self.0.get(epoch - 1) {
            run.record("score", *value);
        }
        Ok(())
    }
}

#[test]
fn early_stopping_waits_for_its_patience() {
    // Keras' EarlyStopping, run by hand: with a patience of p it stops in the p-th epoch in a row that is not better.
    let cases: [(Goal, u64, f64, &[f64], u64); 6] = [
        (Goal::Min, 2, 0.0, &[5.0, 4.0, 4.0, 4.0, 1.0], 4),
        (Goal::Min, 2, 0.0, &[5.0, 6.0, 4.0, 6.0, 3.0, 2.0], 6),
        (Goal::Max, 1, 0.0, &[0.5, 0.6, 0.6, 0.9], 3),
        (Goal::Max, 2, 0.05, &[0.5, 0.54, 0.55, 0.9], 3),
        (Goal::Min, 3, 0.0, &[-1.0, -1.0, f64::NAN, -0.5, -9.0], 4),
        (Goal::Min, 1, 0.0, &[f64::NAN, 3.0, 2.0, 2.0], 1),
    ];
    for (goal, patience, threshold, script, epochs) in cases {
        let mut sums = Sums::new("hold");
        let summary = Training::new(&mut sums, &RunConfig::epochs(6))
            .callback(Scripted(script))
            .callback(EarlyStopping::new("score").goal(goal).patience(patience).threshold(threshold))
            .run()
            .unwrap();
        assert_eq!(summary.num_updates, 10 * epochs, "{goal:?} {script:?}");
        assert_eq!(summary.stopped.is_some(), epochs < 6);
    }
}

#[test]
fn the_best_is_kept_and_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut sums = Sums::new("hold");
    let mut best = SaveBest::new("score", folder.path()).goal(Goal::Max).restore_at_end();
    Training::new(&mut sums, &RunConfig::epochs(4))
        .callback(Scripted(&[0.5, 0.7, 0.6, 0.7]))
        .callback(&mut best)
        .run()
        .unwrap();
    let expected = folder.path().join("best-0000000020");
    assert_eq!(best.best(), Some((0.7, expected.as_path())));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    // The weight decay's plan is of 4 epochs in one run and 2 in the other, so the second is run with that plan.
    let mut two = Sums::new("hold");
    let schedule = two.create_scheduler(&lehr::Horizon::epochs(4, 10).unwrap()).unwrap();
    let schedule = schedule.resolve(&lehr::Horizon::epochs(4, 10).unwrap()).unwrap();
    Training::new(&mut two, &RunConfig::epochs(2)).schedule(schedule).run().unwrap();
    assert_eq!(sums.parameters(), two.parameters());
}

#[test]
fn a_loss_that_is_nan_stops_the_run_before_the_update() {
    let mut sums = Sums::new("hold");
    sums.poisoned = vec![13];
    let summary = Training::new(&mut sums, &RunConfig::epochs(4)).callback(StopOnNan).run().unwrap();
    assert_eq!(summary.num_updates, 13);
    assert_eq!(summary.stopped.as_deref(), Some("the training loss was NaN after 13 updates"));
    assert!(sums.parameters().into_iter().all(|bits| f32::from_bits(bits).is_finite()));
}

#[test]
fn weights_are_averaged_with_the_decay_of_a_plan() {
    /// Computes the average in f64 from the weights after each update.
    struct Shadow {
        average: Vec<f64>,
        evaluated: Vec<Vec<u32>>,
    }
    impl Callback<Sums> for Shadow {
        fn on_update_end(&mut self, sums: &mut Sums, run: &mut Run) -> Heard<Sums> {
            let n = (run.num_updates() - 1) as f64;
            let weights = sums.parameters().into_iter().map(|bits| f64::from(f32::from_bits(bits)));
            if self.average.is_empty() {
                self.average = weights.collect();
            } else {
                // linear(from=0.5, to=0.9, over=10) -> hold
                let decay = if n < 10.0 { 0.5 + 0.4 * n / 10.0 } else { 0.9 };
                let mix = |(average, weight)| decay * average + (1.0 - decay) * weight;
                self.average = self.average.iter().copied().zip(weights).map(mix).collect();
            }
            Ok(())
        }
        fn on_eval_step_start(&mut self, sums: &mut Sums, _: &mut Run) -> Heard<Sums> {
            self.evaluated.push(sums.parameters());
            Ok(())
        }
    }
    let mut sums = Sums::new("hold");
    let mut shadow = Shadow { average: Vec::new(), evaluated: Vec::new() };
    Training::new(&mut sums, &RunConfig::epochs(3))
        .callback(
            WeightAverage::new("linear(from=0.5, to=0.9, over=10) -> hold".parse().unwrap()).swap_at_end(),
        )
        .callback(&mut shadow)
        .run()
        .unwrap();
    let last = shadow.evaluated.last().unwrap();
    assert_eq!(*last, sums.parameters(), "the average is evaluated, and left in place at the end");
    for (found, expected) in last.iter().zip(&shadow.average) {
        assert!((f64::from(f32::from_bits(*found)) - expected).abs() < 1e-5, "{last:?} {:?}", shadow.average);
    }
    let mut plain = Sums::new("hold");
    plain.train(&RunConfig::epochs(3)).unwrap();
    assert_ne!(plain.parameters(), sums.parameters());
    assert_eq!(plain.used, sums.used);
}

/// Writes a command as a user would, while the run goes on.
struct Writes(std::path::PathBuf, Vec<(u64, &'static str)>);

impl<T: Trainer> Callback<T> for Writes {
    fn on_update_end(&mut self, _: &mut T, run: &mut Run) -> Heard<T> {
        for (_, text) in self.1.iter().filter(|(at, _)| *at == run.num_updates()) {
            std::fs::write(&self.0, text).unwrap();
        }
        Ok(())
    }
}

#[test]
fn a_running_job_is_annealed_by_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("control");
    let checkpoints = || Checkpoints::new(folder.path().join("checkpoints")).every(3).resume();
    let commands = vec![
        (5, "anneal lr linear(to=0.1x, over=8)"), // no line break yet: left alone
        (9, "anneal lr linear(to=0.1x, over=8)\nstop 26\n"),
    ];
    let mut sums = Sums::new("hold");
    let summary = Training::new(&mut sums, &RunConfig::epochs(4))
        .callback(Writes(file.clone(), commands))
        .callback(ControlFile::new(&file).every(4))
        .checkpoints(checkpoints())
        .run()
        .unwrap();
    // Taken after 12 updates; update 20 is the first at the end of the anneal.
    let value = |n: u64| match n {
        0..12 => BASE,
        12..20 => BASE + (0.1 * BASE - BASE) * ((n - 12) as f64 / 8.0),
        _ => 0.1 * BASE,
    };
    assert_eq!(sums.used.len(), 26);
    for (n, used) in sums.used.iter().enumerate() {
        assert!((used / value(n as u64) - 1.0).abs() < 1e-12, "{n}: {used}");
    }
    assert_eq!(summary.history.values("anneal/lr"), [8.0]);
    assert!(summary.stopped.as_deref().unwrap().contains("control"), "{summary:?}");
    assert!(summary.warnings[0].contains("went on for 6 updates after the 20"), "{:?}", summary.warnings);
    assert!(!file.exists() && folder.path().join("control.0000000012.done").exists());

    // A process that was killed after the command and before the next checkpoint: it comes to the command again.
    for (name, keep) in
        [("update-0000000009", true), ("update-0000000024", false), ("update-0000000026", false)]
    {
        let path = folder.path().join("checkpoints").join(name);
        assert!(path.exists(), "{name}");
        if !keep {
            std::fs::remove_dir_all(path).unwrap();
        }
    }
    for updates in [12, 15, 18, 21] {
        std::fs::remove_dir_all(folder.path().join(format!("checkpoints/update-{updates:010}"))).unwrap();
    }
    let mut resumed = Sums::new("hold");
    let again = Training::new(&mut resumed, &RunConfig::epochs(4))
        .callback(ControlFile::new(&file).every(4))
        .checkpoints(checkpoints())
        .run()
        .unwrap();
    assert_eq!(
        (resumed.used, resumed.optimizer.params("weights").unwrap().lr),
        (sums.used[9..].to_vec(), sums.used[25])
    );
    assert_eq!((again.history, again.warnings), (summary.history, summary.warnings));
}

#[test]
fn a_wrong_command_is_refused_and_the_run_goes_on() {
    for (text, expected) in [
        ("aneal lr linear(to=0, over=8)\n", "the commands are `anneal FIELD PHASE`, `stop` and `stop N`"),
        ("anneal lr linear(to=0)\n", "`over` is missing in phase 1"),
        ("anneal lr linear(to=0, over=4) -> hold(over=3)\n", "an anneal is one phase to a level"),
        (
            // The first one is obeyed, and taken back.
            "anneal lr linear(to=0, over=8)\nanneal momentum linear(to=0, over=8)\n",
            "only a field that is scheduled by a plan can be annealed",
        ),
        ("anneal lr linear(to=0, over=8)\nanneal lr lin(to=0, over=8)\n", "lin"),
        (
            "anneal lr linear(to=0, over=8)\nanneal lr linear(to=-1, over=4)\nanneal weight_decay linear(to=inf, over=4)\n",
            "inf",
        ),
        ("stop soon\n", "after `stop` comes a number"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("control");
        std::fs::write(&file, text).unwrap();
        let mut sums = Sums::new("hold");
        let summary = Training::new(&mut sums, &RunConfig::epochs(1))
            .callback(ControlFile::new(&file).every(1))
            .run()
            .unwrap();
        assert_eq!(sums.used, [BASE; 10], "{text}");
        assert!(summary.warnings[0].contains(expected), "{:?}", summary.warnings);
        assert!(folder.path().join("control.0000000001.refused").exists());
    }
}

#[test]
fn the_json_log_has_updates_and_metrics_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    let mut monitor = ValueMonitor::default();
    let mut sums = Sums::new("linear(to=0)");
    let config = RunConfig { eval_every: Some(6), ..RunConfig::epochs(1) };
    Training::new(&mut sums, &config)
        .callback(JsonLinesLog::new(&path))
        .callback(&mut monitor)
        .run()
        .unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> =
        lines.iter().map(|line| line.get("metric").map_or("update", |name| name.as_str().unwrap())).collect();
    let mut expected = vec!["update"; 10];
    expected.insert(6, "eval_loss");
    expected.extend(["train_loss", "eval_loss"]);
    assert_eq!(kinds, expected);
    let updates: Vec<&serde_json::Value> = lines.iter().filter(|line| line.get("update").is_some()).collect();
    for (n, update) in updates.iter().enumerate() {
        assert_eq!(update["lr/weights"].as_f64().unwrap().to_bits(), sums.used[n].to_bits());
        assert_eq!(update["loss"].as_f64().unwrap().to_bits(), monitor.losses()[n].to_bits());
    }
}

#[test]
fn the_metric_log_is_readable() {
    let mut lines = Vec::new();
    let mut sums = Sums::new("linear(to=0)");
    sums.poisoned = vec![15];
    let summary = Training::new(&mut sums, &RunConfig::epochs(2))
        .callback(StopOnNan)
        .callback(MetricLog::to(&mut lines))
        .run()
        .unwrap();
    let text = String::from_utf8(lines).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let (train, eval) = (summary.train_loss, summary.eval_loss);
    assert_eq!(lines[0], format!("epoch 1, 10 updates: train_loss {train:.4}, eval_loss {eval:.4}"));
    assert_eq!(lines[1], "stopped: the training loss was NaN after 15 updates");
    assert!(
        lines[2].starts_with("warning: the run ended after 15 updates, but the plan of `lr` has 20"),
        "{text}"
    );
}

#[test]
fn a_range_test_restores_all_that_it_changed() {
    let mut sums = Sums::new("hold");
    sums.train(&RunConfig::epochs(1)).unwrap();
    let state = |sums: &Sums| {
        let state = sums.optimizer.state().unwrap();
        let mut bits: Vec<(String, String)> =
            state.into_iter().map(|(name, tensor)| (name, tensor.to_string())).collect();
        bits.sort();
        bits
    };
    let before = (sums.parameters(), state(&sums));
    sums.used.clear();
    let found = RangeTest::new().from(1e-5).to(100.0).updates(50).run(&mut sums).unwrap();
    assert_eq!((sums.parameters(), state(&sums)), before);
    assert_eq!(sums.optimizer.get(0, &"lr".parse().unwrap()), Some(BASE));

    // It used what the plan says, up to where the loss exploded.
    assert!(found.points.len() > 20 && found.points.len() < 50, "{}", found.points.len());
    let used: Vec<f64> = found.points.iter().map(|point| point.value).collect();
    assert_eq!(used, sums.used);
    for (n, value) in used.iter().enumerate() {
        let exact = 1e-5 * 1e7_f64.powf(n as f64 / 49.0);
        assert!((value / exact - 1.0).abs() < 1e-12, "{n}: {value:e}");
    }
    let names: Vec<&str> = found.suggestions.iter().map(|suggestion| suggestion.name).collect();
    assert_eq!(names, ["steepest", "valley", "minimum / 10"]);
    for suggestion in &found.suggestions {
        assert!(used.contains(&suggestion.value) || suggestion.name == "minimum / 10", "{suggestion:?}");
        assert!(
            suggestion.index >= found.points.len() / 10 && !suggestion.reason.is_empty(),
            "{suggestion:?}"
        );
    }
}

#[test]
fn a_schedule_given_to_the_run_wins_over_the_trainers_own() {
    let spec: Spec = "linear(to=0)".parse().unwrap();
    let mut sums = Sums::new("hold");
    let schedule = Scheduler::builder()
        .field("lr", spec)
        .field("weight_decay", Spec::from(lehr::hold().from(absolute(0.0))));
    let mut monitor = ValueMonitor::default();
    Training::new(&mut sums, &RunConfig::epochs(1)).schedule(schedule).callback(&mut monitor).run().unwrap();
    let expected: Vec<f64> = (0..10).map(|n| BASE * (f64::from(10 - n) / 10.0)).collect();
    assert_eq!(sums.used, expected);
    assert_eq!(monitor.values("weight_decay/weights"), [0.0; 10]);
}
