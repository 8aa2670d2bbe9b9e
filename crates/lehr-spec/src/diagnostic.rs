//! Problems as text: in the manner of rustc, and as annotations for GitHub.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::problem::{Problem, Severity};
use crate::source::Source;

/// How problems are printed.
///
/// ```
/// use lehr_spec::{Source, SpecFile, Style};
///
/// let wrong = SpecFile::read_text(&Source::new("plan", "cosin(to=0)")?, "lr").unwrap_err();
/// let ascii = wrong.render(Style { ascii: true, ..Style::default() });
/// assert!(ascii.is_ascii() && ascii.contains("plan:1:1"), "{ascii}");
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to use ANSI colours.
    pub color: bool,
    /// Whether to use nothing but ASCII for the frame.
    pub ascii: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// 100 columns, ASCII, no colour.
impl Default for Style {
    fn default() -> Self {
        Self { color: false, ascii: true, width: 100 }
    }
}

/// A longer line is not shown; its place is.
const LONGEST_LINE: usize = 240;

/// More lines are not shown.
const MOST_LINES: usize = 8;

pub(crate) fn render(problem: &Problem, source: &Source, style: Style) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let (message, label) = (printable(&problem.message), printable(&problem.label));
    let name = printable(source.name());
    let title = level.primary_title(message).id(problem.code);
    let shown = problem.span.as_ref().and_then(|span| Shown::of(source, span));
    let mut group = match (&problem.span, shown) {
        (Some(_), Some(shown)) => {
            let mark = AnnotationKind::Primary.span(shown.span).label(label);
            let snippet = Snippet::source(shown.text).line_start(shown.line).path(name).annotation(mark);
            title.element(snippet)
        }
        (Some(span), None) => {
            let (line, column) = source.position(span.start);
            let group = title.element(Origin::path(name).line(line).char_column(column));
            if label.is_empty() { group } else { group.element(Level::NOTE.message(label)) }
        }
        (None, _) => title.element(Origin::path(name)),
    };
    for note in &problem.notes {
        group = group.element(Level::HELP.message(printable(note)));
    }
    if let Some(paste) = &problem.paste {
        group = group.element(Level::HELP.message(format!("write: {}", printable(paste))));
    }
    let groups: [Group<'_>; 1] = [group];
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let decor = if style.ascii { DecorStyle::Ascii } else { DecorStyle::Unicode };
    let mut text = renderer.decor_style(decor).term_width(style.width.max(40)).render(&groups);
    text.push('\n');
    text
}

/// The lines around a span.
struct Shown<'a> {
    text: &'a str,
    line: usize,
    span: Range<usize>,
}

impl<'a> Shown<'a> {
    /// `None` where there is nothing that fits a terminal.
    fn of(source: &'a Source, span: &Range<usize>) -> Option<Self> {
        let text = source.text();
        let start = span.start.min(text.len());
        let end = span.end.clamp(start, text.len());
        if text.is_empty() || !text.is_char_boundary(start) || !text.is_char_boundary(end) {
            return None;
        }
        let first = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let mut last = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
        let mut end = end;
        if text[first..last].lines().count() > MOST_LINES {
            // A span of many lines is marked at its first one.
            last = text[first..].find('\n').map_or(text.len(), |newline| first + newline);
            end = last.max(start);
        }
        let shown = &text[first..last];
        if shown.lines().any(|line| line.len() > LONGEST_LINE) {
            return None;
        }
        let line = text[..first].bytes().filter(|byte| *byte == b'\n').count() + 1;
        Some(Self { text: shown, line, span: start - first..end - first })
    }
}

/// One line for GitHub's log.
pub(crate) fn github(problem: &Problem, source: &Source) -> String {
    let kind = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = problem.span.as_ref().map_or_else(String::new, |span| {
        let (line, column) = source.position(span.start);
        format!(",line={line},col={column}")
    });
    let mut message = problem.message.to_string();
    let notes = problem.notes.iter().map(String::as_str);
    for more in std::iter::once(&*problem.label).chain(notes).filter(|more| !more.is_empty()) {
        message.push_str("; ");
        message.push_str(more);
    }
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
    format!(
        "::{kind} file={}{place},title={}::{}\n",
        property(source.name()),
        property(problem.code),
        escape(&message)
    )
}

/// Control characters as escapes: a hostile file cannot move the cursor.
fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && c != '\n' { shown.extend(c.escape_debug()) } else { shown.push(c) }
    }
    shown
}
