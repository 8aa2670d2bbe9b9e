//! What the benchmarks and the counts of instructions have in common: the plans and the hand-written schedule.

use lehr::{Horizon, Plan, Spec};

/// Updates of the run that single values are of.
pub const UPDATES: u64 = 100_000;

/// A warm-up and a cosine, the schedule that everyone has.
pub const WARMUP_COSINE: &str = "linear(from=0.01x, over=5%) -> cosine(to=0)";

/// A warm-up, a plateau and a straight way down.
pub const TRAPEZOID: &str = "linear(from=0x, over=5%) -> hold(over=75%) -> linear(to=0)";

/// The plan of a text for a run of so many updates.
///
/// # Errors
///
/// A text that is no plan.
pub fn plan(text: &str, updates: u64) -> Result<Plan, lehr::Error> {
    text.parse::<Spec>()?.resolve(&Horizon::updates(updates)?)
}

/// `count` phases of equal length, up and down in turn.
///
/// # Errors
///
/// Fewer updates than phases.
pub fn zigzag(count: u64, updates: u64) -> Result<Plan, lehr::Error> {
    let phase = |index| {
        let phase = lehr::linear().to(lehr::times(if index % 2 == 0 { 0.1 } else { 1.0 }));
        if index + 1 == count { phase } else { phase.over(lehr::updates(updates / count)) }
    };
    let mut spec = Plan::builder();
    for index in 0..count {
        spec = spec.then(phase(index));
    }
    spec.resolve(&Horizon::updates(updates)?)
}

/// [`WARMUP_COSINE`] as one writes it by hand.
#[inline]
pub fn by_hand(n: u64, base: f64) -> f64 {
    const WARMUP: u64 = UPDATES / 20;
    if n < WARMUP {
        base * (0.01 + 0.99 * (n as f64 / WARMUP as f64))
    } else if n >= UPDATES {
        0.0
    } else {
        let progress = (n - WARMUP) as f64 / (UPDATES - WARMUP) as f64;
        base * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
    }
}
