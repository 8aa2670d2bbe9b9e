//! From nodes to typed values: every fault is noted with its place, and reading goes on where it can.

use std::ops::Range;

use crate::node::{Key, Kind, Node};
use crate::problem::Problem;
use crate::spec_file::At;

/// More problems of one file help nobody.
const MOST_PROBLEMS: usize = 20;

/// Collects what is wrong.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    pub(crate) problems: Vec<Problem>,
}

impl Walk {
    /// Notes a problem; those of a file that is wrong all over are not counted to the end.
    pub(crate) fn wrong(&mut self, problem: Problem) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// "`epochs` must be a whole number, found ..."
    fn expected(&mut self, name: &str, wanted: &str, node: &Node, paste: &str) {
        self.wrong(
            Problem::error("wrong-type", format!("`{name}` must be {wanted}"))
                .at(node.span.clone())
                .label(format!("found {}", node.found()))
                .paste(paste),
        );
    }

    /// A table whose keys are all known.
    pub(crate) fn table<'n>(
        &mut self,
        what: &str,
        node: &'n Node,
        known: &[&str],
    ) -> Option<Vec<(&'n Key, &'n Node)>> {
        let Kind::Map(entries) = &node.kind else {
            let example = known.first().map_or_else(String::new, |key| format!("{what} = {{ {key} = ... }}"));
            self.expected(what, "a table", node, &example);
            return None;
        };
        let mut found = Vec::new();
        for (key, value) in entries {
            if known.contains(&key.name.as_str()) {
                found.push((key, value));
            } else {
                self.unknown_key(what, key, known);
            }
        }
        Some(found)
    }

    pub(crate) fn unknown_key(&mut self, what: &str, key: &Key, known: &[&str]) {
        let problem =
            Problem::error("unknown-key", format!("`{what}` has no key `{}`", key.name)).at(key.span.clone());
        let problem = match nearest(&key.name, known) {
            Some(near) => problem.label(format!("did you mean `{near}`?")).paste(near),
            None if what == "horizon" => {
                let help = format!(
                    "what stands below `[horizon]` belongs to it: a field has a table of its own, `[{}]`",
                    key.name
                );
                problem.label("not known here").help(help)
            }
            None => problem.label("not known here"),
        };
        self.wrong(problem.help(format!("the keys of `{what}` are {}", known.join(", "))));
    }

    /// A whole number of at least 1, or its text.
    pub(crate) fn count(&mut self, name: &str, node: &Node) -> Option<At<u64>> {
        self.whole(name, node, 1)
    }

    /// A whole number of at least `least`, or its text.
    pub(crate) fn whole(&mut self, name: &str, node: &Node, least: u64) -> Option<At<u64>> {
        let digits = match &node.kind {
            Kind::Number(text) | Kind::Text(text) => text.trim().replace('_', ""),
            _ => String::new(),
        };
        let whole = digits.parse::<u64>().ok().or_else(|| {
            // 1e4, or 30.0 from a YAML reader.
            let number = digits.parse::<f64>().ok()?;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole and below 2^53
            (number.fract() == 0.0 && (0.0..9e15).contains(&number)).then_some(number as u64)
        });
        match whole {
            Some(value) if value >= least => Some(At { value, span: node.span.clone() }),
            _ => {
                self.expected(
                    name,
                    &format!("a whole number of at least {least}"),
                    node,
                    &format!("{name} = 100"),
                );
                None
            }
        }
    }

    /// A finite number, or its text (`PyYAML` reads 3e-4 as text).
    pub(crate) fn number(&mut self, name: &str, node: &Node) -> Option<At<f64>> {
        let number = match &node.kind {
            Kind::Number(text) | Kind::Text(text) => text.trim().replace('_', "").parse::<f64>().ok(),
            _ => None,
        };
        if let Some(value) = number.filter(|number| number.is_finite()) {
            return Some(At { value, span: node.span.clone() });
        }
        self.expected(name, "a finite number", node, &format!("{name} = 3e-4"));
        None
    }

    pub(crate) fn text(&mut self, name: &str, node: &Node, example: &str) -> Option<At<String>> {
        if let Kind::Text(text) = &node.kind {
            return Some(At { value: text.clone(), span: node.span.clone() });
        }
        self.expected(name, "a text", node, &format!("{name} = \"{example}\""));
        None
    }

    /// A list of texts and numbers, or a single one.
    pub(crate) fn words(&mut self, name: &str, node: &Node, example: &str) -> Option<Vec<At<String>>> {
        let items = match &node.kind {
            Kind::List(items) => items.as_slice(),
            Kind::Text(_) | Kind::Number(_) => std::slice::from_ref(node),
            _ => {
                self.expected(name, "a list", node, &format!("{name} = [\"{example}\"]"));
                return None;
            }
        };
        let mut words = Vec::new();
        for item in items {
            match &item.kind {
                Kind::Text(text) | Kind::Number(text) => {
                    words.push(At { value: text.clone(), span: item.span.clone() });
                }
                _ => self.expected(name, "a list of names", item, &format!("{name} = [\"{example}\"]")),
            }
        }
        Some(words)
    }
}

/// The known word that is at most two edits away, if there is one.
///
/// ```
/// assert_eq!(lehr_spec::nearest("cosin", &["linear", "cosine"]), Some("cosine"));
/// ```
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word: String = word.chars().take(64).collect();
    let (edits, near) =
        known.iter().map(|candidate| (strsim::osa_distance(&word, candidate), *candidate)).min()?;
    (edits <= 2 && edits < near.len()).then_some(near)
}

/// Where a text value stands in the file, if it stands there as it is: without escapes.
pub(crate) fn verbatim(source: &str, node: &Node, decoded: &str) -> Option<usize> {
    let raw = source.get(node.span.clone()).unwrap_or_default();
    (!decoded.is_empty()).then(|| raw.find(decoded).map(|offset| node.span.start + offset)).flatten()
}

/// The part of a text value, in bytes of the file; the whole value where the two differ by escapes.
pub(crate) fn inside(source: &str, node: &Node, decoded: &str, part: Range<usize>) -> Range<usize> {
    match verbatim(source, node, decoded) {
        Some(start) => start + part.start.min(decoded.len())..start + part.end.min(decoded.len()),
        None => node.span.clone(),
    }
}
