//! `Legend`: what stands above a panel: the field, then the least, greatest and last value, or the names of its curves.

use ratatui_core::buffer::{Buffer, CellWidth};
use ratatui_core::style::Color;

use super::{CURVES, Glyphs, write};
use crate::axis::ValueAxis;
use crate::figure::Group;

/// Columns of the piece of curve beside a name with the space after it, and of the space after a name.
const SAMPLE: u16 = 3;
const AFTER_NAME: u16 = 2;

/// Texts and where they stand.
#[derive(Debug)]
pub(super) struct Legend {
    field: String,
    facts: String,
    /// The column, the line and the name of each curve.
    names: Vec<(u16, u16, String)>,
    first_color: usize,
}

impl Legend {
    pub(super) fn new(
        group: &Group,
        values: &ValueAxis,
        glyphs: &Glyphs,
        width: u16,
        first_color: usize,
    ) -> Self {
        let shown = |text: &str| -> String {
            text.chars().map(|c| if glyphs.ascii && !c.is_ascii() { '?' } else { c }).collect()
        };
        let field = shown(&group.field);
        let mut legend = Self { field, facts: String::new(), names: Vec::new(), first_color };
        match &group.series[..] {
            [only] if only.name == group.field => {
                let room = width.saturating_sub(cells(&legend.field));
                legend.facts = facts(values, only.trace.last_used(), room);
            }
            series => {
                let (mut x, mut line) = (cells(&legend.field) + AFTER_NAME, 0);
                for series in series {
                    let name = cut(&shown(&series.name), width.saturating_sub(SAMPLE), glyphs.cut);
                    let length = SAMPLE + cells(&name);
                    if x.saturating_add(length) > width && x > 0 {
                        x = 0;
                        line += 1;
                    }
                    legend.names.push((x, line, name));
                    x += length + AFTER_NAME;
                }
            }
        }
        legend
    }

    pub(super) fn lines(&self) -> u16 {
        self.names.last().map_or(0, |(_, line, _)| *line) + 1
    }

    /// The colour of the curve with this index.
    pub(super) fn color(&self, index: usize) -> Color {
        CURVES[(self.first_color + index) % CURVES.len()]
    }

    pub(super) fn draw(&self, buffer: &mut Buffer, glyphs: &Glyphs) {
        let color = if self.names.is_empty() { self.color(0) } else { Color::Reset };
        let (x, _) = buffer.set_stringn(0, 0, &self.field, usize::MAX, color);
        write(buffer, x, 0, &self.facts, Color::Reset);
        for (index, (x, line, name)) in self.names.iter().enumerate() {
            write(buffer, *x, *line, &glyphs.sample(index), self.color(index));
            write(buffer, x + SAMPLE, *line, name, Color::Reset);
        }
    }
}

/// As many of min, max and last as there is room for, the last value before the others.
fn facts(values: &ValueAxis, last: f64, room: u16) -> String {
    if values.is_empty() {
        return "  no finite value".to_owned();
    }
    let facts = [("min", values.low), ("max", values.high), ("last", last)]
        .map(|(name, value)| format!("  {name} {}", values.label(value)));
    let fits =
        (0..facts.len()).map(|shown| facts[shown..].concat()).find(|text| text.len() <= usize::from(room));
    fits.unwrap_or_default()
}

fn cells(text: &str) -> u16 {
    text.cell_width()
}

/// A name in this many columns.
fn cut(name: &str, columns: u16, mark: &str) -> String {
    if cells(name) <= columns {
        return name.to_owned();
    }
    let mut text = String::new();
    for c in name.chars() {
        if cells(&text) + cells(c.encode_utf8(&mut [0; 4])) + 1 > columns {
            break;
        }
        text.push(c);
    }
    text + mark
}
