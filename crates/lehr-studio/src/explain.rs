//! Explain: what an update uses in every schedule, exactly, and why.

use lehr::Explanation;
use lehr_spec::{Entry, Resolved};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::view::{MOST_SCHEDULES, Read};

/// What is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    schedules: Vec<Value>,
    update: u64,
}

/// What one plan uses.
#[derive(Debug, Serialize)]
pub(crate) struct Explained {
    schedule: usize,
    label: String,
    value: f64,
    /// The names of the combinators around the phase, and that of its shape.
    path: Vec<&'static str>,
    start: f64,
    end: Option<f64>,
    progress: f64,
    /// From where to where the phase goes, where it is one of the plan itself.
    from: Option<String>,
    to: Option<String>,
    /// From 0, and the update in it; where updates per epoch are known.
    epoch: Option<(u64, u64)>,
    /// The same as a sentence.
    sentence: String,
}

/// Every plan of every schedule that resolves.
pub(crate) fn explain(ask: &Ask) -> Vec<Explained> {
    let reads = ask.schedules.iter().take(MOST_SCHEDULES).map(Read::of).enumerate();
    let explained = reads.filter_map(|(schedule, read)| Some((schedule, read.resolved.ok()?)));
    explained
        .flat_map(|(schedule, resolved)| {
            let of = |entry| Explained::of(schedule, &resolved, entry, ask.update);
            resolved.entries.iter().map(of).collect::<Vec<_>>()
        })
        .collect()
}

impl Explained {
    fn of(schedule: usize, resolved: &Resolved, entry: &Entry, update: u64) -> Self {
        let section = entry.plan.section_at(update);
        let phase = entry.plan.phases().find(|phase| {
            phase.start <= update && phase.end.is_none_or(|end| update < end) && section.path.len() == 1
        });
        let value = entry.plan.value_at(update, entry.base_or_one());
        let explanation = Explanation {
            field: entry.label(),
            group: 0,
            update,
            end: entry.plan.end(),
            section: section.clone(),
            planned: value,
            factor: None,
        };
        Self {
            schedule,
            label: entry.label(),
            value,
            path: section.path,
            start: section.start,
            end: section.end,
            progress: section.progress,
            from: phase.and_then(|phase| phase.from).map(|level| level.to_string()),
            to: phase.and_then(|phase| phase.to).map(|level| level.to_string()),
            epoch: resolved.horizon.updates_per_epoch().map(|size| (update / size, update % size)),
            sentence: explanation.to_string().replacen(" of group 0", "", 1),
        }
    }
}
