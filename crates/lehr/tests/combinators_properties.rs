//! Plans made of plans: what holds for all of them, nested at random, in every small run and at the extremes.

#![allow(clippy::unwrap_used, clippy::panic)]

use lehr::{Curve, Horizon, Noise, Plan, Ratio, Repeat, Spec, absolute, times, updates};
use proptest::prelude::*;

fn spec(text: &str) -> Spec {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn plan(text: &str, total: u64) -> Plan {
    let run = Horizon::updates(total).unwrap();
    spec(text).resolve(&run).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn level() -> impl Strategy<Value = lehr::Level> {
    prop_oneof![
        Just(times(1.0)),
        Just(times(0.1)),
        Just(absolute(1e-6)),
        (1e-3..3.0_f64).prop_map(times),
        (1e-6..3.0_f64).prop_map(absolute),
    ]
}

/// One phase of any shape, of up to 30 updates or a small share of what is around it.
fn phase() -> impl Strategy<Value = Spec> {
    let length = prop_oneof![
        (1..30_u64).prop_map(|over| over.to_string()),
        (1..6_u64).prop_map(|share| format!("{share}%"))
    ];
    let levels = (proptest::option::weighted(0.3, level()), level());
    (0..Curve::NAMES.len(), levels, length, any::<bool>()).prop_map(|(shape, (from, to), over, inclusive)| {
        let name = Curve::NAMES[shape];
        let ends = !["hold", "power_law", "decay"].contains(&name);
        let from = from.map_or_else(String::new, |from| format!("from={from}, "));
        let to = if ends { format!("to={to}, ") } else { String::new() };
        let inclusive = if inclusive && ends { ", inclusive=true" } else { "" };
        spec(&format!("{name}({from}{to}over={over}{inclusive})"))
    })
}

/// Combinators over phases, to a depth of 4.
fn nested() -> impl Strategy<Value = Spec> {
    phase().prop_recursive(4, 24, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            3 => two.clone().prop_map(|(one, other)| one.then(other)),
            1 => two.clone().prop_map(|(one, other)| one.product([other])),
            1 => two.clone().prop_map(|(one, other)| one.sum([other])),
            1 => two.clone().prop_map(|(one, other)| one.minimum([other])),
            1 => two.prop_map(|(one, other)| one.maximum([other])),
            1 => (inner.clone(), 1..40_u64).prop_map(|(one, over)| one.cut(over)),
            1 => (inner.clone(), -2.0..2.0_f64).prop_map(|(one, by)| one.scale(by)),
            1 => (inner.clone(), level(), level()).prop_map(|(one, min, max)| one.clamp(Some(min), Some(max))),
            1 => (inner.clone(), 0..20_u64).prop_map(|(one, by)| one.later(by)),
            1 => (inner.clone(), 0..20_u64).prop_map(|(one, by)| one.earlier(by)),
            1 => (inner.clone(), 1..4_u64, 1..4_u64).prop_map(|(one, up, down)| one.stretch(Ratio::new(up, down).unwrap())),
            1 => inner.clone().prop_map(Spec::reverse),
            1 => (inner.clone(), any::<u64>()).prop_map(|(one, seed)| one.noise(Noise { seed, ..Noise::default() })),
            2 => (inner, 1..4_u64, prop_oneof![Just(1.0), Just(2.0), Just(0.5), Just(1.3)], 0.1..2.0_f64, level())
                .prop_map(|(one, times, length, height, anchor)| {
                    one.repeat(Repeat { times: Some(times), length, height, anchor })
                }),
        ]
    })
}

/// The same, mostly filling a run of any length.
fn whole() -> impl Strategy<Value = Spec> {
    prop_oneof![1 => nested(), 3 => nested().prop_map(|one| one.scale(0.5))]
}

const BASES: [f64; 4] = [1.0, 3e-4, 0.0, 17.0];

/// The values at many updates, as bits.
fn bits(plan: &Plan) -> Vec<u64> {
    (0..200).chain([1000, 1 << 53, u64::MAX]).map(|n| plan.value_at(n, 0.7).to_bits()).collect()
}

