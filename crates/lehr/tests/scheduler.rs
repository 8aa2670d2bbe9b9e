//! Schedulers in full: controllers, ties, seeking, re-planning, groups that come later (DESIGN.md section 4).

#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_possible_truncation)]

mod common;

use lehr::control::Plateau;
use lehr::{
    Cosine, Error, Field, Horizon, Linear, MemoryGroups, NewGroups, OnMismatch, ParamGroups, Plan, Retarget,
    Scheduler, Selection, Spec, State, UpdateRule, absolute, tied_to, times,
};
use proptest::prelude::*;

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

fn plateau() -> Plateau {
    Plateau::builder().patience(0).factor(0.5).build().unwrap()
}

fn bits(groups: &MemoryGroups, field: &str) -> Vec<u64> {
    groups.values(field).unwrap().into_iter().map(f64::to_bits).collect()
}

/// Adds one to what it finds.
struct Add;

impl UpdateRule for Add {
    fn get_updated_values(&mut self, n: u64, current: &[f64], out: &mut [f64]) -> Result<bool, Error> {
        for (value, new) in current.iter().zip(out) {
            *new = value + 1.0;
        }
        Ok(n > 0)
    }
}

#[test]
fn a_factor_multiplies_any_plan_and_keeps_the_count() {
    let lr = plan("linear(from=0x, over=10) -> cosine(to=0)", 100);
    let mut groups = optimizer();
    let mut scheduler =
        Scheduler::builder().field("lr", lr.clone()).control("lr", plateau()).attach(&mut groups).unwrap();
    let mut factor = 1.0;
    for n in 0..120 {
        assert_eq!(
            groups.values("lr").unwrap(),
            [0.1, 1.0].map(|base| lr.value_at(n, base) * factor),
            "update {n}"
        );
        if n % 10 == 5 {
            scheduler.observe(1.0, &mut groups).unwrap();
            factor *= if n == 5 { 1.0 } else { 0.5 };
            assert_eq!(
                groups.values("lr").unwrap(),
                [0.1, 1.0].map(|base| lr.value_at(n, base) * factor),
                "at once"
            );
            assert_eq!(scheduler.num_updates(), n);
        }
        scheduler.step(&mut groups).unwrap();
    }
}

#[test]
fn only_an_update_changes_what_was_last_used() {
    let mut groups = optimizer();
    let builder = Scheduler::builder().field("lr", plan("linear(to=0)", 10)).control("lr", plateau());
    let mut scheduler = builder.attach(&mut groups).unwrap();
    scheduler.step(&mut groups).unwrap();
    scheduler.observe(1.0, &mut groups).unwrap();
    scheduler.observe(1.0, &mut groups).unwrap();
    assert_eq!((scheduler.last_used("lr", 1), scheduler.current("lr", 1)), (Some(1.0), Some(0.45)));
    scheduler.retarget(20, Retarget::Stretch, &mut groups).unwrap();
    assert_eq!(scheduler.last_used("lr", 1), Some(1.0));
    scheduler.step(&mut groups).unwrap();
    assert_eq!(scheduler.last_used("lr", 1), Some(0.45));
}

#[test]
fn a_rule_goes_on_from_its_own_values_not_from_the_factored_ones() {
    let mut groups = MemoryGroups::of("lr", &[1.0]);
    let mut scheduler =
        Scheduler::builder().field("lr", Add).control("lr", plateau()).attach(&mut groups).unwrap();
    scheduler.step(&mut groups).unwrap();
    scheduler.observe(1.0, &mut groups).unwrap();
    scheduler.observe(1.0, &mut groups).unwrap();
    assert_eq!(groups.values("lr").unwrap(), [1.0], "2, halved");
    scheduler.step(&mut groups).unwrap();
    assert_eq!(groups.values("lr").unwrap(), [1.5], "3, halved");

    let state: State = serde_json::from_str(&serde_json::to_string(&scheduler.state()).unwrap()).unwrap();
    assert_eq!(state.fields[0].values, [3.0], "saved without the factor");
    let mut fresh = MemoryGroups::of("lr", &[1.0]);
    let mut resumed =
        Scheduler::builder().field("lr", Add).control("lr", plateau()).attach(&mut fresh).unwrap();
    resumed.load_state(&state, OnMismatch::Error, &mut fresh).unwrap();
    assert_eq!(fresh, groups);
    resumed.step(&mut fresh).unwrap();
    assert_eq!(fresh.values("lr").unwrap(), [2.0], "4, halved: the rule was not asked when loading");
}

