//! Plans made of plans: one test for each combinator that a peer has or lacks.

#![allow(clippy::unwrap_used, clippy::panic)]

use lehr::{Horizon, MemoryGroups, Plan, Scheduler, Selection, Spec};

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
    let tenths = ["hold(over=10%)"; 10].join(" -> ");
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

#[test]
fn what_a_plan_is_made_of_can_be_gone_through() {
    let made = plan(
        "linear(from=0x, over=10) -> sum(hold(over=5) -> linear(to=0), cosine(to=0), over=rest) -> hold(over=20)",
        100,
    );
    assert_eq!(made.parts().collect::<Vec<_>>(), [(0, Some(10)), (10, Some(80)), (80, Some(100))]);
    assert_eq!(made.phases().map(|phase| phase.start).collect::<Vec<_>>(), [0, 80]);
    let nested: Vec<_> =
        made.nested().map(|(part, name, plan)| (part, name, plan.phases().count())).collect();
    assert_eq!(nested, [(1, "sum", 2), (1, "sum", 1)]);
}
