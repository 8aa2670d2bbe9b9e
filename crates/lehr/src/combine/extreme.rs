//! Minimum and maximum: the least, or the greatest, of several plans at each update.

use super::{Context, last_end, longest, resolve_several, several};
use crate::call::{Call, Fault};
use crate::combine::Combinator;
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::Affine;
use crate::plan::{Plan, Section};
use crate::spec::Spec;
use crate::time::Time;

macro_rules! extreme {
    ($type:ident, $name:literal, $what:literal, $start:expr, $choose:expr) => {
        #[doc = concat!("`", $name, "(plan, plan, ...)`: the ", $what, " value. A plan that ends earlier holds its last one.")]
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) struct $type<P> {
            pub(crate) plans: Vec<P>,
        }

        impl<P> $type<P> {
            pub(super) const NAME: &'static str = $name;
            pub(super) const ARGUMENTS: &'static [&'static str] = &[];

            pub(super) fn plans(&self) -> Vec<&P> {
                self.plans.iter().collect()
            }

            #[allow(clippy::unused_self)]
            pub(super) fn arguments(&self, call: Call) -> Call {
                call
            }
        }

        impl $type<Spec> {
            pub(super) fn from_call(plans: Vec<Spec>, call: &Call) -> Result<Self, Fault> {
                Ok(Self { plans: several(plans, call)? })
            }

            pub(super) fn length(&self, around: Horizon) -> Result<Option<u64>, Error> {
                longest(&self.plans, around)
            }

            pub(super) fn resolve(&self, context: Context) -> Result<Combinator<Plan>, Error> {
                Ok(Combinator::$type($type { plans: resolve_several(&self.plans, context)? }))
            }
        }

        impl $type<Plan> {
            /// Which plan is chosen depends on the base.
            #[allow(clippy::unused_self)]
            pub(super) fn affine(&self, _time: Time) -> Option<Affine> {
                None
            }

            pub(super) fn value(&self, time: Time, base: f64) -> f64 {
                self.plans.iter().map(|plan| plan.value(time, base)).fold($start, $choose)
            }

            pub(super) fn end(&self) -> Option<u64> {
                last_end(&self.plans)
            }

            pub(super) fn section(&self, time: Time) -> Section {
                Section::first_of(&self.plans, time)
            }

            pub(super) fn check_base(&self, base: f64) -> Result<(), Error> {
                self.plans.iter().try_for_each(|plan| plan.check_base(base))
            }
        }
    };
}

extreme!(Minimum, "minimum", "least", f64::INFINITY, f64::min);
extreme!(Maximum, "maximum", "greatest", f64::NEG_INFINITY, f64::max);
