//! Warm-up, then one shape for the rest of the run: `linear(start -> base) -> shape(base -> minimum)`.

use super::warmup::Warmup;
use crate::curve::{Curve, Linear, Polynomial, Rex, Tanh};
use crate::level::{Level, absolute, times};
use crate::phase::{hold, phase};
use crate::span::{Span, rest, updates};
use crate::spec::Spec;

/// A warm-up, one shape down to a minimum, and if asked for a cool-down there.
///
/// With W updates of warm-up, C of cool-down and a run of T:
///
/// ```text
/// value(t) = start + (base - start) t / W                      for t < W
/// value(t) = base + (minimum - base) w((t - W) / (T - W - C))  for W <= t < T - C
/// value(t) = minimum                                           from T - C on
/// ```
///
/// The picture: a straight rise, the shape's fall over all that lies between, then a floor.
///
/// # Defaults
///
/// No warm-up and no cool-down; the shape and the minimum are those of the function that made it.
///
/// # Example
///
/// ```
/// use lehr::recipe::linear_with_warmup;
/// use lehr::{Horizon, times, updates};
///
/// let spec = linear_with_warmup().warmup(updates(10), times(0.0)).spec();
/// assert_eq!(spec.to_string(), "linear(from=0x, over=10) -> linear(to=0x, over=rest)");
///
/// let plan = spec.resolve(&Horizon::updates(110)?)?;
/// assert_eq!([0, 5, 10, 60, 110, 9999].map(|n| plan.value_at(n, 2.0)), [0.0, 1.0, 2.0, 1.0, 0.0, 0.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WithWarmup {
    warmup: Warmup,
    curve: Curve,
    to: Level,
    cooldown: Span,
}

fn with_warmup(curve: impl Into<Curve>, to: Level) -> WithWarmup {
    WithWarmup { warmup: Warmup::none(), curve: curve.into(), to, cooldown: updates(0) }
}

/// A straight line to 0 after a warm-up: the linear schedule of transformers
/// (`get_linear_schedule_with_warmup`), with which BERT was trained (arXiv 1810.04805).
///
/// ```
/// assert_eq!(lehr::recipe::linear_with_warmup().spec().to_string(), "linear(to=0x, over=rest)");
/// ```
pub fn linear_with_warmup() -> WithWarmup {
    with_warmup(Linear, times(0.0))
}

/// `(1 - p)^power` to 1e-7 after a warm-up: the polynomial schedule of transformers
/// (`get_polynomial_decay_schedule_with_warmup`, where the power is 1 if nothing is said).
///
/// ```
/// use lehr::recipe::polynomial_with_warmup;
/// use lehr::{Horizon, times, updates};
///
/// let spec = polynomial_with_warmup(2.0).warmup(updates(10), times(0.0)).spec();
/// assert_eq!(spec.to_string(), "linear(from=0x, over=10) -> polynomial(power=2, to=1e-7, over=rest)");
///
/// let plan = spec.resolve(&Horizon::updates(110)?)?;
/// assert_eq!([0, 10, 110, 9999].map(|n| plan.value_at(n, 0.5)), [0.0, 0.5, 1e-7, 1e-7]);
/// assert!((plan.value_at(60, 0.5) - (0.25 * (0.5 - 1e-7) + 1e-7)).abs() < 1e-16);
/// # Ok::<(), lehr::Error>(())
/// ```
pub fn polynomial_with_warmup(power: f64) -> WithWarmup {
    with_warmup(Polynomial { power }, absolute(1e-7))
}

/// A hyperbolic tangent to 0 after a warm-up (arXiv 1806.01593, timm's `TanhLRScheduler` with its bounds -7
/// and 3): flat for most of the run, steep near its end. Unlike timm's it meets both its levels; see
/// [`Tanh`].
///
/// ```
/// use lehr::recipe::tanh_with_warmup;
/// use lehr::{Horizon, times, updates};
///
/// let spec = tanh_with_warmup().warmup(updates(10), times(0.1)).spec();
/// let plan = spec.resolve(&Horizon::updates(110)?)?;
/// assert_eq!([0, 10, 110, 9999].map(|n| plan.value_at(n, 1.0)), [0.1, 1.0, 0.0, 0.0]);
/// assert!((plan.value_at(80, 1.0) - 0.5).abs() < 0.01);
/// # Ok::<(), lehr::Error>(())
/// ```
pub fn tanh_with_warmup() -> WithWarmup {
    with_warmup(Tanh::default(), times(0.0))
}

/// The reflected exponential to 0 (arXiv 2107.04197, `pytorch_optimizer`'s `REXScheduler`): `(1 - p) / (1 - p
/// / 2)`.
///
/// ```
/// use lehr::Horizon;
///
/// let plan = lehr::recipe::rex().spec().resolve(&Horizon::updates(100)?)?;
/// assert_eq!([0, 50, 100, 9999].map(|n| plan.value_at(n, 3.0)), [3.0, 2.0, 0.0, 0.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
pub fn rex() -> WithWarmup {
    with_warmup(Rex, times(0.0))
}

