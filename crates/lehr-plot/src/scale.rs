//! `Scale`: where a value lies on an axis, linear or logarithmic, from 0 at the bottom to 1 at the top.

use crate::axis::ValueAxis;

/// Room above the greatest and below the least value, as a share of their range.
const PADDING: f64 = 0.06;

/// Where a value that is not above zero lies on a logarithmic axis, and where the least that is.
const FLOOR: f64 = 0.03;
const ABOVE_FLOOR: f64 = 0.16;

/// A value axis that a picture is drawn along.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scale {
    Linear(ValueAxis),
    Log(LogAxis),
}

/// Powers of ten from `low` to `high`, and a floor for what has no logarithm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogAxis {
    values: ValueAxis,
    low: f64,
    high: f64,
    floor: Option<&'static str>,
}

/// A value with a label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at: f64,
    pub(crate) label: String,
}

impl Scale {
    /// The axis of these values; linear where none is above zero.
    pub(crate) fn of(values: impl Iterator<Item = f64> + Clone, log: bool, most_digits: usize) -> Self {
        let positive = ValueAxis::of(values.clone().filter(|value| *value > 0.0), most_digits);
        if log && !positive.is_empty() {
            let others = ValueAxis::of(values.filter(|value| *value <= 0.0), most_digits);
            let floor = match others.low {
                _ if others.is_empty() => None,
                0.0 => Some("0"),
                _ => Some("≤ 0"),
            };
            return Self::Log(LogAxis::new(positive, floor));
        }
        Self::Linear(ValueAxis::of(values, most_digits).padded(PADDING))
    }

    /// Whether no value is finite.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Linear(axis) if axis.is_empty())
    }

    /// Where a value lies; `None` if it is not finite.
    pub(crate) fn at(&self, value: f64) -> Option<f64> {
        value.is_finite().then(|| match self {
            Self::Linear(axis) => axis.fraction(value),
            Self::Log(axis) => axis.at(value),
        })
    }

    /// Round values that lie on the axis, ascending, about `most` of them; the value itself where it never changes.
    pub(crate) fn ticks(&self, most: u16) -> Vec<Tick> {
        let mut ticks = match self {
            _ if self.is_empty() => Vec::new(),
            Self::Linear(axis) => linear_ticks(axis, most, |value| axis.fraction(value)),
            Self::Log(axis) => axis.ticks(most),
        };
        ticks.dedup_by(|next, tick| next.label == tick.label);
        ticks
    }
}

impl LogAxis {
    fn new(values: ValueAxis, floor: Option<&'static str>) -> Self {
        let (low, high) = (libm::log10(values.low), libm::log10(values.high));
        // A value that never changes has a decade around it.
        let (low, high) = if low < high { (low, high) } else { (low - 0.5, high + 0.5) };
        Self { values, low, high, floor }
    }

    fn bottom(&self) -> f64 {
        if self.floor.is_some() { ABOVE_FLOOR } else { PADDING }
    }

    fn at(&self, value: f64) -> f64 {
        if value > 0.0 {
            let fraction = (libm::log10(value) - self.low) / (self.high - self.low);
            self.bottom() + fraction * (1.0 - PADDING - self.bottom())
        } else {
            FLOOR
        }
    }

    fn ticks(&self, most: u16) -> Vec<Tick> {
        let floor = self.floor.map(|label| Tick { at: FLOOR, label: label.to_owned() });
        let decades = self.decades(usize::from(most.max(1)));
        let ticks = if decades.len() > 1 {
            decades
        } else {
            let parts = self.parts_of_decades();
            if parts.len() > 1 { parts } else { linear_ticks(&self.values, most, |value| self.at(value)) }
        };
        floor.into_iter().chain(ticks).collect()
    }

    /// Powers of ten on the axis, or every second, third and so on.
    fn decades(&self, most: usize) -> Vec<Tick> {
        let exponents: Vec<i32> =
            (-324..=308).filter(|exponent| self.holds(libm::exp10(f64::from(*exponent)))).collect();
        let step = i32::try_from(exponents.len().div_ceil(most)).unwrap_or(1).max(1);
        let plain = exponents.iter().all(|exponent| (-3..6).contains(exponent));
        let power = |exponent: i32| -> f64 { format!("1e{exponent}").parse().unwrap_or(f64::NAN) };
        let label = |exponent| {
            if plain { self.values.label(power(exponent)) } else { format!("1e{exponent}") }
        };
        exponents
            .into_iter()
            .filter(|exponent| exponent.rem_euclid(step) == 0)
            .map(|exponent| Tick { at: self.at(power(exponent)), label: label(exponent) })
            .collect()
    }

