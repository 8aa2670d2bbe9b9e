//! Combinators: plans made of plans, to any depth.
//!
//! Each is one struct over the kind of plan that it combines, [`Spec`] before and [`Plan`] after it is resolved.

mod clamp;
mod cut;
mod extreme;
mod noise;
mod product;
mod repeat;
mod reverse;
mod scale;
mod shift;
mod stretch;
mod sum;

pub(crate) use clamp::Clamp;
pub(crate) use cut::Cut;
pub(crate) use extreme::{Maximum, Minimum};
pub use noise::Noise;
pub(crate) use noise::Noisy;
pub(crate) use product::Product;
pub use repeat::Repeat;
pub(crate) use repeat::Repeated;
pub(crate) use reverse::Reverse;
pub(crate) use scale::Scale;
pub(crate) use shift::Shift;
pub use stretch::Ratio;
pub(crate) use stretch::Stretch;
pub(crate) use sum::Sum;

use crate::call::{Call, Fault};
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::{Affine, Level};
use crate::plan::{Plan, Section};
use crate::spec::{Fit, Spec};
use crate::time::Time;

/// Where a combinator stands when it is resolved.
#[derive(Clone, Copy)]
pub(crate) struct Context {
    /// The run, or the part of it, that the combinator stands in.
    pub(crate) around: Horizon,
    /// Its own length, if it has one: `over`, or the rest.
    pub(crate) length: Option<u64>,
    /// Where the phase before it ended; `None` if that is no level.
    pub(crate) before: Option<Level>,
    pub(crate) fit: Fit,
}

impl Context {
    /// What a plan inside is resolved to: the combinator's own length, or what is around it.
    pub(crate) fn horizon(&self) -> Horizon {
        match self.length {
            Some(length) => self.around.with_total(Some(length)),
            None => self.around,
        }
    }

    /// A plan that goes along with another one: it may end earlier, and then holds.
    pub(crate) fn beside(self) -> Self {
        Self { before: Some(Level::BASE), fit: self.fit.inside(), ..self }
    }

    /// The same place for a plan of another length. Without one it has its own, which may be longer than what is around.
    pub(crate) fn with_length(self, length: Option<u64>) -> Self {
        Self { length, fit: if length.is_none() { Fit::Cut } else { self.fit }, ..self }
    }
}

macro_rules! combinators {
    ($($variant:ident),* $(,)?) => {
        /// One of the combinators, over plans of one kind.
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) enum Combinator<P> {
            $($variant($variant<P>),)*
        }

        impl Combinator<Spec> {
            pub(crate) const NAMES: &'static [&'static str] = &[$($variant::<Spec>::NAME),*];

            /// The arguments of each, `over` left out.
            pub(crate) const ARGUMENTS: &'static [(&'static str, &'static [&'static str])] =
                &[$(($variant::<Spec>::NAME, $variant::<Spec>::ARGUMENTS)),*];

            /// The combinator of that name, if there is one.
            pub(crate) fn from_call(call: &Call) -> Option<Result<Self, Fault>> {
                let plans = || call.plans.iter().map(|plan| Spec::from_calls(plan)).collect::<Result<Vec<_>, _>>();
                match call.name.as_str() {
                    $(
                        $variant::<Spec>::NAME => Some(plans().and_then(|plans| {
                            let known = [$variant::<Spec>::ARGUMENTS, &["over"]].concat();
                            call.check_names(&known)?;
                            $variant::from_call(plans, call).map(Self::$variant)
                        })),
                    )*
                    _ => None,
                }
            }

            /// How long it lasts by itself; `None` where it goes on for ever or takes what it is given.
            pub(crate) fn length(&self, around: Horizon) -> Result<Option<u64>, Error> {
                match self {
                    $(Self::$variant(combinator) => combinator.length(around),)*
                }
            }

            pub(crate) fn resolve(&self, context: Context) -> Result<Combinator<Plan>, Error> {
                match self {
                    $(Self::$variant(combinator) => combinator.resolve(context),)*
                }
            }
        }

        impl<P> Combinator<P> {
            /// As it is read, but for `over`; `calls` prints a plan.
            pub(crate) fn to_call(&self, calls: impl Fn(&P) -> Vec<Call>) -> Call {
                match self {
                    $(
                        Self::$variant(combinator) => {
                            let plans = combinator.plans().into_iter().map(calls).collect();
                            combinator.arguments(Call::new($variant::<Spec>::NAME, plans))
                        }
                    )*
                }
            }

            pub(crate) fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $variant::<Spec>::NAME,)*
                }
            }

            pub(crate) fn plans(&self) -> Vec<&P> {
                match self {
                    $(Self::$variant(combinator) => combinator.plans(),)*
                }
            }
        }

        impl Combinator<Plan> {
            /// The value for every base at once, if it is affine in the base.
            pub(crate) fn affine(&self, time: Time) -> Option<Affine> {
                match self {
                    $(Self::$variant(combinator) => combinator.affine(time),)*
                }
            }

            /// The value for one base.
            pub(crate) fn value(&self, time: Time, base: f64) -> f64 {
                match self {
                    $(Self::$variant(combinator) => combinator.value(time, base),)*
                }
            }

            /// The update from which on its last value holds; `None` if there is none.
            pub(crate) fn end(&self) -> Option<u64> {
                match self {
                    $(Self::$variant(combinator) => combinator.end(),)*
                }
            }

            /// The innermost phase at that time.
            pub(crate) fn section(&self, time: Time) -> Section {
                match self {
                    $(Self::$variant(combinator) => combinator.section(time).inside($variant::<Spec>::NAME),)*
                }
            }

            /// Whether every value is finite and defined for this base.
            pub(crate) fn check_base(&self, base: f64) -> Result<(), Error> {
                match self {
                    $(Self::$variant(combinator) => combinator.check_base(base),)*
                }
            }
        }
    };
}