impl WithWarmup {
    /// Rises from a level, absolute or a multiple of the base, to the base over this span.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::rex, times, updates};
    ///
    /// let plan = rex().warmup(updates(4), times(0.5)).spec().resolve(&Horizon::updates(12)?)?;
    /// // Half-way down, REX is at (1 - 1/2) / (1 - 1/4) = 2/3.
    /// assert_eq!([0, 2, 4, 8, 12].map(|n| plan.value_at(n, 3.0)), [1.5, 2.25, 3.0, 2.0, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn warmup(self, over: impl Into<Span>, from: Level) -> Self {
        Self { warmup: Warmup { over: over.into(), from }, ..self }
    }

    /// Falls in another shape, or in the same one with other parameters.
    ///
    /// ```
    /// use lehr::{Cosine, Horizon, recipe::linear_with_warmup};
    ///
    /// let plan = linear_with_warmup().curve(Cosine::default()).spec().resolve(&Horizon::updates(3)?)?;
    /// // cos(pi / 3) is a half.
    /// assert!((plan.value_at(1, 2.0) - 1.5).abs() < 1e-15);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn curve(self, curve: impl Into<Curve>) -> Self {
        Self { curve: curve.into(), ..self }
    }

    /// The minimum, where the shape ends.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::linear_with_warmup};
    ///
    /// let plan = linear_with_warmup().to(absolute(1.0)).spec().resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 1, 2, 4].map(|n| plan.value_at(n, 3.0)), [3.0, 2.5, 2.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn to(self, minimum: Level) -> Self {
        Self { to: minimum, ..self }
    }

    /// Holds the minimum for the last part of the run.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::linear_with_warmup, times, updates};
    ///
    /// let spec = linear_with_warmup().to(times(0.5)).cooldown(updates(6)).spec();
    /// let plan = spec.resolve(&Horizon::updates(10)?)?;
    /// assert_eq!([0, 2, 4, 9].map(|n| plan.value_at(n, 4.0)), [4.0, 3.0, 2.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn cooldown(self, over: impl Into<Span>) -> Self {
        Self { cooldown: over.into(), ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// ```
    /// use lehr::{epochs, recipe::polynomial_with_warmup, times};
    ///
    /// let spec = polynomial_with_warmup(2.0).warmup(epochs(1), times(0.1)).cooldown(epochs(1)).spec();
    /// assert_eq!(
    ///     spec.to_string(),
    ///     "linear(from=0.1x, over=1ep) -> polynomial(power=2, to=1e-7, over=rest) -> hold(over=1ep)",
    /// );
    /// ```
    pub fn spec(self) -> Spec {
        let spec = self.warmup.spec().then(phase(self.curve).to(self.to).over(rest()));
        if self.cooldown == updates(0) { spec } else { spec.then(hold().over(self.cooldown)) }
    }
}

/// A warm-up, then the base for ever: `linear(start -> base) -> hold(base)`. It needs no total.
///
/// ```text
/// value(t) = start + (base - start) min(t / W, 1)
/// ```
///
/// The constant schedule of transformers (`get_constant_schedule_with_warmup`). The picture: a straight rise,
/// then a level line.
///
/// # Defaults
///
/// No warm-up: constant.
///
/// # Example
///
/// ```
/// use lehr::recipe::constant_with_warmup;
/// use lehr::{Horizon, times, updates};
///
/// let spec = constant_with_warmup().warmup(updates(10), times(0.0)).spec();
/// assert_eq!(spec.to_string(), "linear(from=0x, over=10) -> hold");
///
/// let plan = spec.resolve(&Horizon::open())?;
/// assert_eq!([0, 5, 10, 9999].map(|n| plan.value_at(n, 2.0)), [0.0, 1.0, 2.0, 2.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConstantWithWarmup {
    warmup: Warmup,
}

/// A [`ConstantWithWarmup`] with its defaults.
///
/// ```
/// assert_eq!(lehr::recipe::constant_with_warmup().spec().to_string(), "hold");
/// ```
pub fn constant_with_warmup() -> ConstantWithWarmup {
    ConstantWithWarmup { warmup: Warmup::none() }
}

impl ConstantWithWarmup {
    /// Rises from a level, absolute or a multiple of the base, to the base over this span.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::constant_with_warmup, updates};
    ///
    /// let plan = constant_with_warmup().warmup(updates(4), absolute(1.0)).spec().resolve(&Horizon::open())?;
    /// assert_eq!([0, 2, 4, 400].map(|n| plan.value_at(n, 2.0)), [1.0, 1.5, 2.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn warmup(self, over: impl Into<Span>, from: Level) -> Self {
        Self { warmup: Warmup { over: over.into(), from } }
    }

    /// The phases, to be resolved to a run.
    ///
    /// ```
    /// use lehr::{cosine, recipe::constant_with_warmup, times, updates};
    ///
    /// // A constant that comes to an end after all.
    /// let spec = constant_with_warmup().warmup(updates(10), times(0.1)).spec().cut(updates(80));
    /// assert_eq!(
    ///     spec.then(cosine().to(times(0.0))).to_string(),
    ///     "cut(linear(from=0.1x, over=10) -> hold, over=80) -> cosine(to=0x)",
    /// );
    /// ```
    pub fn spec(self) -> Spec {
        self.warmup.spec().then(hold())
    }
}
