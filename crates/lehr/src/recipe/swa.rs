//! Stochastic weight averaging: an anneal to a constant, `cosine(-> level) -> hold(level)`.

use crate::curve::{Cosine, Curve};
use crate::level::Level;
use crate::phase::{hold, phase};
use crate::span::{Span, epochs};
use crate::spec::Spec;

/// The end of a run whose weights are averaged (arXiv 1803.05407): anneals from wherever the value is to a
/// constant, and stays there.
///
/// With the value v where it begins and an anneal of A updates:
///
/// ```text
/// value(t) = v + (level - v) (1 - cos(pi t / A)) / 2     for t < A
/// value(t) = level                                       from A on
/// ```
///
/// Put it after another spec, which it takes over from. The picture: a short slope, then a level line.
///
/// # Defaults
///
/// A cosine over 10 epochs: those of torch's `SWALR`.
///
/// # Example
///
/// ```
/// use lehr::recipe::{linear_with_warmup, swa};
/// use lehr::{Horizon, absolute, fraction, updates};
///
/// let spec = linear_with_warmup()
///     .spec()
///     .cut(fraction(0.75))
///     .then(swa(absolute(0.5)).over(updates(10)).spec());
/// let plan = spec.resolve(&Horizon::updates(100)?)?;
/// assert_eq!([0, 50, 75, 80, 85, 9999].map(|n| plan.value_at(n, 4.0)), [4.0, 2.0, 1.0, 0.75, 0.5, 0.5]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swa {
    to: Level,
    over: Span,
    curve: Curve,
}

/// A [`Swa`] to this level with its defaults.
///
/// ```
/// use lehr::{absolute, recipe::swa};
///
/// assert_eq!(swa(absolute(0.05)).spec().to_string(), "cosine(to=0.05, over=10ep) -> hold");
/// ```
pub fn swa(to: Level) -> Swa {
    Swa { to, over: epochs(10), curve: Cosine::default().into() }
}

impl Swa {
    /// How long the anneal takes.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::swa, updates};
    ///
    /// let plan = swa(absolute(1.0)).over(updates(4)).spec().resolve(&Horizon::updates(10)?)?;
    /// assert_eq!([0, 2, 4, 10].map(|n| plan.value_at(n, 3.0)), [3.0, 2.0, 1.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn over(self, span: impl Into<Span>) -> Self {
        Self { over: span.into(), ..self }
    }

    /// Anneals in another shape, such as [`Linear`](crate::Linear).
    ///
    /// ```
    /// use lehr::{Horizon, Linear, absolute, recipe::swa, updates};
    ///
    /// let plan = swa(absolute(1.0)).over(updates(4)).curve(Linear).spec().resolve(&Horizon::updates(10)?)?;
    /// assert_eq!([0, 1, 2, 4].map(|n| plan.value_at(n, 3.0)), [3.0, 2.5, 2.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn curve(self, curve: impl Into<Curve>) -> Self {
        Self { curve: curve.into(), ..self }
    }

    /// The phases, to be resolved to a run or put after other phases.
    ///
    /// ```
    /// use lehr::{epochs, recipe::swa, times};
    ///
    /// assert_eq!(swa(times(0.5)).over(epochs(1)).spec().to_string(), "cosine(to=0.5x, over=1ep) -> hold");
    /// ```
    pub fn spec(self) -> Spec {
        Spec::from(phase(self.curve).to(self.to).over(self.over)).then(hold())
    }
}
