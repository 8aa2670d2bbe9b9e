//! Plans made of plans: one test for each combinator that a peer has or lacks, and what holds for all of them.

#![allow(clippy::unwrap_used, clippy::panic)]

use lehr::{
    Curve, Horizon, MemoryGroups, Noise, Plan, Ratio, Repeat, Scheduler, Selection, Spec, absolute, times,
    updates,
};
use proptest::prelude::*;

fn spec(text: &str) -> Spec {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn resolve(spec: &Spec, total: u64) -> Plan {
    spec.resolve(&Horizon::updates(total).unwrap()).unwrap_or_else(|error| panic!("{spec}: {error}"))
}

fn plan(text: &str, total: u64) -> Plan {
    resolve(&spec(text), total)
}

/// The values of a plan for the base 1.
fn values<const N: usize>(text: &str, total: u64, at: [u64; N]) -> [f64; N] {
    let plan = plan(text, total);
    at.map(|n| plan.value_at(n, 1.0))
}

fn refused(text: &str, total: u64) -> String {
    let run = Horizon::updates(total).unwrap();
    text.parse::<Spec>().and_then(|spec| spec.resolve(&run)).unwrap_err().to_string()
}

// Sequences.

#[test]
fn sequence_with_a_clock_of_its_own() {
    // torch's SequentialLR: the next one is there AT the milestone, and its clock starts at 0.
    let text = "linear(from=0.5x, over=4) -> decay(factor=0.5)";
    assert_eq!(values(text, 10, [0, 2, 3, 4, 5, 6]), [0.5, 0.75, 0.875, 1.0, 0.5, 0.25]);
    // A milestone at 0, and no update between two milestones: the phase is not there.
    assert_eq!(values("linear(from=0.5x, over=0) -> decay(factor=0.5)", 10, [0, 1]), [1.0, 0.5]);
    let empty = "hold(over=2) -> hold(from=9x, over=0) -> hold(from=3x)";
    assert_eq!(values(empty, 10, [1, 2]), [1.0, 3.0]);
    // torch accepts milestones in the wrong order; a length cannot be negative.
    assert!(refused("hold(over=-1) -> hold", 10).contains("a length is a whole number"));
}

#[test]
fn sequences_in_sequences() {
    // torch loses a step here, and refuses a chain in a chain.
    let (flat, nested) = (
        "linear(over=3) -> hold(over=2) -> cosine(to=0)",
        "(linear(over=3) -> (hold(over=2) -> (cosine(to=0))))",
    );
    assert_eq!(plan(flat, 20), plan(nested, 20));
    let deep = "product(product(decay(factor=0.5), hold), product(hold, hold(from=0.5x)))";
    assert_eq!(values(deep, 9, [0, 1]), [0.5, 0.25]);
}

#[test]
fn sequence_of_functions() {
    // optax' join_schedules, Burn's Sequential, ignite's ConcatScheduler: the length belongs to the one that ends.
    let text = "linear(from=0x, over=10) -> hold(over=15) -> cosine(to=0x, over=30)";
    assert_eq!(values(text, 55, [0, 9, 10, 24, 25, 40, 55, 56]), [0.0, 0.9, 1.0, 1.0, 1.0, 0.5, 0.0, 0.0]);
}

#[test]
fn sequence_by_fraction() {
    // fastai's combine_scheds wants fractions that add up to 1.0 in floating point; ten tenths are a run here.
    let tenths = vec!["hold(over=10%)"; 10].join(" -> ");
    assert_eq!(plan(&tenths, 73).end(), Some(73));
    assert!(refused("hold(over=50%) -> hold(over=40%)", 100).starts_with("the phases take 90 updates"));
    let text = "linear(from=0x, over=25%) -> cosine(to=0x, over=75%)";
    assert_eq!(values(text, 8, [0, 1, 2, 5, 8]), [0.0, 0.5, 1.0, 0.5, 0.0]);
    // Of the run, or of what is around it: fvcore's `fixed` and `rescaled`.
    let rescaled = "hold(over=50%) -> clamp(linear(to=0x, over=50%) -> hold, min=0x, over=50%)";
    assert_eq!(values(rescaled, 8, [4, 5, 6, 8]), [1.0, 0.5, 0.0, 0.0]);
    let fixed = "hold(over=50%) -> cut(linear(from=1x, to=0x, over=100%), over=50%)";
    assert_eq!(values(fixed, 8, [4, 6, 8]), [1.0, 0.75, 0.5]);
}

#[test]
fn sequence_that_carries_its_value() {
    // OLMo's stages: each starts where the one before ended, though that be in the middle of a cosine.
    let text = "cut(cosine(from=1x, to=0x, over=100), over=50) -> linear(to=0.25x, over=10) -> hold";
    assert_eq!(values(text, 80, [0, 50, 55, 60, 80]), [1.0, 0.5, 0.375, 0.25, 0.25]);
    // Where the end is no level, the value of each group is carried.
    let clamped = plan("clamp(linear(to=0, over=10), min=0.1x) -> linear(to=0, over=10)", 20);
    assert_eq!([10, 15, 20].map(|n| clamped.value_at(n, 2.0)), [0.2, 0.1, 0.0]);
    assert!(
        refused("clamp(hold, min=0, over=2) -> repeat(decay(over=3), times=1)", 5)
            .contains("say where it starts")
    );
}

#[test]
fn sequence_by_windows() {
    // MMEngine's begin and end: what overlaps multiplies, what is left open keeps its value.
    let overlap = "product(linear(to=0.5x, over=4) -> hold, hold(over=2) -> hold(from=0.5x))";
    assert_eq!(values(overlap, 8, [0, 2, 4, 8]), [1.0, 0.375, 0.25, 0.25]);
    let gap = "linear(to=0.5x, over=4) -> hold(over=3) -> linear(to=0x, over=4)";
    assert_eq!(values(gap, 11, [4, 5, 7, 9, 11]), [0.5, 0.5, 0.5, 0.25, 0.0]);
}

#[test]
fn product() {
    // torch's ChainedScheduler with closed forms as well: no factor overwrites another.
    let text = "product(cosine(to=0), repeat(hold(over=4), height=0.5), linear(from=0x, over=4) -> hold)";
    assert_eq!(values(text, 8, [0, 4, 6, 8])[..2], [0.0, 0.25]);
    // Factors have no unit: `1x` and `1` are one, and a group's base counts once.
    let (plain, unit) = (plan("product(hold, hold(from=0.5))", 5), plan("product(hold, hold(from=0.5x))", 5));
    assert_eq!([plain.value_at(0, 3.0), unit.value_at(0, 3.0)], [1.5, 1.5]);
}

// Warm-ups.

#[test]
fn warmup_before_a_body_with_a_clock_of_its_own() {
    // timm's warmup_prefix=True.
    let text = "linear(from=0x, over=4) -> cosine(to=0, over=8)";
    assert_eq!(values(text, 12, [0, 2, 4, 8, 12]), [0.0, 0.5, 1.0, 0.5, 0.0]);
}

#[test]
fn warmup_over_the_beginning_of_a_body() {
    // timm's default jumps where the warm-up ends: that is said with a shift.
    let jump = "linear(from=0x, over=4) -> shift(cosine(from=1x, to=0, over=8), by=-4)";
    assert_eq!(values(jump, 8, [0, 3, 4, 8]), [0.0, 0.75, 0.5, 0.0]);
    // detectron2 warms up to what the body has by then: the least of both, or levels that meet.
    let meets = "linear(from=0x, to=0.5x, over=4) -> shift(cosine(from=1x, to=0, over=8), by=-4)";
    assert_eq!(values(meets, 8, [0, 2, 4, 8]), [0.0, 0.25, 0.5, 0.0]);
}

#[test]
fn warmup_to_a_level_of_its_own() {
    // Paddle's LinearWarmup: its end need not be where the inner schedule starts.
    let text = "linear(from=0, to=0.5, over=2) -> repeat(hold(from=1, over=2), height=0.5)";
    assert_eq!(values(text, 8, [0, 1, 2, 3, 4]), [0.0, 0.25, 1.0, 1.0, 0.5]);
}

#[test]
fn warmup_that_does_not_repeat_the_peak() {
    // ignite's create_lr_scheduler_with_warmup(duration=3): two updates up, and the peak once.
    let text = "linear(from=0x, over=2) -> decay(factor=0.5)";
    assert_eq!(values(text, 8, [0, 1, 2, 3]), [0.0, 0.5, 1.0, 0.5]);
    // Inclusive warm-ups of that many updates use the peak twice, as transformers' WSD does.
    let twice = "linear(from=0x, over=3, inclusive=true) -> decay(factor=0.5)";
    assert_eq!(values(twice, 8, [0, 1, 2, 3, 4]), [0.0, 0.5, 1.0, 1.0, 0.5]);
}

#[test]
fn warmup_as_a_factor() {
    // pytorch_warmup dampens any schedule.
    let text = "product(cosine(to=0), linear(from=0x, over=4) -> hold)";
    let (damped, plain) = (plan(text, 8), plan("cosine(to=0)", 8));
    assert_eq!(damped.value_at(2, 1.0), 0.5 * plain.value_at(2, 1.0));
    assert_eq!(damped.value_at(6, 1.0), plain.value_at(6, 1.0));
}

#[test]
fn cooldown_after_anything() {
    // A tail at the minimum (timm, pytorch-accelerated), and a linear one to 0 (OLMo, Levanter), from wherever it is.
    assert_eq!(
        values("cosine(to=0.1x, over=rest) -> hold(over=2)", 8, [5, 6, 8]),
        [values("cosine(to=0.1x)", 6, [5])[0], 0.1, 0.1]
    );
    let tail = "cut(power_law(scale=4), over=12) -> linear(to=0x, over=4)";
    assert_eq!(values(tail, 16, [12, 14, 16]), [0.5, 0.25, 0.0]);
}

// Cycles.

#[test]
fn restarts_with_length_and_height_factors() {
    let text = "repeat(cosine(to=0, over=2), times=3, length=2, height=0.5)";
    assert_eq!(values(text, 14, [0, 1, 2, 4, 6, 10, 14, 15]), [1.0, 0.5, 0.5, 0.25, 0.25, 0.125, 0.0, 0.0]);
    // timm misses this restart: its cycle index is the floor of a logarithm. Here it is the peak.
    assert_eq!(values("repeat(cosine(to=0, over=3), length=3)", 2000, [362, 363, 364])[1], 1.0);
    for first in 1..40 {
        for length in 2..12 {
            let plan = plan(&format!("repeat(linear(to=0, over={first}), length={length})"), 1 << 60);
            let (mut start, mut cycle) = (0_u64, first);
            while start < 1 << 50 {
                assert_eq!(plan.value_at(start, 1.0), 1.0, "{plan} at {start}");
                assert!(start < 2 || plan.value_at(start - 1, 1.0) < 1.0, "{plan} before {start}");
                (start, cycle) = (start + cycle, cycle * length);
            }
        }
    }
    // Lengths that shrink end, and lengths that are no whole numbers are rounded once for each boundary.
    let shrinking = plan("repeat(linear(to=0, over=8), length=0.5)", 100);
    assert_eq!(
        [0, 8, 12, 14, 15, 16, 99].map(|n| shrinking.value_at(n, 1.0)),
        [1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    );
    assert_eq!(values("repeat(linear(to=0, over=2), length=1.5)", 100, [0, 2, 5, 10]), [1.0; 4]);
    // Measured from a floor, or with a list of cycles (MMEngine, optax, Levanter).
    let floored = "repeat(cosine(to=0.5x, over=2), height=0.5, anchor=0.5x)";
    assert_eq!(values(floored, 10, [0, 1, 2, 3, 4]), [1.0, 0.75, 0.75, 0.625, 0.625]);
    let list = "cosine(to=0x, over=4) -> cosine(from=0.5x, to=0x, over=2)";
    assert_eq!(values(list, 6, [0, 2, 4, 5, 6]), [1.0, 0.5, 0.5, 0.25, 0.0]);
}

#[test]
fn restarts_with_a_warmup_between() {
    // ignite's warmup_duration: from the last cycle's end to the next one's start.
    let text = "repeat(cosine(to=0.5x, over=2) -> linear(to=1x, over=2))";
    assert_eq!(values(text, 12, [0, 1, 2, 3, 4, 5, 6]), [1.0, 0.75, 0.5, 0.75, 1.0, 0.75, 0.5]);
}

// What no shape has.

#[test]
fn noise_is_a_function_of_the_update() {
    let text = "noise(cosine(to=0.1x), limit=0.2, seed=42)";
    let (noisy, plain) = (plan(text, 100), plan("cosine(to=0.1x)", 100));
    let mut differing = 0;
    for n in (0..150).rev() {
        let (value, bare) = (noisy.value_at(n, 1.0), plain.value_at(n, 1.0));
        assert!((value / bare - 1.0).abs() <= 0.2 + 1e-12, "{n}");
        assert_eq!(
            noisy.value_at(n, 3e-4),
            noisy.affine_at(n).unwrap().of(3e-4),
            "the same noise for every group"
        );
        differing += u32::from(value != bare);
    }
    assert!(differing > 95);
    assert_eq!(noisy.value_at(100, 1.0), noisy.value_at(1000, 1.0), "it stops with the plan");
    // timm's can turn a rate negative with a limit above 1, and is not clipped to the minimum.
    assert!(refused("noise(hold, limit=1.5)", 9).contains("keeps its sign"));
    let clipped = plan(&format!("clamp({text}, min=0.1x)"), 100);
    assert!((0..200).all(|n| clipped.value_at(n, 1.0) >= 0.1));
    let normal = plan("noise(hold, limit=0.67, std=1, seed=7)", 100);
    assert!((0..100).all(|n| (0.33..=1.67).contains(&normal.value_at(n, 1.0))));
    assert_ne!(normal, plan("noise(hold, limit=0.67, std=1, seed=8)", 100));
}

#[test]
fn clip_is_a_combinator() {
    let text = "clamp(linear(from=0x, to=2x), min=0.5x, max=1.5x)";
    assert_eq!(values(text, 4, [0, 1, 2, 3, 4, 5]), [0.5, 0.5, 1.0, 1.5, 1.5, 1.5]);
    // An absolute floor is one for every group, and a floor above a ceiling is an error once the base is known.
    let floored = plan("clamp(linear(to=0), min=0.1)", 10);
    assert_eq!([floored.value_at(10, 1.0), floored.value_at(10, 0.01)], [0.1, 0.1]);
    assert!(refused("clamp(hold, min=2x, max=1x)", 4).contains("must not be above `max`"));
    assert!(refused("clamp(hold)", 4).contains("a clamp needs one of the two"));
    let between = plan("clamp(hold, min=0.1, max=1x)", 4);
    let mut groups = MemoryGroups::of("lr", &[1.0, 0.01]);
    let attached = Scheduler::builder().field_on("lr", Selection::All, between).attach(&mut groups);
    assert!(attached.unwrap_err().to_string().contains("for the base 0.01 it is above `max`"));
}

#[test]
fn stretch() {
    // Composer's scale_schedule_ratio, for any plan.
    let text = "stretch(linear(from=0x, over=2) -> repeat(hold(from=1x, over=3), height=0.5), by=2)";
    assert_eq!(values(text, 40, [0, 1, 2, 4, 9, 10, 16]), [0.0, 0.25, 0.5, 1.0, 1.0, 0.5, 0.25]);
    assert_eq!(values("stretch(linear(to=0, over=10), by=0.5)", 5, [0, 1, 4, 5]), [1.0, 0.8, 0.2, 0.0]);
    assert_eq!(plan("stretch(linear(to=0, over=10), by=1/3)", 20).section_at(2).end, Some(10.0 / 3.0));
}

#[test]
fn branch_from_a_running_schedule() {
    // OLMo's override_decay: anneal from whatever the main schedule has at its start.
    let main = spec("linear(from=0x, over=10) -> power_law(scale=10)");
    let branch = main.clone().cut(40).then(spec("linear(to=0x, over=10)"));
    let (whole, branched) = (resolve(&main, 100), resolve(&branch, 50));
    assert!((0..=40).all(|n| whole.value_at(n, 3e-4) == branched.value_at(n, 3e-4)));
    assert_eq!(whole.value_at(40, 1.0), 0.5);
    assert_eq!([45, 50, 51].map(|n| branched.value_at(n, 1.0)), [0.25, 0.0, 0.0]);
}

#[test]
fn selection_of_groups() {
    // ignite's param_group_index, Burn's with_group, fastai's list for each layer group.
    let mut groups = MemoryGroups::new().group("head", [("lr", 1.0)]).group("body", [("lr", 1.0)]);
    let mut scheduler = Scheduler::builder()
        .field_on("lr", Selection::names(["head"]), plan("linear(to=0x)", 4))
        .field_on("lr", Selection::indices_of([1]), plan("hold(from=0.1x)", 4))
        .attach(&mut groups)
        .unwrap();
    scheduler.step(&mut groups).unwrap();
    assert_eq!(groups.values("lr").unwrap(), [0.75, 0.1]);
    // The last match wins in Burn; two rules for one field of one group are an error here.
    let twice = Scheduler::builder().field("lr", plan("hold", 4)).field_on(
        "lr",
        Selection::names(["body"]),
        plan("hold", 4),
    );
    assert!(twice.attach(&mut groups).is_err());
}

#[test]
fn multiplier_of_groups() {
    // timm's lr_scale is the group's own base here, and touches no other field.
    let mut groups = MemoryGroups::of("lr", &[1.0, 0.5]);
    let mut scheduler =
        Scheduler::builder().field("lr", plan("linear(to=0x)", 4)).attach(&mut groups).unwrap();
    for _ in 0..2 {
        scheduler.step(&mut groups).unwrap();
    }
    assert_eq!(groups.values("lr").unwrap(), [0.5, 0.25]);
    // Megatron's keys for each group (max_lr, min_lr) are levels of a plan for each selection.
    assert_eq!(plan("scale(linear(to=0x), by=0.1)", 4).value_at(2, 1.0), 0.05);
}

#[test]
fn reverse() {
    assert_eq!(
        values("reverse(linear(from=0x, over=1) -> hold(over=3))", 4, [0, 2, 3, 4, 5]),
        [1.0, 1.0, 1.0, 0.0, 0.0]
    );
    let up = plan("reverse(cosine(to=0))", 10);
    let down = plan("cosine(to=0)", 10);
    assert!((0..=10).all(|n| up.value_at(n, 1.0) == down.value_at(10 - n, 1.0)));
    let open = spec("reverse(decay)").resolve(&Horizon::open()).unwrap_err().to_string();
    assert!(open.contains("only a plan with an end can be reversed"));
}

#[test]
fn shift() {
    assert_eq!(values("shift(linear(to=0, over=4), by=2)", 6, [0, 2, 3, 6, 7]), [1.0, 1.0, 0.75, 0.0, 0.0]);
    assert_eq!(values("shift(linear(to=0, over=4), by=-2)", 4, [0, 1, 2, 3]), [0.5, 0.25, 0.0, 0.0]);
    assert_eq!(values("shift(linear(to=0), by=50%)", 8, [4, 6, 8]), [1.0, 0.5, 0.0]);
}

#[test]
fn minimum_and_maximum() {
    let (least, greatest) =
        ("minimum(linear(from=0x), cosine(to=0))", "maximum(linear(from=0x), cosine(to=0))");
    assert_eq!(values(least, 4, [0, 2, 4, 9]), [0.0, 0.5, 0.0, 0.0]);
    assert_eq!(values(greatest, 4, [0, 2, 4, 9]), [1.0, 0.5, 1.0, 1.0]);
    // Which one it is depends on the base.
    let cap = plan("minimum(hold, hold(from=0.1))", 4);
    assert_eq!([cap.value_at(0, 1.0), cap.value_at(0, 0.01)], [0.1, 0.01]);
}

#[test]
fn sum() {
    let text = "sum(hold(from=0.25x), repeat(linear(from=0.5x, to=0x, over=2)), hold(from=1))";
    assert_eq!(values(text, 6, [0, 1, 2, 3]), [1.75, 1.5, 1.75, 1.5]);
    let affine = plan(text, 6).affine_at(1).unwrap();
    assert_eq!((affine.offset, affine.slope), (1.0, 0.5));
}

#[test]
fn repeat() {
    assert_eq!(
        values("repeat(linear(from=0x, over=2), times=2)", 9, [0, 1, 2, 3, 4, 9]),
        [0.0, 0.5, 0.0, 0.5, 1.0, 1.0]
    );
    assert_eq!(values("repeat(cosine(to=0x), times=2)", 8, [0, 2, 4, 6, 8]), [1.0, 0.5, 1.0, 0.5, 0.0]);
    // Cycles that the run cuts short are no fault; a number of cycles that is longer than the run is.
    assert_eq!(values("repeat(linear(to=0x, over=10))", 5, [4, 5, 9]), [0.6, 0.5, 0.5]);
    assert!(refused("repeat(linear(to=0x, over=10), times=2)", 15).starts_with("the phases take 20 updates"));
    // In an open run they go on for ever, up to the last update that can be counted.
    let open = spec("repeat(linear(to=0x, over=1), height=0.5)").resolve(&Horizon::open()).unwrap();
    assert_eq!([0, 1, u64::MAX].map(|n| open.value_at(n, 1.0)), [1.0, 0.5, 0.0]);
    assert_eq!(open.section_at(u64::MAX).path, ["repeat", "linear"]);
}

#[test]
fn a_plan_that_is_too_long_is_an_error_unless_it_is_cut() {
    for text in [
        "clamp(linear(to=0, over=20), min=0.1x)",
        "scale(linear(to=0, over=20), by=2)",
        "clamp(linear(to=0, over=20), min=0.1x, over=10)",
        "sum(hold, linear(to=0, over=20))",
        "product(hold, clamp(linear(to=0, over=20), min=0))",
    ] {
        assert!(refused(text, 10).starts_with("the phases take 20 updates, but the run has 10"), "{text}");
    }
    let cut = plan("cut(clamp(sum(linear(to=0, over=20), hold(from=0)), min=0.1x), over=10)", 10);
    assert_eq!([0, 5, 10, 11].map(|n| cut.value_at(n, 1.0)), [1.0, 0.75, 0.5, 0.5]);
}

// What holds for all of them.

fn level() -> impl Strategy<Value = lehr::Level> {
    prop_oneof![
        Just(times(1.0)),
        Just(times(0.1)),
        Just(absolute(1e-6)),
        (1e-3..3.0_f64).prop_map(times),
        (1e-6..3.0_f64).prop_map(absolute),
    ]
}

/// One phase of any shape, of up to 30 updates or a small share of what is around it.
fn phase() -> impl Strategy<Value = Spec> {
    let length = prop_oneof![
        (1..30_u64).prop_map(|over| over.to_string()),
        (1..6_u64).prop_map(|share| format!("{share}%"))
    ];
    let levels = (proptest::option::weighted(0.3, level()), level());
    (0..Curve::NAMES.len(), levels, length, any::<bool>()).prop_map(|(shape, (from, to), over, inclusive)| {
        let name = Curve::NAMES[shape];
        let ends = !["hold", "power_law", "decay"].contains(&name);
        let from = from.map_or_else(String::new, |from| format!("from={from}, "));
        let to = if ends { format!("to={to}, ") } else { String::new() };
        let inclusive = if inclusive && ends { ", inclusive=true" } else { "" };
        spec(&format!("{name}({from}{to}over={over}{inclusive})"))
    })
}

/// Combinators over phases, to a depth of 4.
fn nested() -> impl Strategy<Value = Spec> {
    phase().prop_recursive(4, 24, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            3 => two.clone().prop_map(|(one, other)| one.then(other)),
            1 => two.clone().prop_map(|(one, other)| one.product([other])),
            1 => two.clone().prop_map(|(one, other)| one.sum([other])),
            1 => two.clone().prop_map(|(one, other)| one.minimum([other])),
            1 => two.prop_map(|(one, other)| one.maximum([other])),
            1 => (inner.clone(), 1..40_u64).prop_map(|(one, over)| one.cut(over)),
            1 => (inner.clone(), -2.0..2.0_f64).prop_map(|(one, by)| one.scale(by)),
            1 => (inner.clone(), level(), level()).prop_map(|(one, min, max)| one.clamp(Some(min), Some(max))),
            1 => (inner.clone(), 0..20_u64).prop_map(|(one, by)| one.later(by)),
            1 => (inner.clone(), 0..20_u64).prop_map(|(one, by)| one.earlier(by)),
            1 => (inner.clone(), 1..4_u64, 1..4_u64).prop_map(|(one, up, down)| one.stretch(Ratio::new(up, down).unwrap())),
            1 => inner.clone().prop_map(Spec::reverse),
            1 => (inner.clone(), any::<u64>()).prop_map(|(one, seed)| one.noise(Noise { seed, ..Noise::default() })),
            2 => (inner, 1..4_u64, prop_oneof![Just(1.0), Just(2.0), Just(0.5), Just(1.3)], 0.1..2.0_f64, level())
                .prop_map(|(one, times, length, height, anchor)| {
                    one.repeat(Repeat { times: Some(times), length, height, anchor })
                }),
        ]
    })
}

