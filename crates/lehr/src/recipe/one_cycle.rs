//! One cycle: up and down once, the momentum the other way: `cosine(start -> base) -> cosine(base -> end)`.

use crate::curve::{Cosine, Curve, Linear};
use crate::level::{Level, times};
use crate::phase::{hold, phase};
use crate::span::{Span, fraction, rest};
use crate::spec::Spec;

/// The one-cycle policy (arXiv 1708.07120, 1803.09820): a rise to the base, a fall far below where it
/// started, and if asked for a fall in between that mirrors the rise. [`momentum`](OneCycle::momentum) gives
/// the mirrored cycle.
///
/// With U updates of rise, F of mirrored fall (0 in two phases) and a run of T, between which the shape w
/// leads:
///
/// ```text
/// value(t) = start + (base - start) w(t / U)                    for t < U
/// value(t) = base + (start - base) w((t - U) / F)               for U <= t < U + F
/// value(t) = v + (end - v) w((t - U - F) / (T - U - F))         for U + F <= t < T, v = base or start
/// value(t) = end                                                from T on
/// ```
///
/// The picture: a hill whose tip is at 30% of the run; in three phases a symmetric hill and a flat tail.
///
/// # Defaults
///
/// Two phases, cosines, a rise over 30% of the run, from 1/25 to 4e-6 of the base: those of torch's
/// `OneCycleLR`, whose `max_lr` is the base here. torch puts its levels one update earlier, at the last
/// update of each phase; the numbers to the last bit are in `lehr.compat`. Others differ in numbers only:
///
/// - fastai: `.up(fraction(0.25)).to(times(1e-5))`;
/// - optax's linear one: `.linear().three_phase(fraction(0.55))`;
/// - Paddle: `.to(absolute(1e-4))`.
///
/// # Example
///
/// ```
/// use lehr::recipe::one_cycle;
/// use lehr::{Horizon, absolute};
///
/// let run = Horizon::updates(100)?;
/// let rate = one_cycle().spec().resolve(&run)?;
/// assert_eq!([0, 30, 100, 9999].map(|n| rate.value_at(n, 1.0)), [0.04, 1.0, 4e-6, 4e-6]);
///
/// let momentum = one_cycle().momentum(absolute(0.85), absolute(0.95)).resolve(&run)?;
/// assert_eq!([0, 30, 100, 9999].map(|n| momentum.value_at(n, 0.9)), [0.95, 0.85, 0.95, 0.95]);
/// assert!((momentum.value_at(65, 0.9) - 0.9).abs() < 1e-15);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycle {
    up: Span,
    down: Option<Span>,
    from: Level,
    to: Level,
    curve: Curve,
}

/// A [`OneCycle`] with its defaults.
///
/// ```
/// assert_eq!(
///     lehr::recipe::one_cycle().spec().to_string(),
///     "cosine(from=0.04x, to=1x, over=30%) -> cosine(to=4e-6x, over=rest)",
/// );
/// ```
pub fn one_cycle() -> OneCycle {
    OneCycle {
        up: fraction(0.3),
        down: None,
        from: times(0.04),
        to: times(4e-6),
        curve: Cosine::default().into(),
    }
}

impl OneCycle {
    /// How long the rise takes.
    ///
    /// ```
    /// use lehr::{Horizon, fraction, recipe::one_cycle};
    ///
    /// let plan = one_cycle().up(fraction(0.5)).spec().resolve(&Horizon::updates(20)?)?;
    /// assert_eq!([0, 10].map(|n| plan.value_at(n, 2.0)), [0.08, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn up(self, over: impl Into<Span>) -> Self {
        Self { up: over.into(), ..self }
    }

    /// Falls back to the start over this span, before the last fall; torch's takes as long as the rise.
    ///
    /// ```
    /// use lehr::{Horizon, fraction, recipe::one_cycle};
    ///
    /// let spec = one_cycle().linear().three_phase(fraction(0.3)).spec();
    /// let plan = spec.resolve(&Horizon::updates(100)?)?;
    /// assert_eq!([0, 30, 60, 100].map(|n| plan.value_at(n, 1.0)), [0.04, 1.0, 0.04, 4e-6]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn three_phase(self, down: impl Into<Span>) -> Self {
        Self { down: Some(down.into()), ..self }
    }

    /// Where the rise starts.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::one_cycle};
    ///
    /// let plan = one_cycle().from(absolute(0.5)).spec().resolve(&Horizon::updates(20)?)?;
    /// assert_eq!([0, 3, 6].map(|n| plan.value_at(n, 2.0)), [0.5, 1.25, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn from(self, start: Level) -> Self {
        Self { from: start, ..self }
    }

    /// Where the last fall ends.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::one_cycle};
    ///
    /// let plan = one_cycle().to(absolute(0.5)).spec().resolve(&Horizon::updates(20)?)?;
    /// assert_eq!([6, 13, 20, 21].map(|n| plan.value_at(n, 2.0)), [2.0, 1.25, 0.5, 0.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn to(self, end: Level) -> Self {
        Self { to: end, ..self }
    }

    /// Straight lines instead of cosines.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::one_cycle, times};
    ///
    /// let spec = one_cycle().linear().from(times(0.0)).to(times(0.0)).spec();
    /// let plan = spec.resolve(&Horizon::updates(10)?)?;
    /// assert_eq!([0, 1, 3, 10].map(|n| plan.value_at(n, 3.0)), [0.0, 1.0, 3.0, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn linear(self) -> Self {
        Self { curve: Linear.into(), ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// ```
    /// use lehr::{recipe::one_cycle, updates};
    ///
    /// assert_eq!(
    ///     one_cycle().linear().up(updates(8)).spec().to_string(),
    ///     "linear(from=0.04x, to=1x, over=8) -> linear(to=4e-6x, over=rest)",
    /// );
    /// ```
    pub fn spec(self) -> Spec {
        let spec = self.hill(self.from, Level::BASE);
        spec.then(phase(self.curve).to(self.to).over(rest()))
    }

    /// The mirrored cycle for the momentum or the first beta: at `high` where the other one starts, at `low`
    /// where it peaks, back at `high` for the end. torch has 0.85 and 0.95.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::one_cycle};
    ///
    /// let momentum = one_cycle().momentum(absolute(0.75), absolute(0.95)).resolve(&Horizon::updates(20)?)?;
    /// assert_eq!([0, 6, 20].map(|n| momentum.value_at(n, 0.9)), [0.95, 0.75, 0.95]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn momentum(self, low: Level, high: Level) -> Spec {
        let spec = self.hill(high, low);
        match self.down {
            None => spec.then(phase(self.curve).to(high).over(rest())),
            Some(_) => spec.then(hold().over(rest())),
        }
    }

    fn hill(self, start: Level, peak: Level) -> Spec {
        let spec = Spec::from(phase(self.curve).from(start).to(peak).over(self.up));
        match self.down {
            None => spec,
            Some(down) => spec.then(phase(self.curve).to(start).over(down)),
        }
    }
}
