//! Polynomial: `w(p) = 1 - (1 - p)^power`.

use super::{Parameter, Progress, Shape, Weight, check_positive};
use crate::error::Error;
use crate::math::power_and_rest;

/// A power of what is left: steep at first and flat at the end for a `power` above 1, the other way round below 1,
/// a straight line at 1 (torch's and Keras' polynomial decay).
///
/// ```
/// use lehr::{Horizon, Plan, absolute, polynomial};
///
/// let plan = Plan::builder().then(polynomial(2.0).to(absolute(0.0))).resolve(&Horizon::updates(4)?)?;
/// assert_eq!([0, 1, 2, 3, 4].map(|n| plan.value_at(n, 16.0)), [16.0, 9.0, 4.0, 1.0, 0.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// `(1 - p)^power` is libm's `pow`; its complement near the start is an `expm1`, without cancellation. Within 4 ulp
/// for powers up to 3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Polynomial {
    /// The exponent of what is left; finite and above 0.
    pub power: f64,
}

impl Default for Polynomial {
    fn default() -> Self {
        Self { power: 1.0 }
    }
}

impl Shape for Polynomial {
    const NAME: &'static str = "polynomial";

    fn weight(&self, progress: Progress) -> Option<Weight> {
        let (from, to) = power_and_rest(progress.left, progress.done, self.power);
        Some(Weight { from, to })
    }

    fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        vec![("power", Parameter::Number(self.power))]
    }

    fn set(&mut self, name: &str, value: Parameter) {
        if name == "power" {
            self.power = value.number(self.power);
        }
    }

    fn check(&self) -> Result<(), Error> {
        check_positive("power", self.power)
    }
}
