//! Noam with a hold: `linear(start -> base) -> hold(base) -> power_law`.

use super::warmup::Warmup;
use crate::curve::PowerLaw;
use crate::level::Level;
use crate::phase::{hold, phase};
use crate::span::{Span, updates};
use crate::spec::Spec;

/// The schedule of the Squeezeformer (arXiv 2206.00888): a warm-up, the peak held, then a power of the time.
///
/// With W updates of warm-up, H of hold and the exponent r:
///
/// ```text
/// value(t) = start + (base - start) t / W      for t < W
/// value(t) = base                              for W <= t < W + H
/// value(t) = base (W / (t - H))^r              from W + H on
/// ```
///
/// `NeMo`'s `NoamHoldAnnealing`. The picture: a straight rise, a plateau, then a fall that grows ever slower.
/// It needs no total and has no end.
///
/// # Defaults
///
/// No warm-up (the fall's unit of time is then one update), no hold, an exponent of 0.5, no floor: `NeMo`'s.
/// The paper has 20 epochs, 160 epochs and 1.
///
/// # Example
///
/// ```
/// use lehr::recipe::noam_hold;
/// use lehr::{Horizon, epochs, times};
///
/// let spec = noam_hold().warmup(epochs(20), times(0.0)).hold(epochs(160)).exponent(1.0).spec();
/// let plan = spec.resolve(&Horizon::open().with_updates_per_epoch(5)?)?;
/// assert_eq!([0, 50, 100, 900].map(|n| plan.value_at(n, 3.0)), [0.0, 1.5, 3.0, 3.0]);
/// assert_eq!([1000, 1200].map(|n| plan.value_at(n, 3.0)), [1.5, 0.75]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoamHold {
    warmup: Warmup,
    hold: Span,
    exponent: f64,
    floor: Option<Level>,
}

/// A [`NoamHold`] with its defaults.
///
/// ```
/// assert_eq!(lehr::recipe::noam_hold().spec().to_string(), "power_law");
/// ```
pub fn noam_hold() -> NoamHold {
    NoamHold { warmup: Warmup::none(), hold: updates(0), exponent: 0.5, floor: None }
}

impl NoamHold {
    /// Rises from a level, absolute or a multiple of the base, to the base over this span, which is also the
    /// unit of time of the fall.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::noam_hold, times, updates};
    ///
    /// let plan = noam_hold().warmup(updates(4), times(0.5)).spec().resolve(&Horizon::open())?;
    /// assert_eq!([0, 2, 4, 16].map(|n| plan.value_at(n, 2.0)), [1.0, 1.5, 2.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn warmup(self, over: impl Into<Span>, from: Level) -> Self {
        Self { warmup: Warmup { over: over.into(), from }, ..self }
    }

    /// Holds the peak for this long.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::noam_hold, times, updates};
    ///
    /// let spec = noam_hold().warmup(updates(4), times(0.0)).hold(updates(100)).spec();
    /// let plan = spec.resolve(&Horizon::open())?;
    /// assert_eq!([4, 54, 104, 116].map(|n| plan.value_at(n, 2.0)), [2.0, 2.0, 2.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn hold(self, over: impl Into<Span>) -> Self {
        Self { hold: over.into(), ..self }
    }

    /// The exponent of the fall.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::noam_hold, times, updates};
    ///
    /// let plan = noam_hold().warmup(updates(4), times(0.0)).exponent(1.0).spec().resolve(&Horizon::open())?;
    /// assert_eq!([4, 8, 16].map(|n| plan.value_at(n, 2.0)), [2.0, 1.0, 0.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn exponent(self, exponent: f64) -> Self {
        Self { exponent, ..self }
    }

    /// A level that the fall does not go below.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::noam_hold, times, updates};
    ///
    /// let spec = noam_hold().warmup(updates(4), times(0.0)).floor(times(0.25)).spec();
    /// let plan = spec.resolve(&Horizon::open())?;
    /// assert_eq!([16, 64, 9999].map(|n| plan.value_at(n, 2.0)), [1.0, 0.5, 0.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn floor(self, level: Level) -> Self {
        Self { floor: Some(level), ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// ```
    /// use lehr::{epochs, recipe::noam_hold, times};
    ///
    /// let spec = noam_hold().warmup(epochs(2), times(0.0)).hold(epochs(3)).spec();
    /// assert_eq!(
    ///     spec.to_string(),
    ///     "linear(from=0x, over=2ep) -> hold(over=3ep) -> power_law(scale=2ep)",
    /// );
    /// ```
    pub fn spec(self) -> Spec {
        let mut spec = self.warmup.spec();
        if self.hold != updates(0) {
            spec = spec.then(hold().over(self.hold));
        }
        let scale = if self.warmup.is_none() { updates(1) } else { self.warmup.over };
        let fall = Spec::from(phase(PowerLaw { exponent: self.exponent, scale, ..PowerLaw::default() }));
        spec.then(if self.floor.is_some() { fall.clamp(self.floor, None) } else { fall })
    }
}
