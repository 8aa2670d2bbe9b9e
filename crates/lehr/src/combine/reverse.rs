//! Reverse: `value(n) = plan(end - n)`.

use super::{Context, one};
use crate::call::{Call, Fault};
use crate::combine::Combinator;
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::{Affine, Level};
use crate::plan::{Plan, Section};
use crate::spec::Spec;
use crate::time::Time;

/// `reverse(plan)`: from its end, which it must have, to its start.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reverse<P> {
    pub(crate) plan: P,
}

impl<P> Reverse<P> {
    pub(super) const NAME: &'static str = "reverse";
    pub(super) const ARGUMENTS: &'static [&'static str] = &[];

    pub(super) fn plans(&self) -> Vec<&P> {
        vec![&self.plan]
    }

    #[allow(clippy::unused_self)]
    pub(super) fn arguments(&self, call: Call) -> Call {
        call
    }
}

impl Reverse<Spec> {
    pub(super) fn from_call(plans: Vec<Spec>, call: &Call) -> Result<Self, Fault> {
        Ok(Self { plan: one(plans, call)? })
    }

    pub(super) fn length(&self, around: Horizon) -> Result<Option<u64>, Error> {
        self.plan.length(around)
    }

    pub(super) fn resolve(&self, context: Context) -> Result<Combinator<Plan>, Error> {
        let plan = self.plan.resolve_in(Context { before: Some(Level::BASE), ..context })?;
        if plan.end().is_none() {
            let rule = "only a plan with an end can be reversed: give each of its phases a length, and the run its total";
            return Err(Error::parameter("reverse", "a plan without an end", rule));
        }
        Ok(Combinator::Reverse(Reverse { plan }))
    }
}

impl Reverse<Plan> {
    fn mirrored(&self, time: Time) -> Time {
        time.until(self.plan.end().unwrap_or_default())
    }

    pub(super) fn affine(&self, time: Time) -> Option<Affine> {
        self.plan.affine(self.mirrored(time))
    }

    pub(super) fn value(&self, time: Time, base: f64) -> f64 {
        self.plan.value(self.mirrored(time), base)
    }

    pub(super) fn end(&self) -> Option<u64> {
        self.plan.end()
    }

    pub(super) fn section(&self, time: Time) -> Section {
        let end = self.plan.end().unwrap_or_default() as f64;
        let section = self.plan.section(self.mirrored(time));
        Section {
            start: section.end.map_or(0.0, |section_end| end - section_end),
            end: Some(end - section.start),
            progress: 1.0 - section.progress,
            ..section
        }
    }

    pub(super) fn check_base(&self, base: f64) -> Result<(), Error> {
        self.plan.check_base(base)
    }
}
