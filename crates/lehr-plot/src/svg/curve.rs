//! The path of a curve: steps where samples are one update apart, straight lines where they are further.

use std::fmt::Write as _;

use super::text::Px;

type Vertex = (Px, Px);

/// Updates narrower than this many pixels are not shown as steps, unless they are higher than that: one would see a
/// ragged line instead.
const LEAST_STEP: (f64, f64) = (2.0, 12.0);

/// Columns of a pixel that are told apart.
const COLUMNS: f64 = 2.0;

/// The `d` attribute of the curve through these points.
///
/// What update n uses is drawn from n to n + 1, so that a jump is a vertical line and ten updates are ten steps. Where
/// samples are further apart, or the steps too small to be seen, a straight line joins them. A value without a place
/// leaves a gap. A picture has no more of a curve than it can show: of many samples in half a pixel the first, the
/// least, the greatest and the last one.
pub(crate) fn path(
    points: &[(u64, f64)],
    across: impl Fn(u64) -> f64,
    down: impl Fn(f64) -> Option<f64>,
) -> String {
    let points = seen(points, &across);
    let mut text = String::new();
    let mut line: Vec<Vertex> = Vec::new();
    for (i, (n, value)) in points.iter().enumerate() {
        let Some(y) = down(*value) else {
            write_line(&line, &mut text);
            line.clear();
            continue;
        };
        let after = n.saturating_add(1);
        let (left, right) = (across(*n), across(after));
        extend(&mut line, (Px::of(left), Px::of(y)));
        let next = points.get(i + 1).and_then(|(next, value)| Some((*next, down(*value)?)));
        let steps = next.is_none_or(|(next, to)| {
            let seen = right - left >= LEAST_STEP.0 || (to - y).abs() >= LEAST_STEP.1;
            next == after && seen
        });
        if steps {
            extend(&mut line, (Px::of(right), Px::of(y)));
        }
    }
    write_line(&line, &mut text);
    text
}

/// The points that a picture can show.
fn seen(points: &[(u64, f64)], across: impl Fn(u64) -> f64) -> Vec<(u64, f64)> {
    let column = |(n, _): &(u64, f64)| (across(*n) * COLUMNS).floor();
    let mut seen = Vec::new();
    for here in points.chunk_by(|a, b| column(a) == column(b)) {
        if here.len() <= 4 || here.iter().any(|(_, value)| !value.is_finite()) {
            seen.extend(here);
            continue;
        }
        let by_value = |a: &&(u64, f64), b: &&(u64, f64)| a.1.total_cmp(&b.1);
        let ends = [here.first(), here.last()].into_iter();
        let extremes = [here.iter().min_by(by_value), here.iter().max_by(by_value)].into_iter();
        let mut kept: Vec<(u64, f64)> = ends.chain(extremes).flatten().copied().collect();
        kept.sort_unstable_by_key(|(n, _)| *n);
        kept.dedup_by_key(|(n, _)| *n);
        seen.extend(kept);
    }
    seen
}

/// Adds a vertex, unless it is the last one; the last one goes where it lies on the way.
fn extend(line: &mut Vec<Vertex>, vertex: Vertex) {
    if line.last() == Some(&vertex) {
        return;
    }
    if let [.., before, last] = line[..]
        && lies_between(last, before, vertex)
    {
        line.pop();
    }
    line.push(vertex);
}

fn lies_between(vertex: Vertex, from: Vertex, to: Vertex) -> bool {
    let step = |from: Vertex, to: Vertex| {
        (to.0.hundredths() - from.0.hundredths(), to.1.hundredths() - from.1.hundredths())
    };
    let ((ax, ay), (bx, by)) = (step(from, vertex), step(vertex, to));
    ax * by == ay * bx && ax * bx + ay * by > 0
}

fn write_line(line: &[Vertex], text: &mut String) {
    let mut last: Option<Vertex> = None;
    for (x, y) in line.iter().copied() {
        // Writing to a string does not fail.
        let _ = match last {
            None => write!(text, "M{x} {y}"),
            Some((_, last)) if last == y => write!(text, "H{x}"),
            Some((last, _)) if last == x => write!(text, "V{y}"),
            Some(_) => write!(text, "L{x} {y}"),
        };
        last = Some((x, y));
    }
    if let ([(x, _)], true) = (line, !text.is_empty()) {
        // A line without length: its round ends are a dot.
        let _ = write!(text, "H{x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(points: &[(u64, f64)]) -> String {
        path(points, |n| n as f64 * 2.0, |value| value.is_finite().then_some(value))
    }

    #[test]
    fn neighbours_are_steps_and_distant_samples_are_joined() {
        assert_eq!(drawn(&[(0, 1.0), (1, 2.0), (2, 4.0)]), "M0 1H2V2H4V4H6");
        assert_eq!(drawn(&[(0, 0.0), (10, 5.0), (11, 5.0)]), "M0 0L20 5H24");
        assert_eq!(drawn(&[(0, 1.0), (99, 1.0), (100, 0.0), (200, 0.0)]), "M0 1H200V0H402");
    }

    #[test]
    fn steps_too_small_to_be_seen_are_lines_but_jumps_are_not() {
        let narrow = |points: &[(u64, f64)]| path(points, |n| n as f64, Some);
        assert_eq!(narrow(&[(0, 0.0), (1, 1.0), (2, 2.0)]), "M0 0L2 2H3");
        assert_eq!(narrow(&[(0, 0.0), (1, 100.0)]), "M0 0H1V100H2");
    }

    #[test]
    fn straight_lines_have_two_ends() {
        assert_eq!(drawn(&[(0, 0.0), (10, 1.0), (20, 2.0), (30, 3.0)]), "M0 0L60 3H62");
        assert_eq!(drawn(&[(0, 0.0), (5, 5.0), (10, 0.0)]), "M0 0L10 5L20 0H22");
    }

    #[test]
    fn more_samples_than_columns_keep_their_outline() {
        let points: Vec<(u64, f64)> = (0..100_000).map(|n| (n, (n % 10) as f64)).collect();
        let text = path(&points, |n| n as f64 / 1000.0, Some);
        assert!(text.len() < 200 * 4 * 12, "{}", text.len());
        for pixel in 0..100 {
            assert!(text.contains(&format!("{pixel}.5")), "{pixel}: {text}");
        }
        assert_eq!(text.matches(" 9").count() + text.matches("V9").count(), 200);
    }

    #[test]
    fn what_is_not_finite_is_a_gap() {
        assert_eq!(drawn(&[(0, 1.0), (1, f64::NAN), (2, 2.0), (9, f64::INFINITY)]), "M0 1H2M4 2H6");
        assert_eq!(drawn(&[(0, f64::NAN)]), "");
        assert_eq!(path(&[(5, 1.0)], |_| 5.0, Some), "M5 1H5");
        assert_eq!(drawn(&[]), "");
    }
}
