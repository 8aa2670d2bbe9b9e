//! `Horizon`: how long the run is, and how many updates make an epoch.

use crate::error::Error;
use crate::span::Span;

/// What a [`Span`] is resolved against: the total of updates and the updates in an epoch, as far as they are known.
///
/// Both count completed optimizer updates: after gradient accumulation, per process.
///
/// # Example
///
/// ```
/// use lehr::Horizon;
///
/// let by_count = Horizon::updates(10_020)?.with_updates_per_epoch(334)?;
/// assert_eq!(Horizon::epochs(30, 334)?, by_count);
/// assert_eq!(Horizon::open().total(), None);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Horizon {
    total: Option<u64>,
    updates_per_epoch: Option<u64>,
}

impl Horizon {
    /// A run of `total` updates.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `total` is 0.
    ///
    /// ```
    /// use lehr::Horizon;
    ///
    /// assert_eq!(Horizon::updates(500)?.total(), Some(500));
    /// assert_eq!(
    ///     Horizon::updates(0).unwrap_err().to_string().split(',').next(),
    ///     Some("`updates` is 0"),
    /// );
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn updates(total: u64) -> Result<Self, Error> {
        Ok(Self { total: Some(positive("updates", total)?), updates_per_epoch: None })
    }

    /// A run of `epochs` epochs of `updates_per_epoch` updates.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if either is 0, or if their product does not fit 64 bits.
    ///
    /// ```
    /// use lehr::Horizon;
    ///
    /// assert_eq!(Horizon::epochs(3, 50)?.total(), Some(150));
    /// assert!(Horizon::epochs(3, 0).is_err());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn epochs(epochs: u64, updates_per_epoch: u64) -> Result<Self, Error> {
        positive("epochs", epochs)?;
        positive("updates_per_epoch", updates_per_epoch)?;
        let total = epochs.checked_mul(updates_per_epoch).ok_or_else(|| {
            Error::parameter(
                "epochs",
                epochs,
                format!("{updates_per_epoch} updates for each of them overflow 64 bits"),
            )
        })?;
        Ok(Self { total: Some(total), updates_per_epoch: Some(updates_per_epoch) })
    }

    /// A run whose end is not known: for plans whose lengths are in updates.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let constant = "linear(from=0x, over=10) -> hold".parse::<Spec>()?;
    /// assert_eq!(constant.resolve(&Horizon::open())?.value_at(1_000_000, 0.1), 0.1);
    /// // A share of a run without an end is no length.
    /// assert!("linear(to=0, over=5%) -> hold".parse::<Spec>()?.resolve(&Horizon::open()).is_err());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn open() -> Self {
        Self::default()
    }

    /// The same run, with the length of an epoch.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `updates_per_epoch` is 0.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let run = Horizon::updates(100)?.with_updates_per_epoch(20)?;
    /// let plan = "linear(from=0x, over=2ep) -> hold".parse::<Spec>()?.resolve(&run)?;
    /// assert_eq!([20, 40].map(|n| plan.value_at(n, 1.0)), [0.5, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn with_updates_per_epoch(self, updates_per_epoch: u64) -> Result<Self, Error> {
        Ok(Self { updates_per_epoch: Some(positive("updates_per_epoch", updates_per_epoch)?), ..self })
    }

    /// Updates in the run, if known.
    ///
    /// ```
    /// use lehr::Horizon;
    ///
    /// assert_eq!((Horizon::epochs(2, 30)?.total(), Horizon::open().total()), (Some(60), None));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn total(self) -> Option<u64> {
        self.total
    }

    /// Updates in an epoch, if known.
    ///
    /// ```
    /// use lehr::Horizon;
    ///
    /// assert_eq!(Horizon::epochs(2, 30)?.updates_per_epoch(), Some(30));
    /// assert_eq!(Horizon::updates(60)?.updates_per_epoch(), None);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn updates_per_epoch(self) -> Option<u64> {
        self.updates_per_epoch
    }

    /// A single length in updates.
    pub(crate) fn length(self, span: Span) -> Result<u64, Error> {
        if span == Span::Rest {
            return Err(Error::parameter("length", span, "only a phase can take the rest of the run"));
        }
        Length::of(&[span.into()]).round(self, span).map(saturate)
    }

    /// The same epochs in a run, or a part of one, of another length.
    pub(crate) fn with_total(self, total: Option<u64>) -> Self {
        Self { total, ..self }
    }

    /// Cumulative boundaries, one after each span: summed unrounded, each rounded once (half to even).
    ///
    /// What follows a `rest` is counted back from the end, so the last boundary is the run's total. `None` stands
    /// for the end of an open run. Where `fit`, the last boundary must be the run's end.
    pub(crate) fn boundaries(self, extents: &[Extent], fit: bool) -> Result<Vec<Option<u64>>, Error> {
        let rest = extents.iter().position(|extent| *extent == Extent::REST);
        if rest != extents.iter().rposition(|extent| *extent == Extent::REST) {
            return Err(Error::parameter(
                "over",
                Span::Rest,
                "only one phase of a plan can take the rest of the run",
            ));
        }
        let mut boundaries = Vec::with_capacity(extents.len());
        let mut before = 0;
        for (index, extent) in extents.iter().enumerate() {
            let length = match rest {
                Some(rest) if rest == index && index + 1 == extents.len() && self.total.is_none() => {
                    boundaries.push(None);
                    break;
                }
                Some(rest) if rest <= index => Length::of(&extents[index + 1..]).back_from_the_end(),
                _ => Length::of(&extents[..=index]),
            };
            let boundary = length.round(self, extent.span())?;
            if boundary < before {
                // Only after `rest` can a boundary go back: the phases around it are too long by the difference.
                let run = self.total.unwrap_or_default();
                return Err(Error::Length {
                    phases: (i128::from(run) + before - boundary).unsigned_abs(),
                    run,
                });
            }
            before = boundary;
            boundaries.push(Some(saturate(boundary)));
        }
        match self.total {
            Some(run) if fit && before != i128::from(run) => {
                Err(Error::Length { phases: before.unsigned_abs(), run })
            }
            _ => Ok(boundaries),
        }
    }
}

