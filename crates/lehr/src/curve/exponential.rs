//! Exponential: `w(p) = (1 - r^p) / (1 - r)`, where r is the ratio.

use super::{Parameter, Progress, Shape, Weight, check_positive};
use crate::error::Error;
use crate::math::{exp, expm1, ln};

/// An exponential between any two levels, 0 included: with each equal part of the phase, the distance still to go
/// to the asymptote shrinks by the same factor, by `ratio` over the whole phase.
///
/// Where `to = ratio * from` it is `from * ratio^p`, the exponential decay of torch, optax and Keras; write that as
/// [`Geometric`](crate::Geometric), which needs no ratio. A ratio of 1 is a straight line, a ratio above 1 starts slowly.
///
/// ```
/// use lehr::{Horizon, Plan, absolute, exponential};
///
/// let plan = Plan::builder().then(exponential(0.01).to(absolute(0.0))).resolve(&Horizon::updates(2)?)?;
/// // (0.1 - 0.01) / (1 - 0.01) half way
/// assert!((plan.value_at(1, 1.0) - 1.0 / 11.0).abs() < 1e-16);
/// assert_eq!(plan.value_at(2, 1.0), 0.0);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// `expm1(p ln r) / expm1(ln r)` and its complement as a product: no cancellation. Within 6 + 2 |ln r| ulp, since
/// the exponentials multiply the rounding of their arguments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential {
    /// The factor over the whole phase; finite and above 0.
    pub ratio: f64,
}

impl Default for Exponential {
    fn default() -> Self {
        Self { ratio: 0.1 }
    }
}

impl Shape for Exponential {
    const NAME: &'static str = "exponential";

    #[inline(never)]
    fn weight(&self, Progress { done, left, .. }: Progress) -> Option<Weight> {
        let rate = ln(self.ratio);
        if rate == 0.0 || done == 0.0 || left == 0.0 {
            return Some(Weight { from: left, to: done });
        }
        let whole = expm1(rate);
        Some(Weight { from: exp(done * rate) * (expm1(left * rate) / whole), to: expm1(done * rate) / whole })
    }

    fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        vec![("ratio", Parameter::Number(self.ratio))]
    }

    fn set(&mut self, name: &str, value: Parameter) {
        if name == "ratio" {
            self.ratio = value.number(self.ratio);
        }
    }

    fn check(&self) -> Result<(), Error> {
        check_positive("ratio", self.ratio)
    }
}
