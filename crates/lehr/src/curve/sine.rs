//! Sine: `w(p) = sin(pi p / 2)`, a quarter of a wave.

use super::{Progress, Shape, Weight};
use crate::math::sin_squared;

/// The second half of a cosine's fall: it starts at its steepest and ends flat (`OLMo`'s half cosine, from the middle of a
/// cosine to its minimum).
///
/// ```
/// use lehr::{Horizon, Plan, Sine, absolute, phase};
///
/// let plan = Plan::builder().then(phase(Sine).to(absolute(0.0))).resolve(&Horizon::updates(3)?)?;
/// assert!((plan.value_at(1, 1.0) - 0.5).abs() < 1e-15, "sin(30 degrees) has gone");
/// assert_eq!(plan.value_at(3, 1.0), 0.0);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// The root of `sin^2`, and `1 - sin(pi p / 2) = 2 sin^2(pi (1 - p) / 4)`: within 4 ulp.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sine;

impl Shape for Sine {
    const NAME: &'static str = "sine";

    fn weight(&self, Progress { done, left, .. }: Progress) -> Option<Weight> {
        let from = 2.0 * sin_squared(0.5 * left);
        let to = if done <= 0.5 { sin_squared(done).sqrt() } else { 1.0 - from };
        Some(Weight { from, to })
    }
}
