//! `Span`: a length in updates, epochs, a fraction of the run, or whatever is left of it.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::number::{Number, parse_finite};

/// A length, not yet resolved to updates. Text: `500`, `3ep`, `5%`, `rest`.
///
/// # Example
///
/// ```
/// use lehr::{Span, epochs, fraction, rest, updates};
///
/// assert_eq!("500".parse::<Span>()?, updates(500));
/// assert_eq!("3ep".parse::<Span>()?, epochs(3.0));
/// assert_eq!("5%".parse::<Span>()?, fraction(0.05));
/// assert_eq!("rest".parse::<Span>()?, rest());
/// assert_eq!(fraction(0.05).to_string(), "5%");
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Span {
    /// Completed optimizer updates.
    Updates(u64),
    /// Epochs, whole or not; needs the horizon's updates per epoch.
    Epochs(f64),
    /// A share of the run in `[0, 1]`; needs the horizon's total.
    Fraction(f64),
    /// What the other phases leave of the run; once in a plan at the most.
    Rest,
}

/// A length in optimizer updates.
///
/// ```
/// assert_eq!(lehr::updates(500).to_string(), "500");
/// ```
pub fn updates(count: u64) -> Span {
    Span::Updates(count)
}

/// A length in epochs, whole or not.
///
/// ```
/// assert_eq!(lehr::epochs(2.5).to_string(), "2.5ep");
/// ```
pub fn epochs(count: impl Into<f64>) -> Span {
    Span::Epochs(count.into())
}

/// A share of the run: `fraction(0.05)` is 5 % of it.
///
/// ```
/// assert_eq!(lehr::fraction(0.05).to_string(), "5%");
/// ```
pub fn fraction(share: f64) -> Span {
    Span::Fraction(share)
}

/// What the other phases leave of the run.
///
/// ```
/// assert_eq!(lehr::rest().to_string(), "rest");
/// ```
pub fn rest() -> Span {
    Span::Rest
}

impl Span {
    pub(crate) fn check(self, name: &str) -> Result<(), Error> {
        match self {
            Self::Epochs(count) if !(count >= 0.0 && count.is_finite()) => Err(Error::parameter(
                name,
                self,
                "a length in epochs must be finite and not negative, such as 3ep",
            )),
            Self::Fraction(share) if !(0.0..=1.0).contains(&share) => {
                Err(Error::parameter(name, self, "a share of the run must be from 0% to 100%"))
            }
            _ => Ok(()),
        }
    }
}

impl From<u64> for Span {
    fn from(count: u64) -> Self {
        Self::Updates(count)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Updates(count) => count.fmt(f),
            Self::Epochs(count) => write!(f, "{}ep", Number(*count)),
            Self::Fraction(share) => write!(f, "{}", Percent(*share)),
            Self::Rest => f.write_str("rest"),
        }
    }
}

/// A share as a percentage: its own decimal digits with the point moved by two places, so nothing is rounded; three of them
/// before the point at most.
struct Percent(f64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_sign_negative() {
            f.write_str("-")?;
        }
        let scientific = format!("{:e}", self.0.abs());
        let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let exponent = exponent.parse::<i32>().unwrap_or(0) + 2;
        let digits = mantissa.replace('.', "");
        if digits == "0" {
            return f.write_str("0%");
        }
        match usize::try_from(exponent) {
            Ok(whole) if whole < 3 => {
                let padded = format!("{digits:0<width$}", width = whole + 1);
                let (integer, decimals) = padded.split_at(whole + 1);
                if decimals.is_empty() { write!(f, "{integer}%") } else { write!(f, "{integer}.{decimals}%") }
            }
            _ => write!(f, "{mantissa}e{exponent}%"),
        }
    }
}

/// Reads `5%` as the f64 nearest to 5e-2: the point is moved before the text is rounded.
fn parse_percent(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent = exponent.parse::<i32>().ok()?.checked_sub(2)?;
    parse_finite(&format!("{}e{exponent}", mantissa.trim_end()))
}

impl FromStr for Span {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let trimmed = text.trim();
        let span = if trimmed == "rest" {
            Some(Self::Rest)
        } else if let Some(percent) = trimmed.strip_suffix('%') {
            parse_percent(percent).map(Self::Fraction)
        } else if let Some(count) = trimmed.strip_suffix("ep") {
            parse_finite(count).map(Self::Epochs)
        } else {
            trimmed.replace('_', "").parse().ok().map(Self::Updates)
        };
        span.ok_or_else(|| {
            Error::text(
                text,
                0,
                "a length is a whole number of updates (500), epochs (3ep), a share of the run (5%) or rest",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_text_is_refused() {
        for wrong in ["", "-5", "2.5", "3 epochs", "%", "ep", "nan%", "remaining", "99999999999999999999"] {
            assert!(wrong.parse::<Span>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn percentages_keep_every_bit() {
        for (share, text) in [
            (0.05, "5%"),
            (1.0, "100%"),
            (0.0, "0%"),
            (-0.6, "-60%"),
            (0.125, "12.5%"),
            (0.0005, "5e-2%"),
            (9.995, "999.5%"),
            (20.0, "2e3%"),
        ] {
            assert_eq!(fraction(share).to_string(), text);
            assert_eq!(text.parse::<Span>().unwrap(), fraction(share));
        }
        for share in [1.0 / 3.0, 0.1 + 0.2, 0.64, f64::MIN_POSITIVE, 1.0_f64.next_down(), 0.57 * 0.1] {
            assert_eq!(fraction(share).to_string().parse::<Span>().unwrap(), fraction(share));
        }
    }

    #[test]
    fn checks_name_the_parameter() {
        assert_eq!(
            fraction(1.5).check("over").unwrap_err().to_string(),
            "`over` is 150%, but a share of the run must be from 0% to 100%"
        );
        for wrong in
            [epochs(-1.0), epochs(f64::NAN), epochs(f64::INFINITY), fraction(f64::NAN), fraction(-0.1)]
        {
            assert!(wrong.check("over").is_err(), "{wrong:?}");
        }
    }
}
