//! Which clock explains a run that did not follow its plan.

use lehr::Plan;

use super::history::{Column, History};
use super::{Measure, infer_base};
use crate::resolve::Resolved;

/// Factors that are tried beside those of the run itself.
const MOST_TIMES: u64 = 64;

/// Updates that a clock may be early or late by.
const MOST_SHIFT: u64 = 8;

/// A clock: from the run's update to the plan's.
type Clock = Box<dyn Fn(u64) -> Option<u64>>;

/// The clock on which the run follows the plan, in words; the simplest one, if several do.
pub(super) fn explain(
    resolved: &Resolved,
    plan: &Plan,
    base: Option<f64>,
    run: &History,
    column: &Column,
    tolerance: f64,
) -> Option<String> {
    let mut clocks = shifted(0);
    clocks.extend(scaled(resolved));
    for (words, clock) in clocks {
        if follows(plan, base, run, column, tolerance, &clock) {
            return Some(words);
        }
    }
    restarted(plan, base, run, column, tolerance)
}

fn shifted(from: u64) -> Vec<(String, Clock)> {
    let mut clocks: Vec<(String, Clock)> = Vec::new();
    for by in 1..=MOST_SHIFT {
        let updates = if by == 1 { "one update".to_owned() } else { format!("{by} updates") };
        let late: Clock = Box::new(move |n| Some((n - from.min(n)).saturating_sub(by)));
        let early: Clock = Box::new(move |n| (n - from.min(n)).checked_add(by));
        clocks.push((format!("the schedule was {updates} late (off by {by})"), late));
        clocks.push((format!("the schedule was {updates} early (off by {by})"), early));
    }
    clocks
}

/// Too fast and too slow, by the factors that the run has, and by small ones.
fn scaled(resolved: &Resolved) -> Vec<(String, Clock)> {
    let clock = resolved.clock;
    let in_epoch = resolved.horizon.updates_per_epoch();
    let known = [
        (Some(clock.processes), "the number of processes"),
        (Some(clock.accumulate), "the number of accumulated batches"),
        (Some(clock.processes.saturating_mul(clock.accumulate)), "processes times accumulated batches"),
        (in_epoch, "the updates of an epoch: it was stepped once an epoch"),
    ];
    let reason = |times: u64| {
        let known = known.iter().find(|(count, _)| *count == Some(times));
        known.map_or_else(String::new, |(_, reason)| format!(" ({reason})"))
    };
    let mut factors: Vec<u64> = known
        .iter()
        .filter_map(|(count, _)| *count)
        .chain(2..=MOST_TIMES)
        .filter(|times| *times > 1)
        .collect();
    let mut seen = Vec::new();
    factors.retain(|times| {
        let new = !seen.contains(times);
        seen.push(*times);
        new
    });
    let mut clocks: Vec<(String, Clock)> = Vec::new();
    for times in factors {
        let fast: Clock = Box::new(move |n: u64| n.checked_mul(times));
        let slow: Clock = Box::new(move |n| Some(n / times));
        clocks.push((format!("the schedule ran {times} times too fast{}", reason(times)), fast));
        clocks.push((format!("the schedule ran {times} times too slow{}", reason(times)), slow));
    }
    clocks
}

/// A run that followed the plan, and from some update on began it anew, or an earlier part of it.
fn restarted(
    plan: &Plan,
    base: Option<f64>,
    run: &History,
    column: &Column,
    tolerance: f64,
) -> Option<String> {
    let updates = run.updates();
    // The base that the beginning of the run has.
    let beginning = updates.len().div_ceil(10).max(2).min(updates.len());
    let base = base.or_else(|| infer_base(plan, &updates[..beginning], &column.values[..beginning], Some));
    let base = base.unwrap_or(1.0);
    let measure = Measure::of(plan, base, updates, tolerance);
    let close = |n: u64, used: f64| (used - plan.value_at(n, base)).abs() <= measure.allowed;
    let first = updates.iter().zip(&column.values).position(|(n, used)| !close(*n, *used))?;
    if first == 0 {
        return None;
    }
    let (start, rest) = (updates[first], &column.values[first..]);
    // A restart from the beginning, from one update too early, or from where an earlier count had been.
    let offsets = std::iter::once(0).chain(1..=start.min(100_000));
    let begins = offsets.filter(|begin| close(*begin, rest[0]));
    for begin in begins.take(1000) {
        let matches = updates[first..]
            .iter()
            .zip(rest)
            .all(|(n, used)| n.checked_sub(start).is_some_and(|n| close(n + begin, *used)));
        if matches && rest.len() > 1 {
            return Some(if begin == 0 {
                format!("the schedule restarted at update {start}: a resume without the scheduler's state")
            } else {
                format!(
                    "from update {start} on the schedule is at its update {begin}: a resume from an older count"
                )
            });
        }
    }
    None
}

fn follows(
    plan: &Plan,
    base: Option<f64>,
    run: &History,
    column: &Column,
    tolerance: f64,
    clock: &Clock,
) -> bool {
    let updates = run.updates();
    let Some(base) = base.or_else(|| infer_base(plan, updates, &column.values, clock)) else { return false };
    let measure = Measure::of(plan, base, updates, tolerance);
    let mut changes = false;
    let all = updates.iter().zip(&column.values).all(|(n, used)| {
        let Some(at) = clock(*n) else { return false };
        let value = plan.value_at(at, base);
        changes |= value != plan.value_at(*n, base);
        (used - value).abs() <= measure.allowed
    });
    all && changes
}
