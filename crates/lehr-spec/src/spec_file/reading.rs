//! Reading: from a text, or from a part of one, to the typed file.

use super::tables::{field_value, horizon};
use super::{At, FieldValue, SpecFile};
use crate::node::{Kind, Node};
use crate::plan_text::PlanText;
use crate::problem::{Problem, Problems};
use crate::read::{self, Format};
use crate::source::Source;
use crate::walk::{Walk, nearest};

impl SpecFile {
    /// Reads a whole file.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, each with its place.
    ///
    /// ```
    /// use lehr_spec::{Format, Source, SpecFile};
    ///
    /// let read = |text: &str| SpecFile::read(&Source::new("a.json", text)?, Format::Json);
    /// assert_eq!(read(r#"{"version": 1, "lr": "hold"}"#)?.fields.len(), 1);
    /// let error = read(r#"{"version": 1, "lr": {"phasse": "hold"}}"#).unwrap_err();
    /// assert!(error.to_string().contains("did you mean `phases`?"), "{error}");
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn read(source: &Source, format: Format) -> Result<Self, Problems> {
        let node = read::read(source, format).map_err(|problem| Problems::new(source, vec![problem]))?;
        Self::of_node(source, &node, format == Format::Text, "lr")
    }

    /// Reads the one-line text as the plan of one field.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, each with its place.
    ///
    /// ```
    /// use lehr_spec::{Source, SpecFile};
    ///
    /// let spec = SpecFile::read_text(&Source::new("plan", "linear -> hold")?, "weight_decay")?;
    /// assert_eq!(spec.fields[0].0.value, "weight_decay");
    /// assert!(SpecFile::read_text(&Source::new("plan", "linear ->")?, "lr").is_err());
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
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
