//! Medians of interleaved rounds, as JSON on standard output: `{"table": [[row, column, nanoseconds], ...], ...}`.
//!
//! `lehr-bench [--quick]`; with the feature `burn` also the step of Burn's schedulers.

use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use lehr::{MemoryGroups, Plan, Scheduler};
use lehr_bench::{TRAPEZOID, UPDATES, WARMUP_COSINE, by_hand, plan, zigzag};

/// What is measured: how many operations a call does, and the call.
struct Case<'a> {
    row: String,
    column: String,
    operations: usize,
    run: Box<dyn FnMut() + 'a>,
}

impl<'a> Case<'a> {
    fn new(row: impl ToString, column: impl ToString, operations: usize, run: impl FnMut() + 'a) -> Self {
        Self { row: row.to_string(), column: column.to_string(), operations, run: Box::new(run) }
    }
}

type Table = Vec<(String, String, f64)>;

/// Nanoseconds an operation: the median of rounds in which every case has its turn.
fn measure(mut cases: Vec<Case<'_>>, rounds: usize) -> Table {
    let mut times = vec![Vec::with_capacity(rounds); cases.len()];
    for round in 0..=rounds {
        for (case, times) in cases.iter_mut().zip(&mut times) {
            let start = Instant::now();
            (case.run)();
            // The first round warms up.
            if round > 0 {
                times.push(start.elapsed().as_nanos() as f64 / case.operations as f64);
            }
        }
    }
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    cases.into_iter().zip(times).map(|(case, times)| (case.row, case.column, median(times))).collect()
}

const VALUES: usize = 20_000;

fn value_case<'a>(row: &str, column: &str, value_at: impl Fn(u64) -> f64 + 'a) -> Case<'a> {
    Case::new(row, column, VALUES, move || {
        for n in 0..VALUES as u64 {
            black_box(value_at(black_box(n * (UPDATES / VALUES as u64))));
        }
    })
}

fn values(rounds: usize) -> Result<Table, lehr::Error> {
    let base = black_box(0.3);
    let plans = [
        ("warm-up + cosine", WARMUP_COSINE),
        ("trapezoid", TRAPEZOID),
        ("exponential", "exponential(ratio=0.01, to=0)"),
        ("geometric", "geometric(to=0.01x)"),
        ("polynomial", "polynomial(power=2, to=0)"),
        ("repeat of a cosine", "repeat(cosine(to=0, over=777))"),
        ("shrinking repeat", "repeat(cosine(to=0, over=7777), length=0.9)"),
        ("stretch of a cosine", "stretch(cosine(to=0), by=3/2)"),
    ];
    let mut cases = vec![value_case("by hand: warm-up + cosine", "value", |n| by_hand(n, base))];
    for (name, text) in plans {
        let plan = plan(text, UPDATES)?;
        cases.push(value_case(name, "value", move |n| plan.value_at(n, base)));
    }
    Ok(measure(cases, rounds))
}

fn phases(rounds: usize) -> Result<Table, lehr::Error> {
    let mut cases = Vec::new();
    for count in [1, 10, 100, 1_000, 10_000, 100_000] {
        let plan = zigzag(count, UPDATES)?;
        // In no order, as a lookup must bear it.
        let at = move |n: u64| plan.value_at(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % UPDATES, 0.3);
        cases.push(value_case(&count.to_string(), "value at any n", at));
    }
    Ok(measure(cases, rounds))
}

fn clock(rounds: usize) -> Result<Table, lehr::Error> {
    let mut cases = Vec::new();
    for exponent in [3_u32, 6, 9, 12, 15] {
        let total = 10_u64.pow(exponent);
        let plan = plan(WARMUP_COSINE, total)?;
        let step = (total / VALUES as u64).max(1);
        cases.push(Case::new(format!("1e{exponent}"), "value over the run", VALUES, move || {
            for n in 0..VALUES as u64 {
                black_box(plan.value_at(black_box(n * step % total), 0.3));
            }
        }));
    }
    Ok(measure(cases, rounds))
}

