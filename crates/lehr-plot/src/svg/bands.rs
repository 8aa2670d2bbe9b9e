//! `Bands`: the phases of a trace across a panel, every second one shaded, each with its name if there is room.

use lehr::Trace;

use super::canvas::{Anchor, Area, Canvas, SMALL};
use super::frame::Frame;
use super::ink::Ink;
use super::text::{fit, width};
use crate::figure::Group;
use crate::panel::{end_of, shown_phases};

/// The height of the row of names.
pub(super) const ROW: f64 = 16.0;

/// Narrower phases than this, on average, are not told apart.
const LEAST_WIDTH: f64 = 4.0;

/// A phase from one edge to the other.
#[derive(Debug)]
struct Band {
    left: f64,
    right: f64,
    name: String,
}

/// The rows of phases above a panel.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    /// The traces whose phases are shown, a row each.
    traces: Vec<&'a Trace>,
    /// Whether all traces of the panel have the phases of that one row.
    shared: bool,
}

impl<'a> Rows<'a> {
    pub(super) fn of(group: &'a Group) -> Self {
        let (traces, shared) = shown_phases(group);
        Self { traces, shared }
    }

    pub(super) fn height(&self) -> f64 {
        self.traces.iter().map(|_| ROW).sum()
    }

    /// Shades the rows, and the plot below them where all traces have these phases.
    pub(super) fn draw(&self, canvas: &mut Canvas, frame: &Frame, top: f64, bottom: f64) {
        let mut edges = Vec::new();
        let plot = top + self.height();
        for (index, trace) in self.traces.iter().enumerate() {
            let row = top + ROW * index as f64;
            let lower = if self.shared { bottom } else { row + ROW - 2.0 };
            let bands = bands(trace, frame);
            let areas: Vec<_> = bands.iter().skip(1).step_by(2).map(|band| band.area(row, lower)).collect();
            canvas.areas(&areas, Ink::Band);
            edges.extend(bands.iter().skip(1).map(|band| Area { right: band.left, ..band.area(row, lower) }));
            if !self.shared {
                canvas.mark(frame.left - 30.0, frame.left - 8.0, row + ROW / 2.0 - 1.0, index);
            }
            for band in &bands {
                let name = fit(&band.name, SMALL, band.right - band.left - 6.0);
                let (x, y) = (f64::midpoint(band.left, band.right), row + ROW / 2.0 - 1.0);
                // An ellipsis after one letter says nothing.
                if name.chars().count() > 3 || name == band.name {
                    canvas.text((x, y), Anchor::Middle, SMALL, Ink::Muted, &name);
                }
            }
        }
        canvas.lines(&edges, Ink::Grid);
        debug_assert!(plot <= bottom);
    }
}

impl Band {
    fn area(&self, top: f64, bottom: f64) -> Area {
        Area { left: self.left, top, right: self.right, bottom }
    }
}

/// The phases of a trace, from its first sample to the update after its last; one band that says so where they are too
/// many.
fn bands(trace: &Trace, frame: &Frame) -> Vec<Band> {
    let (phases, end) = (trace.boundaries(), end_of(trace));
    let band =
        |start: u64, stop: u64, name: String| Band { left: frame.x(start), right: frame.x(stop), name };
    let start = phases.first().map_or(0, |(start, _)| *start);
    let whole = band(start, end, "many short phases".to_owned());
    let narrow = whole.right - whole.left < LEAST_WIDTH * phases.len() as f64 && phases.len() > 1;
    if narrow || trace.has_more_phases() {
        let name = fit(&whole.name, SMALL, (whole.right - whole.left).max(0.0));
        return if width(&name, SMALL) > 0.0 { vec![whole] } else { Vec::new() };
    }
    let stops = phases.iter().skip(1).map(|(start, _)| *start).chain([end]);
    let mut bands: Vec<_> = phases
        .iter()
        .zip(stops)
        .map(|((start, name), stop)| band(*start, stop.min(end), (*name).to_owned()))
        .collect();
    if let Some(last) = bands.last_mut().filter(|_| trace.is_open()) {
        last.name.push_str(" →");
    }
    bands
}
