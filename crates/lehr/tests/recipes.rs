//! Every recipe against its formula as the paper or the peer has it, worked here by itself.

#![allow(clippy::unwrap_used, clippy::panic, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use std::f64::consts::PI;

use lehr::recipe::{
    constant_with_warmup, cosine_with_restarts, inverse_sqrt, linear_with_warmup, multi_step, noam,
    noam_hold, one_cycle, piecewise, piecewise_constant, polynomial_with_warmup, power_with_tail, range_test,
    rex, sgdr, sgdr_list, step, swa, tanh_with_warmup, trapezoid, tri_stage, triangular, warmup_cosine,
};
use lehr::{Cosine, Horizon, Linear, Plan, Spec, Tanh, absolute, epochs, fraction, rest, times, updates};

const BASE: f64 = 3.0;

fn run(total: u64) -> Horizon {
    Horizon::updates(total).unwrap()
}

/// Every update of the run, the end and far past it, against `expected`; the plan's text reads back to it.
fn check(name: &str, spec: &Spec, total: u64, expected: impl Fn(f64) -> f64) {
    let horizon = run(total).with_updates_per_epoch(10).unwrap();
    let plan = spec.resolve(&horizon).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(plan.end(), Some(total), "{name}: the phases add up to the run");
    check_values(name, &plan, total, &expected);
    let held = plan.value_at(total, BASE);
    assert_eq!(plan.value_at(10 * total, BASE), held, "{name}: the last value holds");
    assert_eq!(plan.value_at(u64::MAX, BASE), held, "{name}: the last value holds");
}

/// The same without an end.
fn check_open(name: &str, spec: &Spec, until: u64, expected: impl Fn(f64) -> f64) {
    let horizon = Horizon::open().with_updates_per_epoch(10).unwrap();
    let plan = spec.resolve(&horizon).unwrap_or_else(|error| panic!("{name}: {error}"));
    check_values(name, &plan, until, &expected);
}

fn check_values(name: &str, plan: &Plan, last: u64, expected: &impl Fn(f64) -> f64) {
    for n in 0..=last {
        let (value, wanted) = (plan.value_at(n, BASE), expected(n as f64));
        let near = (value - wanted).abs() <= 1e-13 * wanted.abs() + 1e-15;
        assert!(near, "{name} at {n}: {value}, not {wanted}, in {plan}");
    }
    let text = plan.to_string();
    let read = text.parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap();
    assert_eq!(read, *plan, "{name}: {text}");
}

/// A straight line from `a` at 0 to `b` at 1.
fn line(a: f64, b: f64, p: f64) -> f64 {
    a + (b - a) * p
}

/// Half a cosine wave, 1 at 0 and 0 at 1.
fn wave(p: f64) -> f64 {
    0.5 * (1.0 + (PI * p).cos())
}

#[test]
fn shapes_after_a_warmup() {
    let linear = linear_with_warmup().warmup(updates(10), times(0.0)).spec();
    check("linear", &linear, 100, |t| if t < 10.0 { BASE * t / 10.0 } else { BASE * (100.0 - t) / 90.0 });

    let polynomial = polynomial_with_warmup(2.5).warmup(fraction(0.1), times(0.0)).spec();
    check("polynomial", &polynomial, 100, |t| {
        let left = 1.0 - (t - 10.0) / 90.0;
        if t < 10.0 { BASE * t / 10.0 } else { (BASE - 1e-7) * left.max(0.0).powf(2.5) + 1e-7 }
    });

    let constant = constant_with_warmup().warmup(epochs(2), times(0.25)).spec();
    check("constant", &constant, 100, |t| line(0.25 * BASE, BASE, (t / 20.0).min(1.0)));
    check_open("constant, open", &constant, 100, |t| line(0.25 * BASE, BASE, (t / 20.0).min(1.0)));

    check("rex", &rex().to(absolute(0.5)).spec(), 80, |t| {
        let p = t / 80.0;
        0.5 + (BASE - 0.5) * (1.0 - p) / (1.0 - p / 2.0)
    });

    let tanh =
        tanh_with_warmup().warmup(updates(10), times(0.1)).to(times(0.01)).cooldown(updates(10)).spec();
    check("tanh", &tanh, 110, |t| {
        let p = ((t - 10.0) / 90.0).min(1.0);
        let (low, high) = ((-7.0_f64).tanh(), 3.0_f64.tanh());
        let done = ((10.0 * p - 7.0).tanh() - low) / (high - low);
        if t < 10.0 { line(0.1 * BASE, BASE, t / 10.0) } else { line(BASE, 0.01 * BASE, done) }
    });
    let custom = tanh_with_warmup().curve(Tanh { lower: -1.0, upper: 1.0 }).spec();
    check("tanh, symmetric", &custom, 60, |t| {
        BASE * 0.5 * (1.0 - (2.0 * t / 60.0 - 1.0).tanh() / 1.0_f64.tanh())
    });

    let cosine = warmup_cosine().warmup(updates(10), times(0.0)).to(times(0.1)).cooldown(updates(5)).spec();
    check("cosine", &cosine, 65, |t| {
        let p = ((t - 10.0) / 50.0).min(1.0);
        if t < 10.0 { BASE * t / 10.0 } else { BASE * (0.1 + 0.9 * wave(p)) }
    });
}