fn positive(name: &str, value: u64) -> Result<u64, Error> {
    if value == 0 { Err(Error::parameter(name, value, "it must be at least 1")) } else { Ok(value) }
}

fn saturate(count: i128) -> u64 {
    u64::try_from(count.max(0)).unwrap_or(u64::MAX)
}

/// How long a step of a plan lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Extent {
    /// As it was asked for.
    Asked(Span),
    /// Updates that a combinator's plans add up to: rounded inside it, so not again with what is before it.
    Own(u64),
}

impl Extent {
    pub(crate) const REST: Self = Self::Asked(Span::Rest);

    pub(crate) fn span(self) -> Span {
        match self {
            Self::Asked(span) => span,
            Self::Own(updates) => Span::Updates(updates),
        }
    }
}

impl From<Span> for Extent {
    fn from(span: Span) -> Self {
        Self::Asked(span)
    }
}

/// A sum of lengths, each unit by itself, so that the whole is rounded once.
#[derive(Clone, Copy)]
struct Length {
    /// Not rounded with the others.
    own: i128,
    updates: i128,
    epochs: f64,
    share: f64,
}

impl Length {
    fn of(extents: &[Extent]) -> Self {
        let (mut own, mut updates, mut epochs, mut share) = (0, 0, Sum::default(), Sum::default());
        for extent in extents {
            match extent {
                Extent::Own(count) => own += i128::from(*count),
                Extent::Asked(Span::Updates(count)) => updates += i128::from(*count),
                Extent::Asked(Span::Epochs(count)) => epochs.add(*count),
                Extent::Asked(Span::Fraction(fraction)) => share.add(*fraction),
                Extent::Asked(Span::Rest) => {}
            }
        }
        Self { own, updates, epochs: epochs.total(), share: share.total() }
    }

