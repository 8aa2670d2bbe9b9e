//! `Problem`: what is wrong with a spec, where, and how to mend it.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

use crate::diagnostic::{self, Style};
use crate::source::Source;

/// How bad a [`Problem`] is.
///
/// ```
/// use lehr_spec::{Severity, Source, SpecFile};
///
/// let source = Source::new("plan", "linear -> cosin")?;
/// let wrong = SpecFile::read_text(&source, "lr").unwrap_err();
/// assert_eq!(wrong.list()[0].severity, Severity::Error);
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The spec cannot be used.
    Error,
    /// The spec can be used, but probably is not what was meant: a lint.
    Warning,
}

/// One thing that is wrong: an error, or the finding of a lint.
///
/// ```
/// use lehr_spec::{Problem, Problems, Source};
///
/// let source = Source::new("plan", "linear -> cosin")?;
/// let problem = Problem::error("plan", "there is no shape `cosin`").at(10..15);
/// assert_eq!((problem.code, problem.span.clone()), ("plan", Some(10..15)));
/// assert!(Problems::new(&source, vec![problem]).to_string().contains("plan:1:11"));
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
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
    ///
    /// ```
    /// use lehr_spec::{Problem, Problems, Source, Severity};
    ///
    /// let source = Source::new("plan", "linear -> cosin")?;
    /// let problem = Problem::error("plan", "there is no shape `cosin`");
    /// assert_eq!(problem.severity, Severity::Error);
    /// assert!(Problems::new(&source, vec![problem]).to_string().starts_with("error[plan]: there is no shape"));
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
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
    ///
    /// ```
    /// use lehr_spec::{Problem, Problems, Source, Severity};
    ///
    /// let source = Source::new("plan", "linear -> cosin")?;
    /// let problem = Problem::warning("jump", "the value jumps");
    /// assert_eq!(problem.severity, Severity::Warning);
    /// assert!(Problems::new(&source, vec![problem]).to_string().starts_with("warning[jump]: the value jumps"));
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn warning(code: &'static str, message: impl Into<Box<str>>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Where.
    ///
    /// ```
    /// use lehr_spec::{Problem, Problems, Source};
    ///
    /// let source = Source::new("plan", "linear -> cosin")?;
    /// let problem = Problem::error("plan", "no shape").at(10..15);
    /// let text = Problems::new(&source, vec![problem]).to_string();
    /// assert!(text.contains("plan:1:11"), "{text}");
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    #[must_use]
    pub fn at(self, span: Range<usize>) -> Self {
        Self { span: Some(span), ..self }
    }

    /// What to say at the place.
    ///
    /// ```
    /// use lehr_spec::{Problem, Problems, Source};
    ///
    /// let source = Source::new("plan", "linear -> cosin")?;
    /// let problem = Problem::error("plan", "no shape").at(10..15).label("not known");
    /// let text = Problems::new(&source, vec![problem]).to_string();
    /// assert!(text.contains("not known"), "{text}");
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    #[must_use]
    pub fn label(self, label: impl Into<Box<str>>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// How to mend it.
    ///
    /// ```
    /// use lehr_spec::{Problem, Problems, Source};
    ///
    /// let source = Source::new("plan", "linear -> cosin")?;
    /// let problem = Problem::error("plan", "no shape").help("see `lehr list`");
    /// let text = Problems::new(&source, vec![problem]).to_string();
    /// assert!(text.contains("help: see `lehr list`"), "{text}");
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.notes.push(help.into());
        self
    }

    /// What to write instead.
    ///
    /// ```
    /// use lehr_spec::{Problem, Problems, Source};
    ///
    /// let source = Source::new("plan", "linear -> cosin")?;
    /// let problem = Problem::error("plan", "no shape").at(10..15).paste("cosine");
    /// let text = Problems::new(&source, vec![problem]).to_string();
    /// assert!(text.contains("help: write: cosine"), "{text}");
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    #[must_use]
    pub fn paste(self, text: impl Into<Box<str>>) -> Self {
        Self { paste: Some(text.into()), ..self }
    }
}