#[test]
fn exact_levels_at_the_boundaries() {
    type Case = (Spec, u64, Vec<(u64, f64)>);
    let cases: [Case; 5] = [
        (linear_with_warmup().warmup(updates(7), times(0.3)).spec(), 20, vec![(0, 0.3), (7, 1.0), (20, 0.0)]),
        (polynomial_with_warmup(3.0).spec(), 20, vec![(0, 1.0), (20, 1e-7)]),
        (
            tri_stage().warmup(updates(3), times(0.3)).hold(updates(4)).decay(updates(5), times(0.7)).spec(),
            20,
            vec![(0, 0.3), (3, 1.0), (7, 1.0), (12, 0.7), (20, 0.7)],
        ),
        (one_cycle().three_phase(fraction(0.2)).spec(), 10, vec![(0, 0.04), (3, 1.0), (5, 0.04), (10, 4e-6)]),
        (
            trapezoid().warmup(updates(3), times(0.3)).spec(),
            20,
            vec![(0, 0.3), (3, 1.0), (16, 1.0), (20, 0.0)],
        ),
    ];
    for (spec, total, values) in cases {
        let plan = spec.resolve(&run(total)).unwrap();
        for (n, value) in values {
            assert_eq!(plan.value_at(n, 1.0), value, "{plan} at {n}");
        }
    }
}

#[test]
fn restarts() {
    let restarts = cosine_with_restarts().warmup(updates(5), times(0.0)).cycles(3).spec();
    // 97 updates for three cycles: they start between updates.
    check("hard restarts", &restarts, 102, |t| {
        let p = (t - 5.0) / 97.0;
        if t < 5.0 {
            BASE * t / 5.0
        } else if p >= 1.0 {
            0.0
        } else {
            BASE * wave((3.0 * p).fract())
        }
    });

    let torch = |t: f64| {
        let (mut start, mut period) = (0.0, 8.0);
        while t >= start + period {
            start += period;
            period *= 3.0;
        }
        0.5 + (BASE - 0.5) * wave((t - start) / period)
    };
    check_open("sgdr", &sgdr(updates(8)).length(3.0).to(absolute(0.5)).spec(), 1000, torch);

    let shrinking =
        sgdr(updates(10)).height(0.5).to(absolute(0.5)).warmup(updates(4), times(0.0)).cycles(3).spec();
    check("sgdr, warm-up, heights", &shrinking, 50, |t| {
        let cycle = ((t - 4.0) / 10.0).floor();
        if t < 4.0 {
            BASE * t / 4.0
        } else if cycle >= 3.0 {
            0.5
        } else {
            0.5 + 0.5_f64.powf(cycle) * (BASE - 0.5) * wave((t - 4.0) / 10.0 - cycle)
        }
    });

    let list = sgdr_list([(updates(10), times(1.0)), (rest(), absolute(0.5)), (fraction(0.3), times(2.0))]);
    check("sgdr, list", &list.to(absolute(0.1)).spec(), 100, |t| match t {
        t if t < 10.0 => 0.1 + (BASE - 0.1) * wave(t / 10.0),
        t if t < 70.0 => 0.1 + 0.4 * wave((t - 10.0) / 60.0),
        t => 0.1 + (2.0 * BASE - 0.1) * wave((t - 70.0) / 30.0),
    });
    assert!(sgdr_list([]).spec().resolve(&run(10)).unwrap_err().to_string().contains("at least one phase"));
}

