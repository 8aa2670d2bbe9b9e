//! View: from trees to plans, samples, phases and findings.

use std::ops::Range;

use lehr::{Curve, Level};
use lehr_spec::{Entry, Format, Resolved, Source, SpecFile, lint};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::place::{Finding, Placed};
use crate::run::{Overlay, Run};
use crate::sample::{Outline, updates};

/// More schedules are not shown at once.
///
/// ```
/// use lehr_studio::{Look, MOST_SCHEDULES, export};
///
/// let many = (0..=MOST_SCHEDULES).map(|i| (format!("plan-{i}"), serde_json::json!({ "version": 1, "lr": "hold" })));
/// let html = export(many.collect(), &Look::default());
/// assert!(html.contains("plan-15") && !html.contains("plan-16"));
/// ```
pub const MOST_SCHEDULES: usize = 16;

/// More samples of a plan are not served at once.
const MOST_SAMPLES: usize = 5000;

/// At most this many values are sampled for one view, however many plans there are.
const MOST_VALUES: usize = 400_000;

/// What is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    pub(crate) schedules: Vec<Value>,
    /// Updates from the first on and up to the second; everything by default.
    #[serde(default)]
    pub(crate) window: Option<(u64, u64)>,
    /// About how many updates.
    pub(crate) samples: usize,
}

impl Ask {
    /// With no more samples than a page that can ask again needs.
    pub(crate) fn bounded(self) -> Self {
        Self { samples: self.samples.min(MOST_SAMPLES), ..self }
    }
}

/// What the page draws.
#[derive(Debug, Serialize)]
pub(crate) struct View {
    schedules: Vec<Schedule>,
    fields: Vec<Field>,
    /// The update after the last of all plans.
    end: u64,
}

#[derive(Debug, Serialize)]
struct Schedule {
    findings: Vec<Finding>,
    run: Option<Horizon>,
    plans: Vec<PlanView>,
}

#[derive(Debug, Serialize)]
struct Horizon {
    updates: Option<u64>,
    epochs: Option<u64>,
    updates_per_epoch: Option<u64>,
}

/// One plan, and the parts that follow each other in it.
#[derive(Debug, Serialize)]
struct PlanView {
    label: String,
    /// A JSON pointer to its table.
    at: String,
    base: Option<f64>,
    /// The plan as one line.
    text: String,
    end: Option<u64>,
    shown: u64,
    parts: Vec<Part>,
    sections: Vec<(u64, &'static str)>,
}

#[derive(Debug, Serialize)]
struct Part {
    start: u64,
    end: Option<u64>,
    from: Option<LevelView>,
    to: Option<LevelView>,
    /// What its first update uses.
    first: f64,
    /// What its last update uses.
    last: f64,
    /// Whether it falls by itself and has no `to`.
    falls: bool,
}

/// A level, and what it is for this base.
#[derive(Debug, Serialize)]
struct LevelView {
    text: String,
    value: f64,
}

/// The values of all schedules that have this field, at the same updates; `None` beyond a plan's end.
#[derive(Debug, Serialize)]
struct Field {
    label: String,
    updates: Vec<u64>,
    traces: Vec<TraceView>,
    runs: Vec<Overlay>,
}

#[derive(Debug, Serialize)]
struct TraceView {
    schedule: usize,
    values: Vec<Option<f64>>,
    /// Value less that of the first trace.
    difference: Option<Vec<Option<f64>>>,
}

/// A tree that was read, or what is wrong with it.
pub(crate) struct Read {
    pub(crate) placed: Placed,
    pub(crate) resolved: Result<Resolved, lehr_spec::Problems>,
}

impl Read {
    pub(crate) fn of(tree: &Value) -> Self {
        let placed = Placed::of(tree);
        let resolved = read(&placed.text).and_then(|spec| spec.resolve(&lehr_spec::Overrides::default()));
        Self { placed, resolved }
    }

