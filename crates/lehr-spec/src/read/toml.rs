//! TOML to nodes.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::{MAX_DEPTH, too_deep};
use crate::node::{Key, Kind, Node};
use crate::problem::Problem;

pub(super) fn read(text: &str) -> Result<Node, Problem> {
    match DeTable::parse(text) {
        Ok(table) => {
            let span = table.span();
            node(DeValue::Table(table.into_inner()), span, 0)
        }
        Err(error) => {
            let span = error.span().unwrap_or(text.len()..text.len());
            Err(Problem::error("syntax", format!("this is not TOML: {}", error.message())).at(span))
        }
    }
}

fn node(value: DeValue<'_>, span: Range<usize>, depth: usize) -> Result<Node, Problem> {
    if depth > MAX_DEPTH {
        return Err(too_deep(span.start));
    }
    let kind = match value {
        DeValue::String(text) => Kind::Text(text.into_owned()),
        DeValue::Integer(number) => Kind::Number(integer(number.as_str(), number.radix())),
        DeValue::Float(number) => Kind::Number(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Kind::Flag(flag),
        DeValue::Datetime(_) => Kind::Other("a date"),
        DeValue::Array(items) => {
            let items = items.into_iter().map(|item| {
                let span = item.span();
                node(item.into_inner(), span, depth + 1)
            });
            Kind::List(items.collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => {
            let mut entries = Vec::new();
            for (key, value) in table {
                let key = Key { span: key.span(), name: key.into_inner().into_owned() };
                let span = value.span();
                entries.push((key, node(value.into_inner(), span, depth + 1)?));
            }
            // The reader sorts them by name; here they stand as they are written.
            entries.sort_by_key(|(key, _)| key.span.start);
            Kind::Map(entries)
        }
    };
    Ok(Node { span, kind })
}

/// A whole number in decimal digits.
fn integer(digits: &str, radix: u32) -> String {
    match i128::from_str_radix(&digits.replace('_', ""), radix) {
        Ok(number) if radix != 10 => number.to_string(),
        _ => digits.to_owned(),
    }
}