#[test]
fn falls_without_an_end() {
    let transformers = |warmup: f64, scale: f64| {
        move |t: f64| {
            let shift = scale - warmup;
            if t < warmup { BASE * t / warmup } else { BASE / ((t + shift) / scale).sqrt() }
        }
    };
    let warm = inverse_sqrt().warmup(updates(30), times(0.0));
    check_open("inverse sqrt", &warm.spec(), 500, transformers(30.0, 30.0));
    check_open("inverse sqrt, scale", &warm.timescale(epochs(7)).spec(), 500, transformers(30.0, 70.0));
    check_open("inverse sqrt, cold", &inverse_sqrt().spec(), 500, transformers(0.0, 10_000.0));
    let floored = |t: f64| transformers(30.0, 30.0)(t).max(if t < 30.0 { 0.0 } else { 1.0 });
    check_open("inverse sqrt, floor", &warm.floor(absolute(1.0)).spec(), 500, floored);

    let paper =
        |t: f64| if t == 0.0 { 0.0 } else { 64_f64.powf(-0.5) * t.powf(-0.5).min(t * 40_f64.powf(-1.5)) };
    check_open("noam", &noam(64, 40).spec().unwrap(), 500, paper);
    check_open("noam, times base", &noam(64, 40).times_base().spec().unwrap(), 500, |t| BASE * paper(t));
    let from_one = noam(64, 40).spec().unwrap().earlier(updates(1));
    check_open("noam, counted from 1", &from_one, 500, |t| paper(t + 1.0));

    let hold = noam_hold().warmup(updates(20), times(0.0)).hold(updates(30)).exponent(0.7).floor(times(0.2));
    check_open("noam hold", &hold.spec(), 500, |t| match t {
        t if t < 20.0 => BASE * t / 20.0,
        t if t < 50.0 => BASE,
        t => (BASE * 20_f64.powf(0.7) / (t - 30.0).powf(0.7)).max(0.2 * BASE),
    });
    check_open("noam hold, defaults", &noam_hold().spec(), 500, |t| BASE / (t + 1.0).sqrt());

    let olmo = power_with_tail().warmup(updates(20), times(0.0)).tail(updates(40), times(0.01)).spec();
    check("power with tail", &olmo, 200, |t| {
        let law = |t: f64| BASE * (t / 20.0).powf(-0.51);
        match t {
            t if t < 20.0 => BASE * t / 20.0,
            t if t < 160.0 => law(t),
            t => line(law(160.0), 0.01 * BASE, (t - 160.0) / 40.0),
        }
    });
}

#[test]
fn one_cycle_and_its_momentum() {
    let fall = |a: f64, b: f64, p: f64| b + (a - b) * wave(p);
    check("one cycle", &one_cycle().spec(), 200, |t| {
        if t < 60.0 { fall(0.04 * BASE, BASE, t / 60.0) } else { fall(BASE, 4e-6 * BASE, (t - 60.0) / 140.0) }
    });
    check("one cycle, momentum", &one_cycle().momentum(absolute(0.85), absolute(0.95)), 200, |t| {
        if t < 60.0 { fall(0.95, 0.85, t / 60.0) } else { fall(0.85, 0.95, (t - 60.0) / 140.0) }
    });
    // optax, linear: a rise to 30%, a fall to 85%, a tail.
    let optax = one_cycle().linear().three_phase(fraction(0.55));
    check("one cycle, three phases", &optax.spec(), 200, |t| match t {
        t if t < 60.0 => line(0.04 * BASE, BASE, t / 60.0),
        t if t < 170.0 => line(BASE, 0.04 * BASE, (t - 60.0) / 110.0),
        t => line(0.04 * BASE, 4e-6 * BASE, (t - 170.0) / 30.0),
    });
    check("one cycle, three phases, momentum", &optax.momentum(times(0.8), times(1.0)), 200, |t| match t {
        t if t < 60.0 => line(BASE, 0.8 * BASE, t / 60.0),
        t if t < 170.0 => line(0.8 * BASE, BASE, (t - 60.0) / 110.0),
        _ => BASE,
    });
    let fastai = one_cycle().up(fraction(0.25)).from(times(0.5)).to(times(1e-5)).spec();
    check("one cycle, fastai", &fastai, 100, |t| {
        if t < 25.0 { fall(0.5 * BASE, BASE, t / 25.0) } else { fall(BASE, 1e-5 * BASE, (t - 25.0) / 75.0) }
    });
}

