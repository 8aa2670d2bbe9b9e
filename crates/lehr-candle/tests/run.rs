//! Runs with Candle: lengths, limits, evaluations, skipped updates, clipping, and what is said at the end.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/sums.rs"]
mod sums;

use candle_core::{Device, Tensor, Var};
use lehr::{Horizon, ParamGroups, Scheduler, SchedulerBuilder, Spec, StatefulScheduler};
use lehr_candle::{AdamW, AdamWParams, Error, Sgd, SgdParams};
use lehr_train::{
    Batches, Joined, NonFiniteGradients, Run, RunConfig, TrainError, Trainer, Training, ValueMonitor,
};
use sums::{BASE, BATCHES, Sums};

fn planned(plan: &str, updates: u64, per_epoch: u64) -> Vec<f64> {
    let horizon = Horizon::updates(updates).unwrap().with_updates_per_epoch(per_epoch).unwrap();
    let plan = plan.parse::<Spec>().unwrap().resolve(&horizon).unwrap();
    (0..updates).map(|n| plan.value_at(n, BASE)).collect()
}

#[test]
fn it_learns_and_the_schedule_ends_with_the_run() {
    let plan = "linear(from=0.1x, over=2ep) -> cosine(to=0)";
    let mut sums = Sums::new(plan);
    let summary = sums.train(&RunConfig::epochs(40)).unwrap();
    // The weight decay keeps it from 0; it began above 4.
    assert!(summary.eval_loss < 0.05, "{}", summary.eval_loss);
    assert_eq!(sums.used, planned(plan, 400, 10));
    assert_eq!((summary.stopped, summary.warnings), (None, vec![]));
    assert_eq!(summary.history.values("eval_loss").len(), 40);
    assert_eq!(summary.history.latest("train_loss"), Some(summary.train_loss));
}

#[test]
fn max_updates_is_what_the_schedule_sees() {
    let plan = "linear(from=0.1x, over=10%) -> linear(to=0)";
    for (config, updates, epochs) in [
        (RunConfig::updates(25), 25, 3),
        (RunConfig { max_updates: Some(25), ..RunConfig::epochs(2) }, 20, 2),
        (RunConfig { max_updates: Some(7), ..RunConfig::epochs(100) }, 7, 1),
    ] {
        let mut sums = Sums::new(plan);
        let summary = sums.train(&config).unwrap();
        assert_eq!(summary.num_updates, updates);
        assert_eq!(sums.used, planned(plan, updates, BATCHES), "{config:?}");
        assert_eq!(
            summary.history.values("train_loss").len(),
            epochs,
            "an epoch that is cut short has a mean too"
        );
        assert!(summary.warnings.is_empty(), "{:?}", summary.warnings);
    }
}

#[test]
fn limits_make_a_short_run_with_a_whole_schedule() {
    let plan = "linear(to=0)";
    let mut sums = Sums::new(plan);
    let config =
        RunConfig { limit_train_batches: Some(3), limit_eval_batches: Some(0), ..RunConfig::epochs(2) };
    let summary = sums.train(&config).unwrap();
    assert_eq!(sums.used, planned(plan, 6, 3));
    assert!(summary.eval_loss.is_nan() && sums.evaluations.is_empty());

    let mut one = Sums::new(plan);
    let mut all = Sums::new(plan);
    let limited = RunConfig { limit_eval_batches: Some(1), ..RunConfig::epochs(1) };
    let loss = one.train(&limited).unwrap().eval_loss;
    assert!(loss.is_finite() && loss != all.train(&RunConfig::epochs(1)).unwrap().eval_loss);
    assert_eq!(one.parameters(), all.parameters());
}

#[test]
fn evaluations_come_every_k_updates_and_once_at_the_end_of_an_epoch() {
    let mut sums = Sums::new("hold");
    let config = RunConfig { eval_every: Some(5), ..RunConfig::updates(23) };
    let summary = sums.train(&config).unwrap();
    assert_eq!(sums.evaluations, [5, 10, 15, 20, 23]);
    assert_eq!(summary.history.values("eval_loss").len(), 5);
}

