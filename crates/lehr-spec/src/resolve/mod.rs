//! From a spec file to plans: the horizon, the lengths, and whose fault it is where they do not fit.

mod blame;
mod run;
mod scheduler;

use std::ops::Range;

use lehr::control::Plateau;
use lehr::{Error, Field, Horizon, MemoryGroups, Plan, Scheduler, Selection, Spec};

use blame::blame;
use run::Run;

use crate::plan_text::PlanText;
use crate::problem::{Problem, Problems};
use crate::source::Source;
use crate::spec_file::{At, FieldTable, FieldValue, Group, HorizonTable, PlateauTable, SpecFile};

/// A file with more plans is refused.
const MAX_PLANS: usize = 1000;

/// What is said outside of the file and wins over it: the command's options.
///
/// ```
/// use lehr_spec::{Overrides, Source, SpecFile};
///
/// let spec = SpecFile::read_text(&Source::new("plan", "hold")?, "lr")?;
/// let overrides = Overrides { bases: vec![(Some("lr".to_owned()), 0.1)], ..Overrides::default() };
/// assert_eq!(spec.resolve(&overrides)?.entries[0].base, Some(0.1));
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// The run. A total given here replaces any total in the file.
    pub horizon: HorizonTable,
    /// Bases by field; `None` stands for the first field of the file.
    pub bases: Vec<(Option<String>, f64)>,
}

/// How many batches make an update.
///
/// ```
/// let clock = lehr_spec::Clock { processes: 2, accumulate: 3 };
/// // 12 batches are two updates of two processes.
/// assert_eq!((clock.updates(12), clock.batches(1)), (2, (3, 5)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Processes that share the batches.
    pub processes: u64,
    /// Batches that one process accumulates for an update.
    pub accumulate: u64,
}

impl Clock {
    /// Updates for that many batches, of all processes together: the last update of an epoch may be smaller.
    ///
    /// ```
    /// let clock = lehr_spec::Clock { processes: 4, accumulate: 2 };
    /// assert_eq!(clock.updates(1000), 125);
    /// assert_eq!(clock.updates(1001), 126);
    /// ```
    pub fn updates(self, batches: u64) -> u64 {
        batches.div_ceil(self.processes.max(1)).div_ceil(self.accumulate.max(1))
    }

    /// The batches of one process that make up this update, the first and the last one, counted from 0.
    ///
    /// ```
    /// let clock = lehr_spec::Clock { processes: 1, accumulate: 4 };
    /// assert_eq!([0, 1, 2].map(|update| clock.batches(update)), [(0, 3), (4, 7), (8, 11)]);
    /// ```
    pub fn batches(self, update: u64) -> (u64, u64) {
        let first = update.saturating_mul(self.accumulate);
        (first, first.saturating_add(self.accumulate - 1))
    }
}

/// The plan of one field for some groups.
///
/// ```
/// use lehr_spec::{Format, Source, SpecFile};
///
/// let text = "version = 1\n[lr]\nbase = 0.1\ngroups = [\"head\", 0]\nphases = \"hold\"\n";
/// let spec = SpecFile::read(&Source::new("a.toml", text)?, Format::Toml)?.resolve(&Default::default())?;
/// let entry = &spec.entries[0];
/// assert_eq!((entry.field.to_string().as_str(), entry.base, entry.plan.value_at(7, 0.1)), ("lr", Some(0.1), 0.1));
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The field.
    pub field: Field,
    /// Where it is named.
    pub field_span: Range<usize>,
    /// The groups; `None` for all.
    pub groups: Option<Vec<Group>>,
    /// The base that is given for pictures and checks.
    pub base: Option<f64>,
    /// The plan as it was asked for.
    pub spec: Spec,
    /// The plan in updates.
    pub plan: Plan,
    /// Where its parts stand.
    pub text: PlanText,
    /// The controller, if there is one.
    pub plateau: Option<PlateauTable>,
}

