//! `Ready`: a phase made ready for its values: what does not depend on the update is worked out once.

use crate::curve::{Curve, Progress};
use crate::level::{Affine, Level};
use crate::math::Reciprocal;
use crate::plan::ResolvedPhase;
use crate::time::Time;

/// A phase of a plan, as numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ready {
    pub(crate) curve: Curve,
    /// Updates from `from` to `to`.
    pub(crate) steps: u64,
    /// The same as a divisor, if it is small enough.
    divisor: Option<Divisor>,
    /// Updates that the phase takes.
    updates: u64,
    /// How the levels are put together between the two ends.
    pub(crate) mix: Mix,
    falls: bool,
    /// Whether it never leaves `from`.
    still: bool,
    from: Option<Affine>,
    to: Option<Affine>,
}

/// A number of steps, and what a division by it comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Divisor {
    steps: f64,
    reciprocal: Reciprocal,
}

/// How the value between two levels comes from the weights of both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mix {
    /// Levels of one kind: their numbers.
    Same { from: f64, to: f64, absolute: bool },
    /// Levels of two kinds.
    Parts { from: Affine, to: Affine },
    /// A level is not known before the base is.
    Carried,
}

impl Ready {
    pub(crate) fn of(phase: &ResolvedPhase) -> Self {
        let updates = phase.end.unwrap_or(u64::MAX) - phase.start;
        let steps = if phase.inclusive { updates.saturating_sub(1) } else { updates };
        let divisor = |reciprocal| Divisor { steps: steps as f64, reciprocal };
        let (from, to) = (phase.from.map(Level::affine), phase.to.map(Level::affine));
        let mix = match (phase.from.zip(phase.to), from.zip(to)) {
            (Some((a, b)), Some((from, to))) => match a.same_kind(b) {
                Some((from, to)) => Mix::Same { from, to, absolute: a.is_absolute() },
                None => Mix::Parts { from, to },
            },
            _ => Mix::Carried,
        };
        Self {
            curve: phase.curve,
            steps,
            divisor: Reciprocal::of(steps).map(divisor),
            updates,
            mix,
            falls: phase.curve.falls(),
            still: phase.from == phase.to,
            from,
            to,
        }
    }

    /// Whether it is known where it starts.
    pub(crate) fn starts(&self) -> bool {
        self.from.is_some()
    }

    /// Whether every value before the last step is that of `from`.
    pub(crate) fn is_still(&self) -> bool {
        self.still && !self.falls
    }

    /// How far it has come before its last step.
    #[inline(always)]
    fn progress(&self, elapsed: Time) -> Progress {
        match (elapsed, self.divisor) {
            (Time::Whole(elapsed), Some(Divisor { steps, reciprocal })) => {
                // Below 2^24: one of the two conversions, and no division.
                #[allow(clippy::cast_possible_truncation)]
                let elapsed = f64::from(elapsed as u32);
                let (done, left) = (reciprocal.times(elapsed), reciprocal.times(steps - elapsed));
                Progress { done, left, elapsed, length: steps }
            }
            _ => Progress::before(elapsed, self.steps),
        }
    }

    /// What is left of the first level, for a shape that falls by itself until the phase ends.
    fn fallen(&self, elapsed: Time) -> f64 {
        let elapsed = if elapsed.at_least(self.updates) { Time::from(self.updates) } else { elapsed };
        self.curve.factor(elapsed.updates())
    }

    /// The value for every base at once, if it is affine in the base; after the phase its last one.
    #[inline(always)]
    pub(crate) fn affine(&self, elapsed: Time) -> Option<Affine> {
        if self.falls {
            return Some(self.from?.times(self.fallen(elapsed)));
        }
        if elapsed.at_least(self.steps) {
            return self.to;
        }
        if elapsed.is_zero() || self.still {
            return self.from;
        }
        let progress = self.progress(elapsed);
        match self.mix {
            Mix::Same { from, to, absolute } => {
                let number = self.curve.mix(from, to, progress);
                Some(if absolute {
                    Affine { offset: number, slope: 0.0 }
                } else {
                    Affine { offset: 0.0, slope: number }
                })
            }
            Mix::Parts { from, to } => {
                let weight = self.curve.weight(progress)?;
                Some(from.times(weight.from).plus(to.times(weight.to)))
            }
            Mix::Carried => None,
        }
    }

    /// The value for one base; `carried` is where it comes from, if it does not say so itself.
    pub(crate) fn value(&self, elapsed: Time, carried: impl FnOnce() -> f64, base: f64) -> f64 {
        let from = self.from.map_or_else(carried, |from| from.of(base));
        if self.falls {
            return from * self.fallen(elapsed);
        }
        let to = self.to.map_or(from, |to| to.of(base));
        if elapsed.at_least(self.steps) {
            to
        } else if elapsed.is_zero() || self.still {
            from
        } else {
            self.curve.mix(from, to, self.progress(elapsed))
        }
    }

    /// The value after whole updates of a phase that knows where it starts.
    pub(crate) fn value_at(&self, elapsed: u64, base: f64) -> f64 {
        let elapsed = Time::from(elapsed);
        match self.affine(elapsed) {
            Some(affine) => affine.of(base),
            None => self.value(elapsed, || base, base),
        }
    }
}
