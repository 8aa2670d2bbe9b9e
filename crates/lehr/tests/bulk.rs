//! Bulk evaluation gives the same bits as one value at a time, and traces sum up what it gives.

#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod common;

use lehr::{Horizon, Spec, Trace};
use proptest::prelude::*;

/// As plan text writes them.
const LEVELS: &[&str] =
    &["1x", "0x", "0.01x", "-1x", "1e300x", "1e-6", "0", "-0", "0.1", "5e-324", "-5e-324", "1e300"];

proptest! {
    #[test]
    fn a_filled_slice_has_the_same_bits((plan, total) in common::plan(), start in 0..700_u64, count in 0..800_usize) {
        for base in [1.0, 3e-4] {
            let mut values = vec![f64::NAN; count];
            plan.fill(start, base, &mut values);
            let mut singles = vec![f32::NAN; count];
            plan.fill_f32(start, base, &mut singles);
            for (index, value) in values.iter().enumerate() {
                let expected = plan.value_at(start + index as u64, base);
                prop_assert_eq!(value.to_bits(), expected.to_bits());
                prop_assert_eq!(singles[index].to_bits(), (expected as f32).to_bits());
            }
        }
        let _ = total;
    }

    /// Lines and waves in blocks: lengths on both sides of what whole numbers divide without a division (2^24) and of what
    /// f64 counts (2^53), levels of both kinds, zeros and numbers at the end of the range.
    #[test]
    fn blocks_of_lines_and_waves_have_the_same_bits(
        shape in prop::sample::select(vec!["linear", "cosine"]),
        from in prop::sample::select(LEVELS),
        to in prop::sample::select(LEVELS),
        inclusive in any::<bool>(),
        length in prop_oneof![1..3000_u64, (1_u64 << 24) - 3..(1 << 24) + 4, (1_u64 << 53) - 3..(1 << 53) + 4, Just(u64::MAX)],
        start in prop_oneof![Just(0.0), Just(0.5), Just(1.0), 0.0..1.1],
        count in 0..1500_usize,
        base in prop_oneof![Just(1.0), Just(-0.3), Just(0.0), Just(1e300), Just(f64::INFINITY), -1e3..1e3],
    ) {
        let text = format!("{shape}(from={from}, to={to}, inclusive={inclusive})");
        let plan = text.parse::<Spec>().unwrap().resolve(&Horizon::updates(length).unwrap()).unwrap();
        let start = ((length as f64 * start) as u64).saturating_sub(count as u64 / 2);
        let mut values = vec![f64::NAN; count];
        plan.fill(start, base, &mut values);
        for (index, value) in values.iter().enumerate() {
            let expected = plan.value_at(start.saturating_add(index as u64), base);
            let same = value.to_bits() == expected.to_bits() || value.is_nan() && expected.is_nan();
            prop_assert!(same, "{} of {} at {} + {}, base {}: {} {}", text, length, start, index, base, value, expected);
        }
    }

    #[test]
    fn a_trace_of_every_update_sums_exactly((plan, total) in common::plan()) {
        let trace = Trace::sample("lr", &plan, 0.3, total as usize * 2);
        let values: Vec<f64> = (0..total).map(|n| plan.value_at(n, 0.3)).collect();
        prop_assert_eq!(trace.points().iter().map(|point| point.1).collect::<Vec<_>>(), values.clone());
        prop_assert!((trace.area() - values.iter().sum::<f64>()).abs() <= 1e-9);
        prop_assert_eq!(trace.first_used(), values[0]);
        prop_assert_eq!(trace.last_used(), values[values.len() - 1]);
        let jumps = values.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        prop_assert_eq!(trace.largest_jump().unwrap().1.abs(), jumps.fold(0.0, f64::max));
    }
}

