//! Groups that come later.

use lehr::{Error, Horizon, NewGroups, ParamGroups, Plan, Scheduler, linear, times};

use crate::snapshot::{field, snapshot};

/// Checks an implementation whose groups can become more; `grow` adds one group with an `lr` above 0.
///
/// It is refused unless the scheduler was told to adopt it; adopted, its base is the `lr` that it came with.
pub fn adopts_new_groups<G: ParamGroups>(make: impl Fn() -> G, grow: impl Fn(&mut G)) {
    let horizon = Horizon::updates(4).unwrap();
    let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&horizon).unwrap();

    let mut groups = make();
    let known = groups.group_count();
    let mut scheduler = Scheduler::builder().field("lr", plan.clone()).attach(&mut groups).unwrap();
    grow(&mut groups);
    assert_eq!(groups.group_count(), known + 1, "`grow` adds one group");
    let before = snapshot(&groups);
    let stepped = scheduler.step(&mut groups);
    assert!(
        matches!(stepped, Err(Error::GroupCount { attached, now }) if attached == known && now == known + 1),
        "{stepped:?}"
    );
    assert_eq!((snapshot(&groups), scheduler.num_updates()), (before, 0));

    let mut groups = make();
    let adopting = Scheduler::builder().field("lr", plan.clone()).new_groups(NewGroups::Adopt);
    let mut scheduler = adopting.attach(&mut groups).unwrap();
    let lr = field("lr");
    let mut bases: Vec<f64> = (0..known).map(|group| groups.get(group, &lr).unwrap()).collect();
    scheduler.step(&mut groups).unwrap();
    grow(&mut groups);
    bases.push(groups.get(known, &lr).unwrap());
    scheduler.step(&mut groups).unwrap();
    for (group, base) in bases.into_iter().enumerate() {
        assert_eq!(groups.get(group, &lr), Some(plan.value_at(2, base)), "group {group}");
    }
}
