//! `Piece`: a phase or a combinator as text, with the place of every part of it.

use std::ops::Range;

use super::{ARROW, MAX_NESTING};
use crate::node::{Kind, Node};
use crate::problem::Problem;
use crate::walk::{Walk, inside};

/// One phase, or one combinator with what is in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) span: Range<usize>,
    segments: Vec<Segment>,
}

/// A part of a piece's text and where it comes from.
#[derive(Clone, Debug, PartialEq)]
struct Segment {
    text: Range<usize>,
    source: Range<usize>,
}

/// Cuts a text at its arrows, but for those in brackets.
pub(super) fn pieces_of(text: &str, place: &dyn Fn(Range<usize>) -> Range<usize>) -> Vec<Piece> {
    let mut cuts = Vec::new();
    let mut depth = 0_usize;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'-' if depth == 0 && bytes.get(at + 1) == Some(&b'>') => cuts.push(at),
            _ => {}
        }
    }
    let starts = std::iter::once(0).chain(cuts.iter().map(|cut| cut + 2));
    let ends = cuts.iter().copied().chain(std::iter::once(text.len()));
    let piece = |(start, end): (usize, usize)| {
        let part = &text[start..end];
        let trimmed = part.trim();
        let start = start + (part.len() - part.trim_start().len());
        let span = start..start + trimmed.len();
        let segments = vec![Segment { text: 0..trimmed.len(), source: place(span.clone()) }];
        Piece { text: trimmed.to_owned(), span: place(span), segments }
    };
    starts.zip(ends).map(piece).collect()
}

/// The phases and combinators of a plan's text.
pub(crate) fn split(text: &str) -> Vec<String> {
    pieces_of(text, &|part| part).into_iter().map(|piece| piece.text).collect()
}

impl Piece {
    pub(super) fn place(&self, position: usize) -> Range<usize> {
        let segment = self.segments.iter().rev().find(|segment| segment.text.start <= position);
        let Some(segment) = segment else { return self.span.clone() };
        if segment.source.len() == segment.text.len() {
            let at = segment.source.start + (position - segment.text.start).min(segment.text.len());
            let rest = &self.text
                [position.min(self.text.len())..segment.text.end.max(position.min(self.text.len()))];
            let word =
                rest.find(|c: char| !(c.is_alphanumeric() || "_.%+-".contains(c))).unwrap_or(rest.len());
            return at..(at + word).min(segment.source.end);
        }
        segment.source.clone()
    }

    /// The place of an argument's value.
    pub(super) fn argument(&self, name: &str) -> Option<Range<usize>> {
        let mut from = 0;
        while let Some(found) = self.text[from..].find(name) {
            let start = from + found;
            from = start + name.len();
            let before = self.text[..start].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let rest = &self.text[from..];
            let trimmed = rest.trim_start();
            if let Some(value) = trimmed.strip_prefix('=') {
                let value = value.trim_start();
                return Some(self.place(self.text.len() - value.len()));
            }
        }
        None
    }

