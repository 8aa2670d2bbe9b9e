//! Warm-up, cosine decay, cool-down: `linear(start -> base) -> cosine(base -> minimum) -> hold(minimum)`.

use super::warmup::Warmup;
use crate::curve::Cosine;
use crate::level::{Level, absolute};
use crate::phase::{hold, phase};
use crate::span::{Span, rest, updates};
use crate::spec::Spec;

/// The cosine schedule with warm-up, cool-down and k-decay (arXiv 1608.03983 without restarts, arXiv
/// 2004.05909).
///
/// The three phases add up to the run: the warm-up rises in a straight line and meets the base exactly, the
/// cosine spans all that lies between and meets the minimum exactly, the cool-down holds it, and so does
/// everything after the end.
///
/// # Defaults
///
/// No warm-up, a minimum of 1e-6, no cool-down, `k_decay` 1: those of pytorch-accelerated's
/// `CosineLrScheduler`.
///
/// # Example
///
/// ```
/// use lehr::recipe::warmup_cosine;
/// use lehr::{Horizon, absolute, epochs, times};
///
/// let plan = warmup_cosine()
///     .warmup(epochs(5), times(0.01))
///     .to(absolute(1e-6))
///     .cooldown(epochs(2))
///     .spec()
///     .resolve(&Horizon::epochs(30, 10)?)?;
/// let base = 0.1;
/// assert_eq!(plan.value_at(0, base), 0.01 * base);
/// assert_eq!(plan.value_at(50, base), base);
/// assert_eq!(plan.value_at(280, base), 1e-6);
/// assert_eq!(plan.value_at(10_000, base), 1e-6);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmupCosine {
    warmup: Warmup,
    to: Level,
    cooldown: Span,
    k_decay: f64,
}

/// A [`WarmupCosine`] with its defaults.
///
/// ```
/// assert_eq!(lehr::recipe::warmup_cosine().spec().to_string(), "cosine(to=1e-6, over=rest)");
/// ```
pub fn warmup_cosine() -> WarmupCosine {
    WarmupCosine { warmup: Warmup::none(), to: absolute(1e-6), cooldown: updates(0), k_decay: 1.0 }
}

impl WarmupCosine {
    /// Rises from a level, absolute or a multiple of the base, to the base over this span.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::warmup_cosine, times, updates};
    ///
    /// let spec = warmup_cosine().warmup(updates(4), times(0.5)).to(times(0.0)).spec();
    /// let plan = spec.resolve(&Horizon::updates(12)?)?;
    /// assert_eq!([0, 2, 4, 8, 12].map(|n| plan.value_at(n, 2.0)), [1.0, 1.5, 2.0, 1.0, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn warmup(self, over: impl Into<Span>, from: Level) -> Self {
        Self { warmup: Warmup { over: over.into(), from }, ..self }
    }

    /// The minimum, where the cosine ends.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::warmup_cosine, times};
    ///
    /// let plan = warmup_cosine().to(times(0.5)).spec().resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 2, 4, 9].map(|n| plan.value_at(n, 2.0)), [2.0, 1.5, 1.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn to(self, minimum: Level) -> Self {
        Self { to: minimum, ..self }
    }

    /// Holds the minimum for the last part of the run.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::warmup_cosine, updates};
    ///
    /// let plan = warmup_cosine().cooldown(updates(3)).spec().resolve(&Horizon::updates(10)?)?;
    /// assert_eq!([7, 8, 9, 10].map(|n| plan.value_at(n, 2.0)), [1e-6; 4]);
    /// assert!(plan.value_at(6, 2.0) > 1e-6);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn cooldown(self, over: impl Into<Span>) -> Self {
        Self { cooldown: over.into(), ..self }
    }

    /// The exponent of the cosine's progress, `(t / T)^k`: above 1 the value stays high for longer.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::warmup_cosine, times};
    ///
    /// // With k = 2 the progress is (t / 4)^2: a quarter after two of four updates, where the cosine has
    /// // (1 + cos(pi / 4)) / 2.
    /// let plan = warmup_cosine().to(times(0.0)).k_decay(2.0).spec().resolve(&Horizon::updates(4)?)?;
    /// assert!((plan.value_at(2, 1.0) - 0.853_553_390_593_273_8).abs() < 1e-15);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn k_decay(self, k: f64) -> Self {
        Self { k_decay: k, ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// ```
    /// use lehr::{epochs, recipe::warmup_cosine, times};
    ///
    /// assert_eq!(
    ///     warmup_cosine().warmup(epochs(1), times(0.01)).cooldown(epochs(2)).spec().to_string(),
    ///     "linear(from=0.01x, over=1ep) -> cosine(to=1e-6, over=rest) -> hold(over=2ep)",
    /// );
    /// ```
    pub fn spec(self) -> Spec {
        let fall = phase(Cosine { k: self.k_decay, ..Cosine::default() }).to(self.to).over(rest());
        let spec = self.warmup.spec().then(fall);
        if self.cooldown == updates(0) { spec } else { spec.then(hold().over(self.cooldown)) }
    }
}
