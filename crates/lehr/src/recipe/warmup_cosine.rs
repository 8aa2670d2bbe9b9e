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
    #[must_use]
    pub fn warmup(self, over: impl Into<Span>, from: Level) -> Self {
        Self { warmup: Warmup { over: over.into(), from }, ..self }
    }

    /// The minimum, where the cosine ends.
    #[must_use]
    pub fn to(self, minimum: Level) -> Self {
        Self { to: minimum, ..self }
    }

    /// Holds the minimum for the last part of the run.
    #[must_use]
    pub fn cooldown(self, over: impl Into<Span>) -> Self {
        Self { cooldown: over.into(), ..self }
    }

    /// The exponent of the cosine's progress, `(t / T)^k`: above 1 the value stays high for longer.
    #[must_use]
    pub fn k_decay(self, k: f64) -> Self {
        Self { k_decay: k, ..self }
    }

    /// The phases, to be resolved to a run.
    pub fn spec(self) -> Spec {
        let fall = phase(Cosine { k: self.k_decay, ..Cosine::default() }).to(self.to).over(rest());
        let spec = self.warmup.spec().then(fall);
        if self.cooldown == updates(0) { spec } else { spec.then(hold().over(self.cooldown)) }
    }
}
