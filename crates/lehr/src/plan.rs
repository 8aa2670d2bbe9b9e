//! `Plan`: a spec resolved to updates. `value_at(n)` is what update n uses.

use std::fmt;

use crate::curve::{Curve, Progress};
use crate::error::Error;
use crate::level::{Affine, Level};
use crate::phase::Phase;
use crate::span::Span;
use crate::spec::Spec;

/// A schedule in updates, not yet bound to a base: immutable, comparable, printable.
///
/// Update number n, counted from 0, uses `value_at(n, base)`. The value is computed from n in closed form, so any
/// order of asking gives the same bits; the end levels are returned exactly; after the end the last value holds for
/// ever.
///
/// Printing a plan gives a text from which an equal plan is read: `text.parse::<Spec>()?.resolve(&Horizon::open())`.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, Plan, absolute, cosine, epochs, linear, rest, times};
///
/// let horizon = Horizon::epochs(30, 334)?;
/// let plan = Plan::builder()
///     .then(linear().from(times(0.01)).over(epochs(5)))
///     .then(cosine().to(absolute(1e-6)).over(rest()))
///     .resolve(&horizon)?;
/// let base = 3e-4;
/// assert_eq!(plan.value_at(0, base), 0.01 * base);
/// assert_eq!(plan.value_at(1670, base), base);
/// assert_eq!(plan.value_at(10_020, base), 1e-6);
/// assert_eq!(plan.value_at(u64::MAX, base), 1e-6);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    phases: Vec<ResolvedPhase>,
}

/// A phase of a [`Plan`]: where it lies and what it does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResolvedPhase {
    /// The shape.
    pub curve: Curve,
    /// The level at `start`.
    pub from: Level,
    /// The level at `end`, or at the update before it where `inclusive`.
    pub to: Level,
    /// The first update of the phase.
    pub start: u64,
    /// The first update after it; `None` where the run is open.
    pub end: Option<u64>,
    /// Whether the phase's last update has `to` already.
    pub inclusive: bool,
}

impl Plan {
    /// An empty spec to add phases to.
    pub fn builder() -> Spec {
        Spec::default()
    }

    /// Places the phases between their boundaries; both are of one length, which is not 0.
    pub(crate) fn new(asked: &[Phase], boundaries: &[Option<u64>]) -> Result<Self, Error> {
        let mut phases: Vec<ResolvedPhase> = Vec::with_capacity(asked.len());
        for (phase, end) in asked.iter().zip(boundaries) {
            let before = phases.last();
            let (from, to) = phase.levels(before.map_or(Level::BASE, |before| before.to))?;
            let start = before.and_then(|before| before.end).unwrap_or_default();
            if end.is_none() && from != to {
                return Err(Error::Horizon {
                    span: Span::Rest.to_string(),
                    lacks: "the total of updates is not known; give the horizon its total (`Horizon::updates`), or the \
                            phase a length in updates",
                });
            }
            phases.push(ResolvedPhase {
                curve: phase.curve,
                from,
                to,
                start,
                end: *end,
                inclusive: phase.inclusive,
            });
        }
        Ok(Self { phases })
    }

    /// The phases in their order.
    pub fn phases(&self) -> &[ResolvedPhase] {
        &self.phases
    }

    /// The number of updates that the plan is for; `None` for an open one. Its last value holds from here on.
    pub fn end(&self) -> Option<u64> {
        self.phases.last().and_then(|phase| phase.end)
    }

    /// The phase that update `n` is in; past the end, the last one.
    pub fn phase_at(&self, n: u64) -> Option<&ResolvedPhase> {
        let started = self.phases.partition_point(|phase| phase.start <= n);
        self.phases.get(started.saturating_sub(1))
    }

    /// What update `n` uses in a group with this base, in the field's unit. Total and pure: any n, in any order.
    pub fn value_at(&self, n: u64, base: f64) -> f64 {
        match self.affine_at(n) {
            Some(affine) => affine.of(base),
            None => self.phase_at(n).map_or(base, |phase| phase.mix(n, base)),
        }
    }

    /// The value at update `n` for every base at once, or `None` where it is not affine in the base: inside a
    /// geometric phase between a multiple and an absolute level.
    pub fn affine_at(&self, n: u64) -> Option<Affine> {
        self.phase_at(n).and_then(|phase| phase.affine(n))
    }

    /// Whether some level is absolute, so that a base of 0 would not stay 0.
    pub(crate) fn has_absolute_level(&self) -> bool {
        self.phases
            .iter()
            .any(|phase| matches!((phase.from, phase.to), (Level::Absolute(_), _) | (_, Level::Absolute(_))))
    }

    /// Whether every value is finite for this base.
    pub(crate) fn check_base(&self, base: f64) -> Result<(), Error> {
        for phase in &self.phases {
            let (from, to) = (phase.from.of(base), phase.to.of(base));
            for (name, level, value) in [("from", phase.from, from), ("to", phase.to, to)] {
                if !value.is_finite() {
                    return Err(Error::parameter(
                        name,
                        level,
                        format!("times the base {base:?} it must stay finite"),
                    ));
                }
            }
            if from != to {
                phase.curve.check_ends(from, to)?;
            }
        }
        Ok(())
    }
}

impl ResolvedPhase {
    /// How far update `n` has come, or the level where it is exact: at either end, or where both are the same.
    fn at(&self, n: u64) -> Result<Progress, Level> {
        let elapsed = n.saturating_sub(self.start);
        let length = self.end.unwrap_or(u64::MAX).saturating_sub(self.start);
        let steps = if self.inclusive { length.saturating_sub(1) } else { length };
        if elapsed >= steps {
            Err(self.to)
        } else if elapsed == 0 || self.from == self.to {
            Err(self.from)
        } else {
            Ok(Progress::new(elapsed, steps))
        }
    }

    fn affine(&self, n: u64) -> Option<Affine> {
        let progress = match self.at(n) {
            Ok(progress) => progress,
            Err(level) => return Some(level.affine()),
        };
        if let Some((from, to)) = self.from.same_kind(self.to) {
            return Some(self.from.with_number(self.curve.mix(from, to, progress)).affine());
        }
        let weight = self.curve.weight(progress)?;
        let (from, to) = (self.from.affine(), self.to.affine());
        Some(Affine {
            offset: from.offset * weight.from + to.offset * weight.to,
            slope: from.slope * weight.from + to.slope * weight.to,
        })
    }

    fn mix(&self, n: u64, base: f64) -> f64 {
        match self.at(n) {
            Ok(progress) => self.curve.mix(self.from.of(base), self.to.of(base), progress),
            Err(level) => level.of(base),
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phases = self.phases.iter().map(|phase| Phase {
            curve: phase.curve,
            from: Some(phase.from),
            to: (phase.curve.name() != "hold").then_some(phase.to),
            over: Some(phase.end.map_or(Span::Rest, |end| Span::Updates(end - phase.start))),
            inclusive: phase.inclusive,
        });
        Spec { phases: phases.collect() }.fmt(f)
    }
}