/// Problems of one source: what reading, resolving or checking it found.
///
/// Printed, each is shown at its place, as compilers do.
///
/// ```
/// use lehr_spec::{Source, SpecFile};
///
/// let source = Source::new("plan", "linear -> cosin")?;
/// let wrong = SpecFile::read_text(&source, "lr").unwrap_err();
/// assert!(wrong.to_string().starts_with("error[plan]: there is no shape `cosin`, did you mean `cosine`?"));
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Problems {
    source: Source,
    list: Vec<Problem>,
}

impl Problems {
    /// Problems of this source.
    ///
    /// ```
    /// use lehr_spec::{Problem, Problems, Source};
    ///
    /// let source = Source::new("plan", "linear -> cosin")?;
    /// let none = Problems::new(&source, Vec::new());
    /// assert_eq!((none.list().len(), none.to_string().as_str()), (0, ""));
    /// # let _ = Problem::error("", "");
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn new(source: &Source, list: Vec<Problem>) -> Self {
        Self { source: source.clone(), list }
    }

    /// The problems.
    ///
    /// ```
    /// use lehr_spec::{Source, SpecFile};
    ///
    /// let source = Source::new("plan", "linear -> cosin")?;
    /// let wrong = SpecFile::read_text(&source, "lr").unwrap_err();
    /// assert_eq!(wrong.list()[0].span, Some(10..15));
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// What they are problems of.
    ///
    /// ```
    /// use lehr_spec::{Source, SpecFile};
    ///
    /// let source = Source::new("plan", "linear -> cosin")?;
    /// let wrong = SpecFile::read_text(&source, "lr").unwrap_err();
    /// assert_eq!(wrong.source(), &source);
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Every problem at its place, for people.
    ///
    /// ```
    /// use lehr_spec::{Source, SpecFile, Style};
    ///
    /// let source = Source::new("plan", "linear -> cosin")?;
    /// let wrong = SpecFile::read_text(&source, "lr").unwrap_err();
    /// let coloured = wrong.render(Style { color: true, ..Style::default() });
    /// assert!(coloured.contains("\x1b["));
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn render(&self, style: Style) -> String {
        let shown: Vec<String> =
            self.list.iter().map(|problem| diagnostic::render(problem, &self.source, style)).collect();
        shown.join("\n")
    }

    /// Annotations for GitHub's log: `::error file=...,line=...,col=...,title=...::...`.
    ///
    /// ```
    /// use lehr_spec::{Source, SpecFile};
    ///
    /// let source = Source::new("plan", "linear -> cosin")?;
    /// let wrong = SpecFile::read_text(&source, "lr").unwrap_err();
    /// assert!(wrong.github().starts_with("::error file=plan,line=1,col=11,"));
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn github(&self) -> String {
        self.list.iter().map(|problem| diagnostic::github(problem, &self.source)).collect()
    }

    /// Every problem with line and column, for machines.
    ///
    /// ```
    /// use lehr_spec::{Source, SpecFile};
    ///
    /// let source = Source::new("plan", "linear -> cosin")?;
    /// let wrong = SpecFile::read_text(&source, "lr").unwrap_err();
    /// let row = serde_json::to_value(&wrong.rows()[0])?;
    /// assert_eq!((&row["line"], &row["column"], &row["paste"]), (&1.into(), &11.into(), &"cosine".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rows(&self) -> Vec<Row<'_>> {
        self.list.iter().map(|problem| Row::of(problem, &self.source)).collect()
    }
}

/// A problem as JSON has it.
///
/// ```
/// use lehr_spec::{Source, SpecFile};
///
/// let wrong = SpecFile::read_text(&Source::new("plan", "cosin")?, "lr").unwrap_err();
/// let row = serde_json::to_value(&wrong.rows()[0])?;
/// assert_eq!((&row["file"], &row["severity"], &row["code"]), (&"plan".into(), &"error".into(), &"plan".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