#[test]
fn all_cores_give_the_same_bits() {
    for text in [
        "linear(from=0x, over=5%) -> cosine(to=0)",
        "repeat(cosine(to=0, over=777), length=1.5)",
        "clamp(decay, min=1e-3)",
    ] {
        let plan = text.parse::<Spec>().unwrap().resolve(&Horizon::updates(300_000).unwrap()).unwrap();
        let (mut one, mut all) = (vec![0.0; 310_000], vec![0.0; 310_000]);
        plan.fill(5, 0.1, &mut one);
        plan.fill_parallel(5, 0.1, &mut all);
        assert!(one.iter().zip(&all).all(|(a, b)| a.to_bits() == b.to_bits()), "{text}");
    }
}

#[test]
fn filling_near_the_end_of_time_does_not_overflow() {
    let plan = "linear(to=0)".parse::<Spec>().unwrap().resolve(&Horizon::updates(u64::MAX).unwrap()).unwrap();
    let mut values = [f64::NAN; 8];
    plan.fill(u64::MAX - 3, 1.0, &mut values);
    assert_eq!(values[4..], [0.0; 4]);
    let open = "decay(factor=0.5)".parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap();
    open.fill(u64::MAX - 3, 1.0, &mut values);
    assert_eq!(values, [0.0; 8]);
}

#[test]
fn a_trace_of_a_billion_updates_follows_the_phases() {
    let spec: Spec = "linear(from=0x, over=100) -> hold(over=50%) -> cosine(to=0)".parse().unwrap();
    let plan = spec.resolve(&Horizon::updates(1_000_000_000).unwrap()).unwrap();
    let trace = Trace::sample("lr", &plan, 1.0, 200);
    assert!(trace.points().len() <= 206);
    assert_eq!(trace.boundaries(), [(0, "linear"), (100, "hold"), (500_000_100, "cosine")]);
    assert!((trace.area() - (50.0 + 5e8 + 2.5e8)).abs() / 7.5e8 < 1e-3);
    let repeated: Spec = "repeat(cosine(to=0, over=10))".parse().unwrap();
    let plan = repeated.resolve(&Horizon::updates(1_000_000_000).unwrap()).unwrap();
    assert_eq!(
        Trace::sample("lr", &plan, 1.0, 200).boundaries().len(),
        1000,
        "restarts beyond the thousandth are not told apart"
    );
}

#[test]
fn a_trace_of_a_million_restarts_has_their_outline() {
    let spec: Spec = "linear(from=0x, over=10%) -> repeat(cosine(to=0.1x, over=1000))".parse().unwrap();
    let plan = spec.resolve(&Horizon::updates(1_000_000_000).unwrap()).unwrap();
    let trace = Trace::sample("lr", &plan, 1.0, 200);
    assert!(trace.has_more_phases() && trace.boundaries().len() == 1000 && trace.points().len() < 4000);
    assert!(trace.points().iter().all(|(n, value)| value.to_bits() == plan.value_at(*n, 1.0).to_bits()));
    // The last update of a restart is the lowest: 0.1 + 0.9 cos^2(pi 999 / 2000).
    let low = 0.1 + 0.9 * (std::f64::consts::PI * 999.0 / 2000.0).cos().powi(2);
    for slice in 10..100_u64 {
        let of_slice = slice * 10_000_000..(slice + 1) * 10_000_000;
        let values: Vec<f64> =
            trace.points().iter().filter(|(n, _)| of_slice.contains(n)).map(|(_, value)| *value).collect();
        assert!(values.contains(&1.0), "slice {slice}");
        assert!(values.iter().any(|value| (value - low).abs() < 1e-12), "slice {slice}");
    }
    // A cosine of 1000 updates sums to 500.5 of its range: the cosines of n and 1000 - n cancel, and n = 0 is left.
    let expected = 5e7 + 9e8 * 0.1 + 9e8 * 0.9 * 0.5005;
    assert!((trace.area() - expected).abs() / expected < 1e-3, "{} {expected}", trace.area());
}
