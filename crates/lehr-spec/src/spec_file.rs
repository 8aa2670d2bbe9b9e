//! `SpecFile`: the typed form of a spec file, as it is written; nothing is resolved yet.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;

use crate::node::{Key, Kind, Node};
use crate::plan_text::PlanText;
use crate::problem::{Problem, Problems};
use crate::read::{self, Format};
use crate::source::Source;
use crate::walk::{Walk, nearest};

/// A value and the bytes where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Its bytes in the file.
    pub span: Range<usize>,
}

/// A spec file.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(title = "lehr spec", inline)]
pub struct SpecFile {
    /// Where an editor finds the JSON Schema; of no other meaning.
    #[schemars(rename = "$schema")]
    pub schema: Option<At<String>>,
    /// The version of this format: 1.
    #[schemars(required, with = "crate::schema::VersionSchema")]
    pub version: Option<At<u64>>,
    /// Codes of lints that are silenced.
    #[schemars(default, with = "Vec<String>")]
    pub allow: Vec<At<String>>,
    /// How long the run is.
    pub horizon: Option<HorizonTable>,
    /// The fields of the optimizer, such as `lr`, `weight_decay` or `betas[0]`.
    #[schemars(flatten, with = "BTreeMap<String, FieldValue>")]
    pub fields: Vec<(At<String>, FieldValue)>,
    #[schemars(skip)]
    pub(crate) source: Source,
}

/// How long the run is: `updates`; or `epochs` with `updates_per_epoch` or `batches_per_epoch`; or `batches`.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct HorizonTable {
    /// Completed optimizer updates in the run.
    pub updates: Option<At<u64>>,
    /// Epochs in the run.
    pub epochs: Option<At<u64>>,
    /// Updates in an epoch, after accumulation, per process.
    pub updates_per_epoch: Option<At<u64>>,
    /// Batches in an epoch, of all processes together.
    pub batches_per_epoch: Option<At<u64>>,
    /// Batches in the run, of all processes together.
    pub batches: Option<At<u64>>,
    /// Processes that share the batches; 1 by default.
    pub processes: Option<At<u64>>,
    /// Batches that one process accumulates for an update; 1 by default.
    pub accumulate: Option<At<u64>>,
    /// Where the table stands.
    #[schemars(skip)]
    pub span: Range<usize>,
}

impl HorizonTable {
    pub(crate) const KEYS: [&str; 7] =
        ["updates", "epochs", "updates_per_epoch", "batches_per_epoch", "batches", "processes", "accumulate"];
}

/// The plan of a field, or its plans for different groups.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum FieldValue {
    /// The one-line text, for all groups.
    Text(PlanText),
    /// A table.
    Table(Box<FieldTable>),
    /// One table for each selection of groups.
    Tables(#[schemars(length(min = 1))] Vec<FieldTable>),
}

/// The plan of a field for all groups, or for some of them.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FieldTable {
    /// The phases.
    pub phases: PlanText,
    /// The base of the groups: for pictures and checks. A training run takes what stands in its optimizer.
    pub base: Option<At<f64>>,
    /// The groups, by name or index; without it all of them.
    pub groups: Option<Vec<Group>>,
    /// A controller that reduces the value when a metric stops improving.
    pub plateau: Option<PlateauTable>,
    /// Where the table stands.
    #[schemars(skip)]
    pub span: Range<usize>,
}

impl FieldTable {
    pub(crate) const KEYS: [&str; 4] = ["phases", "base", "groups", "plateau"];
}

/// A group of parameters.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum Group {
    /// By index, from 0.
    Index(At<u64>),
    /// By name.
    Name(At<String>),
}

impl Group {
    /// Its name or index, as text.
    pub fn text(&self) -> String {
        match self {
            Self::Index(index) => index.value.to_string(),
            Self::Name(name) => name.value.clone(),
        }
    }

    /// Where it stands.
    pub fn span(&self) -> Range<usize> {
        match self {
            Self::Index(index) => index.span.clone(),
            Self::Name(name) => name.span.clone(),
        }
    }
}