combinators! {
    Cut,
    Repeated,
    Scale,
    Product,
    Sum,
    Clamp,
    Minimum,
    Maximum,
    Shift,
    Stretch,
    Reverse,
    Noisy,
}

impl Combinator<Plan> {
    /// Whether a base of 0 would not stay 0. The factors of a product are without a base.
    pub(crate) fn has_absolute_level(&self) -> bool {
        match self {
            Self::Product(product) => product.plans.first().is_some_and(Plan::has_absolute_level),
            Self::Clamp(Clamp { plan, min, max }) => {
                plan.has_absolute_level() || [min, max].into_iter().flatten().any(|level| level.is_absolute())
            }
            Self::Repeated(Repeated { plan, how, .. }) => {
                plan.has_absolute_level() || (how.height != 1.0 && how.anchor.affine().offset != 0.0)
            }
            combinator => combinator.plans().into_iter().any(Plan::has_absolute_level),
        }
    }
}

/// The only plan of a combinator that takes one.
fn one(plans: Vec<Spec>, call: &Call) -> Result<Spec, Fault> {
    match <[Spec; 1]>::try_from(plans) {
        Ok([plan]) => Ok(plan),
        Err(plans) => Err(call.fault(format!(
            "{} takes one plan, as in {}(cosine(to=0)); here are {}",
            call.name,
            call.name,
            plans.len()
        ))),
    }
}

/// The plans of a combinator that takes at least two.
fn several(plans: Vec<Spec>, call: &Call) -> Result<Vec<Spec>, Fault> {
    if plans.len() >= 2 {
        return Ok(plans);
    }
    Err(call.fault(format!(
        "{} takes two plans or more, as in {}(cosine(to=0), hold); here are {}",
        call.name,
        call.name,
        plans.len()
    )))
}

/// Resolves the first plan in its place, and the others beside it.
fn resolve_several(plans: &[Spec], context: Context) -> Result<Vec<Plan>, Error> {
    plans
        .iter()
        .enumerate()
        .map(|(index, plan)| plan.resolve_in(if index == 0 { context } else { context.beside() }))
        .collect()
}

/// The latest end, if every plan has one.
fn last_end<'a>(plans: impl IntoIterator<Item = &'a Plan>) -> Option<u64> {
    plans.into_iter().map(Plan::end).try_fold(0, |last, end| end.map(|end| last.max(end)))
}

/// The longest of several plans, if all have a length.
fn longest(plans: &[Spec], around: Horizon) -> Result<Option<u64>, Error> {
    let lengths = plans.iter().map(|plan| plan.length(around)).collect::<Result<Vec<_>, _>>()?;
    Ok(lengths.into_iter().try_fold(0, |longest, length| length.map(|length| longest.max(length))))
}
