//! Handwritten digits with Burn's own learner: a small network, `AdamW` in two groups, learning rate and weight decay
//! scheduled. Training stops after 13 epochs and goes on from Burn's checkpoint.
//!
//! `cargo run --example digits [HANDED.csv]` trains for 30 epochs, prints the accuracy on the images that were held back, and
//! writes the bits of what each update was handed.

#![allow(clippy::print_stdout)]

mod network;
mod recorded;
mod run;

use burn::tensor::Device;
use burn::train::ExecutionStrategy;

use recorded::Log;
use run::{Result, Run, train};

fn main() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let log = Log::default();
    let mut run = Run::new()?;
    let device = || ExecutionStrategy::single(Device::flex().autodiff());

    run.stop = 13;
    train(&run, device(), directory.path(), None, &log)?;
    // As a new process would: new network, new optimizer, new schedule.
    run.stop = run.epochs;
    let trained = train(&run, device(), directory.path(), Some(13), &log)?;

    let handed = log.handed();
    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(path, handed.to_csv())?;
    }
    println!("accuracy={:.4} updates={}", trained.accuracy(&run.digits.test), handed.len());
    Ok(())
}
