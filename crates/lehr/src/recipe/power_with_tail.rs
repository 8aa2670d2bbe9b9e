//! Warm-up, a power law, then a straight line to the end: `linear(start -> base) -> power_law -> linear(->
//! minimum)`.

use super::warmup::Warmup;
use crate::curve::PowerLaw;
use crate::level::{Level, times};
use crate::phase::{linear, phase};
use crate::span::{Span, fraction, rest, updates};
use crate::spec::Spec;

/// A power of the time, which needs no total until a straight tail leads down from wherever it is (arXiv
/// 2408.13359, `OLMo`'s power law).
///
/// With W updates of warm-up, D of tail, a run of T and the exponent b:
///
/// ```text
/// value(t) = start + (base - start) t / W                     for t < W
/// value(t) = base (t / W)^-b                                  for W <= t < T - D
/// value(t) = v + (minimum - v) (t - (T - D)) / D, v = base ((T - D) / W)^-b    for T - D <= t < T
/// value(t) = minimum                                          from T on
/// ```
///
/// The picture: a straight rise to a tip, a fall that grows ever slower, a straight fall at the end.
///
/// # Defaults
///
/// No warm-up (the power law's unit of time is then one update), an exponent of 0.51, a tail of 10% of the
/// run, to 0.
///
/// # Example
///
/// ```
/// use lehr::recipe::power_with_tail;
/// use lehr::{Horizon, fraction, times, updates};
///
/// let spec = power_with_tail()
///     .warmup(updates(100), times(0.0))
///     .exponent(0.5)
///     .tail(fraction(0.2), times(0.0))
///     .spec();
/// assert_eq!(
///     spec.to_string(),
///     "linear(from=0x, over=100) -> power_law(scale=100, over=rest) -> linear(to=0x, over=20%)",
/// );
/// let plan = spec.resolve(&Horizon::updates(500)?)?;
/// assert_eq!([0, 100, 400, 450, 500, 9999].map(|n| plan.value_at(n, 1.0)), [0.0, 1.0, 0.5, 0.25, 0.0, 0.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerWithTail {
    warmup: Warmup,
    exponent: f64,
    tail: Span,
    to: Level,
}

/// A [`PowerWithTail`] with its defaults.
///
/// ```
/// let spec = lehr::recipe::power_with_tail().spec();
/// assert_eq!(spec.to_string(), "power_law(exponent=0.51, over=rest) -> linear(to=0x, over=10%)");
/// ```
pub fn power_with_tail() -> PowerWithTail {
    PowerWithTail { warmup: Warmup::none(), exponent: 0.51, tail: fraction(0.1), to: times(0.0) }
}

impl PowerWithTail {
    /// Rises from a level, absolute or a multiple of the base, to the base over this span, which is also the
    /// unit of time of the power law.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::power_with_tail, times, updates};
    ///
    /// let spec = power_with_tail().exponent(0.5).warmup(updates(4), times(0.5)).spec();
    /// let plan = spec.resolve(&Horizon::updates(100)?)?;
    /// assert_eq!([0, 2, 4, 16].map(|n| plan.value_at(n, 2.0)), [1.0, 1.5, 2.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn warmup(self, over: impl Into<Span>, from: Level) -> Self {
        Self { warmup: Warmup { over: over.into(), from }, ..self }
    }

    /// The exponent of the power law.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::power_with_tail, times, updates};
    ///
    /// let spec = power_with_tail().warmup(updates(4), times(0.0)).exponent(1.0).spec();
    /// let plan = spec.resolve(&Horizon::updates(100)?)?;
    /// assert_eq!([4, 8, 16, 64].map(|n| plan.value_at(n, 2.0)), [2.0, 1.0, 0.5, 0.125]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn exponent(self, exponent: f64) -> Self {
        Self { exponent, ..self }
    }

    /// The length of the straight line at the end, and the level that it goes to.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::power_with_tail, times, updates};
    ///
    /// let law = power_with_tail().exponent(0.5).warmup(updates(4), times(0.0));
    /// let plan = law.tail(updates(20), absolute(0.5)).spec().resolve(&Horizon::updates(36)?)?;
    /// assert_eq!([16, 26, 36].map(|n| plan.value_at(n, 2.0)), [1.0, 0.75, 0.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn tail(self, over: impl Into<Span>, to: Level) -> Self {
        Self { tail: over.into(), to, ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// ```
    /// use lehr::{fraction, recipe::power_with_tail, times};
    ///
    /// assert_eq!(
    ///     power_with_tail().tail(fraction(0.25), times(0.1)).spec().to_string(),
    ///     "power_law(exponent=0.51, over=rest) -> linear(to=0.1x, over=25%)",
    /// );
    /// ```
    pub fn spec(self) -> Spec {
        let scale = if self.warmup.is_none() { updates(1) } else { self.warmup.over };
        let law = PowerLaw { exponent: self.exponent, scale, ..PowerLaw::default() };
        self.warmup.spec().then(phase(law).over(rest())).then(linear().to(self.to).over(self.tail))
    }
}
