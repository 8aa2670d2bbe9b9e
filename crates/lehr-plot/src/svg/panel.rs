//! `Panel`: the traces of one field over the updates: header, phases, grid, curves.

use super::bands::Rows;
use super::canvas::{Anchor, Area, Canvas, SMALL};
use super::curve;
use super::frame::Frame;
use super::header::Header;
use super::ink::Ink;
use super::text::{fit, width};
use crate::figure::Group;
use crate::scale::Scale;

/// Pixels that one label of the value axis has for itself.
const PER_LABEL: f64 = 36.0;

/// The room between the labels of the values and the plot.
pub(super) const AFTER_LABEL: f64 = 8.0;

/// A group with all that is decided before its place is known.
#[derive(Debug)]
pub(super) struct Panel<'a> {
    group: &'a Group,
    header: Header,
    rows: Rows<'a>,
    scale: Scale,
}

impl<'a> Panel<'a> {
    pub(super) fn new(group: &'a Group, log: bool, (left, right): (f64, f64), most_digits: usize) -> Self {
        let points = group.series.iter().flat_map(|series| series.trace.points());
        Self {
            group,
            header: Header::new(group, left, right),
            rows: Rows::of(group),
            scale: Scale::of(points.map(|(_, value)| *value), log, most_digits),
        }
    }

    /// The height above the plot.
    pub(super) fn head(&self) -> f64 {
        self.header.height() + self.rows.height()
    }

    /// The width that the labels of the values need beside a plot of this height.
    pub(super) fn label_width(&self, height: f64) -> f64 {
        let labels = self.scale.ticks(ticks_in(height)).into_iter();
        labels.map(|tick| width(&tick.label, SMALL)).fold(0.0, f64::max)
    }

    /// Draws the panel from `top` on, its plot `height` high, and gives the lower edge of the plot.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas,
        frame: &Frame,
        outer_left: f64,
        top: f64,
        height: f64,
    ) -> f64 {
        let plot = top + self.head();
        let bottom = plot + height;
        let y = |value: f64| self.scale.at(value).map(|share| bottom - share * height);
        self.header.draw(canvas, outer_left, frame.right, top);
        self.rows.draw(canvas, frame, top + self.header.height(), bottom);

        let ticks = self.scale.ticks(ticks_in(height));
        let heights = ticks.iter().map(|tick| bottom - tick.at * height);
        let lines: Vec<_> = heights
            .clone()
            .map(|y| Area { left: frame.left, top: y, right: frame.right, bottom: y })
            .collect();
        canvas.lines(&lines, Ink::Grid);
        let mut free = f64::INFINITY;
        for (tick, y) in ticks.iter().zip(heights) {
            // Ticks ascend, so that the one below has been written.
            if y + SMALL / 2.0 <= free {
                let label = fit(&tick.label, SMALL, frame.left - AFTER_LABEL - 1.0);
                canvas.text((frame.left - AFTER_LABEL, y), Anchor::End, SMALL, Ink::Muted, &label);
                free = y - SMALL / 2.0 - 1.0;
            }
        }
        for (index, series) in self.group.series.iter().enumerate() {
            canvas.curve(&curve::path(series.trace.points(), |n| frame.x(n), y), index);
        }
        if self.scale.is_empty() {
            let middle = (f64::midpoint(frame.left, frame.right), f64::midpoint(plot, bottom));
            canvas.text(middle, Anchor::Middle, SMALL, Ink::Muted, "no finite value");
        }
        bottom
    }
}

fn ticks_in(height: f64) -> u16 {
    // From 4 to some hundred.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let most = (height / PER_LABEL).max(4.0) as u16;
    most
}