#[test]
fn triangles() {
    let torch = |low: f64, peak: f64, height: fn(f64, f64) -> f64| {
        move |t: f64| {
            let cycle = (t / 10.0).floor();
            let into = t - 10.0 * cycle;
            let tri = if into <= 4.0 { into / 4.0 } else { (10.0 - into) / 6.0 };
            low + (peak - low) * tri * height(t, cycle)
        }
    };
    let cycle = triangular(absolute(0.5), updates(4)).down(updates(6));
    check_open("triangular", &cycle.spec(), 200, torch(0.5, BASE, |_, _| 1.0));
    check("triangular, in a run", &cycle.spec(), 95, torch(0.5, BASE, |_, _| 1.0));
    check_open(
        "triangular2",
        &cycle.triangular2().spec(),
        200,
        torch(0.5, BASE, |_, cycle| 0.5_f64.powf(cycle)),
    );
    check_open("exp_range", &cycle.exp_range(0.99).spec(), 200, torch(0.5, BASE, |t, _| 0.99_f64.powf(t)));
    check(
        "exp_range, in a run",
        &cycle.exp_range(0.99).spec(),
        95,
        torch(0.5, BASE, |t, _| 0.99_f64.powf(t)),
    );
    let high = cycle.to(times(2.0)).triangular2();
    check_open(
        "triangular2, peak",
        &high.spec(),
        200,
        torch(0.5, 2.0 * BASE, |_, cycle| 0.5_f64.powf(cycle)),
    );
    let momentum = high.momentum(absolute(0.8), absolute(0.9));
    check_open("momentum", &momentum, 200, torch(0.9, 0.8, |_, cycle| 0.5_f64.powf(cycle)));
}

#[test]
fn steps_and_tables() {
    let torch =
        |t: f64| BASE * [30.0, 60.0, 60.0, 80.0].iter().filter(|m| **m <= t).fold(1.0, |v, _| v * 0.2);
    let milestones = [updates(30), updates(60), updates(60), updates(80)];
    check("multi step", &multi_step(milestones).factor(0.2).spec().unwrap(), 100, torch);
    let shares = [fraction(0.3), fraction(0.6), fraction(0.6), fraction(0.8)];
    check("multi step, shares", &multi_step(shares).factor(0.2).spec().unwrap(), 100, torch);
    let of_epochs = [epochs(3), epochs(6), epochs(6), epochs(8)];
    check_open("multi step, epochs", &multi_step(of_epochs).factor(0.2).spec().unwrap(), 100, torch);
    check("multi step, none", &multi_step([]).spec().unwrap(), 10, |_| BASE);

    check_open("step", &step(epochs(2), 0.3).spec(), 200, |t| BASE * 0.3_f64.powf((t / 20.0).floor()));
    check("step, in a run", &step(updates(7), 0.5).spec(), 40, |t| BASE * 0.5_f64.powf((t / 7.0).floor()));

    let constants = piecewise_constant(times(1.0), [(updates(0), absolute(0.5)), (updates(9), times(0.1))]);
    check("piecewise constant", &constants.spec().unwrap(), 20, |t| if t < 9.0 { 0.5 } else { 0.1 * BASE });

    let points = [(updates(5), times(1.0)), (updates(15), absolute(1.0)), (updates(15), times(2.0))];
    check("piecewise", &piecewise(points).spec().unwrap(), 20, |t| match t {
        t if t < 5.0 => BASE,
        t if t < 15.0 => line(BASE, 1.0, (t - 5.0) / 10.0),
        _ => 2.0 * BASE,
    });
    let points =
        [(epochs(0), times(0.0)), (epochs(1), times(1.0)), (epochs(4), times(1.0)), (epochs(9), times(0.1))];
    check(
        "piecewise, cosine",
        &piecewise(points).curve(Cosine::default()).spec().unwrap(),
        100,
        |t| match t {
            t if t < 10.0 => BASE * (1.0 - wave(t / 10.0)),
            t if t < 40.0 => BASE,
            t if t < 90.0 => BASE * (0.1 + 0.9 * wave((t - 40.0) / 50.0)),
            _ => 0.1 * BASE,
        },
    );
    check("piecewise, one point", &piecewise([(updates(3), absolute(0.25))]).spec().unwrap(), 9, |_| 0.25);
}

