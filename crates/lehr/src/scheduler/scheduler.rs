//! `Scheduler`: several fields and selections of groups behind one `step()`, one count, one state.

use super::state::{FieldState, OnMismatch, State};
use super::track::{Driver, Track, apply, check_count, write_all};
use crate::error::Error;
use crate::field::Field;
use crate::groups::{ParamGroups, Selection, describe_group};
use crate::horizon::Horizon;
use crate::plan::Plan;
use crate::rule::{Kind, Rule};
use crate::spec::Spec;
use crate::trace::Trace;

/// What most people use: any number of fields, each with its plan or rule, stepped together.
///
/// After k calls of [`step`](Self::step) the count is k and the groups hold the values for update k.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, MemoryGroups, Plan, Scheduler, Selection, absolute, cosine, linear, times, updates};
///
/// let horizon = Horizon::updates(100)?;
/// let lr = Plan::builder()
///     .then(linear().from(times(0.1)).over(updates(10)))
///     .then(cosine().to(absolute(0.0)))
///     .resolve(&horizon)?;
/// let weight_decay = Plan::builder().then(linear().from(absolute(0.04)).to(absolute(0.4))).resolve(&horizon)?;
///
/// let mut optimizer = MemoryGroups::new()
///     .group("weights", [("lr", 0.1), ("weight_decay", 0.04)])
///     .group("biases", [("lr", 0.1), ("weight_decay", 0.0)]);
/// let mut schedule = Scheduler::builder()
///     .field("lr", lr)
///     .field_on("weight_decay", Selection::names(["weights"]), weight_decay)
///     .attach(&mut optimizer)?;
/// for _ in 0..100 {
///     // backward, optimizer step
///     schedule.step(&mut optimizer)?;
/// }
/// assert_eq!(optimizer.values("lr")?, [0.0, 0.0]);
/// assert_eq!(optimizer.values("weight_decay")?, [0.4, 0.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Debug)]
pub struct Scheduler {
    tracks: Vec<Track>,
    num_updates: u64,
    group_count: usize,
    stepped: bool,
}

/// The fields of a [`Scheduler`] that is not attached yet.
#[derive(Debug, Default)]
pub struct SchedulerBuilder {
    fields: Vec<(String, Selection, Rule)>,
}

impl SchedulerBuilder {
    /// Schedules a field of every group. A plan with absolute levels leaves groups alone whose base is 0.
    #[must_use]
    pub fn field(self, field: &str, rule: impl Into<Rule>) -> Self {
        self.field_on(field, Selection::All, rule)
    }

    /// Schedules a field of the selected groups, whatever their base.
    #[must_use]
    pub fn field_on(mut self, field: &str, groups: Selection, rule: impl Into<Rule>) -> Self {
        self.fields.push((field.to_owned(), groups, rule.into()));
        self
    }

    /// Resolves every spec to the run; plans and rules stay as they are.
    ///
    /// # Errors
    ///
    /// As [`Spec::resolve`].
    pub fn resolve(self, horizon: &Horizon) -> Result<Self, Error> {
        let resolve = |(field, groups, rule): (String, Selection, Rule)| {
            let rule = match rule.0 {
                Kind::Spec(spec) => Rule::from(spec.resolve(horizon)?),
                kind => Rule(kind),
            };
            Ok((field, groups, rule))
        };
        Ok(Self { fields: self.fields.into_iter().map(resolve).collect::<Result<_, Error>>()? })
    }

    /// Takes the fields' current values as bases and writes the values for update 0.
    ///
    /// # Errors
    ///
    /// [`Error::Text`] for a field that is no field's name; [`Error::Selection`] for groups that are not there;
    /// [`Error::MissingField`] for a field that a selected group lacks; [`Error::Conflict`] for a field that is
    /// scheduled twice in a group; [`Error::NotFinite`] for a base or a first value that is NaN or infinite;
    /// [`Error::Parameter`] for a spec that is not resolved, or a plan that does not fit a base. No group is then
    /// changed.
    pub fn attach(self, groups: &mut (impl ParamGroups + ?Sized)) -> Result<Scheduler, Error> {
        let mut tracks: Vec<Track> = Vec::with_capacity(self.fields.len());
        for (field, selection, rule) in self.fields {
            let track = Track::new(field.parse()?, rule, &selection, groups)?;
            for other in tracks.iter().filter(|other| other.field.overlaps(&track.field)) {
                if let Some(group) = track.groups.iter().find(|group| other.groups.contains(group)) {
                    let group = describe_group(groups, *group);
                    return Err(Error::Conflict { field: track.field.to_string(), group });
                }
            }
            tracks.push(track);
        }
        apply(&mut tracks, 0, groups)?;
        Ok(Scheduler { tracks, num_updates: 0, group_count: groups.group_count(), stepped: false })
    }
}

