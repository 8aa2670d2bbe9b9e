//! `StatefulScheduler`: a rule on one field, with its own count.

use super::{OnMismatch, Scheduler, State};
use crate::error::Error;
use crate::groups::ParamGroups;
use crate::rule::Rule;

/// A rule on one field of every group, which counts the updates itself.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, MemoryGroups, Plan, StatefulScheduler, absolute, linear};
///
/// let plan = Plan::builder().then(linear().to(absolute(0.0))).resolve(&Horizon::updates(4)?)?;
/// let mut groups = MemoryGroups::of("lr", &[1.0, 0.1]);
/// let mut scheduler = StatefulScheduler::attach("lr", plan, &mut groups)?;
/// for _ in 0..2 {
///     // optimizer.step()
///     scheduler.step(&mut groups)?;
/// }
/// assert_eq!(scheduler.num_updates(), 2);
/// assert_eq!(groups.values("lr")?, [0.5, 0.05]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Debug)]
pub struct StatefulScheduler {
    inner: Scheduler,
}

impl StatefulScheduler {
    /// Takes the field's current values as bases and writes the values for update 0.
    ///
    /// # Errors
    ///
    /// As [`SchedulerBuilder::attach`](crate::SchedulerBuilder::attach); no group is then changed.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Spec, StatefulScheduler};
    ///
    /// let plan = "linear(from=0.5x)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// StatefulScheduler::attach("lr", plan.clone(), &mut groups)?;
    /// assert_eq!(groups.values("lr")?, [0.5]);
    /// assert!(StatefulScheduler::attach("momentum", plan, &mut groups).is_err());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn attach(
        field: &str,
        rule: impl Into<Rule>,
        groups: &mut (impl ParamGroups + ?Sized),
    ) -> Result<Self, Error> {
        Ok(Self { inner: Scheduler::builder().field(field, rule).attach(groups)? })
    }

    /// Counts a completed update and writes the values for the next one.
    ///
    /// # Errors
    ///
    /// As [`Scheduler::step`]; no group is then changed, and the count is not raised.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Spec, StatefulScheduler};
    ///
    /// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = StatefulScheduler::attach("lr", plan, &mut groups)?;
    /// scheduler.step(&mut groups)?;
    /// assert_eq!(groups.values("lr")?, [0.75]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn step(&mut self, groups: &mut (impl ParamGroups + ?Sized)) -> Result<(), Error> {
        self.inner.step(groups)
    }

    /// [`step`](Self::step) if the optimizer did update; a skipped update leaves the clock where it is.
    ///
    /// # Errors
    ///
    /// As [`step`](Self::step).
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Spec, StatefulScheduler};
    ///
    /// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = StatefulScheduler::attach("lr", plan, &mut groups)?;
    /// for updated in [true, false, true] {
    ///     scheduler.step_if(updated, &mut groups)?;
    /// }
    /// assert_eq!(groups.values("lr")?, [0.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn step_if(&mut self, updated: bool, groups: &mut (impl ParamGroups + ?Sized)) -> Result<(), Error> {
        self.inner.step_if(updated, groups)
    }

    /// Updates that are completed.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Spec, StatefulScheduler};
    ///
    /// let plan = "hold".parse::<Spec>()?.resolve(&Horizon::open())?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = StatefulScheduler::attach("lr", plan, &mut groups)?;
    /// assert_eq!(scheduler.num_updates(), 0);
    /// scheduler.step(&mut groups)?;
    /// assert_eq!(scheduler.num_updates(), 1);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn num_updates(&self) -> u64 {
        self.inner.num_updates()
    }

    /// The progress, as plain data.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Spec, StatefulScheduler};
    ///
    /// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = StatefulScheduler::attach("lr", plan, &mut groups)?;
    /// scheduler.step(&mut groups)?;
    /// assert_eq!((scheduler.state().num_updates, &scheduler.state().fields[0].values), (1, &vec![0.75]));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn state(&self) -> State {
        self.inner.state()
    }

    /// Takes over a saved progress and writes its values at once.
    ///
    /// # Errors
    ///
    /// As [`Scheduler::load_state`]; nothing is then changed.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, OnMismatch, Spec, StatefulScheduler};
    ///
    /// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut old = StatefulScheduler::attach("lr", plan.clone(), &mut groups)?;
    /// old.step(&mut groups)?;
    ///
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut new = StatefulScheduler::attach("lr", plan, &mut groups)?;
    /// new.load_state(&old.state(), OnMismatch::Error, &mut groups)?;
    /// assert_eq!((new.num_updates(), groups.values("lr")?), (1, vec![0.75]));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn load_state(
        &mut self,
        state: &State,
        on_mismatch: OnMismatch,
        groups: &mut (impl ParamGroups + ?Sized),
    ) -> Result<(), Error> {
        self.inner.load_state(state, on_mismatch, groups)
    }
}
