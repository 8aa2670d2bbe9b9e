//! The clock and its contract (DESIGN.md section 3), sentence by sentence.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::type_complexity
)]

use lehr::{
    Error, Horizon, MemoryGroups, OnMismatch, Plan, Scheduler, StatefulScheduler, StatelessScheduler,
    absolute, cosine, epochs, fraction, hold, linear, recipe::warmup_cosine, rest, times, updates,
};

fn warm_up_and_decay(total: u64) -> Plan {
    Plan::builder()
        .then(linear().from(times(0.0)).over(updates(4)))
        .then(cosine().to(absolute(0.0)))
        .resolve(&Horizon::updates(total).unwrap())
        .unwrap()
}

#[test]
fn attaching_writes_value_0_and_step_k_writes_value_k() {
    let plan = warm_up_and_decay(12);
    let mut groups = MemoryGroups::of("lr", &[2.0]);
    let mut scheduler = StatefulScheduler::attach("lr", plan.clone(), &mut groups).unwrap();
    for n in 0..40 {
        assert_eq!(scheduler.num_updates(), n);
        assert_eq!(groups.values("lr").unwrap(), [plan.value_at(n, 2.0)]);
        scheduler.step(&mut groups).unwrap();
    }
}

#[test]
fn step_update_is_absolute_and_idempotent() {
    let plan = warm_up_and_decay(12);
    let mut groups = MemoryGroups::of("lr", &[2.0]);
    let mut scheduler = StatelessScheduler::attach("lr", plan.clone(), &mut groups).unwrap();
    for n in [0, 7, 7, 3, 100, 12, 11, 0, u64::MAX, 5] {
        scheduler.step_update(n, &mut groups).unwrap();
        assert_eq!(groups.values("lr").unwrap(), [plan.value_at(n, 2.0)]);
    }
}

#[test]
fn a_phase_has_from_at_its_start_and_to_at_the_next_start() {
    let plan = warm_up_and_decay(12);
    assert_eq!([0, 4, 12].map(|n| plan.value_at(n, 2.0)), [0.0, 2.0, 0.0]);
    assert!(plan.value_at(11, 2.0) > 0.0, "the last used value is one update before the end");
}

#[test]
fn inclusive_puts_to_at_the_last_update() {
    let run = Horizon::updates(12).unwrap();
    let plan = Plan::builder()
        .then(hold().over(updates(2)))
        .then(linear().to(times(0.0)).over(updates(5)).inclusive())
        .then(hold().from(times(1.0)).over(updates(5)))
        .resolve(&run)
        .unwrap();
    let values: Vec<f64> = (0..9).map(|n| plan.value_at(n, 1.0)).collect();
    assert_eq!(values, [1.0, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0, 1.0, 1.0]);
}

#[test]
fn shares_are_cumulative_boundaries_that_add_up() {
    for total in 1..500 {
        let third = 1.0 / 3.0;
        let plan = Plan::builder()
            .then(linear().from(times(0.0)).over(fraction(third)))
            .then(hold().over(fraction(third)))
            .then(cosine().to(times(0.0)).over(fraction(third)))
            .resolve(&Horizon::updates(total).unwrap())
            .unwrap();
        let ends: Vec<u64> = plan.phases().filter_map(|phase| phase.end).collect();
        let expected = [total as f64 / 3.0, total as f64 * 2.0 / 3.0].map(|end| end.round_ties_even() as u64);
        assert_eq!(ends, [expected[0], expected[1], total]);
    }
}

#[test]
fn epochs_need_their_length_and_shares_the_total() {
    let spec = Plan::builder().then(linear().from(times(0.0)).over(epochs(1))).then(hold());
    assert!(matches!(spec.resolve(&Horizon::updates(10).unwrap()), Err(Error::Horizon { .. })));
    assert_eq!(spec.resolve(&Horizon::epochs(3, 5).unwrap()).unwrap().phases().next().unwrap().end, Some(5));
    // The total is not needed where nothing depends on it.
    let open = spec.resolve(&Horizon::open().with_updates_per_epoch(5).unwrap()).unwrap();
    assert_eq!((open.end(), open.value_at(u64::MAX, 0.3)), (None, 0.3));
}

#[test]
fn the_last_value_holds_for_ever() {
    for plan in
        [warm_up_and_decay(12), warmup_cosine().spec().resolve(&Horizon::updates(7).unwrap()).unwrap()]
    {
        let end = plan.end().unwrap();
        let last = plan.value_at(end, 0.5);
        for n in (end..end * 11).chain([1 << 40, 1 << 53, u64::MAX]) {
            assert_eq!(plan.value_at(n, 0.5).to_bits(), last.to_bits());
        }
    }
}

