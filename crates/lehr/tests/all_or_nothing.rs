//! Bad input changes nothing, and says what is wrong (DESIGN.md section 4: 1, 2, 3 and 9).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::type_complexity
)]

use lehr::{
    Error, Field, Horizon, MemoryGroups, NewGroups, ParamGroups, Plan, Scheduler, Selection, Spec,
    StatefulScheduler, StatelessScheduler, absolute, cosine, geometric, linear, rule, times, updates,
};

fn decay() -> Plan {
    Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(10).unwrap()).unwrap()
}

/// `betas` and three scalar fields, in two groups with bases of their own.
fn optimizer() -> MemoryGroups {
    MemoryGroups::new()
        .group("weights", [("lr", 0.1), ("weight_decay", 0.04), ("eps", 1e-8)])
        .tuple("betas", &[0.9, 0.999])
        .group("biases", [("lr", 0.2), ("weight_decay", 0.0), ("eps", 1e-8)])
        .tuple("betas", &[0.8, 0.99])
}

#[test]
fn any_field_and_one_element_of_a_tuple() {
    for (field, bases) in
        [("lr", [0.1, 0.2]), ("weight_decay", [0.04, 0.0]), ("eps", [1e-8, 1e-8]), ("betas[0]", [0.9, 0.8])]
    {
        let mut groups = optimizer();
        let mut scheduler = StatefulScheduler::attach(field, decay(), &mut groups).unwrap();
        for _ in 0..5 {
            scheduler.step(&mut groups).unwrap();
        }
        assert_eq!(groups.values(field).unwrap(), bases.map(|base| 0.5 * base), "{field}");
        // Nothing else has moved, to the bit.
        for (other, before) in
            [("lr", [0.1, 0.2]), ("eps", [1e-8, 1e-8]), ("betas[0]", [0.9, 0.8]), ("betas[1]", [0.999, 0.99])]
        {
            if other != field {
                assert_eq!(groups.values(other).unwrap(), before, "{other} while {field} is scheduled");
            }
        }
    }
}

#[test]
fn several_fields_have_their_own_plans() {
    let run = Horizon::updates(10).unwrap();
    let ramp = Plan::builder().then(cosine().from(absolute(0.04)).to(absolute(0.4))).resolve(&run).unwrap();
    let mut groups = optimizer();
    let mut scheduler = Scheduler::builder()
        .field("lr", decay())
        .field("weight_decay", ramp.clone())
        .attach(&mut groups)
        .unwrap();
    for n in 1..=30 {
        scheduler.step(&mut groups).unwrap();
        let lr = decay();
        assert_eq!(groups.values("lr").unwrap(), [lr.value_at(n, 0.1), lr.value_at(n, 0.2)]);
        let wd = groups.values("weight_decay").unwrap();
        assert_eq!(wd[0], ramp.value_at(n, 0.04));
        assert_eq!(wd[1].to_bits(), 0.0_f64.to_bits(), "a group without weight decay stays without");
    }
    assert_eq!(
        scheduler.fields().iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["lr", "weight_decay"]
    );
}

#[test]
fn a_group_of_base_0_is_scheduled_where_it_is_named() {
    let run = Horizon::updates(10).unwrap();
    let ramp = Plan::builder().then(linear().from(absolute(0.04)).to(absolute(0.4))).resolve(&run).unwrap();
    let mut groups = optimizer();
    Scheduler::builder()
        .field_on("weight_decay", Selection::names(["biases"]), ramp.clone())
        .attach(&mut groups)
        .unwrap();
    assert_eq!(groups.values("weight_decay").unwrap(), [0.04, 0.04]);

    let mut zeros = MemoryGroups::of("weight_decay", &[0.0, 0.0]);
    let error = Scheduler::builder().field("weight_decay", ramp).attach(&mut zeros).unwrap_err();
    assert!(error.to_string().starts_with("`weight_decay` is 0 in every group"), "{error}");
}

