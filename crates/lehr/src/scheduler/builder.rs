//! `SchedulerBuilder`: the fields of a scheduler, before it is attached.

use super::scheduler::{Control, Scheduler};
use super::track::{Driver, Track};
use crate::control::Controller;
use crate::error::Error;
use crate::field::Field;
use crate::groups::{ParamGroups, Selection, describe_group};
use crate::horizon::Horizon;
use crate::rule::{Kind, Rule};

/// What to do when the optimizer has got more groups than when the scheduler was attached.
///
/// ```
/// use lehr::{Horizon, MemoryGroups, NewGroups, Scheduler, Spec};
///
/// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
/// let mut groups = MemoryGroups::of("lr", &[1.0]);
/// let builder = Scheduler::builder().field("lr", plan).new_groups(NewGroups::Adopt);
/// let mut scheduler = builder.attach(&mut groups)?;
/// let mut groups = groups.group("late", [("lr", 8.0)]);
/// scheduler.step(&mut groups)?;
/// assert_eq!(groups.values("lr")?, [0.75, 6.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NewGroups {
    /// Refuse to step: a group that nobody schedules would be a silent mistake.
    #[default]
    Error,
    /// Schedule those that the selections mean, each with its value of that moment as base.
    Adopt,
}

/// The fields of a [`Scheduler`] that is not attached yet.
///
/// ```
/// use lehr::{Horizon, MemoryGroups, Scheduler, Spec};
///
/// // Specs may wait for the run's length.
/// let builder = Scheduler::builder().field("lr", "linear(from=0x, over=50%) -> hold".parse::<Spec>()?);
/// let mut groups = MemoryGroups::of("lr", &[1.0]);
/// let mut scheduler = builder.resolve(&Horizon::updates(8)?)?.attach(&mut groups)?;
/// scheduler.seek(2, &mut groups)?;
/// assert_eq!(groups.values("lr")?, [0.5]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct SchedulerBuilder {
    fields: Vec<(String, Selection, Rule)>,
    controls: Vec<(String, Control)>,
    new_groups: NewGroups,
}

impl SchedulerBuilder {
    /// Schedules a field of every group. A plan with absolute levels leaves groups alone whose base is 0.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, Spec};
    ///
    /// let plan = "hold(from=0.1)".parse::<Spec>()?.resolve(&Horizon::open())?;
    /// let mut groups = MemoryGroups::of("weight_decay", &[0.04, 0.0]);
    /// Scheduler::builder().field("weight_decay", plan).attach(&mut groups)?;
    /// assert_eq!(groups.values("weight_decay")?, [0.1, 0.0]); // a base of 0 is left alone
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn field(self, field: &str, rule: impl Into<Rule>) -> Self {
        self.field_on(field, Selection::All, rule)
    }

