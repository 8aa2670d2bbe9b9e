//! Repeat: `value(n) = anchor + height^i (plan(t P / P_i) - anchor)` at t updates into cycle i.
//!
//! Cycle i begins at `P (length^i - 1) / (length - 1)` updates, rounded once, where P is the plan's own length.

use super::{Context, one};
use crate::call::{Call, Fault};
use crate::combine::stretch::{Ratio, Stretch};
use crate::combine::{Combinator, Cut};
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::{Affine, Level, finite};
use crate::math::{expm1, ln, ln_1p, pow};
use crate::number::Number;
use crate::plan::{Body, Item, Plan, Section};
use crate::spec::{Fit, Spec};
use crate::time::Time;

/// How a plan is repeated: warm restarts (SGDR, arXiv 1608.03983), triangular cycles, steps.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, Plan, Repeat, absolute, cosine, updates};
///
/// // Cycles of 10, 20 and 40 updates, each peak half as high as the one before.
/// let plan = Plan::builder()
///     .then(cosine().to(absolute(0.0)).over(updates(10)))
///     .repeat(Repeat { times: Some(3), length: 2.0, height: 0.5, ..Repeat::default() })
///     .resolve(&Horizon::updates(70)?)?;
/// assert_eq!([0, 10, 30].map(|n| plan.value_at(n, 1.0)), [1.0, 0.5, 0.25]);
/// assert_eq!([5, 20, 50, 70].map(|n| plan.value_at(n, 1.0)), [0.5, 0.25, 0.125, 0.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repeat {
    /// How often; `None` (the default) for as long as it lasts. After the last time its last value holds.
    pub times: Option<u64>,
    /// The factor from each cycle's length to the next: 1 (the default), at least 1.001, or from 0.01 to 0.999.
    pub length: f64,
    /// The factor from each cycle's height to the next; finite and above 0; 1 by default.
    pub height: f64,
    /// What heights are measured from; 0 by default.
    pub anchor: Level,
}

impl Default for Repeat {
    fn default() -> Self {
        Self { times: None, length: 1.0, height: 1.0, anchor: Level::Absolute(0.0) }
    }
}

impl Repeat {
    fn check(&self) -> Result<(), Error> {
        if self.times == Some(0) {
            return Err(Error::parameter("times", 0, "it must be at least 1"));
        }
        if !(self.length == 1.0
            || (1.001..=1e9).contains(&self.length)
            || (0.01..=0.999).contains(&self.length))
        {
            let rule = "cycles keep their length (1), grow (1.001 to 1e9) or shrink (0.01 to 0.999)";
            return Err(Error::parameter("length", Number(self.length), rule));
        }
        if !(self.height > 0.0 && self.height.is_finite()) {
            return Err(Error::parameter(
                "height",
                Number(self.height),
                "it must be a finite number above 0",
            ));
        }
        self.anchor.check("anchor")
    }

    /// Where cycle `i` of a plan of `period` updates begins.
    fn start(&self, period: u64, i: u64) -> u64 {
        if self.length == 1.0 {
            return period.saturating_mul(i);
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        if self.length.fract() == 0.0 {
            // Whole factors stay in whole numbers.
            let length = self.length as u128;
            let power = u32::try_from(i).ok().and_then(|i| length.checked_pow(i));
            let cycles = power.map(|power| (power - 1) / (length - 1));
            let start = cycles.and_then(|cycles| cycles.checked_mul(period.into()));
            return start.and_then(|start| u64::try_from(start).ok()).unwrap_or(u64::MAX);
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let start = (period as f64 * (expm1(i as f64 * ln(self.length)) / (self.length - 1.0)))
            .round_ties_even() as u64;
        start
    }

    /// The cycle that update `n` is in: the one that has begun last. Shrinking cycles have not ended by then.
    fn cycle(&self, period: u64, n: u64) -> u64 {
        if self.length == 1.0 {
            return n / period;
        }
        // The logarithm only guesses; the boundaries decide.
        let guess = ln_1p(n as f64 * (self.length - 1.0) / period as f64) / ln(self.length);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let mut cycle = if guess.is_finite() { guess.max(0.0) as u64 } else { 0 };
        while self.start(period, cycle) > n {
            cycle -= 1;
        }
        loop {
            let next = self.start(period, cycle + 1);
            if next > n || next == u64::MAX {
                return cycle;
            }
            cycle += 1;
        }
    }

    /// How many cycles have at least one update: all of them, unless they shrink.
    fn cycles(&self, period: u64) -> Option<u64> {
        if self.length >= 1.0 {
            return self.times;
        }
        let limit = (period as f64 / (1.0 - self.length)).ceil();
        // Cycles shorter than half an update end it.
        let last = (ln(limit / period as f64 * 0.5 / period as f64) / ln(self.length)).max(0.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let mut cycles = last as u64 + 2;
        while cycles > 1 && self.start(period, cycles) == self.start(period, cycles - 1) {
            cycles -= 1;
        }
        Some(self.times.map_or(cycles, |times| times.min(cycles)))
    }
}

/// `repeat(plan, times=3, length=2, height=0.5, anchor=0)`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Repeated<P> {
    pub(crate) plan: P,
    pub(crate) how: Repeat,
    /// The last cycle, once the plan is resolved; `None` if there is none.
    last: Option<Last>,
}

/// The last cycle and where it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Last {
    cycle: u64,
    start: u64,
    end: u64,
}

impl<P> Repeated<P> {
    /// A plan that is not resolved yet.
    pub(crate) fn unresolved(plan: P, how: Repeat) -> Self {
        Self { plan, how, last: None }
    }

    pub(super) const NAME: &'static str = "repeat";
    pub(super) const ARGUMENTS: &'static [&'static str] = &["times", "length", "height", "anchor"];

