//! What is worth knowing of a plan, from its samples.

use lehr::Trace;
use lehr_plot::Figure;
use lehr_spec::{Entry, Resolved};
use serde_json::{Value, json};

use crate::output::{count, short};

/// Samples of a plan that is looked at as a whole.
pub(crate) const SAMPLES: usize = 2000;

/// The largest value of a trace, and the first update that has it.
pub(crate) fn peak(trace: &Trace) -> (u64, f64) {
    let points = trace.points().iter().copied();
    points.reduce(|best, point| if point.1 > best.1 { point } else { best }).unwrap_or((0, f64::NAN))
}

/// One trace for each plan.
pub(crate) fn traces(resolved: &Resolved, samples: usize) -> Vec<Trace> {
    let trace = |entry: &Entry| Trace::sample(&entry.label(), &entry.plan, entry.base_or_one(), samples);
    resolved.entries.iter().map(trace).collect()
}

/// A figure of several specs: their plans of one field lie over each other, under the specs' names.
pub(crate) fn figure_of(specs: &[(&str, Resolved)], samples: usize) -> Figure {
    let mut figure = Figure::default();
    for (name, resolved) in specs {
        for trace in traces(resolved, samples) {
            let label = trace.label().to_owned();
            figure = figure.named(if specs.len() == 1 { label.as_str() } else { name }, trace);
        }
    }
    figure
}

/// A name that leaves room for the numbers.
pub(crate) fn shortened(name: &str) -> String {
    if name.chars().count() <= 40 {
        return name.to_owned();
    }
    name.chars().take(37).chain("...".chars()).collect()
}

/// A stretch of a plan from one boundary to the next.
pub(crate) struct Stretch {
    pub(crate) shape: &'static str,
    pub(crate) start: u64,
    pub(crate) end: Option<u64>,
    pub(crate) first: f64,
    pub(crate) last: f64,
}

/// The stretches of a plan, and what its updates use at both ends of each.
pub(crate) fn stretches(entry: &Entry, trace: &Trace) -> Vec<Stretch> {
    let boundaries = trace.boundaries();
    let value = |n| entry.plan.value_at(n, entry.base_or_one());
    let stretch = |(index, (start, shape)): (usize, &(u64, &'static str))| {
        let end = boundaries.get(index + 1).map(|(next, _)| *next).or(entry.plan.end());
        let last = end.map_or(*start, |end| end.saturating_sub(1).max(*start));
        Stretch { shape, start: *start, end, first: value(*start), last: value(last) }
    };
    boundaries.iter().enumerate().map(stretch).collect()
}

/// The facts of one plan, for people.
pub(crate) fn facts(entry: &Entry, trace: &Trace) -> String {
    let (at, peak) = peak(trace);
    let after = entry.plan.end().map_or_else(String::new, |end| {
        format!(", from then on {}", short(entry.plan.value_at(end, entry.base_or_one())))
    });
    let base = entry.base.map_or_else(|| "not given, drawn as 1".to_owned(), short);
    format!(
        "base {base}; first {}, peak {} at update {}, last used {}{after}",
        short(trace.first_used()),
        short(peak),
        count(at),
        short(trace.last_used()),
    )
}

/// The facts of one plan, for machines.
pub(crate) fn facts_json(entry: &Entry, trace: &Trace) -> Value {
    let (peak_at, peak) = peak(trace);
    let (low, _) = trace.range();
    let phases: Vec<Value> = stretches(entry, trace)
        .iter()
        .map(|stretch| {
            json!({ "shape": stretch.shape, "start": stretch.start, "end": stretch.end,
                    "first_used": stretch.first, "last_used": stretch.last })
        })
        .collect();
    json!({
        "field": entry.field.to_string(),
        "groups": entry.groups.as_ref().map(|groups| groups.iter().map(lehr_spec::Group::text).collect::<Vec<_>>()),
        "base": entry.base,
        "spec": entry.spec.to_string(),
        "plan": entry.plan.to_string(),
        "updates": entry.plan.end(),
        "first_used": trace.first_used(),
        "last_used": trace.last_used(),
        "peak": peak,
        "peak_at": peak_at,
        "least": low,
        "area": trace.area(),
        "phases": phases,
    })
}

/// The run, in one line.
pub(crate) fn run_line(resolved: &Resolved) -> String {
    let total = resolved.horizon.total();
    let mut parts =
        vec![total.map_or_else(|| "an open run".to_owned(), |total| format!("{} updates", count(total)))];
    if let Some(in_epoch) = resolved.horizon.updates_per_epoch() {
        parts.push(format!("{} in an epoch", count(in_epoch)));
    }
    let clock = resolved.clock;
    if clock.processes > 1 || clock.accumulate > 1 {
        let batches = count(clock.processes.saturating_mul(clock.accumulate));
        parts.push(format!("{batches} batches each"));
        parts.push(format!("{} processes", clock.processes));
        parts.push(format!("{} accumulated", clock.accumulate));
    }
    parts.join(", ")
}

/// The run, for machines.
pub(crate) fn run_json(resolved: &Resolved) -> Value {
    json!({
        "updates": resolved.horizon.total(),
        "updates_per_epoch": resolved.horizon.updates_per_epoch(),
        "processes": resolved.clock.processes,
        "accumulate": resolved.clock.accumulate,
    })
}
