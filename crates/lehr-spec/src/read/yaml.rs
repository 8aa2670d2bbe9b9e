//! YAML to nodes, within narrow limits: hostile files are refused, not worked off.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Location, Spanned};

use super::MAX_DEPTH;
use crate::node::{Key, Kind, Node};
use crate::problem::Problem;

/// Aliases that a file has at most; a training configuration has a few.
const MAX_ALIASES: usize = 200;

/// Values that a file has at most, those that aliases repeat included.
const MAX_NODES: usize = 200_000;

pub(super) fn read(text: &str) -> Result<Node, Problem> {
    let mut options = serde_saphyr::options! {
        duplicate_keys: DuplicateKeyPolicy::Error,
        strict_booleans: true,
        reject_unsupported_tags: true,
        // Nothing is decoded: that there is such a tag is found below.
        ignore_binary_tag_for_string: true,
    };
    options.alias_limits.max_total_replayed_events = MAX_NODES;
    options.alias_limits.max_replay_stack_depth = 16;
    options.alias_limits.max_alias_expansions_per_anchor = MAX_ALIASES;
    if let Some(budget) = &mut options.budget {
        budget.max_depth = MAX_DEPTH;
        budget.flow_nesting_limit = MAX_DEPTH;
        budget.max_nodes = MAX_NODES;
        budget.max_events = 3 * MAX_NODES;
        budget.max_aliases = MAX_ALIASES;
        budget.max_anchors = MAX_ALIASES;
        budget.max_documents = 1;
    }
    match serde_saphyr::from_str_with_options::<Spanned<Value>>(text, options) {
        Ok(value) => node(value, text),
        Err(error) => {
            let at = error.location().map_or(text.len(), |location| span(location, text).start);
            let message = plain(&error.without_snippet().to_string());
            Err(Problem::error("syntax", format!("this is not YAML that a spec can have: {message}"))
                .at(at..at))
        }
    }
}

/// What the reader says, without its own position and its own settings, which nobody here can change.
fn plain(said: &str) -> String {
    let first = said.lines().next().unwrap_or_default();
    if first.contains("budget breached: Documents") {
        return "there is more than one document in it".to_owned();
    }
    if first.contains("budget breached: Depth") {
        return format!("it is nested more than {MAX_DEPTH} deep");
    }
    if let Some(what) = first.split("budget breached: ").nth(1) {
        let what = what.split([' ', '{']).next().unwrap_or_default();
        return format!("it is too large ({what})");
    }
    let first = first.split(" at line ").next().unwrap_or_default();
    let first = first.split(", set ").next().unwrap_or_default();
    first.replace(" rejected by the configured policy", " is not finite")
}

fn span(location: Location, text: &str) -> Range<usize> {
    let span = location.span();
    let at = |offset: Option<u64>| offset.and_then(|offset| usize::try_from(offset).ok());
    let mut start = at(span.byte_offset()).unwrap_or_else(|| offset(text, location)).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (start + at(span.byte_len()).unwrap_or(0)).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    start..end
}

/// The byte of a line and a column, both counted from 1, the column in characters.
fn offset(text: &str, location: Location) -> usize {
    let count = |number: u64| usize::try_from(number.saturating_sub(1)).unwrap_or(0);
    let before: usize = text.split_inclusive('\n').take(count(location.line())).map(str::len).sum();
    let line = text.get(before..).unwrap_or_default();
    before + line.chars().take(count(location.column())).map(char::len_utf8).sum::<usize>()
}

fn node(value: Spanned<Value>, text: &str) -> Result<Node, Problem> {
    let mut place = span(value.defined, text);
    let kind = match value.value {
        Value::Null => Kind::Null,
        Value::Flag(flag) => Kind::Flag(flag),
        Value::Number(number) => Kind::Number(number),
        Value::Text(value) => {
            not_binary(&place, text)?;
            Kind::Text(value)
        }
        Value::List(items) => {
            Kind::List(items.into_iter().map(|item| node(item, text)).collect::<Result<_, _>>()?)
        }
        Value::Map(entries) => {
            let entry = |(key, value): (Spanned<String>, Spanned<Value>)| {
                let place = span(key.defined, text);
                not_binary(&place, text)?;
                Ok((Key { span: place, name: key.value }, node(value, text)?))
            };
            Kind::Map(entries.into_iter().map(entry).collect::<Result<_, _>>()?)
        }
    };
    // A collection's own location is where it starts; it goes to the end of its last part.
    let last = match &kind {
        Kind::List(items) => items.last().map(|item| item.span.end),
        Kind::Map(entries) => entries.last().map(|(_, value)| value.span.end),
        _ => None,
    };
    if let Some(last) = last {
        place.end = place.end.max(last);
    }
    Ok(Node { span: place, kind })
}

/// A text with the tag `!!binary`, in any spelling, is not text.
fn not_binary(place: &Range<usize>, text: &str) -> Result<(), Problem> {
    let before = text.get(..place.start).unwrap_or_default();
    let before =
        before.rsplit(|c: char| c.is_whitespace() || "{[".contains(c)).filter(|word| !word.is_empty());
    // An anchor may stand between the tag and the text.
    let mut properties = before.take_while(|word| word.starts_with(['!', '&'])).take(2);
    if properties.any(|word| word.starts_with('!') && word.trim_end_matches('>').ends_with("binary")) {
        return Err(Problem::error("syntax", "this is not YAML that a spec can have: binary data")
            .at(place.clone())
            .label("tagged as binary")
            .help("write the text itself, without `!!binary`"));
    }
    Ok(())
}

/// What can stand in YAML.
enum Value {
    Null,
    Flag(bool),
    Number(String),
    Text(String),
    List(Vec<Spanned<Value>>),
    Map(Vec<(Spanned<String>, Spanned<Value>)>),
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a text, a list or a map")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Flag(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(format!("{value:?}")))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Value::Map(entries))
    }
}
