//! Which clock explains a run that did not follow its plan.

use std::fmt;

use lehr::Plan;

use super::history::{Column, History};
use super::{Measure, infer_base};
use crate::resolve::Resolved;

/// Factors that are tried beside those of the run itself.
const MOST_TIMES: u64 = 64;

/// Updates that a clock may be early or late by.
const MOST_SHIFT: i64 = 8;

/// Updates of the run at which a clock is tried before it is tried at all of them.
const TRIED: usize = 200;

/// Updates that a resumed run may have started again from, and those of them that are tried to the end.
const MOST_BEGINS: u64 = 100_000;
const TRIED_BEGINS: usize = 1000;

/// How fast a schedule ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speed {
    Fast(u64),
    Slow(u64),
}

/// A clock: from the run's update to the plan's.
#[derive(Clone, Copy, Debug)]
struct Clock {
    speed: Speed,
    /// Updates that it is early by; late, where negative.
    shift: i64,
}

impl Speed {
    const RIGHT: Self = Self::Fast(1);

    fn of(self, n: u64) -> Option<u64> {
        match self {
            Self::Fast(times) => n.checked_mul(times),
            Self::Slow(times) => Some(n / times),
        }
    }

    fn times(self) -> u64 {
        match self {
            Self::Fast(times) | Self::Slow(times) => times,
        }
    }
}

/// "ran 4 times too fast".
impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if matches!(self, Self::Fast(_)) { "fast" } else { "slow" };
        write!(f, "ran {} times too {word}", self.times())
    }
}

impl Clock {
    fn at(&self, n: u64) -> Option<u64> {
        let n = self.speed.of(n)?;
        if self.shift < 0 {
            Some(n.saturating_sub(self.shift.unsigned_abs()))
        } else {
            n.checked_add(self.shift.unsigned_abs())
        }
    }

    fn words(&self, reasons: &Reasons) -> String {
        let updates = match self.shift.unsigned_abs() {
            1 => "one update".to_owned(),
            by => format!("{by} updates"),
        };
        let when = if self.shift < 0 { "late" } else { "early" };
        let shifted = format!("was {updates} {when} (off by {})", self.shift.abs());
        match (self.speed, self.shift) {
            (speed, 0) => format!("the schedule {speed}{}", reasons.of(speed.times())),
            (Speed::RIGHT, _) => format!("the schedule {shifted}"),
            (speed, _) => format!("the schedule {speed}{} and {shifted}", reasons.of(speed.times())),
        }
    }
}

