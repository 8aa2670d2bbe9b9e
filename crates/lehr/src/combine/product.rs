//! Product: `value(n) = plan(n) factor(n) ...`.

use super::{Context, last_end, longest, resolve_several, several};
use crate::call::{Call, Fault};
use crate::combine::Combinator;
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::{Affine, finite};
use crate::plan::{Plan, Section};
use crate::spec::Spec;
use crate::time::Time;

/// `product(plan, factor, ...)`: one plan in the field's unit, times dimensionless factors, in which both `1x` and `1`
/// are one. A factor that ends earlier holds its last value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Product<P> {
    pub(crate) plans: Vec<P>,
}

impl<P> Product<P> {
    pub(super) const NAME: &'static str = "product";
    pub(super) const ARGUMENTS: &'static [&'static str] = &[];

    pub(super) fn plans(&self) -> Vec<&P> {
        self.plans.iter().collect()
    }

    #[allow(clippy::unused_self)]
    pub(super) fn arguments(&self, call: Call) -> Call {
        call
    }
}

impl Product<Spec> {
    pub(super) fn from_call(plans: Vec<Spec>, call: &Call) -> Result<Self, Fault> {
        Ok(Self { plans: several(plans, call)? })
    }

    pub(super) fn length(&self, around: Horizon) -> Result<Option<u64>, Error> {
        longest(&self.plans, around)
    }

    pub(super) fn resolve(&self, context: Context) -> Result<Combinator<Plan>, Error> {
        let plans = resolve_several(&self.plans, context)?;
        for factor in plans.iter().skip(1) {
            factor.check_base(1.0)?;
        }
        Ok(Combinator::Product(Product { plans }))
    }
}

impl Product<Plan> {
    /// The product of the factors.
    fn factor(&self, time: Time) -> f64 {
        self.plans.iter().skip(1).fold(1.0, |product, factor| finite(product * factor.value(time, 1.0)))
    }

    pub(super) fn affine(&self, time: Time) -> Option<Affine> {
        Some(self.plans.first()?.affine(time)?.times(self.factor(time)))
    }

    pub(super) fn value(&self, time: Time, base: f64) -> f64 {
        finite(self.plans.first().map_or(base, |plan| plan.value(time, base)) * self.factor(time))
    }

    pub(super) fn end(&self) -> Option<u64> {
        last_end(&self.plans)
    }

    pub(super) fn section(&self, time: Time) -> Section {
        Section::first_of(&self.plans, time)
    }

    pub(super) fn check_base(&self, base: f64) -> Result<(), Error> {
        self.plans.first().map_or(Ok(()), |plan| plan.check_base(base))
    }
}
