//! Schedules on the groups.

use lehr::{Error, Horizon, OnMismatch, ParamGroups, Plan, Scheduler, SchedulerBuilder, Selection, Spec};

use crate::failing::Failing;
use crate::snapshot::{field, snapshot};

const UPDATES: u64 = 4;

/// The two plans: their values are between 0.25 and 0.75 of the base.
fn plan(text: &str) -> Plan {
    text.parse::<Spec>().unwrap().resolve(&Horizon::updates(UPDATES).unwrap()).unwrap()
}

fn falling() -> Plan {
    plan("linear(from=0.75x, to=0.25x)")
}

/// Every field of every group, `lr` falling and the others rising.
fn all_fields(groups: &impl ParamGroups) -> SchedulerBuilder {
    let rising = plan("cosine(from=0.25x, to=0.75x)");
    groups.fields(0).into_iter().fold(Scheduler::builder(), |builder, name| {
        let plan = if name == "lr" { falling() } else { rising.clone() };
        builder.field(&name, plan)
    })
}

pub(crate) fn every_field_of_every_group_follows_its_plan(groups: &mut impl ParamGroups) {
    let bases = snapshot(groups);
    let builder = all_fields(groups);
    let rising = plan("cosine(from=0.25x, to=0.75x)");
    let mut scheduler = builder.attach(groups).unwrap();
    for n in 0..=UPDATES + 1 {
        for (group, name, base) in &bases {
            let plan = if name == "lr" { falling() } else { rising.clone() };
            let expected = plan.value_at(n, f64::from_bits(*base));
            let found = groups.get(*group, &field(name)).unwrap();
            assert_eq!(found.to_bits(), expected.to_bits(), "`{name}` of group {group} at update {n}");
        }
        scheduler.step(groups).unwrap();
    }
}

pub(crate) fn selected_groups_alone_are_scheduled(groups: &mut impl ParamGroups) {
    let last = groups.group_count() - 1;
    let mut expected = snapshot(groups);
    let by_index = Selection::indices_of([last]);
    let mut scheduler = Scheduler::builder().field_on("lr", by_index, falling()).attach(groups).unwrap();
    scheduler.step_update(UPDATES, groups).unwrap();
    for (group, name, bits) in &mut expected {
        if *group == last && name == "lr" {
            *bits = (0.25 * f64::from_bits(*bits)).to_bits();
        }
    }
    assert_eq!(snapshot(groups), expected);

    if let Some(name) = groups.group_name(last).map(str::to_owned) {
        let indices = Selection::names([name.clone()]).indices(groups).unwrap();
        assert!(indices.contains(&last), "group {last} is named `{name}`, but that name selects {indices:?}");
    }
}

pub(crate) fn a_missing_field_is_an_error(groups: &mut impl ParamGroups) {
    let before = snapshot(groups);
    let builder = Scheduler::builder().field("lr", falling()).field("no_such_field", falling());
    match builder.attach(groups) {
        Err(Error::MissingField { field, known, .. }) => {
            assert_eq!((field.as_str(), known), ("no_such_field", groups.fields(0)));
        }
        other => panic!("a missing field gave {other:?}"),
    }
    assert_eq!(snapshot(groups), before);
}

/// Whichever write is refused, all the others are as if there had been none.
pub(crate) fn a_failed_write_is_undone(groups: &mut impl ParamGroups) {
    let mut scheduler = all_fields(groups).attach(groups).unwrap();
    let before = snapshot(groups);
    for refused in 0..before.len() {
        let mut failing = Failing { inner: &mut *groups, writes: 0, refused };
        let stepped = scheduler.step(&mut failing);
        assert!(matches!(stepped, Err(Error::Write { .. })), "write {refused}: {stepped:?}");
        assert_eq!(snapshot(groups), before, "write {refused} of {}", before.len());
        assert_eq!(scheduler.num_updates(), 0);
    }
    scheduler.step(groups).unwrap();
    assert!(
        snapshot(groups).iter().zip(&before).all(|(now, before)| now.2 != before.2 || before.2 << 1 == 0)
    );
}

pub(crate) fn a_state_goes_on_to_the_same_bits<G: ParamGroups>(make: &impl Fn() -> G) {
    let (mut whole, mut resumed) = (make(), make());
    let mut scheduler = all_fields(&whole).attach(&mut whole).unwrap();
    scheduler.step(&mut whole).unwrap();
    let state = scheduler.state();
    let mut other = all_fields(&resumed).attach(&mut resumed).unwrap();
    other.load_state(&state, OnMismatch::Error, &mut resumed).unwrap();
    for _ in 0..UPDATES {
        assert_eq!(snapshot(&resumed), snapshot(&whole));
        scheduler.step(&mut whole).unwrap();
        other.step(&mut resumed).unwrap();
    }
}
