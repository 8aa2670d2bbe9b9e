//! Positions counted from the start of the run, and the lengths between them.

use crate::error::Error;
use crate::span::Span;

/// The length from each position to the next, the first one from the start of the run.
///
/// Positions are in one unit and in their order, so that the lengths between them need no horizon; they may
/// be equal.
pub(super) fn lengths(name: &str, positions: &[Span]) -> Result<Vec<Span>, Error> {
    let mut lengths = Vec::with_capacity(positions.len());
    let mut before = None;
    for position in positions {
        position.check(name)?;
        let Some(length) = between(before, *position) else {
            let rule = before.map_or_else(
                || "a position is counted from the start of the run: 500, 3ep or 5%".to_owned(),
                |before| format!("the one before it is {before}: give them in their order and in one unit"),
            );
            return Err(Error::parameter(name, position, rule));
        };
        lengths.push(length);
        before = Some(*position);
    }
    Ok(lengths)
}

fn between(start: Option<Span>, end: Span) -> Option<Span> {
    match (start, end) {
        (None, end) if end != Span::Rest => Some(end),
        (Some(Span::Updates(start)), Span::Updates(end)) => end.checked_sub(start).map(Span::Updates),
        (Some(Span::Epochs(start)), Span::Epochs(end)) if start <= end => Some(Span::Epochs(end - start)),
        (Some(Span::Fraction(start)), Span::Fraction(end)) if start <= end => {
            Some(Span::Fraction(end - start))
        }
        _ => None,
    }
}