/// torch's `ReduceLROnPlateau` as a factor on the plan.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PlateauTable {
    /// Observations in a row without improvement that are borne; 10 by default.
    pub patience: Option<At<u64>>,
    /// What each reduction multiplies by, above 0 and below 1; 0.1 by default.
    pub factor: Option<At<f64>>,
    /// Observations after a reduction that do not count; none by default.
    pub cooldown: Option<At<u64>>,
    /// What the factor does not fall below; 0 by default.
    pub min_factor: Option<At<f64>>,
    /// How often a metric is observed: `"1ep"`, by default, or a number of updates.
    pub every: Option<At<String>>,
    /// Where the table stands.
    #[schemars(skip)]
    pub span: Range<usize>,
}

impl PlateauTable {
    pub(crate) const KEYS: [&str; 5] = ["patience", "factor", "cooldown", "min_factor", "every"];
}

/// Keys of a file that are no fields.
pub(crate) const RESERVED: [&str; 4] = ["version", "horizon", "allow", "$schema"];

impl SpecFile {
    /// Reads a whole file.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, each with its place.
    pub fn read(source: &Source, format: Format) -> Result<Self, Problems> {
        let node = read::read(source, format).map_err(|problem| Problems::new(source, vec![problem]))?;
        Self::of_node(source, &node, format == Format::Text, "lr")
    }

    /// Reads the one-line text as the plan of one field.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, each with its place.
    pub fn read_text(source: &Source, field: &str) -> Result<Self, Problems> {
        let node =
            read::read(source, Format::Text).map_err(|problem| Problems::new(source, vec![problem]))?;
        Self::of_node(source, &node, true, field)
    }

    /// Reads a spec that is nested in another file, such as somebody's training configuration: `model.lr_schedule`, with
    /// a number for an item of a list. It may be a whole spec, the phases of one field, or the one-line text.
    ///
    /// # Errors
    ///
    /// If there is nothing at that place, and everything that is wrong with it.
    ///
    /// ```
    /// use lehr_spec::{Format, Source, SpecFile};
    ///
    /// let source = Source::new("train.yaml", "model: vit\nlr_schedule: linear(over=5%) -> cosine\n")?;
    /// let spec = SpecFile::read_at(&source, Format::Yaml, "lr_schedule", "lr")?;
    /// assert_eq!(spec.fields[0].0.value, "lr");
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn read_at(source: &Source, format: Format, path: &str, field: &str) -> Result<Self, Problems> {
        let fail = |problem| Problems::new(source, vec![problem]);
        let root = read::read(source, format).map_err(fail)?;
        let node = find(&root, path).map_err(fail)?;
        Self::of_node(source, node, true, field)
    }

    fn of_node(source: &Source, node: &Node, nested: bool, field: &str) -> Result<Self, Problems> {
        let mut walk = Walk::default();
        let file = Self::walk(&mut walk, source, node, nested, field);
        match file {
            Some(file) if walk.problems.is_empty() => Ok(file),
            _ => {
                walk.problems.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
                Err(Problems::new(source, walk.problems))
            }
        }
    }

    fn walk(walk: &mut Walk, source: &Source, node: &Node, nested: bool, field: &str) -> Option<Self> {
        let mut file = Self {
            schema: None,
            version: None,
            allow: Vec::new(),
            horizon: None,
            fields: Vec::new(),
            source: source.clone(),
        };
        let is_phase = |node: &Node| node.get("shape").is_some() || node.get("combine").is_some();
        let plain = match &node.kind {
            Kind::Text(_) | Kind::List(_) => nested,
            Kind::Map(_) => nested && is_phase(node),
            _ => false,
        };
        if plain {
            let phases = PlanText::read(walk, source.text(), field, node)?;
            file.fields
                .push((At { value: field.to_owned(), span: node.span.clone() }, FieldValue::Text(phases)));
            return Some(file);
        }
        let Kind::Map(entries) = &node.kind else {
            walk.wrong(
                Problem::error("wrong-type", "a spec must be a table of fields")
                    .at(node.span.clone())
                    .label(format!("found {}", node.found()))
                    .paste("lr = \"linear(from=0.01x, over=5%) -> cosine(to=0.1x)\""),
            );
            return None;
        };
        for (key, value) in entries {
            match key.name.as_str() {
                "$schema" => file.schema = walk.text("$schema", value, "schedule.schema.json"),
                "version" => file.version = walk.count("version", value),
                "allow" => file.allow = walk.words("allow", value, "jump").unwrap_or_default(),
                "horizon" => file.horizon = horizon(walk, value),
                _ => {
                    if let Some(read) = field_value(walk, source, key, value) {
                        file.fields.push((At { value: key.name.clone(), span: key.span.clone() }, read));
                    }
                }
            }
        }
        file.check(walk, node, nested);
        Some(file)
    }

