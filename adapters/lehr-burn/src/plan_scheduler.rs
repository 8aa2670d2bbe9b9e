//! `PlanScheduler`: a plan as a learning-rate scheduler of Burn.

use std::fmt;
use std::sync::{Arc, RwLock};

use burn::lr_scheduler::{LrScheduler, LrSchedulerRecord};
use burn::optim::LearningRate;
use lehr::{Field, Plan, StatelessScheduler};

use crate::error::Error;
use crate::groups::write;
use crate::hyperparameters::Hyperparameters;
use crate::record::{VERSION, text, with_text};

/// Any plan of lehr as Burn's [`LrScheduler`].
///
/// Burn's learner steps the scheduler before each update, so call k of [`step`](LrScheduler::step), counted from 0, answers
/// what update k uses, and counts it. Past the plan's end the last value holds.
///
/// For a learning rate alone, on any optimizer of Burn; for other fields and several groups see
/// [`Groups::lr_scheduler`](crate::Groups::lr_scheduler). A clone has its own count.
///
/// A record holds the count, the base and the plan's text. One of another plan, or of another scheduler, is refused:
/// [`try_load_record`](Self::try_load_record) answers with an error; Burn's `load_record`, which cannot, panics.
///
/// # Example
///
/// ```
/// use burn::lr_scheduler::LrScheduler;
/// use lehr::{Horizon, Plan, linear, times};
/// use lehr_burn::PlanScheduler;
///
/// let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(4)?)?;
/// let mut scheduler = PlanScheduler::new(plan, 1.0)?;
/// let used: Vec<f64> = (0..6).map(|_| scheduler.step()).collect();
/// assert_eq!(used, [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]);
/// // Burn's learner takes it as it is: Learner::new(model, optimizer, scheduler)
/// # Ok::<(), lehr_burn::Error>(())
/// ```
#[derive(Clone)]
pub struct PlanScheduler {
    /// `lr` first.
    tracks: Vec<Track>,
    num_updates: u64,
    /// Where the values go beside the answer. Clones share it, and every one of them writes what its own count says.
    group: Option<Arc<dyn Sink>>,
}

/// A field with what decides its value.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub(crate) field: Field,
    pub(crate) base: f64,
    /// `None` for a field that stays as it is.
    pub(crate) plan: Option<Plan>,
}

impl Track {
    fn value_at(&self, num_updates: u64) -> f64 {
        self.plan.as_ref().map_or(self.base, |plan| plan.value_at(num_updates, self.base))
    }

    /// What stands for it in a record.
    fn text(&self) -> String {
        self.plan.as_ref().map_or_else(|| "not scheduled".to_owned(), Plan::to_string)
    }
}

/// A group's hyperparameters, whatever their type.
trait Sink: Send + Sync {
    fn put(&self, field: &Field, value: f64) -> Result<(), String>;
}

impl<P: Hyperparameters> Sink for RwLock<P> {
    fn put(&self, field: &Field, value: f64) -> Result<(), String> {
        write(self, field, value)
    }
}

impl fmt::Debug for PlanScheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("PlanScheduler");
        shown.field("tracks", &self.tracks).field("num_updates", &self.num_updates).finish_non_exhaustive()
    }
}

impl PlanScheduler {
    /// A scheduler at update 0; levels of the plan that are multiples are of `base`.
    ///
    /// # Errors
    ///
    /// [`Error::Plan`] if `base` is NaN or infinite, or if the plan does not fit it.
    ///
    /// ```
    /// use burn::lr_scheduler::LrScheduler;
    /// use lehr::{Horizon, Spec};
    /// use lehr_burn::PlanScheduler;
    ///
    /// let plan = "hold(from=0.5x)".parse::<Spec>()?.resolve(&Horizon::open())?;
    /// assert_eq!(PlanScheduler::new(plan.clone(), 0.2)?.step(), 0.1);
    /// assert!(PlanScheduler::new(plan, f64::NAN).is_err());
    /// # Ok::<(), lehr_burn::Error>(())
    /// ```
    pub fn new(plan: Plan, base: LearningRate) -> Result<Self, Error> {
        // Attaching is what checks a plan against a base.
        StatelessScheduler::attach("lr", plan.clone(), &mut lehr::MemoryGroups::of("lr", &[base]))?;
        let lr = Track { field: "lr".parse()?, base, plan: Some(plan) };
        Ok(Self { tracks: vec![lr], num_updates: 0, group: None })
    }

    /// For a group whose fields have been checked; `lr` comes first.
    pub(crate) fn of_group<P: Hyperparameters>(
        tracks: Vec<Track>,
        num_updates: u64,
        group: &Arc<RwLock<P>>,
    ) -> Self {
        let group: Arc<dyn Sink> = Arc::<RwLock<P>>::clone(group);
        Self { tracks, num_updates, group: Some(group) }
    }

