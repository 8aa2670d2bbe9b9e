//! What a figure shows, in words: for those who do not see it.

use std::fmt::Write as _;

use lehr::Trace;

use crate::axis::{grouped_count, short};
use crate::figure::Figure;
use crate::panel::end_of;

/// Phases and traces that are named; the others are counted.
const MOST_PHASES: usize = 12;
const MOST_TRACES: usize = 12;

/// Digits that one can listen to.
const DIGITS: usize = 4;

/// A sentence for each trace.
pub(crate) fn describe(figure: &Figure) -> String {
    let mut text = String::new();
    let traces = figure.columns().count();
    for (_, series, name) in figure.columns().take(MOST_TRACES) {
        let _ = write!(text, "{name}: {} ", sentence(&series.trace));
    }
    if traces > MOST_TRACES {
        let _ = write!(text, "And {} more.", traces - MOST_TRACES);
    }
    text.trim_end().to_owned()
}

fn sentence(trace: &Trace) -> String {
    let (low, high) = trace.range();
    let [first, last, low, high] =
        [trace.first_used(), trace.last_used(), low, high].map(|value| short(value, DIGITS));
    let mut text = format!(
        "from {first} at update 0 to {last} at update {}, between {low} and {high}; phases: ",
        grouped_count(end_of(trace).saturating_sub(1))
    );
    let phases = trace.boundaries();
    let named =
        phases.iter().take(MOST_PHASES).map(|(start, name)| format!("{name} from {}", grouped_count(*start)));
    text.push_str(&named.collect::<Vec<_>>().join(", "));
    if phases.len() > MOST_PHASES {
        let _ = write!(text, " and {} more", phases.len() - MOST_PHASES);
    }
    text.push_str(if trace.is_open() { ", without an end." } else { "." });
    text
}