#[test]
fn a_group_of_base_0_stays_at_0_where_all_levels_are_multiples() {
    let run = Horizon::updates(10).unwrap();
    let fall = Plan::builder().then(geometric().to(times(0.01))).resolve(&run).unwrap();
    let mut groups = MemoryGroups::of("weight_decay", &[0.0, 1.0]);
    let mut scheduler = StatefulScheduler::attach("weight_decay", fall, &mut groups).unwrap();
    for _ in 0..5 {
        scheduler.step(&mut groups).unwrap();
    }
    let [off, on] = groups.values("weight_decay").unwrap()[..] else { panic!("two groups") };
    assert_eq!(off, 0.0);
    assert!((on - 0.1).abs() < 1e-16, "{on}");
}

#[test]
fn disjoint_selections_commute_and_overlapping_ones_conflict() {
    let run = Horizon::updates(10).unwrap();
    let rise = Plan::builder().then(linear().to(times(3.0))).resolve(&run).unwrap();
    let mut results = Vec::new();
    for swapped in [false, true] {
        let mut groups = optimizer();
        let parts = [(Selection::names(["weights"]), decay()), (Selection::indices_of([1]), rise.clone())];
        let order = if swapped { [1, 0] } else { [0, 1] };
        let mut builder = Scheduler::builder();
        for part in order {
            builder = builder.field_on("lr", parts[part].0.clone(), parts[part].1.clone());
        }
        let mut scheduler = builder.attach(&mut groups).unwrap();
        for _ in 0..7 {
            scheduler.step(&mut groups).unwrap();
        }
        results.push(groups);
    }
    assert_eq!(results[0], results[1]);

    let mut groups = optimizer();
    let error = Scheduler::builder()
        .field_on("lr", Selection::indices_of([1]), rise)
        .field("lr", decay())
        .attach(&mut groups)
        .unwrap_err();
    assert!(error.to_string().starts_with("`lr` of group 1 (`biases`) is scheduled twice"), "{error}");
    assert_eq!(groups, optimizer());
}

#[test]
fn nothing_is_written_when_attaching_fails() {
    let run = Horizon::updates(10).unwrap();
    let unresolved: Spec = "linear(from=0.1x, over=3ep) -> cosine".parse().unwrap();
    let too_large = Plan::builder().then(linear().to(times(1e308))).resolve(&run).unwrap();
    let below_zero = Plan::builder().then(geometric().to(absolute(1e-6))).resolve(&run).unwrap();
    let cases: Vec<(&str, lehr::SchedulerBuilder)> = vec![
        (
            "group 0 (`weights`) has no field `momentum`; it has lr, weight_decay, eps, betas[0], betas[1]",
            Scheduler::builder().field("lr", decay()).field("momentum", decay()),
        ),
        ("group 0 (`weights`) has no field `betas[2]`", Scheduler::builder().field("betas[2]", decay())),
        ("group 0 (`weights`) has no field `betas`", Scheduler::builder().field("betas", decay())),
        (
            "at byte 6, `x]`: a field is a name",
            Scheduler::builder().field("lr", decay()).field("betas[x]", decay()),
        ),
        (
            "no group is selected by index 2; there are group 0",
            Scheduler::builder().field_on("lr", Selection::indices_of([2]), decay()),
        ),
        (
            "no group is selected by the selection Names([])",
            Scheduler::builder().field_on("lr", Selection::names([""; 0]), decay()),
        ),
        (
            "`lr` is the unresolved plan `linear(from=0.1x, over=3ep) -> cosine`",
            Scheduler::builder().field("lr", unresolved),
        ),
        (
            "`to` is 1e308x, but times the base 20.0",
            Scheduler::builder().field_on("lr", Selection::indices_of([1]), too_large),
        ),
        (
            "`to` is 1e-6, but a geometric phase",
            Scheduler::builder().field_on("lr", Selection::indices_of([2]), below_zero),
        ),
    ];
    for (expected, builder) in cases {
        let mut groups = optimizer();
        if expected.contains("20.0") {
            groups.set(1, &"lr".parse().unwrap(), 20.0).unwrap();
        }
        if expected.contains("geometric") {
            groups = groups.group("odd", [("lr", -1.0)]);
        }
        let before = groups.clone();
        let error = builder.attach(&mut groups).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}\nwas wanted to start with\n{expected}");
        assert_eq!(groups, before);
    }
}

