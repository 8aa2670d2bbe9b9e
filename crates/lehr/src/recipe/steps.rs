//! Steps: `value(t) = base factor^(steps so far)`, at milestones or at equal distances.

use super::position::lengths;
use crate::combine::Repeat;
use crate::error::Error;
use crate::level::times;
use crate::number::Number;
use crate::phase::hold;
use crate::span::Span;
use crate::spec::Spec;

/// Multiplies the value by a factor at each milestone.
///
/// With the milestones m and their factors g:
///
/// ```text
/// value(t) = base g_1 g_2 ... g_k     where k milestones are at or before t
/// ```
///
/// torch's `MultiStepLR`; the update at a milestone uses the new value already. A milestone that is given
/// twice counts twice. The picture: a staircase with steps of any width.
///
/// # Defaults
///
/// A factor of 0.1 at each milestone: torch's.
///
/// # Example
///
/// ```
/// use lehr::recipe::multi_step;
/// use lehr::{Horizon, epochs};
///
/// let spec = multi_step([epochs(30), epochs(80)]).spec()?;
/// assert_eq!(
///     spec.to_string(),
///     "hold(from=1x, over=30ep) -> hold(from=0.1x, over=50ep) -> hold(from=0.010000000000000002x)",
/// );
/// let halved = multi_step([epochs(30), epochs(80)]).factors([0.5, 0.25]).spec()?;
/// let plan = halved.resolve(&Horizon::epochs(90, 10)?)?;
/// assert_eq!([0, 299, 300, 799, 800].map(|n| plan.value_at(n, 8.0)), [8.0, 8.0, 4.0, 4.0, 1.0]);
/// assert_eq!([900, 9999].map(|n| plan.value_at(n, 8.0)), [1.0, 1.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MultiStep {
    milestones: Vec<Span>,
    factors: Factors,
}

#[derive(Clone, Debug, PartialEq)]
enum Factors {
    Same(f64),
    Each(Vec<f64>),
}

/// A [`MultiStep`] with these milestones, counted from the start of the run: in their order and in one unit.
///
/// ```
/// use lehr::{recipe::multi_step, updates};
///
/// assert_eq!(multi_step([]).spec()?.to_string(), "hold(from=1x)");
/// let error = multi_step([updates(80), updates(30)]).spec().unwrap_err();
/// assert!(error.to_string().starts_with("`milestones` is 30, but the one before it is 80"));
/// # Ok::<(), lehr::Error>(())
/// ```
pub fn multi_step(milestones: impl IntoIterator<Item = Span>) -> MultiStep {
    MultiStep { milestones: milestones.into_iter().collect(), factors: Factors::Same(0.1) }
}

impl MultiStep {
    /// One factor for all milestones; finite and above 0.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::multi_step, updates};
    ///
    /// let plan = multi_step([updates(2), updates(5)]).factor(0.5).spec()?.resolve(&Horizon::updates(9)?)?;
    /// assert_eq!([0, 1, 2, 4, 5, 8].map(|n| plan.value_at(n, 8.0)), [8.0, 8.0, 4.0, 4.0, 2.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn factor(self, factor: f64) -> Self {
        Self { factors: Factors::Same(factor), ..self }
    }

    /// A factor for each milestone.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::multi_step, updates};
    ///
    /// let steps = multi_step([updates(2), updates(5)]);
    /// let plan = steps.clone().factors([0.5, 0.125]).spec()?.resolve(&Horizon::updates(9)?)?;
    /// assert_eq!([1, 2, 5].map(|n| plan.value_at(n, 16.0)), [16.0, 8.0, 1.0]);
    ///
    /// assert!(steps.factors([0.5]).spec().is_err()); // one for two milestones
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn factors(self, factors: impl IntoIterator<Item = f64>) -> Self {
        Self { factors: Factors::Each(factors.into_iter().collect()), ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] for milestones out of their order or in several units, a factor that is not a
    /// finite number above 0, or another number of factors than of milestones.
    ///
    /// ```
    /// use lehr::{epochs, recipe::multi_step};
    ///
    /// let spec = multi_step([epochs(2)]).factor(0.25).spec()?;
    /// assert_eq!(spec.to_string(), "hold(from=1x, over=2ep) -> hold(from=0.25x)");
    ///
    /// assert!(multi_step([epochs(2)]).factor(0.0).spec().is_err());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn spec(&self) -> Result<Spec, Error> {
        let factors = match &self.factors {
            Factors::Same(factor) => vec![*factor; self.milestones.len()],
            Factors::Each(factors) if factors.len() == self.milestones.len() => factors.clone(),
            Factors::Each(factors) => {
                let rule = format!("there are {} milestones: give each of them one", self.milestones.len());
                return Err(Error::parameter("factors", format!("{} numbers", factors.len()), rule));
            }
        };
        let (mut spec, mut level) = (Spec::default(), 1.0);
        for (length, factor) in lengths("milestones", &self.milestones)?.into_iter().zip(factors) {
            if !(factor > 0.0 && factor.is_finite()) {
                return Err(Error::parameter("factor", Number(factor), "it must be a finite number above 0"));
            }
            spec = spec.then(hold().from(times(level)).over(length));
            level *= factor;
        }
        Ok(spec.then(hold().from(times(level))))
    }
}

/// Multiplies the value by a factor at equal distances, for as long as it lasts. It needs no total.
///
/// With the width s and the factor g:
///
/// ```text
/// value(t) = base g^floor(t / s)
/// ```
///
/// torch's `StepLR`, the staircase of optax's and Keras' exponential decay. For the same without steps, see
/// [`Decay`](crate::Decay). The picture: a staircase with steps of one width.
///
/// # Example
///
/// ```
/// use lehr::recipe::step;
/// use lehr::{Horizon, updates};
///
/// let spec = step(updates(30), 0.5).spec();
/// assert_eq!(spec.to_string(), "repeat(hold(over=30), height=0.5)");
///
/// let plan = spec.resolve(&Horizon::open())?;
/// assert_eq!([0, 29, 30, 60, 89, 90].map(|n| plan.value_at(n, 8.0)), [8.0, 8.0, 4.0, 2.0, 2.0, 1.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    every: Span,
    factor: f64,
}

/// A [`Step`] by this factor after every span; there are no usual numbers (torch's factor is 0.1).
///
/// ```
/// use lehr::{epochs, recipe::step};
///
/// assert_eq!(step(epochs(30), 0.1).spec().to_string(), "repeat(hold(over=30ep), height=0.1)");
/// ```
pub fn step(every: impl Into<Span>, factor: f64) -> Step {
    Step { every: every.into(), factor }
}

impl Step {
    /// The phases, to be resolved to a run.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::step, times, updates};
    ///
    /// // A staircase with a floor under it.
    /// let spec = step(updates(2), 0.5).spec().clamp(Some(times(0.25)), None);
    /// let plan = spec.resolve(&Horizon::open())?;
    /// assert_eq!([1, 2, 4, 6].map(|n| plan.value_at(n, 8.0)), [8.0, 4.0, 2.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn spec(self) -> Spec {
        let steps = Repeat { height: self.factor, ..Repeat::default() };
        Spec::from(hold().over(self.every)).repeat(steps)
    }
}