/// The same, mostly filling a run of any length.
fn whole() -> impl Strategy<Value = Spec> {
    prop_oneof![1 => nested(), 3 => nested().prop_map(|one| one.scale(0.5))]
}

const BASES: [f64; 4] = [1.0, 3e-4, 0.0, 17.0];

/// The values at many updates, as bits.
fn bits(plan: &Plan) -> Vec<u64> {
    (0..200).chain([1000, 1 << 53, u64::MAX]).map(|n| plan.value_at(n, 0.7).to_bits()).collect()
}

proptest! {
    #[test]
    fn nested_plans_are_total_hold_and_read_back(spec in whole(), total in prop_oneof![Just(20_000_u64), 100..2000_u64]) {
        prop_assert_eq!(&spec.to_string().parse::<Spec>().unwrap(), &spec);
        let run = Horizon::updates(total).unwrap();
        // Some are too long for the run, or a clamp has its bounds the wrong way round.
        let Ok(plan) = spec.resolve(&run) else { return Ok(()) };
        let text = plan.to_string();
        let again: Spec = text.parse().unwrap();
        prop_assert_eq!(again.to_string(), text.as_str());
        for horizon in [run, Horizon::open()] {
            let again = again.resolve(&horizon);
            prop_assert!(again.as_ref().is_ok_and(|again| *again == plan), "{}\nfrom {}\n{:?}", text, spec, again.map(|plan| plan.to_string()));
        }
        let end = plan.end().unwrap();
        prop_assert_eq!(end, total);
        for base in BASES {
            for n in (0..200).chain([end - 1, end, 1 << 53, u64::MAX]) {
                let value = plan.value_at(n, base);
                prop_assert!(value.is_finite(), "{} at {} is {}", text, n, value);
                if let Some(affine) = plan.affine_at(n) {
                    prop_assert_eq!(affine.of(base).to_bits(), value.to_bits(), "{} at {}", text, n);
                }
                let section = plan.section_at(n);
                prop_assert!((0.0..=1.0).contains(&section.progress) && !section.path.is_empty(), "{}: {:?}", text, section);
            }
            let last = plan.value_at(end, base).to_bits();
            for n in [1, 2, end / 2, end, 3 * end, 9 * end] {
                prop_assert_eq!(plan.value_at(end + n, base).to_bits(), last, "{} at {}", text, end + n);
            }
        }
    }

    #[test]
    fn a_sequence_of_one_is_that_one_and_sequences_associate(a in nested(), b in nested(), c in nested()) {
        prop_assert_eq!(&Plan::builder().then(a.clone()), &a);
        prop_assert_eq!(&format!("(({a}))").parse::<Spec>().unwrap(), &a);
        let left = a.clone().then(b.clone()).then(c.clone());
        let right = a.clone().then(b.clone().then(c.clone()));
        prop_assert_eq!(&left, &right);
        prop_assert_eq!(&format!("({a} -> {b}) -> {c}").parse::<Spec>().unwrap(), &left);
        prop_assert_eq!(&format!("{a} -> ({b} -> {c})").parse::<Spec>().unwrap(), &left);
    }

    #[test]
    fn order_does_not_matter_where_it_should_not(a in nested(), b in nested(), c in nested()) {
        let run = Horizon::updates(20_000).unwrap();
        let same = |one: Spec, other: Spec| match (one.resolve(&run), other.resolve(&run)) {
            (Ok(one), Ok(other)) => bits(&one) == bits(&other),
            (one, other) => one.is_err() && other.is_err(),
        };
        prop_assert!(same(a.clone().sum([b.clone()]), b.clone().sum([a.clone()])));
        prop_assert!(same(a.clone().minimum([b.clone()]), b.clone().minimum([a.clone()])));
        prop_assert!(same(a.clone().maximum([b.clone()]), b.clone().maximum([a.clone()])));
        // The first one has the unit; the factors commute.
        prop_assert!(same(a.clone().product([b.clone(), c.clone()]), a.product([c, b])));
    }

    #[test]
    fn what_changes_nothing_is_an_identity(spec in nested()) {
        let run = Horizon::updates(20_000).unwrap();
        let Ok(plan) = spec.clone().cut(20_000).resolve(&run) else { return Ok(()) };
        prop_assume!(spec.clone().scale(2.0).resolve(&run).is_ok());
        let one = Ratio::new(1, 1).unwrap();
        let once = Repeat { times: Some(1), height: 0.3, length: 2.0, ..Repeat::default() };
        for same in [
            spec.clone().scale(1.0),
            spec.clone().stretch(one),
            spec.clone().later(0),
            spec.clone().earlier(0),
            spec.clone().product([self::spec("hold")]),
            spec.clone().minimum([spec.clone()]),
            spec.clone().maximum([spec.clone()]),
        ] {
            prop_assert_eq!(bits(&same.resolve(&run).unwrap()), bits(&plan), "{}", same);
        }
        // A cycle has an update, and its end is the plan's own.
        if let Ok(repeated) = spec.clone().repeat(once).resolve(&run) {
            prop_assert_eq!(bits(&repeated), bits(&plan), "{}", spec);
        }
    }

    #[test]
    fn reversed_twice_is_as_it_was(spec in nested()) {
        let run = Horizon::updates(20_000).unwrap();
        let Ok(twice) = spec.clone().reverse().reverse().resolve(&run) else { return Ok(()) };
        prop_assert_eq!(bits(&twice), bits(&resolve(&spec.cut(20_000), 20_000)));
    }

    #[test]
    fn clamp_is_idempotent_and_bounds(spec in nested(), a in 0.0..2.0_f64, b in 0.0..2.0_f64) {
        let run = Horizon::updates(20_000).unwrap();
        let (min, max) = (Some(times(a.min(b))), Some(absolute(a.max(b))));
        let Ok(once) = spec.clone().clamp(min, max).resolve(&run) else { return Ok(()) };
        let twice = spec.clamp(min, max).clamp(min, max).resolve(&run).unwrap();
        prop_assert_eq!(bits(&once), bits(&twice));
        for n in (0..200).chain([u64::MAX]) {
            let value = once.value_at(n, 0.7);
            prop_assert!(value >= a.min(b) * 0.7 && value <= a.max(b), "{} at {}", value, n);
        }
    }

    #[test]
    fn a_stretched_plan_has_the_values_of_the_plan(spec in nested(), by in 1..50_u64) {
        let run = Horizon::updates(20_000).unwrap();
        let long = Horizon::updates(20_000 * by).unwrap();
        let Ok(plan) = spec.clone().cut(20_000).resolve(&run) else { return Ok(()) };
        // Shares of the run stay shares of it, and noise is drawn anew at each update.
        if ["%", "noise"].iter().any(|other| spec.to_string().contains(other)) {
            return Ok(());
        }
        let slow = spec.stretch(Ratio::new(by, 1).unwrap()).resolve(&long).unwrap();
        for n in 0..200 {
            prop_assert_eq!(slow.value_at(n * by, 0.7).to_bits(), plan.value_at(n, 0.7).to_bits(), "{} at {}", slow, n);
        }
    }
}

