//! One test for each mechanism that the peers have around their schedules, and for what users complain about in it:
//! stepping, fields, groups, state, units, failure.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::cell::Cell;
use std::rc::Rc;

use lehr::control::{Greedy, Mode, NonFinite, Plateau, Threshold};
use lehr::recipe::warmup_cosine;
use lehr::{
    Error, Field, Horizon, MemoryGroups, NewGroups, OnMismatch, ParamGroups, Plan, Retarget, Scheduler,
    Selection, Spec, State, StatefulScheduler, StatelessScheduler, Trace, absolute, rule, times, updates,
};

fn plan(text: &str, total: u64) -> Plan {
    text.parse::<Spec>().unwrap().resolve(&Horizon::updates(total).unwrap()).unwrap()
}

fn optimizer() -> MemoryGroups {
    MemoryGroups::new()
        .group("body", [("lr", 0.1), ("weight_decay", 0.04)])
        .tuple("betas", &[0.9, 0.999])
        .group("head", [("lr", 1.0), ("weight_decay", 0.0)])
        .tuple("betas", &[0.8, 0.99])
}

fn lr(groups: &MemoryGroups) -> Vec<f64> {
    groups.values("lr").unwrap()
}

#[test]
fn stateless_an_explicit_step_is_never_a_silent_no_op() {
    let cosine = plan("cosine(to=0)", 10);
    let mut groups = optimizer();
    let mut scheduler = StatelessScheduler::attach("lr", cosine.clone(), &mut groups).unwrap();
    for n in [9, 1, 5, 5] {
        scheduler.step_update(n, &mut groups).unwrap();
        assert_eq!(lr(&groups), [cosine.value_at(n, 0.1), cosine.value_at(n, 1.0)]);
    }
}

#[test]
fn stateful_one_step_is_one_update() {
    let cosine = plan("cosine(to=0)", 10);
    let mut groups = optimizer();
    let mut scheduler = StatefulScheduler::attach("lr", cosine.clone(), &mut groups).unwrap();
    scheduler.step(&mut groups).unwrap();
    assert_eq!((scheduler.num_updates(), lr(&groups)[1]), (1, cosine.value_at(1, 1.0)));
}

#[test]
fn off_by_one_every_update_uses_the_value_of_its_own_number() {
    let cosine = plan("linear(from=0.1x, over=3) -> cosine(to=0)", 10);
    let mut groups = optimizer();
    let mut stateful = StatefulScheduler::attach("lr", cosine.clone(), &mut groups).unwrap();
    let mut used = Vec::new();
    for _ in 0..10 {
        used.push(lr(&groups)[1]); // the update
        stateful.step(&mut groups).unwrap();
    }
    assert_eq!(used, (0..10).map(|n| cosine.value_at(n, 1.0)).collect::<Vec<_>>());
    assert_eq!(lr(&groups), [0.0, 0.0], "after the last update the end is reached");
}

#[test]
fn any_field_can_be_scheduled() {
    for field in ["lr", "weight_decay", "betas[1]"] {
        let mut groups = optimizer();
        let before = groups.values(field).unwrap();
        let mut scheduler =
            StatefulScheduler::attach(field, plan("linear(to=0.5x)", 2), &mut groups).unwrap();
        scheduler.step(&mut groups).unwrap();
        assert_eq!(groups.values(field).unwrap(), before.iter().map(|base| base * 0.75).collect::<Vec<_>>());
    }
}

#[test]
fn one_scheduler_drives_several_fields() {
    let mut groups = optimizer();
    let mut scheduler = Scheduler::builder()
        .field("lr", plan("linear(to=0)", 10))
        .field("betas[0]", plan("linear(to=0.95)", 10))
        .attach(&mut groups)
        .unwrap();
    for _ in 0..10 {
        scheduler.step(&mut groups).unwrap();
    }
    assert_eq!(lr(&groups), [0.0, 0.0]);
    assert_eq!(groups.values("betas[0]").unwrap(), [0.95, 0.95]);
}

#[test]
fn per_group_bases_keep_the_ratios() {
    let mut groups = optimizer();
    let mut scheduler = StatefulScheduler::attach(
        "lr",
        plan("linear(from=0.01x, over=5) -> cosine(to=0.1x)", 50),
        &mut groups,
    )
    .unwrap();
    for _ in 0..60 {
        let [body, head] = lr(&groups)[..] else { panic!("two groups") };
        assert!((head / body - 10.0).abs() < 1e-14);
        scheduler.step(&mut groups).unwrap();
    }
}

