//! Stretch: `value(n) = plan(n / by)`.

use std::fmt;
use std::str::FromStr;

use super::{Context, one};
use crate::call::{Call, Fault};
use crate::combine::Combinator;
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::Affine;
use crate::plan::{Plan, Section};
use crate::spec::Spec;
use crate::time::Time;

/// A ratio of whole numbers above 0, so that a stretched clock is exact. Text: `1.5`, `3/2`.
///
/// ```
/// use lehr::Ratio;
///
/// assert_eq!("1.5".parse::<Ratio>()?, Ratio::new(3, 2)?);
/// assert_eq!(Ratio::new(2, 6)?.to_string(), "1/3");
/// assert!(Ratio::new(0, 1).is_err());
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    numerator: u64,
    denominator: u64,
}

impl Ratio {
    /// `numerator / denominator`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if either is 0.
    ///
    /// ```
    /// use lehr::Ratio;
    ///
    /// assert_eq!(Ratio::new(6, 4)?, Ratio::new(3, 2)?);
    /// assert!(Ratio::new(1, 0).is_err());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn new(numerator: u64, denominator: u64) -> Result<Self, Error> {
        if numerator == 0 || denominator == 0 {
            let rule =
                "a ratio is of two whole numbers above 0, such as 3/2, or a decimal above 0, such as 1.5";
            return Err(Error::parameter("by", format!("{numerator}/{denominator}"), rule));
        }
        let (mut a, mut b) = (numerator, denominator);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Ok(Self { numerator: numerator / a, denominator: denominator / a })
    }

    /// This many times `length`, rounded up: by then a plan of that length has ended.
    fn of(self, length: u64) -> u64 {
        let product = u128::from(length) * u128::from(self.numerator);
        u64::try_from(product.div_ceil(self.denominator.into())).unwrap_or(u64::MAX)
    }

    fn inverse(self) -> Self {
        Self { numerator: self.denominator, denominator: self.numerator }
    }

    fn times(self, updates: f64) -> f64 {
        updates * self.numerator as f64 / self.denominator as f64
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.numerator.fmt(f)?;
        if self.denominator == 1 { Ok(()) } else { write!(f, "/{}", self.denominator) }
    }
}

impl FromStr for Ratio {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || {
            Error::text(text, 0, "a ratio is above 0, a decimal such as 1.5 or two whole numbers such as 3/2")
        };
        let parse = |digits: &str| digits.trim().parse::<u64>().map_err(|_| wrong());
        if let Some((numerator, denominator)) = text.split_once('/') {
            return Self::new(parse(numerator)?, parse(denominator)?).map_err(|_| wrong());
        }
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let places = u32::try_from(decimals.len()).map_err(|_| wrong())?;
        let denominator = 10_u64.checked_pow(places).ok_or_else(wrong)?;
        Self::new(parse(&format!("{whole}{decimals}"))?, denominator).map_err(|_| wrong())
    }
}

/// `stretch(plan, by=2)`: the whole of it twice as slow.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stretch<P> {
    pub(crate) plan: P,
    pub(crate) by: Ratio,
}

impl<P> Stretch<P> {
    pub(super) const NAME: &'static str = "stretch";
    pub(super) const ARGUMENTS: &'static [&'static str] = &["by"];

    pub(super) fn plans(&self) -> Vec<&P> {
        vec![&self.plan]
    }

    pub(super) fn arguments(&self, call: Call) -> Call {
        call.with("by", Some(self.by.to_string()))
    }
}

impl Stretch<Spec> {
    pub(super) fn from_call(plans: Vec<Spec>, call: &Call) -> Result<Self, Fault> {
        let by = call.read("by", "a ratio above 0, such as 1.5 or 3/2", |text| text.parse().ok())?;
        let by = by.ok_or_else(|| call.fault("stretch needs `by`, as in stretch(cosine(to=0), by=1.5)"))?;
        Ok(Self { plan: one(plans, call)?, by })
    }

    pub(super) fn length(&self, around: Horizon) -> Result<Option<u64>, Error> {
        Ok(self.plan.length(around)?.map(|length| self.by.of(length)))
    }

    pub(super) fn resolve(&self, context: Context) -> Result<Combinator<Plan>, Error> {
        // The longest plan that still ends in time.
        let inner = context.length.map(|length| {
            let longest = self.by.inverse().of(length);
            if self.by.of(longest) > length { (longest - 1).max(1) } else { longest }
        });
        let plan = self.plan.resolve_in(context.with_length(inner))?;
        Ok(Combinator::Stretch(Stretch { plan, by: self.by }))
    }
}

impl Stretch<Plan> {
    fn inside(&self, time: Time) -> Time {
        time.scaled(self.by.denominator, self.by.numerator)
    }

    pub(super) fn affine(&self, time: Time) -> Option<Affine> {
        self.plan.affine(self.inside(time))
    }

    pub(super) fn value(&self, time: Time, base: f64) -> f64 {
        self.plan.value(self.inside(time), base)
    }

    pub(super) fn end(&self) -> Option<u64> {
        self.plan.end().map(|end| self.by.of(end))
    }

    pub(super) fn section(&self, time: Time) -> Section {
        let section = self.plan.section(self.inside(time));
        let outside = |updates| self.by.times(updates);
        Section { start: outside(section.start), end: section.end.map(outside), ..section }
    }

    pub(super) fn check_base(&self, base: f64) -> Result<(), Error> {
        self.plan.check_base(base)
    }
}
