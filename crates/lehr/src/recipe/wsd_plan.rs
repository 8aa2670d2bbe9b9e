//! `WsdPlan`: a warm-up, stable, decay schedule in its run, and what is known of its phases.

use std::ops::Range;

use super::wsd::{Wsd, length};
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::Level;
use crate::phase::{hold, phase};
use crate::plan::Plan;
use crate::span::updates;
use crate::spec::Spec;

/// What a [`Wsd`] is in a run: a [`Plan`], and what is known of its phases.
///
/// A checkpoint at c is made after c updates: update c - 1 has used the minimum. A decay from s on is
/// branched off after s updates, so that is where the state to go on from is saved.
///
/// # Example
///
/// ```
/// use lehr::recipe::wsd;
/// use lehr::{Horizon, updates};
///
/// let run = wsd().decay(updates(20)).checkpoints(2).resolve(&Horizon::updates(200)?)?;
/// for n in 0..200 {
///     // ... update number n, with run.plan().value_at(n, base) ...
///     if run.last_update_before_decay(n) == Some(n) {
///         assert!(n == 79 || n == 179); // save the whole state, to go on from
///     }
///     if run.checkpoints().contains(&(n + 1)) {
///         assert!(n == 99 || n == 199); // save the model, to use
///     }
/// }
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WsdPlan {
    /// With its lengths in updates, but for those of decays to come.
    pub(super) wsd: Wsd,
    pub(super) horizon: Horizon,
    pub(super) intervals: Vec<Interval>,
    phases: Vec<WsdPhase>,
    pub(super) spec: Spec,
    plan: Plan,
}

/// From one checkpoint to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    /// Its checkpoint.
    pub(super) end: u64,
    /// How many updates before it decay.
    pub(super) decay: u64,
}

/// One phase of a [`WsdPlan`]; it has at least one update.
///
/// ```
/// use lehr::{Horizon, recipe::{WsdPhaseKind, wsd}};
///
/// let last = *wsd().resolve(&Horizon::updates(100)?)?.phases().last().unwrap();
/// assert_eq!((last.kind, last.start, last.end, last.index), (WsdPhaseKind::After, 100, None, 1));
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WsdPhase {
    /// Which kind of phase it is.
    pub kind: WsdPhaseKind,
    /// The first update of the phase.
    pub start: u64,
    /// The first update after it; `None` after the last checkpoint.
    pub end: Option<u64>,
    /// The checkpoint that it leads to, by its place in [`WsdPlan::checkpoints`]; after the last one, their
    /// number.
    pub index: usize,
}

/// The kinds of phases of a [`WsdPlan`].
///
/// ```
/// use lehr::{Horizon, recipe::{WsdPhaseKind, wsd}, times, updates};
///
/// let run = wsd().warmup(updates(5), times(0.0)).resolve(&Horizon::updates(100)?)?;
/// let kinds: Vec<_> = run.phases().iter().map(|phase| phase.kind).collect();
/// assert_eq!(kinds, [WsdPhaseKind::WarmUp, WsdPhaseKind::Stable, WsdPhaseKind::Decay, WsdPhaseKind::After]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WsdPhaseKind {
    /// The rise to the peak.
    WarmUp,
    /// At the peak, or slowly falling from it.
    Stable,
    /// The fall to the minimum before a checkpoint.
    Decay,
    /// After the last checkpoint, where the last value holds.
    After,
}

impl WsdPlan {
    pub(super) fn new(wsd: Wsd, horizon: Horizon, intervals: Vec<Interval>) -> Result<Self, Error> {
        let warmup = length("warmup", wsd.warmup.over, horizon)?;
        let mut phases = Vec::new();
        let mut spec = wsd.warmup_spec();
        let mut start = 0;
        for (index, Interval { end, decay }) in intervals.iter().copied().enumerate() {
            if start < warmup {
                if warmup > end {
                    let rule = format!(
                        "the first checkpoint is after {end} updates: shorten it, or move the checkpoint"
                    );
                    return Err(Error::parameter("warmup", format!("{warmup} updates"), rule));
                }
                phases.push(WsdPhase { kind: WsdPhaseKind::WarmUp, start, end: Some(warmup), index });
                start = warmup;
            }
            let decay_start = decay_start(decay, start, end)?;
            if start < decay_start {
                phases.push(WsdPhase { kind: WsdPhaseKind::Stable, start, end: Some(decay_start), index });
            }
            if decay_start < end {
                phases.push(WsdPhase {
                    kind: WsdPhaseKind::Decay,
                    start: decay_start,
                    end: Some(end),
                    index,
                });
            }
            spec = wsd.interval_spec(spec, start - warmup, decay_start - start, end - decay_start);
            start = end;
        }
        phases.push(WsdPhase { kind: WsdPhaseKind::After, start, end: None, index: intervals.len() });
        let plan = spec.resolve(&Horizon::open())?;
        Ok(Self { wsd, horizon, intervals, phases, spec, plan })
    }

