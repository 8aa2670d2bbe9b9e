//! Warm-up, stable, decay: `linear(start -> base) -> hold(base) -> decay(base -> minimum)`, and again for
//! each checkpoint.

use super::warmup::Warmup;
use super::wsd_plan::{Interval, WsdPlan};
use crate::curve::{Curve, Hold, Linear, Power};
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::{Level, times};
use crate::number::Number;
use crate::span::{Span, updates};

/// The schedule for runs whose length is not settled (WSD, arXiv 2404.06395; WSD-S, arXiv 2410.05192): a long
/// stable phase, and a short decay before each checkpoint that is to be used.
///
/// With W updates of warm-up, and a checkpoint after c updates, D of which decay in the shape w:
///
/// ```text
/// value(t) = start + (base - start) t / W                      for t < W
/// value(t) = base                                              for W <= t < c - D
/// value(t) = base + (minimum - base) w((t - c + D) / (D - 1))  for c - D <= t < c
/// ```
///
/// and so on from c for the next checkpoint, with no warm-up. The last update before a checkpoint uses the
/// minimum, the next one the peak again; after the last checkpoint the minimum holds. The picture: a straight
/// rise, then plateaus with a cliff at the end of each.
///
/// Where the decays begin depends on the run, so this recipe is resolved at once, to a [`WsdPlan`] that knows
/// its phases and can be branched off and continued.
///
/// # Defaults
///
/// No warm-up, one checkpoint at the end, a decay over the last tenth in the shape `1 - sqrt(p)` to 1e-6 of
/// the base: those of pytorch-accelerated's `WSDLrScheduler`. Others: transformers decays in a cosine to 0;
/// timm's stable phase may fall.
///
/// Edge cases are defined: without warm-up the first update uses the peak; a decay that rounds to no update
/// is left out; a decay of one update uses the minimum at once; the phases may fill the run without a stable
/// one.
///
/// # Example
///
/// ```
/// use lehr::recipe::{WsdPhaseKind, wsd};
/// use lehr::{Horizon, times, updates};
///
/// let wsd = wsd().warmup(updates(10), times(0.0)).to(times(0.01)).checkpoints(2);
/// let run = wsd.resolve(&Horizon::updates(200)?)?;
/// assert_eq!(run.checkpoints(), [100, 200]);
/// assert_eq!(run.decays().collect::<Vec<_>>(), [90..100, 190..200]);
///
/// let plan = run.plan();
/// assert_eq!([0, 5, 10, 90].map(|n| plan.value_at(n, 2.0)), [0.0, 1.0, 2.0, 2.0]);
/// assert_eq!([99, 100, 199, 9999].map(|n| plan.value_at(n, 2.0)), [0.02, 2.0, 0.02, 0.02]);
/// assert_eq!(run.phase_at(95).kind, WsdPhaseKind::Decay);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Wsd {
    pub(super) warmup: Warmup,
    pub(super) warmup_curve: Curve,
    pub(super) stable: Curve,
    decay: DecayLength,
    pub(super) decay_curve: Curve,
    pub(super) to: Level,
    checkpoints: Checkpoints,
}

/// How long a decay takes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum DecayLength {
    Over(Span),
    /// Of the distance since the last checkpoint.
    Share(f64),
}

#[derive(Clone, Debug, PartialEq)]
enum Checkpoints {
    /// So many, each at half of the next one.
    Halving(u64),
    At(Vec<Span>),
}

/// A [`Wsd`] with its defaults.
///
/// ```
/// use lehr::Horizon;
///
/// let run = lehr::recipe::wsd().resolve(&Horizon::updates(100)?)?;
/// assert_eq!(
///     run.plan().to_string(),
///     "hold(from=1x, over=90) -> power(from=1x, to=1e-6x, over=10, inclusive=true)",
/// );
/// # Ok::<(), lehr::Error>(())
/// ```
pub fn wsd() -> Wsd {
    Wsd {
        warmup: Warmup::none(),
        warmup_curve: Linear.into(),
        stable: Hold.into(),
        decay: DecayLength::Share(0.1),
        decay_curve: Power::default().into(),
        to: times(1e-6),
        checkpoints: Checkpoints::Halving(1),
    }
}

