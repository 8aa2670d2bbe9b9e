//! `UpdateRule`: what decides the values, where a plan does not: a user's own code.

use std::fmt;

use crate::error::Error;
use crate::plan::Plan;
use crate::scheduler::Tie;
use crate::spec::Spec;

/// A schedule of your own: one method.
///
/// # Example
///
/// Weight decay that grows by a tenth every 100 updates, starting from what it finds in the groups:
///
/// ```
/// use lehr::{Error, MemoryGroups, StatefulScheduler, UpdateRule};
///
/// struct StepWd;
///
/// impl UpdateRule for StepWd {
///     fn get_updated_values(&mut self, num_updates: u64, current: &[f64], out: &mut [f64]) -> Result<bool, Error> {
///         if num_updates == 0 || num_updates % 100 != 0 {
///             return Ok(false);
///         }
///         for (value, new) in current.iter().zip(out) {
///             *new = value * 1.1;
///         }
///         Ok(true)
///     }
/// }
///
/// let mut groups = MemoryGroups::of("weight_decay", &[0.01, 0.0]);
/// let mut scheduler = StatefulScheduler::attach("weight_decay", StepWd, &mut groups)?;
/// for _ in 0..100 {
///     scheduler.step(&mut groups)?;
/// }
/// assert_eq!(groups.values("weight_decay")?, [0.01 * 1.1, 0.0]);
/// # Ok::<(), Error>(())
/// ```
pub trait UpdateRule: Send + Sync {
    /// The values for update `num_updates`, counted from 0, one for each scheduled group into `out`.
    ///
    /// `current` are the values that the groups have now. `out` comes filled with NaN and must be filled whole;
    /// `false` leaves the groups as they are.
    ///
    /// # Errors
    ///
    /// Any; no group is then changed.
    ///
    /// ```
    /// use lehr::{Error, UpdateRule};
    ///
    /// struct Halve;
    ///
    /// impl UpdateRule for Halve {
    ///     fn get_updated_values(&mut self, num_updates: u64, current: &[f64], out: &mut [f64]) -> Result<bool, Error> {
    ///         for (value, new) in current.iter().zip(out) {
    ///             *new = value / 2.0;
    ///         }
    ///         Ok(num_updates == 3)
    ///     }
    /// }
    ///
    /// let mut out = [f64::NAN; 2];
    /// assert!(Halve.get_updated_values(3, &[1.0, 0.5], &mut out)?);
    /// assert_eq!(out, [0.5, 0.25]);
    /// assert!(!Halve.get_updated_values(4, &[1.0, 0.5], &mut out)?);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn get_updated_values(
        &mut self,
        num_updates: u64,
        current: &[f64],
        out: &mut [f64],
    ) -> Result<bool, Error>;

    /// Whether the answer is a function of `num_updates` alone, so that [`Scheduler::seek`](crate::Scheduler::seek) may
    /// ask for any update. No, unless the rule says so.
    ///
    /// ```
    /// use lehr::{Error, MemoryGroups, Scheduler, UpdateRule};
    ///
    /// struct Inverse;
    ///
    /// impl UpdateRule for Inverse {
    ///     fn get_updated_values(&mut self, num_updates: u64, _: &[f64], out: &mut [f64]) -> Result<bool, Error> {
    ///         out.fill(1.0 / (num_updates as f64 + 1.0));
    ///         Ok(true)
    ///     }
    ///
    ///     fn is_pure(&self) -> bool {
    ///         true
    ///     }
    /// }
    ///
    /// let mut groups = MemoryGroups::of("lr", &[0.1]);
    /// let mut scheduler = Scheduler::builder().field("lr", Inverse).attach(&mut groups)?;
    /// scheduler.seek(3, &mut groups)?; // an error, if it were not pure
    /// assert_eq!(groups.values("lr")?, [0.25]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn is_pure(&self) -> bool {
        false
    }

    /// What stands for the rule in a saved state. A state is refused by a scheduler whose rule has another name.
    ///
    /// ```
    /// use lehr::{MemoryGroups, Scheduler, rule};
    ///
    /// let mut groups = MemoryGroups::of("lr", &[0.1]);
    /// let mine = rule("mine", |_, now: &[f64]| now.to_vec());
    /// let scheduler = Scheduler::builder().field("lr", mine).attach(&mut groups)?;
    /// assert_eq!(scheduler.state().fields[0].rule.as_deref(), Some("mine"));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn name(&self) -> &str {
        std::any::type_name::<Self>()
    }
}