/// Every way in which a run of at most 8 updates is a warm-up, a hold, a shape and a cool-down.
#[test]
fn every_small_run_of_every_shape_is_whole() {
    for name in Curve::NAMES {
        let ends = !["hold", "power_law", "decay"].contains(name);
        let to = if ends { "to=0.1x, " } else { "" };
        for total in 1..=8_u64 {
            for warmup in 0..=total {
                for hold in 0..=total - warmup {
                    for fall in 0..=total - warmup - hold {
                        for inclusive in [false, true] {
                            let cooldown = total - warmup - hold - fall;
                            let text = format!(
                                "linear(from=0.25x, over={warmup}) -> hold(over={hold}) -> \
                                 {name}({to}over={fall}, inclusive={inclusive}) -> hold(over={cooldown})"
                            );
                            check_small_run(&plan(&text, total), total);
                        }
                    }
                }
            }
        }
    }
}

fn check_small_run(plan: &Plan, total: u64) {
    assert_eq!(plan.end(), Some(total));
    let mut end = 0;
    let mut before = None;
    for phase in plan.phases() {
        assert_eq!(phase.start, end, "{plan}");
        end = phase.end.unwrap();
        // Neighbours meet, and a phase that has updates has its ends where it says.
        assert!(before.is_none() || phase.from == before, "{plan}");
        before = phase.to.or_else(|| plan.affine_at(end).map(|affine| times(affine.slope)));
        if let (Some(from), Some(to)) = (phase.from, phase.to)
            && end > phase.start
        {
            let first = if phase.inclusive && end - phase.start == 1 { to } else { from };
            assert_eq!(plan.value_at(phase.start, 0.7), first.of(0.7), "{plan}");
            // Then comes that level, unless a phase of no updates, or one whose first update has its end, changes it.
            let next = |other: &&lehr::ResolvedPhase| other.start == end;
            let at_once =
                |other: &lehr::ResolvedPhase| other.end.unwrap() - end <= u64::from(other.inclusive);
            if !plan.phases().filter(next).any(at_once) {
                assert_eq!(plan.value_at(end, 0.7), to.of(0.7), "{plan}");
            }
            if phase.inclusive {
                assert_eq!(plan.value_at(end - 1, 0.7), to.of(0.7), "{plan}");
            }
        }
    }
    assert_eq!(end, total, "{plan}");
    let last = plan.value_at(total, 1.0);
    for n in 0..=10 * total {
        let value = plan.value_at(n, 1.0);
        assert!((0.1..=1.0).contains(&value), "{plan}: {value} at {n}");
        assert!(n < total || value == last, "{plan}: {value} at {n}");
    }
}

