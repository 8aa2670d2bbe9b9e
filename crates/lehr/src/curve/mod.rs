//! `Curve`: a shape, as a weight in `[0, 1]` over a progress in `[0, 1]`, exactly 0 at 0 and exactly 1 at 1.

mod cosine;
mod decay;
mod exponential;
mod geometric;
mod harmonic;
mod hold;
mod linear;
mod logarithmic;
mod polynomial;
mod power;
mod power_law;
mod rex;
mod sine;
mod tanh;

use std::fmt;

pub use cosine::Cosine;
pub use decay::Decay;
pub use exponential::Exponential;
pub use geometric::Geometric;
pub use harmonic::Harmonic;
pub use hold::Hold;
pub use linear::Linear;
pub use logarithmic::Logarithmic;
pub use polynomial::Polynomial;
pub use power::Power;
pub use power_law::PowerLaw;
pub use rex::Rex;
pub use sine::Sine;
pub use tanh::Tanh;

use crate::error::Error;
use crate::horizon::Horizon;
use crate::number::Number;
use crate::span::Span;
use crate::time::Time;

/// How far a phase has come: `done = t / L` and `left = (L - t) / L`, each divided from whole numbers, so that
/// neither loses digits near its end.
///
/// ```
/// use lehr::{Cosine, Curve, Progress};
///
/// // A quarter of the way, the cosine has sin^2(pi / 8) of its second level.
/// let weight = Curve::from(Cosine::default()).weight(Progress::new(25, 100)).map(|weight| weight.to);
/// assert!((weight.unwrap_or_default() - 0.146_446_609_406_726_24).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// From 0 at the phase's start to 1 at its end.
    pub done: f64,
    /// From 1 at the phase's start to 0 at its end.
    pub left: f64,
    /// Updates since the phase's start.
    pub elapsed: f64,
    /// Updates that the phase takes.
    pub length: f64,
}

impl Progress {
    /// `elapsed` of `length` updates; past the end it stays at the end. A length of 0 is at its end.
    ///
    /// ```
    /// use lehr::Progress;
    ///
    /// let progress = Progress::new(1, 4);
    /// assert_eq!((progress.done, progress.left, progress.elapsed, progress.length), (0.25, 0.75, 1.0, 4.0));
    /// assert_eq!([Progress::new(9, 4).done, Progress::new(0, 0).done], [1.0, 1.0]);
    /// ```
    pub fn new(elapsed: u64, length: u64) -> Self {
        Self::at(elapsed.into(), length)
    }

    pub(crate) fn at(elapsed: Time, length: u64) -> Self {
        if elapsed.at_least(length) {
            let length = length as f64;
            return Self { done: 1.0, left: 0.0, elapsed: length, length };
        }
        Self::before(elapsed, length)
    }

    /// At a time before the end.
    #[inline(always)]
    pub(crate) fn before(elapsed: Time, length: u64) -> Self {
        let elapsed = elapsed.reduced();
        let (done, left) = elapsed.shares(length);
        Self { done, left, elapsed: elapsed.updates(), length: length as f64 }
    }
}

/// How much of each level a value has: `value = from_level * from + to_level * to`.
///
/// A curve computes both, since `1 - to` would cancel near the end.
///
/// ```
/// use lehr::{Curve, Linear, Progress, Weight};
///
/// let weight = Curve::from(Linear).weight(Progress::new(3, 4));
/// assert_eq!(weight, Some(Weight { from: 0.25, to: 0.75 }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weight {
    /// The share of the level that the phase comes from, 1 at the start.
    pub from: f64,
    /// The share of the level that the phase goes to, 1 at the end.
    pub to: f64,
}

/// What a shape tells of itself; the list below makes [`Curve`] of all of them.
///
/// A shape does one of three things: it weighs the two levels ([`weight`](Shape::weight)), it interpolates them by a
/// rule of its own ([`between`](Shape::between)), or it falls from the first one by itself, for as long as the phase
/// lasts ([`factor`](Shape::factor)).
trait Shape: Default {
    /// Its name in plan text.
    const NAME: &'static str;

    /// Whether it falls from its first level by itself, so that it has no second one.
    const FALLS: bool = false;

    fn weight(&self, _progress: Progress) -> Option<Weight> {
        None
    }