    /// 1, 2 and 5 times a power of ten.
    fn parts_of_decades(&self) -> Vec<Tick> {
        (-324..=308)
            .flat_map(|exponent| [1, 2, 5].map(|part| format!("{part}e{exponent}")))
            .filter_map(|text| text.parse().ok())
            .filter(|value| self.holds(*value))
            .map(|value| Tick { at: self.at(value), label: self.values.label(value) })
            .collect()
    }

    fn holds(&self, value: f64) -> bool {
        let least = if self.floor.is_some() { ABOVE_FLOOR - PADDING / 2.0 } else { 0.0 };
        value > 0.0 && (least..=1.0).contains(&self.at(value))
    }
}

fn linear_ticks(axis: &ValueAxis, most: u16, at: impl Fn(f64) -> f64) -> Vec<Tick> {
    if axis.low >= axis.high {
        return vec![Tick { at: at(axis.low), label: axis.label(axis.low) }];
    }
    // One tick alone does not say how long the axis is.
    let values = [1, 2, 3]
        .map(|times| axis.ticks(most.saturating_mul(times)))
        .into_iter()
        .find(|ticks| ticks.len() > 1)
        .unwrap_or_else(|| vec![axis.low, axis.high]);
    values.into_iter().map(|value| Tick { at: at(value), label: axis.label(value) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64], log: bool, most: u16) -> Vec<String> {
        let scale = Scale::of(values.iter().copied(), log, 17);
        let ticks = scale.ticks(most);
        assert!(ticks.iter().all(|tick| (0.0..=1.0).contains(&tick.at)), "{ticks:?}");
        assert!(ticks.is_sorted_by(|a, b| a.at < b.at), "{ticks:?}");
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn linear_axes_have_round_values_a_little_beyond_the_ends_too() {
        assert_eq!(labels(&[0.0, 3e-4], false, 4), ["0", "1e-4", "2e-4", "3e-4"]);
        assert_eq!(labels(&[0.04, 0.4], false, 5), ["0.1", "0.2", "0.3", "0.4"]);
        assert_eq!(labels(&[-1.0, 1.0], false, 4), ["-1", "0", "1"]);
        assert_eq!(labels(&[0.9], false, 4), ["0.9"]);
        assert_eq!(labels(&[f64::NAN], false, 4), [""; 0]);
        assert_eq!(labels(&[f64::MIN, f64::MAX], false, 4), ["-1.5e308", "-1e308", "-5e307", "0", "5e307"]);
    }

    #[test]
    fn logarithmic_axes_have_powers_of_ten_or_parts_of_them() {
        assert_eq!(labels(&[1e-6, 3e-4], true, 5), ["1e-6", "1e-5", "1e-4"]);
        assert_eq!(labels(&[1e-2, 1.0], true, 5), ["0.01", "0.1", "1"]);
        assert_eq!(labels(&[1e-12, 1.0], true, 4), ["1e-12", "1e-8", "1e-4", "1e0"]);
        assert_eq!(labels(&[2e-4, 9e-4], true, 5), ["2e-4", "5e-4"]);
        assert_eq!(labels(&[0.9, 0.95], true, 2), ["0.92", "0.94"]);
        assert_eq!(labels(&[0.3], true, 5), ["0.1", "1"]);
        assert_eq!(labels(&[5e-324, f64::MAX], true, 3).len(), 3);
    }

    #[test]
    fn what_has_no_logarithm_lies_on_a_floor() {
        assert_eq!(labels(&[0.0, 1e-6, 3e-4], true, 5), ["0", "1e-6", "1e-5", "1e-4"]);
        assert_eq!(labels(&[-1.0, 1e-2, 1.0], true, 5), ["≤ 0", "0.01", "0.1", "1"]);
        assert_eq!(labels(&[0.0, -1.0], true, 2), ["-1", "0"]);
        let scale = Scale::of([0.0, 1e-6].into_iter(), true, 17);
        assert_eq!(scale.at(0.0), Some(FLOOR));
        assert_eq!(scale.at(f64::INFINITY), None);
    }
}