proptest! {
    #[test]
    fn nested_plans_are_total_hold_and_read_back(spec in whole(), total in prop_oneof![Just(20_000_u64), 100..2000_u64]) {
        prop_assert_eq!(&spec.to_string().parse::<Spec>().unwrap(), &spec);
        let run = Horizon::updates(total).unwrap();
        // Some are too long for the run, or a clamp has its bounds the wrong way round.
        let Ok(plan) = spec.resolve(&run) else { return Ok(()) };
        let text = plan.to_string();
        let again: Spec = text.parse().unwrap();
        prop_assert_eq!(again.to_string(), text.as_str());
        for horizon in [run, Horizon::open()] {
            let again = again.resolve(&horizon);
            prop_assert!(again.as_ref().is_ok_and(|again| *again == plan), "{}\nfrom {}\n{:?}", text, spec, again.map(|plan| plan.to_string()));
        }
        let end = plan.end().unwrap();
        prop_assert_eq!(end, total);
        for base in BASES {
            for n in (0..200).chain([end - 1, end, 1 << 53, u64::MAX]) {
                let value = plan.value_at(n, base);
                prop_assert!(value.is_finite(), "{} at {} is {}", text, n, value);
                if let Some(affine) = plan.affine_at(n) {
                    prop_assert_eq!(affine.of(base).to_bits(), value.to_bits(), "{} at {}", text, n);
                }
                let section = plan.section_at(n);
                prop_assert!((0.0..=1.0).contains(&section.progress) && !section.path.is_empty(), "{}: {:?}", text, section);
            }
            let last = plan.value_at(end, base).to_bits();
            for n in [1, 2, end / 2, end, 3 * end, 9 * end] {
                prop_assert_eq!(plan.value_at(end + n, base).to_bits(), last, "{} at {}", text, end + n);
            }
        }
    }

    #[test]
    fn a_sequence_of_one_is_that_one_and_sequences_associate(a in nested(), b in nested(), c in nested()) {
        prop_assert_eq!(&Plan::builder().then(a.clone()), &a);
        prop_assert_eq!(&format!("(({a}))").parse::<Spec>().unwrap(), &a);
        let left = a.clone().then(b.clone()).then(c.clone());
        let right = a.clone().then(b.clone().then(c.clone()));
        prop_assert_eq!(&left, &right);
        prop_assert_eq!(&format!("({a} -> {b}) -> {c}").parse::<Spec>().unwrap(), &left);
        prop_assert_eq!(&format!("{a} -> ({b} -> {c})").parse::<Spec>().unwrap(), &left);
    }

    #[test]
    fn order_does_not_matter_where_it_should_not(a in nested(), b in nested(), c in nested()) {
        let run = Horizon::updates(20_000).unwrap();
        let same = |one: Spec, other: Spec| match (one.resolve(&run), other.resolve(&run)) {
            (Ok(one), Ok(other)) => bits(&one) == bits(&other),
            (one, other) => one.is_err() && other.is_err(),
        };
        prop_assert!(same(a.clone().sum([b.clone()]), b.clone().sum([a.clone()])));
        prop_assert!(same(a.clone().minimum([b.clone()]), b.clone().minimum([a.clone()])));
        prop_assert!(same(a.clone().maximum([b.clone()]), b.clone().maximum([a.clone()])));
        // The first one has the unit; the factors commute.
        prop_assert!(same(a.clone().product([b.clone(), c.clone()]), a.product([c, b])));
    }

    #[test]
    fn what_changes_nothing_is_an_identity(spec in nested()) {
        let run = Horizon::updates(20_000).unwrap();
        let Ok(plan) = spec.clone().cut(20_000).resolve(&run) else { return Ok(()) };
        prop_assume!(spec.clone().scale(2.0).resolve(&run).is_ok());
        let one = Ratio::new(1, 1).unwrap();
        let once = Repeat { times: Some(1), height: 0.3, length: 2.0, ..Repeat::default() };
        for same in [
            spec.clone().scale(1.0),
            spec.clone().stretch(one),
            spec.clone().later(0),
            spec.clone().earlier(0),
            spec.clone().product([self::spec("hold")]),
            spec.clone().minimum([spec.clone()]),
            spec.clone().maximum([spec.clone()]),
        ] {
            prop_assert_eq!(bits(&same.resolve(&run).unwrap()), bits(&plan), "{}", same);
        }
        // A cycle has an update, and its end is the plan's own.
        if let Ok(repeated) = spec.clone().repeat(once).resolve(&run) {
            prop_assert_eq!(bits(&repeated), bits(&plan), "{}", spec);
        }
    }

    #[test]
    fn reversed_twice_is_as_it_was(spec in nested()) {
        let run = Horizon::updates(20_000).unwrap();
        let Ok(twice) = spec.clone().reverse().reverse().resolve(&run) else { return Ok(()) };
        prop_assert_eq!(bits(&twice), bits(&spec.cut(20_000).resolve(&run).unwrap()));
    }

    #[test]
    fn clamp_is_idempotent_and_bounds(spec in nested(), a in 0.0..2.0_f64, b in 0.0..2.0_f64) {
        let run = Horizon::updates(20_000).unwrap();
        let (min, max) = (Some(times(a.min(b))), Some(absolute(a.max(b))));
        let Ok(once) = spec.clone().clamp(min, max).resolve(&run) else { return Ok(()) };
        let twice = spec.clamp(min, max).clamp(min, max).resolve(&run).unwrap();
        prop_assert_eq!(bits(&once), bits(&twice));
        for n in (0..200).chain([u64::MAX]) {
            let value = once.value_at(n, 0.7);
            prop_assert!(value >= a.min(b) * 0.7 && value <= a.max(b), "{} at {}", value, n);
        }
    }

    #[test]
    fn a_stretched_plan_has_the_values_of_the_plan(spec in nested(), by in 1..50_u64) {
        let run = Horizon::updates(20_000).unwrap();
        let long = Horizon::updates(20_000 * by).unwrap();
        let Ok(plan) = spec.clone().cut(20_000).resolve(&run) else { return Ok(()) };
        // Shares of the run stay shares of it, and noise is drawn anew at each update.
        if ["%", "noise"].iter().any(|other| spec.to_string().contains(other)) {
            return Ok(());
        }
        let slow = spec.stretch(Ratio::new(by, 1).unwrap()).resolve(&long).unwrap();
        for n in 0..200 {
            prop_assert_eq!(slow.value_at(n * by, 0.7).to_bits(), plan.value_at(n, 0.7).to_bits(), "{} at {}", slow, n);
        }
    }
}

