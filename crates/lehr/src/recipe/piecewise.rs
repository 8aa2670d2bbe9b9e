//! Tables: levels from given positions on, or lines through given points.

use super::position::lengths;
use crate::curve::{Curve, Linear};
use crate::error::Error;
use crate::level::Level;
use crate::phase::{hold, phase};
use crate::span::{Span, updates};
use crate::spec::Spec;

/// One level after another, each from its boundary on.
///
/// With the boundaries b and the levels v:
///
/// ```text
/// value(t) = v_0                   for t < b_1
/// value(t) = v_k                   for b_k <= t < b_(k+1), and from the last boundary on
/// ```
///
/// Paddle's `PiecewiseDecay`, and torch's milestones with values; Keras' changes one update later. The
/// picture: a staircase of any form.
///
/// # Example
///
/// ```
/// use lehr::recipe::piecewise_constant;
/// use lehr::{Horizon, absolute, updates};
///
/// let boundaries = [(updates(10), absolute(0.02)), (updates(20), absolute(0.01))];
/// let spec = piecewise_constant(absolute(0.1), boundaries).spec()?;
/// assert_eq!(spec.to_string(), "hold(from=0.1, over=10) -> hold(from=0.02, over=10) -> hold(from=0.01)");
///
/// let plan = spec.resolve(&Horizon::updates(30)?)?;
/// assert_eq!([0, 9, 10, 19, 20].map(|n| plan.value_at(n, 9.0)), [0.1, 0.1, 0.02, 0.02, 0.01]);
/// assert_eq!([30, 9999].map(|n| plan.value_at(n, 9.0)), [0.01, 0.01]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PiecewiseConstant {
    first: Level,
    boundaries: Vec<(Span, Level)>,
}

/// A [`PiecewiseConstant`] that starts at `first`; the boundaries, each with its level, are counted from the
/// start of the run, in their order and in one unit.
///
/// ```
/// use lehr::{recipe::piecewise_constant, times};
///
/// assert_eq!(piecewise_constant(times(0.5), []).spec()?.to_string(), "hold(from=0.5x)");
/// # Ok::<(), lehr::Error>(())
/// ```
pub fn piecewise_constant(
    first: Level,
    boundaries: impl IntoIterator<Item = (Span, Level)>,
) -> PiecewiseConstant {
    PiecewiseConstant { first, boundaries: boundaries.into_iter().collect() }
}

impl PiecewiseConstant {
    /// The phases, to be resolved to a run.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] for boundaries out of their order or in several units.
    ///
    /// ```
    /// use lehr::{epochs, recipe::piecewise_constant, times, updates};
    ///
    /// let spec = piecewise_constant(times(1.0), [(epochs(2), times(0.5))]).spec()?;
    /// assert_eq!(spec.to_string(), "hold(from=1x, over=2ep) -> hold(from=0.5x)");
    ///
    /// let units = [(epochs(2), times(0.5)), (updates(900), times(0.1))];
    /// assert!(piecewise_constant(times(1.0), units).spec().is_err());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn spec(&self) -> Result<Spec, Error> {
        let positions: Vec<Span> = self.boundaries.iter().map(|(position, _)| *position).collect();
        let (mut spec, mut level) = (Spec::default(), self.first);
        for (length, (_, next)) in lengths("boundaries", &positions)?.into_iter().zip(&self.boundaries) {
            spec = spec.then(hold().from(level).over(length));
            level = *next;
        }
        Ok(spec.then(hold().from(level)))
    }
}

