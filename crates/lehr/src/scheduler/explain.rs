//! `Explanation`: why a value is what it is.

use std::fmt;

use super::scheduler::Scheduler;
use super::track::Driver;
use crate::number::rounded;
use crate::plan::Section;

/// What a planned field of a group uses at some update, and why.
///
/// ```
/// use lehr::{Horizon, MemoryGroups, Scheduler, Spec};
///
/// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(100)?)?;
/// let scheduler = Scheduler::builder().field("lr", plan).attach(&mut MemoryGroups::of("lr", &[2.0]))?;
/// let why = &scheduler.explain(25)[0];
/// assert_eq!((why.planned, why.end, why.section.progress, why.factor), (1.5, Some(100), 0.25, None));
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The field.
    pub field: String,
    /// The group.
    pub group: usize,
    /// The update.
    pub update: u64,
    /// The updates of the plan; `None` if it has no end.
    pub end: Option<u64>,
    /// The phase that the update is in.
    pub section: Section,
    /// What the plan says, without the factor of a controller.
    pub planned: f64,
    /// The factor of the field's controller now, if it has one.
    pub factor: Option<f64>,
}

impl Scheduler {
    /// Says of every planned field and group what update `n` uses and why.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, Spec};
    ///
    /// let plan = "linear(from=0x, over=5%) -> hold(over=75%) -> cosine(to=0)".parse::<Spec>()?;
    /// let mut groups = MemoryGroups::of("lr", &[3e-4]);
    /// let scheduler = Scheduler::builder().field("lr", plan.resolve(&Horizon::updates(10_000)?)?).attach(&mut groups)?;
    /// assert_eq!(
    ///     scheduler.explain(1234)[0].to_string(),
    ///     "update 1234 of 10000 (12.3 %): lr of group 0 is 0.0003, in phase `hold` from 500 to 8000 (9.8 % of it done); \
    ///      the next phase starts at 8000",
    /// );
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn explain(&self, n: u64) -> Vec<Explanation> {
        let mut explanations = Vec::new();
        for track in &self.tracks {
            let Driver::Plan(plan) = &track.driver else { continue };
            for (group, base) in track.groups.iter().zip(&track.bases) {
                explanations.push(Explanation {
                    field: track.field.to_string(),
                    group: *group,
                    update: n,
                    end: plan.end(),
                    section: plan.section_at(n),
                    planned: plan.value_at(n, *base),
                    factor: track.controller.map(|control| self.controls[control].0.factor()),
                });
            }
        }
        explanations
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, group, update, end, section, planned, factor } = self;
        write!(f, "update {update}")?;
        if let Some(end) = end {
            write!(f, " of {end} ({:.1} %)", *update as f64 / (*end).max(1) as f64 * 100.0)?;
        }
        write!(f, ": {field} of group {group} is {}", rounded(planned * factor.unwrap_or(1.0)))?;
        if let Some(factor) = factor.filter(|factor| *factor != 1.0) {
            write!(f, " (planned {}, times the controller's {})", rounded(*planned), rounded(factor))?;
        }
        if end.is_some_and(|end| *update >= end) {
            return f.write_str(", the last value of the plan, which holds from its end on");
        }
        write!(f, ", in phase `{}` from {}", section.path.join(" > "), rounded(section.start))?;
        match section.end {
            None => f.write_str(" on"),
            Some(section_end) => {
                write!(f, " to {} ({:.1} % of it done)", rounded(section_end), section.progress * 100.0)?;
                let last = end.is_some_and(|end| section_end >= end as f64);
                if last {
                    f.write_str("; the plan ends there")
                } else {
                    write!(f, "; the next phase starts at {}", rounded(section_end))
                }
            }
        }
    }
}
