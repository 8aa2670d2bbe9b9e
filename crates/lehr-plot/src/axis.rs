//! Axes: which values and updates get a label, and numbers short enough to stand beside a picture.

/// The digits of a value that never changes: there is no range that says how many matter.
const CONSTANT_DIGITS: usize = 6;

/// From the least to the greatest finite value of a trace; where none is finite, `low` is above `high`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueAxis {
    pub(crate) low: f64,
    pub(crate) high: f64,
    digits: usize,
}

impl ValueAxis {
    /// The axis of these values, whose labels have `most_digits` at the most.
    pub(crate) fn of(values: impl Iterator<Item = f64>, most_digits: usize) -> Self {
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let digits = if low < high {
            // Three digits of the range, so that 0.999 and 0.9999 differ.
            let lost = exponent(low.abs().max(high.abs())) - exponent(range(low, high));
            usize::try_from(lost).unwrap_or(0).saturating_add(3)
        } else {
            CONSTANT_DIGITS
        };
        Self { low, high, digits: digits.min(most_digits) }
    }

    /// The same axis, longer at either end by this share of its range. A value that never changes has no range.
    pub(crate) fn padded(&self, share: f64) -> Self {
        let padding = range(self.low, self.high) * share;
        if self.low < self.high {
            Self {
                low: (self.low - padding).max(f64::MIN),
                high: (self.high + padding).min(f64::MAX),
                ..*self
            }
        } else {
            *self
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.low > self.high
    }

    /// Where a value lies, from 0 at `low` to 1 at `high`. A value that never changes lies in the middle.
    pub(crate) fn fraction(&self, value: f64) -> f64 {
        if self.low >= self.high {
            return 0.5;
        }
        // The range of two huge values overflows, that of their halves does not.
        let scale = if (self.high - self.low).is_finite() { 1.0 } else { 0.5 };
        (value * scale - self.low * scale) / (self.high * scale - self.low * scale)
    }

    /// A value with the digits that matter on this axis.
    pub(crate) fn label(&self, value: f64) -> String {
        short(value, self.digits)
    }

    /// Round values strictly between the ends, ascending, about `most` of them.
    pub(crate) fn ticks(&self, most: u16) -> Vec<f64> {
        if self.low >= self.high || most == 0 {
            return Vec::new();
        }
        let least_step = range(self.low, self.high) / f64::from(most);
        let exponent = exponent(least_step);
        // From text, the nearest f64 to the round number; products would be off in the last digit.
        let decimal = |number: i64| format!("{number}e{exponent}").parse().unwrap_or(f64::NAN);
        let step = [1, 2, 5].into_iter().find(|step| decimal(*step) >= least_step).unwrap_or(10);
        // Above 2^53 steps from 0 the conversion loses nothing that a label could show.
        #[allow(clippy::cast_possible_truncation)]
        let first = (self.low / decimal(step)).floor() as i64;
        (0..=i64::from(most) + 1)
            .map(|i| decimal(first.saturating_add(i).saturating_mul(step)))
            .filter(|tick| self.low < *tick && *tick < self.high)
            .collect()
    }
}

/// From the first update shown to the one after the last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UpdateAxis {
    pub(crate) first: u64,
    pub(crate) end: u64,
}

impl UpdateAxis {
    /// The dot, from 0 to `dots - 1`, that update `n` lies on.
    pub(crate) fn dot(&self, n: u64, dots: u16) -> u16 {
        let length = u128::from(self.end.saturating_sub(self.first).max(1));
        let elapsed = u128::from(n.saturating_sub(self.first)).min(length);
        let nearest = (2 * elapsed * u128::from(dots.saturating_sub(1)) + length) / (2 * length);
        u16::try_from(nearest).unwrap_or(u16::MAX)
    }

    /// Round numbers of updates, ascending, about `most` of them.
    pub(crate) fn ticks(&self, most: u16) -> Vec<u64> {
        let least_step = self.end.saturating_sub(self.first).div_ceil(u64::from(most.max(1))).max(1);
        let power = 10_u64.pow(least_step.ilog10());
        let step = [1, 2, 5, 10]
            .into_iter()
            .filter_map(|step: u64| step.checked_mul(power))
            .find(|step| *step >= least_step)
            .unwrap_or(least_step);
        let start = self.first.div_ceil(step).saturating_mul(step);
        (0..)
            .map_while(|i: u64| start.checked_add(step.checked_mul(i)?))
            .take_while(|tick| *tick <= self.end)
            .collect()
    }
}

/// Prints 500, 2.5k, 5.0k, 10k, 1.2M: exact, so meant for round numbers.
pub(crate) fn short_count(n: u64) -> String {
    let (power, unit) = [(18, "E"), (15, "P"), (12, "T"), (9, "G"), (6, "M"), (3, "k")]
        .into_iter()
        .find(|(power, _)| n >= 10_u64.pow(*power))
        .unwrap_or((0, ""));
    let (whole, rest) = (n / 10_u64.pow(power), n % 10_u64.pow(power));
    if power == 0 || rest == 0 && whole >= 10 {
        return format!("{whole}{unit}");
    }
    let digits = format!("{rest:0width$}", width = usize::try_from(power).unwrap_or(0));
    let (tenths, others) = digits.split_at(1);
    format!("{whole}.{tenths}{}{unit}", others.trim_end_matches('0'))
}

