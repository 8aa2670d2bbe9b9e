//! `Track`: one rule on one field of some groups. Reads and computes everything before anything is written.

use std::fmt;

use super::tie::Tie;
use crate::error::Error;
use crate::field::Field;
use crate::groups::{ParamGroups, Selection, describe_group};
use crate::plan::Plan;
use crate::rule::{Kind, Rule, UpdateRule};

/// What decides the values of a track.
pub(super) enum Driver {
    Plan(Plan),
    Tie(Tie),
    User(Box<dyn UpdateRule>),
}

impl Driver {
    /// What stands for it in a saved state: a plan's text, or a rule's name.
    pub(super) fn fingerprint(&self) -> String {
        match self {
            Self::Plan(plan) => plan.to_string(),
            Self::Tie(tie) => tie.to_string(),
            Self::User(rule) => rule.name().to_owned(),
        }
    }

    pub(super) fn plan(&self) -> Option<&Plan> {
        match self {
            Self::Plan(plan) => Some(plan),
            _ => None,
        }
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fingerprint())
    }
}

/// The vectors run beside `groups`, one element for each scheduled group.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) field: Field,
    pub(super) driver: Driver,
    /// The plan's text as it was attached, where it has been re-planned since.
    pub(super) original: Option<String>,
    pub(super) selection: Selection,
    /// Indices of the scheduled groups, ascending.
    pub(super) groups: Vec<usize>,
    pub(super) bases: Vec<f64>,
    /// Where in `bases` the same base stands first.
    same_base: Vec<usize>,
    /// For a tied field, where the source of each group stands: track and place in it.
    pub(super) sources: Vec<(usize, usize)>,
    /// Which controller multiplies the values.
    pub(super) controller: Option<usize>,
    /// What the groups had when the last update was counted: what that update used.
    pub(super) last_used: Vec<f64>,
    /// What was written last: what the next update uses.
    pub(super) current: Vec<f64>,
    /// What the groups have before they are written; what a failed write puts back.
    found: Vec<f64>,
    /// What is to be written.
    pub(super) next: Vec<f64>,
    /// Where there is a controller, `current` and `next` without its factor.
    current_unfactored: Vec<f64>,
    next_unfactored: Vec<f64>,
    /// Whether there is anything to write: a rule may leave the groups alone.
    answered: bool,
}

