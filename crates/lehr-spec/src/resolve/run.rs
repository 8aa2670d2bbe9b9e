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
    pub(super) fn of(file: Option<&HorizonTable>, over: &HorizonTable) -> Result<Self, Problem> {
        let file = file.cloned().unwrap_or_default();
        let given_outside = over.updates.is_some() || over.epochs.is_some() || over.batches.is_some();
        let total = |key: fn(&HorizonTable) -> &Option<At<u64>>| {
            key(over).clone().or_else(|| key(&file).clone().filter(|_| !given_outside))
        };
        let other =
            |key: fn(&HorizonTable) -> &Option<At<u64>>| key(over).clone().or_else(|| key(&file).clone());
        let (updates, epochs, batches) =
            (total(|table| &table.updates), total(|table| &table.epochs), total(|table| &table.batches));
        let mut per_epoch = other(|table| &table.updates_per_epoch);
        let mut batches_per_epoch = other(|table| &table.batches_per_epoch);
        match (&over.updates_per_epoch, &over.batches_per_epoch) {
            (Some(_), None) => batches_per_epoch = None,
            (None, Some(_)) => per_epoch = None,
            _ => {}
        }
        let one = |count: Option<At<u64>>| count.map_or(1, |count| count.value);
        let clock = Clock {
            processes: one(other(|table| &table.processes)),
            accumulate: one(other(|table| &table.accumulate)),
        };
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
