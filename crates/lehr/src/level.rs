//! `Level`: a value that a plan starts from, holds or ends at, absolute or as a multiple of the group's base.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::number::{Number, parse_finite};

/// A value, written as a number (`1e-6`) or as a multiple of the base (`0.1x`; `1x` is the base itself).
///
/// Multiples keep the ratios between groups and leave a base of 0 at 0; an absolute level gives every group the
/// same value.
///
/// # Example
///
/// ```
/// use lehr::{Level, absolute, times};
///
/// assert_eq!("0.1x".parse::<Level>()?, times(0.1));
/// assert_eq!(absolute(1e-6).to_string(), "1e-6");
/// assert_eq!(times(0.1).of(0.5), 0.05);
/// assert_eq!(absolute(1e-6).of(0.5), 1e-6);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    /// The value itself, in the field's own unit.
    Absolute(f64),
    /// A multiple of the group's base (no unit).
    Times(f64),
    /// The sum of both, `1e-7+0.5x`: where a phase between the two kinds is left half way.
    Sum {
        /// The absolute part.
        absolute: f64,
        /// The multiple of the base.
        times: f64,
    },
}

/// An absolute level: `absolute(1e-6)` is 1e-6 in every group.
///
/// ```
/// assert_eq!(lehr::absolute(1e-6).of(123.0), 1e-6);
/// ```
pub fn absolute(value: f64) -> Level {
    Level::Absolute(value)
}

/// A multiple of the base: `times(1.0)` is the base of each group.
///
/// ```
/// assert_eq!(lehr::times(0.5).of(8.0), 4.0);
/// ```
pub fn times(multiple: f64) -> Level {
    Level::Times(multiple)
}

impl Level {
    /// The base itself, `1x`.
    ///
    /// ```
    /// use lehr::{Level, times};
    ///
    /// assert_eq!(Level::BASE, times(1.0));
    /// assert_eq!(Level::BASE.of(3e-4), 3e-4);
    /// ```
    pub const BASE: Self = Self::Times(1.0);

    /// The value for a group with this base; the largest number there is, where the product would be larger.
    ///
    /// ```
    /// use lehr::{absolute, times};
    ///
    /// assert_eq!((times(0.5).of(0.2), absolute(1e-6).of(0.2)), (0.1, 1e-6));
    /// assert_eq!(times(f64::MAX).of(10.0), f64::MAX);
    /// ```
    pub fn of(self, base: f64) -> f64 {
        self.affine().of(base)
    }

    /// Both numbers, where both levels are of one kind.
    #[inline(always)]
    pub(crate) fn same_kind(self, other: Self) -> Option<(f64, f64)> {
        match (self, other) {
            (Self::Absolute(a), Self::Absolute(b)) | (Self::Times(a), Self::Times(b)) => Some((a, b)),
            _ => None,
        }
    }

    #[inline(always)]
    pub(crate) fn affine(self) -> Affine {
        match self {
            Self::Absolute(value) => Affine { offset: value, slope: 0.0 },
            Self::Times(multiple) => Affine { offset: 0.0, slope: multiple },
            Self::Sum { absolute, times } => Affine { offset: absolute, slope: times },
        }
    }

    /// Whether a base of 0 could be given another value.
    pub(crate) fn is_absolute(self) -> bool {
        !matches!(self, Self::Times(_))
    }

    pub(crate) fn check(self, name: &str) -> Result<(), Error> {
        let Affine { offset, slope } = self.affine();
        if offset.is_finite() && slope.is_finite() {
            Ok(())
        } else {
            Err(Error::parameter(
                name,
                self,
                "a level must be a finite number, such as 1e-6, or a finite multiple, such as 0.1x",
            ))
        }
    }

    pub(crate) fn check_base(self, name: &str, base: f64) -> Result<(), Error> {
        let Affine { offset, slope } = self.affine();
        if (offset + slope * base).is_finite() {
            return Ok(());
        }
        Err(Error::parameter(name, self, format!("times the base {base:?} it must stay finite")))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute(value) => Number(*value).fmt(f),
            Self::Times(multiple) => write!(f, "{}x", Number(*multiple)),
            Self::Sum { absolute, times } => write!(f, "{}x+{}", Number(*times), Number(*absolute)),
        }
    }
}

