//! Every replica against what the installed originals put into a real optimizer (`tools/golden/compat.py`).

#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use std::collections::{BTreeMap, BTreeSet};

use lehr::Error;
use lehr::compat::torch::SequentialLR;
use lehr::compat::{Argument, Replica, pytorch_accelerated, timm, torch};
use serde_json::Value;

/// How far a replica may be from its original.
enum Bound {
    /// The same bits.
    Exact,
    /// So many ulp of the value.
    OfValue(u64),
    /// So many ulp of the larger of the base and the levels among the arguments.
    OfBase(u64),
}

/// The bounds that the documentation states. What is not here has the same bits.
fn bound(name: &str, arguments: &Value, base: f64, n: u64) -> Bound {
    let number = |name: &str, default: f64| arguments[name].as_f64().unwrap_or(default);
    let whole = |name: &str| arguments[name].as_u64().unwrap_or(5);
    match name {
        "torch.StepLR" => Bound::OfValue(n / whole("step_size") + 2),
        "torch.ExponentialLR" => Bound::OfValue(n + 2),
        "torch.LinearLR" => Bound::OfBase(n.min(whole("total_iters")) + 4),
        "torch.PolynomialLR" => {
            let elapsed = n.min(whole("total_iters")) as f64;
            Bound::OfValue(((number("power", 1.0) + 1.0) * elapsed) as u64 + 4)
        }
        "torch.CosineAnnealingLR" if n <= whole("T_max") => Bound::OfBase(2 * n + 4),
        "torch.CosineAnnealingLR" => {
            let minimum = number("eta_min", 0.0);
            let magnified = 4.0 * (whole("T_max") as f64).powi(2) * minimum / minimum.max(base);
            Bound::OfBase(2 * n + 4 + magnified as u64)
        }
        "torch.SWALR" => Bound::OfBase(3 * n + 4),
        "torch.SequentialLR" => Bound::OfBase(2 * n + 4),
        _ => Bound::Exact,
    }
}

/// What a row of the table is about: a replica, or a sequence of them.
enum Original {
    Replica(Replica),
    Sequence(SequentialLR),
}

impl Original {
    fn check(&self) -> Result<(), Error> {
        match self {
            Self::Replica(replica) => replica.check(),
            Self::Sequence(sequence) => sequence.check(),
        }
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        match self {
            Self::Replica(replica) => replica.value_at(n, base),
            Self::Sequence(sequence) => sequence.value_at(n, base),
        }
    }
}

fn argument(value: &Value) -> Argument {
    match value {
        Value::Number(number) => number.as_f64().unwrap().into(),
        Value::Bool(flag) => (*flag).into(),
        Value::String(word) => word.as_str().into(),
        Value::Null => Argument::None,
        Value::Array(numbers) => {
            Argument::Numbers(numbers.iter().map(|number| number.as_f64().unwrap()).collect())
        }
        Value::Object(_) => panic!("an argument is no object: {value}"),
    }
}

fn replica(name: &str, arguments: &Value) -> Result<Replica, Error> {
    let mut replica = Replica::named(name).unwrap_or_else(|| panic!("there is no replica of {name}"));
    for (name, value) in arguments.as_object().unwrap() {
        replica.set(name, &argument(value))?;
    }
    Ok(replica)
}