/// Refuses weight decay.
struct Frozen(MemoryGroups);
impl ParamGroups for Frozen {
    fn group_count(&self) -> usize {
        self.0.group_count()
    }
    fn get(&self, group: usize, field: &Field) -> Option<f64> {
        self.0.get(group, field)
    }
    fn set(&mut self, group: usize, field: &Field, value: f64) -> Result<(), String> {
        if field.name() == "weight_decay" {
            Err("frozen".to_owned())
        } else {
            self.0.set(group, field, value)
        }
    }
}

#[test]
fn a_metric_that_is_refused_changes_nothing() {
    let mut groups = optimizer();
    let lr = plan("cosine(to=0)", 10);
    let mut scheduler = Scheduler::builder()
        .field("lr", lr)
        .field("weight_decay", plan("linear(to=0)", 10))
        .control("lr", plateau())
        .control("weight_decay", plateau())
        .attach(&mut groups)
        .unwrap();
    scheduler.observe(1.0, &mut groups).unwrap();
    let (before, state) = (groups.clone(), scheduler.state());
    assert!(scheduler.observe(f64::NAN, &mut groups).is_err());
    assert_eq!((&groups, &scheduler.state()), (&before, &state));

    let mut frozen = Frozen(groups);
    assert!(matches!(scheduler.observe(2.0, &mut frozen), Err(Error::Write { .. })));
    assert_eq!((&frozen.0, &scheduler.state()), (&before, &state), "the controllers are put back too");
}

#[test]
fn only_scheduled_fields_can_be_controlled_and_only_once() {
    let attach = |field: &str, times: usize| {
        let mut builder = Scheduler::builder().field("lr", plan("hold", 10));
        for _ in 0..times {
            builder = builder.control(field, plateau());
        }
        builder.attach(&mut optimizer()).map(|_| ()).map_err(|error| error.to_string())
    };
    assert!(attach("lr", 1).is_ok());
    assert!(attach("lr", 2).unwrap_err().starts_with("`lr` of group 0 (`body`) is scheduled twice"));
    assert!(attach("weight_decay", 1).unwrap_err().contains("only a scheduled field can be controlled"));
}

#[test]
fn tied_values_follow_their_source_with_its_factor() {
    let lr = plan("cosine(to=0)", 10);
    let mut groups = optimizer();
    let mut scheduler = Scheduler::builder()
        .field("betas[0]", tied_to("weight_decay").unwrap().linear(0.95, -1.0))
        .field_on("weight_decay", Selection::names(["body"]), tied_to("lr").unwrap())
        .field("lr", lr.clone())
        .control("lr", plateau())
        .attach(&mut groups);
    // betas[0] is tied in both groups, weight_decay is scheduled in one only.
    assert!(
        scheduler.as_ref().unwrap_err().to_string().contains("`weight_decay` is not scheduled in group 1")
    );
    scheduler = Scheduler::builder()
        .field_on("betas[0]", Selection::names(["body"]), tied_to("weight_decay").unwrap().linear(0.95, -1.0))
        .field_on("weight_decay", Selection::names(["body"]), tied_to("lr").unwrap().power(2.0))
        .field("lr", lr.clone())
        .control("lr", plateau())
        .attach(&mut groups);
    let mut scheduler = scheduler.unwrap();
    let mut factor = 1.0;
    for n in 0..12 {
        let share = lr.value_at(n, 0.1) * factor / 0.1;
        let weight_decay = groups.values("weight_decay").unwrap();
        assert!((weight_decay[0] - 0.04 * share * share).abs() < 1e-17, "update {n}");
        assert_eq!(weight_decay[1].to_bits(), 0);
        assert_eq!(groups.values("betas[0]").unwrap(), [0.95 - weight_decay[0], 0.8]);
        assert_eq!(groups.values("betas[1]").unwrap(), [0.999, 0.99], "the other element stays, to the bit");
        if n == 4 {
            scheduler.observe(1.0, &mut groups).unwrap();
            scheduler.observe(1.0, &mut groups).unwrap();
            factor = 0.5;
        }
        scheduler.step(&mut groups).unwrap();
    }
    let state = scheduler.state();
    assert_eq!(state.fields[1].rule.as_deref(), Some("tied_to(lr, power=2)"));
}

#[test]
fn a_plain_tie_is_in_proportion() {
    let mut groups = optimizer();
    let mut scheduler = Scheduler::builder()
        .field("lr", plan("linear(to=0)", 4))
        .field("weight_decay", tied_to("lr").unwrap())
        .attach(&mut groups)
        .unwrap();
    scheduler.step(&mut groups).unwrap();
    let [body, head] = groups.values("weight_decay").unwrap()[..] else { panic!("two groups") };
    assert!((body / 0.04 - 0.75).abs() < 1e-15 && head == 0.0, "{body}, {head}");
}

