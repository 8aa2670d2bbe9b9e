//! Trapezoid: `linear(start -> base) -> hold(base) -> linear(base -> minimum)`.

use super::warmup::Warmup;
use crate::level::{Level, times};
use crate::phase::{hold, linear};
use crate::span::{Span, fraction, rest};
use crate::spec::Spec;

/// A straight rise, a plateau, a straight fall: constant with warm-up and cool-down (arXiv 2405.18392), as
/// the speed runs of nanoGPT use it.
///
/// With W updates of warm-up, D of decay and a run of T:
///
/// ```text
/// value(t) = start + (base - start) t / W                  for t < W
/// value(t) = base                                          for W <= t < T - D
/// value(t) = base + (minimum - base) (t - (T - D)) / D     for T - D <= t < T
/// value(t) = minimum                                       from T on
/// ```
///
/// For other shapes, several checkpoints or branches, see [`wsd`](super::wsd).
///
/// # Defaults
///
/// No warm-up, a decay over the last 20% of the run, to 0.
///
/// # Example
///
/// ```
/// use lehr::recipe::trapezoid;
/// use lehr::{Horizon, fraction, times};
///
/// let spec = trapezoid().warmup(fraction(0.1), times(0.0)).spec();
/// assert_eq!(spec.to_string(), "linear(from=0x, over=10%) -> hold(over=rest) -> linear(to=0x, over=20%)");
///
/// let plan = spec.resolve(&Horizon::updates(100)?)?;
/// assert_eq!([0, 5, 10, 80, 90].map(|n| plan.value_at(n, 2.0)), [0.0, 1.0, 2.0, 2.0, 1.0]);
/// assert_eq!([100, 9999].map(|n| plan.value_at(n, 2.0)), [0.0, 0.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trapezoid {
    warmup: Warmup,
    decay: Span,
    to: Level,
}

/// A [`Trapezoid`] with its defaults.
///
/// ```
/// assert_eq!(lehr::recipe::trapezoid().spec().to_string(), "hold(over=rest) -> linear(to=0x, over=20%)");
/// ```
pub fn trapezoid() -> Trapezoid {
    Trapezoid { warmup: Warmup::none(), decay: fraction(0.2), to: times(0.0) }
}

impl Trapezoid {
    /// Rises from a level, absolute or a multiple of the base, to the base over this span.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::trapezoid, times, updates};
    ///
    /// let plan = trapezoid().warmup(updates(4), times(0.5)).spec().resolve(&Horizon::updates(20)?)?;
    /// assert_eq!([0, 2, 4, 16].map(|n| plan.value_at(n, 2.0)), [1.0, 1.5, 2.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn warmup(self, over: impl Into<Span>, from: Level) -> Self {
        Self { warmup: Warmup { over: over.into(), from }, ..self }
    }

    /// The length of the fall at the end, and the level that it goes to.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::trapezoid, updates};
    ///
    /// let plan = trapezoid().decay(updates(4), absolute(1.0)).spec().resolve(&Horizon::updates(20)?)?;
    /// assert_eq!([15, 16, 18, 20].map(|n| plan.value_at(n, 2.0)), [2.0, 2.0, 1.5, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn decay(self, over: impl Into<Span>, to: Level) -> Self {
        Self { decay: over.into(), to, ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// ```
    /// use lehr::{fraction, recipe::trapezoid, times, updates};
    ///
    /// assert_eq!(
    ///     trapezoid().warmup(updates(50), times(0.0)).decay(fraction(0.1), times(0.1)).spec().to_string(),
    ///     "linear(from=0x, over=50) -> hold(over=rest) -> linear(to=0.1x, over=10%)",
    /// );
    /// ```
    pub fn spec(self) -> Spec {
        self.warmup.spec().then(hold().over(rest())).then(linear().to(self.to).over(self.decay))
    }
}