    /// A phase or a combinator from its table.
    pub(super) fn of_table(walk: &mut Walk, source: &str, node: &Node, depth: usize) -> Option<Self> {
        let Kind::Map(entries) = &node.kind else {
            walk.wrong(
                Problem::error("wrong-type", "a phase must be a table with a `shape` or a `combine`")
                    .at(node.span.clone())
                    .label(format!("found {}", node.found()))
                    .paste(r#"{ shape = "linear", from = "0.01x", over = "5%" }"#),
            );
            return None;
        };
        if depth >= MAX_NESTING {
            let message = format!("plans may be nested {MAX_NESTING} deep, not deeper");
            walk.wrong(Problem::error("nesting", message).at(node.span.clone()));
            return None;
        }
        let mut piece = Self { span: node.span.clone(), ..Self::default() };
        let heads: Vec<_> =
            entries.iter().filter(|(key, _)| matches!(key.name.as_str(), "shape" | "combine")).collect();
        let (key, head) = match heads.as_slice() {
            [(key, head)] => (key, head),
            [] => {
                let given: Vec<&str> = entries.iter().map(|(key, _)| key.name.as_str()).collect();
                let near =
                    given.iter().find(|name| crate::walk::nearest(name, &["shape", "combine"]).is_some());
                let mut problem =
                    Problem::error("plan", "a phase needs its `shape`, or a combinator its `combine`")
                        .at(node.span.clone())
                        .label("neither is given")
                        .paste(r#"shape = "linear""#);
                if let Some(near) = near {
                    problem = problem.help(format!("`{near}` is not known: did you mean `shape`?"));
                }
                walk.wrong(problem);
                return None;
            }
            [_, (key, _), ..] => {
                let message = "a phase has one `shape` or one `combine`, here are two";
                walk.wrong(Problem::error("plan", message).at(key.span.clone()).label("the second one"));
                return None;
            }
        };
        let name = walk.text(&key.name, head, "linear")?;
        if name.value.is_empty() || !name.value.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.') {
            walk.wrong(
                Problem::error("plan", format!("`{}` must be the name of one shape", key.name))
                    .at(head.span.clone())
                    .label(format!("found {}", head.found()))
                    .help("the one-line text stands in place of the list: phases = \"linear(over=5%) -> cosine\""),
            );
            return None;
        }
        piece.push(&name.value, inside(source, head, &name.value, 0..name.value.len()));
        piece.push("(", node.span.clone());
        let mut separator = "";
        let mut complete = true;
        for (key, value) in entries {
            let done = match key.name.as_str() {
                "shape" | "combine" => continue,
                "plan" => {
                    piece.push(separator, node.span.clone());
                    piece.push_plan(walk, source, value, depth + 1)
                }
                "plans" => {
                    piece.push(separator, node.span.clone());
                    piece.push_plans(walk, source, value, depth + 1)
                }
                _ => piece.push_argument(walk, source, separator, key, value),
            };
            complete &= done.is_some();
            separator = ", ";
        }
        piece.push(")", node.span.clone());
        complete.then_some(piece)
    }

    fn push(&mut self, text: &str, source: Range<usize>) {
        let start = self.text.len();
        self.text.push_str(text);
        self.segments.push(Segment { text: start..self.text.len(), source });
    }

    /// Adds a plan that a combinator takes.
    fn push_plan(&mut self, walk: &mut Walk, source: &str, node: &Node, depth: usize) -> Option<()> {
        match &node.kind {
            Kind::Text(text) => self.push(text, inside(source, node, text, 0..text.len())),
            Kind::List(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.push(ARROW, node.span.clone());
                    }
                    let piece = Self::of_table(walk, source, item, depth)?;
                    self.append(&piece);
                }
            }
            _ => {
                let piece = Self::of_table(walk, source, node, depth)?;
                self.append(&piece);
            }
        }
        Some(())
    }

    fn push_plans(&mut self, walk: &mut Walk, source: &str, node: &Node, depth: usize) -> Option<()> {
        let Kind::List(items) = &node.kind else {
            walk.wrong(
                Problem::error("wrong-type", "`plans` must be a list of plans")
                    .at(node.span.clone())
                    .label(format!("found {}", node.found()))
                    .help("a single plan stands under `plan`"),
            );
            return None;
        };
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.push(", ", node.span.clone());
            }
            self.push_plan(walk, source, item, depth)?;
        }
        Some(())
    }

    fn append(&mut self, other: &Self) {
        let start = self.text.len();
        self.text.push_str(&other.text);
        self.segments.extend(other.segments.iter().map(|segment| Segment {
            text: start + segment.text.start..start + segment.text.end,
            source: segment.source.clone(),
        }));
    }

    fn push_argument(
        &mut self,
        walk: &mut Walk,
        source: &str,
        separator: &str,
        key: &crate::node::Key,
        value: &Node,
    ) -> Option<()> {
        if key.name.is_empty() || !key.name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            walk.unknown_key("a phase", key, &["shape", "from", "to", "over", "inclusive"]);
            return None;
        }
        self.push(separator, key.span.clone());
        self.push(&key.name, key.span.clone());
        self.push("=", key.span.clone());
        let text = argument(value).filter(|text| {
            text.starts_with('[') || !text.contains(['(', ')', ',']) && !text.trim().is_empty()
        });
        if let Some(text) = text {
            let place = match &value.kind {
                Kind::Text(decoded) => inside(source, value, decoded, 0..decoded.len()),
                _ => value.span.clone(),
            };
            self.push(&text, place);
            return Some(());
        }
        walk.wrong(
            Problem::error("wrong-type", format!("`{}` must be a number or a text", key.name))
                .at(value.span.clone())
                .label(format!("found {}", value.found())),
        );
        None
    }
}

/// An argument's value as plan text has it.
fn argument(value: &Node) -> Option<String> {
    match &value.kind {
        Kind::Number(text) | Kind::Text(text) => Some(text.clone()),
        Kind::Flag(flag) => Some(flag.to_string()),
        Kind::List(items) => {
            let items = items.iter().map(|item| match &item.kind {
                Kind::List(_) => None,
                _ => argument(item).filter(|text| !text.contains([']', '[', ','])),
            });
            Some(format!("[{}]", items.collect::<Option<Vec<_>>>()?.join(", ")))
        }
        Kind::Null | Kind::Map(_) | Kind::Other(_) => None,
    }
}