#[test]
fn ties_that_cannot_be_are_refused() {
    let attach = |builder: lehr::SchedulerBuilder| builder.attach(&mut optimizer()).unwrap_err().to_string();
    let circle = attach(
        Scheduler::builder()
            .field("lr", tied_to("weight_decay").unwrap().linear(0.0, 1.0))
            .field("weight_decay", tied_to("lr").unwrap()),
    );
    assert!(circle.contains("cannot be tied to each other in a circle"), "{circle}");
    let beside = attach(
        Scheduler::builder()
            .field("lr", plan("hold", 5))
            .field("betas[0]", tied_to("betas[1]").unwrap())
            .field("betas[1]", tied_to("betas[0]").unwrap()),
    );
    let named = "`tied_to` is betas[0] = tied_to(betas[1]), betas[1] = tied_to(betas[0]), but fields cannot";
    assert!(beside.starts_with(named), "{beside}");
    let itself = attach(Scheduler::builder().field("lr", tied_to("lr").unwrap()));
    assert!(itself.contains("in a circle"), "{itself}");
    let alone = attach(Scheduler::builder().field("lr", tied_to("eps").unwrap()));
    assert!(alone.contains("`eps` is not scheduled in group 0"), "{alone}");
    let zero = attach(
        Scheduler::builder()
            .field("weight_decay", plan("hold", 5))
            .field("lr", tied_to("weight_decay").unwrap()),
    );
    assert!(zero.contains("needs a base of it that is not 0"), "{zero}");
    let infinite = attach(
        Scheduler::builder()
            .field("lr", plan("hold", 5))
            .field("weight_decay", tied_to("lr").unwrap().linear(f64::NAN, 1.0)),
    );
    assert!(infinite.contains("must be a finite number"), "{infinite}");
}

#[test]
fn groups_that_come_later_are_adopted_by_declared_policy() {
    let lr = plan("linear(to=0)", 10);
    let build = |policy| {
        Scheduler::builder()
            .field("lr", lr.clone())
            .field_on("weight_decay", Selection::predicate(|_, name| name != Some("norms")), lr.clone())
            .new_groups(policy)
    };
    let mut groups = optimizer();
    let mut scheduler = build(NewGroups::Adopt).attach(&mut groups).unwrap();
    scheduler.step(&mut groups).unwrap();
    groups = groups
        .group("norms", [("lr", 2.0), ("weight_decay", 0.5)])
        .group("adapter", [("lr", 4.0), ("weight_decay", 0.2)]);
    scheduler.step(&mut groups).unwrap();
    assert_eq!(groups.values("lr").unwrap(), [0.1, 1.0, 2.0, 4.0].map(|base| lr.value_at(2, base)));
    assert_eq!(groups.values("weight_decay").unwrap()[2..], [0.5, lr.value_at(2, 0.2)]);
    // What was adopted is in the state, and a run that has the groups from the start goes on from there.
    let state = scheduler.state();
    let mut resumed = groups.clone();
    let mut again = build(NewGroups::Error).attach(&mut resumed).unwrap();
    again.load_state(&state, OnMismatch::Error, &mut resumed).unwrap();
    scheduler.step(&mut groups).unwrap();
    again.step(&mut resumed).unwrap();
    assert_eq!(resumed, groups);
    // Fewer groups are always an error, and a new one without the field too.
    assert!(matches!(scheduler.step(&mut optimizer()), Err(Error::GroupCount { attached: 4, now: 2 })));
    let mut odd = groups.clone().group("odd", [("momentum", 0.9)]);
    let before = odd.clone();
    assert!(matches!(scheduler.step(&mut odd), Err(Error::MissingField { .. })));
    assert_eq!(odd, before);
    scheduler.step(&mut groups).unwrap();

    let mut strict = build(NewGroups::Error).attach(&mut optimizer()).unwrap();
    assert!(matches!(strict.step(&mut groups), Err(Error::GroupCount { attached: 2, now: 4 })));
}