#[test]
fn tuple_fields_keep_their_other_elements() {
    let mut groups = optimizer();
    let mut scheduler =
        StatefulScheduler::attach("betas[0]", plan("cosine(to=0.5)", 4), &mut groups).unwrap();
    for _ in 0..4 {
        scheduler.step(&mut groups).unwrap();
        assert_eq!(groups.values("betas[1]").unwrap(), [0.999, 0.99]);
    }
    assert_eq!(groups.values("betas[0]").unwrap(), [0.5, 0.5]);
}

#[test]
fn shared_cells_are_written_in_place() {
    /// As a tensor-valued learning rate: somebody else holds the same cell.
    struct Cells(Vec<Rc<Cell<f64>>>);
    impl ParamGroups for Cells {
        fn group_count(&self) -> usize {
            self.0.len()
        }
        fn get(&self, group: usize, _: &Field) -> Option<f64> {
            Some(self.0[group].get())
        }
        fn set(&mut self, group: usize, _: &Field, value: f64) -> Result<(), String> {
            self.0[group].set(value);
            Ok(())
        }
    }
    let held = Rc::new(Cell::new(1.0));
    let mut groups = Cells(vec![held.clone()]);
    let mut scheduler = StatefulScheduler::attach("lr", plan("linear(to=0)", 4), &mut groups).unwrap();
    scheduler.step(&mut groups).unwrap();
    assert_eq!(held.get(), 0.75);
    held.set(123.0); // no base was aliased
    scheduler.step(&mut groups).unwrap();
    assert_eq!(held.get(), 0.5);
}

#[test]
fn metric_driven_plateau_counts_patience_as_documented() {
    for (patience, fires_at) in [(0, 1), (1, 2), (3, 4)] {
        let mut groups = MemoryGroups::of("lr", &[1.0]);
        let plateau = Plateau::builder().patience(patience).factor(0.1).build().unwrap();
        let mut scheduler = Scheduler::builder()
            .field("lr", plan("hold", 100))
            .control("lr", plateau)
            .attach(&mut groups)
            .unwrap();
        scheduler.observe(-1.0, &mut groups).unwrap();
        for bad in 1..=fires_at {
            assert_eq!(lr(&groups), [1.0], "before the bad observation number {bad}");
            scheduler.observe(-1.0, &mut groups).unwrap();
        }
        assert_eq!(lr(&groups), [0.1], "a metric that stays at -1 does not get better");
    }
}

#[test]
fn metric_driven_thresholds_modes_and_nan_are_by_choice() {
    let absolute =
        Plateau::builder().mode(Mode::Max).threshold(Threshold::Absolute(0.5)).non_finite(NonFinite::Ignore);
    let mut groups = MemoryGroups::of("lr", &[1.0]);
    let mut scheduler = Scheduler::builder()
        .field("lr", plan("hold", 100))
        .control("lr", absolute.patience(0).factor(0.5).build().unwrap())
        .attach(&mut groups)
        .unwrap();
    for metric in [1.0, f64::NAN, 1.6] {
        scheduler.observe(metric, &mut groups).unwrap();
    }
    assert_eq!(lr(&groups), [1.0]);
    scheduler.observe(2.0, &mut groups).unwrap();
    assert_eq!(lr(&groups), [0.5], "better by less than the threshold");
}

#[test]
fn metric_driven_greedy_goes_both_ways() {
    let greedy = Greedy::builder().patience(0).factor(0.5).max_factor(4.0).min_factor(0.25).build().unwrap();
    let mut groups = MemoryGroups::of("lr", &[1.0]);
    let mut scheduler = Scheduler::builder()
        .field("lr", plan("hold", 100))
        .control("lr", greedy)
        .attach(&mut groups)
        .unwrap();
    let mut seen = Vec::new();
    for metric in [5.0, 4.0, 3.0, 3.0, 3.0] {
        scheduler.observe(metric, &mut groups).unwrap();
        seen.push(lr(&groups)[0]);
    }
    assert!(seen[2] > 1.0 && seen[4] < seen[2], "{seen:?}");
}

#[test]
fn epochs_and_updates_are_told_apart() {
    let spec: Spec = "linear(from=0x, over=2ep) -> hold".parse().unwrap();
    let error = spec.resolve(&Horizon::updates(100).unwrap()).unwrap_err();
    assert!(error.to_string().contains("updates in an epoch are not known"), "{error}");
    let by_epoch = spec.resolve(&Horizon::epochs(10, 7).unwrap()).unwrap();
    assert_eq!(by_epoch.value_at(14, 1.0), 1.0);
    assert!(by_epoch.value_at(13, 1.0) < 1.0);
}

