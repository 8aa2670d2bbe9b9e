//! `State`: a scheduler's progress as plain data.

use crate::control::ControllerState;

/// How far a scheduler has come. Progress, not configuration: the plan itself is only there to be compared.
///
/// Plain data, so it can be kept in any checkpoint; with the feature `serde` it is serialisable.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, MemoryGroups, OnMismatch, Plan, Scheduler, absolute, linear};
///
/// let plan = Plan::builder().then(linear().to(absolute(0.0))).resolve(&Horizon::updates(4)?)?;
/// let mut groups = MemoryGroups::of("lr", &[1.0]);
/// let mut scheduler = Scheduler::builder().field("lr", plan.clone()).attach(&mut groups)?;
/// scheduler.step(&mut groups)?;
/// let state = scheduler.state();
/// assert_eq!(state.num_updates, 1);
///
/// // Another process: the optimizer may have been restored before or not.
/// let mut groups = MemoryGroups::of("lr", &[1.0]);
/// let mut scheduler = Scheduler::builder().field("lr", plan).attach(&mut groups)?;
/// scheduler.load_state(&state, OnMismatch::Error, &mut groups)?;
/// assert_eq!(groups.values("lr")?, [0.75]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct State {
    /// The version of this form, [`State::VERSION`].
    pub version: u32,
    /// Updates that are completed.
    pub num_updates: u64,
    /// One entry for each rule, in the order in which they were given.
    pub fields: Vec<FieldState>,
    /// One entry for each controller, in the order in which they were given.
    pub controllers: Vec<ControllerState>,
}

impl State {
    /// The version that is written. Older ones are read.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, Spec, State};
    ///
    /// let plan = "hold".parse::<Spec>()?.resolve(&Horizon::open())?;
    /// let scheduler = Scheduler::builder().field("lr", plan).attach(&mut MemoryGroups::of("lr", &[1.0]))?;
    /// assert_eq!(scheduler.state().version, State::VERSION);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub const VERSION: u32 = 1;
}

/// The progress of one rule.
///
/// ```
/// use lehr::{Horizon, MemoryGroups, Scheduler, Spec};
///
/// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
/// let mut groups = MemoryGroups::of("lr", &[1.0, 0.5]);
/// let mut scheduler = Scheduler::builder().field("lr", plan).attach(&mut groups)?;
/// scheduler.step(&mut groups)?;
/// let field = &scheduler.state().fields[0];
/// assert_eq!((field.bases.as_slice(), field.values.as_slice()), ([1.0, 0.5].as_slice(), [0.75, 0.375].as_slice()));
/// assert_eq!(field.plan.as_deref(), Some("linear(from=1x, to=0, over=4)"));
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct FieldState {
    /// The field, such as `lr` or `betas[0]`.
    pub field: String,
    /// The groups that it is scheduled in, ascending; the two lists below run beside it.
    pub groups: Vec<usize>,
    /// What each group had when the scheduler was attached.
    pub bases: Vec<f64>,
    /// What was written last, before any controller's factor: what a user's rule continues from. Plans compute it anew.
    pub values: Vec<f64>,
    /// The fingerprint: the plan's text, from which it can be read again; `None` for another rule.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "present"))]
    pub plan: Option<String>,
    /// The plan as it was attached, where it has been re-planned since.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "present"))]
    pub original: Option<String>,
    /// The name of a rule that is no plan.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "present"))]
    pub rule: Option<String>,
}

/// Reads a key that may be null but must be there: serde alone would take a missing one for null.
#[cfg(feature = "serde")]
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    serde::Deserialize::deserialize(deserializer)
}

/// What to do where a saved state has another plan than the scheduler.
///
/// ```
/// use lehr::{Horizon, MemoryGroups, OnMismatch, Scheduler, Spec};
///
/// let attach = |updates, groups: &mut MemoryGroups| {
///     let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(updates)?)?;
///     Scheduler::builder().field("lr", plan).attach(groups)
/// };
/// let mut groups = MemoryGroups::of("lr", &[1.0]);
/// let mut scheduler = attach(10, &mut groups)?;
/// scheduler.step(&mut groups)?;
/// let state = scheduler.state();
///
/// for (on_mismatch, value) in [(OnMismatch::UseNew, 0.95), (OnMismatch::UseSaved, 0.9)] {
///     let mut groups = MemoryGroups::of("lr", &[1.0]);
///     let mut longer = attach(20, &mut groups)?;
///     assert!(longer.load_state(&state, OnMismatch::Error, &mut groups).is_err());
///     longer.load_state(&state, on_mismatch, &mut groups)?;
///     assert_eq!(groups.values("lr")?, [value]);
/// }
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnMismatch {
    /// Refuse, with a list of what differs.
    #[default]
    Error,
    /// Keep the scheduler's plans; take the count and the bases.
    UseNew,
    /// Take the plans that were saved.
    UseSaved,
}
