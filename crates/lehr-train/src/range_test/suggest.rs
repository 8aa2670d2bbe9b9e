//! Suggestions: steepest, valley, minimum / 10, of a loss smoothed by s <- 0.98 s + 0.02 loss, divided by 1 - 0.98^n.

/// How much of the smoothed loss an update leaves.
const BETA: f64 = 0.98;

/// One update of a range test.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::RangeTest;
///
/// let found = RangeTest::new().from(0.25).to(0.26).updates(2).run(&mut Square::new())?;
/// let first = &found.points[0];
/// assert_eq!((first.value, first.loss, first.smoothed), (0.25, 1.0, 1.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RangePoint {
    /// What the update used.
    pub value: f64,
    /// The loss of its batches.
    pub loss: f64,
    /// The moving average of the losses so far, with the bias of its start corrected.
    pub smoothed: f64,
}

/// A value to try.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::RangeTest;
///
/// let found = RangeTest::new().from(1e-3).to(0.1).updates(101).run(&mut Square::new())?;
/// // A loss that falls to the end is lowest there, at 0.1; a tenth of that is half-way.
/// let lowest = &found.suggestions[2];
/// assert_eq!((lowest.name, lowest.index), ("minimum / 10", 50));
/// assert!((lowest.value - 0.01).abs() < 1e-15 && !lowest.reason.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// `steepest`, `valley` or `minimum / 10`.
    pub name: &'static str,
    /// The value.
    pub value: f64,
    /// Where it lies among the points.
    pub index: usize,
    /// Why it is suggested, with numbers.
    pub reason: String,
}

/// Adds an update to those before it.
pub(super) fn add(points: &mut Vec<RangePoint>, value: f64, loss: f64) {
    let count = points.len() as f64;
    let before = points.last().map_or(0.0, |last| last.smoothed * (1.0 - BETA.powf(count)));
    let smoothed = (BETA * before + (1.0 - BETA) * loss) / (1.0 - BETA.powf(count + 1.0));
    points.push(RangePoint { value, loss, smoothed });
}

/// What the points suggest, from the smoothed losses; empty where there are fewer than three points, or none is lower
/// than the first. The first tenth of the points is left out: the average of so few losses is mostly noise.
///
/// - `steepest`: where the loss falls fastest per factor of the value: the least slope over the logarithm of the value,
///   between the two neighbours of a point.
/// - `valley`: two thirds, less a sixth, into the longest run of falling losses, as fastai's `valley` has it: the
///   middle of its second third.
/// - `minimum / 10`: a tenth of the value at the lowest loss, which is where it is about to explode.
///
/// # Example
///
/// ```
/// use lehr_train::{RangePoint, suggest};
///
/// // A loss that falls by 0.1 a factor of ten from 1e-4 on, and rises after 1.
/// let loss = |i: i32| if i < 10 { 2.0 } else if i <= 50 { 2.0 - 0.01 * f64::from(i - 10) } else { 1.6 + 0.2 * f64::from(i - 50) };
/// let points: Vec<RangePoint> = (0..=55)
///     .map(|i| RangePoint { value: 10f64.powf(f64::from(i) / 10.0 - 5.0), loss: loss(i), smoothed: loss(i) })
///     .collect();
/// let found = suggest(&points);
/// assert_eq!(found.iter().map(|found| found.name).collect::<Vec<_>>(), ["steepest", "valley", "minimum / 10"]);
/// assert!((found[2].value - 0.1).abs() < 1e-12);
/// ```
pub fn suggest(points: &[RangePoint]) -> Vec<Suggestion> {
    let skipped = points.len() / 10;
    let mut suggestions = suggest_from(&points[skipped..]);
    for suggestion in &mut suggestions {
        suggestion.index += skipped;
    }
    suggestions
}