    fn between(&self, _from: f64, _to: f64, _progress: Progress) -> Option<f64> {
        None
    }

    fn factor(&self, _elapsed: f64) -> f64 {
        1.0
    }

    /// What the two levels must obey, for a shape that interpolates by a rule of its own.
    fn check_ends(&self, _from: f64, _to: f64) -> Result<(), Error> {
        Ok(())
    }

    /// The parameters with their values, in the order in which they are printed.
    fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        vec![]
    }

    /// Sets a parameter by name; its value is of the kind that `parameters` lists.
    fn set(&mut self, _name: &str, _value: Parameter) {}

    /// What the parameters must obey.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// A parameter of a shape.
///
/// ```
/// use lehr::{Curve, Parameter, Polynomial};
///
/// let curve = Curve::from(Polynomial { power: 2.0 });
/// assert_eq!(curve.parameters(), [("power", Parameter::Number(2.0))]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Parameter {
    /// A number without a unit.
    Number(f64),
    /// A length.
    Span(Span),
}

impl Parameter {
    /// The number, where it is one.
    pub(crate) fn number(self, other: f64) -> f64 {
        match self {
            Self::Number(number) => number,
            Self::Span(_) => other,
        }
    }

    /// The length, where it is one.
    pub(crate) fn span(self, other: Span) -> Span {
        match self {
            Self::Span(span) => span,
            Self::Number(_) => other,
        }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => Number(*number).fmt(f),
            Self::Span(span) => span.fmt(f),
        }
    }
}

macro_rules! curves {
    ($($shape:ident),* $(,)?) => {
        /// One of the shapes. Its parameters are checked when a plan is resolved.
        ///
        /// ```
        /// use lehr::{Curve, Linear, Progress, Weight};
        ///
        /// let curve = Curve::from(Linear);
        /// assert_eq!(curve.weight(Progress::new(1, 4)), Some(Weight { from: 0.75, to: 0.25 }));
        /// assert_eq!(curve.name(), "linear");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Curve {
            $(
                #[doc = concat!("See [`", stringify!($shape), "`].")]
                $shape($shape),
            )*
        }

        $(
            impl From<$shape> for Curve {
                fn from(shape: $shape) -> Self {
                    Self::$shape(shape)
                }
            }
        )*

        impl Curve {
            /// The names of all shapes, as plan text writes them.
            ///
            /// ```
            /// use lehr::Curve;
            ///
            /// assert_eq!(Curve::NAMES.len(), 14);
            /// assert!(Curve::NAMES.iter().all(|name| Curve::named(name).is_some_and(|curve| curve.name() == *name)));
            /// ```
            pub const NAMES: &'static [&'static str] = &[$($shape::NAME),*];

            /// The shape of that name with its default parameters.
            ///
            /// ```
            /// use lehr::{Cosine, Curve};
            ///
            /// assert_eq!(Curve::named("cosine"), Some(Cosine::default().into()));
            /// assert_eq!(Curve::named("cosin"), None);
            /// ```
            pub fn named(name: &str) -> Option<Self> {
                $(
                    if name == $shape::NAME {
                        return Some(Self::$shape($shape::default()));
                    }
                )*
                None
            }

            /// The shape's name in plan text.
            ///
            /// ```
            /// use lehr::{Curve, PowerLaw};
            ///
            /// assert_eq!(Curve::from(PowerLaw::default()).name(), "power_law");
            /// ```
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$shape(_) => $shape::NAME,)*
                }
            }

            /// How much of each level the value has at this progress.
            ///
            /// `None` for a shape whose value depends on the levels in another way ([`Geometric`], [`Harmonic`]), or
            /// on the first one alone ([`PowerLaw`], [`Decay`]).
            ///
            /// ```
            /// use lehr::{Curve, Geometric, Linear, Progress};
            ///
            /// let half = Progress::new(2, 4);
            /// assert_eq!(Curve::from(Linear).weight(half).map(|weight| (weight.from, weight.to)), Some((0.5, 0.5)));
            /// assert_eq!(Curve::from(Geometric).weight(half), None);
            /// ```
            #[inline(always)]
            pub fn weight(&self, progress: Progress) -> Option<Weight> {
                #[cfg(test)]
                EVALUATIONS.with(|count| count.set(count.get() + 1));
                match self {
                    $(Self::$shape(shape) => Shape::weight(shape, progress),)*
                }
            }

            pub(crate) fn between(&self, from: f64, to: f64, progress: Progress) -> Option<f64> {
                match self {
                    $(Self::$shape(shape) => Shape::between(shape, from, to, progress),)*
                }
            }

            /// Whether the shape falls from its first level by itself, so that it has no second one.
            #[inline]
            pub(crate) fn falls(&self) -> bool {
                match self {
                    $(Self::$shape(_) => $shape::FALLS,)*
                }
            }

            /// How much is left of the level after `elapsed` updates, for a shape that falls by itself.
            pub(crate) fn factor(&self, elapsed: f64) -> f64 {
                match self {
                    $(Self::$shape(shape) => Shape::factor(shape, elapsed),)*
                }
            }

            pub(crate) fn check_ends(&self, from: f64, to: f64) -> Result<(), Error> {
                match self {
                    $(Self::$shape(shape) => Shape::check_ends(shape, from, to),)*
                }
            }

            /// The shape's parameters with their values.
            ///
            /// ```
            /// use lehr::{Curve, Linear, Parameter, Tanh};
            ///
            /// let names = Curve::from(Tanh::default()).parameters();
            /// assert!(names.iter().all(|(_, value)| matches!(value, Parameter::Number(_))));
            /// assert!(Curve::from(Linear).parameters().is_empty());
            /// ```
            pub fn parameters(&self) -> Vec<(&'static str, Parameter)> {
                match self {
                    $(Self::$shape(shape) => shape.parameters(),)*
                }
            }

            pub(crate) fn set(&mut self, name: &str, value: Parameter) {
                match self {
                    $(Self::$shape(shape) => shape.set(name, value),)*
                }
            }

            pub(crate) fn check(&self) -> Result<(), Error> {
                match self {
                    $(Self::$shape(shape) => shape.check(),)*
                }
            }
        }
    };
}