#[test]
fn plateaus_and_tools() {
    check("trapezoid", &trapezoid().warmup(updates(10), times(0.0)).spec(), 100, |t| match t {
        t if t < 10.0 => BASE * t / 10.0,
        t if t < 80.0 => BASE,
        t => BASE * (100.0 - t) / 20.0,
    });

    let fairseq =
        tri_stage().warmup(updates(10), times(0.01)).hold(updates(40)).decay(updates(30), times(0.05));
    check("tri-stage", &fairseq.spec(), 100, |t| match t {
        t if t < 10.0 => line(0.01 * BASE, BASE, t / 10.0),
        t if t < 50.0 => BASE,
        t if t < 80.0 => BASE * (0.05_f64.ln() * (t - 50.0) / 30.0).exp(),
        _ => 0.05 * BASE,
    });
    assert_eq!(tri_stage().spec().resolve(&run(100_000)).unwrap().end(), Some(100_000));

    check("range test", &range_test().spec(), 100, |t| 1e-7 * (1e8_f64).powf(t / 100.0));
    let linear = range_test().linear().from(times(0.1)).to(times(2.0)).over(updates(60)).spec();
    check("range test, linear", &linear, 100, |t| line(0.1 * BASE, 2.0 * BASE, (t / 60.0).min(1.0)));

    let alone = swa(absolute(0.5)).over(epochs(4)).spec();
    check("swa", &alone, 100, |t| 0.5 + (BASE - 0.5) * wave((t / 40.0).min(1.0)));
    let after =
        warmup_cosine().to(times(0.0)).spec().cut(fraction(0.5)).then(swa(times(0.2)).curve(Linear).spec());
    check("swa after a cosine", &after, 300, |t| {
        if t < 150.0 {
            BASE * wave(t / 300.0)
        } else {
            line(0.5 * BASE, 0.2 * BASE, ((t - 150.0) / 100.0).min(1.0))
        }
    });
}

#[test]
fn wrong_parameters_are_named() {
    let resolved = |spec: Spec, total: u64| spec.resolve(&run(total)).unwrap_err().to_string();
    let cases: Vec<(String, &str)> = vec![
        (
            multi_step([updates(60), epochs(3)]).spec().unwrap_err().to_string(),
            "`milestones` is 3ep, but the one before it is 60",
        ),
        (
            multi_step([rest()]).spec().unwrap_err().to_string(),
            "`milestones` is rest, but a position is counted from the start",
        ),
        (
            multi_step([epochs(-3)]).spec().unwrap_err().to_string(),
            "`milestones` is -3ep, but a length in epochs must be",
        ),
        (
            multi_step([updates(3)]).factor(f64::NAN).spec().unwrap_err().to_string(),
            "`factor` is NaN, but it must be",
        ),
        (
            multi_step([updates(3)]).factors([0.1, 0.2]).spec().unwrap_err().to_string(),
            "`factors` is 2 numbers, but there are 1",
        ),
        (
            resolved(multi_step([updates(30)]).spec().unwrap(), 20),
            "the phases take 30 updates, but the run has 20",
        ),
        (piecewise([]).spec().unwrap_err().to_string(), "`points` is empty, but there must be at least one"),
        (
            piecewise_constant(times(1.0), [(fraction(0.5), times(1.0)), (fraction(0.4), times(1.0))])
                .spec()
                .unwrap_err()
                .to_string(),
            "`boundaries` is 40%, but the one before it is 50%",
        ),
        (noam(0, 10).spec().unwrap_err().to_string(), "`d_model` is 0, but it must be at least 1"),
        (noam(10, 0).spec().unwrap_err().to_string(), "`warmup` is 0, but it must be at least 1"),
        (resolved(cosine_with_restarts().cycles(0).spec(), 10), "`times` is 0, but it must be at least 1"),
        (
            resolved(sgdr(updates(5)).length(1e-4).spec(), 10),
            "`length` is 0.0001, but cycles keep their length",
        ),
        (resolved(sgdr(updates(0)).spec(), 10), "`repeat` is a plan of no updates"),
        (resolved(sgdr(updates(5)).cycles(3).spec(), 10), "the phases take 15 updates, but the run has 10"),
        (
            resolved(step(updates(5), -0.1).spec(), 10),
            "`height` is -0.1, but it must be a finite number above 0",
        ),
        (
            resolved(triangular(times(0.1), updates(5)).exp_range(1.5).spec(), 10),
            "`factor` is 1.5, but it must be above 0",
        ),
        (resolved(tri_stage().spec(), 10), "the phases take 84000 updates, but the run has 10"),
        (
            resolved(
                tri_stage()
                    .warmup(updates(1), times(0.1))
                    .hold(updates(1))
                    .decay(updates(1), times(0.0))
                    .spec(),
                10,
            ),
            "`to` is 0, but a geometric phase",
        ),
        (
            resolved(linear_with_warmup().warmup(updates(20), times(0.0)).spec(), 10),
            "the phases take 20 updates, but the run has 10",
        ),
        (resolved(swa(absolute(0.1)).spec(), 10), "the length `10ep` cannot be resolved"),
    ];
    for (error, expected) in cases {
        assert!(error.starts_with(expected), "{error}\nnot {expected}");
    }
}

