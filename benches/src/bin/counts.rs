//! Work for a counter of instructions: `counts NAME TIMES`; without arguments, the names.

use std::error::Error;
use std::hint::black_box;

use lehr::{MemoryGroups, Scheduler};
use lehr_bench::{TRAPEZOID, UPDATES, WARMUP_COSINE, plan, zigzag};

const VALUES: [(&str, &str); 6] = [
    ("value-warmup-cosine", WARMUP_COSINE),
    ("value-trapezoid", TRAPEZOID),
    ("value-exponential", "exponential(ratio=0.01, to=0)"),
    ("value-repeat", "repeat(cosine(to=0, over=777))"),
    ("value-shrinking-repeat", "repeat(cosine(to=0, over=7777), length=0.9)"),
    ("value-stretch", "stretch(cosine(to=0), by=3/2)"),
];
const STEPS: [(&str, usize); 3] = [("step-1-group", 1), ("step-10-groups", 10), ("step-100-groups", 100)];
const FILLS: [(&str, &str); 2] =
    [("fill-1000-warmup-cosine", WARMUP_COSINE), ("fill-1000-trapezoid", TRAPEZOID)];
const PHASES: [(&str, u64); 2] = [("value-10-phases", 10), ("value-10000-phases", 10_000)];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, times] = arguments.as_slice() else {
        let names = VALUES.iter().map(|case| case.0).chain(STEPS.map(|case| case.0));
        for name in names.chain(FILLS.map(|case| case.0)).chain(PHASES.map(|case| case.0)) {
            println!("{name}");
        }
        return Ok(());
    };
    let times: u64 = times.parse()?;
    // The same updates whatever the number of times: spread over the run.
    let at = |index: u64| black_box(index.wrapping_mul(7_919) % UPDATES);
    let value_plan =
        match (VALUES.iter().find(|case| case.0 == name), PHASES.iter().find(|case| case.0 == name)) {
            (Some((_, text)), _) => Some(plan(text, UPDATES)?),
            (_, Some((_, count))) => Some(zigzag(*count, UPDATES)?),
            _ => None,
        };
    if let Some(plan) = value_plan {
        for index in 0..times {
            black_box(plan.value_at(at(index), black_box(0.3)));
        }
    } else if let Some((_, count)) = STEPS.iter().find(|case| case.0 == name) {
        let mut groups = MemoryGroups::of("lr", &vec![0.3; *count]);
        let mut scheduler =
            Scheduler::builder().field("lr", plan(WARMUP_COSINE, UPDATES)?).attach(&mut groups)?;
        for _ in 0..times {
            scheduler.step(&mut groups)?;
        }
    } else if let Some((_, text)) = FILLS.iter().find(|case| case.0 == name) {
        let plan = plan(text, 1000)?;
        let mut out = vec![0.0; 1000];
        for _ in 0..times {
            plan.fill(0, black_box(0.3), black_box(&mut out));
        }
    } else {
        return Err(format!("no work is called {name}").into());
    }
    Ok(())
}
