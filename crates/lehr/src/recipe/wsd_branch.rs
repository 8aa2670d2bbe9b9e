//! Changing a warm-up, stable, decay run: branches off it, and continuations to a new total.

use super::wsd::{check_decay, length};
use super::wsd_plan::{Interval, WsdPlan, decay_start};
use crate::curve::Curve;
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::Level;
use crate::phase::phase;
use crate::plan::Plan;
use crate::span::{Span, updates};

impl WsdPlan {
    /// A decay of its own, from update `at` on: the plan up to there, a decay from the value that it has
    /// there to `to` at its last update, and that level for ever.
    ///
    /// ```
    /// use lehr::recipe::wsd;
    /// use lehr::{Horizon, Linear, times, updates};
    ///
    /// let run = wsd().resolve(&Horizon::updates(1000)?)?;
    /// let early = run.branch(300, updates(51), Linear, times(0.5))?;
    /// assert_eq!([0, 300, 325, 350, 9999].map(|n| early.value_at(n, 2.0)), [2.0, 2.0, 1.5, 1.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] for a decay of no updates, a level that is not finite, and a shape that cannot go
    /// there; [`Error::Horizon`] for a length that the run's horizon cannot convert.
    pub fn branch(
        &self,
        at: u64,
        over: impl Into<Span>,
        curve: impl Into<Curve>,
        to: Level,
    ) -> Result<Plan, Error> {
        let (over, curve) = (over.into(), curve.into());
        check_decay(curve, to)?;
        let decay = length("over", over, self.horizon)?;
        if decay == 0 {
            return Err(Error::parameter("over", over, "a decay must be at least one update long"));
        }
        let decay = phase(curve).to(to).over(updates(decay)).inclusive();
        self.spec.clone().cut(updates(at)).then(decay).resolve(&Horizon::open())
    }

    /// The run to a new total from before the decay of checkpoint `index`, as if that decay had not been:
    /// what is before it stays, the stable phase goes on, and the run ends in a decay of its own (WSD). Load
    /// the state saved before the decay.
    ///
    /// A decay that is a share takes it of the distance since the checkpoint before, one that is a share of
    /// the run takes it of the new total.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::wsd};
    ///
    /// let run = wsd().checkpoints(2).resolve(&Horizon::updates(1000)?)?;
    /// let longer = run.continue_before(1, 2500)?;
    /// assert_eq!(longer.checkpoints(), [500, 2500]);
    /// assert_eq!(longer.decays().collect::<Vec<_>>(), [450..500, 2300..2500]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] where there is no such checkpoint, or no room for the new decay between the start
    /// of the old one and the new total.
    pub fn continue_before(&self, index: usize, total: u64) -> Result<Self, Error> {
        let interval = self.interval(index)?;
        self.continued(index, interval.end - interval.decay, total)
    }

    /// The run to a new total from after checkpoint `index`: its decay stays, the stable phase comes back,
    /// and the run ends in a decay of its own (WSD-S). Load the state of the checkpoint.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::wsd};
    ///
    /// let run = wsd().checkpoints(2).resolve(&Horizon::updates(1000)?)?;
    /// let longer = run.continue_after(1, 2500)?;
    /// assert_eq!(longer.checkpoints(), [500, 1000, 2500]);
    /// assert_eq!(longer.decays().collect::<Vec<_>>(), [450..500, 950..1000, 2350..2500]);
    /// assert_eq!(longer.plan().value_at(1000, 2.0), 2.0);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`continue_before`](WsdPlan::continue_before).
    pub fn continue_after(&self, index: usize, total: u64) -> Result<Self, Error> {
        let interval = self.interval(index)?;
        self.continued(index + 1, interval.end, total)
    }

    fn interval(&self, index: usize) -> Result<Interval, Error> {
        self.intervals.get(index).copied().ok_or_else(|| {
            let last = self.intervals.len() - 1;
            Error::parameter("index", index, format!("the checkpoints are counted from 0 to {last}"))
        })
    }

    /// The first `kept` intervals, then one that ends at `total` and in which nothing changes before `start`.
    fn continued(&self, kept: usize, start: u64, total: u64) -> Result<Self, Error> {
        if total <= start {
            let rule = format!("the run goes on from {start} updates: give it a total above that");
            return Err(Error::parameter("total", total, rule));
        }
        let horizon = self.horizon.with_total(Some(total));
        let mut intervals = self.intervals[..kept].to_vec();
        let since = intervals.last().map_or(0, |interval| interval.end);
        let decay = self.wsd.decay_over(total - since, horizon)?;
        decay_start(decay, start, total)?;
        intervals.push(Interval { end: total, decay });
        Self::new(self.wsd.clone(), horizon, intervals)
    }
}
