//! What a figure shows, in words: for those who do not see it.

use std::fmt::Write as _;

use lehr::Trace;

use crate::axis::grouped_count;
use crate::figure::Figure;
use crate::number::Number;
use crate::panel::end_of;

/// Phases and traces that are named; the others are counted.
const MOST_PHASES: usize = 12;
const MOST_TRACES: usize = 12;

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
    let (first, last) = (Number(trace.first_used()), Number(trace.last_used()));
    let (low, high) = trace.range();
    let mut text = format!(
        "from {first} at update 0 to {last} at update {}, between {} and {}; phases: ",
        grouped_count(end_of(trace).saturating_sub(1)),
        Number(low),
        Number(high)
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
