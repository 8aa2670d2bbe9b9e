//! Warm-up, stable, decay: every small run exhaustively, larger ones at random, against the definition.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::f64::consts::PI;

use lehr::recipe::{Wsd, WsdPhaseKind, WsdPlan, wsd};
use lehr::{
    Cosine, Curve, Exponential, Geometric, Harmonic, Hold, Horizon, Linear, Plan, Polynomial, Power,
    PowerLaw, Spec, absolute, epochs, fraction, rest, times, updates,
};
use proptest::prelude::*;

const BASE: f64 = 3.0;
const START: f64 = 0.5;
const MINIMUM: f64 = 0.25;

fn run(total: u64) -> Horizon {
    Horizon::updates(total).unwrap()
}

fn reads_back(plan: &Plan) {
    let text = plan.to_string();
    let read = text.parse::<Spec>().unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(read.resolve(&Horizon::open()).unwrap(), *plan, "{text}");
}

fn near(value: f64, wanted: f64) -> bool {
    (value - wanted).abs() <= 1e-13 * wanted.abs()
}

/// What is asked for: a warm-up, and checkpoints with the decays before them, all in updates.
#[derive(Debug)]
struct Asked {
    warmup: u64,
    intervals: Vec<(u64, u64)>,
}

impl Asked {
    fn fits(&self) -> bool {
        let mut start = self.warmup;
        self.intervals.iter().all(|(checkpoint, decay)| {
            let fits = start + decay <= *checkpoint;
            start = *checkpoint;
            fits
        })
    }

    fn total(&self) -> u64 {
        self.intervals.last().unwrap().0
    }

    /// The kind of phase that update `n` is in, its checkpoint, and its value with straight decays.
    fn expected(&self, n: u64) -> (WsdPhaseKind, usize, f64) {
        if n < self.warmup {
            let share = n as f64 / self.warmup as f64;
            return (WsdPhaseKind::WarmUp, 0, BASE * (START + (1.0 - START) * share));
        }
        for (index, (checkpoint, decay)) in self.intervals.iter().enumerate() {
            if (checkpoint - decay..*checkpoint).contains(&n) {
                // The first update of a decay has the peak, its last one the minimum.
                let from = checkpoint - decay;
                let share = if *decay == 1 { 1.0 } else { (n - from) as f64 / (decay - 1) as f64 };
                return (WsdPhaseKind::Decay, index, BASE * (1.0 + (MINIMUM - 1.0) * share));
            }
            if n < *checkpoint {
                return (WsdPhaseKind::Stable, index, BASE);
            }
        }
        let held = if self.intervals.last().unwrap().1 > 0 { MINIMUM * BASE } else { BASE };
        (WsdPhaseKind::After, self.intervals.len(), held)
    }

    fn check(&self, found: &WsdPlan) {
        let plan = found.plan();
        assert_eq!(plan.end(), Some(self.total()), "{self:?}: the phases add up");
        for n in (0..self.total() + 3).chain([10 * self.total(), u64::MAX]) {
            let (kind, index, wanted) = self.expected(n);
            let value = plan.value_at(n, BASE);
            assert!(near(value, wanted), "{self:?} at {n}: {value}, not {wanted}, in {plan}");
            assert!((MINIMUM * BASE..=BASE).contains(&value), "{self:?} at {n}: {value}");
            let phase = found.phase_at(n);
            assert_eq!((phase.kind, phase.index), (kind, index), "{self:?} at {n}");
            assert!(phase.start <= n && phase.end.is_none_or(|end| n < end), "{self:?} at {n}: {phase:?}");
        }
        for (checkpoint, decay) in &self.intervals {
            if *decay > 0 {
                assert_eq!(plan.value_at(checkpoint - 1, BASE), MINIMUM * BASE, "{self:?}: exactly");
            }
            if *checkpoint < self.total() && !self.intervals.contains(&(checkpoint + 1, 1)) {
                assert_eq!(plan.value_at(*checkpoint, BASE), BASE, "{self:?}: the peak right after");
            }
        }
        assert_eq!(found.checkpoints(), self.intervals.iter().map(|(end, _)| *end).collect::<Vec<_>>());
        let decays: Vec<_> = self.intervals.iter().filter(|(_, decay)| *decay > 0).collect();
        assert!(found.decays().eq(decays.iter().map(|(end, decay)| end - decay..*end)), "{self:?}");
        for n in 0..self.total() + 2 {
            let starts = decays.iter().map(|(end, decay)| end - decay);
            let last = starts.filter(|start| *start > n).min().map(|start| start - 1);
            assert_eq!(found.last_update_before_decay(n), last, "{self:?} from {n} on");
        }
        let lengths = found.phases().iter().filter_map(|phase| phase.end.map(|end| end - phase.start));
        assert_eq!(lengths.sum::<u64>(), self.total(), "{self:?}");
        reads_back(plan);
    }
}

