//! Harmonic: `value(p) = 1 / ((1 - p) / from + p / to)`, a straight line of reciprocals.

use super::{Progress, Shape, check_same_sign};
use crate::error::Error;

/// Inversely proportional to the time, between two levels that are not 0 and have one sign: the inverse-proportional
/// decay of WSD schedules and Levanter's `inv`. For inverse time without an end, see [`PowerLaw`](crate::PowerLaw).
///
/// It interpolates the levels' reciprocals, so it has no weight of its own. Between a multiple and an absolute level it
/// is evaluated once for each distinct base.
///
/// ```
/// use lehr::{Horizon, Plan, phase, Harmonic, times};
///
/// let plan = Plan::builder().then(phase(Harmonic).to(times(0.25))).resolve(&Horizon::updates(3)?)?;
/// assert_eq!([0, 1, 2, 3].map(|n| plan.value_at(n, 1.0)), [1.0, 0.5, 1.0 / 3.0, 0.25]);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// `from to / ((1 - p) to + p from)`, a mean of positive numbers: within 3 ulp.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Harmonic;

impl Shape for Harmonic {
    const NAME: &'static str = "harmonic";

    fn between(&self, from: f64, to: f64, Progress { done, left, .. }: Progress) -> Option<f64> {
        // Both divided by the larger of the two: a ratio that vanishes beside the other share leaves it as it is.
        let (small, ratio, large_share, small_share) =
            if from.abs() > to.abs() { (to, to / from, left, done) } else { (from, from / to, done, left) };
        Some(small / (large_share * ratio + small_share))
    }

    fn check_ends(&self, from: f64, to: f64) -> Result<(), Error> {
        check_same_sign(Self::NAME, from, to)
    }
}