#[test]
fn the_shortest_runs_are_defined() {
    let specs: Vec<Spec> = vec![
        linear_with_warmup().spec(),
        polynomial_with_warmup(2.0).spec(),
        tanh_with_warmup().spec(),
        rex().spec(),
        constant_with_warmup().spec(),
        cosine_with_restarts().cycles(3).spec(),
        inverse_sqrt().spec(),
        noam_hold().spec(),
        power_with_tail().spec(),
        one_cycle().spec(),
        one_cycle().momentum(absolute(0.8), absolute(0.9)),
        one_cycle().three_phase(fraction(0.3)).spec(),
        multi_step([]).spec().unwrap(),
        multi_step([updates(0), updates(1)]).spec().unwrap(),
        step(updates(1), 0.5).spec(),
        piecewise_constant(times(1.0), []).spec().unwrap(),
        piecewise([(updates(0), times(1.0)), (updates(1), times(0.5))]).spec().unwrap(),
        sgdr(updates(1)).spec(),
        sgdr(updates(1)).length(2.0).cycles(1).spec(),
        sgdr_list([(updates(1), times(1.0))]).spec(),
        triangular(times(0.1), updates(1)).spec(),
        triangular(times(0.1), updates(1)).exp_range(0.5).spec(),
        tri_stage().warmup(updates(0), times(0.0)).hold(updates(0)).decay(updates(1), times(0.1)).spec(),
        trapezoid().spec(),
        range_test().spec(),
        swa(times(0.1)).over(updates(1)).spec(),
    ];
    for spec in specs {
        let plan = spec.resolve(&run(1)).unwrap_or_else(|error| panic!("{spec}: {error}"));
        assert_eq!(plan.end(), Some(1), "{spec}");
        for n in [0, 1, 2, 1000, u64::MAX] {
            let value = plan.value_at(n, BASE);
            assert!((0.0..=10.0).contains(&value), "{spec} at {n}: {value}");
        }
        assert_eq!(plan.to_string().parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap(), plan);
    }
}

#[test]
fn groups_keep_their_ratios_where_all_levels_are_multiples() {
    let specs = [
        linear_with_warmup().warmup(updates(5), times(0.0)).spec(),
        one_cycle().spec(),
        sgdr(updates(5)).length(2.0).height(0.5).to(times(0.1)).spec(),
        power_with_tail().warmup(updates(5), times(0.0)).spec(),
        noam(64, 4).times_base().spec().unwrap(),
    ];
    for spec in specs {
        let plan = spec.resolve(&run(40)).unwrap();
        for n in 0..60 {
            assert_eq!(plan.value_at(n, 2.0), 4.0 * plan.value_at(n, 0.5), "{plan} at {n}");
            assert_eq!(plan.value_at(n, 0.0), 0.0, "{plan} at {n}");
        }
    }
}
