//! Clamp: `value(n) = min(max(plan(n), min), max)`.

use super::{Context, one};
use crate::call::{Call, Fault};
use crate::combine::Combinator;
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::{Affine, Level};
use crate::number::Number;
use crate::plan::{Plan, Section};
use crate::spec::Spec;
use crate::time::Time;

/// `clamp(plan, min=0.1x, max=1e-3)`: a floor, a ceiling, or both.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Clamp<P> {
    pub(crate) plan: P,
    pub(crate) min: Option<Level>,
    pub(crate) max: Option<Level>,
}

impl<P> Clamp<P> {
    pub(super) const NAME: &'static str = "clamp";
    pub(super) const ARGUMENTS: &'static [&'static str] = &["min", "max"];

    pub(super) fn plans(&self) -> Vec<&P> {
        vec![&self.plan]
    }

    pub(super) fn arguments(&self, call: Call) -> Call {
        call.with("min", self.min.map(|level| level.to_string()))
            .with("max", self.max.map(|level| level.to_string()))
    }
}

impl Clamp<Spec> {
    pub(super) fn from_call(plans: Vec<Spec>, call: &Call) -> Result<Self, Fault> {
        Ok(Self { plan: one(plans, call)?, min: call.level("min")?, max: call.level("max")? })
    }

    pub(super) fn length(&self, around: Horizon) -> Result<Option<u64>, Error> {
        self.plan.length(around)
    }

    pub(super) fn resolve(&self, context: Context) -> Result<Combinator<Plan>, Error> {
        if self.min.is_none() && self.max.is_none() {
            let rule = "a clamp needs one of the two, as in clamp(cosine(to=0), min=0.1x)";
            return Err(Error::parameter("min", "missing, and so is `max`", rule));
        }
        for (name, level) in [("min", self.min), ("max", self.max)] {
            level.map_or(Ok(()), |level| level.check(name))?;
        }
        if let (Some(min), Some(max)) = (self.min, self.max)
            && let Some((low, high)) = min.same_kind(max)
            && low > high
        {
            return Err(Error::parameter("min", min, format!("it must not be above `max`, which is {max}")));
        }
        let plan = self.plan.resolve_in(context)?;
        Ok(Combinator::Clamp(Clamp { plan, min: self.min, max: self.max }))
    }
}

impl Clamp<Plan> {
    /// Where the bounds meet depends on the base.
    #[allow(clippy::unused_self)]
    pub(super) fn affine(&self, _time: Time) -> Option<Affine> {
        None
    }

    pub(super) fn value(&self, time: Time, base: f64) -> f64 {
        let value = self.plan.value(time, base);
        let value = self.min.map_or(value, |min| value.max(min.of(base)));
        self.max.map_or(value, |max| value.min(max.of(base)))
    }

    pub(super) fn end(&self) -> Option<u64> {
        self.plan.end()
    }

    pub(super) fn section(&self, time: Time) -> Section {
        self.plan.section(time)
    }

    pub(super) fn check_base(&self, base: f64) -> Result<(), Error> {
        for (name, level) in [("min", self.min), ("max", self.max)] {
            level.map_or(Ok(()), |level| level.check_base(name, base))?;
        }
        if let (Some(min), Some(max)) = (self.min, self.max)
            && min.of(base) > max.of(base)
        {
            let rule = format!("for the base {} it is above `max`, which is {max}", Number(base));
            return Err(Error::parameter("min", min, rule));
        }
        self.plan.check_base(base)
    }
}
