//! `Phase`: a curve from one level to another over a span.

use std::fmt;

use crate::call::{Call, Fault};
use crate::curve::{Cosine, Curve, Exponential, Geometric, Hold, Linear, Parameter, Polynomial};
use crate::error::Error;
use crate::level::Level;
use crate::span::Span;

/// A curve from one level to another over a span, as it was asked for: what is left out has a default.
///
/// - `from` defaults to where the phase before it ended, for the first phase to the base (`1x`).
/// - `to` defaults to the base; a `hold` stays where it is, and a shape that falls by itself (`power_law`, `decay`) has
///   none.
/// - `over` defaults to `rest` for the last phase; the others must say it.
///
/// The phase that starts at update s and takes L updates has its `from` at s and its `to` at s + L, which is the
/// first update of the next phase. With [`inclusive`](Phase::inclusive) its last update, s + L - 1, has the `to`.
///
/// # Example
///
/// ```
/// use lehr::{absolute, cosine, epochs, linear, times};
///
/// assert_eq!(linear().from(times(0.01)).over(epochs(5)).to_string(), "linear(from=0.01x, over=5ep)");
/// assert_eq!(cosine().to(absolute(1e-6)).to_string(), "cosine(to=1e-6)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    pub(crate) curve: Curve,
    pub(crate) from: Option<Level>,
    pub(crate) to: Option<Level>,
    pub(crate) over: Option<Span>,
    pub(crate) inclusive: bool,
}

/// A phase of any curve; the common ones have a function of their own.
///
/// ```
/// use lehr::{Cosine, phase};
///
/// assert_eq!(phase(Cosine { k: 1.5, ..Cosine::default() }).to_string(), "cosine(k=1.5)");
/// ```
pub fn phase(curve: impl Into<Curve>) -> Phase {
    Phase { curve: curve.into(), from: None, to: None, over: None, inclusive: false }
}

/// A phase that keeps one level, see [`Hold`].
///
/// ```
/// assert_eq!(lehr::hold().to_string(), "hold");
/// ```
pub fn hold() -> Phase {
    phase(Hold)
}

/// A straight line, see [`Linear`].
///
/// ```
/// assert_eq!(lehr::linear().to_string(), "linear");
/// ```
pub fn linear() -> Phase {
    phase(Linear)
}

/// Half a wave of a cosine, see [`Cosine`].
///
/// ```
/// assert_eq!(lehr::cosine().to_string(), "cosine");
/// ```
pub fn cosine() -> Phase {
    phase(Cosine::default())
}

/// A power of what is left, see [`Polynomial`].
///
/// ```
/// assert_eq!(lehr::polynomial(2.0).to_string(), "polynomial(power=2)");
/// ```
pub fn polynomial(power: f64) -> Phase {
    phase(Polynomial { power })
}

/// An exponential between any two levels, see [`Exponential`].
///
/// ```
/// assert_eq!(lehr::exponential(0.01).to_string(), "exponential(ratio=0.01)");
/// ```
pub fn exponential(ratio: f64) -> Phase {
    phase(Exponential { ratio })
}

/// A constant factor from each update to the next, see [`Geometric`].
///
/// ```
/// assert_eq!(lehr::geometric().to_string(), "geometric");
/// ```
pub fn geometric() -> Phase {
    phase(Geometric)
}