impl Wsd {
    /// Rises from a level, absolute or a multiple of the base, to the base over this span.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::wsd, times, updates};
    ///
    /// let run = wsd().warmup(updates(4), times(0.5)).resolve(&Horizon::updates(20)?)?;
    /// assert_eq!([0, 2, 4, 17].map(|n| run.plan().value_at(n, 2.0)), [1.0, 1.5, 2.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn warmup(self, over: impl Into<Span>, from: Level) -> Self {
        Self { warmup: Warmup { over: over.into(), from }, ..self }
    }

    /// Warms up in another shape than a straight line: [`Cosine`](crate::Cosine), or `1 - sqrt(1 - p)`, which
    /// is `Polynomial { power: 0.5 }`.
    ///
    /// ```
    /// use lehr::{Cosine, Horizon, recipe::wsd, times, updates};
    ///
    /// let wsd = wsd().warmup(updates(3), times(0.0)).warmup_curve(Cosine::default());
    /// let run = wsd.resolve(&Horizon::updates(20)?)?;
    /// // (1 - cos(pi / 3)) / 2 after one update of three.
    /// assert!((run.plan().value_at(1, 4.0) - 1.0).abs() < 1e-15);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn warmup_curve(self, curve: impl Into<Curve>) -> Self {
        Self { warmup_curve: curve.into(), ..self }
    }

    /// Falls slowly instead of staying at the peak: by the inverse square root or another power of the time
    /// ([`PowerLaw`](crate::PowerLaw)), or exponentially ([`Decay`](crate::Decay)).
    ///
    /// The fall starts at the end of the warm-up and goes on below the decays: after a checkpoint the value
    /// is what it would be if there had been none.
    ///
    /// ```
    /// use lehr::recipe::wsd;
    /// use lehr::{Horizon, PowerLaw, updates};
    ///
    /// let slow = PowerLaw { scale: updates(100), ..PowerLaw::default() };
    /// let run = wsd().stable(slow).checkpoints_at([updates(300), updates(1000)]).resolve(&Horizon::open())?;
    /// assert_eq!([0, 299, 300].map(|n| run.plan().value_at(n, 2.0)), [2.0, 2e-6, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn stable(self, curve: impl Into<Curve>) -> Self {
        Self { stable: curve.into(), ..self }
    }

    /// Decays over this span before each checkpoint. A share (`5%`) is of the whole run.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::wsd, updates};
    ///
    /// let run = wsd().decay(updates(30)).checkpoints(2).resolve(&Horizon::updates(200)?)?;
    /// assert_eq!(run.decays().collect::<Vec<_>>(), [70..100, 170..200]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn decay(self, over: impl Into<Span>) -> Self {
        Self { decay: DecayLength::Over(over.into()), ..self }
    }

    /// Decays over this share, from 0 to 1, of the distance since the last checkpoint.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::wsd};
    ///
    /// // A quarter of the 200 updates to the first checkpoint, a quarter of the 200 after it.
    /// let run = wsd().decay_share(0.25).checkpoints(2).resolve(&Horizon::updates(400)?)?;
    /// assert_eq!(run.decays().collect::<Vec<_>>(), [150..200, 350..400]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn decay_share(self, share: f64) -> Self {
        Self { decay: DecayLength::Share(share), ..self }
    }

    /// Decays in another shape than `1 - sqrt(p)`: any that goes between two levels.
    /// [`Harmonic`](crate::Harmonic) is the inverse-proportional one of arXiv 2410.05192.
    ///
    /// ```
    /// use lehr::{Horizon, Linear, recipe::wsd, times, updates};
    ///
    /// let wsd = wsd().decay(updates(4)).decay_curve(Linear).to(times(0.0));
    /// let run = wsd.resolve(&Horizon::updates(10)?)?;
    /// // The last update uses the minimum, so the line has three steps from update 6 to 9.
    /// assert_eq!([6, 7, 8, 9].map(|n| run.plan().value_at(n, 3.0)), [3.0, 2.0, 1.0, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn decay_curve(self, curve: impl Into<Curve>) -> Self {
        Self { decay_curve: curve.into(), ..self }
    }

    /// The minimum, used by the last update before each checkpoint.
    ///
    /// ```
    /// use lehr::{Horizon, absolute, recipe::wsd};
    ///
    /// let run = wsd().to(absolute(0.5)).resolve(&Horizon::updates(100)?)?;
    /// assert_eq!([89, 99, 100].map(|n| run.plan().value_at(n, 2.0)), [2.0, 0.5, 0.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn to(self, minimum: Level) -> Self {
        Self { to: minimum, ..self }
    }

    /// So many checkpoints, each at half of the next one, the last one at the end: `total / 2^(count - 1 -
    /// i)`.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::wsd};
    ///
    /// assert_eq!(wsd().checkpoints(4).resolve(&Horizon::updates(800)?)?.checkpoints(), [100, 200, 400, 800]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn checkpoints(self, count: u64) -> Self {
        Self { checkpoints: Checkpoints::Halving(count), ..self }
    }

    /// Checkpoints at these positions, counted from the start of the run; the last one is its end.
    ///
    /// ```
    /// use lehr::{Horizon, epochs, recipe::wsd};
    ///
    /// let places = [epochs(2), epochs(5), epochs(6)];
    /// let run = wsd().checkpoints_at(places).resolve(&Horizon::epochs(6, 100)?)?;
    /// assert_eq!(run.checkpoints(), [200, 500, 600]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn checkpoints_at(self, positions: impl IntoIterator<Item = Span>) -> Self {
        Self { checkpoints: Checkpoints::At(positions.into_iter().collect()), ..self }
    }

    /// Places the checkpoints and the decays in a run.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] for a level, a length or a shape that breaks its rule, for no checkpoints, too
    /// many to halve the run for or some that do not follow each other to its end, and for a warm-up or a
    /// decay that does not fit before its checkpoint; [`Error::Horizon`] for a length that `horizon` cannot
    /// convert.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::wsd, times, updates};
    ///
    /// let run = wsd().warmup(updates(10), times(0.0)).resolve(&Horizon::updates(100)?)?;
    /// assert_eq!(run.checkpoints(), [100]);
    ///
    /// // The warm-up does not fit before the first of three checkpoints, which is at update 25.
    /// let late = wsd().warmup(updates(40), times(0.0)).checkpoints(3);
    /// let error = late.resolve(&Horizon::updates(100)?).unwrap_err();
    /// assert!(error.to_string().starts_with("`warmup` is 40 updates, but"), "{error}");
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn resolve(&self, horizon: &Horizon) -> Result<WsdPlan, Error> {
        let mut wsd = self.clone();
        wsd.warmup.over = updates(length("warmup", self.warmup.over, *horizon)?);
        wsd.warmup.from.check("from")?;
        check_shape("warmup_curve", self.warmup_curve)?;
        wsd.stable = self.check_stable()?.resolve(*horizon)?;
        check_decay(self.decay_curve, self.to)?;
        let mut start = 0;
        let mut intervals = Vec::new();
        for end in self.place_checkpoints(*horizon)? {
            intervals.push(Interval { end, decay: self.decay_over(end - start, *horizon)? });
            start = end;
        }
        WsdPlan::new(wsd, *horizon, intervals)
    }

    /// How long the decay of an interval is.
    pub(super) fn decay_over(&self, interval: u64, horizon: Horizon) -> Result<u64, Error> {
        match self.decay {
            DecayLength::Over(span) => length("decay", span, horizon),
            DecayLength::Share(share) if (0.0..=1.0).contains(&share) => {
                Horizon::updates(interval)?.length(Span::Fraction(share))
            }
            DecayLength::Share(share) => {
                let rule = "it must be from 0 to 1: a share of the distance since the last checkpoint";
                Err(Error::parameter("decay_share", Number(share), rule))
            }
        }
    }

    fn check_stable(&self) -> Result<Curve, Error> {
        self.stable.check()?;
        if self.stable.falls() || matches!(self.stable, Curve::Hold(_)) {
            Ok(self.stable)
        } else {
            let rule =
                "the stable phase has no level to go to: it is a hold, or falls by itself (power_law, decay)";
            Err(Error::parameter("stable", self.stable.name(), rule))
        }
    }

    /// The checkpoints, ascending, above 0.
    fn place_checkpoints(&self, horizon: Horizon) -> Result<Vec<u64>, Error> {
        let positions = match &self.checkpoints {
            Checkpoints::Halving(count) => return halving(*count, horizon),
            Checkpoints::At(positions) => positions,
        };
        let mut checkpoints = Vec::with_capacity(positions.len());
        for position in positions {
            let checkpoint = length("checkpoints", *position, horizon)?;
            let before = checkpoints.last().copied().unwrap_or_default();
            if checkpoint <= before {
                let rule = format!(
                    "it is {checkpoint} updates after the start, and must be more than the {before} before it"
                );
                return Err(Error::parameter("checkpoints", position, rule));
            }
            checkpoints.push(checkpoint);
        }
        let Some(last) = checkpoints.last() else {
            return Err(Error::parameter(
                "checkpoints",
                "empty",
                "there must be at least one, at the end of the run",
            ));
        };
        match horizon.total() {
            Some(total) if *last != total => {
                let rule = format!("the last one must be the end of the run, after {total} updates");
                Err(Error::parameter("checkpoints", last, rule))
            }
            _ => Ok(checkpoints),
        }
    }
}