#[test]
fn units_mix_and_round_once() {
    let spec: Spec =
        "linear(from=0x, over=3) -> hold(over=1.5ep) -> cosine(to=0.5x, over=10%) -> cosine(to=0)"
            .parse()
            .unwrap();
    let resolved = spec.resolve(&Horizon::epochs(5, 9).unwrap()).unwrap();
    assert_eq!(resolved.phases().map(|phase| phase.end.unwrap()).collect::<Vec<_>>(), [3, 16, 21, 45]);
}

#[test]
fn placeholders_are_not_needed_a_spec_waits_for_its_run() {
    let builder = || Scheduler::builder().field("lr", "cosine(to=0)".parse::<Spec>().unwrap());
    let mut groups = optimizer();
    let unresolved = builder().attach(&mut groups).unwrap_err().to_string();
    assert!(unresolved.contains("call `resolve(&horizon)` first"), "{unresolved}");
    let mut scheduler =
        builder().resolve(&Horizon::epochs(3, 4).unwrap()).unwrap().attach(&mut groups).unwrap();
    for _ in 0..12 {
        scheduler.step(&mut groups).unwrap();
    }
    assert_eq!(lr(&groups), [0.0, 0.0]);
}

#[test]
fn a_process_steps_its_own_updates_so_the_curve_ends_where_it_should() {
    // Two processes share 20 batches: each makes 10 updates and is told so.
    let mut ends = Vec::new();
    for _process in 0..2 {
        let mut groups = optimizer();
        let mut scheduler = StatefulScheduler::attach("lr", plan("cosine(to=0)", 10), &mut groups).unwrap();
        for _ in 0..10 {
            scheduler.step(&mut groups).unwrap();
        }
        ends.push(lr(&groups));
    }
    assert_eq!(ends, [[0.0, 0.0], [0.0, 0.0]]);
}

#[test]
fn state_is_progress_and_plain_data() {
    let mut groups = optimizer();
    let mut scheduler = StatefulScheduler::attach("lr", plan("cosine(to=0)", 10), &mut groups).unwrap();
    scheduler.step(&mut groups).unwrap();
    let json: serde_json::Value = serde_json::to_value(scheduler.state()).unwrap();
    assert_eq!(json["num_updates"], 1);
    assert_eq!(json["fields"][0]["bases"], serde_json::json!([0.1, 1.0]));
    assert_eq!(serde_json::from_value::<State>(json).unwrap(), scheduler.state());
}

#[test]
fn state_keeps_the_count_whatever_the_schedule() {
    // A restart that forgets its count begins with the warm-up again.
    let wsd = plan("linear(from=0x, over=10) -> hold(over=rest) -> power(exponent=0.5, to=0, over=20)", 100);
    let mut groups = optimizer();
    let mut scheduler = StatefulScheduler::attach("lr", wsd.clone(), &mut groups).unwrap();
    for _ in 0..85 {
        scheduler.step(&mut groups).unwrap();
    }
    let mut fresh = optimizer();
    let mut resumed = StatefulScheduler::attach("lr", wsd.clone(), &mut fresh).unwrap();
    resumed.load_state(&scheduler.state(), OnMismatch::Error, &mut fresh).unwrap();
    resumed.step(&mut fresh).unwrap();
    assert_eq!(lr(&fresh)[1], wsd.value_at(86, 1.0));
}

#[test]
fn loading_sets_the_value_at_once() {
    let step = plan("repeat(hold(over=2), height=0.1)", 20);
    let mut groups = optimizer();
    let mut scheduler = StatefulScheduler::attach("lr", step.clone(), &mut groups).unwrap();
    for _ in 0..4 {
        scheduler.step(&mut groups).unwrap();
    }
    let mut fresh = optimizer();
    StatefulScheduler::attach("lr", step.clone(), &mut fresh)
        .unwrap()
        .load_state(&scheduler.state(), OnMismatch::Error, &mut fresh)
        .unwrap();
    assert_eq!(lr(&fresh), lr(&groups));
    assert_eq!(lr(&fresh)[1], step.value_at(4, 1.0));
}

