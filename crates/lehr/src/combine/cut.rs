//! Cut: the beginning of a plan. `value(n) = plan(n)` for as long as the cut lasts.

use super::{Context, one};
use crate::call::{Call, Fault};
use crate::combine::Combinator;
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::Affine;
use crate::plan::{Plan, Section};
use crate::spec::{Fit, Spec};
use crate::time::Time;

/// `cut(plan, over=100)`: what comes next takes over from there. Shares inside are of the run around it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cut<P> {
    pub(crate) plan: P,
}

impl<P> Cut<P> {
    pub(super) const NAME: &'static str = "cut";
    pub(super) const ARGUMENTS: &'static [&'static str] = &[];

    pub(super) fn plans(&self) -> Vec<&P> {
        vec![&self.plan]
    }

    #[allow(clippy::unused_self)]
    pub(super) fn arguments(&self, call: Call) -> Call {
        call
    }
}

impl Cut<Spec> {
    pub(super) fn from_call(plans: Vec<Spec>, call: &Call) -> Result<Self, Fault> {
        Ok(Self { plan: one(plans, call)? })
    }

    pub(super) fn length(&self, around: Horizon) -> Result<Option<u64>, Error> {
        self.plan.length(around)
    }

    pub(super) fn resolve(&self, context: Context) -> Result<Combinator<Plan>, Error> {
        let plan = self.plan.resolve_in(Context { length: None, fit: Fit::Cut, ..context })?;
        Ok(Combinator::Cut(Cut { plan }))
    }
}

impl Cut<Plan> {
    pub(super) fn affine(&self, time: Time) -> Option<Affine> {
        self.plan.affine(time)
    }

    pub(super) fn value(&self, time: Time, base: f64) -> f64 {
        self.plan.value(time, base)
    }

    pub(super) fn end(&self) -> Option<u64> {
        self.plan.end()
    }

    pub(super) fn section(&self, time: Time) -> Section {
        self.plan.section(time)
    }

    pub(super) fn check_base(&self, base: f64) -> Result<(), Error> {
        self.plan.check_base(base)
    }
}