    /// Schedules a field of the selected groups, whatever their base.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, Selection, Spec};
    ///
    /// let plan = "hold(from=0.1)".parse::<Spec>()?.resolve(&Horizon::open())?;
    /// let mut groups = MemoryGroups::new()
    ///     .group("weights", [("weight_decay", 0.01)])
    ///     .group("biases", [("weight_decay", 0.0)]);
    /// Scheduler::builder()
    ///     .field_on("weight_decay", Selection::names(["weights"]), plan)
    ///     .attach(&mut groups)?;
    /// assert_eq!(groups.values("weight_decay")?, [0.1, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn field_on(mut self, field: &str, groups: Selection, rule: impl Into<Rule>) -> Self {
        self.fields.push((field.to_owned(), groups, rule.into()));
        self
    }

    /// Multiplies what a scheduled field's rules say by a controller's factor, in every group.
    ///
    /// ```
    /// use lehr::control::Plateau;
    /// use lehr::{Horizon, MemoryGroups, Plan, Scheduler, hold};
    ///
    /// let plan = Plan::builder().then(hold()).resolve(&Horizon::open())?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0, 0.5]);
    /// let plateau = Plateau::builder().patience(0).factor(0.1).build()?;
    /// let mut scheduler = Scheduler::builder().field("lr", plan).control("lr", plateau).attach(&mut groups)?;
    /// scheduler.observe(3.0, &mut groups)?;
    /// scheduler.observe(3.0, &mut groups)?;
    /// assert_eq!(groups.values("lr")?, [0.1, 0.05]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn control(mut self, field: &str, controller: impl Controller + 'static) -> Self {
        self.controls.push((field.to_owned(), Control(Box::new(controller))));
        self
    }

    /// What to do about groups that come later; an error unless this says otherwise.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, NewGroups, Plan, Scheduler, linear, times};
    ///
    /// let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = Scheduler::builder().field("lr", plan).new_groups(NewGroups::Adopt).attach(&mut groups)?;
    /// scheduler.step(&mut groups)?;
    /// groups = groups.group("head", [("lr", 2.0)]);
    /// scheduler.step(&mut groups)?;
    /// assert_eq!(groups.values("lr")?, [0.5, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn new_groups(self, policy: NewGroups) -> Self {
        Self { new_groups: policy, ..self }
    }

    /// Resolves every spec to the run; plans and rules stay as they are.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, Spec};
    ///
    /// let mut groups = MemoryGroups::new().group("all", [("lr", 0.1), ("weight_decay", 0.01)]);
    /// let mut scheduler = Scheduler::builder()
    ///     .field("lr", "linear(from=0x, over=50%) -> linear(to=0)".parse::<Spec>()?)
    ///     .field("weight_decay", "linear(to=2x)".parse::<Spec>()?)
    ///     .resolve(&Horizon::updates(4)?)?
    ///     .attach(&mut groups)?;
    /// scheduler.seek(2, &mut groups)?;
    /// assert_eq!((groups.values("lr")?, groups.values("weight_decay")?), (vec![0.1], vec![0.015]));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Spec::resolve`](crate::Spec::resolve).
    pub fn resolve(self, horizon: &Horizon) -> Result<Self, Error> {
        let resolve = |(field, groups, rule): (String, Selection, Rule)| {
            let rule = match rule.0 {
                Kind::Spec(spec) => Rule::from(spec.resolve(horizon)?),
                kind => Rule(kind),
            };
            Ok((field, groups, rule))
        };
        Ok(Self { fields: self.fields.into_iter().map(resolve).collect::<Result<_, Error>>()?, ..self })
    }

    /// Takes the fields' current values as bases and writes the values for update 0.
    ///
    /// # Errors
    ///
    /// [`Error::Text`] for a field that is no field's name; [`Error::Selection`] for groups that are not there;
    /// [`Error::MissingField`] for a field that a selected group lacks; [`Error::Conflict`] for a field that is
    /// scheduled, or controlled, twice in a group; [`Error::NotFinite`] for a base or a first value that is NaN or
    /// infinite; [`Error::Parameter`] for a spec that is not resolved, a plan that does not fit a base, a tie to a field
    /// that is not scheduled or that is tied back, a controller of a field that is not scheduled. No group is then
    /// changed.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, Spec};
    ///
    /// let plan = "linear(from=0.5x, to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0, 0.1]);
    /// Scheduler::builder().field("lr", plan.clone()).attach(&mut groups)?;
    /// assert_eq!(groups.values("lr")?, [0.5, 0.05]);
    /// // The same field twice is an error, and so is one that is not there.
    /// assert!(Scheduler::builder().field("lr", plan.clone()).field("lr", plan.clone()).attach(&mut groups).is_err());
    /// assert!(Scheduler::builder().field("momentum", plan).attach(&mut groups).is_err());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn attach(self, groups: &mut (impl ParamGroups + ?Sized)) -> Result<Scheduler, Error> {
        let mut tracks: Vec<Track> = Vec::with_capacity(self.fields.len());
        for (field, selection, rule) in self.fields {
            let track = Track::new(field.parse()?, rule, selection, groups)?;
            for other in tracks.iter().filter(|other| other.field.overlaps(&track.field)) {
                if let Some(group) = track.groups.iter().find(|group| other.groups.contains(group)) {
                    let group = describe_group(groups, *group);
                    return Err(Error::Conflict { field: track.field.to_string(), group });
                }
            }
            tracks.push(track);
        }
        let mut controls = Vec::with_capacity(self.controls.len());
        for (field, control) in self.controls {
            let field: Field = field.parse()?;
            let mut scheduled = false;
            for track in tracks.iter_mut().filter(|track| track.field == field) {
                if track.controller.replace(controls.len()).is_some() {
                    let group = describe_group(groups, track.groups[0]);
                    return Err(Error::Conflict { field: field.to_string(), group });
                }
                scheduled = true;
            }
            if !scheduled {
                let rule = "only a scheduled field can be controlled: schedule it with `field`, a hold if nothing else";
                return Err(Error::parameter("control", format!("for `{field}`"), rule));
            }
            controls.push(control);
        }
        let order = order(&tracks)?;
        connect(&mut tracks, groups)?;
        let mut scheduler = Scheduler::new(tracks, order, controls, groups.group_count(), self.new_groups);
        scheduler.write_update(0, groups)?;
        Ok(scheduler)
    }
}

/// The tracks in an order in which every source comes before what is tied to it.
fn order(tracks: &[Track]) -> Result<Vec<usize>, Error> {
    let mut order: Vec<usize> = Vec::with_capacity(tracks.len());
    while order.len() < tracks.len() {
        let ready = (0..tracks.len()).find(|index| {
            let waits = match &tracks[*index].driver {
                Driver::Tie(tie) => (0..tracks.len())
                    .any(|source| tracks[source].field == tie.source && !order.contains(&source)),
                _ => false,
            };
            !order.contains(index) && !waits
        });
        let Some(ready) = ready else {
            let tied: Vec<String> = (0..tracks.len())
                .filter(|index| !order.contains(index))
                .map(|index| format!("{} = {}", tracks[index].field, tracks[index].driver.fingerprint()))
                .collect();
            return Err(Error::parameter(
                "tied_to",
                tied.join(", "),
                "fields cannot be tied to each other in a circle",
            ));
        };
        order.push(ready);
    }
    Ok(order)
}

/// Finds the source of every tied group.
pub(super) fn connect(tracks: &mut [Track], groups: &(impl ParamGroups + ?Sized)) -> Result<(), Error> {
    for index in 0..tracks.len() {
        let Driver::Tie(tie) = &tracks[index].driver else { continue };
        let mut sources = Vec::with_capacity(tracks[index].groups.len());
        for group in &tracks[index].groups {
            let found = tracks.iter().enumerate().filter(|(_, track)| track.field == tie.source).find_map(
                |(track, source)| source.groups.binary_search(group).ok().map(|place| (track, place)),
            );
            let Some((track, place)) = found else {
                let group = describe_group(groups, *group);
                let rule = format!(
                    "`{}` is not scheduled in {group}: schedule it there too, a hold if nothing else",
                    tie.source
                );
                return Err(Error::parameter(tracks[index].field.to_string(), tie.to_string(), rule));
            };
            tie.check(&tracks[index].field, tracks[track].bases[place])?;
            sources.push((track, place));
        }
        tracks[index].sources = sources;
    }
    Ok(())
}