#[test]
fn a_skipped_update_does_not_advance_the_clock() {
    let plan = warm_up_and_decay(12);
    let mut groups = MemoryGroups::of("lr", &[2.0]);
    let mut scheduler = Scheduler::builder().field("lr", plan.clone()).attach(&mut groups).unwrap();
    for updated in [false, true, false, false, true, true] {
        scheduler.step_if(updated, &mut groups).unwrap();
    }
    assert_eq!(scheduler.num_updates(), 3);
    assert_eq!(groups.values("lr").unwrap(), [plan.value_at(3, 2.0)]);
}

#[test]
fn neighbours_meet_unless_a_jump_was_asked_for() {
    let run = Horizon::updates(20).unwrap();
    let meets = Plan::builder()
        .then(linear().from(times(0.0)).to(times(0.7)).over(updates(10)))
        .then(cosine().to(times(0.1)))
        .resolve(&run)
        .unwrap();
    assert_eq!(meets.value_at(10, 1.0), 0.7);
    let jumps = Plan::builder()
        .then(linear().from(times(0.0)).to(times(0.7)).over(updates(10)))
        .then(cosine().from(times(1.0)).to(times(0.1)).over(rest()))
        .resolve(&run)
        .unwrap();
    assert_eq!(jumps.value_at(10, 1.0), 1.0);
}

#[test]
fn a_phase_comes_from_the_level_that_the_one_before_was_written_with() {
    let run = Horizon::updates(10).unwrap();
    for level in [times(0.0), absolute(0.0), times(0.5)] {
        let plan = Plan::builder()
            .then(linear().to(level).over(updates(5)))
            .then(linear().to(times(1.0)))
            .resolve(&run)
            .unwrap();
        assert_eq!(
            plan.phases().map(|phase| phase.from).collect::<Vec<_>>(),
            [Some(times(1.0)), Some(level)]
        );
    }
}

#[test]
fn last_used_and_current_are_two_things() {
    let plan = warm_up_and_decay(12);
    let mut groups = MemoryGroups::of("lr", &[2.0]);
    let mut scheduler = Scheduler::builder().field("lr", plan.clone()).attach(&mut groups).unwrap();
    assert_eq!(scheduler.last_used("lr", 0), None);
    for n in 0..20 {
        scheduler.step(&mut groups).unwrap();
        assert_eq!(scheduler.last_used("lr", 0), Some(plan.value_at(n, 2.0)));
        assert_eq!(scheduler.current("lr", 0), Some(plan.value_at(n + 1, 2.0)));
    }
    assert_eq!(scheduler.current("weight_decay", 0), None);
    let state = scheduler.state();
    scheduler.load_state(&state, OnMismatch::Error, &mut groups).unwrap();
    assert_eq!(scheduler.last_used("lr", 0), None, "a restored scheduler has not seen an update");
}

#[test]
fn every_split_of_every_short_run_is_defined() {
    for total in 1..=8 {
        for warmup in 0..=total {
            for cooldown in 0..=total - warmup {
                let plan = warmup_cosine()
                    .warmup(updates(warmup), times(0.1))
                    .to(absolute(0.01))
                    .cooldown(updates(cooldown))
                    .spec()
                    .resolve(&Horizon::updates(total).unwrap())
                    .unwrap();
                let label = format!("total {total}, warm-up {warmup}, cool-down {cooldown}");
                let decays = warmup + cooldown < total;
                // The warm-up meets the base, the decay meets the minimum; a decay of no updates is a jump to it.
                let at_warmup = if decays { 1.0 } else { 0.01 };
                assert_eq!(plan.value_at(warmup, 1.0), at_warmup, "{label}");
                if warmup > 0 {
                    assert_eq!(plan.value_at(0, 1.0), 0.1, "{label}");
                }
                for n in total - cooldown..total * 11 {
                    assert_eq!(plan.value_at(n, 1.0), 0.01, "{label}, update {n}");
                }
                for n in 0..total {
                    assert!((0.01..=1.0).contains(&plan.value_at(n, 1.0)), "{label}, update {n}");
                }
            }
        }
        assert!(
            warmup_cosine()
                .warmup(updates(total), times(0.1))
                .cooldown(updates(1))
                .spec()
                .resolve(&Horizon::updates(total).unwrap())
                .is_err()
        );
    }
}
