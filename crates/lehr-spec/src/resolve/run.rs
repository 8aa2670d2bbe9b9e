//! The run: how many updates, from updates, epochs or batches, in the file or beside it.

use lehr::{Error, Horizon};

use super::Clock;
use crate::problem::Problem;
use crate::spec_file::{At, HorizonTable};

/// The run that lengths are resolved against.
pub(super) struct Run {
    pub(super) horizon: Horizon,
    pub(super) epochs: Option<u64>,
    pub(super) clock: Clock,
}

impl Run {
    pub(super) fn of(table: Option<HorizonTable>) -> Result<Self, Problem> {
        let HorizonTable {
            updates,
            epochs,
            updates_per_epoch: per_epoch,
            batches_per_epoch,
            batches,
            processes,
            accumulate,
            ..
        } = table.unwrap_or_default();
        let one = |count: Option<At<u64>>| count.map_or(1, |count| count.value);
        let clock = Clock { processes: one(processes), accumulate: one(accumulate) };
        if let (Some(per_epoch), Some(batches)) = (&per_epoch, &batches_per_epoch)
            && clock.updates(batches.value) != per_epoch.value
        {
            return Err(Problem::error(
                "horizon",
                "`updates_per_epoch` and `batches_per_epoch` do not agree",
            )
            .at(per_epoch.span.clone())
            .label(format!("{} batches are {} updates", batches.value, clock.updates(batches.value)))
            .help("give one of the two"));
        }
        let in_epoch =
            per_epoch.map(|count| count.value).or(batches_per_epoch.map(|count| clock.updates(count.value)));
        let wrong = |count: &At<u64>, error: &Error| {
            Problem::error("horizon", error.to_string()).at(count.span.clone())
        };
        let mut horizon = match (&updates, &epochs, &batches, in_epoch) {
            (Some(updates), Some(epochs), None, None) if updates.value.is_multiple_of(epochs.value) => {
                Horizon::updates(updates.value)
                    .and_then(|horizon| horizon.with_updates_per_epoch(updates.value / epochs.value))
                    .map_err(|error| wrong(updates, &error))?
            }
            (Some(_), Some(second), ..)
            | (Some(_), _, Some(second), _)
            | (None, Some(_), Some(second), _) => {
                return Err(Problem::error("horizon", "the length of the run is given twice")
                    .at(second.span.clone())
                    .label("the second one")
                    .help("give `updates`, or `epochs` with `updates_per_epoch`, or `batches`"));
            }
            (Some(updates), None, None, _) => {
                Horizon::updates(updates.value).map_err(|error| wrong(updates, &error))?
            }
            (None, Some(epochs), None, Some(in_epoch)) => {
                Horizon::epochs(epochs.value, in_epoch).map_err(|error| wrong(epochs, &error))?
            }
            (None, Some(epochs), None, None) => {
                return Err(Problem::error(
                    "horizon",
                    "`epochs` alone does not say how many updates the run has",
                )
                .at(epochs.span.clone())
                .label("how many updates has one?")
                .paste("updates_per_epoch = 334"));
            }
            (None, None, Some(batches), _) => {
                Horizon::updates(clock.updates(batches.value)).map_err(|error| wrong(batches, &error))?
            }
            (None, None, None, _) => Horizon::open(),
        };
        if let (Some(in_epoch), None) = (in_epoch, horizon.updates_per_epoch()) {
            horizon = horizon
                .with_updates_per_epoch(in_epoch)
                .map_err(|error| Problem::error("horizon", error.to_string()))?;
        }
        Ok(Self { horizon, epochs: epochs.map(|epochs| epochs.value), clock })
    }
}

impl HorizonTable {
    /// These counts, but for those that are given outside of the file: any total there replaces any total here, and either
    /// size of an epoch the other one.
    pub(super) fn overridden(self, over: &Self) -> Self {
        let total = over.updates.is_some() || over.epochs.is_some() || over.batches.is_some();
        let size = |own: &Option<At<u64>>, other: &Option<At<u64>>| own.is_none() && other.is_some();
        let unless = |replaced: bool, own: Option<At<u64>>| own.filter(|_| !replaced);
        let given = |over: &Option<At<u64>>, own: Option<At<u64>>| over.clone().or(own);
        let per_epoch =
            unless(size(&over.updates_per_epoch, &over.batches_per_epoch), self.updates_per_epoch);
        let batches_per_epoch =
            unless(size(&over.batches_per_epoch, &over.updates_per_epoch), self.batches_per_epoch);
        Self {
            updates: given(&over.updates, unless(total, self.updates)),
            epochs: given(&over.epochs, unless(total, self.epochs)),
            updates_per_epoch: given(&over.updates_per_epoch, per_epoch),
            batches_per_epoch: given(&over.batches_per_epoch, batches_per_epoch),
            batches: given(&over.batches, unless(total, self.batches)),
            processes: given(&over.processes, self.processes),
            accumulate: given(&over.accumulate, self.accumulate),
            span: self.span,
        }
    }
}