impl Scheduler {
    /// A scheduler without fields, to add some and attach it.
    pub fn builder() -> SchedulerBuilder {
        SchedulerBuilder::default()
    }

    /// Counts a completed update and writes the values for the next one.
    ///
    /// # Errors
    ///
    /// [`Error::GroupCount`] if groups came or went; [`Error::MissingField`] if one lost the field;
    /// [`Error::ValueCount`], [`Error::NotFinite`] or [`Error::Rule`] if a rule's answer cannot be used;
    /// [`Error::Write`] if the optimizer refuses a value. No group is then changed, and the count is not raised.
    pub fn step(&mut self, groups: &mut (impl ParamGroups + ?Sized)) -> Result<(), Error> {
        check_count(self.group_count, groups)?;
        let next = self.num_updates.saturating_add(1);
        apply(&mut self.tracks, next, groups)?;
        self.num_updates = next;
        self.stepped = true;
        Ok(())
    }

    /// [`step`](Self::step) if the optimizer did update; a skipped update leaves the clock where it is.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Plan, Scheduler, linear, times};
    ///
    /// let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = Scheduler::builder().field("lr", plan).attach(&mut groups)?;
    /// scheduler.step_if(false, &mut groups)?; // a loss scaler found an overflow
    /// assert_eq!((scheduler.num_updates(), groups.values("lr")?), (0, vec![1.0]));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`step`](Self::step).
    pub fn step_if(&mut self, updated: bool, groups: &mut (impl ParamGroups + ?Sized)) -> Result<(), Error> {
        if updated { self.step(groups) } else { Ok(()) }
    }

    /// Updates that are completed.
    pub fn num_updates(&self) -> u64 {
        self.num_updates
    }

    /// The scheduled fields, each once, in the order in which they were given.
    pub fn fields(&self) -> Vec<&Field> {
        let mut fields: Vec<&Field> = Vec::new();
        for track in &self.tracks {
            if !fields.contains(&&track.field) {
                fields.push(&track.field);
            }
        }
        fields
    }

    /// What the next update uses; `None` where the field is not scheduled in that group.
    pub fn current(&self, field: &str, group: usize) -> Option<f64> {
        self.find(field, group).map(|(track, index)| track.current[index])
    }