impl Entry {
    /// The base for a picture: what is given, or 1.
    ///
    /// ```
    /// use lehr_spec::{Format, Source, SpecFile};
    ///
    /// let text = "version = 1\n[lr]\nbase = 0.1\ngroups = [\"head\", 0]\nphases = \"hold\"\n";
    /// let spec = SpecFile::read(&Source::new("a.toml", text)?, Format::Toml)?.resolve(&Default::default())?;
    /// let entry = &spec.entries[0];
    /// assert_eq!(entry.base_or_one(), 0.1);
    /// let plain = SpecFile::read_text(&Source::new("plan", "hold")?, "lr")?.resolve(&Default::default())?;
    /// assert_eq!(plain.entries[0].base_or_one(), 1.0);
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn base_or_one(&self) -> f64 {
        self.base.unwrap_or(1.0)
    }

    /// The field, and the groups if not all: `weight_decay[no_decay]` is written `weight_decay/no_decay`.
    ///
    /// ```
    /// use lehr_spec::{Format, Source, SpecFile};
    ///
    /// let text = "version = 1\n[lr]\nbase = 0.1\ngroups = [\"head\", 0]\nphases = \"hold\"\n";
    /// let spec = SpecFile::read(&Source::new("a.toml", text)?, Format::Toml)?.resolve(&Default::default())?;
    /// let entry = &spec.entries[0];
    /// assert!(entry.label().starts_with("lr/head"), "{}", entry.label());
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn label(&self) -> String {
        let field = self.field.to_string();
        match &self.groups {
            None => field,
            Some(groups) => {
                format!("{field}/{}", groups.iter().map(Group::text).collect::<Vec<_>>().join("+"))
            }
        }
    }

    /// Whether a run's column of that name holds this field for one of these groups: `lr`, `lr/weights`, `lr/0`.
    ///
    /// ```
    /// use lehr_spec::{Format, Source, SpecFile};
    ///
    /// let text = "version = 1\n[lr]\nbase = 0.1\ngroups = [\"head\", 0]\nphases = \"hold\"\n";
    /// let spec = SpecFile::read(&Source::new("a.toml", text)?, Format::Toml)?.resolve(&Default::default())?;
    /// let entry = &spec.entries[0];
    /// assert_eq!(["lr/head", "lr/0", "lr/body"].map(|name| entry.has_column(name)), [true, true, false]);
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn has_column(&self, name: &str) -> bool {
        let (field, group) = name.split_once('/').unwrap_or((name, ""));
        field == self.field.to_string()
            && self.groups.as_ref().is_none_or(|groups| {
                group.is_empty() || groups.iter().any(|selected| selected.text() == group)
            })
    }
}

/// A spec whose lengths are all in updates.
///
/// ```
/// use lehr_spec::{Format, Source, SpecFile};
///
/// let text = "version = 1\n[lr]\nbase = 0.1\ngroups = [\"head\", 0]\nphases = \"hold\"\n";
/// let spec = SpecFile::read(&Source::new("a.toml", text)?, Format::Toml)?.resolve(&Default::default())?;
/// let entry = &spec.entries[0];
/// assert_eq!((spec.horizon.total(), spec.epochs, spec.entries.len()), (None, None, 1));
/// # let _ = entry;
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// What it was read from.
    pub source: Source,
    /// The spec itself, with what was said outside of it written into it.
    ///
    /// ```
    /// use lehr_spec::{Overrides, Source, SpecFile};
    ///
    /// let spec = SpecFile::read_text(&Source::new("plan", "hold")?, "lr")?;
    /// let resolved = spec.resolve(&Overrides { bases: vec![(None, 0.1)], ..Overrides::default() })?;
    /// assert_eq!(resolved.file.tree()["lr"]["base"], 0.1);
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub file: SpecFile,
    /// The run.
    pub horizon: Horizon,
    /// Epochs in the run, if they were given.
    pub epochs: Option<u64>,
    /// How many batches make an update.
    pub clock: Clock,
    /// Silenced lints.
    pub allow: Vec<At<String>>,
    /// The plans, in the order of the file.
    pub entries: Vec<Entry>,
}

