//! Specs of every shape, for the property tests.

use lehr::{
    Curve, Decay, Harmonic, Horizon, Level, Logarithmic, Phase, Plan, Power, PowerLaw, Rex, Sine, Spec, Tanh,
};
use lehr::{absolute, exponential, fraction, geometric, hold, linear, phase, polynomial, times, updates};
use proptest::prelude::*;

/// A phase of any shape, with whether it takes a second level.
fn curve() -> impl Strategy<Value = (Phase, bool)> {
    let parameter = prop_oneof![Just(1.0), Just(0.5), Just(2.0), 0.05..6.0_f64];
    (0..Curve::NAMES.len(), parameter).prop_map(|(shape, parameter)| match Curve::NAMES[shape] {
        "hold" => (hold(), false),
        "linear" => (linear(), true),
        "cosine" => (phase(lehr::Cosine { k: parameter, ..lehr::Cosine::default() }), true),
        "sine" => (phase(Sine), true),
        "polynomial" => (polynomial(parameter), true),
        "power" => (phase(Power { exponent: parameter }), true),
        "exponential" => (exponential(parameter), true),
        "geometric" => (geometric(), true),
        "harmonic" => (phase(Harmonic), true),
        "tanh" => (phase(Tanh { lower: -parameter, upper: 2.0 }), true),
        "rex" => (phase(Rex), true),
        "logarithmic" => (phase(Logarithmic), true),
        "power_law" => {
            (phase(PowerLaw { exponent: parameter, scale: updates(30), ..PowerLaw::default() }), false)
        }
        "decay" => (phase(Decay { factor: parameter / 7.0, every: updates(20) }), false),
        name => panic!("the shape {name} is not tested"),
    })
}

/// Levels that any shape accepts: positive, of both kinds.
fn level() -> impl Strategy<Value = Level> {
    prop_oneof![
        Just(times(1.0)),
        Just(absolute(1e-6)),
        (1e-9..3.0_f64).prop_map(times),
        (1e-9..3.0_f64).prop_map(absolute),
    ]
}

/// One to five phases that add up to any run of at least 100 updates.
pub(crate) fn spec() -> impl Strategy<Value = Spec> {
    let over = prop_oneof![(0..20_u64).prop_map(updates), (0.0..0.2).prop_map(fraction)];
    let one = (curve(), proptest::option::of(level()), level(), over, any::<bool>());
    (proptest::collection::vec(one, 0..4), curve(), level()).prop_map(|(phases, last, end)| {
        let finish = |(phase, has_end): (Phase, bool), from: Option<Level>, to| {
            let phase = from.map_or(phase, |from| phase.from(from));
            if has_end { phase.to(to) } else { phase }
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
