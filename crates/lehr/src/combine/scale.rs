//! Scale: `value(n) = by plan(n)`.

use super::{Context, one};
use crate::call::{Call, Fault};
use crate::combine::Combinator;
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::{Affine, finite};
use crate::number::Number;
use crate::plan::{Plan, Section};
use crate::spec::Spec;
use crate::time::Time;

/// `scale(plan, by=0.5)`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scale<P> {
    pub(crate) plan: P,
    pub(crate) by: f64,
}

impl<P> Scale<P> {
    pub(super) const NAME: &'static str = "scale";
    pub(super) const ARGUMENTS: &'static [&'static str] = &["by"];

    pub(super) fn plans(&self) -> Vec<&P> {
        vec![&self.plan]
    }

    pub(super) fn arguments(&self, call: Call) -> Call {
        call.with("by", Some(Number(self.by).to_string()))
    }
}

impl Scale<Spec> {
    pub(super) fn from_call(plans: Vec<Spec>, call: &Call) -> Result<Self, Fault> {
        let by = call
            .number("by")?
            .ok_or_else(|| call.fault("scale needs `by`, as in scale(cosine(to=0), by=0.5)"))?;
        Ok(Self { plan: one(plans, call)?, by })
    }

    pub(super) fn length(&self, around: Horizon) -> Result<Option<u64>, Error> {
        self.plan.length(around)
    }

    pub(super) fn resolve(&self, context: Context) -> Result<Combinator<Plan>, Error> {
        if !self.by.is_finite() {
            return Err(Error::parameter("by", Number(self.by), "it must be a finite number"));
        }
        Ok(Combinator::Scale(Scale { plan: self.plan.resolve_in(context)?, by: self.by }))
    }
}

impl Scale<Plan> {
    pub(super) fn affine(&self, time: Time) -> Option<Affine> {
        Some(self.plan.affine(time)?.times(self.by))
    }

    pub(super) fn value(&self, time: Time, base: f64) -> f64 {
        finite(self.plan.value(time, base) * self.by)
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
