//! Places: a tree as JSON text, and which part of the tree a byte of that text is in.

use std::ops::Range;

use lehr_spec::{Problem, Problems, Severity};
use serde::Serialize;
use serde_json::Value;

/// A tree as text, with the place of every value in it.
pub(crate) struct Placed {
    pub(crate) text: String,
    /// Inner values before the outer ones that hold them.
    places: Vec<(Range<usize>, String)>,
}

impl Placed {
    pub(crate) fn of(tree: &Value) -> Self {
        let mut placed = Self { text: String::new(), places: Vec::new() };
        placed.write(tree, "");
        placed
    }

    fn write(&mut self, value: &Value, pointer: &str) {
        let start = self.text.len();
        match value {
            Value::Object(entries) => {
                self.text.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    let inner = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                    let separator = if index > 0 { ",\n" } else { "" };
                    self.text.push_str(separator);
                    let key_start = self.text.len();
                    self.text.push_str(&Value::from(key.as_str()).to_string());
                    self.places.push((key_start..self.text.len(), inner.clone()));
                    self.text.push(':');
                    self.write(value, &inner);
                }
                self.text.push('}');
            }
            Value::Array(items) => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.text.push_str(if index > 0 { ",\n" } else { "" });
                    self.write(item, &format!("{pointer}/{index}"));
                }
                self.text.push(']');
            }
            scalar => self.text.push_str(&scalar.to_string()),
        }
        self.places.push((start..self.text.len(), pointer.to_owned()));
    }

    /// The JSON pointer to the innermost value that holds these bytes; empty for the whole tree.
    fn pointer(&self, span: &Range<usize>) -> &str {
        let holds = |place: &&(Range<usize>, String)| place.0.start <= span.start && span.end <= place.0.end;
        self.places.iter().find(holds).map_or("", |(_, pointer)| pointer)
    }

    /// Problems of the text, each with the part of the tree that it is about.
    pub(crate) fn findings(&self, problems: &Problems) -> Vec<Finding> {
        problems.list().iter().map(|problem| self.finding(problem)).collect()
    }

    fn finding(&self, problem: &Problem) -> Finding {
        Finding {
            severity: problem.severity,
            code: problem.code,
            message: problem.message.to_string(),
            label: problem.label.to_string(),
            help: problem.notes.clone(),
            paste: problem.paste.as_deref().map(str::to_owned),
            at: problem.span.as_ref().map_or("", |span| self.pointer(span)).to_owned(),
        }
    }
}

/// A problem as the page has it.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    severity: Severity,
    code: &'static str,
    message: String,
    label: String,
    help: Vec<String>,
    paste: Option<String>,
    /// A JSON pointer into the tree.
    at: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_value_and_key_is_found_by_its_bytes() {
        let tree = json!({ "lr": { "phases": [{ "shape": "linear" }, { "to": "0.1x", "a/b": 1 }] } });
        let placed = Placed::of(&tree);
        assert_eq!(serde_json::from_str::<Value>(&placed.text).unwrap(), tree);
        for (needle, pointer) in [
            ("\"0.1x\"", "/lr/phases/1/to"),
            ("\"to\"", "/lr/phases/1/to"),
            ("\"a/b\"", "/lr/phases/1/a~1b"),
            ("{\"shape\":\"linear\"}", "/lr/phases/0"),
            ("\"lr\"", "/lr"),
        ] {
            let start = placed.text.find(needle).unwrap();
            assert_eq!(placed.pointer(&(start..start + needle.len())), pointer, "{needle}");
        }
        assert_eq!(placed.pointer(&(0..placed.text.len())), "");
        assert_eq!(placed.pointer(&(0..placed.text.len() + 9)), "");
    }
}
