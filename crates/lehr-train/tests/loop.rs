//! The loop with a real gradient descent: the order of the steps, the clock, the history, and what ends a run early.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Error as IoError;

use lehr::{
    Field, Horizon, MemoryGroups, ParamGroups, Scheduler, SchedulerBuilder, Spec, StatelessScheduler,
};
use lehr_train::{BatchSampler, Batches, CsvLog, Run, RunConfig, TrainError, Trainer, Training};

/// Fits `y = 3 x - 1` by gradient descent; slope and intercept are groups of their own.
struct Line {
    parameters: [f64; 2],
    gradients: [f64; 2],
    optimizer: MemoryGroups,
    samples: usize,
    /// What `train_batch_count` adds to the truth.
    lie: i64,
    plan: &'static str,
    skip: Vec<u64>,
    events: Vec<String>,
    used: Vec<f64>,
    stateless: Option<StatelessScheduler>,
}

impl Line {
    fn new(samples: usize, plan: &'static str) -> Self {
        Self {
            parameters: [0.0; 2],
            gradients: [0.0; 2],
            optimizer: MemoryGroups::new().group("slope", [("lr", 0.2)]).group("intercept", [("lr", 0.1)]),
            samples,
            lie: 0,
            plan,
            skip: Vec::new(),
            events: Vec::new(),
            used: Vec::new(),
            stateless: None,
        }
    }

    fn sampler(&self) -> BatchSampler {
        BatchSampler { samples: self.samples, batch_size: 2, seed: 3 }
    }

    fn lr(&self, group: usize) -> f64 {
        self.optimizer.get(group, &"lr".parse::<Field>().unwrap()).unwrap()
    }
}

impl Trainer for Line {
    type Batch = Vec<f64>;
    type Loss = (f64, [f64; 2]);
    type Optimizer = MemoryGroups;
    type Error = IoError;

    fn optimizer(&mut self) -> &mut MemoryGroups {
        &mut self.optimizer
    }

    fn train_batch_count(&self) -> u64 {
        self.sampler().batch_count().checked_add_signed(self.lie).unwrap()
    }

    fn train_batches(&mut self, epoch: u64) -> Result<Batches<Vec<f64>, IoError>, IoError> {
        let x = |index: usize| index as f64 / 10.0 - 0.5;
        let batches = self.sampler().batches(epoch).into_iter();
        Ok(Box::new(batches.map(move |batch| Ok(batch.into_iter().map(x).collect()))))
    }

    fn calculate_train_batch_loss(&mut self, batch: &Vec<f64>) -> Result<Self::Loss, IoError> {
        self.events.push("loss".to_owned());
        let count = batch.len() as f64;
        let (mut loss, mut gradient) = (0.0, [0.0; 2]);
        for x in batch {
            let error = self.parameters[0] * x + self.parameters[1] - (3.0 * x - 1.0);
            loss += error * error / count;
            gradient[0] += 2.0 * error * x / count;
            gradient[1] += 2.0 * error / count;
        }
        Ok((loss, gradient))
    }

    fn loss_value(&self, loss: &Self::Loss) -> Result<f64, IoError> {
        Ok(loss.0)
    }

    fn backward_step(&mut self, loss: Self::Loss, share: f64) -> Result<(), IoError> {
        self.events.push(format!("backward {share}"));
        for (sum, gradient) in self.gradients.iter_mut().zip(loss.1) {
            *sum += share * gradient;
        }
        Ok(())
    }

    fn optimizer_step(&mut self) -> Result<bool, IoError> {
        let attempt = self.events.iter().filter(|event| event.starts_with("optimizer")).count() as u64;
        self.events.push("optimizer".to_owned());
        if self.skip.contains(&attempt) {
            return Ok(false);
        }
        self.used.push(self.lr(0));
        for group in 0..2 {
            self.parameters[group] -= self.lr(group) * self.gradients[group];
        }
        Ok(true)
    }

    fn optimizer_zero_grad(&mut self) -> Result<(), IoError> {
        self.events.push("zero_grad".to_owned());
        self.gradients = [0.0; 2];
        Ok(())
    }

    fn create_scheduler(&mut self, _horizon: &Horizon) -> Result<SchedulerBuilder, lehr::Error> {
        if self.plan.is_empty() {
            return Ok(Scheduler::builder());
        }
        Ok(Scheduler::builder().field("lr", self.plan.parse::<Spec>()?))
    }

