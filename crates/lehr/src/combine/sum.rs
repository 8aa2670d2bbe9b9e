//! Sum: `value(n) = plan(n) + plan(n) + ...`.

use super::{Context, last_end, longest, resolve_several, several};
use crate::call::{Call, Fault};
use crate::combine::Combinator;
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::{Affine, finite};
use crate::plan::{Plan, Section};
use crate::spec::Spec;
use crate::time::Time;

/// `sum(plan, plan, ...)`. A plan that ends earlier holds its last value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sum<P> {
    pub(crate) plans: Vec<P>,
}

impl<P> Sum<P> {
    pub(super) const NAME: &'static str = "sum";
    pub(super) const ARGUMENTS: &'static [&'static str] = &[];

    pub(super) fn plans(&self) -> Vec<&P> {
        self.plans.iter().collect()
    }

    #[allow(clippy::unused_self)]
    pub(super) fn arguments(&self, call: Call) -> Call {
        call
    }
}

impl Sum<Spec> {
    pub(super) fn from_call(plans: Vec<Spec>, call: &Call) -> Result<Self, Fault> {
        Ok(Self { plans: several(plans, call)? })
    }

    pub(super) fn length(&self, around: Horizon) -> Result<Option<u64>, Error> {
        longest(&self.plans, around)
    }

    pub(super) fn resolve(&self, context: Context) -> Result<Combinator<Plan>, Error> {
        Ok(Combinator::Sum(Sum { plans: resolve_several(&self.plans, context)? }))
    }
}

impl Sum<Plan> {
    pub(super) fn affine(&self, time: Time) -> Option<Affine> {
        let mut terms = self.plans.iter().map(|plan| plan.affine(time));
        let first = terms.next()??;
        terms.try_fold(first, |sum, term| Some(sum.plus(term?)))
    }

    pub(super) fn value(&self, time: Time, base: f64) -> f64 {
        self.plans.iter().fold(0.0, |sum, plan| finite(sum + plan.value(time, base)))
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