    /// What the finished update used: the value that the group had when it was stepped. `None` before the first step.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Plan, Scheduler, linear, times};
    ///
    /// let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = Scheduler::builder().field("lr", plan).attach(&mut groups)?;
    /// assert_eq!((scheduler.last_used("lr", 0), scheduler.current("lr", 0)), (None, Some(1.0)));
    /// scheduler.step(&mut groups)?;
    /// assert_eq!((scheduler.last_used("lr", 0), scheduler.current("lr", 0)), (Some(1.0), Some(0.75)));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn last_used(&self, field: &str, group: usize) -> Option<f64> {
        self.find(field, group).filter(|_| self.stepped).map(|(track, index)| track.last_used[index])
    }

    /// The planned values of a field in a group, sampled at about `count` updates for a picture or a table; `None`
    /// where the field is not scheduled in that group, or by a rule of the user's own.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Plan, Scheduler, linear, times};
    ///
    /// let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let scheduler = Scheduler::builder().field("lr", plan).attach(&mut groups)?;
    /// let trace = scheduler.trace("lr", 0, 10).expect("lr is planned in group 0");
    /// assert_eq!(trace.points(), [(0, 1.0), (1, 0.75), (2, 0.5), (3, 0.25)]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn trace(&self, field: &str, group: usize, count: usize) -> Option<Trace> {
        let (track, index) = self.find(field, group)?;
        match &track.driver {
            Driver::Plan(plan) => Some(Trace::sample(field, plan, track.bases[index], count)),
            Driver::User(_) => None,
        }
    }

    fn find(&self, field: &str, group: usize) -> Option<(&Track, usize)> {
        let field: Field = field.parse().ok()?;
        self.tracks
            .iter()
            .filter(|track| track.field == field)
            .find_map(|track| track.groups.binary_search(&group).ok().map(|index| (track, index)))
    }

    /// The progress, as plain data.
    pub fn state(&self) -> State {
        let fields = self.tracks.iter().map(|track| {
            let (plan, rule) = match &track.driver {
                Driver::Plan(plan) => (Some(plan.to_string()), None),
                Driver::User(rule) => (None, Some(rule.name().to_owned())),
            };
            FieldState {
                field: track.field.to_string(),
                groups: track.groups.clone(),
                bases: track.bases.clone(),
                values: track.current.clone(),
                plan,
                rule,
            }
        });
        State { version: State::VERSION, num_updates: self.num_updates, fields: fields.collect() }
    }

    /// Takes over a saved progress and writes its values at once, so that it does not matter whether the optimizer
    /// was restored before or after.
    ///
    /// Plans compute their values anew; a user's rule is not asked, its groups get what was written last.
    ///
    /// # Errors
    ///
    /// [`Error::State`] with a list of what differs: the version, the fields, their groups, or, unless `on_mismatch`
    /// says which to use, a plan. [`Error::Text`] or [`Error::Parameter`] for a saved plan or base that cannot be
    /// used, and the errors of a write. Nothing is then changed.
    pub fn load_state(
        &mut self,
        state: &State,
        on_mismatch: OnMismatch,
        groups: &mut (impl ParamGroups + ?Sized),
    ) -> Result<(), Error> {
        check_count(self.group_count, groups)?;
        let differences = self.differences(state, on_mismatch);
        if !differences.is_empty() {
            return Err(Error::State { differences });
        }
        let mut plans = Vec::with_capacity(self.tracks.len());
        for (track, saved) in self.tracks.iter().zip(&state.fields) {
            let plan = match (&track.driver, &saved.plan, on_mismatch) {
                (Driver::Plan(_), Some(text), OnMismatch::UseSaved) => {
                    Some(text.parse::<Spec>()?.resolve(&Horizon::open())?)
                }
                (Driver::Plan(plan), ..) => Some(plan.clone()),
                (Driver::User(_), ..) => None,
            };
            check_saved(track, saved, plan.as_ref(), groups)?;
            plans.push(plan);
        }
        let mut kept = Vec::with_capacity(plans.len());
        for ((track, plan), saved) in self.tracks.iter_mut().zip(plans).zip(&state.fields) {
            kept.push(track.replace(saved.bases.clone(), plan));
        }
        let written = self.rewrite(state, groups);
        if written.is_err() {
            for (track, (bases, plan)) in self.tracks.iter_mut().zip(kept) {
                track.replace(bases, plan);
            }
            return written;
        }
        self.num_updates = state.num_updates;
        self.stepped = false;
        Ok(())
    }

    fn rewrite(&mut self, state: &State, groups: &mut (impl ParamGroups + ?Sized)) -> Result<(), Error> {
        for (track, saved) in self.tracks.iter_mut().zip(&state.fields) {
            match track.driver {
                Driver::Plan(_) => track.compute(state.num_updates, groups)?,
                Driver::User(_) => track.restore(&saved.values, groups)?,
            }
        }
        write_all(&mut self.tracks, groups)
    }

    fn differences(&self, state: &State, on_mismatch: OnMismatch) -> Vec<String> {
        if state.version != State::VERSION {
            return vec![format!(
                "it has version {}, but this lehr reads up to version {}: read it with the lehr that wrote it, or a later one",
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
            let field = &track.field;
            if saved.field != field.to_string() {
                differences
                    .push(format!("it schedules `{}` where this scheduler has `{field}`", saved.field));
                continue;
            }
            if saved.groups != track.groups {
                differences.push(format!(
                    "`{field}` is scheduled in groups {:?}, here in {:?}",
                    saved.groups, track.groups
                ));
            }
            if saved.bases.len() != saved.groups.len() || saved.values.len() != saved.groups.len() {
                differences.push(format!(
                    "`{field}` has {} bases and {} values for {} groups",
                    saved.bases.len(),
                    saved.values.len(),
                    saved.groups.len()
                ));
            }
            let (own, kind) = match &track.driver {
                Driver::Plan(plan) => (plan.to_string(), "plan"),
                Driver::User(rule) => (rule.name().to_owned(), "rule"),
            };
            let (same_kind, other_kind) = match kind {
                "plan" => (&saved.plan, &saved.rule),
                _ => (&saved.rule, &saved.plan),
            };
            match (same_kind, other_kind) {
                (Some(saved), None) if *saved == own => {}
                (Some(_), None) if kind == "plan" && on_mismatch != OnMismatch::Error => {}
                (Some(saved), None) => {
                    differences.push(format!("the {kind} of `{field}` was `{saved}`, now it is `{own}`"));
                }
                _ => differences.push(format!("`{field}` was not driven by a {kind}, now it is by `{own}`")),
            }
        }
        differences
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