curves! {
    Hold,
    Linear,
    Cosine,
    Sine,
    Polynomial,
    Power,
    Exponential,
    Geometric,
    Harmonic,
    Tanh,
    Rex,
    Logarithmic,
    PowerLaw,
    Decay,
}

impl Curve {
    /// The value between two numbers. It never leaves their range, as rounding alone could make it do by an ulp.
    #[inline(always)]
    pub(crate) fn mix(&self, from: f64, to: f64, progress: Progress) -> f64 {
        let mixed = match self.weight(progress) {
            Some(weight) => from * weight.from + to * weight.to,
            None => self.between(from, to, progress).unwrap_or(from),
        };
        mixed.max(from.min(to)).min(from.max(to))
    }

    /// The same shape with its lengths in updates.
    pub(crate) fn resolve(mut self, horizon: Horizon) -> Result<Self, Error> {
        for (name, parameter) in self.parameters() {
            if let Parameter::Span(span) = parameter {
                span.check(name)?;
                let length = horizon.length(span)?;
                if length == 0 {
                    return Err(Error::parameter(name, span, "it must be at least one update long"));
                }
                self.set(name, Parameter::Span(Span::Updates(length)));
            }
        }
        Ok(self)
    }
}

/// Two levels that are not 0 and have the same sign, for the shapes that divide by them.
fn check_same_sign(shape: &str, from: f64, to: f64) -> Result<(), Error> {
    let rule = || {
        format!(
            "a {shape} phase goes between two levels that are not 0 and have the same sign; to reach 0, use \
             exponential(ratio=0.01)"
        )
    };
    if from == 0.0 {
        Err(Error::parameter("from", Number(from), rule()))
    } else if to == 0.0 || from.is_sign_positive() != to.is_sign_positive() {
        Err(Error::parameter("to", Number(to), rule()))
    } else {
        Ok(())
    }
}

/// `name` must be a finite number above 0.
fn check_positive(name: &str, value: f64) -> Result<(), Error> {
    if value > 0.0 && value.is_finite() {
        Ok(())
    } else {
        Err(Error::parameter(name, Number(value), "it must be a finite number above 0"))
    }
}

#[cfg(test)]
thread_local! {
    /// How many weights this thread has computed: one for each step, however many groups there are.
    pub(crate) static EVALUATIONS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
mod tests;
