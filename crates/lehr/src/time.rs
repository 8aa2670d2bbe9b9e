//! `Time`: a position in a plan in updates, as an exact fraction.
//!
//! Inside a stretched or repeated plan the clock runs slower or faster by a ratio of whole numbers. Kept as a fraction,
//! a boundary is met exactly when it is met, and nothing is lost by rounding before the curve is evaluated.

/// `numerator / denominator` updates, not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time {
    numerator: u128,
    denominator: u128,
}

impl From<u64> for Time {
    fn from(n: u64) -> Self {
        Self { numerator: n.into(), denominator: 1 }
    }
}

impl Time {
    /// Whole updates, rounded down.
    pub(crate) fn floor(self) -> u64 {
        if self.denominator == 1 {
            return u64::try_from(self.numerator).unwrap_or(u64::MAX);
        }
        u64::try_from(self.numerator / self.denominator).unwrap_or(u64::MAX)
    }

    /// Over 1, if it is a whole number: then nothing has to be converted that f64 cannot hold.
    pub(crate) fn reduced(self) -> Self {
        if self.denominator == 1 || !self.numerator.is_multiple_of(self.denominator) {
            return self;
        }
        Self { numerator: self.numerator / self.denominator, denominator: 1 }
    }

    pub(crate) fn at_least(self, n: u64) -> bool {
        self.numerator >= self.parts(n)
    }

    /// `n` updates over this denominator; nearly always that is 1.
    fn parts(self, n: u64) -> u128 {
        if self.denominator == 1 { n.into() } else { u128::from(n).saturating_mul(self.denominator) }
    }

    pub(crate) fn is_zero(self) -> bool {
        self.numerator == 0
    }

    /// As a number of updates.
    pub(crate) fn updates(self) -> f64 {
        if self.denominator == 1 {
            return self.floor() as f64;
        }
        self.numerator as f64 / self.denominator as f64
    }

    /// `self - n`, not below 0.
    pub(crate) fn since(self, n: u64) -> Self {
        Self { numerator: self.numerator.saturating_sub(self.parts(n)), ..self }
    }

    /// `self + n`.
    pub(crate) fn after(self, n: u64) -> Self {
        Self { numerator: self.numerator.saturating_add(self.parts(n)), ..self }
    }

    /// `n - self`, not below 0.
    pub(crate) fn until(self, n: u64) -> Self {
        Self { numerator: self.parts(n).saturating_sub(self.numerator), ..self }
    }

    /// `self * by / over`; both are above 0.
    pub(crate) fn scaled(self, by: u64, over: u64) -> Self {
        let exact = (self.numerator.checked_mul(by.into()), self.denominator.checked_mul(over.into()));
        if let (Some(numerator), Some(denominator)) = exact {
            return Self { numerator, denominator };
        }
        // Ratios nested deeper than 128 bits keep the 53 bits of an f64.
        let updates = self.updates() * (by as f64 / over as f64);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let numerator = (updates * (1_u64 << 60) as f64) as u128;
        Self { numerator, denominator: 1 << 60 }
    }

    /// `self / length` and `(length - self) / length`, for a length above 0 that has not passed.
    pub(crate) fn shares(self, length: u64) -> (f64, f64) {
        if self.denominator == 1 {
            // Within the length, so within 64 bits: a cheaper conversion with the same result.
            #[allow(clippy::cast_possible_truncation)]
            let elapsed = self.numerator as u64;
            return (elapsed as f64 / length as f64, (length - elapsed) as f64 / length as f64);
        }
        let length = self.parts(length);
        let left = length.saturating_sub(self.numerator);
        (self.numerator as f64 / length as f64, left as f64 / length as f64)
    }
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
    fn deep_ratios_do_not_overflow() {
        let mut time = Time::from(1 << 53);
        for _ in 0..100 {
            time = time.scaled(u64::MAX - 1, u64::MAX);
        }
        assert!((time.updates() / (1_u64 << 53) as f64 - 1.0).abs() < 1e-9);
        assert_eq!(Time::from(u64::MAX).after(u64::MAX).floor(), u64::MAX);
    }
}