#[test]
fn extending_on_resume_is_explicit() {
    let (short, long) = (plan("cosine(to=0)", 10), plan("cosine(to=0)", 20));
    let mut groups = optimizer();
    let mut scheduler = StatefulScheduler::attach("lr", short.clone(), &mut groups).unwrap();
    for _ in 0..5 {
        scheduler.step(&mut groups).unwrap();
    }
    let state = scheduler.state();
    let mut fresh = optimizer();
    let mut resumed = Scheduler::builder().field("lr", long.clone()).attach(&mut fresh).unwrap();
    let error = resumed.load_state(&state, OnMismatch::Error, &mut fresh).unwrap_err().to_string();
    assert!(error.contains("over=10") && error.contains("over=20"), "{error}");
    resumed.load_state(&state, OnMismatch::UseNew, &mut fresh).unwrap();
    assert_eq!(lr(&fresh)[1], long.value_at(5, 1.0));
    resumed.load_state(&state, OnMismatch::UseSaved, &mut fresh).unwrap();
    assert_eq!(lr(&fresh)[1], short.value_at(5, 1.0));
    resumed.retarget(20, Retarget::Stretch, &mut fresh).unwrap();
    assert_eq!(lr(&fresh)[1], short.value_at(5, 1.0), "no jump");
}

#[test]
fn a_skipped_step_does_not_count() {
    let mut groups = optimizer();
    let mut scheduler = StatefulScheduler::attach("lr", plan("cosine(to=0)", 10), &mut groups).unwrap();
    for updated in [false, false, false, true] {
        scheduler.step_if(updated, &mut groups).unwrap();
    }
    assert_eq!(scheduler.num_updates(), 1);
}

#[test]
fn gradient_accumulation_is_not_the_schedules_business() {
    // Seven batches, three to an update: three updates an epoch, and the horizon says so.
    let batches: u64 = 7;
    let horizon = Horizon::epochs(4, batches.div_ceil(3)).unwrap();
    assert_eq!(horizon.total(), Some(12));
    let warm =
        warmup_cosine().warmup(updates(3), times(0.1)).to(absolute(0.0)).spec().resolve(&horizon).unwrap();
    assert_eq!((warm.value_at(3, 1.0), warm.value_at(12, 1.0)), (1.0, 0.0));
}

#[test]
fn several_processes_agree_by_construction() {
    let value = |n| plan("linear(from=0x, over=10) -> cosine(to=0)", 100).value_at(n, 0.3).to_bits();
    let there = std::thread::spawn(move || (0..100).map(value).collect::<Vec<_>>()).join().unwrap();
    let here: Vec<u64> = (0..100)
        .map(|n| plan("linear(from=0x, over=10) -> cosine(to=0)", 100).value_at(n, 0.3).to_bits())
        .collect();
    assert_eq!(there, here);
}

#[test]
fn groups_added_later_are_adopted_or_an_error() {
    for policy in [NewGroups::Error, NewGroups::Adopt] {
        let mut groups = optimizer();
        let mut scheduler = Scheduler::builder()
            .field("lr", plan("linear(to=0)", 4))
            .new_groups(policy)
            .attach(&mut groups)
            .unwrap();
        groups = groups.group("late", [("lr", 2.0)]);
        match (policy, scheduler.step(&mut groups)) {
            (NewGroups::Error, Err(Error::GroupCount { attached: 2, now: 3 })) => {
                assert_eq!(lr(&groups)[2], 2.0);
            }
            (NewGroups::Adopt, Ok(())) => assert_eq!(lr(&groups)[2], 1.5),
            (policy, result) => panic!("{policy:?}: {result:?}"),
        }
    }
}

#[test]
fn a_second_rule_on_the_same_field_is_an_error() {
    let error = Scheduler::builder()
        .field("lr", plan("cosine(to=0)", 4))
        .field_on("lr", Selection::names(["head"]), plan("hold", 4))
        .attach(&mut optimizer())
        .unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }));
}

#[test]
fn closed_form_random_access_at_any_update() {
    let restarts = plan("repeat(cosine(to=0, over=10), length=2)", 1 << 40);
    // Cycle 30 begins at 10 (2^30 - 1), with no stepping and no float logarithm.
    assert_eq!(restarts.value_at(10 * ((1 << 30) - 1), 1.0), 1.0);
    assert!(restarts.value_at(10 * ((1 << 30) - 1) - 1, 1.0) < 1e-16);
}

#[test]
fn arrays_are_evaluated_without_an_optimizer() {
    let cosine = plan("cosine(to=0)", 1000);
    let mut values = vec![0.0; 1000];
    cosine.fill(0, 0.1, &mut values);
    assert!(
        values
            .iter()
            .enumerate()
            .all(|(n, value)| value.to_bits() == cosine.value_at(n as u64, 0.1).to_bits())
    );
}