/// Any finite number, the extremes above all.
fn extreme() -> impl Strategy<Value = f64> {
    let magnitude = prop_oneof![
        Just(5e-324),
        Just(f64::MIN_POSITIVE),
        Just(1e-308),
        Just(1e308),
        Just(f64::MAX),
        Just(0.0),
        Just(1.0),
        (-323..308_i32, 1.0..10.0_f64)
            .prop_map(|(exponent, digits)| format!("{digits}e{exponent}").parse().unwrap()),
    ];
    (magnitude, any::<bool>()).prop_map(|(value, negative)| if negative { -value } else { value })
}

fn extreme_level() -> impl Strategy<Value = lehr::Level> {
    (extreme(), extreme(), 0..3_u8).prop_map(|(a, b, kind)| match kind {
        0 => times(a),
        1 => absolute(a),
        _ => lehr::Level::Sum { absolute: a, times: b },
    })
}

fn extreme_span() -> impl Strategy<Value = lehr::Span> {
    prop_oneof![
        any::<u64>().prop_map(updates),
        (0..64_u32).prop_map(|power| updates(1 << power)),
        Just(updates(u64::MAX)),
        Just(lehr::rest()),
        extreme().prop_map(lehr::fraction),
        (0.0..=1.0_f64).prop_map(lehr::fraction),
        extreme().prop_map(|count| lehr::epochs(count)),
    ]
}

