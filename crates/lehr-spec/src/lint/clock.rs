//! Lints of the clock: epochs where updates are meant, and a controller that is asked too seldom.

use lehr::Span;

use super::Context;
use crate::problem::Problem;

/// torch's patience.
const PATIENCE: u64 = 10;

pub(super) fn check(context: &Context<'_>) -> Vec<Problem> {
    epochs(context).into_iter().chain(plateau(context)).collect()
}

fn epochs(context: &Context<'_>) -> Vec<Problem> {
    let horizon = context.resolved.horizon;
    let (Some(total), Some(in_epoch)) = (horizon.total(), horizon.updates_per_epoch()) else {
        return Vec::new();
    };
    let epochs = context.resolved.epochs.unwrap_or(total / in_epoch);
    let source = context.resolved.source.text();
    let mut found = Vec::new();
    for phase in 0..context.text().len() {
        let Some(span) = context.text().argument_span(phase, "over") else { continue };
        let written =
            source.get(span.clone()).unwrap_or_default().trim_matches(['"', '\'', ' ']).replace('_', "");
        let Ok(length) = written.parse::<u64>() else { continue };
        if length < 2 || length > epochs || length >= in_epoch {
            continue;
        }
        found.push(
            Problem::warning(
                "clock-mismatch",
                format!("{length} updates are less than one of the {epochs} epochs"),
            )
            .at(span)
            .label(format!("an epoch has {in_epoch} updates"))
            .help("a bare number is a length in updates")
            .paste(format!("over = \"{length}ep\"")),
        );
    }
    found
}

fn plateau(context: &Context<'_>) -> Option<Problem> {
    let table = context.entry.plateau.as_ref()?;
    let horizon = context.resolved.horizon;
    let total = horizon.total()?;
    let every = table.every.as_ref().map_or(Ok(Span::Epochs(1.0)), |every| every.value.parse()).ok()?;
    let updates = match every {
        Span::Updates(updates) => updates as f64,
        Span::Epochs(epochs) => epochs * horizon.updates_per_epoch()? as f64,
        Span::Fraction(share) => share * total as f64,
        Span::Rest => return None,
    };
    let patience = table.patience.as_ref().map_or(PATIENCE, |patience| patience.value);
    let metrics = (total as f64 / updates.max(1.0)).floor();
    // The first metric is never bad; then come those that are borne, and the one that reduces.
    if metrics >= patience as f64 + 2.0 {
        return None;
    }
    let span = table.patience.as_ref().map_or(table.span.clone(), |patience| patience.span.clone());
    Some(
        Problem::warning(
            "plateau-never-fires",
            format!("the run has {metrics} metrics, but the first reduction needs {}", patience + 2),
        )
        .at(span)
        .label(format!("a patience of {patience} bears {patience} bad ones after the first"))
        .help("observe more often (`every`), or be less patient"),
    )
}
