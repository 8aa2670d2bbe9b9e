//! Writing: a spec file as a tree, as text in any format, and as its own text with only what differs replaced.

mod flow;
mod patch;

use serde_json::{Map, Value, json};

use crate::plan_text::PlanText;
use crate::read::Format;
use crate::spec_file::{At, FieldTable, FieldValue, Group, HorizonTable, PlateauTable, SpecFile};
use flow::Flow;

impl SpecFile {
    /// The whole file as a tree: the JSON form, with a table of phases for each field however it was written.
    ///
    /// ```
    /// use lehr_spec::{Format, Source, SpecFile};
    ///
    /// let source = Source::new("a.toml", "version = 1\nlr = 'linear(over=5%) -> cosine(to=0.1x)'")?;
    /// let tree = SpecFile::read(&source, Format::Toml)?.tree();
    /// assert_eq!(tree["lr"]["phases"][1], serde_json::json!({ "shape": "cosine", "to": "0.1x" }));
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn tree(&self) -> Value {
        let mut tree = Map::new();
        if let Some(schema) = &self.schema {
            tree.insert("$schema".to_owned(), json!(schema.value));
        }
        tree.insert("version".to_owned(), json!(1));
        if !self.allow.is_empty() {
            let allow: Vec<&str> = self.allow.iter().map(|code| code.value.as_str()).collect();
            tree.insert("allow".to_owned(), json!(allow));
        }
        if let Some(horizon) = &self.horizon {
            tree.insert("horizon".to_owned(), table(horizon.counts()));
        }
        for (name, value) in &self.fields {
            let value = match value {
                FieldValue::Text(phases) => json!({ "phases": nodes(phases) }),
                FieldValue::Table(table) => field(table),
                FieldValue::Tables(tables) => tables.iter().map(field).collect(),
            };
            tree.insert(name.value.clone(), value);
        }
        Value::Object(tree)
    }

    /// The whole file as text, written anew: the same schedules, no comments. As [`Format::Text`] it is the plan of the
    /// first field alone.
    ///
    /// ```
    /// use lehr_spec::{Format, Source, SpecFile};
    ///
    /// let source = Source::new("plan", "linear(from=0x, over=5%) -> cosine")?;
    /// let spec = SpecFile::read_text(&source, "lr")?;
    /// assert_eq!(spec.write(Format::Yaml), "\
    /// version: 1
    ///
    /// lr:
    ///   phases:
    ///     - { shape: linear, from: 0x, over: 5% }
    ///     - { shape: cosine }
    /// ");
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn write(&self, format: Format) -> String {
        let tree = self.tree();
        match format {
            Format::Toml => toml(&tree),
            Format::Yaml => yaml(&tree),
            Format::Json => json_text(&tree),
            Format::Text => {
                let phases = self.fields.first().map(|(_, value)| match value {
                    FieldValue::Text(phases) => canonical(phases),
                    FieldValue::Table(table) => canonical(&table.phases),
                    FieldValue::Tables(tables) => {
                        tables.first().map(|table| canonical(&table.phases)).unwrap_or_default()
                    }
                });
                phases.unwrap_or_default() + "\n"
            }
        }
    }
}

/// The plan as the core prints it.
fn canonical(phases: &PlanText) -> String {
    phases.spec().map_or_else(|_| phases.text(), |spec| spec.to_string())
}

/// The phases as tables.
fn nodes(phases: &PlanText) -> Vec<Value> {
    let tree = phases.spec().ok().and_then(|spec| serde_json::to_value(spec).ok());
    match tree {
        Some(Value::Array(nodes)) => nodes,
        _ => Vec::new(),
    }
}

fn table<const N: usize>(entries: [(&str, Option<Value>); N]) -> Value {
    let given = entries.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(given.collect())
}

fn number(value: Option<&At<f64>>) -> Option<Value> {
    // A whole number is written without a point.
    value.map(|at| at.value.to_string().parse::<u64>().map_or_else(|_| json!(at.value), |whole| json!(whole)))
}

fn count(value: Option<&At<u64>>) -> Option<Value> {
    value.map(|at| json!(at.value))
}

fn field(table_of: &FieldTable) -> Value {
    let groups = table_of.groups.as_ref().map(|groups| groups.iter().map(group).collect());
    table([
        ("groups", groups),
        ("base", number(table_of.base.as_ref())),
        ("phases", Some(Value::Array(nodes(&table_of.phases)))),
        ("plateau", table_of.plateau.as_ref().map(plateau)),
    ])
}

