//! What holds for every plan: bounds, random access, resuming, text.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::type_complexity
)]

mod common;

use lehr::{
    Horizon, MemoryGroups, OnMismatch, Plan, Retarget, Scheduler, Spec, State, StatefulScheduler,
    StatelessScheduler,
};
use proptest::prelude::*;

const BASES: [f64; 4] = [1.0, 3e-4, 1.0, 0.025];

fn groups() -> MemoryGroups {
    MemoryGroups::of("lr", &BASES)
}

fn attach(plan: &Plan, groups: &mut MemoryGroups) -> StatefulScheduler {
    StatefulScheduler::attach("lr", plan.clone(), groups).unwrap()
}

fn bits(groups: &MemoryGroups) -> Vec<u64> {
    groups.values("lr").unwrap().into_iter().map(f64::to_bits).collect()
}

/// The values at both ends; what falls by itself goes towards 0.
fn ends(phase: &lehr::ResolvedPhase, base: f64) -> (f64, f64) {
    (phase.from.unwrap().of(base), phase.to.map_or(0.0, |to| to.of(base)))
}

/// Whether the levels are of two kinds.
fn mixed(phase: &lehr::ResolvedPhase) -> bool {
    phase.to.is_some_and(|to| std::mem::discriminant(&to) != std::mem::discriminant(&phase.from.unwrap()))
}

