//! `StatelessScheduler`: a rule on one field, without a count of its own.

use super::Scheduler;
use crate::error::Error;
use crate::groups::ParamGroups;
use crate::rule::Rule;

/// A rule on one field of every group, for loops that count the updates themselves.
///
/// [`step_update(n)`](Self::step_update) writes the values for update n, whatever was asked before. For a plan that is
/// idempotent, in any order; a user's rule is asked once for each call.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, MemoryGroups, Plan, StatelessScheduler, absolute, linear};
///
/// let plan = Plan::builder().then(linear().to(absolute(0.0))).resolve(&Horizon::updates(4)?)?;
/// let mut groups = MemoryGroups::of("lr", &[1.0, 0.1]);
/// let mut scheduler = StatelessScheduler::attach("lr", plan, &mut groups)?;
/// let mut num_updates = 0;
/// while num_updates < 2 {
///     // optimizer.step()
///     num_updates += 1;
///     scheduler.step_update(num_updates, &mut groups)?;
/// }
/// assert_eq!(groups.values("lr")?, [0.5, 0.05]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Debug)]
pub struct StatelessScheduler {
    inner: Scheduler,
}

impl StatelessScheduler {
    /// Takes the field's current values as bases and writes the values for update 0.
    ///
    /// # Errors
    ///
    /// As [`SchedulerBuilder::attach`](crate::SchedulerBuilder::attach); no group is then changed.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Spec, StatelessScheduler};
    ///
    /// let plan = "linear(from=0.25x)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// StatelessScheduler::attach("lr", plan, &mut groups)?;
    /// assert_eq!(groups.values("lr")?, [0.25]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn attach(
        field: &str,
        rule: impl Into<Rule>,
        groups: &mut (impl ParamGroups + ?Sized),
    ) -> Result<Self, Error> {
        Ok(Self { inner: Scheduler::builder().field(field, rule).attach(groups)? })
    }

    /// Writes the values for update `num_updates`: the number of updates that are completed.
    ///
    /// # Errors
    ///
    /// As [`Scheduler::step`](crate::Scheduler::step); no group is then changed.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Spec, StatelessScheduler};
    ///
    /// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = StatelessScheduler::attach("lr", plan, &mut groups)?;
    /// for (n, value) in [(3, 0.25), (3, 0.25), (1, 0.75)] {
    ///     scheduler.step_update(n, &mut groups)?;
    ///     assert_eq!(groups.values("lr")?, [value]);
    /// }
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn step_update(
        &mut self,
        num_updates: u64,
        groups: &mut (impl ParamGroups + ?Sized),
    ) -> Result<(), Error> {
        self.inner.write_update(num_updates, groups)
    }
}
