//! Triangular cycles: `repeat(linear(low -> peak) -> linear(peak -> low))`.

use crate::combine::Repeat;
use crate::curve::Decay;
use crate::level::{Level, times};
use crate::phase::{hold, linear, phase};
use crate::span::Span;
use crate::spec::Spec;

/// Up and down in straight lines, again and again (cyclical learning rates, arXiv 1506.01186), with peaks
/// that stay, halve with each cycle or fade with each update. It needs no total.
///
/// With U updates up and D down, tri(t) going from 0 to 1 and back:
///
/// ```text
/// value(t) = low + (peak - low) tri(t) h(t)
/// h(t) = 1                              triangular
/// h(t) = (1/2)^floor(t / (U + D))       triangular2
/// h(t) = gamma^t                        exp_range
/// ```
///
/// torch's `CyclicLR`. [`momentum`](Triangular::momentum) gives the cycle the other way round. The picture: a
/// row of pointed teeth.
///
/// # Defaults
///
/// Down as long as up, to the base, peaks that stay: torch's.
///
/// # Example
///
/// ```
/// use lehr::recipe::triangular;
/// use lehr::{Horizon, absolute, times, updates};
///
/// let spec = triangular(times(0.5), updates(10)).triangular2().spec();
/// assert_eq!(
///     spec.to_string(),
///     "repeat(linear(from=0.5x, to=1x, over=10) -> linear(to=0.5x, over=10), height=0.5, anchor=0.5x)",
/// );
/// let plan = spec.resolve(&Horizon::open())?;
/// assert_eq!([0, 5, 10, 15, 20].map(|n| plan.value_at(n, 8.0)), [4.0, 6.0, 8.0, 6.0, 4.0]);
/// assert_eq!([30, 50].map(|n| plan.value_at(n, 8.0)), [6.0, 5.0]);
///
/// let momentum = triangular(times(0.5), updates(10)).momentum(absolute(0.8), absolute(0.9));
/// let momentum = momentum.resolve(&Horizon::updates(100)?)?;
/// assert_eq!([0, 10, 20, 100, 9999].map(|n| momentum.value_at(n, 0.5)), [0.9, 0.8, 0.9, 0.9, 0.9]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Triangular {
    from: Level,
    to: Level,
    up: Span,
    down: Span,
    heights: Heights,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Heights {
    Same,
    Halved,
    Fading(f64),
}

/// A [`Triangular`] from this level up to the base over this span; torch's takes 2000 updates.
///
/// ```
/// use lehr::{absolute, recipe::triangular, updates};
///
/// assert_eq!(
///     triangular(absolute(1e-4), updates(2000)).spec().to_string(),
///     "repeat(linear(from=0.0001, to=1x, over=2000) -> linear(to=0.0001, over=2000))",
/// );
/// ```
pub fn triangular(low: Level, up: impl Into<Span>) -> Triangular {
    let up = up.into();
    Triangular { from: low, to: times(1.0), up, down: up, heights: Heights::Same }
}

impl Triangular {
    /// The peak of the first cycle.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::triangular, times, updates};
    ///
    /// let plan = triangular(times(1.0), updates(2)).to(times(3.0)).spec().resolve(&Horizon::open())?;
    /// assert_eq!([0, 1, 2, 3, 4].map(|n| plan.value_at(n, 0.5)), [0.5, 1.0, 1.5, 1.0, 0.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn to(self, peak: Level) -> Self {
        Self { to: peak, ..self }
    }

    /// How long the way down takes.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::triangular, times, updates};
    ///
    /// let plan = triangular(times(0.0), updates(1)).down(updates(4)).spec().resolve(&Horizon::open())?;
    /// assert_eq!([0, 1, 2, 3, 5, 6].map(|n| plan.value_at(n, 8.0)), [0.0, 8.0, 6.0, 4.0, 0.0, 8.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn down(self, over: impl Into<Span>) -> Self {
        Self { down: over.into(), ..self }
    }

    /// Halves the height of each cycle.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::triangular, times, updates};
    ///
    /// let plan = triangular(times(0.0), updates(1)).triangular2().spec().resolve(&Horizon::open())?;
    /// assert_eq!([1, 3, 5, 7].map(|n| plan.value_at(n, 8.0)), [8.0, 4.0, 2.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn triangular2(self) -> Self {
        Self { heights: Heights::Halved, ..self }
    }

    /// Multiplies the height by this factor, above 0 and at most 1, with each update.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::triangular, times, updates};
    ///
    /// let plan = triangular(times(0.0), updates(1)).exp_range(0.5).spec().resolve(&Horizon::updates(6)?)?;
    /// assert_eq!([0, 1, 2, 3, 4, 5].map(|n| plan.value_at(n, 32.0)), [0.0, 16.0, 0.0, 4.0, 0.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn exp_range(self, gamma: f64) -> Self {
        Self { heights: Heights::Fading(gamma), ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// ```
    /// use lehr::{recipe::triangular, times, updates};
    ///
    /// assert_eq!(
    ///     triangular(times(0.25), updates(5)).down(updates(20)).spec().to_string(),
    ///     "repeat(linear(from=0.25x, to=1x, over=5) -> linear(to=0.25x, over=20))",
    /// );
    /// ```
    pub fn spec(self) -> Spec {
        self.cycles(self.from, self.to)
    }

    /// The cycle the other way round, for the momentum or the first beta: at `high` where the other one is
    /// low. torch has 0.8 and 0.9.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::triangular, times, updates};
    ///
    /// let cycle = triangular(times(0.1), updates(2)).momentum(absolute(0.5), absolute(1.0));
    /// let plan = cycle.resolve(&Horizon::updates(8)?)?;
    /// assert_eq!([0, 1, 2, 3, 4].map(|n| plan.value_at(n, 0.9)), [1.0, 0.75, 0.5, 0.75, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn momentum(self, low: Level, high: Level) -> Spec {
        self.cycles(high, low)
    }

    fn cycles(self, start: Level, peak: Level) -> Spec {
        let up = linear().from(start).to(peak).over(self.up);
        let cycle = Spec::from(up).then(linear().to(start).over(self.down));
        match self.heights {
            Heights::Same => cycle.repeat(Repeat::default()),
            Heights::Halved => cycle.repeat(Repeat { height: 0.5, anchor: start, ..Repeat::default() }),
            Heights::Fading(gamma) => {
                // What gamma^t leaves of the cycle, and 1 - gamma^t of the level that it starts from.
                let left = Spec::from(phase(Decay { factor: gamma, ..Decay::default() }));
                let gone = Spec::from(hold()).sum([left.clone().scale(-1.0)]);
                let start = Spec::from(hold().from(start)).product([gone]);
                cycle.repeat(Repeat::default()).product([left]).sum([start])
            }
        }
    }
}
