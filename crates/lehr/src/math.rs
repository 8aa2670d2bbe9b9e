//! Every transcendental function of the crate: one implementation, so one set of bits everywhere.
//!
//! Only IEEE additions, multiplications, divisions and comparisons are used, in a fixed order, and never a fused
//! multiply-add, so a value does not depend on the platform, on vector units or on the compiler. `exp`, `ln` and
//! `pow` are those of the pure-Rust `libm` crate for the same reason.

pub(crate) use libm::{cosh, exp, expm1, log as ln, log1p as ln_1p, pow, sinh};

/// The first Taylor coefficient of `sin^2(pi x / 2) / x^2` in `z = x^2`, `pi^2 / 4`, and what rounding took from it.
const SIN_SQUARED_FIRST: [f64; 2] = [2.467_401_100_272_339_5, 1.566_323_877_184_927_8e-16];

/// The others: `(-1)^(k+1) pi^(2k) / (2 (2k)!)` for k = 2 to 11. The term left out is below 1e-19 of the sum for `x` in
/// `[0, 1/2]`.
const SIN_SQUARED: [f64; 10] = [
    -2.029_356_063_208_384_2,
    0.667_631_384_427_294_7,
    -0.117_665_315_179_446_6,
    0.012_903_445_695_007_03,
    -0.000_964_787_154_701_961_6,
    5.231_905_246_242_285e-5,
    -2.151_534_793_516_473_6e-6,
    6.939_476_231_106_886e-8,
    -1.802_365_398_731_250_6e-9,
    3.850_353_565_300_677e-11,
];

/// `sin^2(pi x / 2)` for `x` in `[0, 1/2]`.
///
/// The cosine family needs `(1 - cos(pi p)) / 2 = sin^2(pi p / 2)` and its complement. Written with a cosine,
/// the smaller of the two cancels (5e8 ulp are lost at the last update of 100,000); written as a square,
/// nothing cancels: below 3 ulp for every `x`.
#[inline(always)]
pub(crate) fn sin_squared(x: f64) -> f64 {
    let z = x * x;
    sin_squared_from(z, sin_squared_tail(z))
}

/// The series of `sin^2(pi x / 2)` from the second term on, over `z^2`.
#[inline(always)]
pub(crate) fn sin_squared_tail(z: f64) -> f64 {
    // Pairs, and pairs of pairs, side by side, as Estrin does: in Horner's chain every operation waits for the one before.
    let [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9] = SIN_SQUARED;
    let (z2, z4) = (z * z, (z * z) * (z * z));
    let low = (c0 + c1 * z) + (c2 + c3 * z) * z2;
    let high = (c4 + c5 * z) + (c6 + c7 * z) * z2;
    low + (high + (c8 + c9 * z) * z4) * z4
}

/// `sin^2(pi x / 2)` from that tail.
#[inline(always)]
pub(crate) fn sin_squared_from(z: f64, tail: f64) -> f64 {
    let [first, rounded_off] = SIN_SQUARED_FIRST;
    z * (first + (rounded_off + z * tail))
}

/// A quotient of whole numbers without a division: `n / length = n high + n low`, where `high + low` is `1 / length`.
///
/// `high` has 29 bits, so that `n high` is exact, and `low` is below 2^-29 of it, so the sum before its rounding is within
/// 2^-80 of `n / length`. No quotient of whole numbers up to 2^24 is nearer than 2^-78 to a point half way between two
/// f64 without being on one side of it, so the rounded sum is the rounded quotient, to the bit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reciprocal {
    high: f64,
    low: f64,
}

impl Reciprocal {
    /// `None` for a length of 0 or above 2^24.
    pub(crate) fn of(length: u64) -> Option<Self> {
        if length == 0 || length > 1 << 24 {
            return None;
        }
        let length = length as f64;
        let reciprocal = 1.0 / length;
        // Split as Veltkamp does, by 2^24 + 1.
        let shifted = reciprocal * 16_777_217.0;
        let high = shifted - (shifted - reciprocal);
        Some(Self { high, low: (1.0 - high * length) / length })
    }