/// What a factor may come from.
struct Reasons([(Option<u64>, &'static str); 4]);

impl Reasons {
    fn new(resolved: &Resolved) -> Self {
        let clock = resolved.clock;
        Self([
            (Some(clock.processes), "the number of processes"),
            (Some(clock.accumulate), "the number of accumulated batches"),
            (Some(clock.processes.saturating_mul(clock.accumulate)), "processes times accumulated batches"),
            (resolved.horizon.updates_per_epoch(), "the updates of an epoch: it was stepped once an epoch"),
        ])
    }

    fn of(&self, times: u64) -> String {
        let known = self.0.iter().find(|(count, _)| *count == Some(times));
        known.map_or_else(String::new, |(_, reason)| format!(" ({reason})"))
    }

    /// Too fast and too slow, by the factors that the run has, and by small ones.
    fn speeds(&self) -> Vec<Speed> {
        let mut factors: Vec<u64> = Vec::new();
        for times in self.0.iter().filter_map(|(count, _)| *count).chain(2..=MOST_TIMES) {
            if times > 1 && !factors.contains(&times) {
                factors.push(times);
            }
        }
        factors.into_iter().flat_map(|times| [Speed::Fast(times), Speed::Slow(times)]).collect()
    }
}

/// One column of a run, and the plan that it did not follow.
struct Case<'a> {
    plan: &'a Plan,
    base: Option<f64>,
    updates: &'a [u64],
    values: &'a [f64],
    tolerance: f64,
}

/// The clock on which the run follows the plan, in words; the simplest one, if several do.
pub(super) fn explain(
    resolved: &Resolved,
    plan: &Plan,
    base: Option<f64>,
    run: &History,
    column: &Column,
    tolerance: f64,
) -> Option<String> {
    let case = Case { plan, base, updates: run.updates(), values: &column.values, tolerance };
    let reasons = Reasons::new(resolved);
    let shifts: Vec<i64> = (1..=MOST_SHIFT).flat_map(|by| [-by, by]).collect();
    let speeds = reasons.speeds();
    // The simple ones first: off by a few, at another speed, both.
    let off = shifts.iter().map(|shift| Clock { speed: Speed::RIGHT, shift: *shift });
    let scaled = speeds.iter().map(|speed| Clock { speed: *speed, shift: 0 });
    let both =
        speeds.iter().flat_map(|speed| shifts.iter().map(|shift| Clock { speed: *speed, shift: *shift }));
    let found = off.chain(scaled).chain(both).find(|clock| case.follows(clock));
    found.map(|clock| clock.words(&reasons)).or_else(|| restarted(&case, &speeds, &reasons))
}

impl Case<'_> {
    /// Whether the run followed the plan on this clock, and on no simpler one. Most clocks are wrong at a few updates
    /// already.
    fn follows(&self, clock: &Clock) -> bool {
        let every = self.updates.len().div_ceil(TRIED);
        if every > 1 {
            let some = |list: &[f64]| list.iter().step_by(every).copied().collect::<Vec<_>>();
            let updates: Vec<u64> = self.updates.iter().step_by(every).copied().collect();
            let case = Case { updates: &updates, values: &some(self.values), ..*self };
            if !case.follows_everywhere(clock) {
                return false;
            }
        }
        self.follows_everywhere(clock)
    }

    fn follows_everywhere(&self, clock: &Clock) -> bool {
        let Some(base) = self.base_on(clock) else { return false };
        let measure = Measure::of(self.plan, base, self.updates, self.tolerance);
        let mut changes = false;
        let all = self.updates.iter().zip(self.values).all(|(n, used)| {
            let Some(at) = clock.at(*n) else { return false };
            let value = self.plan.value_at(at, base);
            changes |= value != self.plan.value_at(*n, base);
            (used - value).abs() <= measure.allowed
        });
        all && changes
    }

    fn base_on(&self, clock: &Clock) -> Option<f64> {
        self.base.or_else(|| infer_base(self.plan, self.updates, self.values, |n| clock.at(n)))
    }
}

/// A run that followed the plan, if at another speed, and from some update on began it anew, began an earlier part of it,
/// or went on at another speed.
fn restarted(case: &Case<'_>, speeds: &[Speed], reasons: &Reasons) -> Option<String> {
    let all = || std::iter::once(Speed::RIGHT).chain(speeds.iter().copied());
    all().find_map(|head| {
        let clock = Clock { speed: head, shift: 0 };
        // The base that the beginning of the run has.
        let beginning = case.updates.len().div_ceil(10).max(2).min(case.updates.len());
        let (updates, values) = (&case.updates[..beginning], &case.values[..beginning]);
        let base = Case { updates, values, ..*case }.base_on(&clock).unwrap_or(1.0);
        let measure = Measure::of(case.plan, base, case.updates, case.tolerance);
        let close = |n: Option<u64>, used: f64| {
            n.is_some_and(|n| (used - case.plan.value_at(n, base)).abs() <= measure.allowed)
        };
        let first = case.updates.iter().zip(case.values).position(|(n, used)| !close(clock.at(*n), *used))?;
        // One value says nothing of a speed.
        if first < 2 || case.updates.len() - first < 2 {
            return None;
        }
        // The update at which the speed changed is still right.
        let turn = [first, first - 1].into_iter().find_map(|first| {
            let (start, rest) = (case.updates[first], &case.values[first..]);
            let here = clock.at(start)?;
            // From the beginning, from where an earlier count had been, or from here on at another speed.
            let begins = (0..=here.min(MOST_BEGINS)).chain([here]);
            let begins: Vec<u64> =
                begins.filter(|begin| close(Some(*begin), rest[0])).take(TRIED_BEGINS).collect();
            let matches = |begin: u64, tail: Speed| {
                let at = |n: u64| tail.of(n.checked_sub(start)?)?.checked_add(begin);
                case.updates[first..].iter().zip(rest).all(|(n, used)| close(at(*n), *used))
            };
            let tails = std::iter::once(head).chain(all().filter(|tail| *tail != head && head == Speed::RIGHT));
            let mut pairs = tails.flat_map(|tail| begins.iter().map(move |begin| (*begin, tail)));
            let (begin, tail) = pairs.find(|(begin, tail)| matches(*begin, *tail))?;
            Some((start, here, begin, tail))
        });
        let (start, here, begin, tail) = turn?;
        let head_words = match head {
            Speed::RIGHT => String::new(),
            head => format!("{head}{}, and ", reasons.of(head.times())),
        };
        let tail_words = match tail {
            tail if tail == head => String::new(),
            tail => format!(", and then {tail}{}", reasons.of(tail.times())),
        };
        Some(match begin {
            0 => format!(
                "the schedule {head_words}restarted at update {start}: a resume without the scheduler's state{tail_words}"
            ),
            begin if begin == here => {
                format!("from update {start} on the schedule {tail}{}", reasons.of(tail.times()))
            }
            begin if head == Speed::RIGHT => format!(
                "from update {start} on the schedule is at its update {begin}: a resume from an older count{tail_words}"
            ),
            begin => format!(
                "the schedule {head_words}from update {start} on is at its update {begin}: a resume from an older count"
            ),
        })
    })
}