    fn check(&self, walk: &mut Walk, node: &Node, nested: bool) {
        let at = node.span.start..node.span.start;
        match &self.version {
            Some(version) if version.value != 1 => walk.wrong(
                Problem::error("version", format!("version {} is not known", version.value))
                    .at(version.span.clone())
                    .label("this program reads version 1")
                    .paste("version = 1"),
            ),
            None if !nested && node.get("version").is_none() => walk.wrong(
                Problem::error("version", "a spec file must say its version")
                    .at(at.clone())
                    .paste("version = 1"),
            ),
            _ => {}
        }
        if self.fields.is_empty() && walk.problems.is_empty() {
            walk.wrong(
                Problem::error("plan", "there is no field with a plan")
                    .at(at)
                    .paste("lr = \"linear(from=0.01x, over=5%) -> cosine(to=0.1x)\""),
            );
        }
    }
}

/// The node at `a.b.0.c`.
pub(crate) fn find<'n>(root: &'n Node, path: &str) -> Result<&'n Node, Problem> {
    let mut node = root;
    for name in path.split('.') {
        let next = match &node.kind {
            Kind::List(items) => name.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => node.get(name),
        };
        node = next.ok_or_else(|| {
            let at = node.span.start..node.span.start;
            let problem = Problem::error("at", format!("there is no `{name}` on the way to `{path}`")).at(at);
            match &node.kind {
                Kind::Map(entries) => {
                    let known: Vec<&str> =
                        entries.iter().map(|(key, _)| key.name.as_str()).take(30).collect();
                    let near = nearest(name, &known);
                    let problem = problem.help(format!("here are {}", known.join(", ")));
                    near.into_iter()
                        .fold(problem, |problem, near| problem.label(format!("did you mean `{near}`?")))
                }
                Kind::List(items) => {
                    problem.help(format!("here is a list of {} items, counted from 0", items.len()))
                }
                _ => problem.label(format!("found {}", node.found())),
            }
        })?;
    }
    Ok(node)
}

fn horizon(walk: &mut Walk, node: &Node) -> Option<HorizonTable> {
    let mut table = HorizonTable { span: node.span.clone(), ..HorizonTable::default() };
    for (key, value) in walk.table("horizon", node, &HorizonTable::KEYS)? {
        let count = walk.count(&key.name, value);
        match key.name.as_str() {
            "updates" => table.updates = count,
            "epochs" => table.epochs = count,
            "updates_per_epoch" => table.updates_per_epoch = count,
            "batches_per_epoch" => table.batches_per_epoch = count,
            "batches" => table.batches = count,
            "processes" => table.processes = count,
            _ => table.accumulate = count,
        }
    }
    Some(table)
}

