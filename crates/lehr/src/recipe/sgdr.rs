//! Warm restarts: `repeat(cosine(base -> minimum))`, or one cosine after another from a list.

use super::warmup::Warmup;
use crate::combine::Repeat;
use crate::level::{Level, times};
use crate::phase::{cosine, hold};
use crate::span::Span;
use crate::spec::Spec;

/// Cosines with warm restarts (SGDR, arXiv 1608.03983), each longer or shorter, higher or lower than the one
/// before.
///
/// Cycle i takes `P length^i` updates and starts at `s_i`:
///
/// ```text
/// value(t) = minimum + height^i (base - minimum) (1 + cos(pi (t - s_i) / P_i)) / 2
/// ```
///
/// torch's `CosineAnnealingWarmRestarts`, Keras' `CosineDecayRestarts`. What a cycle loses in height is
/// measured from the minimum, which stays. Boundaries are whole numbers; without [`cycles`](Sgdr::cycles) it
/// goes on for ever and needs no total. The picture: a row of rounded teeth.
///
/// # Defaults
///
/// No warm-up, cycles of one length and one height, to 0, for ever: torch's.
///
/// # Example
///
/// ```
/// use lehr::recipe::sgdr;
/// use lehr::{Horizon, times, updates};
///
/// let spec = sgdr(updates(10)).length(2.0).height(0.5).to(times(0.5)).cycles(3).spec();
/// assert_eq!(
///     spec.to_string(),
///     "repeat(cosine(to=0.5x, over=10), times=3, length=2, height=0.5, anchor=0.5x) -> hold",
/// );
/// let plan = spec.resolve(&Horizon::updates(100)?)?;
/// assert_eq!([0, 5, 10, 20, 30].map(|n| plan.value_at(n, 8.0)), [8.0, 6.0, 6.0, 5.0, 5.0]);
/// assert_eq!([70, 100, 9999].map(|n| plan.value_at(n, 8.0)), [4.0, 4.0, 4.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgdr {
    warmup: Warmup,
    period: Span,
    cycles: Option<u64>,
    length: f64,
    height: f64,
    to: Level,
}

/// An [`Sgdr`] whose first cycle takes this long.
///
/// ```
/// use lehr::{epochs, recipe::sgdr};
///
/// assert_eq!(sgdr(epochs(10)).spec().to_string(), "repeat(cosine(to=0x, over=10ep), anchor=0x)");
/// ```
pub fn sgdr(period: impl Into<Span>) -> Sgdr {
    Sgdr {
        warmup: Warmup::none(),
        period: period.into(),
        cycles: None,
        length: 1.0,
        height: 1.0,
        to: times(0.0),
    }
}

impl Sgdr {
    /// Rises once, before the first cycle, from a level to the base over this span.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::sgdr, times, updates};
    ///
    /// let plan = sgdr(updates(4)).warmup(updates(2), times(0.0)).spec().resolve(&Horizon::open())?;
    /// assert_eq!([0, 1, 2, 4, 6, 8].map(|n| plan.value_at(n, 2.0)), [0.0, 1.0, 2.0, 1.0, 2.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn warmup(self, over: impl Into<Span>, from: Level) -> Self {
        Self { warmup: Warmup { over: over.into(), from }, ..self }
    }

    /// The factor from each cycle's length to the next (torch's `T_mult`): 1, at least 1.001, or from 0.01 to
    /// 0.999.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::sgdr, updates};
    ///
    /// // Cycles of 2, 4 and 8 updates; each middle has half of the peak.
    /// let plan = sgdr(updates(2)).length(2.0).spec().resolve(&Horizon::open())?;
    /// assert_eq!([0, 1, 2, 4, 6, 10].map(|n| plan.value_at(n, 2.0)), [2.0, 1.0, 2.0, 1.0, 2.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn length(self, factor: f64) -> Self {
        Self { length: factor, ..self }
    }

    /// The factor from each cycle's height above the minimum to the next (Keras' `m_mul`); finite and above
    /// 0.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::sgdr, updates};
    ///
    /// let plan = sgdr(updates(2)).height(0.5).spec().resolve(&Horizon::open())?;
    /// assert_eq!([0, 2, 4, 6].map(|n| plan.value_at(n, 8.0)), [8.0, 4.0, 2.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn height(self, factor: f64) -> Self {
        Self { height: factor, ..self }
    }

    /// The minimum, where each cosine ends.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::sgdr, times, updates};
    ///
    /// let plan = sgdr(updates(4)).to(times(0.5)).cycles(1).spec().resolve(&Horizon::updates(8)?)?;
    /// assert_eq!([0, 2, 4, 8].map(|n| plan.value_at(n, 2.0)), [2.0, 1.5, 1.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn to(self, minimum: Level) -> Self {
        Self { to: minimum, ..self }
    }

    /// How many cycles there are; after the last one the minimum is held.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::sgdr, updates};
    ///
    /// let plan = sgdr(updates(2)).cycles(2).spec().resolve(&Horizon::updates(9)?)?;
    /// assert_eq!([0, 1, 2, 3, 4, 9].map(|n| plan.value_at(n, 2.0)), [2.0, 1.0, 2.0, 1.0, 0.0, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn cycles(self, cycles: u64) -> Self {
        Self { cycles: Some(cycles), ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// ```
    /// use lehr::{epochs, recipe::sgdr, times, updates};
    ///
    /// assert_eq!(
    ///     sgdr(epochs(2)).warmup(updates(50), times(0.1)).cycles(3).spec().to_string(),
    ///     "linear(from=0.1x, over=50) -> repeat(cosine(to=0x, over=2ep), times=3, anchor=0x) -> hold",
    /// );
    /// ```
    pub fn spec(self) -> Spec {
        let how = Repeat { times: self.cycles, length: self.length, height: self.height, anchor: self.to };
        let spec = self.warmup.spec().then(Spec::from(cosine().to(self.to).over(self.period)).repeat(how));
        if self.cycles.is_some() { spec.then(hold()) } else { spec }
    }
}

