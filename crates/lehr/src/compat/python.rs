//! Python's arithmetic, where it differs from Rust's.

/// Python's `x // y` for floats: the floor of the exact quotient, not of the rounded one.
pub(super) fn floor_divide(x: f64, y: f64) -> f64 {
    let remainder = x % y;
    let mut quotient = (x - remainder) / y;
    if remainder != 0.0 && (y < 0.0) != (remainder < 0.0) {
        quotient -= 1.0;
    }
    let floor = quotient.floor();
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

/// Python's `bisect.bisect_right`: where `x` would be inserted behind its equals. On a list that is not sorted it
/// finds what Python's search finds there.
pub(super) fn bisect_right(sorted: &[u64], x: u64) -> usize {
    let (mut low, mut high) = (0, sorted.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        if sorted.get(middle).is_some_and(|value| x < *value) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of Python 3.11.
    #[test]
    fn floor_division_is_pythons() {
        for (x, y, expected) in [(7.0, 2.0, 3.0), (1.0, 0.1, 9.0), (6.0, 0.1, 59.0), (3.0, 1.5, 2.0)] {
            assert_eq!(floor_divide(x, y), expected, "{x} // {y}");
        }
    }

    #[test]
    fn bisection_is_pythons() {
        assert_eq!([0, 3, 4, 6, 9].map(|x| bisect_right(&[3, 3, 6], x)), [0, 2, 2, 3, 3]);
        assert_eq!(bisect_right(&[6, 3], 5), 2);
        assert_eq!(bisect_right(&[], 5), 0);
    }
}
