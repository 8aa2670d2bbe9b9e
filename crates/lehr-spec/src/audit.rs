//! Audit: whether a run used what its plan says, and if not, which clock it ran on.

use lehr::{Plan, Trace};
use serde::Serialize;

use crate::resolve::{Entry, Resolved};

mod clock;
mod history;

pub use history::{Column, History};

/// Samples of a plan beside a run.
const SAMPLES: usize = 2000;

/// What one column of a run says of its plan.
///
/// ```
/// use lehr_spec::{History, Source, SpecFile, audit};
///
/// let plan = SpecFile::read_text(&Source::new("plan", "linear(from=0x, over=4) -> hold")?, "lr")?;
/// let plan = plan.resolve(&Default::default())?;
/// let run = History::read("update,lr\n0,0.0\n1,0.025\n2,0.05\n3,0.075\n4,0.1\n".as_bytes())?;
/// let audited = &audit(&plan, &run, 1e-6)?[0];
/// assert!(audited.followed());
/// // The base is what fits the run.
/// assert_eq!((audited.column.as_str(), audited.base, audited.base_inferred, audited.updates), ("lr", 0.1, true, 5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Audited {
    /// The column, such as `lr/decay`.
    pub column: String,
    /// The field and groups of the plan.
    pub plan: String,
    /// The base, as it is given or as the first values have it.
    pub base: f64,
    /// Whether the base is read off the run.
    pub base_inferred: bool,
    /// Updates in the run.
    pub updates: usize,
    /// Updates that are further from the plan than the tolerance.
    pub off: usize,
    /// The largest deviation.
    pub largest: Option<Deviation>,
    /// The first deviation beyond the tolerance.
    pub first: Option<Deviation>,
    /// The clock that explains the run, where it did not follow the plan and one does.
    pub clock: Option<String>,
    /// The plan and what the run used, to be laid over each other.
    #[serde(skip)]
    pub traces: [Trace; 2],
}

/// A value that is not the plan's.
///
/// ```
/// use lehr_spec::{History, Source, SpecFile, audit};
///
/// let plan = SpecFile::read_text(&Source::new("plan", "linear(from=0x, over=4) -> hold")?, "lr")?;
/// let plan = plan.resolve(&Default::default())?;
/// let run = History::read("update,lr\n0,0.0\n1,0.025\n2,0.05\n3,0.3\n4,0.1\n".as_bytes())?;
/// let audited = &audit(&plan, &run, 1e-6)?[0];
/// let first = audited.first.ok_or("one update is off")?;
/// assert_eq!((first.update, first.used), (3, 0.3));
/// assert!((first.planned - 0.075).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Deviation {
    /// The update.
    pub update: u64,
    /// What the run used.
    pub used: f64,
    /// What the plan says.
    pub planned: f64,
}

impl Audited {
    /// Whether the run followed the plan.
    ///
    /// ```
    /// use lehr_spec::{History, Source, SpecFile, audit};
    ///
    /// let plan = SpecFile::read_text(&Source::new("plan", "linear(from=0x, over=4) -> hold")?, "lr")?;
    /// let plan = plan.resolve(&Default::default())?;
    /// let run = History::read("update,lr\n0,0.0\n1,0.025\n2,0.05\n3,0.3\n4,0.1\n".as_bytes())?;
    /// let audited = &audit(&plan, &run, 1e-6)?[0];
    /// assert!(!audited.followed());
    /// assert_eq!(audited.off, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn followed(&self) -> bool {
        self.off == 0
    }
}