fn field_value(walk: &mut Walk, source: &Source, key: &Key, node: &Node) -> Option<FieldValue> {
    let near = nearest(&key.name, &RESERVED);
    let is_plan = matches!(&node.kind, Kind::Text(_)) || node.get("phases").is_some();
    if let Some(near) = near
        && !is_plan
    {
        walk.wrong(
            Problem::error("unknown-key", format!("a spec has no key `{}`", key.name))
                .at(key.span.clone())
                .label(format!("did you mean `{near}`?"))
                .paste(near),
        );
        return None;
    }
    if let Err(error) = key.name.parse::<lehr::Field>() {
        let message = match error {
            lehr::Error::Text { message, .. } => message,
            other => other.to_string(),
        };
        walk.wrong(Problem::error("field", message).at(key.span.clone()).paste("\"betas[0]\""));
        return None;
    }
    match &node.kind {
        Kind::Text(_) => PlanText::read(walk, source.text(), &key.name, node).map(FieldValue::Text),
        Kind::Map(_) if node.get("shape").is_none() && node.get("combine").is_none() => {
            field_table(walk, source, &key.name, node).map(|table| FieldValue::Table(Box::new(table)))
        }
        Kind::List(items) if items.iter().all(|item| item.get("phases").is_some()) && !items.is_empty() => {
            let tables: Vec<_> =
                items.iter().map(|item| field_table(walk, source, &key.name, item)).collect();
            tables.into_iter().collect::<Option<Vec<_>>>().map(FieldValue::Tables)
        }
        Kind::List(_) | Kind::Map(_) => {
            walk.wrong(
                Problem::error("wrong-type", format!("the phases of `{}` stand under `phases`", key.name))
                    .at(node.span.clone())
                    .label(format!("found {}", node.found()))
                    .help(format!(
                        "tables for different groups are [[{}]], each with its `groups` and `phases`",
                        key.name
                    ))
                    .paste(format!("{} = {{ phases = [...] }}", key.name)),
            );
            None
        }
        _ => {
            walk.wrong(
                Problem::error(
                    "wrong-type",
                    format!("`{}` must be a plan: the one-line text, or a table with `phases`", key.name),
                )
                .at(node.span.clone())
                .label(format!("found {}", node.found()))
                .help(format!("the keys that are no fields are {}", RESERVED.join(", ")))
                .paste(format!("{} = \"cosine(to=0.1x)\"", key.name)),
            );
            None
        }
    }
}

fn field_table(walk: &mut Walk, source: &Source, name: &str, node: &Node) -> Option<FieldTable> {
    let entries = walk.table(name, node, &FieldTable::KEYS)?;
    let (mut phases, mut base, mut groups, mut plateau) = (None, None, None, None);
    let given = entries.iter().any(|(key, _)| key.name == "phases");
    for (key, value) in entries {
        match key.name.as_str() {
            "phases" => phases = PlanText::read(walk, source.text(), "phases", value),
            "base" => base = walk.number("base", value),
            "groups" => groups = walk.words("groups", value, "weights"),
            _ => plateau = plateau_table(walk, value),
        }
    }
    if !given && walk.problems.is_empty() {
        walk.wrong(
            Problem::error("plan", format!("`{name}` has no phases"))
                .at(node.span.start..node.span.start)
                .paste("phases = [{ shape = \"cosine\", to = \"0.1x\" }]"),
        );
    }
    if let Some(groups) = groups.as_ref().filter(|groups| groups.is_empty()) {
        let _ = groups;
        walk.wrong(
            Problem::error("groups", format!("`groups` of `{name}` selects none"))
                .at(node.span.clone())
                .help("leave it out for all groups"),
        );
    }
    let groups = groups.map(|groups| {
        groups.into_iter().map(|group| match group.value.parse() {
            Ok(value) => Group::Index(At { value, span: group.span }),
            Err(_) => Group::Name(group),
        })
    });
    Some(FieldTable {
        phases: phases?,
        base,
        groups: groups.map(Iterator::collect),
        plateau,
        span: node.span.clone(),
    })
}

fn plateau_table(walk: &mut Walk, node: &Node) -> Option<PlateauTable> {
    let mut table = PlateauTable { span: node.span.clone(), ..PlateauTable::default() };
    for (key, value) in walk.table("plateau", node, &PlateauTable::KEYS)? {
        match key.name.as_str() {
            "patience" => table.patience = walk.whole("patience", value, 0),
            "cooldown" => table.cooldown = walk.whole("cooldown", value, 0),
            "factor" => table.factor = walk.number("factor", value),
            "min_factor" => table.min_factor = walk.number("min_factor", value),
            _ => table.every = walk.words("every", value, "1ep").and_then(|words| words.into_iter().next()),
        }
    }
    Some(table)
}
