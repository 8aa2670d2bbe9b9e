//! `Time`: a position in a plan in updates, as an exact fraction.
//!
//! Inside a stretched or repeated plan the clock runs slower or faster by a ratio of whole numbers. Kept as a fraction,
//! a boundary is met exactly when it is met, and nothing is lost by rounding before the curve is evaluated.

/// A number of updates, not negative.
///
/// Nearly always it is whole; only inside a stretched or repeated plan is the fraction's price paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Time {
    Whole(u64),
    /// `numerator / denominator`; whole numbers beyond 64 bits are over 1.
    Fraction {
        numerator: u128,
        /// At most [`MAX_DENOMINATOR`].
        denominator: u128,
    },
}

/// Any number of updates over this has room in 128 bits.
const MAX_DENOMINATOR: u128 = 1 << 63;

impl From<u64> for Time {
    #[inline(always)]
    fn from(n: u64) -> Self {
        Self::Whole(n)
    }
}

impl Time {
    fn parts(self) -> (u128, u128) {
        match self {
            Self::Whole(n) => (n.into(), 1),
            Self::Fraction { numerator, denominator } => (numerator, denominator),
        }
    }

    /// Whole updates, rounded down.
    #[inline(always)]
    pub(crate) fn floor(self) -> u64 {
        match self {
            Self::Whole(n) => n,
            Self::Fraction { numerator, denominator } => {
                u64::try_from(numerator / denominator).unwrap_or(u64::MAX)
            }
        }
    }

    /// Whole, if it is a whole number: then nothing has to be converted that f64 cannot hold.
    #[inline(always)]
    pub(crate) fn reduced(self) -> Self {
        match self {
            Self::Fraction { numerator, denominator } if numerator.is_multiple_of(denominator) => {
                u64::try_from(numerator / denominator).map_or(self, Self::Whole)
            }
            _ => self,
        }
    }

    #[inline(always)]
    pub(crate) fn at_least(self, n: u64) -> bool {
        match self {
            Self::Whole(elapsed) => elapsed >= n,
            Self::Fraction { numerator, denominator } => numerator >= over(n, denominator),
        }
    }

    #[inline(always)]
    pub(crate) fn is_zero(self) -> bool {
        matches!(self, Self::Whole(0) | Self::Fraction { numerator: 0, .. })
    }

    /// As a number of updates.
    #[inline(always)]
    pub(crate) fn updates(self) -> f64 {
        match self {
            Self::Whole(n) => n as f64,
            Self::Fraction { denominator: 1, .. } => self.floor() as f64,
            Self::Fraction { numerator, denominator } => quotient(numerator, denominator),
        }
    }

    /// `self - n`, not below 0.
    #[inline(always)]
    pub(crate) fn since(self, n: u64) -> Self {
        match self {
            Self::Whole(elapsed) => Self::Whole(elapsed.saturating_sub(n)),
            Self::Fraction { numerator, denominator } => {
                Self::Fraction { numerator: numerator.saturating_sub(over(n, denominator)), denominator }
            }
        }
    }

    /// `self + n`.
    pub(crate) fn after(self, n: u64) -> Self {
        if let Self::Whole(elapsed) = self
            && let Some(sum) = elapsed.checked_add(n)
        {
            return Self::Whole(sum);
        }
        let (numerator, denominator) = self.parts();
        Self::Fraction { numerator: numerator.saturating_add(over(n, denominator)), denominator }
    }

    /// `n - self`, not below 0.
    pub(crate) fn until(self, n: u64) -> Self {
        match self {
            Self::Whole(elapsed) => Self::Whole(n.saturating_sub(elapsed)),
            Self::Fraction { numerator, denominator } => {
                Self::Fraction { numerator: over(n, denominator).saturating_sub(numerator), denominator }
            }
        }
    }

    /// `self * by / over`; both are above 0.
    pub(crate) fn scaled(self, by: u64, over: u64) -> Self {
        let scaled = |(numerator, denominator): (u128, u128)| {
            Some((numerator.checked_mul(by.into())?, denominator.checked_mul(over.into())?))
        };
        let exact = scaled(self.parts()).or_else(|| scaled(lowest(self.parts())));
        let exact =
            exact.map(|fraction| if fraction.1 > MAX_DENOMINATOR { lowest(fraction) } else { fraction });
        if let Some((numerator, denominator)) = exact.filter(|fraction| fraction.1 <= MAX_DENOMINATOR) {
            return match u64::try_from(numerator) {
                Ok(whole) if denominator == 1 => Self::Whole(whole),
                _ => Self::Fraction { numerator, denominator },
            };
        }
        // Ratios nested deeper keep the 53 bits of an f64.
        let updates = self.updates() * (by as f64 / over as f64);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let numerator = (updates * (1_u64 << 60) as f64) as u128;
        Self::Fraction { numerator, denominator: 1 << 60 }
    }

