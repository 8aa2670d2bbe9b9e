//! Warm-up, then the inverse square root of the time: `linear(start -> base) -> power_law(exponent=0.5)`.

use super::warmup::Warmup;
use crate::curve::PowerLaw;
use crate::level::Level;
use crate::phase::phase;
use crate::span::{Span, updates};
use crate::spec::Spec;

/// Falls with the inverse square root of the time after the warm-up. It needs no total and has no end.
///
/// With W updates of warm-up and a timescale of s:
///
/// ```text
/// value(t) = start + (base - start) t / W     for t < W
/// value(t) = base / sqrt(1 + (t - W) / s)     from W on
/// ```
///
/// The schedule of transformers (`get_inverse_sqrt_schedule`, after `big_vision`; arXiv 2106.04560). Where s
/// = W, as it is if nothing is said, it is `base sqrt(W / t)`. The picture: a straight rise to a tip, then a
/// fall that grows ever slower.
///
/// # Defaults
///
/// No warm-up; a timescale of the warm-up's length, or of 10000 updates without one; no floor.
///
/// # Example
///
/// ```
/// use lehr::recipe::inverse_sqrt;
/// use lehr::{Horizon, times, updates};
///
/// let spec = inverse_sqrt().warmup(updates(100), times(0.0)).floor(times(0.1)).spec();
/// assert_eq!(
///     spec.to_string(),
///     "linear(from=0x, over=100) -> clamp(power_law(scale=100), min=0.1x)",
/// );
///
/// let plan = spec.resolve(&Horizon::open())?;
/// assert_eq!([0, 50, 100, 400, 1_000_000].map(|n| plan.value_at(n, 2.0)), [0.0, 1.0, 2.0, 1.0, 0.2]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InverseSqrt {
    warmup: Warmup,
    timescale: Option<Span>,
    floor: Option<Level>,
}

/// An [`InverseSqrt`] with its defaults.
///
/// ```
/// assert_eq!(lehr::recipe::inverse_sqrt().spec().to_string(), "power_law(scale=10000)");
/// ```
pub fn inverse_sqrt() -> InverseSqrt {
    InverseSqrt { warmup: Warmup::none(), timescale: None, floor: None }
}

impl InverseSqrt {
    /// Rises from a level, absolute or a multiple of the base, to the base over this span.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::inverse_sqrt, times, updates};
    ///
    /// let plan = inverse_sqrt().warmup(updates(4), times(0.0)).spec().resolve(&Horizon::open())?;
    /// // sqrt(4 / 16) of the base after four times the warm-up.
    /// assert_eq!([0, 2, 4, 16].map(|n| plan.value_at(n, 2.0)), [0.0, 1.0, 2.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn warmup(self, over: impl Into<Span>, from: Level) -> Self {
        Self { warmup: Warmup { over: over.into(), from }, ..self }
    }

    /// The unit of time of the fall: after three of them the value is a half.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::inverse_sqrt, updates};
    ///
    /// let plan = inverse_sqrt().timescale(updates(10)).spec().resolve(&Horizon::open())?;
    /// assert_eq!([0, 30, 80].map(|n| plan.value_at(n, 6.0)), [6.0, 3.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn timescale(self, span: impl Into<Span>) -> Self {
        Self { timescale: Some(span.into()), ..self }
    }

    /// A level that the fall does not go below.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::inverse_sqrt, updates};
    ///
    /// let spec = inverse_sqrt().timescale(updates(10)).floor(absolute(2.5)).spec();
    /// let plan = spec.resolve(&Horizon::open())?;
    /// assert_eq!([0, 30, 80].map(|n| plan.value_at(n, 6.0)), [6.0, 3.0, 2.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn floor(self, level: Level) -> Self {
        Self { floor: Some(level), ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// ```
    /// use lehr::{Horizon, linear, recipe::inverse_sqrt, times, updates};
    ///
    /// // It has no end of its own; this gives it one.
    /// let spec = inverse_sqrt().timescale(updates(10)).spec().cut(updates(30));
    /// let plan = spec.then(linear().to(times(0.0)).over(updates(10))).resolve(&Horizon::updates(40)?)?;
    /// assert_eq!([0, 30, 35, 40].map(|n| plan.value_at(n, 6.0)), [6.0, 3.0, 1.5, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn spec(self) -> Spec {
        let without = if self.warmup.is_none() { updates(10_000) } else { self.warmup.over };
        let scale = self.timescale.unwrap_or(without);
        let fall = Spec::from(phase(PowerLaw { scale, ..PowerLaw::default() }));
        let fall = if self.floor.is_some() { fall.clamp(self.floor, None) } else { fall };
        self.warmup.spec().then(fall)
    }
}
