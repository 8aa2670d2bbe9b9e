//! What must hold for any input: one module for each fuzz target, with its check.
//!
//! Untrusted input (`plan_text`, `spec_file`, `state`, `checkpoint`, `convert`, `audit`) never panics and never hangs, and
//! what is accepted reads back equal. `constructors` and `operations` call the API with any numbers in any order.

pub mod audit;
pub mod checkpoint;
pub mod constructors;
pub mod convert;
pub mod operations;
pub mod plan_text;
pub mod spec_file;
pub mod state;
mod trainer;

use lehr::{Horizon, MemoryGroups, Plan, Scheduler, Selection};

/// Runs of every kind: one update, epochs, long, without an end.
fn horizons() -> impl Iterator<Item = Horizon> {
    let made =
        [Horizon::updates(1), Horizon::updates(1000), Horizon::epochs(30, 334), Horizon::updates(1 << 53)];
    made.into_iter().flatten().chain([Horizon::open()])
}

/// What holds for every plan: it answers for any update with a number, past its end with the last one, one at a time or
/// in bulk, and its text reads back to an equal plan.
fn check_plan(plan: &Plan) {
    for base in [1.0, 3e-4, 0.0] {
        // A plan may not fit a base: a geometric phase through 0, a level beyond the largest number.
        let mut groups = MemoryGroups::of("lr", &[base]);
        if Scheduler::builder().field_on("lr", Selection::All, plan.clone()).attach(&mut groups).is_err() {
            continue;
        }
        let end = plan.end().unwrap_or(1 << 20);
        let near = [end.saturating_sub(1), end, end.saturating_add(1), 1 << 53, u64::MAX];
        for n in (0..40).chain(near) {
            let value = plan.value_at(n, base);
            assert!(value.is_finite(), "{plan} at {n} is {value}");
            if let Some(affine) = plan.affine_at(n) {
                assert_eq!(affine.of(base).to_bits(), value.to_bits(), "{plan} at {n}");
            }
        }
        if plan.end().is_some() {
            let last = plan.value_at(end, base).to_bits();
            assert_eq!(plan.value_at(end.saturating_add(77), base).to_bits(), last, "{plan} does not hold");
        }
        for start in [0, end.saturating_sub(20)] {
            let mut bulk = [0.0; 40];
            plan.fill(start, base, &mut bulk);
            // Past the greatest count the last value holds.
            let counts = (0..).map(|index| start.saturating_add(index));
            for (n, value) in counts.zip(bulk) {
                assert_eq!(plan.value_at(n, base).to_bits(), value.to_bits(), "{plan} at {n}");
            }
        }
    }
    let text = plan.to_string();
    let again = match text.parse::<lehr::Spec>().and_then(|spec| spec.resolve(&Horizon::open())) {
        Ok(again) => again,
        // A known limit: the rest of an endless part that a cut shortens is read as that of the run around it, which may be
        // too short for what comes before.
        Err(lehr::Error::Length { .. }) if text.contains("cut(") && text.contains("over=rest") => return,
        Err(error) => panic!("{text} does not read back: {error}"),
    };
    if again != *plan {
        // In a run without an end, an endless part that a cut shortens reads back with the end that is around it.
        assert!(text.contains("cut(") && text.contains("over=rest"), "{text} reads back as {again}");
        for n in (0..40).chain([1000, 1 << 53, u64::MAX]) {
            assert_eq!(again.value_at(n, 1.0).to_bits(), plan.value_at(n, 1.0).to_bits(), "{text} at {n}");
        }
    }
}