    /// Updates that were begun: what the next call of `step` is for.
    ///
    /// ```
    /// use burn::lr_scheduler::LrScheduler;
    /// use lehr::{Horizon, Spec};
    /// use lehr_burn::PlanScheduler;
    ///
    /// let plan = "hold".parse::<Spec>()?.resolve(&Horizon::open())?;
    /// let mut scheduler = PlanScheduler::new(plan, 0.1)?;
    /// scheduler.step();
    /// assert_eq!(scheduler.num_updates(), 1);
    /// # Ok::<(), lehr_burn::Error>(())
    /// ```
    pub fn num_updates(&self) -> u64 {
        self.num_updates
    }

    /// Takes over a saved progress: the count and the bases.
    ///
    /// ```
    /// use burn::lr_scheduler::{LrScheduler, LrSchedulerRecord};
    /// use lehr::{Horizon, Spec};
    /// use lehr_burn::PlanScheduler;
    ///
    /// let scheduler = |text: &str| -> Result<PlanScheduler, lehr_burn::Error> {
    ///     PlanScheduler::new(text.parse::<Spec>()?.resolve(&Horizon::updates(4)?)?, 1.0)
    /// };
    /// let mut saved = scheduler("linear(to=0)")?;
    /// saved.step();
    /// let mut resumed = scheduler("linear(to=0)")?;
    /// resumed.try_load_record(&saved.to_record())?;
    /// assert_eq!(resumed.step(), 0.75);
    /// assert_eq!(
    ///     scheduler("cosine(to=0)")?.try_load_record(&saved.to_record()).unwrap_err().to_string(),
    ///     "the saved record is not of this scheduler: the plan of `lr` was `linear(from=1x, to=0, over=4)`, now it is \
    ///      `cosine(from=1x, to=0, over=4)`",
    /// );
    /// # Ok::<(), lehr_burn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Record`] with a list of what differs: the version, the fields, their plans. Nothing is then changed.
    pub fn try_load_record(&mut self, record: &LrSchedulerRecord) -> Result<(), Error> {
        let refuse = |differences| Err(Error::Record { differences });
        let version = record.scalar::<u64>("version");
        let (Some(VERSION), Some(num_updates), Some(fields)) =
            (version, record.scalar::<u64>("num_updates"), record.scalar::<u64>("fields"))
        else {
            return refuse(vec![match version {
                Some(version) if version != VERSION => format!(
                    "it has version {version}, but this lehr-burn reads up to version {VERSION}: read it with the one \
                     that wrote it, or a later one"
                ),
                _ => "it was not written by lehr-burn: delete the checkpoint, or use the scheduler that wrote it"
                    .to_owned(),
            }]);
        };
        let mut differences = Vec::new();
        if fields != self.tracks.len() as u64 {
            differences.push(format!("it has {fields} fields, this scheduler {}", self.tracks.len()));
        }
        let mut bases = Vec::with_capacity(self.tracks.len());
        for track in &self.tracks {
            let field = &track.field;
            let key = |name: &str| format!("{field}.{name}");
            match (record.scalar::<f64>(&key("base")), text(record, &key("plan"))) {
                (Some(base), Some(plan)) if base.is_finite() => {
                    bases.push(base);
                    let own = track.text();
                    if plan != own {
                        differences.push(format!("the plan of `{field}` was `{plan}`, now it is `{own}`"));
                    }
                }
                _ => differences.push(format!("it has no plan of `{field}`")),
            }
        }
        if !differences.is_empty() {
            return refuse(differences);
        }
        for (track, base) in self.tracks.iter_mut().zip(bases) {
            track.base = base;
        }
        self.num_updates = num_updates;
        Ok(())
    }

    /// Writes what update `num_updates` uses into the group.
    ///
    /// # Panics
    ///
    /// If the group refuses a value: Burn's `LrScheduler` cannot answer with an error, and going on would train with
    /// another value than the plan's.
    #[allow(clippy::panic)]
    fn write(&self) {
        let Some(group) = &self.group else { return };
        for track in &self.tracks {
            let value = track.value_at(self.num_updates);
            if let Err(reason) = group.put(&track.field, value) {
                panic!("the optimizer refused `{}` at update {}: {reason}", track.field, self.num_updates);
            }
        }
    }
}

impl LrScheduler for PlanScheduler {
    fn step(&mut self) -> LearningRate {
        self.write();
        let lr = self.tracks.first().map_or(f64::NAN, |lr| lr.value_at(self.num_updates));
        self.num_updates = self.num_updates.saturating_add(1);
        lr
    }

    fn to_record(&self) -> LrSchedulerRecord {
        let record = LrSchedulerRecord::new()
            .with_scalar("version", VERSION)
            .with_scalar("num_updates", self.num_updates)
            .with_scalar("fields", self.tracks.len() as u64);
        self.tracks.iter().fold(record, |record, track| {
            let record = record.with_scalar(&format!("{}.base", track.field), track.base);
            with_text(record, &format!("{}.plan", track.field), &track.text())
        })
    }

    /// # Panics
    ///
    /// Where [`try_load_record`](PlanScheduler::try_load_record) answers with an error, which Burn's signature leaves no room
    /// for.
    #[allow(clippy::panic)]
    fn load_record(&mut self, record: LrSchedulerRecord) {
        if let Err(error) = self.try_load_record(&record) {
            panic!("{error}");
        }
    }
}
