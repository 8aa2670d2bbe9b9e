//! JSON to nodes. Each part is read as the text that it is, so that its place is known.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{MAX_DEPTH, too_deep};
use crate::node::{Key, Kind, Node};
use crate::problem::Problem;

pub(super) fn read(text: &str) -> Result<Node, Problem> {
    match serde_json::from_str::<&RawValue>(text) {
        Ok(value) => Reader { text }.node(value, 0),
        Err(error) => {
            let at = offset(text, error.line(), error.column());
            let said = error.to_string();
            let message = said.split(" at line ").next().unwrap_or(&said).to_owned();
            Err(Problem::error("syntax", format!("this is not JSON: {message}")).at(at..at))
        }
    }
}

/// The byte of a line and a column, as `serde_json` counts them: lines from 1, columns in bytes.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    /// Where a part of the text stands in it.
    fn span(&self, part: &str) -> Range<usize> {
        let start = part.as_ptr().addr().wrapping_sub(self.text.as_ptr().addr()).min(self.text.len());
        start..(start + part.len()).min(self.text.len())
    }

    fn node(&self, value: &RawValue, depth: usize) -> Result<Node, Problem> {
        let part = value.get();
        let span = self.span(part);
        if depth > MAX_DEPTH {
            return Err(too_deep(span.start));
        }
        let wrong = |error: serde_json::Error| {
            Problem::error("syntax", format!("this is not JSON: {error}")).at(span.clone())
        };
        let kind = match part.as_bytes().first() {
            Some(b'{') => {
                let Entries(entries) = serde_json::from_str(part).map_err(wrong)?;
                let mut map: Vec<(Key, Node)> = Vec::with_capacity(entries.len());
                let mut names = HashSet::new();
                for (key, value) in entries {
                    let span = self.span(key.get());
                    let name: String = serde_json::from_str(key.get()).map_err(wrong)?;
                    if !names.insert(name.clone()) {
                        return Err(
                            Problem::error("syntax", format!("the key `{name}` is given twice")).at(span)
                        );
                    }
                    map.push((Key { name, span }, self.node(value, depth + 1)?));
                }
                Kind::Map(map)
            }
            Some(b'[') => {
                let Items(items) = serde_json::from_str(part).map_err(wrong)?;
                Kind::List(
                    items.into_iter().map(|item| self.node(item, depth + 1)).collect::<Result<_, _>>()?,
                )
            }
            Some(b'"') => Kind::Text(serde_json::from_str(part).map_err(wrong)?),
            Some(b't') => Kind::Flag(true),
            Some(b'f') => Kind::Flag(false),
            Some(b'n') => Kind::Null,
            _ => Kind::Number(part.to_owned()),
        };
        Ok(Node { span, kind })
    }
}

/// The entries of an object in their order.
struct Entries<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// The items of an array.
struct Items<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Items<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Array;
        impl<'de> Visitor<'de> for Array {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = sequence.next_element()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(Array)
    }
}