/// Lines through points: straight ones, or of any other shape.
///
/// With the points (b, v) and the shape w:
///
/// ```text
/// value(t) = v_1                                                   for t < b_1
/// value(t) = v_k + (v_(k+1) - v_k) w((t - b_k) / (b_(k+1) - b_k))  for b_k <= t < b_(k+1)
/// value(t) = the last v                                            from the last point on
/// ```
///
/// ignite's `PiecewiseLinear`, optax's `piecewise_interpolate`. Two points at one position make a jump. The
/// picture: a line drawn through the points.
///
/// # Defaults
///
/// Straight lines.
///
/// # Example
///
/// ```
/// use lehr::recipe::piecewise;
/// use lehr::{Horizon, times, updates};
///
/// let points = [(updates(0), times(0.0)), (updates(10), times(1.0)), (updates(30), times(0.5))];
/// let spec = piecewise(points).spec()?;
/// assert_eq!(
///     spec.to_string(),
///     "linear(from=0x, to=1x, over=10) -> linear(from=1x, to=0.5x, over=20) -> hold(from=0.5x)",
/// );
/// let plan = spec.resolve(&Horizon::updates(40)?)?;
/// assert_eq!([0, 5, 10, 20, 30].map(|n| plan.value_at(n, 4.0)), [0.0, 2.0, 4.0, 3.0, 2.0]);
/// assert_eq!([40, 9999].map(|n| plan.value_at(n, 4.0)), [2.0, 2.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Piecewise {
    points: Vec<(Span, Level)>,
    curve: Curve,
}

/// A [`Piecewise`] through these points, at least one; their positions are counted from the start of the run,
/// in their order and in one unit.
///
/// ```
/// use lehr::{Cosine, epochs, recipe::piecewise, times};
///
/// let points = [(epochs(5), times(1.0)), (epochs(90), times(0.1))];
/// let spec = piecewise(points).curve(Cosine::default()).spec()?;
/// assert_eq!(
///     spec.to_string(),
///     "hold(from=1x, over=5ep) -> cosine(from=1x, to=0.1x, over=85ep) -> hold(from=0.1x)",
/// );
/// # Ok::<(), lehr::Error>(())
/// ```
pub fn piecewise(points: impl IntoIterator<Item = (Span, Level)>) -> Piecewise {
    Piecewise { points: points.into_iter().collect(), curve: Linear.into() }
}

impl Piecewise {
    /// Joins the points by another shape, such as [`Cosine`](crate::Cosine).
    ///
    /// ```
    /// use lehr::{Cosine, Horizon, recipe::piecewise, times, updates};
    ///
    /// let points = [(updates(0), times(1.0)), (updates(4), times(0.5))];
    /// let plan = piecewise(points).curve(Cosine::default()).spec()?.resolve(&Horizon::updates(8)?)?;
    /// assert_eq!([0, 2, 4, 8].map(|n| plan.value_at(n, 4.0)), [4.0, 3.0, 2.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn curve(self, curve: impl Into<Curve>) -> Self {
        Self { curve: curve.into(), ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] for no points, and for points out of their order or in several units.
    ///
    /// ```
    /// use lehr::{recipe::piecewise, times, updates};
    ///
    /// let spec = piecewise([(updates(10), times(0.5))]).spec()?;
    /// assert_eq!(spec.to_string(), "hold(from=0.5x, over=10) -> hold(from=0.5x)");
    ///
    /// let error = piecewise([]).spec().unwrap_err();
    /// assert!(error.to_string().starts_with("`points` is empty"));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn spec(&self) -> Result<Spec, Error> {
        let Some((_, last)) = self.points.last() else {
            let rule = "there must be at least one, such as (updates(0), times(1.0))";
            return Err(Error::parameter("points", "empty", rule));
        };
        let positions: Vec<Span> = self.points.iter().map(|(position, _)| *position).collect();
        let mut spec = Spec::default();
        let mut before = None;
        for (length, (_, level)) in lengths("points", &positions)?.into_iter().zip(&self.points) {
            spec = match before {
                Some(before) => spec.then(phase(self.curve).from(before).to(*level).over(length)),
                None if length == updates(0) => spec,
                None => spec.then(hold().from(*level).over(length)),
            };
            before = Some(*level);
        }
        Ok(spec.then(hold().from(*last)))
    }
}
