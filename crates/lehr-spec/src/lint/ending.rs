//! Lints of the end: minima that are not used, restarts that come too late, plans that end early.

use super::{Context, SLIGHT, short};
use crate::problem::Problem;

/// A rise from one update to the next by this share of the range is a restart.
const RESTART: f64 = 0.1;

pub(super) fn check(context: &Context<'_>) -> Vec<Problem> {
    let Some(total) = context.total() else { return Vec::new() };
    let early = early(context, total);
    if early.is_some() {
        return early.into_iter().collect();
    }
    // What restarts near its end has other faults at its end, too.
    match restart(context, total) {
        Some(restart) => vec![restart],
        None if !context.is_rate() => minimum(context, total).into_iter().collect(),
        None => [minimum(context, total), above(context)].into_iter().flatten().collect(),
    }
}

fn minimum(context: &Context<'_>, total: u64) -> Option<Problem> {
    let (last, end) = (context.value(total - 1), context.value(total));
    if last - end <= SLIGHT * (context.high - end) || total < 2 {
        return None;
    }
    Some(
        Problem::warning(
            "minimum-never-used",
            format!("the last update uses {}, not {}", short(last), short(end)),
        )
        .at(context.last_phase())
        .label("its end comes one update after the run")
        .help("`inclusive = true` puts the end of a phase at its last update")
        .paste("inclusive = true"),
    )
}

fn above(context: &Context<'_>) -> Option<Problem> {
    let points = context.trace.points();
    let peak = points.iter().position(|(_, value)| *value == context.high)?;
    let (at, low) =
        points[peak..].iter().copied().reduce(|low, point| if point.1 < low.1 { point } else { low })?;
    let last = context.trace.last_used();
    if last - low <= SLIGHT * context.range() {
        return None;
    }
    Some(
        Problem::warning(
            "ends-above-minimum",
            format!("the run ends at {}, above its minimum of {}", short(last), short(low)),
        )
        .at(context.last_phase())
        .label(format!("the minimum is at update {at}"))
        .help("`to` defaults to the base; a plan that repeats may stop in the middle of a cycle"),
    )
}

fn restart(context: &Context<'_>, total: u64) -> Option<Problem> {
    if !context.is_rate() {
        return None;
    }
    let near_end = total - total / 20;
    let mut boundaries = context.trace.boundaries().iter().map(|(start, _)| *start);
    let at = boundaries.find(|start| {
        *start >= near_end
            && *start > 0
            && context.value(*start) - context.value(start - 1) > RESTART * context.range()
    })?;
    Some(
        Problem::warning(
            "restart-near-end",
            format!("a restart at update {at} leaves {} updates of {total}", total - at),
        )
        .at(context.last_phase())
        .label("it restarts in the last 5 % of the run")
        .help("choose cycles that end with the run: times=... without a length shares the run equally"),
    )
}

fn early(context: &Context<'_>, total: u64) -> Option<Problem> {
    let last = total - 1;
    let section = context.entry.plan.section_at(last);
    let end = section.end.filter(|end| *end <= last as f64)?;
    Some(
        Problem::warning("ends-early", format!("the plan ends at update {} of {total}", short(end)))
            .at(context.last_phase())
            .label(format!("from there on it holds {}", short(context.value(last))))
            .help("repeat it more often, or give it the length of the run"),
    )
}
