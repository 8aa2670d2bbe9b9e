//! The example `digits`, run as a user runs it: a real model on real data, and what its history must show.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Output};

use lehr::recipe::warmup_cosine;
use lehr::{Horizon, absolute, epochs, times};

fn digits(arguments: &[&str], history: &Path) -> Output {
    Command::new(env!("CARGO"))
        .args(["run", "--quiet", "-p", "lehr-candle", "--example", "digits", "--"])
        .args(arguments)
        .arg("--history")
        .arg(history)
        .output()
        .unwrap()
}

/// The numbers of the last line, by name.
fn result(output: &Output) -> impl Fn(&str) -> f64 + use<> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let last = text.lines().last().unwrap().to_owned();
    move |name| {
        let pair = last.split(' ').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
        pair.parse().unwrap()
    }
}

#[derive(Debug)]
struct Row {
    update: u64,
    epoch: u64,
    lr: [f64; 2],
    weight_decay: [f64; 2],
}

type Numbers = (u64, u64, f64, f64, f64, f64, f64);

fn rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header =
        ["update", "epoch", "loss", "lr/weights", "lr/biases", "weight_decay/weights", "weight_decay/biases"];
    assert_eq!(reader.headers().unwrap(), header.as_slice());
    let row = |row: Numbers| {
        let (update, epoch, loss, lr_0, lr_1, decay_0, decay_1) = row;
        assert!(loss.is_finite());
        Row { update, epoch, lr: [lr_0, lr_1], weight_decay: [decay_0, decay_1] }
    };
    reader.deserialize().map(|numbers| row(numbers.unwrap())).collect()
}

const BASE: f64 = 3e-3;
const WARMUP_EPOCHS: u64 = 3;

#[test]
fn it_trains_and_its_history_follows_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("history.csv");
    let output = digits(&["--epochs", "30", "--seed", "0"], &history);
    let result = result(&output);
    assert!(result("accuracy") >= 0.96, "{}", result("accuracy"));

    let rows = rows(&history);
    let per_epoch = rows.iter().filter(|row| row.epoch == 1).count();
    assert_eq!(rows.len(), 30 * per_epoch);
    assert_eq!(rows.len() as f64, result("updates"));
    assert_eq!(
        rows.iter().map(|row| row.update).collect::<Vec<_>>(),
        (0..rows.len() as u64).collect::<Vec<_>>()
    );

    // The first update uses the warm-up's start, the one after the warm-up exactly the base.
    assert_eq!(rows[0].lr, [0.01 * BASE; 2]);
    let peak = &rows[usize::try_from(WARMUP_EPOCHS).unwrap() * per_epoch];
    assert_eq!(peak.lr, [BASE; 2]);
    assert!(rows.iter().all(|row| row.lr[0] <= BASE));
    // The last used value is within one step of the minimum, and every value is the plan's.
    let plan = warmup_cosine()
        .warmup(epochs(3), times(0.01))
        .to(absolute(1e-6))
        .spec()
        .resolve(&Horizon::epochs(30, per_epoch as u64).unwrap())
        .unwrap();
    let last = &rows[rows.len() - 1];
    assert_eq!(last.lr[0], result("lr_last_used"));
    assert_eq!(last.weight_decay[0], result("weight_decay_last_used"));
    assert_eq!(plan.value_at(rows.len() as u64, BASE), 1e-6);
    assert!(last.lr[0] > 1e-6 && last.lr[0] - 1e-6 < rows[rows.len() - 2].lr[0] - last.lr[0]);
    for row in &rows {
        assert_eq!(row.lr, [plan.value_at(row.update, BASE); 2], "{row:?}");
        assert_eq!(row.weight_decay[1].to_bits(), 0.0_f64.to_bits(), "biases have no weight decay: {row:?}");
    }
    assert_eq!(rows[0].weight_decay[0], 0.01);
    assert!(rows.windows(2).all(|pair| pair[0].weight_decay[0] < pair[1].weight_decay[0]));

    // The picture stands before the result.
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("linear")
            && text.contains("cosine")
            && text.contains("weight_decay  min 0.01  max 0.1"),
        "{text}"
    );
}

#[test]
fn with_accumulation_the_scheduler_steps_once_for_each_update() {
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("history.csv");
    let result = result(&digits(&["--epochs", "5", "--accumulate", "3"], &history));
    // 1,442 images in batches of 32 are 46 batches: 16 updates an epoch, the last one of a single batch.
    assert_eq!(result("updates"), 5.0 * 16.0);
    let rows = rows(&history);
    assert_eq!(rows.len(), 80);
    assert_eq!(rows[3 * 16].lr, [BASE; 2], "the warm-up took 3 epochs of updates");
    assert_eq!(rows[79].lr[0], result("lr_last_used"));
}

#[test]
fn wrong_arguments_get_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("history.csv");
    for (arguments, expected) in [
        (&["--epoch", "3"][..], "a similar argument exists: '--epochs'"),
        (&["--epochs", "many"], "invalid value 'many' for '--epochs <EPOCHS>'"),
        (&["--epochs", "0"], "0 is not in 3..=10000"),
        (&["--accumulate", "0"], "0 is not in 1..=10000"),
        (&["--seed", "-1"], "unexpected argument '-1' found"),
    ] {
        let output = digits(arguments, &history);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(expected), "{arguments:?}: {said}");
        assert!(!history.exists());
    }
    let output = digits(&["--epochs", "3"], folder.path());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("cannot be written"), "{said}");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "-p", "lehr-candle", "--example", "digits", "--", "--help"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    for flag in ["--epochs", "--seed", "--accumulate", "--history", "Example: digits"] {
        assert!(said.contains(flag), "{said}");
    }
}

#[test]
fn a_range_test_draws_its_suggestions() {
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("history.csv");
    let output = digits(&["--range-test"], &history);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && !history.exists());
    let lines: Vec<&str> = text.lines().collect();
    let (picture, suggestions) = lines.split_at(lines.len() - 3);
    let mut suggested = Vec::new();
    for (line, name) in suggestions.iter().zip(["steepest", "valley", "minimum / 10"]) {
        let mark = line.chars().next().unwrap();
        assert!(picture.iter().any(|line| line.contains(mark)), "{name} is not in the picture: {text}");
        let (_, rest) = line.split_once(name).unwrap();
        suggested.push(rest.split_whitespace().next().unwrap().parse::<f64>().unwrap());
    }
    // None is where the loss stands still, nor where it explodes; 3e-3, which digits trains with, is among them.
    assert!(suggested.iter().all(|lr| (3e-4..0.1).contains(lr)), "{text}");
}
