//! Warm-up, then cosines that share the run: `linear(start -> base) -> repeat(cosine(base -> minimum),
//! times=k)`.

use super::warmup::Warmup;
use crate::combine::Repeat;
use crate::level::{Level, times};
use crate::phase::cosine;
use crate::span::Span;
use crate::spec::Spec;

/// Cosines of equal length with hard restarts, as many as are asked for in what the warm-up leaves of the
/// run.
///
/// With k cycles and W updates of warm-up in a run of T:
///
/// ```text
/// value(t) = start + (base - start) t / W                                       for t < W
/// value(t) = minimum + (base - minimum) (1 + cos(pi (k p mod 1))) / 2,
///            p = (t - W) / (T - W)                                              for W <= t < T
/// value(t) = minimum                                                            from T on
/// ```
///
/// The schedule of transformers (`get_cosine_with_hard_restarts_schedule_with_warmup`). The picture: a
/// straight rise, then the teeth of a saw, rounded. Where a cycle is not a whole number of updates, it starts
/// between two of them. For cycles of a given length, see [`sgdr`](super::sgdr).
///
/// # Defaults
///
/// No warm-up, one cycle, to 0.
///
/// # Example
///
/// ```
/// use lehr::recipe::cosine_with_restarts;
/// use lehr::{Horizon, times, updates};
///
/// let spec = cosine_with_restarts().warmup(updates(10), times(0.0)).cycles(4).spec();
/// assert_eq!(spec.to_string(), "linear(from=0x, over=10) -> repeat(cosine(to=0x), times=4)");
///
/// let plan = spec.resolve(&Horizon::updates(90)?)?;
/// assert_eq!([0, 10, 20, 30, 40, 50].map(|n| plan.value_at(n, 2.0)), [0.0, 2.0, 1.0, 2.0, 1.0, 2.0]);
/// assert_eq!([90, 9999].map(|n| plan.value_at(n, 2.0)), [0.0, 0.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineWithRestarts {
    warmup: Warmup,
    cycles: u64,
    to: Level,
}

/// A [`CosineWithRestarts`] with its defaults.
///
/// ```
/// assert_eq!(lehr::recipe::cosine_with_restarts().spec().to_string(), "repeat(cosine(to=0x), times=1)");
/// ```
pub fn cosine_with_restarts() -> CosineWithRestarts {
    CosineWithRestarts { warmup: Warmup::none(), cycles: 1, to: times(0.0) }
}

impl CosineWithRestarts {
    /// Rises from a level, absolute or a multiple of the base, to the base over this span.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::cosine_with_restarts, times, updates};
    ///
    /// let spec = cosine_with_restarts().warmup(updates(4), times(0.5)).spec();
    /// let plan = spec.resolve(&Horizon::updates(12)?)?;
    /// assert_eq!([0, 2, 4, 8, 12].map(|n| plan.value_at(n, 2.0)), [1.0, 1.5, 2.0, 1.0, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn warmup(self, over: impl Into<Span>, from: Level) -> Self {
        Self { warmup: Warmup { over: over.into(), from }, ..self }
    }

    /// How many cosines share the run; at least 1.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::cosine_with_restarts};
    ///
    /// let plan = cosine_with_restarts().cycles(3).spec().resolve(&Horizon::updates(12)?)?;
    /// assert_eq!([0, 2, 4, 6, 8, 10, 12].map(|n| plan.value_at(n, 2.0)), [2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn cycles(self, cycles: u64) -> Self {
        Self { cycles, ..self }
    }

    /// The minimum, where each cosine ends.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::cosine_with_restarts};
    ///
    /// let plan = cosine_with_restarts().to(absolute(0.5)).spec().resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 2, 4].map(|n| plan.value_at(n, 2.0)), [2.0, 1.25, 0.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn to(self, minimum: Level) -> Self {
        Self { to: minimum, ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// ```
    /// use lehr::{Horizon, Spec, hold, recipe::cosine_with_restarts, updates};
    ///
    /// // As any spec it can be put after another one.
    /// let plan = Spec::from(hold().over(updates(4))).then(cosine_with_restarts().cycles(2).spec());
    /// let plan = plan.resolve(&Horizon::updates(12)?)?;
    /// assert_eq!([0, 4, 6, 8, 10].map(|n| plan.value_at(n, 2.0)), [2.0, 2.0, 1.0, 2.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn spec(self) -> Spec {
        let cycles = Repeat { times: Some(self.cycles), ..Repeat::default() };
        self.warmup.spec().then(Spec::from(cosine().to(self.to)).repeat(cycles))
    }
}