/// What a closure given to [`rule`] answers.
///
/// ```
/// use lehr::Values;
///
/// assert_eq!(Values::from(0.5), Values::All(0.5));
/// assert_eq!(Values::from(vec![0.5, 0.1]), Values::Each(vec![0.5, 0.1]));
/// assert_eq!(Values::from(None::<f64>), Values::Unchanged);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Leave the groups alone.
    Unchanged,
    /// One value for every group.
    All(f64),
    /// One value for each group.
    Each(Vec<f64>),
}

impl From<f64> for Values {
    fn from(value: f64) -> Self {
        Self::All(value)
    }
}

impl From<Vec<f64>> for Values {
    fn from(values: Vec<f64>) -> Self {
        Self::Each(values)
    }
}

impl<V: Into<Self>> From<Option<V>> for Values {
    fn from(values: Option<V>) -> Self {
        values.map_or(Self::Unchanged, Into::into)
    }
}

/// Makes an [`UpdateRule`] of a closure that answers nothing, one value, or one value for each group.
///
/// The wrong number of values is an error when the rule is asked, and nothing is written.
///
/// ```
/// use lehr::{MemoryGroups, StatelessScheduler, rule};
///
/// let halve_at_100 = rule("halve_at_100", |n, current: &[f64]| {
///     (n == 100).then(|| current.iter().map(|value| value * 0.5).collect::<Vec<f64>>())
/// });
/// let mut groups = MemoryGroups::of("lr", &[1.0, 0.2]);
/// let mut scheduler = StatelessScheduler::attach("lr", halve_at_100, &mut groups)?;
/// scheduler.step_update(100, &mut groups)?;
/// assert_eq!(groups.values("lr")?, [0.5, 0.1]);
/// # Ok::<(), lehr::Error>(())
/// ```
pub fn rule<F, V>(name: impl Into<String>, answer: F) -> impl UpdateRule
where
    F: FnMut(u64, &[f64]) -> V + Send + Sync,
    V: Into<Values>,
{
    FnRule { name: name.into(), answer }
}

struct FnRule<F> {
    name: String,
    answer: F,
}

impl<F, V> UpdateRule for FnRule<F>
where
    F: FnMut(u64, &[f64]) -> V + Send + Sync,
    V: Into<Values>,
{
    fn get_updated_values(
        &mut self,
        num_updates: u64,
        current: &[f64],
        out: &mut [f64],
    ) -> Result<bool, Error> {
        match (self.answer)(num_updates, current).into() {
            Values::Unchanged => return Ok(false),
            Values::All(value) => out.fill(value),
            Values::Each(values) if values.len() == out.len() => out.copy_from_slice(&values),
            Values::Each(values) => {
                return Err(Error::ValueCount {
                    field: self.name.clone(),
                    groups: out.len(),
                    values: values.len(),
                });
            }
        }
        Ok(true)
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// What a scheduler is given for a field: a plan, a spec that still needs a horizon, or a rule of the user's own.
///
/// ```
/// use lehr::{Horizon, MemoryGroups, Rule, Scheduler, Spec, rule};
///
/// let plan = "hold(from=0.5x)".parse::<Spec>()?.resolve(&Horizon::open())?;
/// let rules = [Rule::from(plan), Rule::from(rule("half", |_, now: &[f64]| now.iter().map(|value| value / 2.0).collect::<Vec<_>>()))];
/// for rule in rules {
///     let mut groups = MemoryGroups::of("lr", &[0.1]);
///     Scheduler::builder().field("lr", rule).attach(&mut groups)?;
///     assert_eq!(groups.values("lr")?, [0.05]);
/// }
/// # Ok::<(), lehr::Error>(())
/// ```
pub struct Rule(pub(crate) Kind);

pub(crate) enum Kind {
    Plan(Plan),
    Spec(Spec),
    Tie(Tie),
    User(Box<dyn UpdateRule>),
}

impl From<Plan> for Rule {
    fn from(plan: Plan) -> Self {
        Self(Kind::Plan(plan))
    }
}

impl From<Spec> for Rule {
    fn from(spec: Spec) -> Self {
        Self(Kind::Spec(spec))
    }
}

impl From<Tie> for Rule {
    fn from(tie: Tie) -> Self {
        Self(Kind::Tie(tie))
    }
}

impl<R: UpdateRule + 'static> From<R> for Rule {
    fn from(rule: R) -> Self {
        Self(Kind::User(Box::new(rule)))
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Plan(plan) => write!(f, "Plan({plan})"),
            Kind::Spec(spec) => write!(f, "Spec({spec})"),
            Kind::Tie(tie) => tie.fmt(f),
            Kind::User(rule) => write!(f, "User({})", rule.name()),
        }
    }
}
