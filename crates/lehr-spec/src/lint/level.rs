//! Lints of levels: jumps, and absolute levels that do not go with the base.

use lehr::Level;

use super::{Context, SLIGHT, short};
use crate::problem::Problem;

pub(super) fn check(context: &Context<'_>) -> Vec<Problem> {
    let zero = zero_base(context);
    let above = if zero.is_none() { above_base(context) } else { None };
    jumps(context).into_iter().chain(above).chain(zero).collect()
}

fn jumps(context: &Context<'_>) -> Vec<Problem> {
    let base = context.base();
    let phases = context.phases();
    let mut found = Vec::new();
    for pair in phases.windows(2) {
        let ((_, before), (place, phase)) = (&pair[0], &pair[1]);
        let (Some(end), Some(from)) = (before.to, phase.from) else { continue };
        let (end, from) = (end.of(base), from.of(base));
        if before.end != Some(phase.start) || (from - end).abs() <= SLIGHT * context.range() {
            continue;
        }
        found.push(
            Problem::warning(
                "jump",
                format!("the value jumps from {} to {} at update {}", short(end), short(from), phase.start),
            )
            .at(context.span(*place, "from"))
            .label(format!("the phase before it ends at {}", short(end)))
            .help("leave `from` out, and the phase goes on from there"),
        );
    }
    found
}

fn above_base(context: &Context<'_>) -> Option<Problem> {
    let base = context.entry.base.filter(|base| *base > 0.0)?;
    let mut levels = context.phases().into_iter().flat_map(|(place, phase)| {
        [("from", phase.from), ("to", phase.to)].into_iter().map(move |(name, level)| (place, name, level))
    });
    let (place, name, value) = levels.find_map(|(place, name, level)| match level {
        Some(Level::Absolute(value)) if value > base => Some((place, name, value)),
        _ => None,
    })?;
    let message = format!("the level {} is above the base {}", short(value), short(base));
    let problem = Problem::warning("absolute-above-base", message)
        .at(context.span(place, name))
        .label(format!("{} times the base", short(value / base)))
        .help("a multiple of the base has an `x`");
    // A weight decay may well rise; a rate of 0.1 where the base is 3e-4 lacks its `x`.
    Some(if context.is_rate() { problem.paste(format!("{name} = \"{}x\"", short(value))) } else { problem })
}

fn zero_base(context: &Context<'_>) -> Option<Problem> {
    let decay = context.entry.field.name().contains("decay");
    if !decay || context.entry.base != Some(0.0) || context.high == 0.0 {
        return None;
    }
    Some(
        Problem::warning(
            "decay-on-zero-base",
            format!("`{}` is raised to {} where its base is 0", context.entry.field, short(context.high)),
        )
        .at(context.text().span.clone())
        .label("an absolute level does not leave it at 0")
        .help("name the groups that are to be decayed, or write levels as multiples of the base"),
    )
}
