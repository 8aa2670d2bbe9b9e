//! `Header`: what stands above a panel: the field, then a legend, or the first, greatest and last value.

use super::canvas::{Anchor, Canvas, MEDIUM, SMALL};
use super::ink::Ink;
use super::text::{fit, width};
use crate::axis::ValueAxis;
use crate::figure::Group;

/// The height of a line of the header.
const LINE: f64 = 20.0;

/// The length of the piece of curve beside a name, and the room after it and after the name.
const MARK: f64 = 24.0;
const AFTER_MARK: f64 = 6.0;
const AFTER_NAME: f64 = 18.0;

/// Texts and where they stand.
#[derive(Debug)]
pub(super) struct Header {
    field: String,
    /// What stands at the right end.
    facts: String,
    /// Where each name begins, its line, and the name.
    legend: Vec<(f64, u16, String)>,
}

impl Header {
    /// The header of a panel between these two edges.
    pub(super) fn new(group: &Group, left: f64, right: f64) -> Self {
        let field = fit(&group.field, MEDIUM, right - left);
        let after_field = left + width(&field, MEDIUM) + AFTER_NAME;
        match &group.series[..] {
            [only] if only.name == group.field => {
                let values = ValueAxis::of(only.trace.points().iter().map(|(_, value)| *value), 17);
                let facts = [
                    ("first", only.trace.first_used()),
                    ("max", values.high),
                    ("last", only.trace.last_used()),
                ]
                .map(|(name, value)| format!("{name} {}", values.label(value)));
                let room = right - after_field;
                // As many as there is room for, the last value before the others.
                let facts = (0..facts.len())
                    .map(|skipped| facts[skipped..].join(" · "))
                    .find(|text| !values.is_empty() && width(text, SMALL) <= room);
                Self { field, facts: facts.unwrap_or_default(), legend: Vec::new() }
            }
            series => {
                let (mut x, mut line) = (after_field, 0);
                let mut legend = Vec::new();
                for series in series {
                    let name = fit(&series.name, SMALL, right - left - MARK - AFTER_MARK);
                    let length = MARK + AFTER_MARK + width(&name, SMALL);
                    if x + length > right && x > left {
                        x = left;
                        line += 1;
                    }
                    legend.push((x, line, name));
                    x += length + AFTER_NAME;
                }
                Self { field, facts: String::new(), legend }
            }
        }
    }

    pub(super) fn height(&self) -> f64 {
        LINE * f64::from(self.legend.last().map_or(0, |(_, line, _)| *line) + 1)
    }

    pub(super) fn draw(&self, canvas: &mut Canvas, left: f64, right: f64, top: f64) {
        let y = top + LINE / 2.0;
        canvas.text((left, y), Anchor::Start, MEDIUM, Ink::Text, &self.field);
        canvas.text((right, y), Anchor::End, SMALL, Ink::Muted, &self.facts);
        for (index, (x, line, name)) in self.legend.iter().enumerate() {
            let y = y + LINE * f64::from(*line);
            canvas.mark(x + 1.0, x + MARK - 1.0, y, index);
            canvas.text((x + MARK + AFTER_MARK, y), Anchor::Start, SMALL, Ink::Text, name);
        }
    }
}
