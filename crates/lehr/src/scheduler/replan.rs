//! Changing the run: another total, or an anneal from here. Continuous, and recorded in the state.

use super::scheduler::Scheduler;
use crate::curve::Curve;
use crate::error::Error;
use crate::groups::ParamGroups;
use crate::level::Level;
use crate::plan::Plan;
use crate::replan::Retarget;

impl Scheduler {
    /// Gives every plan that has an end another one, from the current update on.
    ///
    /// The values of the next update stay what they are. The state records the changed plan beside the one that was
    /// attached, so that a later run with the original plan loads it and goes on.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, OnMismatch, Plan, Retarget, Scheduler, linear, times};
    ///
    /// let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = Scheduler::builder().field("lr", plan.clone()).attach(&mut groups)?;
    /// scheduler.step(&mut groups)?;
    /// scheduler.step(&mut groups)?;
    /// scheduler.retarget(6, Retarget::Stretch, &mut groups)?;
    /// assert_eq!(groups.values("lr")?, [0.5]);
    /// scheduler.step(&mut groups)?;
    /// assert_eq!(groups.values("lr")?, [0.375]);
    ///
    /// let mut resumed = Scheduler::builder().field("lr", plan).attach(&mut groups)?;
    /// resumed.load_state(&scheduler.state(), OnMismatch::Error, &mut groups)?;
    /// resumed.step(&mut groups)?;
    /// assert_eq!(groups.values("lr")?, [0.25]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Plan::retarget`] and of a write; nothing is then changed. [`Error::Parameter`] if no plan has an end.
    pub fn retarget(
        &mut self,
        total: u64,
        how: Retarget,
        groups: &mut (impl ParamGroups + ?Sized),
    ) -> Result<(), Error> {
        let at = self.num_updates;
        let changed = self.replan(groups, |plan| plan.end().map(|_| plan.retarget(at, total, how)))?;
        if changed == 0 {
            return Err(Error::parameter("retarget", total, "no plan of this scheduler has an end"));
        }
        Ok(())
    }

    /// Leaves the plans of a field and goes from their current values to `to`, over that many updates; `to` is then held.
    ///
    /// Recorded in the state as [`retarget`](Self::retarget) is.
    ///
    /// ```
    /// use lehr::{Horizon, Linear, MemoryGroups, Plan, Scheduler, absolute, hold};
    ///
    /// let plan = Plan::builder().then(hold()).resolve(&Horizon::open())?;
    /// let mut groups = MemoryGroups::of("lr", &[1.0]);
    /// let mut scheduler = Scheduler::builder().field("lr", plan).attach(&mut groups)?;
    /// scheduler.step(&mut groups)?;
    /// scheduler.anneal_from_here("lr", Linear, 4, absolute(0.0), &mut groups)?;
    /// scheduler.step(&mut groups)?;
    /// assert_eq!(groups.values("lr")?, [0.75]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Plan::anneal`] and of a write; nothing is then changed. [`Error::Parameter`] if the field has no plan.
    pub fn anneal_from_here(
        &mut self,
        field: &str,
        curve: impl Into<Curve>,
        over: u64,
        to: Level,
        groups: &mut (impl ParamGroups + ?Sized),
    ) -> Result<(), Error> {
        let at = self.num_updates;
        let curve = curve.into();
        let fields: Vec<bool> = self.tracks.iter().map(|track| track.field.to_string() == field).collect();
        let mut fields = fields.into_iter();
        let changed = self.replan(groups, |plan| fields.next()?.then(|| plan.anneal(at, curve, over, to)))?;
        if changed == 0 {
            let rule = "only a field that is scheduled by a plan can be annealed";
            return Err(Error::parameter("field", format!("`{field}`"), rule));
        }
        Ok(())
    }

    /// Changes the plan of every track for which `change` has another one, and writes the values; answers how many.
    fn replan(
        &mut self,
        groups: &mut (impl ParamGroups + ?Sized),
        mut change: impl FnMut(&Plan) -> Option<Result<Plan, Error>>,
    ) -> Result<usize, Error> {
        self.check_groups(groups)?;
        let mut plans = Vec::with_capacity(self.tracks.len());
        for track in &self.tracks {
            let plan = track.driver.plan().and_then(&mut change).transpose()?;
            if let Some(plan) = &plan {
                track.bases.iter().try_for_each(|base| plan.check_base(*base))?;
            }
            plans.push(plan);
        }
        let changed = plans.iter().flatten().count();
        let originals: Vec<Option<String>> = self.tracks.iter().map(|track| track.original.clone()).collect();
        let mut kept = Vec::with_capacity(plans.len());
        for (track, plan) in self.tracks.iter_mut().zip(plans) {
            if plan.is_some() && track.original.is_none() {
                track.original = Some(track.driver.fingerprint());
            }
            kept.push(track.replace(track.bases.clone(), plan));
        }
        let n = self.num_updates;
        let written = self.write(groups, |track, groups| {
            if track.driver.plan().is_some() {
                return track.compute(n, groups);
            }
            track.keep();
            Ok(())
        });
        if let Err(error) = written {
            for ((track, (bases, plan)), original) in self.tracks.iter_mut().zip(kept).zip(originals) {
                track.replace(bases, plan);
                track.original = original;
            }
            return Err(error);
        }
        Ok(changed)
    }
}
