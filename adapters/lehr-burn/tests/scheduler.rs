//! Plans as Burn's schedulers: values, records, clones, groups.

#![allow(clippy::unwrap_used)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use burn::lr_scheduler::cosine::CosineAnnealingLrSchedulerConfig;
use burn::lr_scheduler::module_lr_scheduler::ModuleLrScheduler;
use burn::lr_scheduler::{LrScheduler, LrSchedulerRecord};
use burn::module::{ParamGroup, ParamId};
use burn::tensor::Device;
use burn::train::{ExecutionStrategy, MultiDeviceOptim};
use lehr::control::Plateau;
use lehr::{Horizon, Plan, Scheduler, Spec, rule};
use lehr_burn::{AdamWParams, Groups, PlanScheduler, RunLength};

fn plan(text: &str, updates: u64) -> Plan {
    text.parse::<Spec>().unwrap().resolve(&Horizon::updates(updates).unwrap()).unwrap()
}

fn groups() -> Groups<AdamWParams> {
    let params = AdamWParams { lr: 0.1, weight_decay: 0.01, ..AdamWParams::default() };
    Groups::new("weights", params)
        .unwrap()
        .with_group("biases", ParamGroup::from_predicate("bias"), AdamWParams { lr: 0.3, ..params })
        .unwrap()
}

/// Every field of both groups, each with another plan.
fn schedule(groups: &mut Groups<AdamWParams>) -> Scheduler {
    Scheduler::builder()
        .field("lr", plan("linear(from=0.1x, over=3) -> cosine(to=0)", 10))
        .field("weight_decay", plan("cosine(to=0.5)", 10))
        .field("betas[0]", plan("linear(from=0.5, to=0.9)", 10))
        .attach(groups)
        .unwrap()
}

#[test]
fn call_k_answers_what_update_k_uses() {
    for text in
        ["cosine(to=0)", "linear(from=0.01x, over=20%) -> hold(over=50%) -> linear(to=1e-6)", "hold(from=2x)"]
    {
        let plan = plan(text, 10);
        let mut scheduler = PlanScheduler::new(plan.clone(), 0.3).unwrap();
        for update in 0..15 {
            assert_eq!(scheduler.num_updates(), update);
            assert_eq!(
                scheduler.step().to_bits(),
                plan.value_at(update, 0.3).to_bits(),
                "{text} at {update}"
            );
        }
    }
}

#[test]
fn a_base_that_the_plan_does_not_fit_is_an_error() {
    assert!(PlanScheduler::new(plan("cosine(to=0)", 10), f64::NAN).is_err());
    assert!(PlanScheduler::new(plan("geometric(to=1e-6)", 10), 0.0).is_err());
}

#[test]
fn a_record_goes_through_bytes_and_goes_on() {
    let make = || PlanScheduler::new(plan("linear(from=0.01x, over=3) -> cosine(to=1e-6)", 10), 0.3).unwrap();
    for stop in 0..12 {
        let (mut whole, mut resumed) = (make(), make());
        (0..stop).for_each(|_| _ = whole.step());
        let bytes = whole.to_record().into_bytes().unwrap();
        resumed.load_record(LrSchedulerRecord::from_bytes(bytes).unwrap());
        (0..12)
            .for_each(|_| assert_eq!(resumed.step().to_bits(), whole.step().to_bits(), "stopped at {stop}"));
    }
    // The base is progress: the run goes on from the one that it had.
    let mut other =
        PlanScheduler::new(plan("linear(from=0.01x, over=3) -> cosine(to=1e-6)", 10), 9.0).unwrap();
    other.load_record(make().to_record());
    assert_eq!(other.step(), make().step());
}

#[test]
fn a_record_of_something_else_is_refused_and_changes_nothing() {
    let mut scheduler = PlanScheduler::new(plan("cosine(to=0)", 10), 0.3).unwrap();
    scheduler.step();
    let another_plan = PlanScheduler::new(plan("cosine(to=0)", 20), 0.3).unwrap().to_record();
    let burns = CosineAnnealingLrSchedulerConfig::new(0.3, 10).init().unwrap().to_record().record("0");
    let newer = scheduler.to_record().with_scalar("version", 2u64);
    let mut groups = groups();
    let more_fields = {
        let schedule = schedule(&mut groups);
        groups.lr_scheduler(&schedule).unwrap().to_record().record("0")
    };
    for (record, expected) in [
        (
            another_plan,
            "the plan of `lr` was `cosine(from=1x, to=0, over=20)`, now it is `cosine(from=1x, to=0, over=10)`",
        ),
        (burns, "it was not written by lehr-burn"),
        (LrSchedulerRecord::new(), "it was not written by lehr-burn"),
        (newer, "it has version 2, but this lehr-burn reads up to version 1"),
        (more_fields, "it has 3 fields, this scheduler 1"),
    ] {
        let error = scheduler.try_load_record(&record).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        let loud = catch_unwind(AssertUnwindSafe(|| scheduler.clone().load_record(record)));
        let said = loud.unwrap_err();
        assert!(said.downcast_ref::<String>().unwrap().contains(expected));
        assert_eq!(scheduler.num_updates(), 1);
    }
}

