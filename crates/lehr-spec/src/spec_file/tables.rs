//! The tables of a spec file, from nodes.

use super::{At, FieldTable, FieldValue, Group, HorizonTable, PlateauTable, RESERVED};
use crate::node::{Key, Kind, Node};
use crate::plan_text::PlanText;
use crate::problem::Problem;
use crate::source::Source;
use crate::walk::{Walk, nearest};

pub(super) fn horizon(walk: &mut Walk, node: &Node) -> Option<HorizonTable> {
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

pub(super) fn field_value(walk: &mut Walk, source: &Source, key: &Key, node: &Node) -> Option<FieldValue> {
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
