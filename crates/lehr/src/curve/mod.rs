//! `Curve`: a shape, as a weight in `[0, 1]` over a progress in `[0, 1]`, exactly 0 at 0 and exactly 1 at 1.

mod cosine;
mod exponential;
mod geometric;
mod hold;
mod linear;
mod polynomial;

pub use cosine::Cosine;
pub use exponential::Exponential;
pub use geometric::Geometric;
pub use hold::Hold;
pub use linear::Linear;
pub use polynomial::Polynomial;

use crate::error::Error;
use crate::number::Number;

/// How far a phase has come: `done = t / L` and `left = (L - t) / L`, each divided from whole numbers, so that
/// neither loses digits near its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// From 0 at the phase's start to 1 at its end.
    pub done: f64,
    /// From 1 at the phase's start to 0 at its end.
    pub left: f64,
}

impl Progress {
    /// `elapsed` of `length` updates; past the end it stays at the end. A length of 0 is at its end.
    pub fn new(elapsed: u64, length: u64) -> Self {
        if elapsed >= length {
            return Self { done: 1.0, left: 0.0 };
        }
        Self { done: elapsed as f64 / length as f64, left: (length - elapsed) as f64 / length as f64 }
    }
}

/// How much of each level a value has: `value = from_level * from + to_level * to`.
///
/// A curve computes both, since `1 - to` would cancel near the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weight {
    /// The share of the level that the phase comes from, 1 at the start.
    pub from: f64,
    /// The share of the level that the phase goes to, 1 at the end.
    pub to: f64,
}

/// What a shape tells of itself; the list below makes [`Curve`] of all of them.
trait Shape: Default {
    /// Its name in plan text.
    const NAME: &'static str;

    /// `None` where the shape does not weigh levels but interpolates them by its own rule ([`Curve::mix`]).
    fn weight(&self, progress: Progress) -> Option<Weight>;

    /// The parameters with their values, in the order in which they are printed.
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }

    /// Sets a parameter by name; false if there is none of that name.
    fn set(&mut self, _name: &str, _value: f64) -> bool {
        false
    }

    /// What the parameters must obey.
    fn check(&self) -> Result<(), Error> {
        Ok(())
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
            pub const NAMES: &'static [&'static str] = &[$($shape::NAME),*];

            /// The shape of that name with its default parameters.
            pub(crate) fn named(name: &str) -> Option<Self> {
                $(
                    if name == $shape::NAME {
                        return Some(Self::$shape($shape::default()));
                    }
                )*
                None
            }

            /// The shape's name in plan text.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$shape(_) => $shape::NAME,)*
                }
            }

            /// How much of each level the value has at this progress.
            ///
            /// `None` for a shape whose value depends on the levels in another way ([`Geometric`]).
            pub fn weight(&self, progress: Progress) -> Option<Weight> {
                #[cfg(test)]
                EVALUATIONS.with(|count| count.set(count.get() + 1));
                match self {
                    $(Self::$shape(shape) => Shape::weight(shape, progress),)*
                }
            }

            /// The shape's parameters with their values.
            pub fn parameters(&self) -> Vec<(&'static str, f64)> {
                match self {
                    $(Self::$shape(shape) => shape.parameters(),)*
                }
            }

            pub(crate) fn set(&mut self, name: &str, value: f64) -> bool {
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
    Polynomial,
    Exponential,
    Geometric,
}

impl Curve {
    /// The value between two numbers. It never leaves their range, as rounding alone could make it do by an ulp.
    pub(crate) fn mix(&self, from: f64, to: f64, progress: Progress) -> f64 {
        let mixed = match self.weight(progress) {
            Some(weight) => from * weight.from + to * weight.to,
            None => Geometric::between(from, to, progress),
        };
        mixed.max(from.min(to)).min(from.max(to))
    }

    /// What the two numbers must obey for this shape.
    pub(crate) fn check_ends(&self, from: f64, to: f64) -> Result<(), Error> {
        match self {
            Self::Geometric(_) => Geometric::check_ends(from, to),
            _ => Ok(()),
        }
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
mod tests {
    use super::*;

    /// Every shape with its defaults and with parameters far from them.
    pub(crate) fn samples() -> Vec<Curve> {
        let mut samples: Vec<Curve> = Curve::NAMES.iter().filter_map(|name| Curve::named(name)).collect();
        for parameter in [0.3, 1.5, 4.0] {
            samples.push(Cosine { k: parameter }.into());
            samples.push(Polynomial { power: parameter }.into());
            samples.push(Exponential { ratio: parameter }.into());
        }
        samples
    }

    #[test]
    fn weights_are_exact_at_the_ends_bounded_and_monotone() {
        for curve in samples() {
            for length in 1..=200 {
                let Some(mut before) = curve.weight(Progress::new(0, length)) else { continue };
                assert_eq!(before, Weight { from: 1.0, to: 0.0 }, "{curve:?}");
                for elapsed in 1..=length {
                    let weight = curve.weight(Progress::new(elapsed, length)).unwrap();
                    assert!(
                        weight.to >= before.to && weight.from <= before.from,
                        "{curve:?} {elapsed}/{length}"
                    );
                    assert!(
                        (weight.to + weight.from - 1.0).abs() <= 4.0 * f64::EPSILON,
                        "{curve:?} {elapsed}/{length}"
                    );
                    before = weight;
                }
                assert_eq!(before, Weight { from: 0.0, to: 1.0 }, "{curve:?} length {length}");
            }
        }
    }

    #[test]
    fn names_lead_back_to_shapes() {
        for name in Curve::NAMES {
            let mut curve = Curve::named(name).unwrap();
            assert_eq!(curve.name(), *name);
            for (parameter, value) in curve.parameters() {
                assert!(curve.set(parameter, value), "{name} {parameter}");
            }
            assert!(!curve.set("no such parameter", 1.0));
        }
        assert_eq!(Curve::named("sigmoid"), None);
    }
}
