//! For Burn's own learner: a schedule of all groups and fields as its learning-rate scheduler.

use burn::lr_scheduler::module_lr_scheduler::ModuleLrScheduler;
use lehr::{Horizon, Scheduler, Spec};

use crate::error::Error;
use crate::groups::{Group, Groups};
use crate::hyperparameters::Hyperparameters;
use crate::plan_scheduler::{PlanScheduler, Track};
use crate::scheduled::now;

impl<P: Hyperparameters> Groups<P> {
    /// The plans of a scheduler that is attached to these groups, for Burn's learner, which steps them before each update.
    ///
    /// Learning rates reach the optimizer through Burn, the other fields through the groups. Each group's plans, with the
    /// count, are in Burn's checkpoint and are loaded with it. The learner has its clones of the plans: do not step
    /// `schedule` as well.
    ///
    /// Under distributed data parallelism each worker has its own count and its own learning rates, but the workers share the
    /// other fields of the groups: a worker that is an update ahead writes the next values for all.
    ///
    /// # Example
    ///
    /// ```
    /// use lehr::{Horizon, Plan, Scheduler, absolute, cosine, linear, times};
    /// use lehr_burn::{AdamWParams, Groups};
    ///
    /// let mut groups = Groups::new("all", AdamWParams { lr: 1.0, ..AdamWParams::default() })?;
    /// let horizon = Horizon::updates(2)?;
    /// let schedule = Scheduler::builder()
    ///     .field("lr", Plan::builder().then(linear().to(times(0.0))).resolve(&horizon)?)
    ///     .field("weight_decay", Plan::builder().then(cosine().to(absolute(0.1))).resolve(&horizon)?)
    ///     .attach(&mut groups)?;
    /// let mut burns = groups.lr_scheduler(&schedule)?;
    /// // Learner::new(model, groups.optimizer(), burns) steps it before each update:
    /// let used = |lr: f64| (lr, groups.params("all").map(|params| params.weight_decay));
    /// assert_eq!(used(burns.step().base()), (1.0, Some(1e-4)));
    /// burns.step();
    /// assert_eq!(used(burns.step().base()), (0.0, Some(0.1)));
    /// # Ok::<(), lehr_burn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if something else than a plan decides a field (a user's rule, a tie, a controller): Burn clones
    /// its schedulers and tells them no metric. Such a scheduler serves in a loop of your own.
    pub fn lr_scheduler(&self, schedule: &Scheduler) -> Result<ModuleLrScheduler, Error> {
        let state = schedule.state();
        let in_a_loop = "Burn's learner takes plans alone: step the scheduler in a loop of your own instead";
        if let Some(controller) = state.controllers.first() {
            return Err(Error::parameter("a controller", format!("`{}`", controller.name), in_a_loop));
        }
        let mut scheduled = Vec::with_capacity(state.fields.len());
        for field in &state.fields {
            let Some(plan) = &field.plan else {
                let rule = field.rule.as_deref().unwrap_or_default();
                return Err(Error::parameter(
                    format!("what decides `{}`", field.field),
                    format!("`{rule}`"),
                    in_a_loop,
                ));
            };
            scheduled.push((field, plan.parse::<Spec>()?.resolve(&Horizon::open())?));
        }
        let tracks_of = |index: usize, group: &Group<P>| -> Result<Vec<Track>, Error> {
            let mut lr = Track { field: "lr".parse()?, base: now(&group.params).lr(), plan: None };
            let mut others = Vec::new();
            for (field, plan) in &scheduled {
                let Ok(place) = field.groups.binary_search(&index) else { continue };
                let (field, base) = (field.field.parse()?, field.bases[place]);
                let track = Track { field, base, plan: Some(plan.clone()) };
                if track.field == lr.field { lr = track } else { others.push(track) }
            }
            others.insert(0, lr);
            Ok(others)
        };
        let tracks = self.iter().enumerate().map(|(index, group)| tracks_of(index, group));
        let mut tracks = tracks.collect::<Result<Vec<_>, Error>>()?.into_iter();
        Ok(self.each_lr(|group| {
            let tracks = tracks.next().unwrap_or_default();
            PlanScheduler::of_group(tracks, state.num_updates, &group.params)
        }))
    }
}
