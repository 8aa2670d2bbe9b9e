//! Numbers as text: the shortest digits that read back to the same f64.

use std::fmt;

/// Prints `1` for 1.0, `1e-6` for 0.000001, `0.05` for 0.05.
pub(crate) struct Number(pub(crate) f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:?}", self.0);
        f.write_str(text.strip_suffix(".0").unwrap_or(&text))
    }
}

/// To six digits, for people.
pub(crate) fn rounded(value: f64) -> Number {
    Number(format!("{value:.5e}").parse().unwrap_or(value))
}

/// Reads a finite number, or says nothing.
pub(crate) fn parse_finite(text: &str) -> Option<f64> {
    text.trim().replace('_', "").parse::<f64>().ok().filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_read_back() {
        for (value, text) in [(1.0, "1"), (1e-6, "1e-6"), (0.05, "0.05"), (1e22, "1e22"), (5e-324, "5e-324")]
        {
            assert_eq!(Number(value).to_string(), text);
            assert_eq!(parse_finite(text), Some(value));
        }
        assert_eq!(parse_finite("10_000"), Some(10_000.0));
        assert_eq!(parse_finite("nan"), None);
        assert_eq!(parse_finite("inf"), None);
    }
}
