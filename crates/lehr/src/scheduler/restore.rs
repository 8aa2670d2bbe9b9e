//! Saving and loading a scheduler's progress.

use super::scheduler::Scheduler;
use super::state::{FieldState, OnMismatch, State};
use super::track::{Driver, Track};
use crate::control::ControllerState;
use crate::error::Error;
use crate::groups::{ParamGroups, describe_group};
use crate::horizon::Horizon;
use crate::plan::Plan;
use crate::spec::Spec;

impl Scheduler {
    /// The progress, as plain data.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, Spec};
    ///
    /// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = Scheduler::builder().field("lr", plan).attach(&mut groups)?;
    /// scheduler.step(&mut groups)?;
    /// let state = scheduler.state();
    /// assert_eq!((state.num_updates, state.fields[0].field.as_str()), (1, "lr"));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn state(&self) -> State {
        let fields = self.tracks.iter().map(|track| {
            let fingerprint = track.driver.fingerprint();
            let (plan, rule) = if track.driver.plan().is_some() {
                (Some(fingerprint), None)
            } else {
                (None, Some(fingerprint))
            };
            FieldState {
                field: track.field.to_string(),
                groups: track.groups.clone(),
                bases: track.bases.clone(),
                values: track.unfactored().to_vec(),
                plan,
                original: track.original.clone(),
                rule,
            }
        });
        State {
            version: State::VERSION,
            num_updates: self.num_updates,
            fields: fields.collect(),
            controllers: self.controller_states(),
        }
    }

    /// Takes over a saved progress and writes its values at once, so that it does not matter whether the optimizer
    /// was restored before or after.
    ///
    /// Plans compute their values anew; a user's rule is not asked, its groups get what was written last. A plan that was
    /// changed on the way ([`retarget`](Self::retarget), [`anneal_from_here`](Self::anneal_from_here)) is taken over as
    /// changed, if this scheduler has the plan that was changed.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, OnMismatch, Scheduler, Spec};
    ///
    /// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = Scheduler::builder().field("lr", plan.clone()).attach(&mut groups)?;
    /// scheduler.step(&mut groups)?;
    /// let state = scheduler.state();
    ///
    /// let mut restored = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = Scheduler::builder().field("lr", plan).attach(&mut restored)?;
    /// scheduler.load_state(&state, OnMismatch::Error, &mut restored)?;
    /// assert_eq!((scheduler.num_updates(), restored.values("lr")?), (1, vec![0.75]));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::State`] with a list of what differs: the version, the fields, their groups, the controllers, or, unless
    /// `on_mismatch` says which to use, a plan or a controller's settings. [`Error::Text`] or [`Error::Parameter`] for a
    /// saved plan or base that cannot be used, and the errors of a write. Nothing is then changed.
    pub fn load_state(
        &mut self,
        state: &State,
        on_mismatch: OnMismatch,
        groups: &mut (impl ParamGroups + ?Sized),
    ) -> Result<(), Error> {
        self.check_groups(groups)?;
        let differences = self.differences(state, on_mismatch);
        if !differences.is_empty() {
            return Err(Error::State { differences });
        }
        let mut plans = Vec::with_capacity(self.tracks.len());
        for (track, saved) in self.tracks.iter().zip(&state.fields) {
            let plan = plan_to_use(track, saved, on_mismatch)?;
            check_saved(track, saved, plan.as_ref(), groups)?;
            plans.push(plan);
        }
        let controllers = self.load_controllers(&state.controllers, on_mismatch)?;
        let mut kept = Vec::with_capacity(plans.len());
        for ((track, plan), saved) in self.tracks.iter_mut().zip(plans).zip(&state.fields) {
            kept.push(track.replace(saved.bases.clone(), plan));
        }
        // Tracks are computed in the order of their ties, so each is found by its field and groups.
        let written = self.write(groups, |track, groups| match &track.driver {
            Driver::User(_) => {
                let saved = state
                    .fields
                    .iter()
                    .find(|saved| saved.field == track.field.to_string() && saved.groups == track.groups);
                if let Some(saved) = saved {
                    track.restore(&saved.values);
                }
                Ok(())
            }
            _ => track.compute(state.num_updates, groups),
        });
        if written.is_err() {
            for (track, (bases, plan)) in self.tracks.iter_mut().zip(kept) {
                track.replace(bases, plan);
            }
            self.put_back(&controllers);
            return written;
        }
        for (track, saved) in self.tracks.iter_mut().zip(&state.fields) {
            track.original = saved.original.clone().filter(|_| on_mismatch != OnMismatch::UseNew);
        }
        self.num_updates = state.num_updates;
        self.stepped = false;
        Ok(())
    }

    /// Loads every controller; on an error, puts back those that were loaded. Answers with what they had before.
    fn load_controllers(
        &mut self,
        saved: &[ControllerState],
        on_mismatch: OnMismatch,
    ) -> Result<Vec<ControllerState>, Error> {
        let before = self.controller_states();
        for (control, saved) in self.controls.iter_mut().zip(saved) {
            let loaded = match on_mismatch {
                OnMismatch::UseNew => control.0.load_state(&control.0.adapted(saved)),
                OnMismatch::Error | OnMismatch::UseSaved => control.0.load_state(saved),
            };
            if let Err(error) = loaded {
                self.put_back(&before);
                return Err(error);
            }
        }
        Ok(before)
    }

    pub(super) fn controller_states(&self) -> Vec<ControllerState> {
        self.controls.iter().map(|control| control.0.state()).collect()
    }

    pub(super) fn put_back(&mut self, controllers: &[ControllerState]) {
        for (control, state) in self.controls.iter_mut().zip(controllers) {
            // Its own state of a moment ago: nothing that it could refuse.
            let _ = control.0.load_state(state);
        }
    }

    fn differences(&self, state: &State, on_mismatch: OnMismatch) -> Vec<String> {
        if state.version != State::VERSION {
            return vec![format!(
                "it has version {}, but this lehr reads up to version {}: read it with the lehr that wrote it, or a \
                 later one",
                state.version,
                State::VERSION
            )];
        }
        if state.fields.len() != self.tracks.len() {
            let saved: Vec<&str> = state.fields.iter().map(|saved| saved.field.as_str()).collect();
            let own: Vec<String> = self.tracks.iter().map(|track| track.field.to_string()).collect();
            return vec![format!("it schedules [{}], this scheduler [{}]", saved.join(", "), own.join(", "))];
        }
        let mut differences = Vec::new();
        for (track, saved) in self.tracks.iter().zip(&state.fields) {
            differences.extend(field_differences(track, saved, on_mismatch));
        }
        if state.controllers.len() != self.controls.len() {
            let names: Vec<&str> = self.controls.iter().map(|control| control.0.name()).collect();
            let saved: Vec<&str> = state.controllers.iter().map(|saved| saved.name.as_str()).collect();
            let (saved, own) = (saved.join(", "), names.join(", "));
            differences.push(format!("it has the controllers [{saved}], this scheduler [{own}]"));
        }
        differences
    }
}