#[test]
fn a_base_that_is_not_finite_is_refused() {
    for base in [f64::NAN, f64::INFINITY] {
        let mut groups = MemoryGroups::of("lr", &[1.0, base]);
        let error = StatelessScheduler::attach("lr", decay(), &mut groups).unwrap_err();
        assert!(error.to_string().starts_with(&format!("`lr` of group 1 would be {base}")), "{error}");
        assert_eq!(groups.values("lr").unwrap()[0], 1.0);
    }
}

#[test]
fn a_rule_that_answers_wrongly_changes_nothing() {
    type Answer = fn(u64, &[f64]) -> Option<Vec<f64>>;
    let cases: [(&str, Answer); 5] = [
        ("the rule for `lr` gave 1 values for 2 groups", |_, _| Some(vec![0.5])),
        ("the rule for `lr` gave 3 values for 2 groups", |_, _| Some(vec![0.5; 3])),
        ("the rule for `lr` gave 0 values for 2 groups", |_, _| Some(vec![])),
        ("`lr` of group 1 (`biases`) would be NaN", |_, _| Some(vec![0.5, f64::NAN])),
        ("`lr` of group 0 (`weights`) would be inf", |_, _| Some(vec![f64::INFINITY, 0.5])),
    ];
    for (expected, answer) in cases {
        // At the third update, together with a plan on another field that would be written first.
        let late = rule("late", move |n, current: &[f64]| if n == 3 { answer(n, current) } else { None });
        let mut groups = optimizer();
        let mut scheduler =
            Scheduler::builder().field("eps", decay()).field("lr", late).attach(&mut groups).unwrap();
        scheduler.step(&mut groups).unwrap();
        scheduler.step(&mut groups).unwrap();
        let (before, state) = (groups.clone(), scheduler.state());
        let error = scheduler.step(&mut groups).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
        assert_eq!(groups, before);
        assert_eq!(scheduler.state(), state, "the clock has not moved");
    }
}

#[test]
fn a_rule_that_forgets_a_group_is_found_out() {
    struct Forgetful;
    impl lehr::UpdateRule for Forgetful {
        fn get_updated_values(&mut self, n: u64, _: &[f64], out: &mut [f64]) -> Result<bool, Error> {
            out[0] = 0.5;
            Ok(n > 0)
        }
    }
    let mut groups = optimizer();
    let mut scheduler = StatefulScheduler::attach("lr", Forgetful, &mut groups).unwrap();
    let error = scheduler.step(&mut groups).unwrap_err();
    assert!(error.to_string().starts_with("`lr` of group 1 (`biases`) would be NaN"), "{error}");
    assert_eq!(groups, optimizer());
}

#[test]
fn a_single_group_is_checked_as_well() {
    let nan = rule("nan", |n, _: &[f64]| (n > 0).then(|| vec![f64::NAN]));
    let mut groups = MemoryGroups::of("lr", &[1.0]);
    let mut scheduler = StatefulScheduler::attach("lr", nan, &mut groups).unwrap();
    let error = scheduler.step(&mut groups).unwrap_err();
    assert!(error.to_string().starts_with("`lr` of group 0 would be NaN"), "{error}");
    assert_eq!(groups.values("lr").unwrap(), [1.0]);
}

