//! What fuzzing found (`tools/fuzz`), one test for each fault.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use lehr::{Horizon, Spec};

#[test]
fn a_combination_with_nothing_is_the_plan_itself() {
    let plan: Spec = "cosine(to=0.1x)".parse().unwrap();
    let alone = || plan.clone();
    for combined in [alone().product([]), alone().sum([]), alone().minimum([]), alone().maximum([])] {
        assert_eq!(combined, plan);
        let resolved = combined.resolve(&Horizon::updates(10).unwrap()).unwrap();
        assert_eq!(
            resolved.to_string().parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap(),
            resolved
        );
    }
}
