//! A scheduler of your own, second of the two canonical ones: weight decay is raised by a tenth every n updates, in a
//! loop that counts the updates itself.
//!
//! `cargo run -p lehr --example step_wd`

#![allow(clippy::print_stdout)]

use lehr::{Error, MemoryGroups, StatelessScheduler, UpdateRule};

struct StepWd {
    n: u64,
    gamma: f64,
}

impl UpdateRule for StepWd {
    fn get_updated_values(
        &mut self,
        num_updates: u64,
        current: &[f64],
        out: &mut [f64],
    ) -> Result<bool, Error> {
        for (weight_decay, new) in current.iter().zip(out) {
            *new = weight_decay * self.gamma;
        }
        Ok(num_updates > 0 && num_updates.is_multiple_of(self.n))
    }
}

fn main() -> Result<(), Error> {
    let mut groups = MemoryGroups::new()
        .group("weights", [("weight_decay", 0.01)])
        .group("biases", [("weight_decay", 0.0)]);
    let mut scheduler =
        StatelessScheduler::attach("weight_decay", StepWd { n: 10, gamma: 1.1 }, &mut groups)?;
    let mut num_updates = 0;
    while num_updates < 50 {
        // optimizer.step()
        num_updates += 1;
        scheduler.step_update(num_updates, &mut groups)?;
        if num_updates % 10 == 0 {
            println!("after {num_updates} updates: weight_decay {:?}", groups.values("weight_decay")?);
        }
    }
    Ok(())
}
