//! What the loop and the schedule cost beside the model's own work, in the run of the example `digits`.
//!
//! `cargo run --release -p lehr-candle --example overhead`
//!
//! The loop is measured with a trainer whose steps do nothing, on the same groups, the same schedule and the same logs as
//! digits has, and compared with the time of an update of digits. Fails if the loop takes 1 % of it or more, or the
//! schedule 0.1 %. The CSV log is a write to a file for each update; what it costs is the system's, and is only shown.

#![allow(clippy::print_stdout, clippy::print_stderr)]
#![allow(clippy::cast_possible_truncation)]

#[path = "digits/data.rs"]
mod data;
#[path = "digits/network.rs"]
mod network;
#[path = "digits/trainer.rs"]
mod trainer;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use lehr::{Horizon, SchedulerBuilder};
use lehr_candle::AdamW;
use lehr_train::{Batches, CsvLog, NonFiniteGradients, ProgressBar, RunConfig, Trainer, Training};
use trainer::Digits;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// Repetitions, of which the fastest counts: what else the machine does only ever adds. Many and short ones, so that
/// some are left alone by it.
const REPETITIONS: usize = 200;
/// Updates of a run without a model.
const UPDATES: u64 = 2_000;

/// Digits without its model's work.
struct Idle(Digits);

impl Trainer for Idle {
    type Batch = ();
    type Loss = f64;
    type Optimizer = AdamW;
    type Error = lehr_candle::Error;

    fn optimizer(&mut self) -> &mut AdamW {
        self.0.optimizer()
    }

    fn train_batch_count(&self) -> u64 {
        self.0.train_batch_count()
    }

    fn train_batches(&mut self, _epoch: u64) -> Result<Batches<(), Self::Error>, Self::Error> {
        let count = usize::try_from(self.train_batch_count()).unwrap_or(usize::MAX);
        Ok(Box::new(std::iter::repeat_n((), count).map(Ok)))
    }

    fn calculate_train_batch_loss(&mut self, (): &()) -> Result<f64, Self::Error> {
        Ok(0.123_456_789_012_345_67)
    }

    fn loss_value(&self, loss: &f64) -> Result<f64, Self::Error> {
        Ok(*loss)
    }

    fn backward_step(&mut self, loss: f64, share: f64) -> Result<(), Self::Error> {
        black_box(loss * share);
        Ok(())
    }

    fn gradients_are_finite(&mut self) -> Result<Option<bool>, Self::Error> {
        Ok(Some(true))
    }

    fn optimizer_step(&mut self) -> Result<bool, Self::Error> {
        Ok(true)
    }

    fn optimizer_zero_grad(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn create_scheduler(&mut self, horizon: &Horizon) -> Result<SchedulerBuilder, lehr::Error> {
        self.0.create_scheduler(horizon)
    }
}

/// Seconds of the fastest of some repetitions.
fn fastest(mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut fastest = f64::INFINITY;
    for _ in 0..REPETITIONS {
        let start = Instant::now();
        work()?;
        fastest = fastest.min(start.elapsed().as_secs_f64());
    }
    Ok(fastest)
}

/// Seconds of an update of digits, all included.
fn update() -> Result<f64> {
    let config =
        RunConfig { limit_train_batches: Some(6), limit_eval_batches: Some(0), ..RunConfig::epochs(4) };
    let mut digits = Digits::new(0, 0.0)?;
    digits.draws = false;
    let updates = config.total_updates(digits.train_batch_count());
    let seconds = fastest(|| {
        Training::new(&mut digits, &config).run()?;
        Ok(())
    })?;
    Ok(seconds / updates as f64)
}

/// Seconds of an update of the loop alone; with what digits logs, if so wanted.
fn idle_loop(logs: bool) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let mut idle = Idle(Digits::new(0, 0.0)?);
    let config = RunConfig { non_finite_gradients: NonFiniteGradients::Skip, ..RunConfig::updates(UPDATES) };
    let seconds = fastest(|| {
        let training = Training::new(&mut idle, &config);
        let training = if logs {
            let log = CsvLog::new(folder.path().join("history.csv"));
            training.callback(ProgressBar::new()).callback(log)
        } else {
            training
        };
        training.run()?;
        Ok(())
    })?;
    Ok(seconds / UPDATES as f64)
}

/// Seconds of a step of the scheduler, two fields in two groups.
fn schedule() -> Result<f64> {
    let mut digits = Digits::new(0, 0.0)?;
    let horizon = Horizon::epochs(10_000, 46)?;
    let builder = digits.create_scheduler(&horizon)?.resolve(&horizon)?;
    let mut scheduler = builder.attach(digits.optimizer())?;
    let seconds = fastest(|| {
        for _ in 0..UPDATES {
            scheduler.step(digits.optimizer())?;
        }
        Ok(())
    })?;
    Ok(seconds / UPDATES as f64)
}

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<bool> {
    let update = update()?;
    println!("an update of digits            {:8.1} us", update * 1e6);
    let mut good = true;
    for (name, seconds, limit) in [
        ("the loop", idle_loop(false)?, 0.01),
        ("the loop with CSV log and bar", idle_loop(true)?, 1.0),
        ("the schedule alone", schedule()?, 0.001),
    ] {
        let share = seconds / update;
        good &= share < limit;
        let limit = if limit < 1.0 { format!(", at most {} %", limit * 100.0) } else { String::new() };
        println!("{name:<30} {:8.3} us = {:.3} %{limit}", seconds * 1e6, share * 100.0);
    }
    Ok(good)
}