impl SpecFile {
    /// Turns every length into updates.
    ///
    /// # Errors
    ///
    /// A run that is not said, or said twice; lengths that it cannot convert; phases that do not add up to it; levels that
    /// break a rule; two plans for one field and group. Each with its place.
    ///
    /// ```
    /// use lehr_spec::{Format, Source, SpecFile};
    ///
    /// let read = |updates| {
    ///     let text = format!("version = 1\n[horizon]\nupdates = {updates}\n[lr]\nphases = 'linear(over=50) -> cosine(to=0)'\n");
    ///     SpecFile::read(&Source::new("a.toml", text)?, Format::Toml)
    /// };
    /// assert_eq!(read(100)?.resolve(&Default::default())?.entries[0].plan.end(), Some(100));
    /// let error = read(20)?.resolve(&Default::default()).unwrap_err();
    /// assert!(error.to_string().contains("the phases take 50 updates, but the run has 20"), "{error}");
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn resolve(&self, overrides: &Overrides) -> Result<Resolved, Problems> {
        let fail = |list| Problems::new(&self.source, list);
        let file = self.overridden(overrides);
        let run = Run::of(file.horizon.clone()).map_err(|problem| fail(vec![problem]))?;
        let mut problems = Vec::new();
        let mut entries: Vec<Entry> = Vec::new();
        let plans = file.fields.iter().map(|(_, value)| match value {
            FieldValue::Tables(tables) => tables.len(),
            _ => 1,
        });
        if plans.sum::<usize>() > MAX_PLANS {
            return Err(fail(vec![Problem::error("size", format!("a spec has at most {MAX_PLANS} plans"))]));
        }
        for (name, value) in &file.fields {
            let tables = match value {
                FieldValue::Text(phases) => vec![all_groups(name, phases)],
                FieldValue::Table(table) => vec![(**table).clone()],
                FieldValue::Tables(tables) => tables.clone(),
            };
            for table in tables {
                match entry(name, table, &run) {
                    Ok(entry) => {
                        problems.extend(entries.iter().find_map(|before| conflict(before, &entry)));
                        entries.push(entry);
                    }
                    Err(problem) => problems.push(problem),
                }
            }
        }
        if let Some((Some(unknown), _)) = overrides.bases.iter().find(|(field, _)| {
            field.as_ref().is_some_and(|field| file.fields.iter().all(|(name, _)| name.value != *field))
        }) {
            problems.push(Problem::error(
                "base",
                format!("a base is given for `{unknown}`, which has no plan here"),
            ));
        }
        if !problems.is_empty() {
            return Err(fail(problems));
        }
        Ok(Resolved {
            source: self.source.clone(),
            file,
            horizon: run.horizon,
            epochs: run.epochs,
            clock: run.clock,
            allow: self.allow.clone(),
            entries,
        })
    }

    /// The same spec with what is said outside of it.
    fn overridden(&self, overrides: &Overrides) -> Self {
        let mut file = self.clone();
        if overrides.horizon != HorizonTable::default() {
            file.horizon = Some(file.horizon.unwrap_or_default().overridden(&overrides.horizon));
        }
        for (name, value) in &mut file.fields {
            let first = self.fields.first().is_some_and(|(first, _)| first.value == name.value);
            let given = overrides.bases.iter().rev().find(|(field, _)| match field {
                Some(field) => *field == name.value,
                None => first,
            });
            let Some((_, base)) = given else { continue };
            let base = Some(At { value: *base, span: 0..0 });
            match value {
                FieldValue::Text(phases) => {
                    let table = FieldTable { base, ..all_groups(name, phases) };
                    *value = FieldValue::Table(Box::new(table));
                }
                FieldValue::Table(table) => table.base = base,
                FieldValue::Tables(tables) => {
                    for table in tables {
                        table.base.clone_from(&base);
                    }
                }
            }
        }
        file
    }
}

/// The one-line text as a table, which is for all groups.
fn all_groups(name: &At<String>, phases: &PlanText) -> FieldTable {
    FieldTable { phases: phases.clone(), base: None, groups: None, plateau: None, span: name.span.clone() }
}

