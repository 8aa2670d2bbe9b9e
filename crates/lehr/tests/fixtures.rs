//! States that older versions wrote load for ever. A file that is here once is never changed.

#![allow(clippy::unwrap_used, clippy::unnecessary_literal_bound)]

use lehr::control::Plateau;
use lehr::{Error, Horizon, MemoryGroups, OnMismatch, Scheduler, Spec, State, UpdateRule, tied_to};

/// Adds one to what it finds.
struct Add;

impl UpdateRule for Add {
    fn get_updated_values(&mut self, n: u64, current: &[f64], out: &mut [f64]) -> Result<bool, Error> {
        for (value, new) in current.iter().zip(out) {
            *new = value + 1.0;
        }
        Ok(n > 0)
    }

    fn name(&self) -> &str {
        "add"
    }
}

fn attach(groups: &mut MemoryGroups) -> Scheduler {
    let plan = "linear(from=0.1x, over=5%) -> cosine(to=1e-6)".parse::<Spec>().unwrap();
    Scheduler::builder()
        .field("lr", plan.resolve(&Horizon::updates(100).unwrap()).unwrap())
        .field("weight_decay", tied_to("lr").unwrap())
        .field("temperature", Add)
        .control("lr", Plateau::builder().patience(1).factor(0.5).build().unwrap())
        .attach(groups)
        .unwrap()
}

fn optimizer() -> MemoryGroups {
    MemoryGroups::new().group("all", [("lr", 0.3), ("weight_decay", 0.02), ("temperature", 5.0)])
}

#[test]
fn version_1() {
    let state: State = serde_json::from_str(include_str!("fixtures/state-v1.json")).unwrap();
    let mut groups = optimizer();
    let mut scheduler = attach(&mut groups);
    scheduler.load_state(&state, OnMismatch::Error, &mut groups).unwrap();
    assert_eq!(scheduler.num_updates(), 40);
    // What the state must lead to, worked by stepping there: 40 updates, three metrics that did not improve after the
    // first, so the plateau has halved once.
    let mut worked = optimizer();
    let mut reference = attach(&mut worked);
    for n in 0..40 {
        reference.step(&mut worked).unwrap();
        if n % 10 == 9 {
            reference.observe(1.0, &mut worked).unwrap();
        }
    }
    assert_eq!(groups, worked);
    assert_eq!(scheduler.state(), state);
    assert_eq!(reference.state(), state);
}
