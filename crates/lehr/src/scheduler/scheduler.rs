//! `Scheduler`: several fields and selections of groups behind one `step()`, one count, one state.

use std::cmp::Ordering;
use std::fmt;

use super::builder::{NewGroups, SchedulerBuilder, connect};
use super::track::{Driver, Track, write_all};
use crate::control::Controller;
use crate::error::Error;
use crate::field::Field;
use crate::groups::ParamGroups;
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
    pub(super) tracks: Vec<Track>,
    /// The tracks in an order in which every source comes before what is tied to it.
    order: Vec<usize>,
    pub(super) controls: Vec<Control>,
    pub(super) num_updates: u64,
    pub(super) group_count: usize,
    new_groups: NewGroups,
    /// Whether `last_used` means anything: an update has been seen since attaching or loading.
    pub(super) stepped: bool,
}

/// A controller that prints its name.
pub(super) struct Control(pub(super) Box<dyn Controller>);

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl Scheduler {
    /// A scheduler without fields, to add some and attach it.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, Spec};
    ///
    /// let plan = "hold(from=0.5x)".parse::<Spec>()?.resolve(&Horizon::open())?;
    /// let mut groups = MemoryGroups::new().group("all", [("lr", 0.2), ("weight_decay", 0.04)]);
    /// Scheduler::builder().field("lr", plan.clone()).field("weight_decay", plan).attach(&mut groups)?;
    /// assert_eq!((groups.values("lr")?, groups.values("weight_decay")?), (vec![0.1], vec![0.02]));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn builder() -> SchedulerBuilder {
        SchedulerBuilder::default()
    }

    pub(super) fn new(
        tracks: Vec<Track>,
        order: Vec<usize>,
        controls: Vec<Control>,
        group_count: usize,
        new_groups: NewGroups,
    ) -> Self {
        Self { tracks, order, controls, num_updates: 0, group_count, new_groups, stepped: false }
    }

    /// Asks every rule for update `n` and writes what they say; the count stays as it is.
    pub(super) fn write_update(
        &mut self,
        n: u64,
        groups: &mut (impl ParamGroups + ?Sized),
    ) -> Result<(), Error> {
        self.check_groups(groups)?;
        self.write(groups, |track, groups| track.compute(n, groups))
    }

    /// Computes every track by `compute`, then what is tied, then the factors, then writes: all or nothing.
    pub(super) fn write<G: ParamGroups + ?Sized>(
        &mut self,
        groups: &mut G,
        mut compute: impl FnMut(&mut Track, &G) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for place in 0..self.order.len() {
            let index = self.order[place];
            compute(&mut self.tracks[index], groups)?;
            for group in 0..self.tracks[index].sources.len() {
                let (track, source) = self.tracks[index].sources[group];
                let (value, base) = (self.tracks[track].next[source], self.tracks[track].bases[source]);
                self.tracks[index].follow(group, value, base);
            }
            let factor = self.tracks[index].controller.map(|control| self.controls[control].0.factor());
            self.tracks[index].finish(factor, groups)?;
        }
        write_all(&mut self.tracks, groups)
    }

    /// The groups are those that the scheduler knows; new ones are dealt with as was declared.
    pub(super) fn check_groups(&mut self, groups: &(impl ParamGroups + ?Sized)) -> Result<(), Error> {
        let now = groups.group_count();
        match now.cmp(&self.group_count) {
            Ordering::Equal => return Ok(()),
            Ordering::Greater if self.new_groups == NewGroups::Adopt => {}
            _ => return Err(Error::GroupCount { attached: self.group_count, now }),
        }
        for track in &mut self.tracks {
            let known = self.group_count.max(track.groups.last().map_or(0, |last| last + 1));
            track.adopt(known, groups)?;
        }
        connect(&mut self.tracks, groups)?;
        self.group_count = now;
        Ok(())
    }

    /// Counts a completed update and writes the values for the next one.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, Spec};
    ///
    /// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0, 0.5]);
    /// let mut scheduler = Scheduler::builder().field("lr", plan).attach(&mut groups)?;
    /// scheduler.step(&mut groups)?;
    /// assert_eq!((scheduler.num_updates(), groups.values("lr")?), (1, vec![0.75, 0.375]));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::GroupCount`] if groups went, or came and are not to be adopted; [`Error::MissingField`] if one lost the
    /// field; [`Error::ValueCount`], [`Error::NotFinite`] or [`Error::Rule`] if a rule's answer cannot be used;
    /// [`Error::Write`] if the optimizer refuses a value. No group is then changed, and the count is not raised.
    pub fn step(&mut self, groups: &mut (impl ParamGroups + ?Sized)) -> Result<(), Error> {
        self.step_update(self.num_updates.saturating_add(1), groups)
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

    /// Says how many updates are completed, for loops that count themselves: the count becomes `num_updates` and the
    /// values for it are written. Absolute; a user's rule is asked once for each call, whether it is pure or not.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Plan, Scheduler, linear, times};
    ///
    /// let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = Scheduler::builder().field("lr", plan).attach(&mut groups)?;
    /// scheduler.step_update(3, &mut groups)?;
    /// assert_eq!((scheduler.num_updates(), groups.values("lr")?), (3, vec![0.25]));
    /// assert_eq!(scheduler.last_used("lr", 0), Some(1.0));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`step`](Self::step). No group is then changed, and the count is what it was.
    pub fn step_update(
        &mut self,
        num_updates: u64,
        groups: &mut (impl ParamGroups + ?Sized),
    ) -> Result<(), Error> {
        self.write_update(num_updates, groups)?;
        self.tracks.iter_mut().for_each(Track::remember_used);
        self.num_updates = num_updates;
        self.stepped = true;
        Ok(())
    }

    /// Tells every controller a metric and writes the values with the new factors at once. The count is unchanged.
    ///
    /// ```
    /// use lehr::control::Plateau;
    /// use lehr::{Horizon, MemoryGroups, Plan, Scheduler, hold};
    ///
    /// let plan = Plan::builder().then(hold()).resolve(&Horizon::open())?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let plateau = Plateau::builder().patience(0).factor(0.5).build()?;
    /// let mut scheduler = Scheduler::builder().field("lr", plan).control("lr", plateau).attach(&mut groups)?;
    /// for loss in [2.0, 1.0, 1.0] {
    ///     scheduler.observe(loss, &mut groups)?;
    /// }
    /// assert_eq!((scheduler.num_updates(), groups.values("lr")?), (0, vec![0.5]));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What a controller says of the metric (NaN, for instance), and the errors of a write. No controller and no group is
    /// then changed.
    pub fn observe(&mut self, metric: f64, groups: &mut (impl ParamGroups + ?Sized)) -> Result<(), Error> {
        self.check_groups(groups)?;
        let before = self.controller_states();
        let observed = self.controls.iter_mut().try_for_each(|control| control.0.observe(metric));
        // A user's rule is not asked: it is no update.
        let written = observed.and_then(|()| {
            self.write(groups, |track, _| {
                track.keep();
                Ok(())
            })
        });
        if written.is_err() {
            self.put_back(&before);
        }
        written
    }

    /// Goes to update `n`: the count becomes `n` and its values are written. Absolute, so doing it twice changes nothing.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Plan, Scheduler, linear, times};
    ///
    /// let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = Scheduler::builder().field("lr", plan).attach(&mut groups)?;
    /// scheduler.seek(3, &mut groups)?;
    /// assert_eq!((scheduler.num_updates(), groups.values("lr")?), (3, vec![0.25]));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if a user's rule is not declared pure ([`UpdateRule::is_pure`](crate::UpdateRule::is_pure)),
    /// and the errors of [`step`](Self::step). Nothing is then changed.
    pub fn seek(&mut self, n: u64, groups: &mut (impl ParamGroups + ?Sized)) -> Result<(), Error> {
        for track in &self.tracks {
            if let Driver::User(rule) = &track.driver
                && !rule.is_pure()
            {
                let found = format!(
                    "{n}, but the rule `{}` of `{}` depends on what came before",
                    rule.name(),
                    track.field
                );
                return Err(Error::parameter(
                    "seek",
                    found,
                    "a rule must say that it is pure; a saved state can be loaded",
                ));
            }
        }
        self.write_update(n, groups)?;
        self.num_updates = n;
        self.stepped = false;
        Ok(())
    }

    /// Updates that are completed.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, Spec};
    ///
    /// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = Scheduler::builder().field("lr", plan).attach(&mut groups)?;
    /// assert_eq!(scheduler.num_updates(), 0);
    /// scheduler.step(&mut groups)?;
    /// scheduler.step_if(false, &mut groups)?; // a loss scaler skipped this one
    /// assert_eq!(scheduler.num_updates(), 1);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn num_updates(&self) -> u64 {
        self.num_updates
    }

    /// The scheduled fields, each once, in the order in which they were given.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, Selection, Spec};
    ///
    /// let plan = "hold".parse::<Spec>()?.resolve(&Horizon::open())?;
    /// let mut groups = MemoryGroups::new().group("a", [("lr", 0.1)]).group("b", [("lr", 0.1), ("eps", 1e-8)]);
    /// let scheduler = Scheduler::builder()
    ///     .field_on("lr", Selection::indices_of([0]), plan.clone())
    ///     .field_on("lr", Selection::indices_of([1]), plan.clone())
    ///     .field_on("eps", Selection::indices_of([1]), plan)
    ///     .attach(&mut groups)?;
    /// assert_eq!(scheduler.fields(), [&"lr".parse()?, &"eps".parse()?]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
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
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, Spec};
    ///
    /// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let scheduler = Scheduler::builder().field("lr", plan).attach(&mut MemoryGroups::of("lr", &[1.0, 0.5]))?;
    /// assert_eq!([0, 1, 2].map(|group| scheduler.current("lr", group)), [Some(1.0), Some(0.5), None]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
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
    /// where the field is not scheduled in that group, or not by a plan. Without the factor of a controller.
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
        Some(Trace::sample(field, track.driver.plan()?, track.bases[index], count))
    }

    fn find(&self, field: &str, group: usize) -> Option<(&Track, usize)> {
        let field: Field = field.parse().ok()?;
        self.tracks
            .iter()
            .filter(|track| track.field == field)
            .find_map(|track| track.groups.binary_search(&group).ok().map(|index| (track, index)))
    }
}

#[cfg(test)]
mod tests {
    use crate::control::Plateau;
    use crate::{Horizon, MemoryGroups, Scheduler, Spec};

    #[test]
    fn a_scheduler_prints_its_plans_and_controllers() {
        let plan = "linear(to=0)".parse::<Spec>().unwrap().resolve(&Horizon::updates(10).unwrap()).unwrap();
        let plateau = Plateau::builder().build().unwrap();
        let scheduler = Scheduler::builder().field("lr", plan).control("lr", plateau);
        let printed = format!("{:?}", scheduler.attach(&mut MemoryGroups::of("lr", &[1.0])).unwrap());
        assert!(printed.contains("driver: linear(from=1x, to=0, over=10)"), "{printed}");
        assert!(printed.contains("controls: [plateau]"), "{printed}");
    }
}