/// A phase of any shape, parameters and all, and one combinator around it; some of it is refused.
fn extreme_text() -> impl Strategy<Value = String> {
    let phase = (
        (0..Curve::NAMES.len(), extreme(), extreme(), extreme()),
        proptest::option::of(extreme_level()),
        proptest::option::of(extreme_level()),
        proptest::option::of(extreme_span()),
    );
    let around = (0..9_u8, extreme(), any::<u64>(), extreme_level(), extreme_span());
    (phase, around).prop_map(|(((shape, a, b, c), from, to, over), (around, number, count, level, span))| {
        let name = Curve::NAMES[shape];
        // Half of the parameters are left at their defaults.
        let own = match name {
            "cosine" if a > 0.0 => format!("k={}, exponent={b:?}, ", a.abs()),
            "polynomial" if a > 0.0 => format!("power={a:?}, "),
            "power" if a > 0.0 => format!("exponent={a:?}, "),
            "exponential" if a > 0.0 => format!("ratio={a:?}, "),
            "tanh" if a > 0.0 => format!("lower={a:?}, upper={b:?}, "),
            "power_law" if a > 0.0 => format!("exponent={:?}, rate={:?}, scale={span}, ", b.abs(), c.abs()),
            "decay" if a > 0.0 => format!("factor={:?}, every={span}, ", b.abs()),
            _ => String::new(),
        };
        let ends = !["hold", "power_law", "decay"].contains(&name);
        let from = from.map_or_else(String::new, |from| format!("from={from}, "));
        let to = to.filter(|_| ends).map_or_else(String::new, |to| format!("to={to}, "));
        let over = over.map_or_else(String::new, |over| format!("over={over}, "));
        let phase = format!("{name}({own}{from}{to}{over}inclusive={})", c > 0.0);
        match around {
            0 => format!("scale({phase}, by={number:?})"),
            1 => format!("clamp({phase}, min={level})"),
            2 => format!("shift({phase}, by={count})"),
            3 => format!("shift({phase}, by=-{span})"),
            4 => format!("stretch({phase}, by={count}/{})", span.to_string().len()),
            5 => format!("repeat({phase}, height={:?}, length={:?}, anchor={level})", number.abs(), b.abs()),
            6 => format!("sum({phase}, product({phase}, {phase}), reverse({phase}))"),
            7 => format!("noise({phase}, limit=0.5, std={:?}, seed={count})", number.abs()),
            _ => phase,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_extreme_breaks_a_plan(text in extreme_text(), total in prop_oneof![1..50_u64, any::<u64>(), Just(u64::MAX)], base in extreme()) {
        let runs = [Horizon::updates(total.max(1)), Horizon::epochs(1, total.max(1)), Ok(Horizon::open())];
        for run in runs {
            let Ok(plan) = text.parse::<Spec>().and_then(|spec| spec.resolve(&run.unwrap())) else { continue };
            for base in [1.0, 3e-4, base] {
                let end = plan.end().unwrap_or(u64::MAX);
                for n in [0, 1, 2, 7, end / 2, end.saturating_sub(1), end, end.saturating_add(1), 1 << 53, u64::MAX] {
                    let value = plan.value_at(n, base);
                    prop_assert!(value.is_finite(), "{} at {} for {:?} is {}", plan, n, base, value);
                    let section = plan.section_at(n);
                    prop_assert!((0.0..=1.0).contains(&section.progress), "{}: {:?}", plan, section);
                }
            }
        }
    }
}
