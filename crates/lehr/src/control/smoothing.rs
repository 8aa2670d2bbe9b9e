//! Moving average: the mean of the last k metrics, `(m[t-k+1] + ... + m[t]) / k`, of fewer at the start.

/// Lets a metric in, and out the oldest where there would be more than `length`; answers with the mean.
///
/// # Numerics
///
/// Summed anew each time, from the oldest to the newest: a sum that is kept and corrected would carry the rounding of
/// everything that ever left the window. A sum that overflows is taken of parts instead, so the mean of finite metrics
/// is finite.
pub(super) fn smooth(window: &mut Vec<f64>, length: usize, metric: f64) -> f64 {
    if window.len() >= length {
        window.drain(..=window.len() - length);
    }
    window.push(metric);
    let count = window.len() as f64;
    let mean = window.iter().sum::<f64>() / count;
    if mean.is_finite() {
        return mean;
    }
    window.iter().map(|metric| metric / count).sum::<f64>().clamp(f64::MIN, f64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(length: usize, metrics: &[f64]) -> Vec<f64> {
        let mut window = Vec::new();
        metrics.iter().map(|metric| smooth(&mut window, length, *metric)).collect()
    }

    #[test]
    fn the_last_k_are_averaged() {
        let cases: [(usize, &[f64], &[f64]); 4] = [
            (1, &[3.0, 5.0, 1.0], &[3.0, 5.0, 1.0]),
            (2, &[3.0, 5.0, 1.0, 1.0], &[3.0, 4.0, 3.0, 1.0]),
            (3, &[3.0, 6.0, 0.0, -6.0], &[3.0, 4.5, 3.0, 0.0]),
            (usize::MAX, &[4.0, 2.0, 0.0], &[4.0, 3.0, 2.0]),
        ];
        for (length, metrics, expected) in cases {
            assert_eq!(means(length, metrics), expected, "the last {length} of {metrics:?}");
        }
    }

    #[test]
    fn the_mean_of_finite_metrics_is_finite() {
        assert_eq!(means(2, &[1e308, 1.5e308]), [1e308, 1.25e308]);
        for (length, extreme) in [(3, f64::MAX), (7, f64::MIN), (10, f64::MAX)] {
            for mean in means(length, &[extreme; 12]) {
                assert!(mean.is_finite() && (mean / extreme - 1.0).abs() < 1e-15, "{mean:e}");
            }
        }
    }

    #[test]
    fn what_has_left_leaves_no_rounding_behind() {
        assert_eq!(means(1, &[1e16, 0.1]), [1e16, 0.1]);
        assert_eq!(means(2, &[1e16, 0.5, 0.25]).last(), Some(&0.375));
    }
}
