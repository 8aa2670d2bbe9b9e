//! Native plans against Burn's own schedulers (`tools/golden/burn`).

#![allow(clippy::unwrap_used, clippy::panic)]

use lehr::{Horizon, Spec};

#[test]
fn plans_give_what_burn_gives() {
    let table = include_bytes!("golden/burn.csv");
    let mut rows = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(&table[..]);
    let mut schedules: Vec<String> = Vec::new();
    for row in rows.deserialize() {
        let (schedule, text, base, n, value, ulp): (String, String, f64, u64, f64, u64) = row.unwrap();
        let plan = text.parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap();
        let error = plan.value_at(n, base).to_bits().abs_diff(value.to_bits());
        assert!(error <= ulp, "{schedule}: {text} at {n} is {error} ulp from {value:e}");
        if !schedules.contains(&schedule) {
            schedules.push(schedule);
        }
    }
    assert_eq!(schedules, ["LinearLr", "CosineAnnealingLr", "ExponentialLr", "StepLr", "NoamLr"]);
}
