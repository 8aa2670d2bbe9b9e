//! `Panel`: the traces of one field drawn into cells: title, dots, axes, phases.

mod legend;
mod phases;

use lehr::Trace;
use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::layout::Rect;
use ratatui_core::style::Color;
use ratatui_core::symbols::Marker;
use ratatui_core::widgets::Widget;
use ratatui_widgets::canvas::{Canvas, Line};

use legend::Legend;
pub(crate) use phases::shown as shown_phases;

use crate::axis::{UpdateAxis, ValueAxis, short_count};
use crate::figure::Group;
use crate::scale::Scale;

/// The colour of axes and phases.
pub(crate) const AXIS: Color = Color::DarkGray;

/// Colours of the curves, in the order of the traces.
const CURVES: [Color; 5] = [Color::Cyan, Color::Yellow, Color::Magenta, Color::Green, Color::Blue];

/// Rows of dots that a panel has at least.
const LEAST_ROWS: u16 = 3;

/// Columns that one label of the update axis has for itself.
const COLUMNS_PER_LABEL: u16 = 10;

/// The characters of a picture.
#[derive(Debug)]
pub(crate) struct Glyphs {
    ascii: bool,
    marker: Marker,
    /// The characters of the second curve of a panel and of those after it: a curve is known without its colour.
    marks: [char; 5],
    /// A piece of the first curve, beside its name.
    sample: &'static str,
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
        marks: ['•', '×', '+', '○', '◆'],
        sample: "⠒⠒",
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
        marks: ['o', 'x', '+', '#', '%'],
        sample: "**",
        dots: (1, 1),
        side: "|",
        side_tick: "+",
        corner: "+",
        base: "-",
        base_tick: "+",
        bars: ["|"; 3],
        cut: ".",
    };

    /// What the curve with this index in its panel is drawn with, and the dots of that in a cell.
    fn marker(&self, index: usize) -> (Marker, (u16, u16)) {
        match index.checked_sub(1) {
            None => (self.marker, self.dots),
            Some(index) => (Marker::Custom(self.marks[index % self.marks.len()]), (1, 1)),
        }
    }

    /// A piece of the curve with this index, two columns wide.
    fn sample(&self, index: usize) -> String {
        match index.checked_sub(1) {
            None => self.sample.to_owned(),
            Some(index) => String::from_iter([self.marks[index % self.marks.len()]; 2]),
        }
    }
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
    fn column(&self, n: u64) -> u16 {
        let dots = self.glyphs.dots.0;
        self.left + self.updates.dot(n, self.columns * dots) / dots
    }

    fn right(&self) -> u16 {
        self.left + self.columns
    }
}

/// The traces of one field, their size and the labels beside them.
#[derive(Debug)]
pub(crate) struct Panel<'a> {
    group: &'a Group,
    legend: Legend,
    /// Rows of phases under the axis.
    phases: Vec<&'a Trace>,
    values: ValueAxis,
    /// Where the axis is logarithmic.
    scale: Option<Scale>,
    rows: u16,
    /// Rows and what is written beside them.
    pub(crate) labels: Vec<(u16, String)>,
}

impl<'a> Panel<'a> {
    /// A panel of this width that has no rows of dots yet; its curves have the colours from `first_color` on.
    pub(crate) fn new(group: &'a Group, glyphs: &Glyphs, log: bool, width: u16, first_color: usize) -> Self {
        // A sign, a point and an exponent take 7 columns; half of the picture stays for dots.
        let most_digits = usize::from(width / 2 - 7).min(17);
        let points = group.series.iter().flat_map(|series| series.trace.points()).map(|(_, value)| *value);
        let values = ValueAxis::of(points.clone(), most_digits);
        Self {
            group,
            legend: Legend::new(group, &values, glyphs, width, first_color),
            phases: phases::rows(group),
            values,
            scale: log.then(|| Scale::of(points, true, most_digits)),
            rows: LEAST_ROWS,
            labels: Vec::new(),
        }
    }

    /// Lines beside the dots: title, axis, phases, and the labels of the updates or a blank line.
    pub(crate) fn frame_lines(&self) -> u16 {
        self.legend.lines() + self.phase_lines() + 2
    }

    fn phase_lines(&self) -> u16 {
        u16::try_from(self.phases.len()).unwrap_or(u16::MAX)
    }

    /// The same panel with so many rows of dots.
    pub(crate) fn with_rows(mut self, rows: u16, glyphs: &Glyphs) -> Self {
        self.rows = rows.max(LEAST_ROWS);
        let label = |value| (self.dot(value, glyphs.dots.1) / glyphs.dots.1, self.values.label(value));
        // The ends first: a round value gives way to them.
        let labels: Vec<_> = if let Some(scale) = &self.scale {
            let top = f64::from(self.rows - 1);
            let ticks = scale.ticks((self.rows / 3).max(2)).into_iter();
            ticks.map(|tick| (to_dot((1.0 - tick.at) * top), tick.label.replace('≤', "<="))).collect()
        } else {
            let ends = [self.values.high, self.values.low].into_iter().filter(|value| value.is_finite());
            ends.chain(self.values.ticks(self.rows / 3)).map(label).collect()
        };
        for (row, label) in labels {
            if self.labels.iter().all(|(taken, _)| taken.abs_diff(row) > 1) {
                self.labels.push((row, label));
            }
        }
        self
    }