#[test]
fn a_schedule_can_be_simulated_and_drawn() {
    let trace = Trace::sample("lr", &plan("linear(from=0x, over=10%) -> cosine(to=0)", 100), 0.1, 50);
    assert_eq!((trace.first_used(), trace.range().1), (0.0, 0.1));
    assert_eq!(trace.boundaries(), [(0, "linear"), (10, "cosine")]);
    let cosine = plan("linear(from=0x, over=10%) -> cosine(to=0)", 100);
    let scheduler = Scheduler::builder().field("lr", cosine).attach(&mut optimizer()).unwrap();
    assert_eq!(scheduler.trace("lr", 0, 50), Some(trace));
    assert_eq!(scheduler.trace("weight_decay", 0, 50), None);
}

#[test]
fn what_is_logged_is_what_was_used() {
    let mut groups = optimizer();
    let mut scheduler =
        Scheduler::builder().field("lr", plan("linear(to=0)", 4)).attach(&mut groups).unwrap();
    scheduler.step(&mut groups).unwrap();
    assert_eq!((scheduler.last_used("lr", 1), scheduler.current("lr", 1)), (Some(1.0), Some(0.75)));
}

#[test]
fn configuration_reads_and_prints() {
    let text = "linear(from=0.01x, over=5%) -> clamp(cosine(k=1.5, to=0), min=0.1x)";
    let spec: Spec = text.parse().unwrap();
    assert_eq!(spec.to_string(), text);
    assert_eq!(serde_json::from_str::<Spec>(&serde_json::to_string(&spec).unwrap()).unwrap(), spec);
}

#[test]
fn validation_names_parameter_value_and_rule() {
    for (text, expected) in [
        ("linear(over=200) -> hold", "the phases take 200 updates, but the run has 100"),
        ("cosine(k=-1)", "`k` is -1, but it must be a finite number above 0"),
        ("repeat(cosine(over=0))", "`repeat` is a plan of no updates, but a cycle has at least one update"),
        ("tanh(lower=5)", "`upper` is 3, but it must be above `lower`"),
        ("decay(factor=2)", "`factor` is 2, but it must be above 0 and at most 1"),
        ("clamp(hold)", "`min` is missing, and so is `max`"),
        ("noise(hold, limit=2)", "`limit` is 2, but it must be above 0 and below 1"),
        ("power_law(scale=0)", "`scale` is 0, but it must be at least one update long"),
    ] {
        let error =
            text.parse::<Spec>().unwrap().resolve(&Horizon::updates(100).unwrap()).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
}

#[test]
fn order_of_optimizer_and_scheduler_needs_no_guard() {
    // step() comes after the update; forgetting an update shows in the count, not in a warning.
    let mut groups = optimizer();
    let scheduler = StatefulScheduler::attach("lr", plan("cosine(to=0)", 10), &mut groups).unwrap();
    assert_eq!(scheduler.num_updates(), 0);
}

#[test]
fn overshooting_the_end_holds() {
    for text in [
        "cosine(to=0.1x)",
        "polynomial(power=2, to=0)",
        "repeat(cosine(to=0, over=10), times=10)",
        "hold(over=55) -> repeat(linear(to=0, over=10))",
        "rex(to=0)",
    ] {
        let overshot = plan(text, 100);
        let last = overshot.value_at(100, 1.0);
        for n in [101, 150, 1000, u64::MAX] {
            assert_eq!(overshot.value_at(n, 1.0), last, "{text}");
        }
    }
}

#[test]
fn layers_have_their_own_plans() {
    let mut groups = MemoryGroups::new();
    for layer in 0..4 {
        groups = groups.group(&format!("layer.{layer}"), [("lr", 0.1)]);
    }
    let upper = Selection::predicate(|index, _| index >= 2);
    let mut scheduler = Scheduler::builder()
        .field_on("lr", upper, plan("hold", 10))
        .field_on("lr", Selection::names(["layer.0", "layer.1"]), plan("linear(to=0)", 10))
        .attach(&mut groups)
        .unwrap();
    for _ in 0..10 {
        scheduler.step(&mut groups).unwrap();
    }
    assert_eq!(lr(&groups), [0.0, 0.0, 0.1, 0.1]);
}

#[test]
fn a_loop_may_step_a_rule_of_its_own() {
    let halve = rule("halve", |n, current: &[f64]| {
        (n % 4 == 0 && n > 0).then(|| current.iter().map(|lr| lr / 2.0).collect::<Vec<_>>())
    });
    let mut groups = optimizer();
    let mut scheduler = StatelessScheduler::attach("lr", halve, &mut groups).unwrap();
    for n in 1..=8 {
        scheduler.step_update(n, &mut groups).unwrap();
    }
    assert_eq!(lr(&groups), [0.025, 0.25]);
}