    fn scheduler_step(&mut self, run: &mut Run) -> Result<(), lehr::Error> {
        self.events.push("scheduler".to_owned());
        match &mut self.stateless {
            Some(scheduler) => scheduler.step_update(run.num_updates(), &mut self.optimizer),
            None => run.scheduler.step(&mut self.optimizer),
        }
    }

    fn logged_fields(&self, _run: &Run) -> Vec<Field> {
        vec!["lr".parse().unwrap()]
    }

    fn batch_size(&self, batch: &Vec<f64>) -> usize {
        batch.len()
    }

    fn eval_batches(&mut self) -> Result<Batches<Vec<f64>, IoError>, IoError> {
        Ok(Box::new(std::iter::once(Ok(vec![-0.5, 0.0, 0.5]))))
    }

    fn training_run_start(&mut self, run: &mut Run) -> Result<(), IoError> {
        self.events.push(format!("run of {} starts", run.horizon().total().unwrap()));
        Ok(())
    }

    fn train_epoch_start(&mut self, run: &mut Run) -> Result<(), IoError> {
        self.events.push(format!("epoch {} starts", run.epoch()));
        Ok(())
    }

    fn train_epoch_end(&mut self, run: &mut Run) -> Result<(), IoError> {
        assert!(run.train_loss().is_finite());
        self.events.push("epoch ends".to_owned());
        Ok(())
    }

    fn eval_epoch_start(&mut self, _run: &mut Run) -> Result<(), IoError> {
        self.events.push("evaluation starts".to_owned());
        Ok(())
    }

    fn eval_epoch_end(&mut self, run: &mut Run) -> Result<(), IoError> {
        assert!(run.eval_loss().is_finite());
        self.events.push("evaluation ends".to_owned());
        Ok(())
    }

    fn training_run_epoch_end(&mut self, _run: &mut Run) -> Result<(), IoError> {
        self.events.push("run epoch ends".to_owned());
        Ok(())
    }

    fn training_run_end(&mut self, _run: &mut Run) -> Result<(), IoError> {
        self.events.push("run ends".to_owned());
        Ok(())
    }
}

fn config(num_epochs: u64, gradient_accumulation_steps: u64) -> RunConfig {
    RunConfig { gradient_accumulation_steps, ..RunConfig::epochs(num_epochs) }
}

#[test]
fn the_steps_come_in_their_order() {
    let mut line = Line::new(10, "cosine(to=0)");
    line.train(&config(1, 3)).unwrap();
    let update = |shares: usize| {
        let mut events = vec![];
        for _ in 0..shares {
            events.extend(["loss".to_owned(), format!("backward {}", 1.0 / shares as f64)]);
        }
        events.extend(["optimizer", "scheduler", "zero_grad"].map(ToOwned::to_owned));
        events
    };
    let mut expected = vec!["run of 2 starts".to_owned(), "epoch 1 starts".to_owned()];
    expected.extend(update(3));
    expected.extend(update(2));
    expected.extend(
        ["epoch ends", "evaluation starts", "loss", "evaluation ends", "run epoch ends", "run ends"]
            .map(ToOwned::to_owned),
    );
    assert_eq!(line.events, expected);
}

#[test]
fn the_schedule_counts_updates_whatever_the_accumulation() {
    for accumulate in [1, 2, 3, 5, 7] {
        let mut line = Line::new(10, "linear(from=0.1x, over=2ep) -> cosine(to=0.01x)");
        let summary = line.train(&config(6, accumulate)).unwrap();
        let per_epoch = 5_u64.div_ceil(accumulate);
        let updates = 6 * per_epoch;
        let plan =
            line.plan.parse::<Spec>().unwrap().resolve(&Horizon::epochs(6, per_epoch).unwrap()).unwrap();
        let planned: Vec<f64> = (0..updates).map(|n| plan.value_at(n, 0.2)).collect();
        assert_eq!(
            line.used, planned,
            "what the optimizer really used, with {accumulate} batches for an update"
        );
        assert_eq!(line.events.iter().filter(|event| *event == "scheduler").count() as u64, updates);
        assert_eq!(summary.num_updates, updates);
        assert_eq!(summary.last_used("lr/slope"), planned.last().copied());
        assert_eq!(line.lr(0), 0.01 * 0.2, "after the run the minimum is there");
    }
}