    /// `self / length` and `(length - self) / length`, for a length above 0 that has not passed.
    #[inline(always)]
    pub(crate) fn shares(self, length: u64) -> (f64, f64) {
        match self {
            Self::Whole(elapsed) => {
                (elapsed as f64 / length as f64, (length - elapsed) as f64 / length as f64)
            }
            Self::Fraction { numerator, denominator } => {
                let length = over(length, denominator);
                (quotient(numerator, length), quotient(length.saturating_sub(numerator), length))
            }
        }
    }
}

/// The same f64 for every way to write one fraction: numbers that f64 cannot hold are divided in lowest terms.
fn quotient(numerator: u128, denominator: u128) -> f64 {
    let exact = numerator.max(denominator) <= 1 << f64::MANTISSA_DIGITS;
    let (numerator, denominator) =
        if exact { (numerator, denominator) } else { lowest((numerator, denominator)) };
    numerator as f64 / denominator as f64
}

/// A fraction in lowest terms.
fn lowest((numerator, denominator): (u128, u128)) -> (u128, u128) {
    let (mut a, mut b) = (numerator, denominator);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (numerator / a, denominator / a)
}

/// `n` updates over this denominator.
fn over(n: u64, denominator: u128) -> u128 {
    u128::from(n).saturating_mul(denominator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_exact() {
        let time = Time::from(10).scaled(1, 3);
        assert_eq!(time.floor(), 3);
        assert!(time.at_least(3) && !time.at_least(4));
        assert_eq!(time.since(3).shares(1), (1.0 / 3.0, 2.0 / 3.0));
        assert_eq!(time.until(4).updates(), 2.0 / 3.0);
        assert_eq!(time.after(1).updates(), 13.0 / 3.0);
        assert_eq!(time.since(5), time.since(100));
        assert!(time.since(5).is_zero());
    }

    #[test]
    fn a_fraction_has_one_value_however_it_is_written() {
        // 2^40 / 3^20 and the same with 3^18 in both: the larger numbers are no f64.
        let plain = Time::Fraction { numerator: 1 << 40, denominator: 3_u128.pow(20) };
        let wide = Time::Fraction { numerator: (1 << 40) * 3_u128.pow(18), denominator: 3_u128.pow(38) };
        assert_eq!(plain.updates().to_bits(), wide.updates().to_bits());
        assert_eq!(plain.shares(7).0.to_bits(), wide.shares(7).0.to_bits());
        assert_eq!(plain.shares(7).1.to_bits(), wide.shares(7).1.to_bits());
        // 2^100 / 2^60, times 2^60 / 3: exact, though the product needs more than 128 bits.
        let large = Time::Fraction { numerator: 1 << 100, denominator: 1 << 60 };
        assert_eq!(large.scaled(1 << 60, 3).scaled(3, 1 << 60).floor(), 1 << 40);
    }

    #[test]
    fn any_number_of_updates_is_added_to_any_fraction() {
        // 2 / 3^k, k from 1 to 100: below one update, whatever it is kept as.
        let mut time = Time::from(2);
        for _ in 0..100 {
            time = time.scaled(1, 3);
            let later = time.after(1 << 40);
            assert_eq!(
                (later.floor(), later.at_least(1 << 40), later.at_least((1 << 40) + 1)),
                (1 << 40, true, false)
            );
            assert_eq!(time.after(u64::MAX).floor(), u64::MAX);
            assert_eq!(later.since(1 << 40), time);
        }
    }

    #[test]
    fn what_is_whole_is_kept_as_such() {
        let fraction = |numerator, denominator| Time::Fraction { numerator, denominator };
        assert_eq!(fraction(12, 4).reduced(), Time::Whole(3));
        assert_eq!(fraction(14, 4).reduced(), fraction(14, 4));
        assert_eq!(Time::from(10).scaled(3, 1), Time::Whole(30));
        assert_eq!(Time::from(1 << 63).scaled(4, 1), fraction(1 << 65, 1));
    }

    #[test]
    fn the_smallest_part_of_an_update_is_exact() {
        let smallest = Time::Fraction { numerator: 1, denominator: MAX_DENOMINATOR };
        assert_eq!(Time::from(1).scaled(1, 1 << 63), smallest);
        // Over 2^65 on the way.
        assert_eq!(Time::from(2).scaled(1, 1 << 63).scaled(2, 4), smallest);
    }

    #[test]
    fn deep_ratios_do_not_overflow() {
        let mut time = Time::from(1 << 53);
        for _ in 0..100 {
            time = time.scaled(u64::MAX - 1, u64::MAX);
        }
        assert!((time.updates() / (1_u64 << 53) as f64 - 1.0).abs() < 1e-9);
        // 2^100 / 3^39, times 5 / 7: over more than 2^63 in lowest terms too, so as an f64.
        let long = Time::Fraction { numerator: 1 << 100, denominator: 3_u128.pow(39) };
        let wanted = (1_u128 << 100) as f64 / 3_u128.pow(39) as f64 * 5.0 / 7.0;
        assert!((long.scaled(5, 7).updates() / wanted - 1.0).abs() < 1e-15);
        assert_eq!(Time::from(u64::MAX).after(u64::MAX).floor(), u64::MAX);
    }
}
