//! What holds of every shape.

use super::*;

/// Every shape with its defaults and with parameters far from them.
pub(crate) fn samples() -> Vec<Curve> {
    let mut samples: Vec<Curve> = Curve::NAMES.iter().filter_map(|name| Curve::named(name)).collect();
    for parameter in [0.3, 1.5, 4.0] {
        samples.push(Cosine { k: parameter, ..Cosine::default() }.into());
        samples.push(Cosine { exponent: parameter, ..Cosine::default() }.into());
        samples.push(Polynomial { power: parameter }.into());
        samples.push(Power { exponent: parameter }.into());
        samples.push(Tanh { lower: -parameter, upper: 1.0 }.into());
        samples.push(Exponential { ratio: parameter }.into());
    }
    samples.push(Exponential { ratio: 1.0 }.into());
    samples
}

#[test]
fn a_shape_does_one_of_three_things() {
    for curve in samples() {
        let half = Progress::new(1, 2);
        let ways = [curve.weight(half).is_some(), curve.between(2.0, 1.0, half).is_some(), curve.falls()];
        assert_eq!(ways.into_iter().filter(|way| *way).count(), 1, "{curve:?}: {ways:?}");
    }
}

#[test]
fn a_phase_of_no_updates_is_at_its_end() {
    for curve in samples() {
        let weight = curve.weight(Progress::new(0, 0)).unwrap_or(Weight { from: 0.0, to: 1.0 });
        assert_eq!(weight, Weight { from: 0.0, to: 1.0 }, "{curve:?}");
    }
}

#[test]
fn parameters_out_of_range_are_named() {
    let positive = "but it must be a finite number above 0";
    let cycles = "but a cosine ends at its `to` after 0.5, 1.5, 2.5, ... cycles";
    let factor = "but it must be above 0 and at most 1";
    let below_upper = "but it must be above `lower` by 0.001 or more, and at most 100";
    let plain = (Cosine::default(), Tanh::default(), PowerLaw::default(), Decay::default());
    let cases: [(Curve, &str, &str); 22] = [
        (Cosine { k: 0.0, ..plain.0 }.into(), "`k` is 0, ", positive),
        (Cosine { k: f64::NAN, ..plain.0 }.into(), "`k` is NaN, ", positive),
        (Cosine { exponent: f64::INFINITY, ..plain.0 }.into(), "`exponent` is inf, ", positive),
        (Cosine { cycles: 0.0, ..plain.0 }.into(), "`cycles` is 0, ", cycles),
        (Cosine { cycles: 0.7, ..plain.0 }.into(), "`cycles` is 0.7, ", cycles),
        (Cosine { cycles: 1.0, ..plain.0 }.into(), "`cycles` is 1, ", cycles),
        (Cosine { cycles: -0.5, ..plain.0 }.into(), "`cycles` is -0.5, ", cycles),
        (Cosine { cycles: 1e6 + 0.5, ..plain.0 }.into(), "`cycles` is 1000000.5, ", cycles),
        (Polynomial { power: 0.0 }.into(), "`power` is 0, ", positive),
        (Power { exponent: -1.0 }.into(), "`exponent` is -1, ", positive),
        (Exponential { ratio: 0.0 }.into(), "`ratio` is 0, ", positive),
        (PowerLaw { exponent: 0.0, ..plain.2 }.into(), "`exponent` is 0, ", positive),
        (PowerLaw { rate: 0.0, ..plain.2 }.into(), "`rate` is 0, ", positive),
        (Decay { factor: 0.0, ..plain.3 }.into(), "`factor` is 0, ", factor),
        (Decay { factor: 1.5, ..plain.3 }.into(), "`factor` is 1.5, ", factor),
        (Decay { factor: f64::NAN, ..plain.3 }.into(), "`factor` is NaN, ", factor),
        (
            Tanh { lower: -101.0, ..plain.1 }.into(),
            "`lower` is -101, ",
            "but it must be between -100 and 100",
        ),
        (
            Tanh { lower: f64::NAN, ..plain.1 }.into(),
            "`lower` is NaN, ",
            "but it must be between -100 and 100",
        ),
        (Tanh { upper: 100.5, ..plain.1 }.into(), "`upper` is 100.5, ", below_upper),
        (Tanh { upper: -7.0, ..plain.1 }.into(), "`upper` is -7, ", below_upper),
        (Tanh { lower: 1.0, upper: 1.0005 }.into(), "`upper` is 1.0005, ", below_upper),
        (Tanh { upper: f64::NAN, ..plain.1 }.into(), "`upper` is NaN, ", below_upper),
    ];
    for (curve, named, rule) in cases {
        let error = curve.check().unwrap_err().to_string();
        assert!(error.starts_with(&format!("{named}{rule}")), "{error}");
    }
    for curve in samples() {
        assert!(curve.check().is_ok(), "{curve:?}");
    }
}

#[test]
fn levels_of_two_signs_are_refused_where_they_divide() {
    for (from, to, expected) in [
        (0.0, 1.0, "`from` is 0, but a harmonic phase goes between two levels that are not 0"),
        (1.0, 0.0, "`to` is 0, but a harmonic phase"),
        (1.0, -1.0, "`to` is -1, but a harmonic phase"),
        (-1.0, 1.0, "`to` is 1, but a harmonic phase"),
    ] {
        let error = check_same_sign("harmonic", from, to).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    assert!(check_same_sign("harmonic", 1.0, 2.0).is_ok() && check_same_sign("harmonic", -1.0, -2.0).is_ok());
}

#[test]
fn weights_are_exact_at_the_ends_bounded_and_monotone() {
    for curve in samples() {
        for length in 1..=200 {
            let Some(mut before) = curve.weight(Progress::new(0, length)) else { continue };
            assert_eq!(before, Weight { from: 1.0, to: 0.0 }, "{curve:?}");
            for elapsed in 1..=length {
                let weight = curve.weight(Progress::new(elapsed, length)).unwrap();
                assert!(weight.to >= before.to && weight.from <= before.from, "{curve:?} {elapsed}/{length}");
                assert!(
                    (weight.to + weight.from - 1.0).abs() <= 4.0 * f64::EPSILON,
                    "{curve:?} {elapsed}/{length}"
                );
                before = weight;
            }
            assert_eq!(before, Weight { from: 0.0, to: 1.0 }, "{curve:?} length {length}");
        }
    }
}

#[test]
fn names_lead_back_to_shapes() {
    for name in Curve::NAMES {
        let mut curve = Curve::named(name).unwrap();
        assert_eq!(curve.name(), *name);
        for (parameter, value) in curve.parameters() {
            let other = match value {
                Parameter::Number(number) => Parameter::Number(number + 1.0),
                Parameter::Span(_) => Parameter::Span(Span::Updates(77)),
            };
            curve.set(parameter, other);
            assert!(curve.parameters().contains(&(parameter, other)), "{name} {parameter}");
        }
    }
    assert_eq!(Curve::named("sigmoid"), None);
}

#[test]
fn shapes_that_fall_by_themselves_start_at_one_and_only_fall() {
    for name in Curve::NAMES {
        let curve = Curve::named(name).unwrap();
        let mut before = curve.factor(0.0);
        assert_eq!(before, 1.0, "{name}");
        for elapsed in [0.5, 1.0, 7.0, 1e3, 1e6, 1e15, 1.8e19] {
            let factor = curve.factor(elapsed);
            assert!((0.0..=before).contains(&factor), "{name} at {elapsed}");
            before = factor;
        }
    }
}
