//! `Problem`: what is wrong with a spec, where, and how to mend it.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

use crate::diagnostic::{self, Style};
use crate::source::Source;

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The spec cannot be used.
    Error,
    /// The spec can be used, but probably is not what was meant: a lint.
    Warning,
}

/// One thing that is wrong: an error, or the finding of a lint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Error or finding.
    pub severity: Severity,
    /// A short name for this kind of problem, such as `unknown-key`.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: Box<str>,
    /// The bytes that it is about.
    pub span: Option<Range<usize>>,
    /// What is said at the place itself.
    pub label: Box<str>,
    /// What else helps.
    pub notes: Vec<String>,
    /// What could stand there instead, to be pasted.
    pub paste: Option<Box<str>>,
}

impl Problem {
    /// An error.
    pub fn error(code: &'static str, message: impl Into<Box<str>>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            span: None,
            label: Box::default(),
            notes: Vec::new(),
            paste: None,
        }
    }

    /// The finding of a lint.
    pub fn warning(code: &'static str, message: impl Into<Box<str>>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Where.
    #[must_use]
    pub fn at(self, span: Range<usize>) -> Self {
        Self { span: Some(span), ..self }
    }

    /// What to say at the place.
    #[must_use]
    pub fn label(self, label: impl Into<Box<str>>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// How to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.notes.push(help.into());
        self
    }

    /// What to write instead.
    #[must_use]
    pub fn paste(self, text: impl Into<Box<str>>) -> Self {
        Self { paste: Some(text.into()), ..self }
    }
}

/// Problems of one source: what reading, resolving or checking it found.
///
/// Printed, each is shown at its place, as compilers do.
#[derive(Clone, PartialEq, Eq)]
pub struct Problems {
    source: Source,
    list: Vec<Problem>,
}

impl Problems {
    /// Problems of this source.
    pub fn new(source: &Source, list: Vec<Problem>) -> Self {
        Self { source: source.clone(), list }
    }

    /// The problems.
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// What they are problems of.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Every problem at its place, for people.
    pub fn render(&self, style: Style) -> String {
        let shown: Vec<String> =
            self.list.iter().map(|problem| diagnostic::render(problem, &self.source, style)).collect();
        shown.join("\n")
    }

    /// Annotations for GitHub's log: `::error file=...,line=...,col=...,title=...::...`.
    pub fn github(&self) -> String {
        self.list.iter().map(|problem| diagnostic::github(problem, &self.source)).collect()
    }

    /// Every problem with line and column, for machines.
    pub fn rows(&self) -> Vec<Row<'_>> {
        self.list.iter().map(|problem| Row::of(problem, &self.source)).collect()
    }
}

/// A problem as JSON has it.
#[derive(Debug, Serialize)]
pub struct Row<'a> {
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    span: Option<(usize, usize)>,
    severity: Severity,
    code: &'a str,
    message: &'a str,
    found: &'a str,
    help: &'a [String],
    paste: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn of(problem: &'a Problem, source: &'a Source) -> Self {
        let position = problem.span.as_ref().map(|span| source.position(span.start));
        Self {
            file: source.name(),
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            span: problem.span.as_ref().map(|span| (span.start, span.end)),
            severity: problem.severity,
            code: problem.code,
            message: &problem.message,
            found: &problem.label,
            help: &problem.notes,
            paste: problem.paste.as_deref(),
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::default()))
    }
}

/// As it is printed: this is what a failed `main` or test shows.
impl fmt::Debug for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Problems {}