#[test]
fn a_rule_that_leaves_the_groups_alone_does_not_judge_what_they_have() {
    let silent = rule("silent", |_, _: &[f64]| None::<Vec<f64>>);
    let mut scheduler = StatefulScheduler::attach("lr", silent, &mut MemoryGroups::of("lr", &[1.0])).unwrap();
    let mut diverged = MemoryGroups::of("lr", &[f64::INFINITY]);
    scheduler.step(&mut diverged).unwrap();
    assert_eq!((scheduler.num_updates(), diverged.values("lr").unwrap()), (1, vec![f64::INFINITY]));
}

#[test]
fn a_rule_that_fails_changes_nothing() {
    struct Failing;
    impl lehr::UpdateRule for Failing {
        fn get_updated_values(&mut self, n: u64, _: &[f64], _: &mut [f64]) -> Result<bool, Error> {
            if n == 0 { Ok(false) } else { Err(Error::Rule { source: "no more data".into() }) }
        }
    }
    let mut groups = optimizer();
    let mut scheduler = StatefulScheduler::attach("lr", Failing, &mut groups).unwrap();
    assert_eq!(scheduler.step(&mut groups).unwrap_err().to_string(), "the rule failed: no more data");
    assert_eq!((groups, scheduler.num_updates()), (optimizer(), 0));
}

/// Refuses to write a field of its last group from some moment on.
struct Refusing(MemoryGroups, bool);

impl ParamGroups for Refusing {
    fn group_count(&self) -> usize {
        self.0.group_count()
    }

    fn get(&self, group: usize, field: &Field) -> Option<f64> {
        self.0.get(group, field)
    }

    fn set(&mut self, group: usize, field: &Field, value: f64) -> Result<(), String> {
        if self.1 && group == 1 && field.name() == "lr" {
            return Err("it is frozen".to_owned());
        }
        self.0.set(group, field, value)
    }
}

#[test]
fn a_write_that_fails_is_undone_in_every_field() {
    let mut groups = Refusing(optimizer(), false);
    let mut scheduler =
        Scheduler::builder().field("eps", decay()).field("lr", decay()).attach(&mut groups).unwrap();
    scheduler.step(&mut groups).unwrap();
    let before = groups.0.clone();
    groups.1 = true;
    let error = scheduler.step(&mut groups).unwrap_err().to_string();
    assert_eq!(error, "the optimizer refused `lr` of group 1: it is frozen; no group was changed");
    assert_eq!(groups.0, before);
    groups.1 = false;
    scheduler.step(&mut groups).unwrap();
    assert_eq!(groups.0.values("lr").unwrap(), [decay().value_at(2, 0.1), decay().value_at(2, 0.2)]);
}

/// Takes a field as a whole, and refuses a value above a limit; notes what it is asked to do.
struct Whole {
    groups: MemoryGroups,
    limit: f64,
    calls: Vec<String>,
}

impl ParamGroups for Whole {
    fn group_count(&self) -> usize {
        self.groups.group_count()
    }

    fn get(&self, group: usize, field: &Field) -> Option<f64> {
        self.groups.get(group, field)
    }

    fn set(&mut self, group: usize, field: &Field, value: f64) -> Result<(), String> {
        self.calls.push(format!("set {field} of {group}"));
        self.groups.set(group, field, value)
    }

    fn check_each(&mut self, field: &Field, groups: &[usize], values: &[f64]) -> Result<(), (usize, String)> {
        self.calls.push(format!("check {field}"));
        let refused = groups.iter().zip(values).find(|(_, value)| **value > self.limit);
        refused.map_or(Ok(()), |(group, _)| Err((*group, "it is too much".to_owned())))
    }

    fn set_each(&mut self, field: &Field, groups: &[usize], values: &[f64]) -> Result<(), (usize, String)> {
        self.calls.push(format!("write {field}"));
        groups
            .iter()
            .zip(values)
            .try_for_each(|(group, value)| self.groups.set(*group, field, *value))
            .unwrap();
        Ok(())
    }
}