/// `total / 2^(count - 1 - i)` for each i, rounded down.
fn halving(count: u64, horizon: Horizon) -> Result<Vec<u64>, Error> {
    // The run's total, or an error that says what the horizon lacks.
    let total = horizon.length(Span::Fraction(1.0))?;
    let most = u64::from(u64::BITS - total.leading_zeros());
    if !(1..=most).contains(&count) {
        let rule = format!(
            "halving {total} updates makes 1 to {most} checkpoints; place others with checkpoints_at"
        );
        return Err(Error::parameter("checkpoints", count, rule));
    }
    Ok((0..count).rev().map(|halvings| total >> halvings).collect())
}

/// A length in updates; `name` is what an error calls it.
pub(super) fn length(name: &str, span: Span, horizon: Horizon) -> Result<u64, Error> {
    span.check(name)?;
    if span == Span::Rest {
        return Err(Error::parameter(name, span, "it must be a length of its own: 500, 3ep or 5%"));
    }
    horizon.length(span)
}

/// A shape that goes from one level to another.
fn check_shape(name: &str, curve: Curve) -> Result<(), Error> {
    curve.check()?;
    if curve.falls() || matches!(curve, Curve::Hold(_)) {
        let rule = "it must be a shape that goes from one level to another, such as linear, cosine or power";
        return Err(Error::parameter(name, curve.name(), rule));
    }
    Ok(())
}

/// A shape that can go from a peak to this level.
pub(super) fn check_decay(curve: Curve, to: Level) -> Result<(), Error> {
    check_shape("decay_curve", curve)?;
    to.check("to")?;
    curve.check_ends(1.0, to.of(1.0))
}