/// Every way in which a run of at most 8 updates is a warm-up, a hold, a shape and a cool-down.
#[test]
fn every_small_run_of_every_shape_is_whole() {
    for name in Curve::NAMES {
        let ends = !["hold", "power_law", "decay"].contains(name);
        let to = if ends { "to=0.1x, " } else { "" };
        for total in 1..=8_u64 {
            for warmup in 0..=total {
                for hold in 0..=total - warmup {
                    for fall in 0..=total - warmup - hold {
                        for inclusive in [false, true] {
                            let cooldown = total - warmup - hold - fall;
                            let text = format!(
                                "linear(from=0.25x, over={warmup}) -> hold(over={hold}) -> \
                                 {name}({to}over={fall}, inclusive={inclusive}) -> hold(over={cooldown})"
                            );
                            check_small_run(&plan(&text, total), total);
                        }
                    }
                }
            }
        }
    }
}

fn check_small_run(plan: &Plan, total: u64) {
    assert_eq!(plan.end(), Some(total));
    let mut end = 0;
    let mut before = None;
    for phase in plan.phases() {
        assert_eq!(phase.start, end, "{plan}");
        end = phase.end.unwrap();
        // Neighbours meet, and a phase that has updates has its ends where it says.
        assert!(before.is_none() || phase.from == before, "{plan}");
        before = phase.to.or_else(|| plan.affine_at(end).map(|affine| times(affine.slope)));
        if let (Some(from), Some(to)) = (phase.from, phase.to)
            && end > phase.start
        {
            let first = if phase.inclusive && end - phase.start == 1 { to } else { from };
            assert_eq!(plan.value_at(phase.start, 0.7), first.of(0.7), "{plan}");
            // Then comes that level, unless a phase of no updates, or one whose first update has its end, changes it.
            let next = |other: &&lehr::ResolvedPhase| other.start == end;
            let at_once =
                |other: &lehr::ResolvedPhase| other.end.unwrap() - end <= u64::from(other.inclusive);
            if !plan.phases().filter(next).any(at_once) {
                assert_eq!(plan.value_at(end, 0.7), to.of(0.7), "{plan}");
            }
            if phase.inclusive {
                assert_eq!(plan.value_at(end - 1, 0.7), to.of(0.7), "{plan}");
            }
        }
    }
    assert_eq!(end, total, "{plan}");
    let last = plan.value_at(total, 1.0);
    for n in 0..=10 * total {
        let value = plan.value_at(n, 1.0);
        assert!((0.1..=1.0).contains(&value), "{plan}: {value} at {n}");
        assert!(n < total || value == last, "{plan}: {value} at {n}");
    }
}

