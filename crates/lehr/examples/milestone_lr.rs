//! A scheduler of your own, first of the two canonical ones: the learning rate is halved at the end of epochs 2, 4 and 5.
//!
//! `cargo run -p lehr --example milestone_lr`

#![allow(clippy::print_stdout)]

use lehr::{Error, MemoryGroups, StatefulScheduler, UpdateRule};

struct MilestoneLr {
    milestones: Vec<u64>,
    gamma: f64,
}

impl UpdateRule for MilestoneLr {
    fn get_updated_values(
        &mut self,
        num_updates: u64,
        current: &[f64],
        out: &mut [f64],
    ) -> Result<bool, Error> {
        let reached = self.milestones.contains(&num_updates);
        for (lr, new) in current.iter().zip(out) {
            *new = lr * self.gamma;
        }
        Ok(reached)
    }
}

fn main() -> Result<(), Error> {
    let updates_per_epoch = 100;
    let rule =
        MilestoneLr { milestones: [2, 4, 5].map(|epoch| epoch * updates_per_epoch).to_vec(), gamma: 0.5 };
    let mut groups = MemoryGroups::new().group("body", [("lr", 0.1)]).group("head", [("lr", 1.0)]);
    let mut scheduler = StatefulScheduler::attach("lr", rule, &mut groups)?;
    for epoch in 1..=6 {
        println!("epoch {epoch}: lr {:?}", groups.values("lr")?);
        for _ in 0..updates_per_epoch {
            // optimizer.step()
            scheduler.step(&mut groups)?;
        }
    }
    Ok(())
}
