//! A trace in one line of text: one block for each column, its height the value.

use lehr::Trace;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The trace in `width` characters, from its least value (`▁`) to its greatest (`█`); a constant is drawn in the middle.
///
/// Each column shows the value that its first update uses, or the last sample before it.
///
/// ```
/// use lehr::{Horizon, Spec, Trace};
/// use lehr_plot::sparkline;
///
/// let plan = "linear(from=0x, over=25%) -> cosine(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(1000)?)?;
/// assert_eq!(sparkline(&Trace::sample("lr", &plan, 0.1, 400), 16), "▁▃▅▇██▇▇▆▅▄▃▂▂▁▁");
/// # Ok::<(), lehr::Error>(())
/// ```
pub fn sparkline(trace: &Trace, width: usize) -> String {
    let points = trace.points();
    let Some((last, _)) = points.last() else { return String::new() };
    let (low, high) = trace.range();
    let column = |index: usize| {
        let update = index as f64 / (width.max(2) - 1) as f64 * *last as f64;
        let next = points.partition_point(|(n, _)| *n as f64 <= update);
        let value = points[next.saturating_sub(1)].1;
        if high > low { ((value - low) / (high - low) * 7.0).round() } else { 3.0 }
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (0..width).map(|index| BLOCKS[(column(index) as usize).min(7)]).collect()
}

#[cfg(test)]
mod tests {
    use lehr::{Horizon, Spec};

    use super::*;

    fn drawn(plan: &str, updates: u64, width: usize) -> String {
        let plan = plan.parse::<Spec>().unwrap().resolve(&Horizon::updates(updates).unwrap()).unwrap();
        sparkline(&Trace::sample("lr", &plan, 1.0, 4 * width), width)
    }

    #[test]
    fn constants_single_updates_and_narrow_lines() {
        assert_eq!(drawn("hold", 100, 5), "▄▄▄▄▄");
        assert_eq!(drawn("linear(to=0)", 1, 3), "▄▄▄");
        assert_eq!(drawn("linear(to=0)", 100, 1), "█");
        assert_eq!(drawn("linear(to=0)", 100, 0), "");
        assert_eq!(drawn("linear(to=0)", 8, 8), "█▇▆▅▄▃▂▁");
    }
}