#[test]
fn all_fields_are_checked_before_any_is_written() {
    let mut groups = Whole { groups: optimizer(), limit: 1.0, calls: Vec::new() };
    let mut scheduler =
        Scheduler::builder().field("eps", decay()).field("lr", decay()).attach(&mut groups).unwrap();
    groups.calls.clear();
    scheduler.step(&mut groups).unwrap();
    assert_eq!(groups.calls, ["check eps", "check lr", "write eps", "write lr"]);
    assert_eq!(groups.groups.values("lr").unwrap(), [decay().value_at(1, 0.1), decay().value_at(1, 0.2)]);
    (groups.limit, groups.calls) = (0.1, Vec::new());
    let error = scheduler.step(&mut groups).unwrap_err().to_string();
    assert_eq!(error, "the optimizer refused `lr` of group 1: it is too much; no group was changed");
    assert_eq!(
        (scheduler.num_updates(), groups.calls),
        (1, vec!["check eps".to_owned(), "check lr".to_owned()])
    );
}

/// Exchanges a field in one pass, unless it is the one that it refuses to; notes what it is asked to do.
struct OnePass {
    groups: MemoryGroups,
    refused: &'static str,
    calls: Vec<String>,
}

impl ParamGroups for OnePass {
    fn group_count(&self) -> usize {
        self.groups.group_count()
    }

    fn get(&self, group: usize, field: &Field) -> Option<f64> {
        self.groups.get(group, field).filter(|_| field.name() != self.refused)
    }

    fn set(&mut self, group: usize, field: &Field, value: f64) -> Result<(), String> {
        self.calls.push(format!("set {field} of {group}"));
        self.groups.set(group, field, value)
    }

    fn exchange(&mut self, field: &Field, groups: &[usize], values: &[f64], found: &mut [f64]) -> bool {
        self.calls.push(format!("exchange {field}"));
        // What it may leave in `found` when it refuses.
        found.fill(f64::NAN);
        if field.name() == self.refused {
            return false;
        }
        for ((group, value), found) in groups.iter().zip(values).zip(found) {
            *found = self.groups.get(*group, field).unwrap();
            self.groups.set(*group, field, *value).unwrap();
        }
        true
    }
}

#[test]
fn what_was_exchanged_is_put_back_if_another_field_cannot_be_written() {
    let mut groups = OnePass { groups: optimizer(), refused: "", calls: Vec::new() };
    let mut scheduler =
        Scheduler::builder().field("eps", decay()).field("lr", decay()).attach(&mut groups).unwrap();
    let attached = groups.groups.clone();
    groups.calls.clear();
    scheduler.step(&mut groups).unwrap();
    assert_eq!(groups.calls, ["exchange eps", "exchange lr"]);
    assert_eq!(groups.groups.values("lr").unwrap(), [decay().value_at(1, 0.1), decay().value_at(1, 0.2)]);
    let used = |scheduler: &Scheduler| [0, 1].map(|group| scheduler.last_used("lr", group).unwrap());
    assert_eq!(used(&scheduler).to_vec(), attached.values("lr").unwrap());

    let before = groups.groups.clone();
    (groups.refused, groups.calls) = ("lr", Vec::new());
    let error = scheduler.step(&mut groups).unwrap_err().to_string();
    assert!(error.contains("no field `lr`"), "{error}");
    assert_eq!(groups.calls, ["exchange eps", "exchange lr", "set eps of 0", "set eps of 1"]);
    assert_eq!((groups.groups.clone(), scheduler.num_updates()), (before.clone(), 1));
    assert_eq!(used(&scheduler).to_vec(), attached.values("lr").unwrap());

    groups.refused = "";
    scheduler.step(&mut groups).unwrap();
    assert_eq!(used(&scheduler).to_vec(), before.values("lr").unwrap());
    assert_eq!(groups.groups.values("eps").unwrap(), decay_of("eps", &attached));
}

fn decay_of(field: &str, attached: &MemoryGroups) -> Vec<f64> {
    attached.values(field).unwrap().iter().map(|base| decay().value_at(2, *base)).collect()
}