fn asked(warmup: u64, decay: u64) -> Wsd {
    wsd().warmup(updates(warmup), times(START)).decay(updates(decay)).decay_curve(Linear).to(times(MINIMUM))
}

/// All ways to place up to three checkpoints in a run, the last one at its end.
fn checkpoints(total: u64) -> Vec<Vec<u64>> {
    let mut all = vec![vec![total]];
    for first in 1..total {
        all.push(vec![first, total]);
        all.extend((first + 1..total).map(|second| vec![first, second, total]));
    }
    all
}

#[test]
fn every_small_run() {
    let mut built = 0;
    for total in 1..=8 {
        for places in checkpoints(total) {
            for warmup in 0..=total + 1 {
                for decay in 0..=total + 1 {
                    let intervals = places.iter().map(|end| (*end, decay)).collect();
                    let expected = Asked { warmup, intervals };
                    let schedule =
                        asked(warmup, decay).checkpoints_at(places.iter().map(|end| updates(*end)));
                    match schedule.resolve(&run(total)) {
                        Ok(found) => {
                            assert!(expected.fits(), "{expected:?} does not fit");
                            expected.check(&found);
                            changes_of_plan(&expected, &schedule, &found);
                            built += 1;
                        }
                        Err(error) => assert!(!expected.fits(), "{expected:?}: {error}"),
                    }
                }
            }
        }
    }
    assert!(built > 700, "{built} runs fit");
}

/// Continuations and branches: what was keeps its bits, what comes is as defined.
fn changes_of_plan(expected: &Asked, schedule: &Wsd, found: &WsdPlan) {
    let plan = found.plan();
    for (index, (checkpoint, decay)) in expected.intervals.iter().enumerate() {
        for total in 1..=expected.total() + 3 {
            let cases = [
                (found.continue_before(index, total), index, checkpoint - decay),
                (found.continue_after(index, total), index + 1, *checkpoint),
            ];
            for (continued, kept, start) in cases {
                let mut intervals = expected.intervals[..kept].to_vec();
                intervals.push((total, *decay));
                let wanted = Asked { warmup: expected.warmup, intervals };
                let Ok(continued) = continued else {
                    assert!(total < start + decay || total == start, "{wanted:?} from {start}");
                    continue;
                };
                assert!(start + decay <= total && start < total, "{wanted:?} from {start}");
                wanted.check(&continued);
                for n in 0..start {
                    assert_eq!(
                        continued.plan().value_at(n, BASE),
                        plan.value_at(n, BASE),
                        "{wanted:?} at {n}"
                    );
                }
            }
        }
    }
    for at in 0..=expected.total() + 1 {
        for over in 1..=3 {
            let branch = found.branch(at, updates(over), Linear, absolute(0.1)).unwrap();
            assert_eq!(branch.end(), Some(at + over));
            for n in 0..at {
                assert_eq!(branch.value_at(n, BASE), plan.value_at(n, BASE), "{schedule:?} branched at {at}");
            }
            let from = plan.value_at(at, BASE);
            for n in at..at + over {
                let share = if over == 1 { 1.0 } else { (n - at) as f64 / (over - 1) as f64 };
                let value = branch.value_at(n, BASE);
                assert!(near(value, from + (0.1 - from) * share), "{branch} at {n}: {value} from {from}");
            }
            for n in [at + over - 1, at + over, u64::MAX] {
                assert_eq!(branch.value_at(n, BASE), 0.1, "{branch} at {n}");
            }
            reads_back(&branch);
        }
    }
}