/// Cosines with warm restarts from a list: each with its own length and peak.
///
/// Cycle i starts at `s_i`, after the cycles before it, and takes `P_i` updates from its `peak_i`:
///
/// ```text
/// value(t) = minimum + (peak_i - minimum) (1 + cos(pi (t - s_i) / P_i)) / 2
/// ```
///
/// optax's `sgdr_schedule`, mmengine's `CosineRestartLR`. The cycles add up to the run; one of them may take
/// the `rest`. The picture: a row of rounded teeth of any size.
///
/// # Defaults
///
/// To 0.
///
/// # Example
///
/// ```
/// use lehr::recipe::sgdr_list;
/// use lehr::{Horizon, absolute, rest, times, updates};
///
/// let cycles = [(updates(10), times(1.0)), (updates(40), times(0.25)), (rest(), absolute(0.5))];
/// let spec = sgdr_list(cycles).spec();
/// assert_eq!(
///     spec.to_string(),
///     "cosine(from=1x, to=0x, over=10) -> cosine(from=0.25x, to=0x, over=40) -> \
///      cosine(from=0.5, to=0x, over=rest)",
/// );
/// let plan = spec.resolve(&Horizon::updates(100)?)?;
/// assert_eq!([0, 5, 10, 30, 50].map(|n| plan.value_at(n, 8.0)), [8.0, 4.0, 2.0, 1.0, 0.5]);
/// assert_eq!([100, 9999].map(|n| plan.value_at(n, 8.0)), [0.0, 0.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SgdrList {
    cycles: Vec<(Span, Level)>,
    to: Level,
}

/// An [`SgdrList`] of these cycles, each with its length and its peak.
///
/// ```
/// use lehr::{epochs, recipe::sgdr_list, times};
///
/// let spec = sgdr_list([(epochs(10), times(0.5))]).spec();
/// assert_eq!(spec.to_string(), "cosine(from=0.5x, to=0x, over=10ep)");
/// ```
pub fn sgdr_list(cycles: impl IntoIterator<Item = (Span, Level)>) -> SgdrList {
    SgdrList { cycles: cycles.into_iter().collect(), to: times(0.0) }
}

impl SgdrList {
    /// The minimum, where each cosine ends.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::sgdr_list, times, updates};
    ///
    /// let plan = sgdr_list([(updates(4), times(1.0))]).to(absolute(1.0)).spec();
    /// let plan = plan.resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 2, 4].map(|n| plan.value_at(n, 2.0)), [2.0, 1.5, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn to(self, minimum: Level) -> Self {
        Self { to: minimum, ..self }
    }

    /// The phases, to be resolved to a run; without cycles there are none, which resolving refuses.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::sgdr_list, rest, times, updates};
    ///
    /// let spec = sgdr_list([(updates(2), times(1.0)), (rest(), times(0.5))]).spec();
    /// let plan = spec.resolve(&Horizon::updates(10)?)?;
    /// assert_eq!([0, 1, 2, 6].map(|n| plan.value_at(n, 4.0)), [4.0, 2.0, 2.0, 1.0]);
    ///
    /// assert!(sgdr_list([]).spec().resolve(&Horizon::updates(10)?).is_err());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn spec(&self) -> Spec {
        let cycle = |(over, peak): &(Span, Level)| cosine().from(*peak).to(self.to).over(*over);
        self.cycles.iter().map(cycle).fold(Spec::default(), Spec::then)
    }
}
