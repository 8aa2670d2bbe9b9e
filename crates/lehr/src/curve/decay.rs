//! Decay: `value(t) = from factor^(t / every)` after t updates.

use super::{Parameter, Shape};
use crate::error::Error;
use crate::math::pow;
use crate::number::Number;
use crate::span::Span;

/// Falls by `factor` with every `every` updates, smoothly, for as long as it lasts: the exponential decay of torch
/// (`every=1ep`), Keras and optax, which needs no end and no total. For the same in steps, repeat a hold:
/// `repeat(hold(over=30ep), height=0.1)`.
///
/// `factor` defaults to 0.9, `every` to one update. Natural exponential decay `e^(-g t)` has the factor `e^-g`.
///
/// ```
/// use lehr::{Horizon, Spec};
///
/// let plan = "decay(factor=0.5, every=10)".parse::<Spec>()?.resolve(&Horizon::open())?;
/// assert_eq!([0, 10, 20].map(|n| plan.value_at(n, 1.0)), [1.0, 0.5, 0.25]);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// libm's `pow`: within 1 + t |ln factor| / every ulp, since the exponential multiplies the rounding of its argument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decay {
    /// What is left after `every` updates; above 0, at most 1.
    pub factor: f64,
    /// How long that takes; at least one update.
    pub every: Span,
}

impl Default for Decay {
    fn default() -> Self {
        Self { factor: 0.9, every: Span::Updates(1) }
    }
}

impl Shape for Decay {
    const NAME: &'static str = "decay";
    const FALLS: bool = true;

    fn factor(&self, elapsed: f64) -> f64 {
        // Resolved by now; a span that is not leaves the value where it is.
        let Span::Updates(every) = self.every else { return 1.0 };
        pow(self.factor, elapsed / every as f64)
    }

    fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        vec![("factor", Parameter::Number(self.factor)), ("every", Parameter::Span(self.every))]
    }

    fn set(&mut self, name: &str, value: Parameter) {
        match name {
            "factor" => self.factor = value.number(self.factor),
            "every" => self.every = value.span(self.every),
            _ => {}
        }
    }

    fn check(&self) -> Result<(), Error> {
        if self.factor > 0.0 && self.factor <= 1.0 {
            Ok(())
        } else {
            let rule = "it must be above 0 and at most 1; a value that grows has an end, as in geometric(to=10x, over=100)";
            Err(Error::parameter("factor", Number(self.factor), rule))
        }
    }
}