    fn back_from_the_end(self) -> Self {
        Self { own: -self.own, updates: -self.updates, epochs: -self.epochs, share: 1.0 - self.share }
    }

    /// In updates, half to even. `span` is the one that an error speaks of.
    fn round(self, horizon: Horizon, span: Span) -> Result<i128, Error> {
        let lacking = |lacks| Error::Horizon { span: span.to_string(), lacks };
        let mut whole = self.updates;
        let mut part = 0.0;
        if self.share != 0.0 {
            let total = horizon.total.ok_or_else(|| {
                lacking("the total of updates is not known; give the horizon its total (`Horizon::updates`)")
            })?;
            // A share of 100 % is the total itself, which f64 may not hold.
            if self.share == 1.0 { whole += i128::from(total) } else { part += self.share * total as f64 }
        }
        if self.epochs != 0.0 {
            let updates_per_epoch = horizon.updates_per_epoch.ok_or_else(|| {
                lacking("the updates in an epoch are not known; give them to the horizon (`with_updates_per_epoch`)")
            })?;
            part += self.epochs * updates_per_epoch as f64;
        }
        // Beyond 2^96 every length is longer than every run.
        let floor = part.floor().clamp(-8e28, 8e28);
        #[allow(clippy::cast_possible_truncation)]
        let below = whole + floor as i128;
        let above_half = part - floor;
        let up = above_half > 0.5 || (above_half == 0.5 && below % 2 != 0);
        Ok(self.own + below + i128::from(up))
    }
}

/// A sum that carries its rounding errors along (Neumaier), so that ten tenths are one.
#[derive(Clone, Copy, Default)]
struct Sum {
    high: f64,
    low: f64,
}

impl Sum {
    fn add(&mut self, term: f64) {
        let high = self.high + term;
        self.low +=
            if self.high.abs() >= term.abs() { (self.high - high) + term } else { (term - high) + self.high };
        self.high = high;
    }

