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
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::range_test};
    ///
    /// let plan = range_test().from(absolute(1e-3)).spec().resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 4].map(|n| plan.value_at(n, 1.0)), [1e-3, 10.0]);
    /// // Half-way is the geometric mean, sqrt(1e-3 * 10).
    /// assert!((plan.value_at(2, 1.0) - 0.1).abs() < 1e-16);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn from(self, low: Level) -> Self {
        Self { from: low, ..self }
    }

    /// The highest level.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::range_test};
    ///
    /// let plan = range_test().to(absolute(1.0)).spec().resolve(&Horizon::updates(7)?)?;
    /// assert_eq!([0, 7].map(|n| plan.value_at(n, 3e-4)), [1e-7, 1.0]);
    /// assert!((plan.value_at(6, 3e-4) - 0.1).abs() < 1e-15);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn to(self, high: Level) -> Self {
        Self { to: high, ..self }
    }

    /// How long the rise takes; the highest level is held after it.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::range_test, updates};
    ///
    /// let plan = range_test().over(updates(100)).spec().resolve(&Horizon::updates(120)?)?;
    /// assert_eq!([100, 110, 120].map(|n| plan.value_at(n, 3e-4)), [10.0; 3]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn over(self, span: impl Into<Span>) -> Self {
        Self { over: span.into(), ..self }
    }

    /// Rises in a straight line, as DeepSpeed's `LRRangeTest`.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::range_test, times};
    ///
    /// let test = range_test().linear().from(times(0.0)).to(times(10.0));
    /// let plan = test.spec().resolve(&Horizon::updates(10)?)?;
    /// assert_eq!([0, 1, 5, 10].map(|n| plan.value_at(n, 0.5)), [0.0, 0.5, 2.5, 5.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn linear(self) -> Self {
        Self { linear: true, ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// ```
    /// use lehr::{recipe::range_test, updates};
    ///
    /// assert_eq!(
    ///     range_test().linear().over(updates(100)).spec().to_string(),
    ///     "linear(from=1e-7, to=10, over=100) -> hold",
    /// );
    /// ```
    pub fn spec(self) -> Spec {
        let rise = if self.linear { linear() } else { geometric() };
        let spec = Spec::from(rise.from(self.from).to(self.to).over(self.over));
        if self.over == rest() { spec } else { spec.then(hold()) }
    }
}