proptest! {
    #[test]
    fn values_stay_between_the_levels((plan, total) in common::plan()) {
        for base in BASES {
            for phase in plan.phases() {
                let (from, to) = ends(phase, base);
                let (low, high) = (from.min(to), from.max(to));
                for n in phase.start..phase.end.unwrap() {
                    let value = plan.value_at(n, base);
                    // Rounding may leave the range of a multiple and an absolute level by an ulp, never that of two of one kind.
                    let slack = if mixed(phase) { 1e-15 } else { 0.0 };
                    prop_assert!(value >= low * (1.0 - slack) && value <= high * (1.0 + slack), "{plan}: {value} at {n}");
                }
            }
            if let Some(to) = plan.phases().last().unwrap().to {
                prop_assert_eq!(plan.value_at(total, base), to.of(base));
            }
        }
    }

    #[test]
    fn phases_are_monotone((plan, _) in common::plan()) {
        for phase in plan.phases() {
            let (from, to) = ends(phase, 1.0);
            let values: Vec<f64> = (phase.start..phase.end.unwrap()).map(|n| plan.value_at(n, 1.0)).collect();
            for pair in values.windows(2) {
                let slack = 4.0 * f64::EPSILON * from.max(to);
                prop_assert!(if from <= to { pair[1] >= pair[0] - slack } else { pair[1] <= pair[0] + slack }, "{plan}");
            }
        }
    }

    #[test]
    fn stepping_and_random_access_agree((plan, total) in common::plan(), seed in any::<u64>()) {
        let mut stepped = groups();
        let mut scheduler = attach(&plan, &mut stepped);
        let mut random = groups();
        let mut stateless = StatelessScheduler::attach("lr", plan.clone(), &mut random).unwrap();
        for n in 0..=total + 10 {
            prop_assert_eq!(bits(&stepped), BASES.map(|base| plan.value_at(n, base).to_bits()).to_vec());
            stateless.step_update(seed.rotate_left((n % 64) as u32) % (2 * total), &mut random).unwrap();
            stateless.step_update(n, &mut random).unwrap();
            prop_assert_eq!(bits(&stepped), bits(&random));
            scheduler.step(&mut stepped).unwrap();
        }
    }

    #[test]
    fn resuming_at_every_update_changes_no_bit((plan, total) in common::plan()) {
        let mut whole = groups();
        let mut scheduler = attach(&plan, &mut whole);
        // One resumed run is continued after every single update, from JSON.
        let mut resumed = groups();
        for _ in 0..total + 3 {
            let text = serde_json::to_string(&scheduler.state()).unwrap();
            let state: State = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&state, &scheduler.state());
            let mut fresh = groups();
            let mut again = attach(&plan, &mut fresh);
            again.load_state(&state, OnMismatch::Error, &mut fresh).unwrap();
            prop_assert_eq!(bits(&fresh), bits(&whole), "the values are there at once");
            again.step(&mut fresh).unwrap();
            scheduler.step(&mut whole).unwrap();
            prop_assert_eq!(bits(&fresh), bits(&whole));
            resumed = fresh;
        }
        prop_assert_eq!(resumed, whole);
    }

    #[test]
    fn every_order_of_restoring_agrees((plan, total) in common::plan(), k in any::<prop::sample::Index>()) {
        let k = k.index(total as usize + 5);
        let mut saved_optimizer = groups();
        let mut scheduler = attach(&plan, &mut saved_optimizer);
        for _ in 0..k {
            scheduler.step(&mut saved_optimizer).unwrap();
        }
        let state = scheduler.state();
        // A scheduler exists before its state is loaded: three orders.
        for order in 0..3 {
            let mut optimizer = if order == 0 { saved_optimizer.clone() } else { groups() };
            let mut scheduler = attach(&plan, &mut optimizer);
            if order == 1 {
                optimizer = saved_optimizer.clone();
            }
            scheduler.load_state(&state, OnMismatch::Error, &mut optimizer).unwrap();
            if order == 2 {
                optimizer = saved_optimizer.clone();
            }
            prop_assert_eq!(bits(&optimizer), bits(&saved_optimizer), "order {}", order);
            scheduler.step(&mut optimizer).unwrap();
            prop_assert_eq!(bits(&optimizer), BASES.map(|base| plan.value_at(k as u64 + 1, base).to_bits()).to_vec());
        }
    }

    #[test]
    fn ratios_between_groups_survive((plan, total) in common::plan(), factor in 0.001..1000.0_f64) {
        let relative = !plan.phases().any(|phase| {
            [phase.from, phase.to].iter().any(|level| matches!(level, Some(lehr::Level::Absolute(_))))
        });
        prop_assume!(relative);
        for n in (0..total).step_by(7) {
            let (one, other) = (plan.value_at(n, 1.0), plan.value_at(n, factor));
            prop_assert!((other - one * factor).abs() <= 4.0 * f64::EPSILON * other);
            prop_assert_eq!(plan.value_at(n, 0.0).to_bits(), 0, "0 stays 0");
        }
    }

    #[test]
    fn text_reads_back_to_an_equal_plan((plan, total) in common::plan()) {
        let text = plan.to_string();
        let again: Spec = text.parse().unwrap();
        prop_assert_eq!(&again.resolve(&Horizon::updates(total).unwrap()).unwrap(), &plan);
        prop_assert_eq!(&again.resolve(&Horizon::open()).unwrap(), &plan, "a printed plan says its own length");
        prop_assert_eq!(again.to_string(), text);
    }

    #[test]
    fn json_reads_back((plan, _) in common::plan(), spec in common::spec()) {
        let json = serde_json::to_string(&plan).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Plan>(&json).unwrap(), &plan, "{}", json);
        let json = serde_json::to_string(&spec).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Spec>(&json).unwrap(), &spec, "{}", json);
    }

    #[test]
    fn a_spec_reads_back(spec in common::spec()) {
        prop_assert_eq!(spec.to_string().parse::<Spec>().unwrap(), spec);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}") {
        let _ = text.parse::<Spec>().map(|spec| spec.resolve(&Horizon::updates(100).unwrap()));
    }

    #[test]
    fn no_likely_text_panics(parts in proptest::collection::vec(
        prop_oneof![
            Just("linear"), Just("cosine"), Just("hold"), Just("geometric"), Just("("), Just(")"), Just("="), Just(","), Just("->"),
            Just("from"), Just("over"), Just("k"), Just("1e308x"), Just("-0"), Just("5%"), Just("1e999"), Just("rest"), Just("ep"), Just("é"),
        ], 0..20)) {
        let text = parts.concat();
        let plan = text.parse::<Spec>().and_then(|spec| spec.resolve(&Horizon::epochs(10, 3).unwrap()));
        if let Ok(plan) = plan {
            prop_assert!(!plan.value_at(7, 1.0).is_nan(), "{}", text);
        }
    }
}

#[test]
fn a_plan_that_differs_is_refused_and_named() {
    let plan = |text: &str| text.parse::<Spec>().unwrap().resolve(&Horizon::updates(10).unwrap()).unwrap();
    let (old, new) = (plan("cosine(to=0)"), plan("linear(to=0)"));
    let scheduler = |plan: &Plan, groups: &mut MemoryGroups| {
        Scheduler::builder()
            .field("lr", plan.clone())
            .field("weight_decay", old.clone())
            .attach(groups)
            .unwrap()
    };
    let optimizer = || MemoryGroups::new().group("all", [("lr", 1.0), ("weight_decay", 0.1)]);
    let mut saved = optimizer();
    let mut saving = scheduler(&old, &mut saved);
    for _ in 0..4 {
        saving.step(&mut saved).unwrap();
    }
    let state = saving.state();

    let mut groups = optimizer();
    let mut loading = scheduler(&new, &mut groups);
    let (before, before_state) = (groups.clone(), loading.state());
    let error = loading.load_state(&state, OnMismatch::Error, &mut groups).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the saved state is not of this scheduler: the plan of `lr` was `cosine(from=1x, to=0, over=10)`, now it is \
         `linear(from=1x, to=0, over=10)`"
    );
    assert_eq!((groups.clone(), loading.state()), (before, before_state));

    loading.load_state(&state, OnMismatch::UseNew, &mut groups).unwrap();
    assert_eq!(groups.values("lr").unwrap(), [new.value_at(4, 1.0)]);
    loading.load_state(&state, OnMismatch::UseSaved, &mut groups).unwrap();
    assert_eq!(groups.values("lr").unwrap(), [old.value_at(4, 1.0)]);
    assert_eq!(loading.state(), state);
}