fn original(name: &str, arguments: &Value) -> Result<Original, Error> {
    if name != "torch.SequentialLR" {
        return replica(name, arguments).map(Original::Replica);
    }
    let part = |part: &Value| replica(part["name"].as_str().unwrap(), &part["arguments"]).unwrap();
    Ok(Original::Sequence(SequentialLR {
        schedulers: arguments["schedulers"].as_array().unwrap().iter().map(part).collect(),
        milestones: arguments["milestones"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect(),
    }))
}

/// The spacing of the f64 at this size.
fn ulp(size: f64) -> f64 {
    size.abs().next_up() - size.abs()
}

fn distance(found: f64, expected: f64, size: f64) -> u64 {
    ((found - expected).abs() / ulp(size)).ceil() as u64
}

struct Row {
    name: String,
    arguments: Value,
    base: f64,
    n: u64,
    value: String,
}

fn rows() -> Vec<Row> {
    let table = include_bytes!("golden/compat.csv");
    let mut rows = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(&table[..]);
    let rows: Vec<Row> = rows
        .deserialize()
        .map(|row| {
            let (name, arguments, base, n, value): (String, String, f64, u64, String) = row.unwrap();
            Row { name, arguments: serde_json::from_str(&arguments).unwrap(), base, n, value }
        })
        .collect();
    assert!(rows.len() > 5000, "only {} rows were read", rows.len());
    rows
}

#[test]
fn values_are_the_originals() {
    let mut worst: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for Row { name, arguments, base, n, value } in rows() {
        let Ok(expected) = value.parse::<f64>() else { continue };
        let original = original(&name, &arguments).unwrap();
        original.check().unwrap();
        let found = original.value_at(n, base);
        let levels = ["eta_min", "swa_lr"].map(|level| arguments[level].as_f64().unwrap_or_default());
        let (allowed, size) = match bound(&name, &arguments, base, n) {
            Bound::Exact => (0, expected),
            Bound::OfValue(ulps) => (ulps, expected),
            Bound::OfBase(ulps) => (ulps, levels.into_iter().fold(base, f64::max)),
        };
        let error = distance(found, expected, size);
        assert!(
            error <= allowed,
            "{name} {arguments}, base {base}, n {n}: {found:?} is {error} ulp from {expected:?}"
        );
        let seen = worst.entry(name).or_default();
        *seen = (*seen).max((error, n));
    }
    worst.retain(|_, (error, _)| *error > 0);
    println!("worst error in ulp and its n, where it is not 0: {worst:?}");
}

#[test]
fn what_the_originals_refuse_is_refused() {
    let mut count = 0;
    for Row { name, arguments, value, .. } in rows() {
        if value.parse::<f64>().is_err() {
            let refused = original(&name, &arguments).and_then(|original| original.check());
            assert!(refused.is_err(), "{name} {arguments} is accepted, but the original raises {value}");
            count += 1;
        }
    }
    assert!(count > 60, "only {count} refusals were read");
}

#[test]
fn every_replica_is_in_the_table() {
    let rows = rows();
    let tested: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    for name in Replica::NAMES {
        assert!(tested.contains(name), "there is no golden value for {name}");
    }
}

#[test]
fn every_value_is_finite_for_any_update() {
    let mut tried = BTreeSet::new();
    for Row { name, arguments, .. } in rows() {
        if !tried.insert(format!("{name} {arguments}")) {
            continue;
        }
        let Ok(original) = original(&name, &arguments) else { continue };
        for n in [0, 1, 2, 10, 11, 1000, 1_000_000, u64::from(u32::MAX), 1 << 53, u64::MAX - 1, u64::MAX] {
            for base in [1.0, 3e-4, 0.0, -1.0, f64::MAX, f64::MIN_POSITIVE] {
                let value = original.value_at(n, base);
                assert!(value.is_finite(), "{name} {arguments}, base {base}, n {n}: {value}");
            }
        }
    }
}

#[test]
fn refusals_say_what_the_original_does() {
    for (name, given, message) in [
        (
            "torch.CosineAnnealingLR",
            vec![],
            "`T_max` is 0, but it must be at least 1: the original divides by it; give it",
        ),
        ("torch.ExponentialLR", vec![], "`gamma` is None, but the original has no default for it; give it"),
        (
            "torch.OneCycleLR",
            vec![("max_lr", 1.0), ("total_steps", 10.0), ("pct_start", 0.1)],
            "`pct_start` is 0.1, but times `total_steps` it must not be 1: the original divides by zero in its",
        ),
        (
            "pytorch_accelerated.WSDLrScheduler",
            vec![("total_steps", 7.0), ("num_checkpoints", 3.0)],
            "`decay_phase_ratio` is 0.1, but a decay of no update before the first checkpoint at 1 makes the original",
        ),
    ] {
        let mut replica = Replica::named(name).unwrap();
        for (argument, value) in given {
            replica.set(argument, &value.into()).unwrap();
        }
        let said = replica.check().unwrap_err().to_string();
        assert!(said.starts_with(message), "{said}");
    }
}

#[test]
fn where_the_original_has_no_value_the_stated_rule_holds() {
    // One step too many: the bounced value stays, or the last one where the bounce divides by zero.
    let one_cycle = torch::OneCycleLR { max_lr: Some(1.0), total_steps: Some(5), ..Default::default() };
    let bounced = Replica::from(one_cycle.clone());
    assert_eq!([5, 6, u64::MAX].map(|n| bounced.value_at(n, 1.0)), [0.188_258_346_050_236_86; 3]);
    let rising = Replica::from(torch::OneCycleLR { pct_start: 1.0, ..one_cycle });
    assert_eq!([4, 5, 6].map(|n| rising.value_at(n, 1.0)), [1.0; 3]);

    let halving = torch::CyclicLR {
        base_lr: Some(0.5),
        max_lr: Some(1.0),
        step_size_up: 1.0,
        mode: torch::Mode::Triangular2,
        ..Default::default()
    };
    assert_eq!(Replica::from(halving).value_at(2 * 1025 + 1, 1.0), 0.5);
    let growing = Replica::from(torch::ExponentialLR { gamma: Some(2.0) });
    assert_eq!(growing.value_at(2000, 1.0), f64::MAX);

    // The cycles add up to 6 updates, the logarithm ends there, and so does t before its rounded cycle.
    let cosine = timm::CosineLRScheduler {
        t_initial: 3,
        cycle_mul: 0.5,
        cycle_limit: 9,
        lr_min: 0.1,
        ..Default::default()
    };
    assert_eq!([6, 7, 100].map(|n| Replica::from(cosine.clone()).value_at(n, 1.0)), [0.1; 3]);
    let early = timm::CosineLRScheduler {
        t_initial: 10,
        cycle_mul: 1.3,
        cycle_limit: 9,
        k_decay: 1.5,
        ..Default::default()
    };
    assert_eq!(Replica::from(early).value_at(23, 1.0), 1.0);

    let no_decay = pytorch_accelerated::WSDLrScheduler { total_steps: Some(5), ..Default::default() };
    assert_eq!(Replica::from(no_decay).value_at(6, 1.0), 1.0);
}

#[test]
fn every_value_is_finite_even_unchecked() {
    let wild = [0.0, 1.0, -1.0, 0.5, 3.0, 1e308, -1e308, 5e-324, 9_007_199_254_740_992.0];
    for name in Replica::NAMES {
        for (argument, default) in Replica::named(name).unwrap().arguments() {
            for number in wild {
                let mut replica = Replica::named(name).unwrap();
                for value in [Argument::Number(number), Argument::Numbers(vec![number, 2.0])] {
                    let _ = replica.set(argument, &value);
                }
                for n in [0, 1, 2, 1000, 1 << 53, u64::MAX] {
                    for base in [1.0, 0.0, -1.0, f64::MAX] {
                        let value = replica.value_at(n, base);
                        assert!(value.is_finite(), "{name} {argument}={number} ({default}): {value}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_replica_is_a_plan_like_any_other() {
    use lehr::{Horizon, MemoryGroups, Plan, Spec, StatefulScheduler};

    let spec: Spec = "torch.OneCycleLR(max_lr=0.1, total_steps=100, anneal_strategy=linear, three_phase=true, over=100) -> hold".parse().unwrap();
    let plan = spec.resolve(&Horizon::updates(120).unwrap()).unwrap();
    let mut replica = Replica::named("torch.OneCycleLR").unwrap();
    for (name, value) in [
        ("max_lr", 0.1.into()),
        ("total_steps", 100.0.into()),
        ("anneal_strategy", "linear".into()),
        ("three_phase", true.into()),
    ] {
        replica.set(name, &value).unwrap();
    }
    let mut groups = MemoryGroups::of("lr", &[1.0, 0.5]);
    let mut scheduler = StatefulScheduler::attach("lr", plan.clone(), &mut groups).unwrap();
    for n in 0..130 {
        let expected = [1.0, 0.5].map(|base| replica.value_at(n.min(100), base));
        assert_eq!(groups.values("lr").unwrap(), expected, "update {n}");
        scheduler.step(&mut groups).unwrap();
    }
    let again: Plan = plan.to_string().parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap();
    assert_eq!(again, plan);
    let milestones: Spec = "torch.MultiStepLR(milestones=[3, 6], gamma=0.1)".parse().unwrap();
    assert_eq!(milestones.resolve(&Horizon::open()).unwrap().value_at(3, 1.0), 0.1);
    for (text, expected) in [
        ("torch.StepLR(step=3)", "at byte 13, `step=3)`: there is no argument `step`"),
        (
            "torch.StepLR(step_size=x)",
            "at byte 23, `x)`: `step_size` is `x`, but in torch.StepLR it must be a whole number",
        ),
        ("torch.StepLr(step_size=3)", "there is no shape `torch.StepLr`, did you mean `torch.StepLR`?"),
        ("torch.StepLR(hold)", "torch.StepLR takes no plans"),
    ] {
        let error = text.parse::<Spec>().unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let not_given = "torch.StepLR".parse::<Spec>().unwrap().resolve(&Horizon::open());
    assert!(not_given.unwrap_err().to_string().starts_with("`step_size` is 0, but"));
}