#[test]
fn seeking_is_absolute_and_asks_only_pure_rules() {
    struct Square;
    impl UpdateRule for Square {
        fn get_updated_values(&mut self, n: u64, _: &[f64], out: &mut [f64]) -> Result<bool, Error> {
            out.fill((n * n) as f64);
            Ok(true)
        }
        fn is_pure(&self) -> bool {
            true
        }
    }
    let lr = plan("cosine(to=0)", 10);
    let mut groups = optimizer();
    let mut scheduler = Scheduler::builder()
        .field("lr", lr.clone())
        .field("weight_decay", Square)
        .attach(&mut groups)
        .unwrap();
    for n in [7, 7, 3, 0, 100] {
        scheduler.seek(n, &mut groups).unwrap();
        assert_eq!(scheduler.num_updates(), n);
        assert_eq!(groups.values("lr").unwrap(), [lr.value_at(n, 0.1), lr.value_at(n, 1.0)]);
        assert_eq!(groups.values("weight_decay").unwrap(), [(n * n) as f64; 2]);
    }
    let mut groups = optimizer();
    let mut scheduler =
        Scheduler::builder().field("lr", lr).field("weight_decay", Add).attach(&mut groups).unwrap();
    let before = groups.clone();
    let error = scheduler.seek(5, &mut groups).unwrap_err().to_string();
    assert!(error.contains("depends on what came before"), "{error}");
    assert_eq!((groups, scheduler.num_updates()), (before, 0));
}

proptest! {
    #[test]
    fn retargeting_is_continuous_reaches_the_end_and_resumes(
        (plan, total) in common::plan(),
        at in any::<prop::sample::Index>(),
        longer in 1..500_u64,
        stretch in any::<bool>(),
    ) {
        let at = at.index(total as usize) as u64;
        let new_total = if stretch { at + longer } else { total + longer };
        let how = if stretch { Retarget::Stretch } else { Retarget::KeepShape };
        let changed = plan.retarget(at, new_total, how).unwrap();
        prop_assert_eq!(changed.end(), Some(new_total));
        let again: Plan = changed.to_string().parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap();
        prop_assert_eq!(&again, &changed, "it reads back");
        for base in [1.0, 3e-4] {
            for n in 0..=at {
                prop_assert_eq!(changed.value_at(n, base).to_bits(), plan.value_at(n, base).to_bits(), "{} before", n);
            }
            let end = plan.value_at(total, base);
            for n in [new_total, new_total + 1, new_total * 11] {
                prop_assert_eq!(changed.value_at(n, base).to_bits(), end.to_bits(), "{} after", n);
            }
            if !stretch {
                for n in at..total {
                    prop_assert_eq!(changed.value_at(n + longer, base).to_bits(), plan.value_at(n, base).to_bits());
                }
            }
        }
    }

    #[test]
    fn annealing_is_continuous_and_ends_exactly((plan, total) in common::plan(), at in 0..700_u64, over in 1..300_u64) {
        let annealed = plan.anneal(at, Cosine::default(), over, absolute(1e-7)).unwrap();
        let again: Plan = annealed.to_string().parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap();
        prop_assert_eq!(&again, &annealed);
        for base in [1.0, 3e-4] {
            for n in 0..=at {
                let (new, old) = (annealed.value_at(n, base), plan.value_at(n, base));
                let same = if n < at { new.to_bits() == old.to_bits() } else { (new - old).abs() <= 4.0 * f64::EPSILON * old };
                prop_assert!(same, "{plan} at {n} of {total}: {new:e} instead of {old:e}");
            }
            prop_assert_eq!(annealed.value_at(at + over, base), 1e-7);
            prop_assert_eq!(annealed.value_at(at + over + 1000, base), 1e-7);
        }
    }

    #[test]
    fn a_replanned_run_resumes_at_every_update((plan, total) in common::plan(), at in 0..50_u64) {
        let mut groups = MemoryGroups::of("lr", &[1.0, 3e-4]);
        let mut scheduler = Scheduler::builder().field("lr", plan.clone()).attach(&mut groups).unwrap();
        for _ in 0..at {
            scheduler.step(&mut groups).unwrap();
        }
        scheduler.retarget(total + 100, Retarget::Stretch, &mut groups).unwrap();
        scheduler.step(&mut groups).unwrap();
        scheduler.retarget(total + 50, Retarget::Stretch, &mut groups).unwrap();
        for n in at + 1..total + 60 {
            if n % 37 == 0 {
                let state: State = serde_json::from_str(&serde_json::to_string(&scheduler.state()).unwrap()).unwrap();
                let mut fresh = MemoryGroups::of("lr", &[1.0, 3e-4]);
                let mut resumed = Scheduler::builder().field("lr", plan.clone()).attach(&mut fresh).unwrap();
                resumed.load_state(&state, OnMismatch::Error, &mut fresh).unwrap();
                prop_assert_eq!(bits(&fresh, "lr"), bits(&groups, "lr"));
                prop_assert_eq!(&resumed.state(), &state, "the change is still recorded");
                scheduler = resumed;
            }
            scheduler.step(&mut groups).unwrap();
        }
        let end = [1.0, 3e-4].map(|base| plan.value_at(total, base).to_bits()).to_vec();
        prop_assert_eq!(bits(&groups, "lr"), end);
    }
}