    /// `n / length`, for a whole `n` from 0 to the length.
    #[inline(always)]
    pub(crate) fn times(self, n: f64) -> f64 {
        n * self.high + n * self.low
    }
}

/// `(x^k, 1 - x^k)` for `x` in `[0, 1]`, given `rest = 1 - x` without its rounding error.
///
/// Where `x^k` is near 1 the complement is `-expm1(k ln(x))`, since `1 - pow(x, k)` would cancel; near `x = 1` the
/// logarithm is that of `1 - rest`.
#[inline(always)]
pub(crate) fn power_and_rest(x: f64, rest: f64, k: f64) -> (f64, f64) {
    if k == 1.0 {
        return (x, rest);
    }
    power_and_rest_by_pow(x, rest, k)
}

#[inline(never)]
fn power_and_rest_by_pow(x: f64, rest: f64, k: f64) -> (f64, f64) {
    let power = pow(x, k);
    if power < 0.5 {
        return (power, 1.0 - power);
    }
    let complement = -expm1(k * if rest <= 0.5 { ln_1p(-rest) } else { ln(x) });
    // The rounding of x, which the power multiplies by k, is not in it.
    (1.0 - complement, complement)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sin_squared_meets_its_complement_in_the_middle() {
        assert_eq!(sin_squared(0.0), 0.0);
        assert_eq!(sin_squared(0.5), 0.5);
    }

    #[test]
    fn a_reciprocal_divides_whole_numbers_to_the_bit() {
        // Every pair of small ones; and for lengths up to the limit, numbers spread over all of them.
        let spread = (1..=24).flat_map(|bits| [(1 << bits) - 1, 1 << bits, (1_u64 << bits) * 2 / 3]);
        for length in (1..=700).chain(spread) {
            let reciprocal = Reciprocal::of(length).unwrap();
            for n in (0..=length).step_by(usize::try_from(length / 700).unwrap().max(1)) {
                let quotient = n as f64 / length as f64;
                assert_eq!(reciprocal.times(n as f64).to_bits(), quotient.to_bits(), "{n}/{length}");
            }
        }
        assert!(Reciprocal::of(0).is_none() && Reciprocal::of((1 << 24) + 1).is_none());
    }

    #[test]
    fn power_and_rest_does_not_cancel_near_one() {
        // 1 - (1 - 1e-12)^2 = 2e-12 - 1e-24, which 1 - pow gets wrong in the fifth digit.
        let (_, rest) = power_and_rest(1.0 - 1e-12, 1e-12, 2.0);
        assert!((rest - (2e-12 - 1e-24)).abs() <= 2e-12 * 4.0 * f64::EPSILON);
    }

    #[test]
    fn power_and_rest_adds_up_for_any_exponent() {
        for k in [5e-324, 1e-9, 0.05, 0.5, 3.0, 1e9, 1e308] {
            for (done, length) in
                [(1, 1_000_000_007), (1, 3), (1_000_000_006, 1_000_000_007), ((1_u64 << 60) - 1, 1_u64 << 60)]
            {
                let (x, rest) = (done as f64 / length as f64, (length - done) as f64 / length as f64);
                let (power, complement) = power_and_rest(x, rest, k);
                assert!(
                    (power + complement - 1.0).abs() <= 4.0 * f64::EPSILON,
                    "{x}^{k}: {power}, {complement}"
                );
            }
        }
        // 1 - (1e-5)^0.05 in 20 digits; the rounding of 1 - 1e-5 would be a hundred million times larger.
        let (_, complement) = power_and_rest(1e-5, 1.0 - 1e-5, 0.05);
        assert!((complement - 0.437_658_674_809_650_9).abs() < 2e-16);
    }

    #[test]
    fn power_and_rest_is_exact_at_the_ends() {
        for k in [0.25, 1.0, 1.5, 3.0] {
            assert_eq!(power_and_rest(0.0, 1.0, k), (0.0, 1.0));
            assert_eq!(power_and_rest(1.0, 0.0, k), (1.0, 0.0));
        }
    }
}
