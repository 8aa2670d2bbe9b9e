//! Every shape against values worked in 60 digits (`tools/golden/curves.py`).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::type_complexity
)]

use std::collections::BTreeMap;

use lehr::{Horizon, Plan, Spec};

/// Ulps between two numbers of one sign.
fn ulps(a: f64, b: f64) -> u64 {
    if a == b { 0 } else { a.to_bits().abs_diff(b.to_bits()) }
}

/// The bound that the documentation of each shape states, in ulp of the value.
fn bound(plan: &str) -> u64 {
    match plan.split(['(', ',']).take(2).collect::<Vec<_>>()[..] {
        ["linear", _] => 2,
        ["cosine", "k=1"] | ["polynomial", _] => 4,
        ["cosine" | "geometric", _] => 6,
        ["exponential", "ratio=1e-06"] => 18,
        ["exponential", _] => 8,
        _ => panic!("no bound is stated for {plan}"),
    }
}

#[test]
fn values_are_within_the_stated_ulps_of_sixty_digits() {
    let table = include_bytes!("golden/curves.csv");
    let mut rows = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(&table[..]);
    let mut worst: BTreeMap<String, u64> = BTreeMap::new();
    let mut plan: Option<(String, Plan)> = None;
    let mut count = 0;
    for row in rows.deserialize() {
        let (text, updates, base, n, expected): (String, u64, f64, u64, f64) = row.unwrap();
        let same = plan.take().filter(|(same, _)| *same == text);
        let resolve = || text.parse::<Spec>().unwrap().resolve(&Horizon::updates(updates).unwrap()).unwrap();
        let (text, resolved) = same.unwrap_or_else(|| (text.clone(), resolve()));
        let error = ulps(resolved.value_at(n, base), expected);
        assert!(error <= bound(&text), "{text}, base {base}, update {n}: {error} ulp from {expected:e}");
        let shape = text
            .split([',', '('])
            .take(2)
            .filter(|part| !part.contains("from"))
            .collect::<Vec<_>>()
            .join("(");
        let seen = worst.entry(shape).or_default();
        *seen = error.max(*seen);
        plan = Some((text, resolved));
        count += 1;
    }
    assert!(count > 10_000, "only {count} rows were read");
    println!("worst error in ulp: {worst:#?}");
}
