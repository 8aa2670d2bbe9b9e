//! Lints of levels: jumps, and absolute levels that do not go with the base.

use lehr::{Level, ResolvedPhase};

use super::{Context, SLIGHT, short};
use crate::problem::Problem;

pub(super) fn check(context: &Context<'_>) -> Vec<Problem> {
    let zero = zero_base(context);
    let above = if zero.is_none() { above_base(context) } else { None };
    jumps(context).into_iter().chain(nested_jumps(context)).chain(above).chain(zero).collect()
}

/// Where a phase does not start at the level that the one before it ends at: its index, and both levels.
fn jumps_of<'a>(
    phases: &'a [&ResolvedPhase],
    base: f64,
    range: f64,
) -> impl Iterator<Item = (usize, f64, f64)> + 'a {
    phases.windows(2).enumerate().filter_map(move |(index, pair)| {
        let (end, from) = (pair[0].to?.of(base), pair[1].from?.of(base));
        let apart = pair[0].end == Some(pair[1].start) && (from - end).abs() > SLIGHT * range;
        apart.then_some((index + 1, end, from))
    })
}

fn jumps(context: &Context<'_>) -> Vec<Problem> {
    let placed = context.phases();
    let phases: Vec<&ResolvedPhase> = placed.iter().map(|(_, phase)| *phase).collect();
    let problem = |(index, end, from): (usize, f64, f64)| {
        let (place, phase) = placed[index];
        let message =
            format!("the value jumps from {} to {} at update {}", short(end), short(from), phase.start);
        Problem::warning("jump", message)
            .at(context.span(place, "from"))
            .label(format!("the phase before it ends at {}", short(end)))
            .help("leave `from` out, and the phase goes on from there")
    };
    jumps_of(&phases, context.base(), context.range()).map(problem).collect()
}

/// Jumps between the phases inside combinators; that a repeated plan starts again is none.
fn nested_jumps(context: &Context<'_>) -> Vec<Problem> {
    let base = context.base();
    let mut found = Vec::new();
    context.each_nested(&mut |part, name, plan| {
        let phases: Vec<&ResolvedPhase> = plan.phases().collect();
        let levels =
            phases.iter().flat_map(|phase| [phase.from, phase.to]).flatten().map(|level| level.of(base));
        let (low, high) = levels
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), level| (low.min(level), high.max(level)));
        for (index, end, from) in jumps_of(&phases, base, high - low) {
            let message = format!(
                "inside `{name}` the value jumps from {} to {} at update {} of it",
                short(end),
                short(from),
                phases[index].start
            );
            found.push(
                Problem::warning("jump", message)
                    .at(context.part_span(part))
                    .label(format!(
                        "its phase {} starts at {}, the one before it ends at {}",
                        index + 1,
                        short(from),
                        short(end)
                    ))
                    .help("leave `from` out, and the phase goes on from there"),
            );
        }
    });
    found
}

/// The first absolute level that is above the base.
fn above_base(context: &Context<'_>) -> Option<Problem> {
    // A weight decay may well rise, and so may a momentum; a rate of 0.1 where the base is 3e-4 lacks its `x`.
    let base = context.entry.base.filter(|base| *base > 0.0 && context.is_rate())?;
    let above = |level: Option<Level>| match level {
        Some(Level::Absolute(value)) if value > base => Some(value),
        _ => None,
    };
    let first = |phase: &ResolvedPhase| {
        [("from", phase.from), ("to", phase.to)]
            .into_iter()
            .find_map(|(name, level)| Some((name, above(level)?)))
    };
    let own = context.phases().into_iter().find_map(|(place, phase)| {
        let (name, value) = first(phase)?;
        Some((context.span(place, name), name, value))
    });
    let found = own.or_else(|| {
        let mut found = None;
        context.each_nested(&mut |part, combinator, plan| {
            // What is scaled, and what a product multiplies with, is not in the unit of the base.
            if found.is_none() && !matches!(combinator, "scale" | "product") {
                let level = plan.phases().find_map(first);
                found = level.map(|(name, value)| (context.part_span(part), name, value));
            }
        });
        found
    });
    let (span, name, value) = found?;
    let message = format!("the level {} is above the base {}", short(value), short(base));
    Some(
        Problem::warning("absolute-above-base", message)
            .at(span)
            .label(format!("{} times the base", short(value / base)))
            .help("a multiple of the base has an `x`")
            .paste(format!("{name} = \"{}x\"", short(value))),
    )
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
