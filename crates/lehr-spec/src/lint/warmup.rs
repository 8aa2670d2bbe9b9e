//! Lints of the beginning: a warm-up that is too long, a peak that is not reached, a first update of nothing.

use super::{Context, SLIGHT, short};
use crate::problem::Problem;

pub(super) fn check(context: &Context<'_>) -> Vec<Problem> {
    [too_long(context), peak(context), zero(context)].into_iter().flatten().collect()
}

/// Rising phases at the beginning that something follows.
fn too_long(context: &Context<'_>) -> Option<Problem> {
    let total = context.total().filter(|_| context.is_rate())?;
    let phases = context.phases();
    let base = context.base();
    let rises = |from: f64, to: f64| to > from;
    let mut end = 0;
    let mut last = None;
    for (place, phase) in &phases {
        let (Some(from), Some(to), Some(phase_end)) = (phase.from, phase.to, phase.end) else { break };
        if phase.start != end || !rises(from.of(base), to.of(base)) {
            break;
        }
        end = phase_end;
        last = *place;
    }
    // A ramp over the whole run is no warm-up.
    if end >= total || end <= total / 2 {
        return None;
    }
    let share = end as f64 / total as f64 * 100.0;
    Some(
        Problem::warning("warmup-too-long", format!("the warm-up takes {share:.0} % of the run"))
            .at(context.span(last, "over"))
            .label(format!("it ends at update {end} of {total}"))
            .paste("over = \"5%\""),
    )
}

/// The largest level that a phase names, and the largest value that an update uses.
fn peak(context: &Context<'_>) -> Option<Problem> {
    let base = context.base();
    let levels = context.phases().into_iter().flat_map(|(place, phase)| {
        [("from", phase.from), ("to", phase.to)]
            .into_iter()
            .filter_map(move |(name, level)| Some((place, name, level?.of(base))))
    });
    let (place, name, peak) = levels.reduce(|best, level| if level.2 > best.2 { level } else { best })?;
    if peak - context.high <= SLIGHT * (peak - context.low) || peak <= context.high {
        return None;
    }
    Some(
        Problem::warning("peak-never-reached", format!("no update uses the largest level, {}", short(peak)))
            .at(context.span(place, name))
            .label(format!("the largest value in use is {}", short(context.high)))
            .help("a phase has its `to` at the first update after it; `inclusive = true` puts it at the last one")
            .paste("inclusive = true"),
    )
}

fn zero(context: &Context<'_>) -> Option<Problem> {
    if !context.is_rate() || context.base() == 0.0 || context.value(0) != 0.0 || context.high == 0.0 {
        return None;
    }
    let place = context.phases().first().and_then(|(place, _)| *place).filter(|place| *place == 0);
    Some(
        Problem::warning("zero-at-start", "the first update has a learning rate of 0")
            .at(context.span(place, "from"))
            .label("nothing is learnt from the first batch")
            .paste("from = \"0.01x\""),
    )
}
