//! Native plans against Burn's own schedulers (`tools/golden/burn`).

#![allow(clippy::unwrap_used, clippy::panic)]

use lehr::{Horizon, Spec};

/// One row of the table: schedule, plan, base, update, value, and how many ulp apart the two may be.
type Row = (String, String, f64, u64, f64, u64);

#[test]
fn plans_give_what_burn_gives() {
    let table = include_bytes!("golden/burn.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(&table[..]);
    let rows: Vec<Row> = reader.deserialize().map(Result::unwrap).collect();
    let mut schedules: Vec<&str> = Vec::new();
    for rows in rows.chunk_by(|a, b| a.1 == b.1) {
        let (schedule, text, base, ..) = &rows[0];
        let plan = text.parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap();
        // Burn counts its line back from the end, and takes its cosine from 1: small values have the rounding of large ones.
        let peak = rows.iter().fold(0.0_f64, |peak, row| peak.max(row.4));
        for (.., n, value, ulp) in rows {
            let scale =
                if ["LinearLr", "CosineAnnealingLr"].contains(&schedule.as_str()) { peak } else { *value };
            let error = (plan.value_at(*n, *base) - value).abs();
            assert!(
                error <= *ulp as f64 * f64::EPSILON * scale,
                "{schedule}: {text} at {n} is off {value:e} by {error:e}"
            );
        }
        if !schedules.contains(&schedule.as_str()) {
            schedules.push(schedule);
        }
    }
    assert_eq!(schedules, ["LinearLr", "CosineAnnealingLr", "ExponentialLr", "StepLr", "NoamLr"]);
}
