//! The row of phases under an axis.

use lehr::Trace;
use ratatui_core::buffer::Buffer;
use ratatui_core::style::Color;

use super::{AXIS, Plot, end_of, write, write_before};
use crate::figure::Group;

/// More different rows of phases than this are not shown.
const MOST_ROWS: usize = 4;

/// What stands where phases are too many to be told apart.
const MANY: &str = "many short phases";

/// The traces whose phases are shown, and whether those of the first one are those of all.
pub(crate) fn shown(group: &Group) -> (Vec<&Trace>, bool) {
    // What was measured has no phases.
    let planned =
        group.series.iter().map(|series| &series.trace).filter(|trace| !trace.boundaries().is_empty());
    let mut traces: Vec<_> = planned.collect();
    let phases = |trace: &Trace| (trace.boundaries().to_vec(), end_of(trace), trace.is_open());
    let shared = traces.windows(2).all(|pair| phases(pair[0]) == phases(pair[1]));
    traces.truncate(match shared {
        true => 1,
        false if traces.len() <= MOST_ROWS && traces.len() == group.series.len() => MOST_ROWS,
        false => 0,
    });
    (traces, shared)
}

pub(super) fn rows(group: &Group) -> Vec<&Trace> {
    shown(group).0
}

/// Draws the phases of one trace; a piece of its curve stands beside them where there are several rows.
pub(super) fn draw(buffer: &mut Buffer, plot: &Plot, trace: &Trace, y: u16, sample: Option<(String, Color)>) {
    match sample {
        Some((sample, color)) => write(buffer, plot.left.saturating_sub(4), y, &sample, color),
        None if plot.words => write_before(buffer, plot.left - 2, y, "phases", AXIS),
        None => {}
    }
    let [first, next, end] = plot.glyphs.bars;
    let (phases, trace_end) = (trace.boundaries(), end_of(trace));
    let many = trace.has_more_phases() || phases.len() > usize::from(plot.columns);
    let (phases, many) = if many { (&phases[..1], true) } else { (phases, false) };
    let left = phases.first().map(|(start, _)| plot.column(*start));
    for (i, (start, name)) in phases.iter().enumerate() {
        let stop = phases.get(i + 1).map_or(trace_end, |(start, _)| *start).min(trace_end);
        let (from, to) = (plot.column(*start), plot.column(stop));
        for x in from..to {
            write(buffer, x, y, plot.glyphs.base, AXIS);
        }
        let name = fit(if many { MANY } else { name }, to.saturating_sub(from + 1), plot.glyphs.cut);
        let width = u16::try_from(name.chars().count()).unwrap_or(u16::MAX);
        let x = from + 1 + to.saturating_sub(from + 1 + width) / 2;
        write(buffer, x, y, &name, Color::Reset);
        write(buffer, from, y, if Some(from) == left { first } else { next }, AXIS);
        write(buffer, to, y, end, AXIS);
    }
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
