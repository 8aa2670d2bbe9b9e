//! `Frame`: what the panels of a picture share: the edges of their plots and the axis of the updates.

use super::canvas::{Anchor, Area, Canvas, SMALL};
use super::ink::Ink;
use super::text::width;
use crate::axis::{UpdateAxis, grouped_count, short_count};

/// The height under the last panel that the labels of the updates take.
pub(super) const FOOT: f64 = 36.0;

/// Pixels that one label of the update axis has for itself.
const PER_LABEL: f64 = 84.0;

/// The least room between two labels.
const BETWEEN: f64 = 10.0;

const TICK: f64 = 4.0;

/// The left and right edge of all plots, and the updates between them.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) updates: UpdateAxis,
    /// The edge that no label crosses.
    pub(super) edge: f64,
}

impl Frame {
    /// Where an update begins.
    pub(super) fn x(&self, n: u64) -> f64 {
        let UpdateAxis { first, end } = self.updates;
        let share = n.saturating_sub(first) as f64 / end.saturating_sub(first).max(1) as f64;
        self.left + share.min(1.0) * (self.right - self.left)
    }

    /// Draws the axis under a plot; under the last one with its labels.
    pub(super) fn draw(&self, canvas: &mut Canvas, y: f64, labelled: bool) {
        let mut lines = vec![Area { left: self.left, top: y, right: self.right, bottom: y }];
        let mut free = 0.0;
        let mut labels = Vec::new();
        // From 2 to some hundred.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let most = ((self.right - self.left) / PER_LABEL).max(2.0) as u16;
        // The end comes last: it gives way to a round number beside it.
        for n in self.updates.ticks(most).into_iter().chain([self.updates.end]) {
            let x = self.x(n);
            let label = count(n, self.updates.end);
            let half = width(&label, SMALL) / 2.0;
            let middle = x.min(self.edge - half);
            if middle - half < free {
                continue;
            }
            free = middle + half + BETWEEN;
            lines.push(Area { left: x, top: y, right: x, bottom: y + TICK });
            labels.push((middle, label));
        }
        canvas.lines(&lines, Ink::Axis);
        if labelled {
            for (x, label) in labels {
                canvas.text((x, y + 13.0), Anchor::Middle, SMALL, Ink::Muted, &label);
            }
            let middle = f64::midpoint(self.left, self.right);
            canvas.text((middle, y + 28.0), Anchor::Middle, SMALL, Ink::Muted, "updates");
        }
    }
}

/// Prints 2,000 on an axis of less than a million updates, 200M on one of more.
fn count(n: u64, end: u64) -> String {
    if end < 1_000_000 {
        return grouped_count(n);
    }
    let text = short_count(n);
    match text.split_once(".0") {
        Some((whole, unit)) if unit.chars().all(char::is_alphabetic) => format!("{whole}{unit}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_short() {
        for (n, end, text) in [
            (0, 10, "0"),
            (2000, 10_000, "2,000"),
            (1_000_000, 5_000_000, "1M"),
            (1_050_000, 5_000_000, "1.05M"),
            (200_000_000, 1_000_000_000, "200M"),
        ] {
            assert_eq!(count(n, end), text);
        }
    }
}
