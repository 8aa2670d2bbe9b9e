//! Samples: the updates at which the plans of a field are shown, and what a run used there.

use std::ops::Range;

use lehr::{Plan, Trace};

/// At most this many boundaries are kept in sight: more cannot be told apart.
const MOST_BOUNDARIES: usize = 2000;

/// Where a plan's phases begin, those inside combinators included, with the names of their shapes; and where its picture
/// ends.
pub(crate) struct Outline {
    pub(crate) sections: Vec<(u64, &'static str)>,
    pub(crate) shown: u64,
}

impl Outline {
    pub(crate) fn of(plan: &Plan) -> Self {
        let trace = Trace::sample("", plan, 1.0, 2);
        let shown = trace.points().last().map_or(1, |(n, _)| n.saturating_add(1));
        Self { sections: trace.boundaries().to_vec(), shown }
    }
}

/// About `count` updates of a window, evenly spread, with the boundaries in it and the updates before them: a jump is
/// seen as a jump.
pub(crate) fn updates(outlines: &[&Outline], window: &Range<u64>, count: usize) -> Vec<u64> {
    let last = window.end.saturating_sub(1).max(window.start);
    let steps = count.max(2) as u64 - 1;
    let length = u128::from(last - window.start);
    let at = |i: u64| window.start + u64::try_from(u128::from(i) * length / u128::from(steps)).unwrap_or(0);
    let mut updates: Vec<u64> = (0..=steps).map(at).collect();
    for outline in outlines {
        let starts = outline.sections.iter().map(|(start, _)| *start).chain([outline.shown]);
        let near = starts.flat_map(|start| [start.saturating_sub(1), start]);
        updates.extend(near.filter(|n| (window.start..=last).contains(n)).take(MOST_BOUNDARIES));
    }
    updates.sort_unstable();
    updates.dedup();
    updates
}

/// The least and the greatest value of each of `count` stretches of rows, in their order.
pub(crate) fn thinned(
    updates: &[u64],
    values: &[f64],
    window: &Range<u64>,
    count: usize,
) -> (Vec<u64>, Vec<f64>) {
    let inside: Vec<usize> = (0..updates.len()).filter(|row| window.contains(&updates[*row])).collect();
    let stretch = inside.len().div_ceil(count.max(1)).max(1);
    let mut rows = Vec::new();
    for part in inside.chunks(stretch) {
        if part.len() <= 2 {
            rows.extend_from_slice(part);
            continue;
        }
        let by_value = |a: &&usize, b: &&usize| values[**a].total_cmp(&values[**b]);
        let mut ends = [part.iter().min_by(by_value), part.iter().max_by(by_value)];
        ends.sort();
        rows.extend(ends.into_iter().flatten());
    }
    rows.dedup();
    rows.into_iter().map(|row| (updates[row], values[row])).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lehr::{Horizon, Spec};

    #[test]
    fn a_window_has_its_ends_and_both_sides_of_a_jump() {
        let spec: Spec = "hold(over=500) -> hold(from=0.1x)".parse().unwrap();
        let outline = Outline::of(&spec.resolve(&Horizon::updates(1_000_000_000).unwrap()).unwrap());
        let shown = updates(&[&outline], &(0..1_000_000_000), 100);
        assert!(shown.len() <= 104, "{}", shown.len());
        for n in [0, 499, 500, 999_999_999] {
            assert!(shown.contains(&n), "{n}");
        }
        assert_eq!(updates(&[&outline], &(10..13), 100), [10, 11, 12]);
        assert_eq!(updates(&[&outline], &(10..10), 100), [10]);
    }

    #[test]
    fn thinning_keeps_peaks_and_order() {
        let updates: Vec<u64> = (0..10_000).collect();
        let mut values = vec![1.0; 10_000];
        values[5003] = 9.0;
        values[7001] = -9.0;
        let (at, kept) = thinned(&updates, &values, &(0..10_000), 100);
        assert!(at.len() <= 200 && at.is_sorted());
        assert!(at.contains(&5003) && at.contains(&7001) && kept.contains(&9.0) && kept.contains(&-9.0));
        assert_eq!(thinned(&updates, &values, &(5000..5003), 100).0, [5000, 5001, 5002]);
    }
}