#[test]
fn skipped_updates_do_not_advance_the_schedule_and_the_end_says_so() {
    let plan = "linear(to=0)";
    let mut sums = Sums::new(plan);
    sums.poisoned = vec![3, 12];
    let config = RunConfig { non_finite_gradients: NonFiniteGradients::Skip, ..RunConfig::epochs(2) };
    let summary = sums.train(&config).unwrap();
    assert_eq!((summary.num_updates, summary.num_skipped), (18, 2));
    assert_eq!(sums.used, planned(plan, 20, BATCHES)[..18]);
    assert_eq!(
        summary.warnings[0],
        format!(
            "the run ended after 18 updates (2 more were skipped), but the plan of `lr` has 20: it stands at {:?}, and \
             the plan's last update has {:?}",
            planned(plan, 20, BATCHES)[18],
            planned(plan, 20, BATCHES)[19],
        )
    );
    assert!(sums.parameters().into_iter().all(|bits| f32::from_bits(bits).is_finite()));

    let mut sums = Sums::new(plan);
    sums.poisoned = vec![3];
    let config = RunConfig { non_finite_gradients: NonFiniteGradients::Stop, ..RunConfig::epochs(2) };
    let summary = sums.train(&config).unwrap();
    assert_eq!((summary.num_updates, summary.num_skipped), (3, 1));
    assert_eq!(summary.stopped.as_deref(), Some("a gradient of update 3 was not finite"));

    let mut sums = Sums::new(plan);
    sums.poisoned = vec![3];
    sums.train(&RunConfig::epochs(2)).unwrap();
    assert!(f32::from_bits(sums.parameters()[0]).is_nan(), "nobody looks unless asked to");
}

#[test]
fn a_run_that_outlives_its_plan_says_so() {
    let mut sums = Sums::new("linear(to=0.1x, over=15)");
    let plan = "linear(to=0.1x, over=15)".parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap();
    let schedule = lehr::Scheduler::builder().field("lr", plan);
    let summary = Training::new(&mut sums, &RunConfig::epochs(2)).schedule(schedule).run().unwrap();
    assert_eq!(
        summary.warnings,
        [format!(
            "the run went on for 5 updates after the 15 of the plan of `lr`: they used {:?}",
            0.1 * BASE
        )]
    );
}

#[test]
fn gradients_are_clipped_before_the_update() {
    let mut sums = Sums::new("hold");
    sums.max_norm = Some(0.5);
    sums.train(&RunConfig::epochs(1)).unwrap();
    let (before, after): (Vec<f64>, Vec<f64>) = sums.norms.chunks(2).map(|pair| (pair[0], pair[1])).unzip();
    assert!(
        before.iter().any(|norm| *norm > 1.0) && after.iter().all(|norm| *norm < 0.5 + 1e-6),
        "{after:?}"
    );
}

#[test]
fn accumulated_gradients_are_those_of_one_large_batch() {
    // Ten batches of 4 for one update are one batch of 40: compared with the mean of the whole set, to rounding.
    let mut small = Sums::new("hold");
    let config = RunConfig { gradient_accumulation_steps: BATCHES, ..RunConfig::epochs(30) };
    let summary = small.train(&config).unwrap();
    assert_eq!(summary.num_updates, 30);
    // The loss of an update is that of all samples, whatever their order: it does not depend on the epoch's shuffle.
    let mut monitor = ValueMonitor::default();
    let mut again = Sums::new("hold");
    Training::new(&mut again, &config).callback(&mut monitor).run().unwrap();
    assert!(monitor.losses().windows(2).all(|pair| pair[1] < pair[0]), "{:?}", monitor.losses());
    assert_eq!(monitor.values("lr/biases"), [BASE; 30]);
    assert_eq!(
        monitor.names().collect::<Vec<_>>(),
        ["lr/weights", "lr/biases", "weight_decay/weights", "weight_decay/biases"]
    );
    assert_eq!(small.parameters(), again.parameters());
}

