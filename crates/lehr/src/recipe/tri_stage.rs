//! Tri-stage: `linear(start -> base) -> hold(base) -> geometric(base -> end) -> hold(end)`.

use super::warmup::Warmup;
use crate::level::{Level, times};
use crate::phase::{geometric, hold};
use crate::span::{Span, updates};
use crate::spec::Spec;

/// The three stages of speech models (arXiv 1904.08779, fairseq's `tri_stage`): up, level, exponentially
/// down.
///
/// With W updates of warm-up, H of hold and D of decay:
///
/// ```text
/// value(t) = start + (base - start) t / W                  for t < W
/// value(t) = base                                          for W <= t < W + H
/// value(t) = base (end / base)^((t - W - H) / D)           for W + H <= t < W + H + D
/// value(t) = end                                           from W + H + D on
/// ```
///
/// The picture: a straight rise, a plateau, a fall that is straight on a logarithmic axis, a floor.
///
/// # Defaults
///
/// From 0.01 of the base over 4000 updates, held for 20000, to 0.01 of the base over 60000: fairseq's. Shares
/// of the run (fairseq's `phase_ratio`) are spans like any other.
///
/// # Example
///
/// ```
/// use lehr::recipe::tri_stage;
/// use lehr::{Horizon, fraction, times};
///
/// let spec = tri_stage()
///     .warmup(fraction(0.1), times(0.01))
///     .hold(fraction(0.4))
///     .decay(fraction(0.5), times(0.01))
///     .spec();
/// let plan = spec.resolve(&Horizon::updates(100)?)?;
/// assert_eq!([0, 10, 50, 100, 9999].map(|n| plan.value_at(n, 2.0)), [0.02, 2.0, 2.0, 0.02, 0.02]);
/// assert!((plan.value_at(75, 2.0) - 0.2).abs() < 1e-15);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TriStage {
    warmup: Warmup,
    hold: Span,
    decay: Span,
    to: Level,
}

/// A [`TriStage`] with its defaults.
///
/// ```
/// assert_eq!(
///     lehr::recipe::tri_stage().spec().to_string(),
///     "linear(from=0.01x, over=4000) -> hold(over=20000) -> geometric(to=0.01x, over=60000) -> hold",
/// );
/// ```
pub fn tri_stage() -> TriStage {
    TriStage {
        warmup: Warmup { over: updates(4000), from: times(0.01) },
        hold: updates(20_000),
        decay: updates(60_000),
        to: times(0.01),
    }
}

impl TriStage {
    /// Rises from a level, absolute or a multiple of the base, to the base over this span.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::tri_stage, times, updates};
    ///
    /// let plan = tri_stage().warmup(updates(4), times(0.5)).spec().resolve(&Horizon::updates(90_000)?)?;
    /// assert_eq!([0, 2, 4, 20_000].map(|n| plan.value_at(n, 2.0)), [1.0, 1.5, 2.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn warmup(self, over: impl Into<Span>, from: Level) -> Self {
        Self { warmup: Warmup { over: over.into(), from }, ..self }
    }

    /// Holds the peak for this long.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::tri_stage, updates};
    ///
    /// let plan = tri_stage().hold(updates(6000)).spec().resolve(&Horizon::updates(90_000)?)?;
    /// // 4000 updates of warm-up, 6000 at the peak, 60000 of fall.
    /// assert_eq!([4000, 10_000, 70_000].map(|n| plan.value_at(n, 2.0)), [2.0, 2.0, 0.02]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn hold(self, over: impl Into<Span>) -> Self {
        Self { hold: over.into(), ..self }
    }

    /// The length of the exponential fall, and the level that it goes to: not 0, which it would never meet.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::tri_stage, updates};
    ///
    /// let plan = tri_stage().decay(updates(2), absolute(0.5)).spec().resolve(&Horizon::updates(90_000)?)?;
    /// assert_eq!([24_000, 24_002].map(|n| plan.value_at(n, 2.0)), [2.0, 0.5]);
    /// // Half-way is the geometric mean.
    /// assert!((plan.value_at(24_001, 2.0) - 1.0).abs() < 1e-15);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn decay(self, over: impl Into<Span>, to: Level) -> Self {
        Self { decay: over.into(), to, ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// ```
    /// use lehr::{fraction, recipe::tri_stage, times};
    ///
    /// let stages = tri_stage().warmup(fraction(0.1), times(0.1)).hold(fraction(0.4));
    /// assert_eq!(
    ///     stages.decay(fraction(0.5), times(0.05)).spec().to_string(),
    ///     "linear(from=0.1x, over=10%) -> hold(over=40%) -> geometric(to=0.05x, over=50%) -> hold",
    /// );
    /// ```
    pub fn spec(self) -> Spec {
        self.warmup
            .spec()
            .then(hold().over(self.hold))
            .then(geometric().to(self.to).over(self.decay))
            .then(hold())
    }
}