impl Phase {
    /// Starts at this level instead of where the phase before it ended: a jump, if the two differ.
    ///
    /// ```
    /// use lehr::{Horizon, Plan, hold, linear, times, updates};
    ///
    /// let plan = Plan::builder()
    ///     .then(hold().over(updates(2)))
    ///     .then(linear().from(times(0.5)).to(times(0.0)).over(updates(2)))
    ///     .resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([1, 2, 3, 4].map(|n| plan.value_at(n, 8.0)), [8.0, 4.0, 2.0, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn from(self, level: Level) -> Self {
        Self { from: Some(level), ..self }
    }

    /// Ends at this level.
    ///
    /// ```
    /// use lehr::{Horizon, Plan, absolute, linear};
    ///
    /// let plan = Plan::builder().then(linear().to(absolute(1.0))).resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 2, 4].map(|n| plan.value_at(n, 5.0)), [5.0, 3.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn to(self, level: Level) -> Self {
        Self { to: Some(level), ..self }
    }

    /// Takes this long.
    ///
    /// ```
    /// use lehr::{epochs, fraction, linear, rest, updates};
    ///
    /// assert_eq!(linear().over(updates(500)).to_string(), "linear(over=500)");
    /// assert_eq!(linear().over(epochs(3)).to_string(), "linear(over=3ep)");
    /// assert_eq!(linear().over(fraction(0.05)).to_string(), "linear(over=5%)");
    /// assert_eq!(linear().over(rest()).to_string(), "linear(over=rest)");
    /// ```
    #[must_use]
    pub fn over(self, span: impl Into<Span>) -> Self {
        Self { over: Some(span.into()), ..self }
    }

    /// Puts `to` at the phase's last update instead of at the first one after it.
    ///
    /// ```
    /// use lehr::{Horizon, Plan, linear, times};
    ///
    /// let to = linear().to(times(0.0));
    /// let values = |phase| -> Result<[f64; 4], lehr::Error> {
    ///     let plan = Plan::builder().then(phase).resolve(&Horizon::updates(4)?)?;
    ///     Ok([0, 1, 2, 3].map(|n| plan.value_at(n, 12.0)))
    /// };
    /// assert_eq!(values(to)?, [12.0, 9.0, 6.0, 3.0]);
    /// assert_eq!(values(to.inclusive())?, [12.0, 8.0, 4.0, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn inclusive(self) -> Self {
        Self { inclusive: true, ..self }
    }

    /// The levels, with the defaults filled in and checked. `before` is where the phase before it ended, if that is a
    /// level; a `from` of `None` is to be carried over from there.
    pub(crate) fn levels(&self, before: Option<Level>) -> Result<(Option<Level>, Option<Level>), Error> {
        self.curve.check()?;
        let from = self.from.or(before);
        for (name, level) in [("from", self.from), ("to", self.to)] {
            level.map_or(Ok(()), |level| level.check(name))?;
        }
        if self.curve.falls() {
            return match self.to {
                None => Ok((from, None)),
                Some(to) => {
                    let rule = format!(
                        "a {} falls by itself; give it a floor with clamp({self}, min={to})",
                        self.curve.name()
                    );
                    Err(Error::parameter("to", to, rule))
                }
            };
        }
        if matches!(self.curve, Curve::Hold(_)) {
            return match (self.to, from) {
                (Some(to), from) if Some(to) != from => {
                    let kept = from.map_or_else(String::new, |from| format!(", here {from}"));
                    let rule = format!("a hold keeps one level{kept}; write hold(from={to}) to hold another");
                    Err(Error::parameter("to", to, rule))
                }
                _ => Ok((from, from)),
            };
        }
        let to = self.to.unwrap_or(Level::BASE);
        if let Some(from) = from.filter(|from| *from != to)
            && let Some((from, to)) = from.same_kind(to)
        {
            self.curve.check_ends(from, to)?;
        }
        Ok((from, Some(to)))
    }

    /// Reads a phase; `curve` is the shape of the call's name.
    pub(crate) fn from_call(mut curve: Curve, call: &Call) -> Result<Self, Fault> {
        if !call.plans.is_empty() {
            return Err(call.fault(format!(
                "{} is a shape and takes no plans; a sequence is written with ->",
                call.name
            )));
        }
        let parameters = curve.parameters();
        let names = parameters.iter().map(|(name, _)| *name);
        call.check_names(&names.chain(["from", "to", "over", "inclusive"]).collect::<Vec<_>>())?;
        for (name, default) in parameters {
            let value = match default {
                Parameter::Number(_) => call.number(name)?.map(Parameter::Number),
                Parameter::Span(_) => call.span(name)?.map(Parameter::Span),
            };
            if let Some(value) = value {
                curve.set(name, value);
            }
        }
        Ok(Self {
            curve,
            from: call.level("from")?,
            to: call.level("to")?,
            over: call.span("over")?,
            inclusive: call.flag("inclusive")?,
        })
    }

    pub(crate) fn to_call(self) -> Call {
        let mut call = Call::new(self.curve.name(), Vec::new());
        let defaults = Curve::named(self.curve.name()).map(|curve| curve.parameters()).unwrap_or_default();
        for (parameter, default) in self.curve.parameters().into_iter().zip(defaults) {
            if parameter != default {
                call = call.with(parameter.0, Some(parameter.1.to_string()));
            }
        }
        call.with("from", self.from.map(|level| level.to_string()))
            .with("to", self.to.map(|level| level.to_string()))
            .with("over", self.over.map(|span| span.to_string()))
            .with("inclusive", self.inclusive.then(|| true.to_string()))
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::text::write(&[self.to_call()], f)
    }
}