/// Compares every planned column of a run with its plan. `tolerance` is a share of the plan's largest value.
///
/// # Errors
///
/// If the run has no column for any of the plans.
///
/// ```
/// use lehr_spec::{History, Source, SpecFile, audit};
///
/// let source = Source::new("plan", "linear(from=0x, over=4) -> hold")?;
/// let plan = SpecFile::read_text(&source, "lr")?.resolve(&Default::default())?;
/// let run = History::read("update,lr\n0,0.0\n1,0.05\n2,0.1\n3,0.1\n".as_bytes())?;
/// let audited = &audit(&plan, &run, 1e-6)?[0];
/// assert!(!audited.followed());
/// assert_eq!(audited.clock.as_deref(), Some("the schedule ran 2 times too fast"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn audit(resolved: &Resolved, run: &History, tolerance: f64) -> Result<Vec<Audited>, String> {
    let mut audited = Vec::new();
    for entry in &resolved.entries {
        for column in run.columns().iter().filter(|column| entry.has_column(&column.name)) {
            audited.push(audit_column(resolved, entry, column, run, tolerance)?);
        }
    }
    if audited.is_empty() {
        let planned: Vec<String> = resolved.entries.iter().map(Entry::label).collect();
        let columns: Vec<&str> = run.columns().iter().map(|column| column.name.as_str()).collect();
        return Err(format!(
            "the run has no column for {}; it has {}",
            planned.join(", "),
            if columns.is_empty() { "none".to_owned() } else { columns.join(", ") }
        ));
    }
    Ok(audited)
}

fn audit_column(
    resolved: &Resolved,
    entry: &Entry,
    column: &Column,
    run: &History,
    tolerance: f64,
) -> Result<Audited, String> {
    let updates = run.updates();
    let used = used(run, column).map_err(|error| error.to_string())?;
    let (base, base_inferred) = match entry.base {
        Some(base) => (base, false),
        None => (infer_base(&entry.plan, updates, &column.values, Some).unwrap_or(1.0), true),
    };
    let measure = Measure::of(&entry.plan, base, updates, tolerance);
    let mut audited = Audited {
        column: column.name.clone(),
        plan: entry.label(),
        base,
        base_inferred,
        updates: updates.len(),
        off: 0,
        largest: None,
        first: None,
        clock: None,
        traces: [Trace::sample(&column.name, &entry.plan, base, SAMPLES), used],
    };
    let mut most = 0.0;
    for (update, used) in updates.iter().copied().zip(column.values.iter().copied()) {
        let planned = entry.plan.value_at(update, base);
        let apart = if used.is_finite() { (used - planned).abs() } else { f64::INFINITY };
        let deviation = Deviation { update, used, planned };
        if apart > most {
            most = apart;
            audited.largest = Some(deviation);
        }
        if apart > measure.allowed {
            audited.off += 1;
            audited.first = audited.first.or(Some(deviation));
        }
    }
    if audited.off > 0 {
        let given = entry.base;
        audited.clock = clock::explain(resolved, &entry.plan, given, run, column, tolerance);
    }
    Ok(audited)
}

/// What the run used. A run that was resumed from an older count has some updates twice: the later ones hold.
fn used(run: &History, column: &Column) -> Result<Trace, lehr::Error> {
    let mut points: Vec<(u64, f64)> =
        run.updates().iter().copied().zip(column.values.iter().copied()).rev().collect();
    points.sort_by_key(|(n, _)| *n);
    points.dedup_by_key(|(n, _)| *n);
    Trace::of_points(&column.name, points)
}

/// How far from the plan a value may be.
struct Measure {
    allowed: f64,
}

impl Measure {
    fn of(plan: &Plan, base: f64, updates: &[u64], tolerance: f64) -> Self {
        let largest = updates.iter().map(|n| plan.value_at(*n, base).abs()).fold(0.0, f64::max);
        Self { allowed: largest * tolerance }
    }
}

/// The base with which the plan, on some clock, gives the run's value where it depends on the base most.
fn infer_base(
    plan: &Plan,
    updates: &[u64],
    values: &[f64],
    clock: impl Fn(u64) -> Option<u64>,
) -> Option<f64> {
    let mut best: Option<(f64, f64)> = None;
    for (n, used) in updates.iter().zip(values).filter(|(_, used)| used.is_finite()) {
        let Some(affine) = clock(*n).and_then(|n| plan.affine_at(n)) else { continue };
        if affine.slope.abs() > best.map_or(0.0, |(slope, _)| slope) {
            best = Some((affine.slope.abs(), (used - affine.offset) / affine.slope));
        }
    }
    best.map(|(_, base)| base).filter(|base| base.is_finite())
}