impl Track {
    pub(super) fn new(
        field: Field,
        rule: Rule,
        selection: Selection,
        groups: &(impl ParamGroups + ?Sized),
    ) -> Result<Self, Error> {
        let driver = match rule.0 {
            Kind::Plan(plan) => Driver::Plan(plan),
            Kind::Tie(tie) => Driver::Tie(tie),
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
        let mut track = Self {
            field,
            driver,
            original: None,
            selection,
            groups: Vec::new(),
            bases: Vec::new(),
            same_base: Vec::new(),
            sources: Vec::new(),
            controller: None,
            last_used: Vec::new(),
            current: Vec::new(),
            found: Vec::new(),
            next: Vec::new(),
            current_unfactored: Vec::new(),
            next_unfactored: Vec::new(),
            answered: false,
        };
        track.adopt(0, groups)?;
        if track.groups.is_empty() {
            let rule = "a plan with absolute levels leaves such groups alone; select groups by name or index to schedule them";
            return Err(Error::parameter(track.field.to_string(), "0 in every group", rule));
        }
        Ok(track)
    }

    /// Schedules the selected groups from the index `first` on, with their values as bases. On an error, none is.
    pub(super) fn adopt(&mut self, first: usize, groups: &(impl ParamGroups + ?Sized)) -> Result<(), Error> {
        let mut adopted = Vec::new();
        for group in self.selection.indices(groups)?.into_iter().filter(|group| *group >= first) {
            let base = read(&self.field, group, groups)?;
            if !base.is_finite() {
                return Err(Error::NotFinite {
                    field: self.field.to_string(),
                    group: describe_group(groups, group),
                    value: base,
                    origin: "it is what the optimizer starts from, the base of the schedule",
                });
            }
            if let Driver::Plan(plan) = &self.driver {
                // An absolute level would switch on what a base of 0 keeps off, unless the group was asked for.
                if base == 0.0 && self.selection.is_all() && plan.has_absolute_level() {
                    continue;
                }
                plan.check_base(base)?;
            }
            adopted.push((group, base));
        }
        for (group, base) in adopted {
            self.groups.push(group);
            self.bases.push(base);
            for values in [
                &mut self.last_used,
                &mut self.current,
                &mut self.found,
                &mut self.next,
                &mut self.current_unfactored,
                &mut self.next_unfactored,
            ] {
                values.push(base);
            }
        }
        self.find_same_bases();
        Ok(())
    }

    /// Takes other bases and, for a track with a plan, another plan; answers with what there was.
    pub(super) fn replace(&mut self, bases: Vec<f64>, plan: Option<Plan>) -> (Vec<f64>, Option<Plan>) {
        let before = std::mem::replace(&mut self.bases, bases);
        self.find_same_bases();
        let plan = match (&mut self.driver, plan) {
            (Driver::Plan(own), Some(plan)) => Some(std::mem::replace(own, plan)),
            _ => None,
        };
        (before, plan)
    }

    fn find_same_bases(&mut self) {
        let bits: Vec<u64> = self.bases.iter().map(|base| base.to_bits()).collect();
        let mut order: Vec<usize> = (0..bits.len()).collect();
        order.sort_by_key(|index| (bits[*index], *index));
        self.same_base.clone_from(&order);
        for run in order.chunk_by(|a, b| bits[*a] == bits[*b]) {
            for index in run {
                self.same_base[*index] = run[0];
            }
        }
    }

    /// Computes the rule's values for update `n`, for a user's rule from what the groups have. Nothing is written to
    /// them.
    pub(super) fn compute(&mut self, n: u64, groups: &(impl ParamGroups + ?Sized)) -> Result<(), Error> {
        if let Driver::User(_) = self.driver {
            self.read(groups)?;
        }
        let next = if self.controller.is_some() { &mut self.next_unfactored } else { &mut self.next };
        match &mut self.driver {
            Driver::Plan(plan) => {
                fill(plan, n, &self.bases, &self.same_base, next);
                self.answered = true;
            }
            // Its source is not computed yet: see `follow`.
            Driver::Tie(_) => self.answered = true,
            Driver::User(rule) => {
                next.fill(f64::NAN);
                let current = if self.controller.is_some() { &self.current_unfactored } else { &self.found };
                let answered = rule.get_updated_values(n, current, next);
                self.answered = answered.map_err(|error| match error {
                    // A closure does not know its field.
                    Error::ValueCount { groups, values, .. } => {
                        Error::ValueCount { field: self.field.to_string(), groups, values }
                    }
                    error => error,
                })?;
                if !self.answered {
                    next.copy_from_slice(current);
                    // The factor may have changed all the same.
                    self.answered = self.controller.is_some();
                }
            }
        }
        Ok(())
    }

    /// What was written last, without the controller's factor: what a user's rule goes on from.
    pub(super) fn unfactored(&self) -> &[f64] {
        if self.controller.is_some() { &self.current_unfactored } else { &self.current }
    }

    /// Where the rule's values go, before a controller multiplies them.
    fn next_unfactored(&mut self) -> &mut [f64] {
        if self.controller.is_some() { &mut self.next_unfactored } else { &mut self.next }
    }

    /// Takes what was written last as the rule's values.
    pub(super) fn keep(&mut self) {
        self.next.copy_from_slice(&self.current);
        self.next_unfactored.copy_from_slice(&self.current_unfactored);
        self.answered = true;
    }

    /// Takes these as the rule's values.
    pub(super) fn restore(&mut self, values: &[f64]) {
        self.next_unfactored().copy_from_slice(values);
        self.answered = true;
    }

    /// Computes a tied field in one of its groups from its source there and the source's base.
    pub(super) fn follow(&mut self, index: usize, source: f64, source_base: f64) {
        if let Driver::Tie(tie) = &self.driver {
            let value = tie.value(self.bases[index], source, source_base);
            self.next_unfactored()[index] = value;
        }
    }

    /// Multiplies by the controller's factor, if there is one, and checks every value.
    pub(super) fn finish(
        &mut self,
        factor: Option<f64>,
        groups: &(impl ParamGroups + ?Sized),
    ) -> Result<(), Error> {
        if let Some(factor) = factor {
            for (next, unfactored) in self.next.iter_mut().zip(&self.next_unfactored) {
                *next = unfactored * factor;
            }
        }
        // In one go for all: quicker than to stop at the first that is wrong.
        if self.next.iter().fold(true, |finite, value| finite & value.is_finite()) || !self.answered {
            return Ok(());
        }
        match self.next.iter().position(|value| !value.is_finite()) {
            None => Ok(()),
            Some(index) => Err(Error::NotFinite {
                field: self.field.to_string(),
                group: describe_group(groups, self.groups[index]),
                value: self.next[index],
                origin: "a rule gives a finite number for every group, or leaves all groups alone",
            }),
        }
    }

    fn read(&mut self, groups: &(impl ParamGroups + ?Sized)) -> Result<(), Error> {
        let read = groups.get_each(&self.field, &self.groups, &mut self.found);
        read.map_err(|group| missing(&self.field, group, groups))
    }

    /// Reads and writes in one pass, if the optimizer can; if not, nothing is changed.
    fn exchange(&mut self, groups: &mut (impl ParamGroups + ?Sized)) -> bool {
        !self.answered || groups.exchange(&self.field, &self.groups, &self.next, &mut self.found)
    }

    /// Whether the groups would take the values.
    fn check(&self, groups: &mut (impl ParamGroups + ?Sized)) -> Result<(), Error> {
        if !self.answered {
            return Ok(());
        }
        let checked = groups.check_each(&self.field, &self.groups, &self.next);
        checked.map_err(|(group, reason)| self.refused(group, reason, groups))
    }

    /// Writes group by group; on an error, says how many groups were written before.
    fn write(&self, groups: &mut (impl ParamGroups + ?Sized)) -> Result<(), (usize, Error)> {
        if !self.answered {
            return Ok(());
        }
        let written = groups.set_each(&self.field, &self.groups, &self.next);
        written.map_err(|(index, reason)| {
            let group = self.groups.get(index).copied().unwrap_or_default();
            (index, self.refused(group, reason, groups))
        })
    }

    fn refused(&self, group: usize, reason: String, groups: &(impl ParamGroups + ?Sized)) -> Error {
        Error::Write { field: self.field.to_string(), group: describe_group(groups, group), reason }
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

    /// The values that were found by the last write were those of the update that it counts.
    pub(super) fn remember_used(&mut self) {
        // The other one is read anew before it is needed.
        std::mem::swap(&mut self.last_used, &mut self.found);
    }

    fn commit(&mut self) {
        if self.answered {
            // The others are computed anew before they are needed.
            std::mem::swap(&mut self.current, &mut self.next);
            std::mem::swap(&mut self.current_unfactored, &mut self.next_unfactored);
        } else {
            self.current.copy_from_slice(&self.found);
        }
    }
}

fn read(field: &Field, group: usize, groups: &(impl ParamGroups + ?Sized)) -> Result<f64, Error> {
    groups.get(group, field).ok_or_else(|| missing(field, group, groups))
}

fn missing(field: &Field, group: usize, groups: &(impl ParamGroups + ?Sized)) -> Error {
    Error::MissingField {
        field: field.to_string(),
        group: describe_group(groups, group),
        known: groups.fields(group),
    }
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

/// Writes what every track has computed, or nothing.
pub(super) fn write_all(tracks: &mut [Track], groups: &mut (impl ParamGroups + ?Sized)) -> Result<(), Error> {
    if let Some(refused) = tracks.iter_mut().position(|track| !track.exchange(groups)) {
        undo_all(&tracks[..refused], groups);
        check_and_write(tracks, groups)?;
    }
    tracks.iter_mut().for_each(Track::commit);
    Ok(())
}

/// Writes once everything is read and found to be writable; if a write fails all the same, everything that was written
/// is put back.
fn check_and_write(tracks: &mut [Track], groups: &mut (impl ParamGroups + ?Sized)) -> Result<(), Error> {
    tracks.iter_mut().try_for_each(|track| track.read(groups))?;
    tracks.iter().try_for_each(|track| track.check(groups))?;
    for (index, track) in tracks.iter().enumerate() {
        if let Err((written, error)) = track.write(groups) {
            track.undo(written, groups);
            undo_all(&tracks[..index], groups);
            return Err(error);
        }
    }
    Ok(())
}

fn undo_all(tracks: &[Track], groups: &mut (impl ParamGroups + ?Sized)) {
    for track in tracks {
        track.undo(usize::MAX, groups);
    }
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