fn steps(rounds: usize) -> Result<Table, Box<dyn Error>> {
    const STEPS: usize = 200;
    let mut cases = Vec::new();
    for count in [1_usize, 10, 100, 1000] {
        let bases: Vec<f64> = (0..count).map(|group| 0.1 + group as f64 * 1e-4).collect();
        for (column, text) in [("lehr, warm-up + cosine", WARMUP_COSINE), ("lehr, trapezoid", TRAPEZOID)] {
            let mut groups = MemoryGroups::of("lr", &bases);
            let mut scheduler = Scheduler::builder().field("lr", plan(text, UPDATES)?).attach(&mut groups)?;
            cases.push(Case::new(count, column, STEPS, move || {
                for _ in 0..STEPS {
                    black_box(scheduler.step(black_box(&mut groups)).is_ok());
                }
            }));
        }
        let mut written = bases.clone();
        let mut n = 0;
        cases.push(Case::new(count, "by hand", STEPS, move || {
            for _ in 0..STEPS {
                n = (n + 1) % UPDATES;
                let factor = by_hand(black_box(n), 1.0);
                for (value, base) in written.iter_mut().zip(&bases) {
                    *value = factor * base;
                }
                black_box(&mut written);
            }
        }));
    }
    #[cfg(feature = "burn")]
    cases.extend(burn::cases(STEPS)?);
    Ok(measure(cases, rounds))
}

fn bulk(rounds: usize, largest: usize) -> Result<Table, lehr::Error> {
    let mut table = Vec::new();
    for length in [10_000, 100_000, 1_000_000, 10_000_000].into_iter().filter(|length| *length <= largest) {
        let calls = (1_000_000 / length).max(1);
        let mut cases = Vec::new();
        let mut case = |column: &str, fill: Box<dyn Fn(&mut [f64])>| {
            let mut out = vec![f64::NAN; length];
            cases.push(Case::new(length, column, length * calls, move || {
                for _ in 0..calls {
                    fill(black_box(&mut out));
                }
            }));
        };
        let filling = |text: &str, parallel: bool| -> Result<Box<dyn Fn(&mut [f64])>, lehr::Error> {
            let plan: Plan = plan(text, length as u64)?;
            Ok(Box::new(
                move |out: &mut [f64]| {
                    if parallel { plan.fill_parallel(0, 0.3, out) } else { plan.fill(0, 0.3, out) }
                },
            ))
        };
        case("plain fill", Box::new(|out| out.fill(black_box(0.3))));
        case("trapezoid", filling(TRAPEZOID, false)?);
        case("warm-up + cosine", filling(WARMUP_COSINE, false)?);
        case("trapezoid, all cores", filling(TRAPEZOID, true)?);
        case("warm-up + cosine, all cores", filling(WARMUP_COSINE, true)?);
        let by_hand = |n: u64| by_hand(n * UPDATES / length as u64, 0.3);
        case(
            "by hand",
            Box::new(move |out| {
                for (n, value) in out.iter_mut().enumerate() {
                    *value = by_hand(n as u64);
                }
            }),
        );
        table.extend(measure(cases, rounds));
    }
    Ok(table)
}

#[cfg(feature = "burn")]
mod burn {
    use std::hint::black_box;

    use burn_optim::lr_scheduler::cosine::CosineAnnealingLrSchedulerConfig;
    use burn_optim::lr_scheduler::exponential::ExponentialLrSchedulerConfig;
    use burn_optim::lr_scheduler::linear::LinearLrSchedulerConfig;
    use burn_optim::lr_scheduler::module_lr_scheduler::ModuleLrScheduler;

    use super::{Case, UPDATES};

    /// Burn's `step` gives one number and writes no group.
    pub(crate) fn cases(steps: usize) -> Result<Vec<Case<'static>>, String> {
        let updates = UPDATES as usize;
        let schedulers: [(&str, ModuleLrScheduler); 3] = [
            ("Burn, cosine", CosineAnnealingLrSchedulerConfig::new(0.3, updates).init()?),
            ("Burn, linear", LinearLrSchedulerConfig::new(0.3, 1e-5, updates).init()?),
            ("Burn, exponential", ExponentialLrSchedulerConfig::new(0.3, 0.9999).init()?),
        ];
        let case = |(name, mut scheduler): (&str, ModuleLrScheduler)| {
            Case::new(1, name, steps, move || {
                for _ in 0..steps {
                    black_box(scheduler.step());
                }
            })
        };
        Ok(schedulers.into_iter().map(case).collect())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (rounds, largest) = if quick { (5, 1_000_000) } else { (41, 10_000_000) };
    let tables = BTreeMap::from([
        ("value", values(rounds)?),
        ("phases", phases(rounds)?),
        ("clock", clock(rounds)?),
        ("step", steps(rounds)?),
        ("bulk", bulk(rounds, largest)?),
    ]);
    println!("{}", serde_json::to_string_pretty(&tables)?);
    Ok(())
}