impl FromStr for Level {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let trimmed = text.trim();
        let level = if let Some((times, absolute)) = trimmed.split_once("x+") {
            parse_finite(times)
                .zip(parse_finite(absolute))
                .map(|(times, absolute)| Self::Sum { absolute, times })
        } else if let Some(multiple) = trimmed.strip_suffix('x') {
            parse_finite(multiple).map(Self::Times)
        } else {
            parse_finite(trimmed).map(Self::Absolute)
        };
        level.ok_or_else(|| {
            Error::text(
                text,
                0,
                "a level is a finite number, such as 1e-6, or a multiple of the base, such as 0.1x",
            )
        })
    }
}

/// The value of a plan at one update, for every group at once: `offset + slope * base`.
///
/// The weight of the curve, and so the one transcendental, is inside the two numbers; each group costs one
/// multiplication and one addition.
///
/// ```
/// use lehr::{Horizon, Plan, absolute, cosine};
///
/// let plan = Plan::builder().then(cosine().to(absolute(0.0))).resolve(&Horizon::updates(10)?)?;
/// let affine = plan.affine_at(5).expect("a cosine between levels is affine in the base");
/// assert_eq!((affine.of(1.0), affine.of(0.2)), (0.5, 0.1));
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// The part that is the same for every group, in the field's unit.
    pub offset: f64,
    /// The part that is a multiple of the group's base.
    pub slope: f64,
}

impl Affine {
    /// The value for a group with this base; the nearest finite one, where that is beyond f64.
    ///
    /// ```
    /// use lehr::Affine;
    ///
    /// assert_eq!(Affine { offset: 0.5, slope: 0.25 }.of(2.0), 1.0);
    /// ```
    #[inline(always)]
    pub fn of(self, base: f64) -> f64 {
        finite(self.offset + self.slope * base)
    }

    #[inline(always)]
    pub(crate) fn times(self, factor: f64) -> Self {
        Self { offset: finite(self.offset * factor), slope: finite(self.slope * factor) }
    }

    #[inline(always)]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self { offset: finite(self.offset + other.offset), slope: finite(self.slope + other.slope) }
    }

    /// As a level, of one kind where it is.
    pub(crate) fn level(self) -> Level {
        match self {
            Self { offset, slope: 0.0 } => Level::Absolute(offset),
            Self { offset: 0.0, slope } => Level::Times(slope),
            Self { offset, slope } => Level::Sum { absolute: offset, times: slope },
        }
    }
}

/// The nearest finite number: sums and products of extreme values stay values.
#[inline(always)]
pub(crate) fn finite(value: f64) -> f64 {
    value.clamp(f64::MIN, f64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_exact() {
        assert_eq!(Level::BASE.of(0.3), 0.3);
        assert_eq!(absolute(5e-324).of(1e308), 5e-324);
        assert_eq!(times(0.5).of(0.0).to_bits(), 0.0_f64.to_bits());
        assert_eq!(times(0.0).of(-1.0).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn text_reads_back() {
        for level in [
            absolute(0.0),
            absolute(1e-6),
            absolute(-2.5),
            times(1.0),
            times(0.1),
            times(1e300),
            Level::Sum { absolute: -5e-7, times: 0.5 },
        ] {
            assert_eq!(level.to_string().parse::<Level>().unwrap(), level);
        }
        for wrong in ["", "x", "nan", "infx", "0.1y", "1e400", "0.1 of base", "1x+", "x+1", "1x+nan"] {
            assert!(wrong.parse::<Level>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn not_finite_names_parameter_value_and_rule() {
        let message = absolute(f64::NAN).check("to").unwrap_err().to_string();
        assert!(message.starts_with("`to` is NaN, but a level must be a finite number"), "{message}");
    }
}
