//! Every shape against values worked in 60 digits (`tools/golden/curves.py`).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::type_complexity
)]

use std::collections::BTreeMap;

use lehr::{Curve, Horizon, Level, Plan, Spec};

/// Ulps between two numbers of one sign.
fn ulps(a: f64, b: f64) -> u64 {
    if a == b { 0 } else { a.to_bits().abs_diff(b.to_bits()) }
}

/// A parameter in a plan's text.
fn parameter(plan: &str, name: &str) -> Option<f64> {
    let (_, value) = plan.split_once(&format!("{name}="))?;
    value.split([',', ')']).next()?.parse().ok()
}

fn name(plan: &str) -> &str {
    plan.split('(').next().unwrap()
}

/// A level in a plan's text, for this base.
fn level(plan: &str, name: &str, base: f64) -> f64 {
    let (_, value) = plan.split_once(&format!("{name}=")).unwrap();
    value.split([',', ')']).next().unwrap().parse::<Level>().unwrap().of(base)
}

/// The bound that the documentation of each shape states, in ulp of the value at update `n`.
fn bound(plan: &str, n: u64, base: f64) -> f64 {
    let of = |name| parameter(plan, name);
    match name(plan) {
        "hold" => 0.0,
        "linear" => 2.0,
        "harmonic" | "rex" => 3.0,
        "cosine" if of("k").unwrap_or(1.0) == 1.0 && of("exponent").is_none() => 4.0,
        "cosine" => 8.0,
        "sine" | "polynomial" | "power" | "logarithmic" => 4.0,
        "exponential" => 6.0 + 2.0 * of("ratio").unwrap().ln().abs(),
        "geometric" => 3.0 + (level(plan, "to", base) / level(plan, "from", base)).ln().abs(),
        "tanh" => 12.0,
        "power_law" => 2.0 + of("exponent").unwrap_or(0.5),
        "decay" => 1.0 + n as f64 * of("factor").unwrap_or(0.9).ln().abs() / of("every").unwrap_or(1.0),
        _ => panic!("no bound is stated for {plan}"),
    }
}

fn rows() -> impl Iterator<Item = (String, u64, f64, u64, f64)> {
    let table = include_bytes!("golden/curves.csv");
    csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(&table[..])
        .into_deserialize()
        .map(Result::unwrap)
}

#[test]
fn values_are_within_the_stated_ulps_of_sixty_digits() {
    let mut worst: BTreeMap<String, (u64, f64)> = BTreeMap::new();
    let mut plan: Option<((String, u64), Plan)> = None;
    let mut count = 0;
    for (text, updates, base, n, expected) in rows() {
        let run = (text, updates);
        let same = plan.take().filter(|(same, _)| *same == run);
        let resolve = || run.0.parse::<Spec>().unwrap().resolve(&Horizon::updates(updates).unwrap()).unwrap();
        let resolved = same.map_or_else(resolve, |(_, plan)| plan);
        let error = ulps(resolved.value_at(n, base), expected);
        let bound = bound(&run.0, n, base);
        assert!(error as f64 <= bound, "{}, base {base}, update {n}: {error} ulp from {expected:e}", run.0);
        let (shape, _) = run.0.split_once("from").unwrap();
        let seen = worst.entry(shape.to_owned()).or_default();
        if error >= seen.0 {
            *seen = (error, bound);
        }
        plan = Some((run, resolved));
        count += 1;
    }
    assert!(count > 20_000, "only {count} rows were read");
    println!("worst error in ulp, and its bound: {worst:#?}");
}

#[test]
fn every_shape_is_in_the_table() {
    let shapes: std::collections::BTreeSet<String> = rows().map(|row| name(&row.0).to_owned()).collect();
    assert_eq!(shapes, Curve::NAMES.iter().map(|name| (*name).to_owned()).collect());
}

#[test]
fn levels_that_are_far_apart_lose_nothing() {
    let run = Horizon::updates(10).unwrap();
    let middle = |text: &str| text.parse::<Spec>().unwrap().resolve(&run).unwrap().value_at(5, 1.0);
    let root = middle("geometric(from=5e-324, to=1e308)");
    assert!((root / 2.222_758_749_485_075e-8 - 1.0).abs() < 1e-12, "{root:e}");
    assert_eq!(middle("harmonic(from=1e200, to=1e-150)"), 2e-150);
    assert_eq!(middle("harmonic(from=1e-150, to=1e200)"), 2e-150);
}