    pub(super) fn plans(&self) -> Vec<&P> {
        vec![&self.plan]
    }

    pub(super) fn arguments(&self, call: Call) -> Call {
        let Repeat { times, length, height, anchor } = self.how;
        let unless_default = |value: f64| (value != 1.0).then(|| Number(value).to_string());
        call.with("times", times.map(|times| times.to_string()))
            .with("length", unless_default(length))
            .with("height", unless_default(height))
            .with("anchor", (anchor != Level::Absolute(0.0)).then(|| anchor.to_string()))
    }
}

impl Repeated<Spec> {
    pub(super) fn from_call(plans: Vec<Spec>, call: &Call) -> Result<Self, Fault> {
        let default = Repeat::default();
        let how = Repeat {
            times: call.count("times")?,
            length: call.number("length")?.unwrap_or(default.length),
            height: call.number("height")?.unwrap_or(default.height),
            anchor: call.level("anchor")?.unwrap_or(default.anchor),
        };
        Ok(Self::unresolved(one(plans, call)?, how))
    }

    pub(super) fn length(&self, around: Horizon) -> Result<Option<u64>, Error> {
        self.how.check()?;
        let Some(period) = self.plan.length(around)? else { return Ok(None) };
        Ok(self.how.cycles(period.max(1)).map(|times| self.how.start(period.max(1), times)))
    }

    pub(super) fn resolve(&self, context: Context) -> Result<Combinator<Plan>, Error> {
        self.how.check()?;
        if let Some(period) = self.plan.length(context.horizon())? {
            if period == 0 {
                return Err(Error::parameter(
                    "repeat",
                    "a plan of no updates",
                    "a cycle has at least one update",
                ));
            }
            let natural = Context { around: context.horizon(), length: None, ..context };
            let plan = self.plan.resolve_in(Context { fit: Fit::Cut, ..natural })?;
            return Ok(Combinator::Repeated(Repeated::resolved(plan, self.how)));
        }
        // A plan that takes what it is given: `times` cycles share the length equally, as one cycle of the whole length
        // run that many times faster.
        let rule = "cycles need a length: give the phases one (`over`), or say how many cycles share the run (`times`), with \
                    `length` 1";
        let times = self.how.times.filter(|_| self.how.length == 1.0 && context.length.is_some());
        let times =
            times.ok_or_else(|| Error::parameter("repeat", "a plan without a length of its own", rule))?;
        let plan = self.plan.resolve_in(context)?;
        if context.length == Some(0) {
            // Nothing is left of the run: a change at once, as a phase of no updates is.
            return Ok(Combinator::Cut(Cut { plan }));
        }
        let repeated = Combinator::Repeated(Repeated::resolved(plan, self.how));
        let item = Item { start: 0, end: repeated.end(), body: Body::Combined(Box::new(repeated)) };
        Ok(Combinator::Stretch(Stretch { plan: Plan::of(vec![item]), by: Ratio::new(1, times)? }))
    }
}

impl Repeated<Plan> {
    fn resolved(plan: Plan, how: Repeat) -> Self {
        let mut repeated = Self::unresolved(plan, how);
        let period = repeated.period();
        repeated.last = how.cycles(period).map(|cycles| Last {
            cycle: cycles - 1,
            start: how.start(period, cycles - 1),
            end: how.start(period, cycles),
        });
        repeated
    }

    fn period(&self) -> u64 {
        self.plan.end().unwrap_or(u64::MAX).max(1)
    }

    /// The cycle, its first update and its length, and the time in the plan.
    fn place(&self, time: Time) -> (u64, u64, u64, Time) {
        let period = self.period();
        // Asked first: of shrinking cycles, none begins after the end.
        if let Some(Last { cycle, start, end }) = self.last
            && time.at_least(end)
        {
            return (cycle, start, end.saturating_sub(start), Time::from(period));
        }
        let cycle = self.how.cycle(period, time.floor());
        let start = self.how.start(period, cycle);
        let length = self.how.start(period, cycle.saturating_add(1)).saturating_sub(start).max(1);
        let elapsed = time.since(start);
        (cycle, start, length, if length == period { elapsed } else { elapsed.scaled(period, length) })
    }

    fn height(&self, cycle: u64) -> f64 {
        if self.how.height == 1.0 { 1.0 } else { finite(pow(self.how.height, cycle as f64)) }
    }

    pub(super) fn affine(&self, time: Time) -> Option<Affine> {
        let (cycle, _, _, inside) = self.place(time);
        let affine = self.plan.affine(inside)?;
        let height = self.height(cycle);
        if height == 1.0 {
            return Some(affine);
        }
        let anchor = self.how.anchor.affine();
        Some(affine.plus(anchor.times(-1.0)).times(height).plus(anchor))
    }

    pub(super) fn value(&self, time: Time, base: f64) -> f64 {
        let (cycle, _, _, inside) = self.place(time);
        let value = self.plan.value(inside, base);
        let height = self.height(cycle);
        if height == 1.0 {
            return value;
        }
        let anchor = self.how.anchor.of(base);
        finite(finite(value - anchor) * height + anchor)
    }

    pub(super) fn end(&self) -> Option<u64> {
        self.last.map(|last| last.end)
    }

    pub(super) fn section(&self, time: Time) -> Section {
        let (_, start, length, inside) = self.place(time);
        let section = self.plan.section(inside);
        let by = length as f64 / self.period() as f64;
        let end = section.end.map_or(start as f64 + length as f64, |end| start as f64 + end * by);
        Section { start: start as f64 + section.start * by, end: Some(end), ..section }
    }

    pub(super) fn check_base(&self, base: f64) -> Result<(), Error> {
        self.plan.check_base(base)
    }
}