    fn entries(&self) -> &[Entry] {
        self.resolved.as_ref().map_or(&[], |resolved| &resolved.entries)
    }
}

/// The spec that a JSON text is.
pub(crate) fn read(text: &str) -> Result<SpecFile, lehr_spec::Problems> {
    SpecFile::read(&Source::new("schedule", text)?, Format::Json)
}

impl View {
    pub(crate) fn of(ask: &Ask, runs: &[Run]) -> Self {
        let reads: Vec<Read> = ask.schedules.iter().take(MOST_SCHEDULES).map(Read::of).collect();
        let outlines: Vec<Vec<Outline>> = reads
            .iter()
            .map(|read| read.entries().iter().map(|entry| Outline::of(&entry.plan)).collect())
            .collect();
        let end = outlines.iter().flatten().map(|outline| outline.shown).max().unwrap_or(1);
        let plans = outlines.iter().map(Vec::len).sum::<usize>();
        let samples = ask.samples.min(MOST_VALUES / plans.max(1)).max(2);
        let window =
            ask.window.map_or(0..end, |(from, to)| from.min(end - 1)..to.clamp(1, end).max(from + 1));
        let schedules =
            reads.iter().zip(&outlines).map(|(read, outlines)| Schedule::of(read, outlines)).collect();
        let mut labels: Vec<String> = Vec::new();
        for entry in reads.iter().flat_map(Read::entries) {
            if !labels.contains(&entry.label()) {
                labels.push(entry.label());
            }
        }
        let fields = labels
            .into_iter()
            .map(|label| Field::of(label, &reads, &outlines, &window, samples, runs))
            .collect();
        Self { schedules, fields, end }
    }
}

impl Schedule {
    fn of(read: &Read, outlines: &[Outline]) -> Self {
        match &read.resolved {
            Ok(resolved) => Self {
                findings: read.placed.findings(&lint(resolved, &[])),
                run: Some(Horizon {
                    updates: resolved.horizon.total(),
                    epochs: resolved.epochs,
                    updates_per_epoch: resolved.horizon.updates_per_epoch(),
                }),
                plans: resolved
                    .entries
                    .iter()
                    .zip(outlines)
                    .map(|(entry, outline)| PlanView::of(entry, outline, &resolved.entries))
                    .collect(),
            },
            Err(problems) => Self { findings: read.placed.findings(problems), run: None, plans: Vec::new() },
        }
    }
}

impl PlanView {
    fn of(entry: &Entry, outline: &Outline, all: &[Entry]) -> Self {
        let base = entry.base_or_one();
        let phases: Vec<_> = entry.plan.phases().collect();
        let view = |level: Option<Level>| {
            level.map(|level| LevelView { text: level.to_string(), value: level.of(base) })
        };
        let part = |(start, end): (u64, Option<u64>)| {
            let phase = phases.iter().find(|phase| (phase.start, phase.end) == (start, end));
            let last = end.map_or(start, |end| end.saturating_sub(1).max(start));
            Part {
                start,
                end,
                from: view(phase.and_then(|phase| phase.from)),
                to: view(phase.and_then(|phase| phase.to)),
                first: entry.plan.value_at(start, base),
                last: entry.plan.value_at(last, base),
                falls: phase.is_none_or(|phase| phase.to.is_none() && !matches!(phase.curve, Curve::Hold(_))),
            }
        };
        // Several plans of one field stand in a list.
        let alike = || all.iter().filter(|other| other.field == entry.field);
        let key = entry.field.to_string().replace('~', "~0").replace('/', "~1");
        let at = match alike().position(|other| std::ptr::eq(other, entry)) {
            Some(index) if alike().count() > 1 || entry.groups.is_some() => format!("/{key}/{index}"),
            _ => format!("/{key}"),
        };
        Self {
            label: entry.label(),
            at,
            base: entry.base,
            text: entry.spec.to_string(),
            end: entry.plan.end(),
            shown: outline.shown,
            parts: entry.plan.parts().map(part).collect(),
            sections: outline.sections.clone(),
        }
    }
}

impl Field {
    fn of(
        label: String,
        reads: &[Read],
        outlines: &[Vec<Outline>],
        window: &Range<u64>,
        samples: usize,
        runs: &[Run],
    ) -> Self {
        let mut plans: Vec<(usize, &Entry, &Outline)> = Vec::new();
        for (schedule, (read, outlines)) in reads.iter().zip(outlines).enumerate() {
            let own = read.entries().iter().zip(outlines).find(|(entry, _)| entry.label() == label);
            plans.extend(own.map(|(entry, outline)| (schedule, entry, outline)));
        }
        let outlines: Vec<&Outline> = plans.iter().map(|(_, _, outline)| *outline).collect();
        let updates = updates(&outlines, window, samples);
        let mut traces: Vec<TraceView> = Vec::new();
        for (schedule, entry, outline) in &plans {
            let value = |n: &u64| {
                let value = entry.plan.value_at(*n, entry.base_or_one());
                (*n < outline.shown).then_some(value)
            };
            let values: Vec<Option<f64>> = updates.iter().map(value).collect();
            let difference = traces.first().map(|first| {
                let pairs = values.iter().zip(&first.values);
                pairs.map(|(value, first)| Some((*value)? - (*first)?)).collect()
            });
            traces.push(TraceView { schedule: *schedule, values, difference });
        }
        let entry = plans.first().map(|(_, entry, _)| *entry);
        let runs = entry.map_or_else(Vec::new, |entry| {
            runs.iter().flat_map(|run| run.overlays(entry, window, samples)).collect()
        });
        Self { label, updates, traces, runs }
    }
}