#[test]
fn a_clone_has_its_own_count() {
    let mut one = PlanScheduler::new(plan("linear(to=0)", 10), 1.0).unwrap();
    let mut other = one.clone();
    assert_eq!([one.step(), one.step()], [1.0, 0.9]);
    assert_eq!(other.step(), 1.0);
    // As Burn clones: boxed.
    let boxed: Box<dyn LrScheduler> = Box::new(one);
    let (mut first, mut second) = (boxed.clone(), boxed);
    assert_eq!([first.step(), first.step(), second.step()], [0.8, 0.7, 0.8]);
}

#[test]
fn every_group_and_field_follows_its_plan_and_goes_on_from_a_record() {
    let (mut one, mut expected) = (groups(), groups());
    let schedule_of_one = schedule(&mut one);
    let mut burns = one.lr_scheduler(&schedule_of_one).unwrap();
    let mut by_hand = schedule(&mut expected);
    for update in 0..12 {
        if update == 5 {
            // A new process: everything new, and the record.
            let record = burns.to_record();
            one = groups();
            let fresh = schedule(&mut one);
            burns = one.lr_scheduler(&fresh).unwrap().load_record(record);
        }
        let lr = burns.step();
        for name in ["weights", "biases"] {
            assert_eq!(one.params(name), expected.params(name), "`{name}` at update {update}");
        }
        let of_path = |path| lr.lr_from_param(ParamId::new(), Some(path));
        assert_eq!(of_path("hidden.weight"), one.params("weights").unwrap().lr);
        assert_eq!(of_path("hidden.bias"), one.params("biases").unwrap().lr);
        by_hand.step(&mut expected).unwrap();
    }
}

#[test]
fn a_field_that_is_not_scheduled_in_a_group_stays() {
    let mut groups = groups();
    let only_biases = lehr::Selection::names(["biases"]);
    let schedule = Scheduler::builder()
        .field_on("lr", only_biases, plan("linear(to=0)", 2))
        .attach(&mut groups)
        .unwrap();
    let mut burns: ModuleLrScheduler = groups.lr_scheduler(&schedule).unwrap();
    (0..3).for_each(|_| assert_eq!(burns.step().base(), 0.1));
    assert_eq!(groups.params("biases").unwrap().lr, 0.0);
}

#[test]
fn what_is_no_plan_is_refused() {
    let mut groups = groups();
    let halving =
        rule("halving", |_, current: &[f64]| current.iter().map(|lr| lr / 2.0).collect::<Vec<f64>>());
    let schedule = Scheduler::builder().field("lr", halving).attach(&mut groups).unwrap();
    let said = groups.lr_scheduler(&schedule).err().unwrap().to_string();
    assert!(
        said.starts_with("what decides `lr` is `halving`, but Burn's learner takes plans alone"),
        "{said}"
    );
    let plateau = Plateau::builder().build().unwrap();
    let schedule = Scheduler::builder()
        .field("lr", plan("hold()", 2))
        .control("lr", plateau)
        .attach(&mut groups)
        .unwrap();
    let said = groups.lr_scheduler(&schedule).err().unwrap().to_string();
    assert!(said.starts_with("a controller is `plateau`, but "), "{said}");
}

#[test]
fn the_length_of_a_run_is_that_of_its_strategy() {
    let devices =
        |count| ExecutionStrategy::multi(vec![Device::flex(); count], MultiDeviceOptim::OptimSharded);
    let run =
        |items, grads_accumulation| RunLength { items, batch_size: 10, num_epochs: 3, grads_accumulation };
    let epochs = |updates| Horizon::epochs(3, updates).unwrap();
    let single = ExecutionStrategy::single(Device::flex());
    // 101 items: 11 batches; 11 / 4 -> 3 updates.
    assert_eq!(run(101, 1).horizon(&single).unwrap(), epochs(11));
    assert_eq!(run(101, 4).horizon(&single).unwrap(), epochs(3));
    // Two devices: 50 and 51 items, 5 and 6 batches.
    assert_eq!(run(101, 1).horizon(&devices(2)).unwrap(), epochs(6));
    assert_eq!(run(100, 1).horizon(&devices(2)).unwrap(), epochs(5));
    assert_eq!(run(101, 4).horizon(&devices(2)).unwrap(), epochs(2));
    for (wrong, strategy, expected) in [
        (run(0, 1), &single, "`items` is 0, but it must be at least 1"),
        (run(101, 0), &single, "`grads_accumulation` is 0, but it must be at least 1"),
        (
            run(101, 1),
            &devices(0),
            "the number of devices is 0, but each device needs at least one of the 101 items",
        ),
        (
            run(1, 1),
            &devices(2),
            "the number of devices is 2, but each device needs at least one of the 1 items",
        ),
    ] {
        assert_eq!(wrong.horizon(strategy).unwrap_err().to_string(), expected);
    }
}