#[test]
fn the_originals_with_their_faults_mended() {
    // pytorch-accelerated: checkpoints at 1/4, 1/2 and the end, decays of a tenth of what lies between.
    let square_root = |p: f64| 1e-6 + (1.0 - 1e-6) * (1.0 - p.sqrt());
    let inverse = |p: f64| 1.0 / (p / 1e-6 + (1.0 - p));
    let originals: [(Curve, &dyn Fn(f64) -> f64); 2] =
        [(Power::default().into(), &square_root), (Harmonic.into(), &inverse)];
    for (curve, factor) in originals {
        let found = wsd()
            .warmup(updates(10), absolute(1e-6))
            .decay_curve(curve)
            .checkpoints(3)
            .resolve(&run(400))
            .unwrap();
        let (plan, steps) = (found.plan(), [(0_u64, 100_u64), (100, 200), (200, 400)]);
        assert_eq!(plan.value_at(0, BASE), 1e-6, "the first update does not run at the peak");
        for n in 0..400 {
            let (start, end) = steps.into_iter().find(|(_, end)| n < *end).unwrap();
            let decay = (end - start) / 10;
            let wanted = if n < 10 {
                1e-6 + (BASE - 1e-6) * n as f64 / 10.0
            } else if n + decay >= end {
                BASE * factor((n + decay - end) as f64 / (decay - 1) as f64)
            } else {
                BASE
            };
            assert!((plan.value_at(n, BASE) - wanted).abs() <= 1e-13 * wanted + 1e-16, "{n}: {wanted}");
        }
        assert_eq!([99, 199, 399, 400].map(|n| plan.value_at(n, BASE)), [1e-6 * BASE; 4]);
        assert_eq!([100, 200].map(|n| plan.value_at(n, BASE)), [BASE; 2]);
    }

    // A run of 5, a decay that rounds to nothing, runs that cannot be halved evenly.
    assert_eq!(wsd().resolve(&run(5)).unwrap().plan().value_at(4, BASE), BASE, "no decay: the peak");
    assert_eq!(wsd().decay_share(0.0).resolve(&run(100)).unwrap().decays().count(), 0);
    assert_eq!(wsd().checkpoints(3).resolve(&run(101)).unwrap().checkpoints(), [25, 50, 101]);
    assert_eq!(wsd().checkpoints(3).resolve(&run(7)).unwrap().checkpoints(), [1, 3, 7]);
    assert_eq!(wsd().checkpoints(2).resolve(&run(3)).unwrap().checkpoints(), [1, 3]);
    let halved = wsd().checkpoints(5).resolve(&run(1000)).unwrap();
    assert_eq!(halved.checkpoints(), [62, 125, 250, 500, 1000]);
}

type Factor = fn(f64) -> f64;

#[test]
fn transformers_warmups_and_decays() {
    let decays: [(Curve, Factor); 6] = [
        (Linear.into(), |p| 1.0 - p),
        (Cosine::default().into(), |p| 0.5 * (1.0 + (PI * p).cos())),
        (Power { exponent: 0.5 }.into(), |p| 1.0 - p.sqrt()),
        (Power { exponent: 2.0 }.into(), |p| 1.0 - p * p),
        (Polynomial { power: 2.0 }.into(), |p| (1.0 - p) * (1.0 - p)),
        (Exponential { ratio: 0.1 }.into(), |p| (0.1_f64.powf(p) - 0.1) / 0.9),
    ];
    let warmups: [(Curve, Factor); 3] = [
        (Linear.into(), |p| p),
        (Cosine::default().into(), |p| 0.5 * (1.0 - (PI * p).cos())),
        (Polynomial { power: 0.5 }.into(), |p| 1.0 - (1.0 - p).sqrt()),
    ];
    for (decay_curve, decay) in decays {
        for (warmup_curve, warmup) in warmups {
            let schedule = wsd().warmup(updates(20), times(0.1)).warmup_curve(warmup_curve);
            let schedule = schedule.decay(fraction(0.31)).decay_curve(decay_curve).to(times(0.1));
            let found = schedule.resolve(&run(100)).unwrap();
            for n in 0..=100 {
                let factor = match n {
                    n if n < 20 => warmup(n as f64 / 20.0),
                    n if n < 69 => 1.0,
                    n => decay(((n - 69) as f64 / 30.0).min(1.0)),
                };
                let (value, wanted) = (found.plan().value_at(n, BASE), BASE * (factor * 0.9 + 0.1));
                assert!(
                    (value - wanted).abs() <= 1e-14,
                    "{decay_curve:?} {warmup_curve:?} at {n}: {value}, {wanted}"
                );
            }
            reads_back(found.plan());
        }
    }
}