/// Prints 12,500 or 1,000,000.
pub(crate) fn grouped_count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.char_indices() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Prints 0.1, 3e-4 or 12000 for a value rounded to this many digits.
pub(crate) fn short(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let rounded = format!("{value:.*e}", digits.saturating_sub(1)).parse().unwrap_or(value);
    if !rounded.is_finite() || (-3..6).contains(&exponent(rounded)) {
        format!("{rounded}")
    } else {
        format!("{rounded:e}")
    }
}

/// The power of ten of the first digit, exactly: read off the decimal text, since a logarithm rounds.
fn exponent(value: f64) -> i32 {
    format!("{value:e}").split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0)
}

/// `high - low`, or the greatest f64 where that overflows.
fn range(low: f64, high: f64) -> f64 {
    (high - low).min(f64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(low: f64, high: f64) -> ValueAxis {
        ValueAxis::of([low, high].into_iter(), 17)
    }

    #[test]
    fn values_have_the_digits_that_matter() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1e-6, "1e-6"),
            (3e-4, "3e-4"),
            (2.983_47e-4, "2.98e-4"),
            (9.999e-4, "0.001"),
            (0.1, "0.1"),
            (-0.012_345, "-0.0123"),
            (123_456.0, "123000"),
            (1e6, "1e6"),
            (1e300, "1e300"),
            (-1e-300, "-1e-300"),
            (5e-324, "5e-324"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(short(value, 3), text);
        }
        assert_eq!(axis(0.999, 0.9999).label(0.9999), "0.9999");
        assert_eq!(axis(0.1, 0.1 + 1e-16).label(0.1 + 1e-16), "0.1000000000000001");
        assert_eq!(axis(1.0 / 3.0, 1.0 / 3.0).label(1.0 / 3.0), "0.333333");
    }

    #[test]
    fn round_values_lie_strictly_inside() {
        assert_eq!(axis(1e-6, 3e-4).ticks(4), [1e-4, 2e-4]);
        assert_eq!(axis(0.04, 0.4).ticks(2), [0.2]);
        assert_eq!(axis(-1.0, 1.0).ticks(4), [-0.5, 0.0, 0.5]);
        assert_eq!(axis(0.9, 0.95).ticks(5), [0.91, 0.92, 0.93, 0.94]);
        assert!(axis(0.1, 0.1).ticks(4).is_empty());
        for (low, high) in
            [(-1.7e308, 1.7e308), (-5e-324, 5e-324), (1.0, 1.0 + f64::EPSILON), (1e-300, 1e300)]
        {
            for most in 0..50 {
                let ticks = axis(low, high).ticks(most);
                assert!(ticks.len() <= usize::from(most) + 1, "{low} {high} {most}: {ticks:?}");
                assert!(
                    ticks.iter().all(|tick| low < *tick && *tick < high),
                    "{low} {high} {most}: {ticks:?}"
                );
            }
        }
    }

    #[test]
    fn fractions_go_from_0_to_1() {
        for (low, high) in [(0.0, 1.0), (-1.7e308, 1.7e308), (-5e-324, 5e-324), (0.1, 0.1 + 1e-16)] {
            assert_eq!(axis(low, high).fraction(low), 0.0);
            assert_eq!(axis(low, high).fraction(high), 1.0);
        }
        assert_eq!(axis(-1.7e308, 1.7e308).fraction(0.0), 0.5);
        assert_eq!(axis(0.1, 0.1).fraction(0.1), 0.5);
    }

    #[test]
    fn counts_are_exact() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1.0k"),
            (2500, "2.5k"),
            (10_000, "10k"),
            (12_500, "12.5k"),
            (10_020, "10.02k"),
            (1_000_001, "1.000001M"),
            (1_500_000_000, "1.5G"),
            (u64::MAX, "18.446744073709551615E"),
        ] {
            assert_eq!(short_count(n), text);
        }
        for (n, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped_count(n), text);
        }
    }

    #[test]
    fn round_updates_reach_from_end_to_end() {
        let ticks = |first, end, most| UpdateAxis { first, end }.ticks(most);
        assert_eq!(ticks(0, 10_000, 5), [0, 2000, 4000, 6000, 8000, 10_000]);
        assert_eq!(ticks(0, 10, 20), (0..=10).collect::<Vec<_>>());
        assert_eq!(ticks(0, 1, 5), [0, 1]);
        assert_eq!(ticks(7, 31, 3), [10, 20, 30]);
        assert_eq!(ticks(0, u64::MAX, 4), [0, 5, 10, 15].map(|n| n * 10_u64.pow(18)));
        assert_eq!(ticks(u64::MAX, u64::MAX, 4), [u64::MAX]);
        assert_eq!(ticks(0, 0, 0), [0]);
    }

    #[test]
    fn dots_are_the_nearest() {
        let updates = UpdateAxis { first: 0, end: 100 };
        assert_eq!([0, 49, 50, 99, 100, 101].map(|n| updates.dot(n, 11)), [0, 5, 5, 10, 10, 10]);
        assert_eq!(UpdateAxis { first: 0, end: u64::MAX }.dot(u64::MAX / 2, 3), 1);
        assert_eq!(UpdateAxis { first: 5, end: 5 }.dot(5, 0), 0);
    }
}