    fn total(self) -> f64 {
        self.high + self.low
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::{epochs, fraction, rest, updates};

    fn boundaries(horizon: Horizon, spans: &[Span]) -> Result<Vec<Option<u64>>, Error> {
        horizon.boundaries(&spans.iter().copied().map(Extent::Asked).collect::<Vec<_>>(), true)
    }

    fn resolve(horizon: Horizon, spans: &[Span]) -> Vec<u64> {
        boundaries(horizon, spans).unwrap().into_iter().map(Option::unwrap).collect()
    }

    fn fails(horizon: Horizon, spans: &[Span]) -> String {
        boundaries(horizon, spans).unwrap_err().to_string()
    }

    #[test]
    fn boundaries_are_cumulative_and_add_up() {
        let run = Horizon::updates(10).unwrap();
        let third = fraction(1.0 / 3.0);
        assert_eq!(resolve(run, &[third, third, third]), [3, 7, 10]);
        assert_eq!(resolve(run, &[fraction(0.1); 10]), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(resolve(run, &[fraction(0.05), rest()]), [0, 10], "a half rounds to even");
        assert_eq!(resolve(run, &[fraction(0.15), rest()]), [2, 10]);
        assert_eq!(resolve(run, &[updates(2), rest(), fraction(0.2)]), [2, 8, 10]);
        assert_eq!(resolve(run, &[rest(), updates(3)]), [7, 10]);
        assert_eq!(resolve(run, &[updates(10), rest()]), [10, 10]);
    }

    #[test]
    fn no_bit_of_a_share_is_lost_in_a_sum() {
        // 0.75, 2^52, 0.75 and 0.875 updates; in f64 there is no 2^52 + 0.75, and the sum of all would be 2^52 + 3.
        let run = Horizon::updates(1 << 54).unwrap();
        let [small, larger] = [6.0, 7.0].map(|eighths| fraction(eighths * f64::EPSILON / 32.0));
        let quarter = 1 << 52;
        assert_eq!(
            resolve(run, &[small, fraction(0.25), small, larger, rest()]),
            [1, quarter + 1, quarter + 2, quarter + 2, 1 << 54]
        );
        // The ten of them are all of it, also where f64 has no such number.
        let odd = Horizon::updates((1 << 60) + 1).unwrap();
        assert_eq!(resolve(odd, &[fraction(0.1); 10]).last(), Some(&((1 << 60) + 1)));
    }

    #[test]
    fn epochs_and_updates_mix() {
        let run = Horizon::epochs(3, 7).unwrap();
        assert_eq!((run.total(), run.updates_per_epoch()), (Some(21), Some(7)));
        assert_eq!(resolve(run, &[epochs(0.5), epochs(1.5), rest()]), [4, 14, 21]);
        assert_eq!(resolve(run, &[updates(1), epochs(0.5), rest(), epochs(1)]), [1, 4, 14, 21]);
    }

    #[test]
    fn a_combinator_keeps_its_own_length_wherever_it_stands() {
        // 5 % of 830 are 41.5: rounded with 17 updates they would end at 58.
        let run = Horizon::updates(830).unwrap();
        let ends = |extents: &[Extent]| run.boundaries(extents, true).unwrap();
        let share = Extent::Asked(fraction(0.05));
        assert_eq!(ends(&[share, Extent::Own(17), Extent::REST]), [Some(42), Some(59), Some(830)]);
        assert_eq!(ends(&[Extent::REST, Extent::Own(17), share]), [Some(771), Some(788), Some(830)]);
    }

    #[test]
    fn what_the_horizon_lacks_is_named() {
        assert!(
            fails(Horizon::updates(10).unwrap(), &[epochs(1), rest()])
                .contains("updates in an epoch are not known")
        );
        assert!(fails(Horizon::open(), &[fraction(0.1)]).contains("total of updates is not known"));
        assert!(fails(Horizon::open(), &[rest(), updates(5)]).contains("`rest` cannot be resolved"));
        assert_eq!(boundaries(Horizon::open(), &[updates(5), rest()]).unwrap(), [Some(5), None]);
    }

    #[test]
    fn phases_must_fit() {
        let run = Horizon::updates(10).unwrap();
        assert!(fails(run, &[updates(11)]).starts_with("the phases take 11 updates, but the run has 10"));
        assert!(
            fails(run, &[updates(8), rest(), updates(5)])
                .starts_with("the phases take 13 updates, but the run has 10")
        );
        assert!(
            fails(run, &[rest(), updates(15)]).starts_with("the phases take 15 updates, but the run has 10")
        );
        assert!(fails(run, &[updates(9)]).contains("length `rest`"));
        assert!(fails(run, &[rest(), rest()]).contains("only one phase"));
        assert!(fails(run, &[fraction(0.5), fraction(0.6)]).starts_with("the phases take 11 updates"));
    }

    #[test]
    fn extreme_lengths_do_not_overflow() {
        let run = Horizon::updates(u64::MAX).unwrap();
        assert_eq!(resolve(run, &[fraction(0.5), rest()]), [1 << 63, u64::MAX]);
        assert_eq!(resolve(run, &[fraction(1.0)]), [u64::MAX]);
        assert!(boundaries(run, &[updates(u64::MAX), updates(u64::MAX)]).is_err());
        let run = run.with_updates_per_epoch(1 << 40).unwrap();
        assert!(
            fails(run, &[epochs(1e308), rest()]).contains("but the run has 18446744073709551615: shorten")
        );
    }

    #[test]
    fn a_run_has_updates() {
        assert_eq!(Horizon::updates(0).unwrap_err().to_string(), "`updates` is 0, but it must be at least 1");
        assert!(Horizon::epochs(0, 5).is_err());
        assert!(Horizon::epochs(5, 0).is_err());
        assert!(Horizon::epochs(u64::MAX, 2).unwrap_err().to_string().contains("overflow 64 bits"));
        assert!(Horizon::open().with_updates_per_epoch(0).is_err());
    }
}
