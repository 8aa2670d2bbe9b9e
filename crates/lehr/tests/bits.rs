//! Rust and Python give the same bits: both are held to one file of values of the golden plans, `python/tests/bits.csv`.
//!
//! `LEHR_WRITE_BITS=1 cargo test -p lehr --test bits` writes it anew, after a change of values that is meant.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;

use lehr::{Horizon, Spec};

/// Every so manieth row of the golden table.
const STRIDE: usize = 9;

#[test]
fn python_is_held_to_the_values_of_today() {
    let table = include_bytes!("golden/curves.csv");
    let mut rows = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(&table[..]);
    let mut written = csv::Writer::from_writer(Vec::new());
    written.write_record(["plan", "updates", "base", "n", "bits"]).unwrap();
    for row in rows.deserialize().step_by(STRIDE) {
        let (text, updates, base, n, _): (String, u64, f64, u64, f64) = row.unwrap();
        let plan = text.parse::<Spec>().unwrap().resolve(&Horizon::updates(updates).unwrap()).unwrap();
        let mut bits = String::new();
        write!(bits, "{:016x}", plan.value_at(n, base).to_bits()).unwrap();
        written.write_record([text, updates.to_string(), format!("{base:?}"), n.to_string(), bits]).unwrap();
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../python/tests/bits.csv");
    let now = String::from_utf8(written.into_inner().unwrap()).unwrap();
    if std::env::var_os("LEHR_WRITE_BITS").is_some() {
        std::fs::write(path, &now).unwrap();
    }
    assert!(std::fs::read_to_string(path).unwrap() == now, "values differ from {path}");
}
