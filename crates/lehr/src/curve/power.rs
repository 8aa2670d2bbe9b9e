//! Power: `w(p) = p^exponent`.

use super::{Parameter, Progress, Shape, Weight, check_positive};
use crate::error::Error;
use crate::math::power_and_rest;

/// A power of what is done: steep at first for an `exponent` below 1, slow at first above it.
///
/// With 0.5 (the default) it is the `1 - sqrt` decay of WSD schedules (arXiv 2405.18392), with 2 its `1 - square`.
/// [`Polynomial`](crate::Polynomial) is the power of what is left.
///
/// ```
/// use lehr::{Horizon, Plan, Power, absolute, phase};
///
/// let plan = Plan::builder().then(phase(Power { exponent: 0.5 }).to(absolute(0.0))).resolve(&Horizon::updates(4)?)?;
/// assert_eq!([0, 1, 4].map(|n| plan.value_at(n, 1.0)), [1.0, 0.5, 0.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// libm's `pow`, and an `expm1` for its complement near the end: within 4 ulp for exponents up to 3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Power {
    /// The exponent of the progress; finite and above 0.
    pub exponent: f64,
}

impl Default for Power {
    fn default() -> Self {
        Self { exponent: 0.5 }
    }
}

impl Shape for Power {
    const NAME: &'static str = "power";

    fn weight(&self, progress: Progress) -> Option<Weight> {
        let (to, from) = power_and_rest(progress.done, progress.left, self.exponent);
        Some(Weight { from, to })
    }

    fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        vec![("exponent", Parameter::Number(self.exponent))]
    }

    fn set(&mut self, name: &str, value: Parameter) {
        if name == "exponent" {
            self.exponent = value.number(self.exponent);
        }
    }

    fn check(&self) -> Result<(), Error> {
        check_positive("exponent", self.exponent)
    }
}
