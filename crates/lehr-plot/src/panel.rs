//! `Panel`: one trace drawn into cells: title, dots, axes, phases.

use lehr::Trace;
use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::Color;
use ratatui_core::symbols::Marker;
use ratatui_core::widgets::Widget;
use ratatui_widgets::canvas::{Canvas, Line};

use crate::axis::{UpdateAxis, ValueAxis, short_count};

/// The colour of axes and phases.
pub(crate) const AXIS: Color = Color::DarkGray;

/// Rows of dots that a panel has at least.
const LEAST_ROWS: u16 = 3;

/// Columns that one label of the update axis has for itself.
const COLUMNS_PER_LABEL: u16 = 10;

/// The characters of a picture.
#[derive(Debug)]
pub(crate) struct Glyphs {
    ascii: bool,
    marker: Marker,
    /// Dots in a cell, across and down.
    dots: (u16, u16),
    side: &'static str,
    side_tick: &'static str,
    corner: &'static str,
    base: &'static str,
    base_tick: &'static str,
    /// Where phases begin, between two of them, and where they end.
    bars: [&'static str; 3],
    /// At the end of a name that is cut.
    cut: &'static str,
}

impl Glyphs {
    pub(crate) const BRAILLE: Self = Self {
        ascii: false,
        marker: Marker::Braille,
        dots: (2, 4),
        side: "│",
        side_tick: "┤",
        corner: "└",
        base: "─",
        base_tick: "┬",
        bars: ["├", "┼", "┤"],
        cut: "…",
    };

    pub(crate) const ASCII: Self = Self {
        ascii: true,
        marker: Marker::Custom('*'),
        dots: (1, 1),
        side: "|",
        side_tick: "+",
        corner: "+",
        base: "-",
        base_tick: "+",
        bars: ["|"; 3],
        cut: ".",
    };
}

/// What the panels of a picture share.
#[derive(Debug)]
pub(crate) struct Plot {
    pub(crate) glyphs: &'static Glyphs,
    pub(crate) updates: UpdateAxis,
    /// Columns left of the dots, for value labels and the axis.
    pub(crate) left: u16,
    /// Columns of dots.
    pub(crate) columns: u16,
    /// Whether the rows under the axis are named.
    pub(crate) words: bool,
}

impl Plot {
    fn dot(&self, n: u64) -> u16 {
        self.updates.dot(n, self.columns * self.glyphs.dots.0)
    }

    fn column(&self, n: u64) -> u16 {
        self.left + self.dot(n) / self.glyphs.dots.0
    }
}

/// A trace, its size and the labels beside it.
#[derive(Debug)]
pub(crate) struct Panel<'a> {
    trace: &'a Trace,
    values: ValueAxis,
    rows: u16,
    /// Rows and what is written beside them.
    pub(crate) labels: Vec<(u16, String)>,
}

impl<'a> Panel<'a> {
    pub(crate) fn new(trace: &'a Trace, glyphs: &Glyphs, rows: u16, most_digits: usize) -> Self {
        let values = ValueAxis::of(trace.points().iter().map(|(_, value)| *value), most_digits);
        let rows = rows.max(LEAST_ROWS);
        let mut panel = Self { trace, values, rows, labels: Vec::new() };
        // The ends first: a round value gives way to them.
        let ends = [values.high, values.low].into_iter().filter(|value| value.is_finite());
        for value in ends.chain(values.ticks(rows / 3)) {
            let row = panel.dot(value, glyphs) / glyphs.dots.1;
            if panel.labels.iter().all(|(taken, _)| taken.abs_diff(row) > 1) {
                panel.labels.push((row, values.label(value)));
            }
        }
        panel
    }

    /// Draws the panel; `last` is the one that has the labels of the updates.
    pub(crate) fn draw(&self, plot: &Plot, color: Color, last: bool) -> Buffer {
        let lines = self.rows + if last { 4 } else { 3 };
        let mut buffer = Buffer::empty(Rect::new(0, 0, plot.left + plot.columns, lines));
        self.draw_title(&mut buffer, plot, color);
        self.draw_values(&mut buffer, plot);
        self.draw_updates(&mut buffer, plot, last);
        self.draw_phases(&mut buffer, plot, lines - 1);
        self.draw_curve(&mut buffer, plot, color);
        buffer
    }

    /// The label, then as many of min, max and last as there is room for.
    fn draw_title(&self, buffer: &mut Buffer, plot: &Plot, color: Color) {
        let allowed = |c: char| if plot.glyphs.ascii && !c.is_ascii() { '?' } else { c };
        let label: String = self.trace.label().chars().map(allowed).collect();
        let (x, _) = buffer.set_stringn(0, 0, &label, usize::MAX, color);
        if self.values.is_empty() {
            write(buffer, x + 2, 0, "no finite value", Color::Reset);
            return;
        }
        let facts = [("min", self.values.low), ("max", self.values.high), ("last", self.trace.last_used())]
            .map(|(name, value)| format!("  {name} {}", self.values.label(value)));
        let room = usize::from(buffer.area.width - x);
        for shown in 0..facts.len() {
            let text = facts[shown..].concat();
            if text.len() <= room {
                write(buffer, x, 0, &text, Color::Reset);
                return;
            }
        }
    }

    fn draw_values(&self, buffer: &mut Buffer, plot: &Plot) {
        for row in 0..self.rows {
            write(buffer, plot.left - 1, row + 1, plot.glyphs.side, AXIS);
        }
        for (row, label) in &self.labels {
            write_before(buffer, plot.left - 2, row + 1, label, Color::Reset);
            write(buffer, plot.left - 1, row + 1, plot.glyphs.side_tick, AXIS);
        }
    }