#[test]
fn groups_that_come_or_go_are_noticed() {
    let mut groups = optimizer();
    let mut scheduler = StatefulScheduler::attach("lr", decay(), &mut groups).unwrap();
    let mut more = groups.clone().group("head", [("lr", 1.0)]);
    let before = more.clone();
    let error = scheduler.step(&mut more).unwrap_err().to_string();
    assert!(
        error.ends_with("attached: attach a new scheduler, or one whose `new_groups` says to adopt them"),
        "{error}"
    );
    assert_eq!(more, before);
    let mut fewer = MemoryGroups::new().group("weights", [("lr", 0.1)]);
    assert_eq!(
        scheduler.step(&mut fewer).unwrap_err().to_string(),
        "the optimizer has 1 group, but had 2 when the scheduler was attached: attach a new scheduler"
    );
    scheduler.step(&mut groups).unwrap();
}

#[test]
fn a_group_is_adopted_once_when_the_first_try_fails_at_another_field() {
    let fall = decay();
    let mut groups = optimizer();
    let mut scheduler = Scheduler::builder()
        .field("lr", fall.clone())
        .field("weight_decay", fall.clone())
        .new_groups(NewGroups::Adopt)
        .attach(&mut groups)
        .unwrap();
    let mut without = groups.clone().group("late", [("lr", 2.0)]);
    let error = scheduler.step(&mut without).unwrap_err().to_string();
    assert!(error.starts_with("group 2 (`late`) has no field `weight_decay`"), "{error}");
    groups = groups.group("late", [("lr", 2.0), ("weight_decay", 0.5)]);
    scheduler.step(&mut groups).unwrap();
    assert_eq!(groups.values("lr").unwrap()[2], fall.value_at(1, 2.0));
    assert_eq!(groups.values("weight_decay").unwrap()[2], fall.value_at(1, 0.5));
    let indices: Vec<Vec<usize>> = scheduler.state().fields.into_iter().map(|field| field.groups).collect();
    assert_eq!(indices, [[0, 1, 2], [0, 1, 2]]);
}

#[test]
fn a_warm_up_longer_than_the_run_is_an_error() {
    let spec = lehr::recipe::warmup_cosine().warmup(updates(20), times(0.1)).spec();
    let error = spec.resolve(&Horizon::updates(10).unwrap()).unwrap_err();
    assert!(
        error.to_string().starts_with("the phases take 20 updates, but the run has 10: shorten a phase"),
        "{error}"
    );
    assert_eq!(Horizon::updates(0).unwrap_err().to_string(), "`updates` is 0, but it must be at least 1");
}

#[test]
fn groups_in_memory_are_exchanged_or_left_alone() {
    let groups = |fields: [&str; 3]| {
        let add = |groups: MemoryGroups, field| groups.group("", [(field, 1.0)]).tuple("betas", &[0.5]);
        fields.into_iter().fold(MemoryGroups::new(), add)
    };
    let mut whole = groups(["lr"; 3]);
    let builder = Scheduler::builder().field("betas[0]", decay()).field("lr", decay());
    let mut scheduler = builder.attach(&mut whole).unwrap();
    let mut without = groups(["lr", "lr", "eps"]);
    let before = without.clone();
    let error = scheduler.step(&mut without).unwrap_err();
    assert_eq!(error.to_string(), "group 2 (``) has no field `lr`; it has eps, betas[0]");
    assert_eq!((&without, scheduler.num_updates()), (&before, 0));

    let lr: Field = "lr".parse().unwrap();
    let mut found = [0.0; 3];
    assert!(!without.exchange(&lr, &[0, 1, 2], &[7.0, 8.0, 9.0], &mut found));
    assert_eq!(without, before);
    assert!(without.exchange(&lr, &[1, 0], &[7.0, 8.0], &mut found));
    assert_eq!((without.values("lr").unwrap(), found[..2].to_vec()), (vec![8.0, 7.0], vec![1.0, 1.0]));
}
