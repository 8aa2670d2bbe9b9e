//! Numbers as text: the shortest digits that read back to the same bits.

use std::fmt;

/// Prints 1, 0.05, 3e-4 as `0.0003`, 1e-6 as `1e-6`, and `NaN`, `inf`, `-inf`.
pub(crate) struct Number(pub(crate) f64);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:?}", self.0);
        f.write_str(text.strip_suffix(".0").unwrap_or(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_read_back() {
        for (value, text) in [
            (1.0, "1"),
            (-0.0, "-0"),
            (3e-4, "0.0003"),
            (1e-6, "1e-6"),
            (1e22, "1e22"),
            (5e-324, "5e-324"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(Number(value).to_string(), text);
            assert!(value.is_nan() || text.parse::<f64>().unwrap().to_bits() == value.to_bits());
        }
    }
}