fn suggest_from(points: &[RangePoint]) -> Vec<Suggestion> {
    let usable = points.iter().take_while(|point| point.smoothed.is_finite()).count();
    let points = &points[..usable];
    let Some(lowest) = (0..usable).min_by(|a, b| points[*a].smoothed.total_cmp(&points[*b].smoothed)) else {
        return Vec::new();
    };
    if usable < 3 || lowest == 0 {
        return Vec::new();
    }
    let first = points[0].smoothed;
    let steepest = (1..usable - 1).min_by(|a, b| slope(points, *a).total_cmp(&slope(points, *b)));
    let mut suggestions = Vec::new();
    if let Some(index) = steepest {
        let per_factor = slope(points, index) * std::f64::consts::LN_10;
        suggestions.push(Suggestion {
            name: "steepest",
            value: points[index].value,
            index,
            reason: format!("the smoothed loss falls fastest here: {per_factor:.3} for each factor of ten"),
        });
    }
    let (start, end) = longest_fall(points);
    let third = (end - start) / 3;
    let index = start + third + third / 2;
    let (high, low) = (points[start].value, points[end].value);
    suggestions.push(Suggestion {
        name: "valley",
        value: points[index].value,
        index,
        reason: format!("the middle of the second third of the longest fall, from {high:.1e} to {low:.1e}"),
    });
    let (value, loss) = (points[lowest].value, points[lowest].smoothed);
    let nearest = |wanted: f64| points.partition_point(|point| point.value < wanted).min(usable - 1);
    suggestions.push(Suggestion {
        name: "minimum / 10",
        value: value / 10.0,
        index: nearest(value / 10.0),
        reason: format!(
            "a tenth of {value:.1e}, where the smoothed loss is lowest: {loss:.3} after {first:.3}"
        ),
    });
    suggestions
}

/// The slope of the smoothed loss over the logarithm of the value, between the neighbours of a point.
fn slope(points: &[RangePoint], index: usize) -> f64 {
    let (before, after) = (&points[index - 1], &points[index + 1]);
    (after.smoothed - before.smoothed) / (after.value.ln() - before.value.ln())
}

/// The first and the last point of the longest subsequence of falling losses.
fn longest_fall(points: &[RangePoint]) -> (usize, usize) {
    // For each point, how long the longest fall to it is, and where that begins.
    let mut falls: Vec<(usize, usize)> = Vec::with_capacity(points.len());
    for (index, point) in points.iter().enumerate() {
        let longest = (0..index)
            .filter(|before| points[*before].smoothed > point.smoothed)
            .map(|before| (falls[before].0 + 1, falls[before].1))
            .fold((1, index), |best, fall| if fall.0 > best.0 { fall } else { best });
        falls.push(longest);
    }
    let best = falls.iter().enumerate().fold((0, 0, 0), |best, (end, (length, start))| {
        if *length > best.0 { (*length, *start, end) } else { best }
    });
    (best.1, best.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(smoothed: impl Fn(i32) -> f64) -> Vec<RangePoint> {
        let point =
            |i| RangePoint { value: 10f64.powf(f64::from(i) / 10.0 - 6.0), loss: 0.0, smoothed: smoothed(i) };
        (0..=60).map(point).collect()
    }

    #[test]
    fn the_steepest_fall_of_a_sigmoid_is_its_middle() {
        // The slope of -tanh((i - 33) / 4) is least at i = 33.
        let found = suggest(&points(|i| 2.0 - (f64::from(i - 33) / 4.0).tanh()));
        assert_eq!((found[0].name, found[0].index), ("steepest", 33));
        // Between its neighbours the middle has -2 tanh(1/4) for two tenths of a factor of ten.
        assert!(found[0].reason.contains(": -2.449 for each factor of ten"), "{}", found[0].reason);
    }

    #[test]
    fn the_valley_is_the_middle_of_the_second_third_of_the_longest_fall() {
        // Falls from 12 to 48, bumps in between or not: 12 + 36 / 3 + 36 / 6 = 30.
        let fall = |i: i32| match i {
            ..12 => 2.0 + 0.01 * f64::from(i),
            12..=48 => 3.0 - 0.05 * f64::from(i - 12),
            _ => 1.2 + 0.1 * f64::from(i - 48),
        };
        assert_eq!(suggest(&points(fall))[1].index, 30);
        let bumpy = |i: i32| if i == 25 { 2.9 } else { fall(i) };
        assert_eq!(suggest(&points(bumpy))[1].index, 30);
        let found = suggest(&points(fall));
        assert_eq!((found[2].name, found[2].index), ("minimum / 10", 38));
        assert!((found[2].value / 10f64.powf(-2.2) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn without_a_fall_there_is_nothing_to_suggest() {
        assert!(suggest(&points(f64::from)).is_empty());
        assert!(suggest(&points(|_| f64::NAN)).is_empty());
        assert!(suggest(&points(|i| -f64::from(i))[..2]).is_empty());
        assert!(suggest(&[]).is_empty());
    }

    #[test]
    fn the_average_of_equal_losses_is_that_loss() {
        let mut points = Vec::new();
        for _ in 0..200 {
            add(&mut points, 1.0, 0.7);
        }
        assert!(points.iter().all(|point| (point.smoothed - 0.7).abs() < 1e-13));
    }
}
