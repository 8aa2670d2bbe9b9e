//! `Track`: one rule on one field of some groups. Reads and computes everything before anything is written.

use std::fmt;

use crate::error::Error;
use crate::field::Field;
use crate::groups::{ParamGroups, Selection, describe_group};
use crate::plan::Plan;
use crate::rule::{Kind, Rule, UpdateRule};

/// What decides the values of a track.
pub(super) enum Driver {
    Plan(Plan),
    User(Box<dyn UpdateRule>),
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(plan) => write!(f, "Plan({plan})"),
            Self::User(rule) => write!(f, "User({})", rule.name()),
        }
    }
}

/// The vectors run beside `groups`, one element for each scheduled group.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) field: Field,
    pub(super) driver: Driver,
    /// Indices of the scheduled groups, ascending.
    pub(super) groups: Vec<usize>,
    pub(super) bases: Vec<f64>,
    /// Where in `bases` the same base stands first.
    same_base: Vec<usize>,
    /// What the groups had before the last write: what the finished update used.
    pub(super) last_used: Vec<f64>,
    /// What was written last: what the next update uses.
    pub(super) current: Vec<f64>,
    /// What the groups have now, read by `compute`; what a failed write puts back.
    found: Vec<f64>,
    /// What `compute` wants to write.
    next: Vec<f64>,
    /// Whether there is anything to write: a rule may leave the groups alone.
    answered: bool,
}

impl Track {
    pub(super) fn new(
        field: Field,
        rule: Rule,
        selection: &Selection,
        groups: &(impl ParamGroups + ?Sized),
    ) -> Result<Self, Error> {
        let driver = match rule.0 {
            Kind::Plan(plan) => Driver::Plan(plan),
            Kind::User(rule) => Driver::User(rule),
            Kind::Spec(spec) => {
                let rule = "a scheduler is attached with resolved plans: call `resolve(&horizon)` first";
                return Err(Error::parameter(
                    field.to_string(),
                    format!("the unresolved plan `{spec}`"),
                    rule,
                ));
            }
        };
        let (mut scheduled, mut bases) = (Vec::new(), Vec::new());
        for group in selection.indices(groups)? {
            let base = read(&field, group, groups)?;
            if !base.is_finite() {
                return Err(Error::NotFinite {
                    field: field.to_string(),
                    group: describe_group(groups, group),
                    value: base,
                    origin: "it is what the optimizer starts from, the base of the schedule",
                });
            }
            if let Driver::Plan(plan) = &driver {
                // An absolute level would switch on what a base of 0 keeps off, unless the group was asked for.
                if base == 0.0 && *selection == Selection::All && plan.has_absolute_level() {
                    continue;
                }
                plan.check_base(base)?;
            }
            scheduled.push(group);
            bases.push(base);
        }
        if scheduled.is_empty() {
            let rule = "a plan with absolute levels leaves such groups alone; select groups by name or index to schedule them";
            return Err(Error::parameter(field.to_string(), "0 in every group", rule));
        }
        let mut track = Self {
            field,
            driver,
            groups: scheduled,
            bases: Vec::new(),
            same_base: Vec::new(),
            last_used: bases.clone(),
            current: bases.clone(),
            found: bases.clone(),
            next: bases.clone(),
            answered: false,
        };
        track.set_bases(bases);
        Ok(track)
    }

    /// Takes other bases and, for a track with a plan, another plan; answers with what there was.
    pub(super) fn replace(&mut self, bases: Vec<f64>, plan: Option<Plan>) -> (Vec<f64>, Option<Plan>) {
        let before = std::mem::take(&mut self.bases);
        self.set_bases(bases);
        let plan = match (&mut self.driver, plan) {
            (Driver::Plan(own), Some(plan)) => Some(std::mem::replace(own, plan)),
            _ => None,
        };
        (before, plan)
    }

    fn set_bases(&mut self, bases: Vec<f64>) {
        let mut order: Vec<usize> = (0..bases.len()).collect();
        order.sort_by_key(|index| (bases[*index].to_bits(), *index));
        self.same_base = vec![0; bases.len()];
        for run in order.chunk_by(|a, b| bases[*a].to_bits() == bases[*b].to_bits()) {
            for index in run {
                self.same_base[*index] = run[0];
            }
        }
        self.bases = bases;
    }

    /// Reads the groups and computes the values for update `n`. Nothing is written to the groups.
    pub(super) fn compute(&mut self, n: u64, groups: &(impl ParamGroups + ?Sized)) -> Result<(), Error> {
        self.read(groups)?;
        self.answered = match &mut self.driver {
            Driver::Plan(plan) => {
                fill(plan, n, &self.bases, &self.same_base, &mut self.next);
                true
            }
            Driver::User(rule) => {
                self.next.fill(f64::NAN);
                rule.get_updated_values(n, &self.found, &mut self.next).map_err(|error| match error {
                    // A closure does not know its field.
                    Error::ValueCount { groups, values, .. } => {
                        Error::ValueCount { field: self.field.to_string(), groups, values }
                    }
                    error => error,
                })?
            }
        };
        match self.next.iter().position(|value| self.answered && !value.is_finite()) {
            None => Ok(()),
            Some(index) => Err(Error::NotFinite {
                field: self.field.to_string(),
                group: describe_group(groups, self.groups[index]),
                value: self.next[index],
                origin: "a rule gives a finite number for every group, or leaves all groups alone",
            }),
        }
    }