fn entry(name: &At<String>, table: FieldTable, run: &Run) -> Result<Entry, Problem> {
    let base = table.base.as_ref().map(|base| base.value);
    let field: Field = name
        .value
        .parse()
        .map_err(|error: Error| Problem::error("field", error.to_string()).at(name.span.clone()))?;
    let spec = table.phases.spec()?;
    let plan = spec.resolve(&run.horizon).map_err(|error| blame(&table.phases, run, error))?;
    if let Some(base) = base {
        let mut groups = MemoryGroups::of("lr", &[base]);
        if let Err(error) = attach(&plan, &mut groups) {
            let span = match &error {
                Error::Parameter { name, .. } => argument(&table.phases, name),
                _ => None,
            };
            let span = span.unwrap_or(table.phases.span.clone());
            return Err(Problem::error("plan", error.to_string().replace("of group 0 ", "")).at(span));
        }
    }
    if let Some(plateau) = &table.plateau {
        check_plateau(plateau)?;
    }
    Ok(Entry {
        field,
        field_span: name.span.clone(),
        groups: table.groups,
        base,
        spec,
        plan,
        text: table.phases,
        plateau: table.plateau,
    })
}

/// Attaching is what a training run does, and checks every level against the base.
fn attach(plan: &Plan, groups: &mut MemoryGroups) -> Result<Scheduler, Error> {
    Scheduler::builder().field_on("lr", Selection::Indices(vec![0]), plan.clone()).attach(groups)
}

/// The place of the first argument of that name.
fn argument(text: &PlanText, name: &str) -> Option<Range<usize>> {
    (0..text.len()).find_map(|phase| text.argument_span(phase, name))
}

/// The controller that a table asks for.
fn plateau(table: &PlateauTable) -> Result<Plateau, Error> {
    let mut builder = Plateau::builder();
    if let Some(patience) = &table.patience {
        builder = builder.patience(patience.value);
    }
    if let Some(factor) = &table.factor {
        builder = builder.factor(factor.value);
    }
    if let Some(cooldown) = &table.cooldown {
        builder = builder.cooldown(cooldown.value);
    }
    if let Some(min_factor) = &table.min_factor {
        builder = builder.min_factor(min_factor.value);
    }
    builder.build()
}

fn check_plateau(table: &PlateauTable) -> Result<(), Problem> {
    if let Err(error) = plateau(table) {
        let at = match &error {
            Error::Parameter { name, .. } if name == "factor" => table.factor.as_ref(),
            _ => table.min_factor.as_ref(),
        };
        let span = at.map_or(table.span.clone(), |number| number.span.clone());
        return Err(Problem::error("plateau", error.to_string()).at(span));
    }
    if let Some(every) = &table.every
        && let Err(error) = every.value.parse::<lehr::Span>()
    {
        return Err(Problem::error("plateau", error.to_string())
            .at(every.span.clone())
            .paste("every = \"1ep\""));
    }
    Ok(())
}

/// Two plans for the same field and group.
fn conflict(before: &Entry, entry: &Entry) -> Option<Problem> {
    let same_name = before.field.name() == entry.field.name();
    let element = [before.field.element(), entry.field.element()];
    let apart = element[0] != element[1] && element.iter().all(Option::is_some);
    if !same_name || apart {
        return None;
    }
    let shared = match (&before.groups, &entry.groups) {
        (Some(first), Some(second)) => {
            second.iter().find(|group| first.iter().any(|other| other.text() == group.text()))?
        }
        (_, Some(second)) | (Some(second), _) => second.first()?,
        (None, None) => {
            return Some(
                Problem::error("conflict", format!("`{}` has two plans for all groups", entry.field))
                    .at(entry.field_span.clone())
                    .label("the second one")
                    .help("give each of them other `groups`"),
            );
        }
    };
    Some(
        Problem::error(
            "conflict",
            format!("`{}` has two plans for the group `{}`", entry.field, shared.text()),
        )
        .at(shared.span())
        .label("it is selected here, too")
        .help("every group has one plan for a field: name the groups of each plan"),
    )
}
