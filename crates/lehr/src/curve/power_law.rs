//! Power law: `value(t) = from / (1 + rate t / scale)^exponent` after t updates.

use super::{Parameter, Shape, check_positive};
use crate::error::Error;
use crate::math::pow;
use crate::span::Span;

/// Falls by itself, for as long as it lasts: no end, and no total to know.
///
/// - `exponent` 0.5 (the default) is the inverse square root; after a linear warm-up over `scale` updates it is the
///   schedule of the Transformer (Noam, arXiv 1706.03762).
/// - `exponent` 1 is inverse time, `B / (1 + rate t / scale)`.
/// - Other exponents are the power law of arXiv 2408.13359.
///
/// `scale` is a length (`4000`, `1ep`, `5%`), `rate` a number; both default to 1.
///
/// ```
/// use lehr::{Horizon, Spec};
///
/// let plan = "linear(from=0x, over=4000) -> power_law(scale=4000)".parse::<Spec>()?.resolve(&Horizon::open())?;
/// assert_eq!(plan.value_at(4000, 1.0), 1.0);
/// assert_eq!(plan.value_at(16_000, 1.0), 0.5);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// libm's `pow`: within 2 + exponent ulp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerLaw {
    /// The exponent; finite and above 0.
    pub exponent: f64,
    /// How fast the clock runs; finite and above 0.
    pub rate: f64,
    /// The unit of time; at least one update.
    pub scale: Span,
}

impl Default for PowerLaw {
    fn default() -> Self {
        Self { exponent: 0.5, rate: 1.0, scale: Span::Updates(1) }
    }
}

impl Shape for PowerLaw {
    const NAME: &'static str = "power_law";
    const FALLS: bool = true;

    fn factor(&self, elapsed: f64) -> f64 {
        // Resolved by now; a span that is not leaves the value where it is.
        let Span::Updates(scale) = self.scale else { return 1.0 };
        pow(1.0 + self.rate * elapsed / scale as f64, -self.exponent)
    }

    fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        vec![
            ("exponent", Parameter::Number(self.exponent)),
            ("rate", Parameter::Number(self.rate)),
            ("scale", Parameter::Span(self.scale)),
        ]
    }

    fn set(&mut self, name: &str, value: Parameter) {
        match name {
            "exponent" => self.exponent = value.number(self.exponent),
            "rate" => self.rate = value.number(self.rate),
            "scale" => self.scale = value.span(self.scale),
            _ => {}
        }
    }

    fn check(&self) -> Result<(), Error> {
        check_positive("exponent", self.exponent)?;
        check_positive("rate", self.rate)
    }
}
