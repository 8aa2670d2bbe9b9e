//! What fuzzing found (`tools/fuzz`), one test for each fault.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use lehr::{Horizon, MemoryGroups, Scheduler, Spec};

#[test]
fn a_combination_with_nothing_is_the_plan_itself() {
    let plan: Spec = "cosine(to=0.1x)".parse().unwrap();
    let alone = || plan.clone();
    for combined in [alone().product([]), alone().sum([]), alone().minimum([]), alone().maximum([])] {
        assert_eq!(combined, plan);
        let resolved = combined.resolve(&Horizon::updates(10).unwrap()).unwrap();
        assert_eq!(
            resolved.to_string().parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap(),
            resolved
        );
    }
}

#[test]
fn cycles_that_share_no_updates_read_back() {
    // The warm-up takes the whole run.
    let text = "linear(from=0x, over=4) -> repeat(cosine(to=0.5x), times=3)";
    let plan = text.parse::<Spec>().unwrap().resolve(&Horizon::updates(4).unwrap()).unwrap();
    assert_eq!([0, 2, 4, 9].map(|n| plan.value_at(n, 1.0)), [0.0, 0.5, 0.5, 0.5]);
    assert_eq!(plan.to_string().parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap(), plan);
}

#[test]
fn a_combinator_keeps_its_own_length_after_half_an_update() {
    // 5 % of 830 are 41.5 updates and 2 % are 16.6.
    let text = "hold(over=5%) -> scale(linear(to=0, over=2%), by=0.5) -> hold(over=rest)";
    let plan = text.parse::<Spec>().unwrap().resolve(&Horizon::updates(830).unwrap()).unwrap();
    assert_eq!([41, 42, 59].map(|n| plan.value_at(n, 1.0)), [1.0, 0.5, 0.0]);
    assert!(plan.value_at(58, 1.0) > 0.0);
    assert_eq!(plan.to_string().parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap(), plan);
}

#[test]
fn what_ends_beyond_64_bits_reads_back() {
    for text in [
        "stretch(hold(over=18446744073709551360), by=281479271743489)",
        "reverse(stretch(hold(over=18446744073709551360), by=281479271743489))",
        "shift(linear(to=0, over=12727066579888504832), by=18446744073709551615)",
        "hold(over=18378360004073553920) -> scale(hold(over=18374686496852344832), by=0.5)",
        "hold(over=5) -> shift(stretch(repeat(linear(to=0, over=9), times=99, length=2), by=3), by=20)",
    ] {
        let plan = text.parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap();
        assert_eq!(
            plan.to_string().parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap(),
            plan,
            "{text}"
        );
    }
}

#[test]
fn a_step_beyond_f64_writes_what_the_plan_says() {
    let text = "repeat(linear(from=1x, to=1e300, over=4), times=9, height=1e20)";
    let plan = text.parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap();
    let mut groups = MemoryGroups::of("lr", &[1.0]);
    let mut scheduler = Scheduler::builder().field("lr", plan.clone()).attach(&mut groups).unwrap();
    for n in 1..40 {
        scheduler.step(&mut groups).unwrap();
        assert_eq!(groups.values("lr").unwrap(), [plan.value_at(n, 1.0)]);
    }
    assert_eq!(plan.value_at(7, 1.0), f64::MAX);
}
