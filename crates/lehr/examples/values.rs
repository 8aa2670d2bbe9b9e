//! Prints the values of a plan as bits, one update a line: for comparing with another implementation.
//!
//! `cargo run --release -p lehr --example values -- "cosine(to=0)" 100000 1.0`

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fmt::Write;

use lehr::{Horizon, Spec};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [text, updates, base] = arguments.as_slice() else {
        return Err("usage: values PLAN UPDATES BASE".into());
    };
    let (updates, base) = (updates.parse()?, base.parse()?);
    let plan = text.parse::<Spec>()?.resolve(&Horizon::updates(updates)?)?;
    let mut out = String::new();
    for n in 0..=updates {
        writeln!(out, "{:016x}", plan.value_at(n, base).to_bits())?;
    }
    print!("{out}");
    Ok(())
}