#[test]
fn it_learns() {
    let mut line = Line::new(10, "linear(from=0.1x, over=10%) -> cosine(to=0)");
    let summary = line.train(&config(200, 1)).unwrap();
    assert!(
        (line.parameters[0] - 3.0).abs() < 0.05 && (line.parameters[1] + 1.0).abs() < 0.05,
        "{:?}",
        line.parameters
    );
    assert!(summary.train_loss < 1e-3 && summary.eval_loss < 1e-3, "{summary:?}");
}

#[test]
fn a_skipped_update_leaves_the_schedule_where_it_is() {
    let mut line = Line::new(10, "linear(to=0)");
    line.skip = vec![0, 3];
    let summary = line.train(&config(2, 1)).unwrap();
    assert_eq!((summary.num_updates, summary.num_skipped), (8, 2));
    let planned: Vec<f64> = (0..8).map(|n| 0.2 * (f64::from(10 - n) / 10.0)).collect();
    assert_eq!(line.used, planned);
}

#[test]
fn a_stateless_scheduler_is_stepped_by_overriding_scheduler_step() {
    let mut line = Line::new(10, "");
    let plan = "linear(to=0)".parse::<Spec>().unwrap().resolve(&Horizon::updates(10).unwrap()).unwrap();
    line.stateless = Some(StatelessScheduler::attach("lr", plan.clone(), &mut line.optimizer).unwrap());
    line.train(&config(2, 1)).unwrap();
    assert_eq!(line.used, (0..10).map(|n| plan.value_at(n, 0.2)).collect::<Vec<_>>());
}

#[test]
fn the_history_has_what_every_update_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/history.csv");
    let mut line = Line::new(10, "cosine(to=0.1x)");
    line.skip = vec![2];
    Training::new(&mut line, &config(3, 2)).callback(CsvLog::new(&path)).run().unwrap();
    let mut reader = csv::Reader::from_path(&path).unwrap();
    assert_eq!(reader.headers().unwrap(), vec!["update", "epoch", "loss", "lr/slope", "lr/intercept"]);
    let rows: Vec<(u64, u64, f64, f64, f64)> = reader.deserialize().map(Result::unwrap).collect();
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), (0..8).collect::<Vec<_>>());
    assert_eq!(rows.iter().map(|row| row.1).collect::<Vec<_>>(), [1, 1, 2, 2, 2, 3, 3, 3]);
    assert_eq!(rows.iter().map(|row| row.3).collect::<Vec<_>>(), line.used, "bit for bit");
    assert!(rows.iter().all(|row| row.2 > 0.0 && row.4 == row.3 / 2.0));
}

#[test]
fn wrong_settings_are_named() {
    let fails = |line: &mut Line, config: &RunConfig| line.train(config).unwrap_err().to_string();
    let mut line = Line::new(10, "cosine(to=0)");
    assert_eq!(fails(&mut line, &config(0, 1)), "`num_epochs` is 0, but a run has at least one epoch");
    assert_eq!(
        fails(&mut line, &config(1, 0)),
        "`gradient_accumulation_steps` is 0, but an update takes at least one batch"
    );
    let mut empty = Line::new(0, "cosine(to=0)");
    assert!(fails(&mut empty, &config(1, 1)).starts_with("`train_batch_count` is 0"));
    let mut warm = Line::new(10, "linear(from=0x, over=2ep) -> hold");
    assert!(
        fails(&mut warm, &config(1, 1))
            .starts_with("schedule: the phases take 10 updates, but the run has 5")
    );
    assert!(warm.used.is_empty() && warm.lr(0) == 0.2, "nothing has happened");
    let folder = tempfile::tempdir().unwrap();
    let nowhere = Training::new(&mut line, &config(1, 1)).callback(CsvLog::new(folder.path())).run();
    assert!(nowhere.unwrap_err().to_string().contains("cannot be written"));
}

#[test]
fn a_wrong_number_of_batches_is_an_error() {
    for (lie, found) in [(1, 5), (-1, 5)] {
        let mut line = Line::new(10, "cosine(to=0)");
        line.lie = lie;
        let Err(TrainError::BatchCount { epoch: 1, found: seen, .. }) = line.train(&config(2, 1)) else {
            panic!("{lie} was not noticed")
        };
        assert_eq!(seen, found);
    }
}
