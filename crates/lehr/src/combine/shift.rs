//! Shift: `value(n) = plan(n - by)`, or `plan(n + by)`.

use super::{Context, one};
use crate::call::{Call, Fault};
use crate::combine::Combinator;
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::Affine;
use crate::plan::{Plan, Section};
use crate::span::Span;
use crate::spec::Spec;
use crate::time::Time;

/// `shift(plan, by=100)` starts it later, after its first value has been held; `by=-100` leaves its first updates out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shift<P> {
    pub(crate) plan: P,
    pub(crate) by: Span,
    pub(crate) earlier: bool,
}

impl<P> Shift<P> {
    pub(super) const NAME: &'static str = "shift";
    pub(super) const ARGUMENTS: &'static [&'static str] = &["by"];

    pub(super) fn plans(&self) -> Vec<&P> {
        vec![&self.plan]
    }

    pub(super) fn arguments(&self, call: Call) -> Call {
        call.with("by", Some(format!("{}{}", if self.earlier { "-" } else { "" }, self.by)))
    }

    /// The length of the whole where `length` is that of the plan, or the other way round.
    fn moved(&self, length: u64, by: u64, outwards: bool) -> u64 {
        if self.earlier == outwards { length.saturating_sub(by) } else { length.saturating_add(by) }
    }
}

impl Shift<Spec> {
    pub(super) fn from_call(plans: Vec<Spec>, call: &Call) -> Result<Self, Fault> {
        let wanted = "a length, as in by=100 for later or by=-5% for earlier";
        let by = call.read("by", wanted, |text| {
            let (text, earlier) = text.strip_prefix('-').map_or((text, false), |text| (text, true));
            text.parse::<Span>().ok().filter(|span| *span != Span::Rest).map(|span| (span, earlier))
        })?;
        let (by, earlier) =
            by.ok_or_else(|| call.fault("shift needs `by`, as in shift(cosine(to=0), by=100)"))?;
        Ok(Self { plan: one(plans, call)?, by, earlier })
    }

    pub(super) fn length(&self, around: Horizon) -> Result<Option<u64>, Error> {
        let by = around.length(self.by)?;
        Ok(self.plan.length(around)?.map(|length| self.moved(length, by, true)))
    }

    pub(super) fn resolve(&self, context: Context) -> Result<Combinator<Plan>, Error> {
        self.by.check("by")?;
        let by = context.horizon().length(self.by)?;
        let inner = context.length.map(|length| self.moved(length, by, false).max(1));
        let plan = self.plan.resolve_in(context.with_length(inner))?;
        Ok(Combinator::Shift(Shift { plan, by: Span::Updates(by), earlier: self.earlier }))
    }
}

impl Shift<Plan> {
    fn by(&self) -> u64 {
        match self.by {
            Span::Updates(by) => by,
            // Resolved by now.
            _ => 0,
        }
    }

    fn moved_time(&self, time: Time) -> Time {
        if self.earlier { time.after(self.by()) } else { time.since(self.by()) }
    }

    pub(super) fn affine(&self, time: Time) -> Option<Affine> {
        self.plan.affine(self.moved_time(time))
    }

    pub(super) fn value(&self, time: Time, base: f64) -> f64 {
        self.plan.value(self.moved_time(time), base)
    }

    pub(super) fn end(&self) -> Option<u64> {
        self.plan.end().map(|end| self.moved(end, self.by(), true))
    }

    pub(super) fn section(&self, time: Time) -> Section {
        let by = if self.earlier { -(self.by() as f64) } else { self.by() as f64 };
        let section = self.plan.section(self.moved_time(time));
        let start = if section.start == 0.0 { 0.0 } else { (section.start + by).max(0.0) };
        Section { start, end: section.end.map(|end| (end + by).max(0.0)), ..section }
    }

    pub(super) fn check_base(&self, base: f64) -> Result<(), Error> {
        self.plan.check_base(base)
    }
}
