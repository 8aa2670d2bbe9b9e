//! The two canonical schedulers of a user's own, in both loops that people write, and across a restart.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::type_complexity
)]

use lehr::{Error, MemoryGroups, OnMismatch, StatefulScheduler, StatelessScheduler, UpdateRule};

/// Halves the learning rate at the end of epochs 2, 4 and 5.
struct MilestoneLr;

const UPDATES_PER_EPOCH: u64 = 7;

impl UpdateRule for MilestoneLr {
    fn get_updated_values(
        &mut self,
        num_updates: u64,
        current: &[f64],
        out: &mut [f64],
    ) -> Result<bool, Error> {
        for (lr, new) in current.iter().zip(out) {
            *new = lr * 0.5;
        }
        Ok([2, 4, 5].contains(&(num_updates / UPDATES_PER_EPOCH))
            && num_updates.is_multiple_of(UPDATES_PER_EPOCH))
    }
}

/// Raises weight decay by a tenth every 5 updates.
struct StepWd;

impl UpdateRule for StepWd {
    fn get_updated_values(
        &mut self,
        num_updates: u64,
        current: &[f64],
        out: &mut [f64],
    ) -> Result<bool, Error> {
        for (weight_decay, new) in current.iter().zip(out) {
            *new = weight_decay * 1.1;
        }
        Ok(num_updates > 0 && num_updates.is_multiple_of(5))
    }
}

/// What the groups hold after each of 50 updates, worked by hand.
fn milestones(base: f64, n: u64) -> f64 {
    let halvings = [2, 4, 5].iter().filter(|epoch| n >= *epoch * UPDATES_PER_EPOCH).count();
    base * [1.0, 0.5, 0.25, 0.125][halvings]
}

fn raised(base: f64, n: u64) -> f64 {
    (0..n / 5).fold(base, |weight_decay, _| weight_decay * 1.1)
}

fn check(field: &str, rule: fn() -> lehr::Rule, expected: fn(f64, u64) -> f64) {
    let bases = [0.1, 1.0, 0.0];
    let optimizer = || MemoryGroups::of(field, &bases);
    let values = |n| bases.map(|base| expected(base, n)).to_vec();

    // optimizer.step(); scheduler.step()
    let mut groups = optimizer();
    let mut stateful = StatefulScheduler::attach(field, rule(), &mut groups).unwrap();
    // num_updates += 1; scheduler.step_update(num_updates)
    let mut other_groups = optimizer();
    let mut stateless = StatelessScheduler::attach(field, rule(), &mut other_groups).unwrap();
    assert_eq!(groups.values(field).unwrap(), values(0));
    for n in 1..=50 {
        stateful.step(&mut groups).unwrap();
        stateless.step_update(n, &mut other_groups).unwrap();
        assert_eq!(groups.values(field).unwrap(), values(n), "update {n}");
        assert_eq!(groups, other_groups);

        // A restart after this update: the rule continues from what was written, it is not asked again.
        let state = stateful.state();
        for optimizer_restored in [false, true] {
            let mut resumed = if optimizer_restored { groups.clone() } else { optimizer() };
            let mut scheduler = StatefulScheduler::attach(field, rule(), &mut resumed).unwrap();
            scheduler.load_state(&state, OnMismatch::Error, &mut resumed).unwrap();
            assert_eq!(resumed, groups);
            for later in n + 1..=n + 12 {
                scheduler.step(&mut resumed).unwrap();
                assert_eq!(resumed.values(field).unwrap(), values(later), "update {later}, resumed at {n}");
            }
        }
    }
}

#[test]
fn milestone_lr() {
    check("lr", || MilestoneLr.into(), milestones);
}

#[test]
fn step_wd() {
    check("weight_decay", || StepWd.into(), raised);
}

#[test]
fn a_state_of_another_rule_is_refused() {
    let mut groups = MemoryGroups::of("lr", &[0.1]);
    let state = StatefulScheduler::attach("lr", MilestoneLr, &mut groups).unwrap().state();
    let mut scheduler = StatefulScheduler::attach("lr", StepWd, &mut groups).unwrap();
    let error = scheduler.load_state(&state, OnMismatch::UseNew, &mut groups).unwrap_err().to_string();
    assert!(error.contains("MilestoneLr") && error.contains("StepWd"), "{error}");
}

#[test]
fn a_plan_and_a_rule_do_not_take_each_others_state() {
    let plan: lehr::Plan = "hold".parse::<lehr::Spec>().unwrap().resolve(&lehr::Horizon::open()).unwrap();
    let mut groups = MemoryGroups::of("lr", &[0.1]);
    let mut planned = StatefulScheduler::attach("lr", plan, &mut groups).unwrap();
    let mut ruled = StatefulScheduler::attach("lr", MilestoneLr, &mut groups).unwrap();
    for on_mismatch in [OnMismatch::Error, OnMismatch::UseNew, OnMismatch::UseSaved] {
        let error = ruled.load_state(&planned.state(), on_mismatch, &mut groups).unwrap_err().to_string();
        assert!(
            error.ends_with("`lr` was not driven by a rule, now it is by `custom_rules::MilestoneLr`"),
            "{error}"
        );
        let error = planned.load_state(&ruled.state(), on_mismatch, &mut groups).unwrap_err().to_string();
        assert!(error.contains("`lr` was not driven by a plan, now it is by `hold("), "{error}");
    }
}
