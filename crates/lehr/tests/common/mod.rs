//! Specs of every shape, for the property tests.

use lehr::{
    Curve, Horizon, Phase, Plan, Spec, absolute, exponential, fraction, geometric, hold, linear, phase,
    polynomial, times, updates,
};
use proptest::prelude::*;

fn curve() -> impl Strategy<Value = Phase> {
    let parameter = prop_oneof![Just(1.0), Just(0.5), Just(2.0), 0.05..6.0_f64];
    (0..6_u8, parameter).prop_map(|(shape, parameter)| match shape {
        0 => hold(),
        1 => linear(),
        2 => phase(lehr::Cosine { k: parameter, ..lehr::Cosine::default() }),
        3 => polynomial(parameter),
        4 => exponential(parameter),
        _ => geometric(),
    })
}

/// Levels that any shape accepts: positive, of both kinds.
fn level() -> impl Strategy<Value = lehr::Level> {
    prop_oneof![
        Just(times(1.0)),
        Just(absolute(1e-6)),
        (1e-9..3.0_f64).prop_map(times),
        (1e-9..3.0_f64).prop_map(absolute),
    ]
}

/// One to five phases that add up to any run of at least 100 updates.
pub(crate) fn spec() -> impl Strategy<Value = Spec> {
    let one = (
        curve(),
        proptest::option::of(level()),
        level(),
        prop_oneof![(0..20_u64).prop_map(updates), (0.0..0.2).prop_map(fraction)],
        any::<bool>(),
    );
    (proptest::collection::vec(one, 0..4), curve(), level()).prop_map(|(phases, last, end)| {
        let finish = |phase: Phase, from: Option<lehr::Level>, to| {
            let phase = from.map_or(phase, |from| phase.from(from));
            if phase.to_string().starts_with("hold") { phase } else { phase.to(to) }
        };
        let mut spec = Plan::builder();
        for (phase, from, to, over, inclusive) in phases {
            let phase = finish(phase, from, to).over(over);
            spec = spec.then(if inclusive { phase.inclusive() } else { phase });
        }
        spec.then(finish(last, None, end))
    })
}

/// A plan with its run's length.
pub(crate) fn plan() -> impl Strategy<Value = (Plan, u64)> {
    (spec(), 100..600_u64)
        .prop_map(|(spec, total)| (spec.resolve(&Horizon::updates(total).unwrap()).unwrap(), total))
}

/// The names that the strategy above covers; a shape that is missing here is not tested.
#[test]
fn every_shape_is_covered() {
    assert_eq!(Curve::NAMES, ["hold", "linear", "cosine", "polynomial", "exponential", "geometric"]);
}
