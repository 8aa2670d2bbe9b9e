//! `Canvas`: the elements of a picture as text, one a line, in the order drawn.

use std::fmt::Write as _;

use super::ink::{Ink, Theme, dashes};
use super::text::{Escaped, Px};

/// The size of tick labels, phases and legends; of fields; of the figure's title.
pub(crate) const SMALL: f64 = 11.0;
pub(crate) const MEDIUM: f64 = 13.0;
pub(crate) const LARGE: f64 = 15.0;

/// How wide curves are.
const CURVE_WIDTH: f64 = 1.8;

/// Where a text is held.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// Two corners: left, top, right, bottom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

/// What has been drawn. Writing to a string does not fail, so results of `write!` are not looked at.
#[derive(Debug)]
pub(crate) struct Canvas {
    pub(crate) text: String,
    theme: Theme,
}

impl Canvas {
    pub(crate) fn new(theme: Theme) -> Self {
        Self { text: String::new(), theme }
    }

    pub(crate) fn area(&mut self, area: Area, ink: Ink) {
        self.areas(&[area], ink);
    }

    /// Several areas of one colour.
    pub(crate) fn areas(&mut self, areas: &[Area], ink: Ink) {
        if areas.is_empty() {
            return;
        }
        self.text.push_str(r#"<path d=""#);
        for area in areas {
            let [left, top, right, bottom] = [area.left, area.top, area.right, area.bottom].map(Px::of);
            let _ = write!(self.text, "M{left} {top}H{right}V{bottom}H{left}Z");
        }
        let _ = writeln!(self.text, r#"" {}/>"#, ink.fill(self.theme));
    }

    /// Thin lines of one colour.
    pub(crate) fn lines(&mut self, lines: &[Area], ink: Ink) {
        if lines.is_empty() {
            return;
        }
        self.text.push_str(r#"<path fill="none" d=""#);
        for line in lines {
            let [left, top, right, bottom] = [line.left, line.top, line.right, line.bottom].map(Px::of);
            let _ = if top == bottom {
                write!(self.text, "M{left} {top}H{right}")
            } else {
                write!(self.text, "M{left} {top}V{bottom}")
            };
        }
        let _ = writeln!(self.text, r#"" {}/>"#, ink.stroke(self.theme));
    }

    /// The curve of the trace with this index.
    pub(crate) fn curve(&mut self, d: &str, index: usize) {
        if d.is_empty() {
            return;
        }
        let (dashes, stroke) = (dashes(index), Ink::Curve(index).stroke(self.theme));
        let _ = writeln!(
            self.text,
            r#"<path fill="none" stroke-width="{CURVE_WIDTH}" stroke-linejoin="round" stroke-linecap="round"{dashes} d="{d}" {stroke}/>"#
        );
    }

    /// A piece of the curve of the trace with this index, from `left` to `right` at the height `y`.
    pub(crate) fn mark(&mut self, left: f64, right: f64, y: f64, index: usize) {
        let (left, right, y) = (Px::of(left), Px::of(right), Px::of(y));
        self.curve(&format!("M{left} {y}H{right}"), index);
    }

    /// A line of text whose middle is at the height `y`.
    pub(crate) fn text(&mut self, at: (f64, f64), anchor: Anchor, size: f64, ink: Ink, text: &str) {
        if text.is_empty() {
            return;
        }
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        // Digits and capitals are about 0.72 of the size high.
        let (x, y) = (Px::of(at.0), Px::of(at.1 + 0.36 * size));
        let (fill, text) = (ink.fill(self.theme), Escaped(text));
        let size = if size == SMALL { String::new() } else { format!(r#" font-size="{size}""#) };
        let _ = writeln!(self.text, r#"<text x="{x}" y="{y}"{anchor}{size} {fill}>{text}</text>"#);
    }
}