#[test]
fn a_changed_run_is_left_for_the_schedulers_own_plan_where_that_is_asked_for() {
    let own = "linear(to=0)".parse::<Spec>().unwrap().resolve(&Horizon::updates(10).unwrap()).unwrap();
    let mut groups = MemoryGroups::of("lr", &[1.0]);
    let mut scheduler = Scheduler::builder().field("lr", own.clone()).attach(&mut groups).unwrap();
    scheduler.retarget(20, Retarget::Stretch, &mut groups).unwrap();
    scheduler.step(&mut groups).unwrap();
    let state = scheduler.state();
    let mut resumed = Scheduler::builder().field("lr", own.clone()).attach(&mut groups).unwrap();
    resumed.load_state(&state, OnMismatch::UseNew, &mut groups).unwrap();
    assert_eq!(groups.values("lr").unwrap(), [0.9]);
    let saved = &resumed.state().fields[0];
    assert_eq!((&saved.plan, &saved.original), (&Some(own.to_string()), &None));
}

#[test]
fn a_damaged_or_foreign_state_is_refused() {
    let plan = "cosine(to=0)".parse::<Spec>().unwrap().resolve(&Horizon::updates(10).unwrap()).unwrap();
    let mut optimizer = groups();
    let mut scheduler = attach(&plan, &mut optimizer);
    scheduler.step(&mut optimizer).unwrap();
    let good = scheduler.state();
    let spoil = |change: fn(&mut State)| {
        let mut state = good.clone();
        change(&mut state);
        state
    };
    let cases: [(&str, State); 10] = [
        ("it has version 2, but this lehr reads up to version 1", spoil(|state| state.version = 2)),
        ("it schedules [], this scheduler [lr]", spoil(|state| state.fields.clear())),
        (
            "it schedules `eps` where this scheduler has `lr`",
            spoil(|state| state.fields[0].field = "eps".to_owned()),
        ),
        (
            "`lr` is scheduled in groups [0, 1], here in [0, 1, 2, 3]",
            spoil(|state| state.fields[0].groups.truncate(2)),
        ),
        ("`lr` has 3 bases and 4 values for 4 groups", spoil(|state| state.fields[0].bases.truncate(3))),
        ("`lr` has 4 bases and 0 values for 4 groups", spoil(|state| state.fields[0].values.clear())),
        ("`lr` was not driven by a plan", spoil(|state| state.fields[0].plan = None)),
        (
            "`lr` of group 1 would be NaN, but it must be finite: that is what the saved state says",
            spoil(|state| state.fields[0].bases[1] = f64::NAN),
        ),
        (
            "`lr` of group 3 would be inf, but it must be finite: that is what the saved state says",
            spoil(|state| state.fields[0].values[3] = f64::INFINITY),
        ),
        ("at byte 0, `gibberish`", spoil(|state| state.fields[0].plan = Some("gibberish".to_owned()))),
    ];
    for (expected, state) in cases {
        let (before, before_state) = (optimizer.clone(), scheduler.state());
        let error =
            scheduler.load_state(&state, OnMismatch::UseSaved, &mut optimizer).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}\nwas wanted to contain\n{expected}");
        assert_eq!((optimizer.clone(), scheduler.state()), (before, before_state));
    }
    // A base that the plan cannot have.
    let divides =
        "geometric(to=1e-3)".parse::<Spec>().unwrap().resolve(&Horizon::updates(10).unwrap()).unwrap();
    let mut dividing = attach(&divides, &mut optimizer);
    let mut state = dividing.state();
    state.fields[0].bases[2] = 0.0;
    let error = dividing.load_state(&state, OnMismatch::Error, &mut optimizer).unwrap_err().to_string();
    assert!(error.starts_with("`from` is 0, but a geometric phase goes between two levels"), "{error}");
    assert!(serde_json::from_str::<State>(r#"{"version":1,"num_updates":3,"fields":[],"extra":0}"#).is_err());
    assert!(serde_json::from_str::<State>(r#"{"version":1,"fields":[]}"#).is_err());
}