    /// The values, to be attached to an optimizer.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, recipe::wsd};
    ///
    /// let run = wsd().resolve(&Horizon::updates(100)?)?;
    /// let mut optimizer = MemoryGroups::of("lr", &[0.1]);
    /// let mut schedule = Scheduler::builder().field("lr", run.plan().clone()).attach(&mut optimizer)?;
    /// schedule.seek(99, &mut optimizer)?;
    /// assert_eq!(optimizer.values("lr")?, [1e-6 * 0.1]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The phase that update `n` is in.
    ///
    /// ```
    /// use lehr::recipe::{WsdPhase, WsdPhaseKind, wsd};
    /// use lehr::{Horizon, times, updates};
    ///
    /// let run = wsd().warmup(updates(10), times(0.0)).resolve(&Horizon::updates(100)?)?;
    /// let decay = WsdPhase { kind: WsdPhaseKind::Decay, start: 90, end: Some(100), index: 0 };
    /// assert_eq!(run.phase_at(95), decay);
    /// assert_eq!(run.phase_at(5).kind, WsdPhaseKind::WarmUp);
    /// assert_eq!(run.phase_at(10).kind, WsdPhaseKind::Stable);
    /// assert_eq!(run.phase_at(100).kind, WsdPhaseKind::After);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn phase_at(&self, n: u64) -> WsdPhase {
        // The first phase starts at 0.
        self.phases[self.phases.partition_point(|phase| phase.start <= n) - 1]
    }

    /// All phases in their order, those without updates left out, the last one being what comes after.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::wsd};
    ///
    /// let run = wsd().checkpoints(2).resolve(&Horizon::updates(100)?)?;
    /// assert_eq!(run.phases().iter().map(|phase| phase.start).collect::<Vec<_>>(), [0, 45, 50, 95, 100]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn phases(&self) -> &[WsdPhase] {
        &self.phases
    }

    /// The updates of each decay, in their order.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::wsd};
    ///
    /// let run = wsd().checkpoints(3).resolve(&Horizon::updates(400)?)?;
    /// assert_eq!(run.decays().collect::<Vec<_>>(), [90..100, 190..200, 380..400]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn decays(&self) -> impl Iterator<Item = Range<u64>> {
        let decays = self.phases.iter().filter(|phase| phase.kind == WsdPhaseKind::Decay);
        decays.filter_map(|phase| phase.end.map(|end| phase.start..end))
    }

    /// After how many updates each checkpoint is made: ascending, the last one being the end of the run.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::wsd};
    ///
    /// assert_eq!(wsd().checkpoints(3).resolve(&Horizon::updates(101)?)?.checkpoints(), [25, 50, 101]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn checkpoints(&self) -> Vec<u64> {
        self.intervals.iter().map(|interval| interval.end).collect()
    }

    /// The update after which to save the state that the next decay branches off from, which is update `n` or
    /// a later one; `None` if no decay comes.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::wsd};
    ///
    /// let run = wsd().checkpoints(2).resolve(&Horizon::updates(100)?)?;
    /// assert_eq!([0, 44].map(|n| run.last_update_before_decay(n)), [Some(44); 2]);
    /// assert_eq!([45, 94, 95].map(|n| run.last_update_before_decay(n)), [Some(94), Some(94), None]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn last_update_before_decay(&self, n: u64) -> Option<u64> {
        self.decays().filter_map(|decay| decay.start.checked_sub(1)).find(|last| *last >= n)
    }
}

/// Where the decay before `end` starts, which is not before `start`.
pub(super) fn decay_start(decay: u64, start: u64, end: u64) -> Result<u64, Error> {
    end.checked_sub(decay).filter(|decay_start| *decay_start >= start).ok_or_else(|| {
        let rule = format!(
            "there is room for {} between update {start} and the checkpoint after {end}: shorten the decay \
             or what comes before it, or move the checkpoint",
            end - start
        );
        Error::parameter("decay", format!("{decay} updates"), rule)
    })
}

impl Wsd {
    fn warmup_spec(&self) -> Spec {
        if self.warmup.is_none() {
            return Spec::default();
        }
        phase(self.warmup_curve).from(self.warmup.from).to(Level::BASE).over(self.warmup.over).into()
    }

    /// Adds what leads to a checkpoint: `stable` updates, the first of which is `since` updates after the
    /// warm-up, then `decay` updates.
    fn interval_spec(&self, mut spec: Spec, since: u64, stable: u64, decay: u64) -> Spec {
        let falls = self.stable.falls();
        // A decay takes a falling level over from the stable phase, even from one without updates.
        if stable > 0 || (falls && decay > 0) {
            spec = match (falls, since) {
                (false, _) => spec.then(hold().from(Level::BASE).over(updates(stable))),
                (true, 0) => spec.then(phase(self.stable).from(Level::BASE).over(updates(stable))),
                (true, _) => {
                    let trunk = Spec::from(phase(self.stable).from(Level::BASE));
                    spec.then(trunk.earlier(updates(since)).cut(updates(stable)))
                }
            };
        }
        if decay == 0 {
            return spec;
        }
        let decay = phase(self.decay_curve).to(self.to).over(updates(decay)).inclusive();
        spec.then(if falls { decay } else { decay.from(Level::BASE) })
    }
}