/// Any finite number, the extremes above all.
fn extreme() -> impl Strategy<Value = f64> {
    let magnitude = prop_oneof![
        Just(5e-324),
        Just(f64::MIN_POSITIVE),
        Just(1e-308),
        Just(1e308),
        Just(f64::MAX),
        Just(0.0),
        Just(1.0),
        (-323..308_i32, 1.0..10.0_f64)
            .prop_map(|(exponent, digits)| format!("{digits}e{exponent}").parse().unwrap()),
    ];
    (magnitude, any::<bool>()).prop_map(|(value, negative)| if negative { -value } else { value })
}

fn extreme_level() -> impl Strategy<Value = lehr::Level> {
    (extreme(), extreme(), 0..3_u8).prop_map(|(a, b, kind)| match kind {
        0 => times(a),
        1 => absolute(a),
        _ => lehr::Level::Sum { absolute: a, times: b },
    })
}

fn extreme_span() -> impl Strategy<Value = lehr::Span> {
    prop_oneof![
        any::<u64>().prop_map(updates),
        (0..64_u32).prop_map(|power| updates(1 << power)),
        Just(updates(u64::MAX)),
        Just(lehr::rest()),
        extreme().prop_map(lehr::fraction),
        (0.0..=1.0_f64).prop_map(lehr::fraction),
        extreme().prop_map(lehr::epochs),
    ]
}

/// A phase of any shape, parameters and all, and one combinator around it; some of it is refused.
fn extreme_text() -> impl Strategy<Value = String> {
    let phase = (
        (0..Curve::NAMES.len(), extreme(), extreme(), extreme()),
        proptest::option::of(extreme_level()),
        proptest::option::of(extreme_level()),
        proptest::option::of(extreme_span()),
    );
    let around = (0..9_u8, extreme(), any::<u64>(), extreme_level(), extreme_span());
    (phase, around).prop_map(|(((shape, a, b, c), from, to, over), (around, number, count, level, span))| {
        let name = Curve::NAMES[shape];
        // Half of the parameters are left at their defaults.
        let own = match name {
            "cosine" if a > 0.0 => format!("k={}, exponent={b:?}, ", a.abs()),
            "polynomial" if a > 0.0 => format!("power={a:?}, "),
            "power" if a > 0.0 => format!("exponent={a:?}, "),
            "exponential" if a > 0.0 => format!("ratio={a:?}, "),
            "tanh" if a > 0.0 => format!("lower={a:?}, upper={b:?}, "),
            "power_law" if a > 0.0 => format!("exponent={:?}, rate={:?}, scale={span}, ", b.abs(), c.abs()),
            "decay" if a > 0.0 => format!("factor={:?}, every={span}, ", b.abs()),
            _ => String::new(),
        };
        let ends = !["hold", "power_law", "decay"].contains(&name);
        let from = from.map_or_else(String::new, |from| format!("from={from}, "));
        let to = to.filter(|_| ends).map_or_else(String::new, |to| format!("to={to}, "));
        let over = over.map_or_else(String::new, |over| format!("over={over}, "));
        let phase = format!("{name}({own}{from}{to}{over}inclusive={})", c > 0.0);
        match around {
            0 => format!("scale({phase}, by={number:?})"),
            1 => format!("clamp({phase}, min={level})"),
            2 => format!("shift({phase}, by={count})"),
            3 => format!("shift({phase}, by=-{span})"),
            4 => format!("stretch({phase}, by={count}/{})", span.to_string().len()),
            5 => format!("repeat({phase}, height={:?}, length={:?}, anchor={level})", number.abs(), b.abs()),
            6 => format!("sum({phase}, product({phase}, {phase}), reverse({phase}))"),
            7 => format!("noise({phase}, limit=0.5, std={:?}, seed={count})", number.abs()),
            _ => phase,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_extreme_breaks_a_plan(text in extreme_text(), total in prop_oneof![1..50_u64, any::<u64>(), Just(u64::MAX)], base in extreme()) {
        let runs = [Horizon::updates(total.max(1)), Horizon::epochs(1, total.max(1)), Ok(Horizon::open())];
        for run in runs {
            let Ok(plan) = text.parse::<Spec>().and_then(|spec| spec.resolve(&run.unwrap())) else { continue };
            for base in [1.0, 3e-4, base] {
                let end = plan.end().unwrap_or(u64::MAX);
                for n in [0, 1, 2, 7, end / 2, end.saturating_sub(1), end, end.saturating_add(1), 1 << 53, u64::MAX] {
                    let value = plan.value_at(n, base);
                    prop_assert!(value.is_finite(), "{} at {} for {:?} is {}", plan, n, base, value);
                    let section = plan.section_at(n);
                    prop_assert!((0.0..=1.0).contains(&section.progress), "{}: {:?}", plan, section);
                }
            }
        }
    }
}
