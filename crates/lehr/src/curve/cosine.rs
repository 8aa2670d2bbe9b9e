//! Cosine: `w(p) = 1 - ((1 + cos(2 pi cycles p^k)) / 2)^exponent`.

use super::{Parameter, Progress, Shape, Weight, check_positive};
use crate::error::Error;
use crate::math::{power_and_rest, sin_squared};
use crate::number::Number;

/// Half a wave of a cosine (SGDR without restarts, arXiv 1608.03983).
///
/// - `k` (k-decay, arXiv 2004.05909): above 1 it stays near `from` for longer, below 1 it leaves it sooner.
/// - `exponent` (optax): above 1 it comes near `to` sooner and stays there.
/// - `cycles` (transformers' `num_cycles`): 0.5 is half a wave; 1.5 goes down, up and down again. It ends at `to`, so it
///   is a half more than a whole number.
///
/// All of them default to the plain half wave: `k` 1, `exponent` 1, `cycles` 0.5.
///
/// ```
/// use lehr::{Horizon, Plan, absolute, cosine};
///
/// let plan = Plan::builder().then(cosine().to(absolute(0.0))).resolve(&Horizon::updates(2)?)?;
/// assert_eq!([0, 1, 2].map(|n| plan.value_at(n, 1.0)), [1.0, 0.5, 0.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// `w = sin^2(pi p / 2)` and `1 - w = cos^2(pi p / 2)`, each from whichever of progress and rest is below a half,
/// so that neither cancels: values within 4 ulp at every update for the plain half wave, however many `cycles`, and
/// within 8 ulp for `k` or `exponent` up to 3. More cycles together with a `k` lose up to an ulp of the larger level
/// for each half wave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cosine {
    /// The exponent of the progress; finite and above 0.
    pub k: f64,
    /// The exponent of the wave; finite and above 0.
    pub exponent: f64,
    /// Waves in the phase: 0.5, 1.5, 2.5 and so on, up to a million.
    pub cycles: f64,
}

impl Default for Cosine {
    fn default() -> Self {
        Self { k: 1.0, exponent: 1.0, cycles: 0.5 }
    }
}

/// The weights of a half wave at `done`, with `left = 1 - done`.
#[inline(always)]
fn half_wave(done: f64, left: f64) -> Weight {
    if done <= 0.5 {
        let to = sin_squared(done);
        Weight { from: 1.0 - to, to }
    } else {
        let from = sin_squared(left);
        Weight { from, to: 1.0 - from }
    }
}

/// The weights after `position / length` half waves, folded into the first two: without rounding, if both are whole.
fn waves(position: f64, length: f64) -> Weight {
    let folded = position % (2.0 * length);
    if folded <= length {
        half_wave(folded / length, (length - folded) / length)
    } else {
        half_wave((2.0 * length - folded) / length, (folded - length) / length)
    }
}

/// Below it, whole numbers are exact.
const WHOLE: f64 = (1_u64 << 53) as f64;

impl Cosine {
    #[inline(never)]
    fn several_waves(&self, progress: Progress, done: f64, left: f64) -> Weight {
        let half_waves = 2.0 * self.cycles;
        if self.k == 1.0 && progress.length * half_waves <= WHOLE {
            waves(progress.elapsed * half_waves, progress.length)
        } else if done <= 0.5 {
            waves(done * half_waves, 1.0)
        } else {
            // An odd number of half waves: what is left is the mirror image of what is done.
            let mirrored = waves(left * half_waves, 1.0);
            Weight { from: mirrored.to, to: mirrored.from }
        }
    }
}

impl Shape for Cosine {
    const NAME: &'static str = "cosine";

    #[inline(always)]
    fn weight(&self, progress: Progress) -> Option<Weight> {
        let (done, left) = power_and_rest(progress.done, progress.left, self.k);
        let wave =
            if self.cycles == 0.5 { half_wave(done, left) } else { self.several_waves(progress, done, left) };
        let (from, to) = power_and_rest(wave.from, wave.to, self.exponent);
        Some(Weight { from, to })
    }

    fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        [("k", self.k), ("exponent", self.exponent), ("cycles", self.cycles)]
            .map(|(name, value)| (name, Parameter::Number(value)))
            .to_vec()
    }

    fn set(&mut self, name: &str, value: Parameter) {
        let place = match name {
            "k" => &mut self.k,
            "exponent" => &mut self.exponent,
            "cycles" => &mut self.cycles,
            _ => return,
        };
        *place = value.number(*place);
    }

    fn check(&self) -> Result<(), Error> {
        check_positive("k", self.k)?;
        check_positive("exponent", self.exponent)?;
        if (0.5..=1e6).contains(&self.cycles) && self.cycles.fract() == 0.5 {
            Ok(())
        } else {
            let rule = "a cosine ends at its `to` after 0.5, 1.5, 2.5, ... cycles; for a restart at each cycle, use \
                        repeat(cosine, times=3)";
            Err(Error::parameter("cycles", Number(self.cycles), rule))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    fn weight(cosine: Cosine, elapsed: u64, length: u64) -> Weight {
        cosine.weight(Progress::new(elapsed, length)).unwrap()
    }

    #[test]
    fn waves_with_a_k_follow_the_formula() {
        for (k, cycles) in [(0.5, 1.5), (2.0, 1.5), (2.0, 2.5), (3.0, 10.5)] {
            for elapsed in 0..=1000 {
                let Weight { from, to } = weight(Cosine { k, cycles, ..Cosine::default() }, elapsed, 1000);
                let wave = (2.0 * PI * cycles * (elapsed as f64 / 1000.0).powf(k)).cos();
                let expected = (0.5 + 0.5 * wave, 0.5 - 0.5 * wave);
                assert!((from - expected.0).abs() < 1e-12, "k={k}, cycles={cycles}, {elapsed}: {from}");
                assert!((to - expected.1).abs() < 1e-12, "k={k}, cycles={cycles}, {elapsed}: {to}");
            }
        }
    }

    #[test]
    fn several_waves_keep_their_digits_at_both_ends() {
        let near = |found: f64, angle: f64| (found / angle.sin().powi(2) - 1.0).abs() < 1e-14;
        let waves = Cosine { k: 2.0, cycles: 1.5, ..Cosine::default() };
        // p^2 is 1e-12 after one of a million updates; with one left it is 1 - 1.999999e-6.
        let (first, last) = (weight(waves, 1, 1_000_000), weight(waves, 999_999, 1_000_000));
        assert!(near(first.to, 1.5 * PI * 1e-12), "{first:?}");
        assert!(near(last.from, 1.5 * PI * 1.999_999e-6), "{last:?}");
        // Three times the length is more than f64 counts.
        let long = weight(Cosine { k: 1.0, ..waves }, (1 << 52) - 1, 1 << 52);
        assert!(near(long.from, 1.5 * PI / (1_u64 << 52) as f64), "{long:?}");
    }
}
