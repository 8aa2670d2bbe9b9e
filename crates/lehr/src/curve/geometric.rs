//! Geometric: `value(p) = from (to / from)^p`, a straight line on a logarithmic axis.

use super::{Progress, Shape, check_same_sign};
use crate::error::Error;
use crate::math::{exp, ln};

/// A constant factor from each update to the next: the exponential decay of torch, optax and Keras between two
/// levels that are not 0 and have one sign.
///
/// It interpolates the levels' logarithms, so it has no weight of its own. Between a multiple and an absolute level
/// it is evaluated once for each distinct base.
///
/// ```
/// use lehr::{Horizon, Plan, geometric, times};
///
/// let plan = Plan::builder().then(geometric().to(times(0.01))).resolve(&Horizon::updates(2)?)?;
/// assert!((plan.value_at(1, 1.0) - 0.1).abs() < 1e-16);
/// assert_eq!(plan.value_at(2, 1.0), 0.01);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// Computed from the nearer end: within 3 + |ln(to / from)| ulp, since the exponential multiplies the rounding of its
/// argument.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Geometric;

impl Shape for Geometric {
    const NAME: &'static str = "geometric";

    fn between(&self, from: f64, to: f64, Progress { done, left, .. }: Progress) -> Option<f64> {
        let rate = ln(to / from);
        // The quotient of extreme levels may be 0 or infinite where its logarithm is not.
        let rate = if rate.is_finite() { rate } else { ln(to.abs()) - ln(from.abs()) };
        let (near, exponent) = if done <= left { (from, done * rate) } else { (to, -left * rate) };
        if exponent.abs() < 700.0 {
            return Some(near * exp(exponent));
        }
        // Beyond the range of the exponential, between levels that are as far apart: in two steps.
        let step = exp(0.5 * exponent);
        Some(near * step * step)
    }

    fn check_ends(&self, from: f64, to: f64) -> Result<(), Error> {
        check_same_sign(Self::NAME, from, to)
    }
}
