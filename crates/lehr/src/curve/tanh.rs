//! Tanh: `w(p) = (tanh(a + (b - a) p) - tanh a) / (tanh b - tanh a)`, from a = `lower` to b = `upper`.

use super::{Parameter, Progress, Shape, Weight};
use crate::error::Error;
use crate::math::{cosh, sinh};
use crate::number::Number;

/// A piece of a hyperbolic tangent (arXiv 1806.01593), scaled so that it meets both its levels.
///
/// timm's tanh schedule, which this follows, ends above its minimum; see [`compat`](crate::compat) for its numbers.
///
/// ```
/// use lehr::{Horizon, Plan, Tanh, absolute, phase};
///
/// let plan = Plan::builder().then(phase(Tanh::default()).to(absolute(0.0))).resolve(&Horizon::updates(10)?)?;
/// assert!(plan.value_at(5, 1.0) > 0.97);
/// assert_eq!(plan.value_at(10, 1.0), 0.0);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// `tanh x - tanh a = sinh(x - a) / (cosh x cosh a)`, and the same from the other end: the smaller of the two
/// weights is computed, without cancellation; within 12 ulp for the default bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tanh {
    /// Where on the tangent the phase starts; from -100 to `upper`.
    pub lower: f64,
    /// Where it ends; above `lower`, to 100.
    pub upper: f64,
}

impl Default for Tanh {
    fn default() -> Self {
        Self { lower: -7.0, upper: 3.0 }
    }
}

impl Shape for Tanh {
    const NAME: &'static str = "tanh";

    #[inline(never)]
    fn weight(&self, Progress { done, left, .. }: Progress) -> Option<Weight> {
        let width = self.upper - self.lower;
        let here = if done <= 0.5 { self.lower + width * done } else { self.upper - width * left };
        let scale = cosh(here) * sinh(width);
        let to = sinh(width * done) * (cosh(self.upper) / scale);
        if to <= 0.5 {
            return Some(Weight { from: 1.0 - to, to });
        }
        let from = (sinh(width * left) * (cosh(self.lower) / scale)).min(0.5);
        Some(Weight { from, to: 1.0 - from })
    }

    fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        vec![("lower", Parameter::Number(self.lower)), ("upper", Parameter::Number(self.upper))]
    }

    fn set(&mut self, name: &str, value: Parameter) {
        match name {
            "lower" => self.lower = value.number(self.lower),
            "upper" => self.upper = value.number(self.upper),
            _ => {}
        }
    }

    fn check(&self) -> Result<(), Error> {
        // Within these bounds no hyperbolic function and no product of two overflows.
        if !(-100.0..=100.0).contains(&self.lower) {
            Err(Error::parameter("lower", Number(self.lower), "it must be between -100 and 100"))
        } else if !(self.upper <= 100.0 && self.upper - self.lower >= 1e-3) {
            Err(Error::parameter(
                "upper",
                Number(self.upper),
                "it must be above `lower` by 0.001 or more, and at most 100",
            ))
        } else {
            Ok(())
        }
    }
}