    fn draw_updates(&self, buffer: &mut Buffer, plot: &Plot, labelled: bool) {
        let y = self.rows + 1;
        let right = plot.left + plot.columns;
        write(buffer, plot.left - 1, y, plot.glyphs.corner, AXIS);
        for x in plot.left..right {
            write(buffer, x, y, plot.glyphs.base, AXIS);
        }
        if labelled && plot.words {
            write_before(buffer, plot.left - 2, y + 1, "updates", AXIS);
        }
        let mut free = plot.left;
        // The end comes last: it gives way to a round number beside it.
        let ticks = plot.updates.ticks((plot.columns / COLUMNS_PER_LABEL).max(2));
        for n in ticks.into_iter().chain([plot.updates.end]) {
            let label = short_count(n);
            let width = u16::try_from(label.len()).unwrap_or(u16::MAX);
            let centred = plot.column(n).saturating_sub(width / 2).max(plot.left);
            let x = centred.min(right.saturating_sub(width));
            if x < free {
                continue;
            }
            free = x + width + 2;
            write(buffer, plot.column(n), y, plot.glyphs.base_tick, AXIS);
            if labelled {
                write(buffer, x, y + 1, &label, Color::Reset);
            }
        }
    }

    fn draw_phases(&self, buffer: &mut Buffer, plot: &Plot, y: u16) {
        let [first, next, end] = plot.glyphs.bars;
        let (phases, trace_end) = (self.trace.boundaries(), end_of(self.trace));
        let left = phases.first().map(|(start, _)| plot.column(*start));
        if plot.words {
            write_before(buffer, plot.left - 2, y, "phases", AXIS);
        }
        for (i, (start, name)) in phases.iter().enumerate() {
            let stop = phases.get(i + 1).map_or(trace_end, |(start, _)| *start).min(trace_end);
            let (from, to) = (plot.column(*start), plot.column(stop));
            for x in from..to {
                write(buffer, x, y, plot.glyphs.base, AXIS);
            }
            let name = fit(name, to.saturating_sub(from + 1), plot.glyphs.cut);
            let width = u16::try_from(name.chars().count()).unwrap_or(u16::MAX);
            let x = from + 1 + to.saturating_sub(from + 1 + width) / 2;
            write(buffer, x, y, &name, Color::Reset);
            write(buffer, from, y, if Some(from) == left { first } else { next }, AXIS);
            write(buffer, to, y, end, AXIS);
        }
    }

    /// What update n uses, from n to n + 1, and a line from there to the next sample.
    fn draw_curve(&self, buffer: &mut Buffer, plot: &Plot, color: Color) {
        let (across, down) = plot.glyphs.dots;
        let (right, top) = (plot.columns * across - 1, self.rows * down - 1);
        let dot =
            |n: u64, value: f64| (f64::from(plot.dot(n)), f64::from(top - self.dot(value, plot.glyphs)));
        let points = self.trace.points();
        let canvas = Canvas::default()
            .marker(plot.glyphs.marker)
            .x_bounds([0.0, f64::from(right)])
            .y_bounds([0.0, f64::from(top)])
            .paint(|context| {
                for (i, (n, value)) in points.iter().enumerate().filter(|(_, (_, value))| value.is_finite()) {
                    let (x1, y1) = dot(*n, *value);
                    let (x2, y2) = dot(n.saturating_add(1), *value);
                    context.draw(&Line::new(x1, y1, x2, y2, color));
                    if let Some((next, to)) = points.get(i + 1).filter(|(_, to)| to.is_finite()) {
                        let (x3, y3) = dot(*next, *to);
                        context.draw(&Line::new(x2, y2, x3, y3, color));
                    }
                }
            });
        canvas.render(Rect::new(plot.left, 1, plot.columns, self.rows), buffer);
    }

    /// The dot that a finite value lies on, counted from the top.
    fn dot(&self, value: f64, glyphs: &Glyphs) -> u16 {
        let below_top = (1.0 - self.values.fraction(value)) * f64::from(self.rows * glyphs.dots.1 - 1);
        // From 0 to the last dot, so that nothing is lost.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let dot = below_top.round() as u16;
        dot
    }
}

/// The update after the last sample.
pub(crate) fn end_of(trace: &Trace) -> u64 {
    trace.points().last().map_or(0, |(n, _)| n.saturating_add(1))
}

/// A phase's name in this many columns: with a space on each side, bare, cut, or nothing.
fn fit(name: &str, columns: u16, cut: &str) -> String {
    let (columns, length) = (usize::from(columns), name.len());
    if columns >= length + 2 {
        format!(" {name} ")
    } else if columns >= length {
        name.to_owned()
    } else if columns >= 3 {
        name.chars().take(columns - 1).chain(cut.chars()).collect()
    } else {
        String::new()
    }
}

fn write(buffer: &mut Buffer, x: u16, y: u16, text: &str, color: Color) {
    buffer.set_stringn(x, y, text, usize::MAX, color);
}

/// Writes a text of ASCII that ends before column `right`.
fn write_before(buffer: &mut Buffer, right: u16, y: u16, text: &str, color: Color) {
    let width = u16::try_from(text.len()).unwrap_or(u16::MAX);
    write(buffer, right.saturating_sub(width), y, text, color);
}