    /// Draws the panel; `last` is the one that has the labels of the updates.
    pub(crate) fn draw(&self, plot: &Plot, last: bool) -> Buffer {
        let head = self.legend.lines();
        let lines = head + self.rows + 1 + self.phase_lines() + u16::from(last);
        let mut buffer = Buffer::empty(Rect::new(0, 0, plot.right(), lines));
        self.legend.draw(&mut buffer, plot.glyphs);
        for row in 0..self.rows {
            write(&mut buffer, plot.left - 1, head + row, plot.glyphs.side, AXIS);
        }
        for (row, label) in &self.labels {
            write_before(&mut buffer, plot.left - 2, head + row, label, Color::Reset);
            write(&mut buffer, plot.left - 1, head + row, plot.glyphs.side_tick, AXIS);
        }
        draw_updates(&mut buffer, plot, head + self.rows, last);
        for (index, trace) in self.phases.iter().enumerate() {
            let sample =
                (self.phases.len() > 1).then(|| (plot.glyphs.sample(index), self.legend.color(index)));
            let y = lines - self.phase_lines() + u16::try_from(index).unwrap_or(0);
            phases::draw(&mut buffer, plot, trace, y, sample);
        }
        self.draw_curves(&mut buffer, plot);
        buffer
    }

    /// Every curve in cells of its own, then all of them in one: where several have a dot in a cell, they take turns.
    fn draw_curves(&self, buffer: &mut Buffer, plot: &Plot) {
        let curves: Vec<Buffer> = (0..self.group.series.len()).map(|index| self.curve(plot, index)).collect();
        for y in 0..self.rows {
            for x in 0..plot.columns {
                let here = || curves.iter().map(|curve| &curve[(x, y)]).filter(|cell| is_drawn(cell));
                let turn = usize::from(x) % here().count().max(1);
                if let Some(cell) = here().nth(turn) {
                    buffer[(plot.left + x, self.legend.lines() + y)] = cell.clone();
                }
            }
        }
    }

    /// What update n uses, from n to n + 1, and a line from there to the next sample.
    fn curve(&self, plot: &Plot, index: usize) -> Buffer {
        let (marker, (across, down)) = plot.glyphs.marker(index);
        let (right, top) = (plot.columns * across - 1, self.rows * down - 1);
        let color = self.legend.color(index);
        let x = |n: u64| f64::from(plot.updates.dot(n, plot.columns * across));
        let y = |value: f64| f64::from(top - self.dot(value, down));
        let points = self.group.series[index].trace.points();
        let canvas = Canvas::default()
            .marker(marker)
            .x_bounds([0.0, f64::from(right)])
            .y_bounds([0.0, f64::from(top)])
            .paint(|context| {
                for (i, (n, value)) in points.iter().enumerate().filter(|(_, (_, value))| value.is_finite()) {
                    let (left, right, height) = (x(*n), x(n.saturating_add(1)), y(*value));
                    context.draw(&Line::new(left, height, right, height, color));
                    if let Some((next, to)) = points.get(i + 1).filter(|(_, to)| to.is_finite()) {
                        context.draw(&Line::new(right, height, x(*next), y(*to), color));
                    }
                }
            });
        let area = Rect::new(0, 0, plot.columns, self.rows);
        let mut buffer = Buffer::empty(area);
        canvas.render(area, &mut buffer);
        buffer
    }

    /// The dot that a finite value lies on, counted from the top, where a row has so many.
    fn dot(&self, value: f64, in_row: u16) -> u16 {
        let share = match &self.scale {
            Some(scale) => scale.at(value).unwrap_or(0.5),
            None => self.values.fraction(value),
        };
        to_dot((1.0 - share) * f64::from(self.rows * in_row - 1))
    }
}

/// The nearest dot: from 0 to the last one, so that nothing is lost.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn to_dot(below_top: f64) -> u16 {
    below_top.round() as u16
}

fn is_drawn(cell: &Cell) -> bool {
    !matches!(cell.symbol(), " " | "\u{2800}")
}

fn draw_updates(buffer: &mut Buffer, plot: &Plot, y: u16, labelled: bool) {
    let right = plot.right();
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

/// The update after the last sample.
pub(crate) fn end_of(trace: &Trace) -> u64 {
    trace.points().last().map_or(0, |(n, _)| n.saturating_add(1))
}

fn write(buffer: &mut Buffer, x: u16, y: u16, text: &str, color: Color) {
    buffer.set_stringn(x, y, text, usize::MAX, color);
}

/// Writes a text of ASCII that ends before column `right`.
fn write_before(buffer: &mut Buffer, right: u16, y: u16, text: &str, color: Color) {
    let width = u16::try_from(text.len()).unwrap_or(u16::MAX);
    write(buffer, right.saturating_sub(width), y, text, color);
}
