//! Learning rate range test: one geometric or straight rise from a very low to a very high level.

use crate::level::{Level, absolute};
use crate::phase::{geometric, hold, linear};
use crate::span::{Span, rest};
use crate::spec::Spec;

/// A short run whose value rises until the loss explodes, to find a good one (arXiv 1506.01186, fastai's
/// `lr_find`).
///
/// With a rise of T updates:
///
/// ```text
/// value(t) = low (high / low)^(t / T)         geometric
/// value(t) = low + (high - low) t / T         linear
/// ```
///
/// The levels are absolute if nothing else is said, so that the base of a group has no part in them. The
/// picture: one rise, straight on a logarithmic axis or on a plain one.
///
/// # Defaults
///
/// Geometric from 1e-7 to 10 over the whole run: fastai's, where a run has 100 updates.
///
/// # Example
///
/// ```
/// use lehr::Horizon;
/// use lehr::recipe::range_test;
///
/// let plan = range_test().spec().resolve(&Horizon::updates(100)?)?;
/// assert_eq!([0, 100, 9999].map(|n| plan.value_at(n, 3e-4)), [1e-7, 10.0, 10.0]);
/// assert!((plan.value_at(50, 3e-4) - 1e-3).abs() < 1e-17);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RangeTest {
    from: Level,
    to: Level,
    over: Span,
    linear: bool,
}

/// A [`RangeTest`] with its defaults.
///
/// ```
/// assert_eq!(lehr::recipe::range_test().spec().to_string(), "geometric(from=1e-7, to=10, over=rest)");
/// ```
pub fn range_test() -> RangeTest {
    RangeTest { from: absolute(1e-7), to: absolute(10.0), over: rest(), linear: false }
}

impl RangeTest {
    /// The lowest level, used by the first update.
    #[must_use]
    pub fn from(self, low: Level) -> Self {
        Self { from: low, ..self }
    }

    /// The highest level.
    #[must_use]
    pub fn to(self, high: Level) -> Self {
        Self { to: high, ..self }
    }

    /// How long the rise takes; the highest level is held after it.
    #[must_use]
    pub fn over(self, span: impl Into<Span>) -> Self {
        Self { over: span.into(), ..self }
    }

    /// Rises in a straight line, as `DeepSpeed`'s `LRRangeTest`.
    #[must_use]
    pub fn linear(self) -> Self {
        Self { linear: true, ..self }
    }

    /// The phases, to be resolved to a run.
    pub fn spec(self) -> Spec {
        let rise = if self.linear { linear() } else { geometric() };
        let spec = Spec::from(rise.from(self.from).to(self.to).over(self.over));
        if self.over == rest() { spec } else { spec.then(hold()) }
    }
}
