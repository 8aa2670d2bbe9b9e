//! The path of a curve: steps where samples are one update apart, straight lines where they are further.

use std::fmt::Write as _;

use super::text::Px;

type Vertex = (Px, Px);

/// The `d` attribute of the curve through these points.
///
/// What update n uses is drawn from n to n + 1, so that a jump is a vertical line and ten updates are ten steps. Where
/// samples are further apart, a straight line joins them. A value without a place leaves a gap.
pub(crate) fn path(
    points: &[(u64, f64)],
    across: impl Fn(u64) -> f64,
    down: impl Fn(f64) -> Option<f64>,
) -> String {
    let across = |n: u64| Px::of(across(n));
    let mut text = String::new();
    let mut line: Vec<Vertex> = Vec::new();
    for (i, (n, value)) in points.iter().enumerate() {
        let Some(y) = down(*value).map(Px::of) else {
            write_line(&line, &mut text);
            line.clear();
            continue;
        };
        extend(&mut line, (across(*n), y));
        let after = n.saturating_add(1);
        let next = points.get(i + 1).filter(|(_, value)| down(*value).is_some());
        if next.is_none_or(|(next, _)| *next == after) {
            extend(&mut line, (across(after), y));
        }
    }
    write_line(&line, &mut text);
    text
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
        path(points, |n| n as f64, |value| value.is_finite().then_some(value))
    }

    #[test]
    fn neighbours_are_steps_and_distant_samples_are_joined() {
        assert_eq!(drawn(&[(0, 1.0), (1, 2.0), (2, 4.0)]), "M0 1H1V2H2V4H3");
        assert_eq!(drawn(&[(0, 0.0), (10, 5.0), (11, 5.0)]), "M0 0L10 5H12");
        assert_eq!(drawn(&[(0, 1.0), (99, 1.0), (100, 0.0), (200, 0.0)]), "M0 1H100V0H201");
    }

    #[test]
    fn straight_lines_have_two_ends() {
        assert_eq!(drawn(&[(0, 0.0), (10, 1.0), (20, 2.0), (30, 3.0)]), "M0 0L30 3H31");
        assert_eq!(drawn(&[(0, 0.0), (5, 5.0), (10, 0.0)]), "M0 0L5 5L10 0H11");
    }

    #[test]
    fn what_is_not_finite_is_a_gap() {
        assert_eq!(drawn(&[(0, 1.0), (1, f64::NAN), (2, 2.0), (9, f64::INFINITY)]), "M0 1H1M2 2H3");
        assert_eq!(drawn(&[(0, f64::NAN)]), "");
        assert_eq!(path(&[(5, 1.0)], |_| 5.0, Some), "M5 1H5");
        assert_eq!(drawn(&[]), "");
    }
}