#[test]
fn a_stable_phase_that_falls_goes_on_below_the_decays() {
    let law = PowerLaw { exponent: 0.7, scale: epochs(3), ..PowerLaw::default() };
    let places = [updates(60), updates(70), updates(200)];
    let schedule = wsd().warmup(updates(20), times(0.0)).stable(law).decay(updates(10)).to(times(0.01));
    let horizon = run(200).with_updates_per_epoch(10).unwrap();
    let found = schedule.checkpoints_at(places).resolve(&horizon).unwrap();
    let trunk = |n: u64| BASE * (1.0 + (n - 20) as f64 / 30.0).powf(-0.7);
    for n in 20..200 {
        let phase = found.phase_at(n);
        let wanted = if phase.kind == WsdPhaseKind::Decay {
            let share = ((n - phase.start) as f64 / 9.0).sqrt();
            trunk(phase.start) * (1.0 - share) + 0.01 * BASE * share
        } else {
            trunk(n)
        };
        assert!(near(found.plan().value_at(n, BASE), wanted), "{n}: {wanted}");
    }
    assert_eq!(found.decays().collect::<Vec<_>>(), [50..60, 60..70, 190..200]);
    reads_back(found.plan());

    let longer = found.continue_before(2, 300).unwrap();
    assert!(near(longer.plan().value_at(250, BASE), trunk(250)));
    reads_back(longer.plan());
    let cold = wsd().stable(law).decay(updates(0)).resolve(&horizon).unwrap();
    assert!(near(cold.plan().value_at(150, BASE), BASE * 6_f64.powf(-0.7)));
}

#[test]
fn lengths_in_every_unit() {
    let horizon = Horizon::epochs(10, 20).unwrap();
    let schedule = wsd().warmup(epochs(1), times(0.0)).checkpoints_at([epochs(4), fraction(1.0)]);
    assert_eq!(schedule.resolve(&horizon).unwrap().decays().collect::<Vec<_>>(), [72..80, 188..200]);
    let shares = schedule.clone().decay(fraction(0.1)).resolve(&horizon).unwrap();
    assert_eq!(shares.decays().collect::<Vec<_>>(), [60..80, 180..200]);
    // A share of the run is of the new total, a share of the interval of the new interval.
    let longer = shares.continue_after(1, 400).unwrap();
    assert_eq!(longer.decays().collect::<Vec<_>>(), [60..80, 180..200, 360..400]);
    assert_eq!(longer.branch(100, epochs(2), Linear, times(0.0)).unwrap().end(), Some(140));
    assert!(longer.branch(100, fraction(0.5), Linear, times(0.0)).unwrap().end() == Some(300));
    // Without a total, where nothing needs one.
    let open = wsd().checkpoints_at([updates(50), updates(100)]).resolve(&Horizon::open()).unwrap();
    assert_eq!(open.decays().collect::<Vec<_>>(), [45..50, 95..100]);
    let longest = wsd().checkpoints(64).resolve(&run(u64::MAX)).unwrap();
    assert_eq!((longest.checkpoints()[0], longest.plan().value_at(u64::MAX - 1, 1.0)), (1, 1e-6));
    reads_back(longest.plan());
}

#[test]
fn errors_say_what_to_do() {
    let schedule = || wsd().decay(updates(20)).to(times(0.1));
    let refused = |schedule: Wsd| schedule.resolve(&run(100)).unwrap_err().to_string();
    let cases = [
        (
            refused(schedule().decay(updates(101))),
            "`decay` is 101 updates, but there is room for 100 between update 0",
        ),
        (
            refused(schedule().warmup(updates(90), times(0.0))),
            "`decay` is 20 updates, but there is room for 10 between",
        ),
        (
            refused(schedule().checkpoints_at([updates(90), updates(100)])),
            "`decay` is 20 updates, but there is room for 10 between update 90 and the checkpoint",
        ),
        (
            refused(schedule().checkpoints(2).warmup(updates(60), times(0.0))),
            "`warmup` is 60 updates, but the first checkpoint is after 50 updates: shorten it, or move",
        ),
        (
            refused(schedule().checkpoints(0)),
            "`checkpoints` is 0, but halving 100 updates makes 1 to 7 checkpoints",
        ),
        (
            refused(schedule().checkpoints(8)),
            "`checkpoints` is 8, but halving 100 updates makes 1 to 7 checkpoints",
        ),
        (refused(schedule().checkpoints_at([])), "`checkpoints` is empty, but there must be at least one"),
        (
            refused(schedule().checkpoints_at([updates(60)])),
            "`checkpoints` is 60, but the last one must be the end",
        ),
        (
            refused(schedule().checkpoints_at([updates(60), fraction(0.5), updates(100)])),
            "`checkpoints` is 50%, but it is 50 updates after the start, and must be more than",
        ),
        (
            refused(schedule().checkpoints_at([rest()])),
            "`checkpoints` is rest, but it must be a length of its own",
        ),
        (refused(schedule().warmup(epochs(1), times(0.0))), "the length `1ep` cannot be resolved"),
        (
            refused(schedule().warmup(updates(5), times(f64::NAN))),
            "`from` is NaNx, but a level must be a finite number",
        ),
        (refused(schedule().to(absolute(f64::INFINITY))), "`to` is inf, but a level must be a finite number"),
        (
            refused(schedule().decay_share(1.5)),
            "`decay_share` is 1.5, but it must be from 0 to 1: a share of the distance since",
        ),
        (refused(schedule().decay_share(f64::NAN)), "`decay_share` is NaN"),
        (
            refused(schedule().decay_curve(Hold)),
            "`decay_curve` is hold, but it must be a shape that goes from one level",
        ),
        (
            refused(schedule().warmup_curve(PowerLaw::default())),
            "`warmup_curve` is power_law, but it must be a shape",
        ),
        (
            refused(schedule().stable(Linear)),
            "`stable` is linear, but the stable phase has no level to go to",
        ),
        (
            refused(schedule().decay_curve(Harmonic).to(absolute(0.0))),
            "`to` is 0, but a harmonic phase goes between",
        ),
        (
            refused(schedule().decay_curve(Geometric).to(times(0.0))),
            "`to` is 0, but a geometric phase goes between",
        ),
        (
            refused(schedule().decay_curve(Exponential { ratio: 0.0 })),
            "`ratio` is 0, but it must be a finite number",
        ),
        (
            wsd().checkpoints(2).resolve(&Horizon::open()).unwrap_err().to_string(),
            "the length `100%` cannot be resolved",
        ),
    ];
    for (error, expected) in cases {
        assert!(error.starts_with(expected), "{error}\nnot {expected}");
    }
}