    /// Reads the groups and takes these values as what to write: one for each scheduled group.
    pub(super) fn restore(
        &mut self,
        values: &[f64],
        groups: &(impl ParamGroups + ?Sized),
    ) -> Result<(), Error> {
        self.read(groups)?;
        self.next.copy_from_slice(values);
        self.answered = true;
        Ok(())
    }

    fn read(&mut self, groups: &(impl ParamGroups + ?Sized)) -> Result<(), Error> {
        for (found, group) in self.found.iter_mut().zip(&self.groups) {
            *found = read(&self.field, *group, groups)?;
        }
        Ok(())
    }

    /// Writes group by group; on an error, says how many groups were written before.
    fn write(&self, groups: &mut (impl ParamGroups + ?Sized)) -> Result<(), (usize, Error)> {
        if !self.answered {
            return Ok(());
        }
        for (index, (group, value)) in self.groups.iter().zip(&self.next).enumerate() {
            groups.set(*group, &self.field, *value).map_err(|reason| {
                (
                    index,
                    Error::Write {
                        field: self.field.to_string(),
                        group: describe_group(groups, *group),
                        reason,
                    },
                )
            })?;
        }
        Ok(())
    }

    /// Puts back what the first `written` groups had.
    fn undo(&self, written: usize, groups: &mut (impl ParamGroups + ?Sized)) {
        if !self.answered {
            return;
        }
        for (group, value) in self.groups.iter().zip(&self.found).take(written) {
            // A group that refuses its own old value cannot be helped; the first error is the one to report.
            let _ = groups.set(*group, &self.field, *value);
        }
    }

    fn commit(&mut self) {
        self.last_used.copy_from_slice(&self.found);
        self.current.copy_from_slice(if self.answered { &self.next } else { &self.found });
    }
}

fn read(field: &Field, group: usize, groups: &(impl ParamGroups + ?Sized)) -> Result<f64, Error> {
    groups.get(group, field).ok_or_else(|| Error::MissingField {
        field: field.to_string(),
        group: describe_group(groups, group),
        known: groups.fields(group),
    })
}

/// One weight for all groups and one multiply-add for each; a plan that is not affine, once for each distinct base.
fn fill(plan: &Plan, n: u64, bases: &[f64], same_base: &[usize], values: &mut [f64]) {
    if let Some(affine) = plan.affine_at(n) {
        for (base, value) in bases.iter().zip(values) {
            *value = affine.of(*base);
        }
        return;
    }
    for index in 0..bases.len() {
        let first = same_base[index];
        values[index] = if first < index { values[first] } else { plan.value_at(n, bases[index]) };
    }
}

/// Writes what every track has computed; if one write fails, everything that was written is put back.
pub(super) fn write_all(tracks: &mut [Track], groups: &mut (impl ParamGroups + ?Sized)) -> Result<(), Error> {
    for (index, track) in tracks.iter().enumerate() {
        if let Err((written, error)) = track.write(groups) {
            track.undo(written, groups);
            for done in &tracks[..index] {
                done.undo(usize::MAX, groups);
            }
            return Err(error);
        }
    }
    for track in tracks {
        track.commit();
    }
    Ok(())
}

/// Computes every track for update `n`, then writes every track: all or nothing.
pub(super) fn apply(
    tracks: &mut [Track],
    n: u64,
    groups: &mut (impl ParamGroups + ?Sized),
) -> Result<(), Error> {
    for track in tracks.iter_mut() {
        track.compute(n, groups)?;
    }
    write_all(tracks, groups)
}

/// The groups are those that the scheduler was attached to, as far as their number tells.
pub(super) fn check_count(attached: usize, groups: &(impl ParamGroups + ?Sized)) -> Result<(), Error> {
    let now = groups.group_count();
    if now == attached { Ok(()) } else { Err(Error::GroupCount { attached, now }) }
}

#[cfg(test)]
mod tests {
    use crate::curve::EVALUATIONS;
    use crate::{Horizon, MemoryGroups, Scheduler, Spec};

    /// Curve evaluations in one step in the middle of the plan, for groups with these bases.
    fn evaluations(plan: &str, bases: &[f64]) -> u64 {
        let plan = plan.parse::<Spec>().unwrap().resolve(&Horizon::updates(10).unwrap()).unwrap();
        let mut groups = MemoryGroups::of("lr", bases);
        let mut scheduler = Scheduler::builder().field("lr", plan.clone()).attach(&mut groups).unwrap();
        let before = EVALUATIONS.get();
        scheduler.step(&mut groups).unwrap();
        let count = EVALUATIONS.get() - before;
        let expected: Vec<f64> = bases.iter().map(|base| plan.value_at(1, *base)).collect();
        assert_eq!(groups.values("lr").unwrap(), expected);
        count
    }

    #[test]
    fn a_thousand_groups_cost_one_curve_evaluation() {
        let distinct: Vec<f64> = (1..=1000).map(f64::from).collect();
        for plan in [
            "cosine(to=1e-6)",
            "cosine(to=0.1x)",
            "polynomial(power=2, to=0)",
            "exponential(ratio=0.1, to=0)",
        ] {
            assert_eq!(evaluations(plan, &distinct), 1, "{plan}");
        }
    }

    #[test]
    fn a_plan_that_is_not_affine_costs_one_for_each_distinct_base() {
        let bases: Vec<f64> = (0..1000).map(|i| f64::from(i % 3 + 1)).collect();
        // One to find that it is not affine, then for each of three bases the same and the value.
        assert_eq!(evaluations("geometric(to=1e-6)", &bases), 1 + 3 * 2);
    }
}
