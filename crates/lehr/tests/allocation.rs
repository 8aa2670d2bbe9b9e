//! The step is on every training loop's path: it does not allocate.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::type_complexity
)]

use lehr::{Horizon, MemoryGroups, Scheduler, Spec, StatelessScheduler};

#[test]
fn a_step_over_a_thousand_groups_allocates_nothing() {
    let run = Horizon::updates(10_000).unwrap();
    let plan = |text: &str| text.parse::<Spec>().unwrap().resolve(&run).unwrap();
    let bases: Vec<f64> = (1..=1000).map(f64::from).collect();
    let mut groups = MemoryGroups::new();
    for base in &bases {
        groups = groups.group("group", [("lr", *base), ("weight_decay", 0.1)]).tuple("betas", &[0.9, 0.999]);
    }
    let mut scheduler = Scheduler::builder()
        .field("lr", plan("linear(from=0.01x, over=5%) -> cosine(to=1e-6)"))
        .field("weight_decay", plan("geometric(from=0.1, to=2x)"))
        .field("betas[0]", plan("polynomial(power=2, to=0.5x, over=90%) -> hold"))
        .attach(&mut groups)
        .unwrap();
    let allocations = allocation_counter::measure(|| {
        for _ in 0..1000 {
            scheduler.step(&mut groups).unwrap();
        }
    });
    assert_eq!(allocations.count_total, 0);
    assert_eq!(scheduler.num_updates(), 1000);

    let mut stateless = StatelessScheduler::attach("lr", plan("cosine(to=0)"), &mut groups).unwrap();
    let allocations = allocation_counter::measure(|| {
        for n in 0..1000 {
            stateless.step_update(n, &mut groups).unwrap();
        }
    });
    assert_eq!(allocations.count_total, 0);
    // The counter counts: making text of a plan does allocate.
    assert!(allocation_counter::measure(|| drop(scheduler.state())).count_total > 0);
}