fn field_differences(track: &Track, saved: &FieldState, on_mismatch: OnMismatch) -> Vec<String> {
    let field = &track.field;
    if saved.field != field.to_string() {
        return vec![format!("it schedules `{}` where this scheduler has `{field}`", saved.field)];
    }
    let mut differences = Vec::new();
    if saved.groups != track.groups {
        differences
            .push(format!("`{field}` is scheduled in groups {:?}, here in {:?}", saved.groups, track.groups));
    }
    if saved.bases.len() != saved.groups.len() || saved.values.len() != saved.groups.len() {
        let (bases, values) = (saved.bases.len(), saved.values.len());
        differences.push(format!(
            "`{field}` has {bases} bases and {values} values for {} groups",
            saved.groups.len()
        ));
    }
    let own = track.driver.fingerprint();
    let planned = track.driver.plan().is_some();
    let kind = if planned { "plan" } else { "rule" };
    match (&saved.plan, &saved.rule) {
        (Some(plan), None) if planned => {
            let same = *plan == own || saved.original.as_ref() == Some(&own);
            if !same && on_mismatch == OnMismatch::Error {
                differences.push(format!("the plan of `{field}` was `{plan}`, now it is `{own}`"));
            }
        }
        (None, Some(rule)) if !planned => {
            if *rule != own {
                differences.push(format!("the rule of `{field}` was `{rule}`, now it is `{own}`"));
            }
        }
        _ => differences.push(format!("`{field}` was not driven by a {kind}, now it is by `{own}`")),
    }
    differences
}

/// The plan that goes on: the scheduler's own, or the saved one, which may have been changed on the way.
fn plan_to_use(track: &Track, saved: &FieldState, on_mismatch: OnMismatch) -> Result<Option<Plan>, Error> {
    let Some(own) = track.driver.plan() else { return Ok(None) };
    let changed = saved.original.is_some() && on_mismatch == OnMismatch::Error;
    match &saved.plan {
        Some(text) if changed || on_mismatch == OnMismatch::UseSaved => {
            Ok(Some(text.parse::<Spec>()?.resolve(&Horizon::open())?))
        }
        _ => Ok(Some(own.clone())),
    }
}

/// The saved numbers are finite, and the plan fits the saved bases.
fn check_saved(
    track: &Track,
    saved: &FieldState,
    plan: Option<&Plan>,
    groups: &(impl ParamGroups + ?Sized),
) -> Result<(), Error> {
    for (group, (base, value)) in track.groups.iter().zip(saved.bases.iter().zip(&saved.values)) {
        for number in [*base, *value] {
            if !number.is_finite() {
                return Err(Error::NotFinite {
                    field: saved.field.clone(),
                    group: describe_group(groups, *group),
                    value: number,
                    origin: "that is what the saved state says; the state is damaged",
                });
            }
        }
        if let Some(plan) = plan {
            plan.check_base(*base)?;
        }
    }
    Ok(())
}