fn group(group: &Group) -> Value {
    match group {
        Group::Index(index) => json!(index.value),
        Group::Name(name) => json!(name.value),
    }
}

fn plateau(plateau: &PlateauTable) -> Value {
    table([
        ("patience", count(plateau.patience.as_ref())),
        ("factor", number(plateau.factor.as_ref())),
        ("cooldown", count(plateau.cooldown.as_ref())),
        ("min_factor", number(plateau.min_factor.as_ref())),
        ("every", plateau.every.as_ref().map(|every| json!(every.value))),
    ])
}

impl HorizonTable {
    fn counts(&self) -> [(&'static str, Option<Value>); 7] {
        [
            ("updates", count(self.updates.as_ref())),
            ("epochs", count(self.epochs.as_ref())),
            ("updates_per_epoch", count(self.updates_per_epoch.as_ref())),
            ("batches_per_epoch", count(self.batches_per_epoch.as_ref())),
            ("batches", count(self.batches.as_ref())),
            ("processes", count(self.processes.as_ref())),
            ("accumulate", count(self.accumulate.as_ref())),
        ]
    }
}

/// The entries of a table, none for anything else.
fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// A table's lines: scalars and small tables in a line each, phases below each other.
fn lines(table: &Value, flow: Flow, indent: &str) -> Vec<String> {
    let line = |(key, value): (&String, &Value)| {
        let (key, assign) = (flow.key(key), flow.assign());
        let Some(items) = value.as_array().filter(|items| items.iter().all(Value::is_object)) else {
            return format!("{indent}{key}{assign}{}", flow.text(value));
        };
        let items = items.iter().map(|item| flow.text(item));
        let below = |before: &str, after: &str| {
            items.map(|item| format!("\n{indent}  {before}{item}{after}")).collect::<Vec<_>>().concat()
        };
        match flow {
            Flow::Yaml => format!("{indent}{key}:{}", below("- ", "")),
            Flow::Toml => format!("{indent}{key}{assign}[{}\n{indent}]", below("", ",")),
            Flow::Json => {
                format!("{indent}{key}{assign}[{}\n{indent}]", below("", ",").trim_end_matches(','))
            }
        }
    };
    entries(table).map(line).collect()
}

/// The tables in a list, where the value is one: the plans of one field for different groups.
fn tables(value: &Value) -> Option<&Vec<Value>> {
    value.as_array().filter(|items| !items.is_empty() && items.iter().all(Value::is_object))
}

fn toml(tree: &Value) -> String {
    let flow = Flow::Toml;
    let (mut head, mut below) = (Vec::new(), Vec::new());
    for (key, value) in entries(tree) {
        let key = flow.key(key);
        let body = |table| lines(table, flow, "").join("\n");
        if value.is_object() {
            below.push(format!("\n[{key}]\n{}\n", body(value)));
        } else if let Some(items) = tables(value) {
            below.extend(items.iter().map(|item| format!("\n[[{key}]]\n{}\n", body(item))));
        } else {
            head.push(format!("{key} = {}\n", flow.text(value)));
        }
    }
    head.concat() + &below.concat()
}

fn yaml(tree: &Value) -> String {
    let flow = Flow::Yaml;
    let entry = |(key, value): (&String, &Value)| {
        let key = flow.key(key);
        if value.is_object() {
            format!("\n{key}:\n{}\n", lines(value, flow, "  ").join("\n"))
        } else if let Some(items) = tables(value) {
            let item = |item| format!("  - {}\n", lines(item, flow, "    ").join("\n").trim_start());
            format!("\n{key}:\n{}", items.iter().map(item).collect::<Vec<_>>().concat())
        } else {
            format!("{key}: {}\n", flow.text(value))
        }
    };
    entries(tree).map(entry).collect::<Vec<_>>().concat()
}

fn json_text(tree: &Value) -> String {
    let flow = Flow::Json;
    let table_text = |value: &Value, indent: &str| {
        format!("{{\n{}\n{indent}}}", lines(value, flow, &format!("{indent}  ")).join(",\n"))
    };
    let entry = |(key, value): (&String, &Value)| {
        let text = if value.is_object() {
            table_text(value, "  ")
        } else if let Some(items) = tables(value) {
            let items = items.iter().map(|item| format!("    {}", table_text(item, "    ")));
            format!("[\n{}\n  ]", items.collect::<Vec<_>>().join(",\n"))
        } else {
            flow.text(value)
        };
        format!("  {}: {text}", flow.key(key))
    };
    let body: Vec<_> = entries(tree).map(entry).collect();
    format!("{{\n{}\n}}\n", body.join(",\n"))
}