#[test]
fn replanning_what_cannot_be_is_refused() {
    let mut groups = optimizer();
    let mut scheduler = Scheduler::builder()
        .field("lr", plan("cosine(to=0)", 10))
        .field("weight_decay", Add)
        .attach(&mut groups)
        .unwrap();
    for _ in 0..5 {
        scheduler.step(&mut groups).unwrap();
    }
    let (before, state) = (groups.clone(), scheduler.state());
    let mut refused = |change: &mut dyn FnMut(&mut Scheduler, &mut MemoryGroups) -> Result<(), Error>,
                       expected: &str| {
        let error = change(&mut scheduler, &mut groups).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!((&groups, &scheduler.state()), (&before, &state));
    };
    refused(&mut |s, g| s.retarget(5, Retarget::Stretch, g), "5 updates are completed already");
    refused(&mut |s, g| s.retarget(8, Retarget::KeepShape, g), "its shape cannot be kept in fewer");
    refused(&mut |s, g| s.anneal_from_here("lr", Linear, 0, times(0.0), g), "takes at least one update");
    refused(&mut |s, g| s.anneal_from_here("lr", Linear, 5, times(f64::NAN), g), "`to` is NaNx");
    refused(
        &mut |s, g| s.anneal_from_here("lr", lehr::Hold, 5, times(0.0), g),
        "goes from the current value to another",
    );
    refused(&mut |s, g| s.anneal_from_here("lr", lehr::Geometric, 5, times(0.0), g), "a geometric phase");
    refused(
        &mut |s, g| s.anneal_from_here("weight_decay", Linear, 5, times(0.0), g),
        "only a field that is scheduled by a plan",
    );
    let mut open =
        Scheduler::builder().field("lr", "hold".parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap());
    open = open.new_groups(NewGroups::Error);
    let mut open = open.attach(&mut groups).unwrap();
    assert!(
        open.retarget(50, Retarget::Stretch, &mut groups)
            .unwrap_err()
            .to_string()
            .contains("no plan of this scheduler has an end")
    );
}

#[test]
fn annealing_leaves_a_floored_plan_continuously() {
    // A clamp has no single level, so the anneal carries each group's own value over.
    let floored = plan("clamp(cosine(to=0), min=0.05)", 100);
    let annealed = floored.anneal(80, Linear, 10, times(0.0)).unwrap();
    for base in [1.0, 0.2, 0.01] {
        assert_eq!(annealed.value_at(80, base), floored.value_at(80, base));
        assert_eq!(annealed.value_at(85, base), 0.5 * floored.value_at(80, base));
        assert_eq!(annealed.value_at(90, base), 0.0);
    }
    // And it can be re-planned again in the middle of what is carried over.
    let longer = annealed.retarget(85, 105, Retarget::Stretch).unwrap();
    assert_eq!(longer.value_at(85, 1.0), annealed.value_at(85, 1.0));
    assert!((longer.value_at(95, 1.0) - 0.5 * annealed.value_at(85, 1.0)).abs() < 1e-15);
    assert_eq!(longer.value_at(105, 1.0), 0.0);
    let read: Plan = longer.to_string().parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap();
    assert_eq!(read, longer);
}

#[test]
fn explanations_say_phase_progress_and_what_comes_next() {
    let lr = plan("linear(from=0x, over=5%) -> repeat(cosine(to=0.1x, over=200), times=2) -> hold", 1000);
    let mut groups = MemoryGroups::of("lr", &[3e-4]);
    let scheduler =
        Scheduler::builder().field("lr", lr).control("lr", plateau()).attach(&mut groups).unwrap();
    let said = |n| scheduler.explain(n)[0].to_string();
    assert_eq!(
        said(10),
        "update 10 of 1000 (1.0 %): lr of group 0 is 6e-5, in phase `linear` from 0 to 50 (20.0 % of it done); the next \
         phase starts at 50"
    );
    assert!(said(300).contains(
        "in phase `repeat > cosine` from 250 to 450 (25.0 % of it done); the next phase starts at 450"
    ));
    assert!(
        said(500).ends_with("in phase `hold` from 450 to 1000 (9.1 % of it done); the plan ends there"),
        "{}",
        said(500)
    );
    assert!(
        said(2000).ends_with("the last value of the plan, which holds from its end on"),
        "{}",
        said(2000)
    );
}