#[test]
fn wrong_settings_are_named() {
    let fails = |config: RunConfig| Sums::new("hold").train(&config).unwrap_err().to_string();
    assert_eq!(
        fails(RunConfig::epochs(u64::MAX)),
        "`num_epochs` is infinite, but without `max_updates` the run would not end"
    );
    assert_eq!(fails(RunConfig::updates(0)), "`max_updates` is 0, but a run has at least one update");
    let limited = RunConfig { limit_train_batches: Some(0), ..RunConfig::epochs(1) };
    assert_eq!(fails(limited), "`limit_train_batches` is 0, but an epoch has at least one batch");
    assert!(matches!(
        Sums::new("linear(to=0, over=3ep) -> hold(over=1)").train(&RunConfig::epochs(1)),
        Err(TrainError::Schedule(_))
    ));
}

/// Two optimizers: one on the schedule's clock, one that updates every other time, with a scheduler of its own.
struct Pair {
    inner: Sums,
    optimizer: Joined<AdamW, Sgd>,
    slow: Sgd,
    slow_schedule: StatefulScheduler,
    used: Vec<[f64; 3]>,
}

impl Pair {
    fn new() -> Self {
        let inner = Sums::new("");
        let params = SgdParams { lr: 0.5, ..SgdParams::default() };
        let var = || Var::new(&[0f32], &Device::Cpu).unwrap();
        let sgd = |name: &str| Sgd::builder().group(name, [(name, var())], params).build().unwrap();
        let adamw =
            AdamW::builder().group("matrix", [("matrix", var())], AdamWParams::default()).build().unwrap();
        let mut slow = sgd("slow");
        let plan = "linear(to=0)".parse::<Spec>().unwrap().resolve(&Horizon::updates(5).unwrap()).unwrap();
        let slow_schedule = StatefulScheduler::attach("lr", plan, &mut slow).unwrap();
        Self { inner, optimizer: Joined(adamw, sgd("rest")), slow, slow_schedule, used: Vec::new() }
    }
}

impl Trainer for Pair {
    type Batch = (Tensor, Tensor);
    type Loss = Tensor;
    type Optimizer = Joined<AdamW, Sgd>;
    type Error = Error;

    fn optimizer(&mut self) -> &mut Joined<AdamW, Sgd> {
        &mut self.optimizer
    }

    fn train_batch_count(&self) -> u64 {
        BATCHES
    }

    fn train_batches(&mut self, epoch: u64) -> Result<Batches<Self::Batch, Error>, Error> {
        self.inner.train_batches(epoch)
    }

    fn calculate_train_batch_loss(&mut self, batch: &Self::Batch) -> Result<Tensor, Error> {
        self.inner.calculate_train_batch_loss(batch)
    }

    fn loss_value(&self, loss: &Tensor) -> Result<f64, Error> {
        self.inner.loss_value(loss)
    }

    fn backward_step(&mut self, _loss: Tensor, _share: f64) -> Result<(), Error> {
        Ok(())
    }

    fn optimizer_step(&mut self) -> Result<bool, Error> {
        let lr = |groups: &dyn ParamGroups| groups.get(0, &"lr".parse().unwrap()).unwrap();
        self.used.push([lr(&self.optimizer.0), lr(&self.optimizer.1), lr(&self.slow)]);
        self.optimizer.0.step()?;
        self.optimizer.1.step()?;
        Ok(true)
    }

    fn optimizer_zero_grad(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn create_scheduler(&mut self, _horizon: &Horizon) -> Result<SchedulerBuilder, lehr::Error> {
        Ok(Scheduler::builder().field("lr", "linear(to=0)".parse::<Spec>()?))
    }

    fn scheduler_step(&mut self, run: &mut Run) -> Result<(), lehr::Error> {
        run.scheduler.step(&mut self.optimizer)?;
        self.slow_schedule.step_if(run.num_updates().is_multiple_of(2), &mut self.slow)
    }
}

#[test]
fn several_optimizers_are_stepped_each_on_its_clock() {
    let mut pair = Pair::new();
    let summary = pair.train(&RunConfig::epochs(1)).unwrap();
    let names: Vec<&str> = summary.last_used.iter().map(|used| used.name.as_str()).collect();
    assert_eq!(names, ["lr/matrix", "lr/rest"]);
    for (n, used) in (0..).zip(&pair.used) {
        let share = f64::from(10 - n) / 10.0;
        let slow = f64::from(5 - n / 2) / 5.0;
        assert_eq!(*used, [1e-3 * share, 0.5 * share, 0.5 * slow], "update {n}");
    }
    assert_eq!(pair.used.len(), 10);
}