#[test]
fn errors_of_a_change_say_what_to_do() {
    let found = wsd().decay(updates(20)).to(times(0.1)).checkpoints(2).resolve(&run(100)).unwrap();
    let plan_refused = |result: Result<WsdPlan, lehr::Error>| result.unwrap_err().to_string();
    let branch_refused = |result: Result<Plan, lehr::Error>| result.unwrap_err().to_string();
    let cases = [
        (
            plan_refused(found.continue_after(2, 200)),
            "`index` is 2, but the checkpoints are counted from 0 to 1",
        ),
        (plan_refused(found.continue_after(1, 100)), "`total` is 100, but the run goes on from 100 updates"),
        (
            plan_refused(found.continue_after(1, 110)),
            "`decay` is 20 updates, but there is room for 10 between update 100",
        ),
        (plan_refused(found.continue_before(1, 80)), "`total` is 80, but the run goes on from 80 updates"),
        (
            branch_refused(found.branch(5, updates(0), Linear, times(0.1))),
            "`over` is 0, but a decay must be at least one",
        ),
        (
            branch_refused(found.branch(5, rest(), Linear, times(0.1))),
            "`over` is rest, but it must be a length of its own",
        ),
        (
            branch_refused(found.branch(5, updates(9), Harmonic, times(0.0))),
            "`to` is 0, but a harmonic phase",
        ),
    ];
    for (error, expected) in cases {
        assert!(error.starts_with(expected), "{error}\nnot {expected}");
    }
}

proptest! {
    #[test]
    fn any_run(
        total in 1..100_000_u64,
        warmup in 0.0..0.2_f64,
        share in 0.0..0.8_f64,
        count in 1..4_u64,
        curve in 0..4_usize,
    ) {
        let curves: [Curve; 4] =
            [Power::default().into(), Harmonic.into(), Linear.into(), Exponential::default().into()];
        let schedule = wsd().warmup(fraction(warmup), times(START)).decay_share(share).checkpoints(count);
        let Ok(found) = schedule.decay_curve(curves[curve]).to(times(MINIMUM)).resolve(&run(total)) else {
            return Ok(());
        };
        let plan = found.plan();
        prop_assert_eq!(plan.end(), Some(total));
        let starts = found.phases().iter().map(|phase| phase.start);
        let edges = starts.flat_map(|start| [start.saturating_sub(1), start, start + 1]);
        for n in edges.chain((0..50).map(|i| i * total / 50)) {
            let value = plan.value_at(n, BASE);
            prop_assert!((MINIMUM * BASE..=BASE).contains(&value), "{} at {}: {}", plan, n, value);
            match found.phase_at(n).kind {
                WsdPhaseKind::Stable => prop_assert_eq!(value, BASE),
                WsdPhaseKind::WarmUp => prop_assert!(value < BASE),
                _ => {}
            }
        }
        for decay in found.decays() {
            prop_assert_eq!(plan.value_at(decay.end - 1, BASE), MINIMUM * BASE);
        }
        reads_back(plan);
    }
}
