//! What can go wrong, said so that the reader can mend it: parameter, value, rule, way out.

use std::fmt;

/// Why a plan could not be resolved, a scheduler not attached, or a step not taken.
///
/// # Design
///
/// One enum for the crate: a caller matches on the few cases that it can answer ([`MissingField`](Error::MissingField)
/// is Python's `KeyError`, the others are its `ValueError`) and prints the rest. Whenever a call returns an error,
/// no group has been changed: see [`Scheduler::step`](crate::Scheduler::step).
///
/// # Example
///
/// ```
/// use lehr::{Horizon, Plan, linear, updates};
///
/// let error = Plan::builder().then(linear().over(updates(20))).resolve(&Horizon::updates(10)?).unwrap_err();
/// assert!(error.to_string().starts_with("the phases take 20 updates, but the run has 10"));
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A parameter has a value that its rule forbids (NaN and infinity are never allowed).
    Parameter {
        /// Which parameter, as it is written in plan text.
        name: String,
        /// The value that was given.
        value: String,
        /// What it must be instead.
        rule: String,
    },
    /// A length was asked for in a unit that the [`Horizon`](crate::Horizon) cannot convert.
    Horizon {
        /// The length, as text.
        span: String,
        /// What the horizon lacks and how to give it.
        lacks: &'static str,
    },
    /// The phases do not add up to the run.
    Length {
        /// Updates that the phases take.
        phases: u128,
        /// Updates that the run has.
        run: u64,
    },
    /// A parameter group has no such field.
    MissingField {
        /// The field that was asked for.
        field: String,
        /// The group, by index and by name where it has one.
        group: String,
        /// The fields that the group has.
        known: Vec<String>,
    },
    /// A rule answered with the wrong number of values.
    ValueCount {
        /// The scheduled field.
        field: String,
        /// How many groups the rule is for.
        groups: usize,
        /// How many values it gave.
        values: usize,
    },
    /// A value to be written, or a base to start from, is NaN or infinite.
    NotFinite {
        /// The scheduled field.
        field: String,
        /// The group, by index and by name where it has one.
        group: String,
        /// What was found.
        value: f64,
        /// Where it came from and what to do about it.
        origin: &'static str,
    },
    /// The optimizer has another number of groups than when the scheduler was attached.
    GroupCount {
        /// Groups when the scheduler was attached.
        attached: usize,
        /// Groups now.
        now: usize,
    },
    /// A selection names a group that the optimizer does not have, or selects none.
    Selection {
        /// What was asked for.
        asked: String,
        /// What there is.
        known: String,
    },
    /// Two rules want to write the same field of the same group.
    Conflict {
        /// The field.
        field: String,
        /// The group, by index and by name where it has one.
        group: String,
    },
    /// The optimizer refused a value; the groups written before it have been put back.
    Write {
        /// The field.
        field: String,
        /// The group, by index and by name where it has one.
        group: String,
        /// The optimizer's reason.
        reason: String,
    },
    /// A user's rule failed.
    Rule {
        /// Its error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A text is not a plan, a span, a level or a field.
    Text {
        /// The whole text.
        text: String,
        /// Byte offset of the fault.
        position: usize,
        /// What was wanted there.
        message: String,
    },
    /// A saved state does not belong to this scheduler.
    State {
        /// One line for each field that differs, or what else is wrong.
        differences: Vec<String>,
    },
}

impl Error {
    pub(crate) fn parameter(
        name: impl Into<String>,
        value: impl fmt::Display,
        rule: impl Into<String>,
    ) -> Self {
        Self::Parameter { name: name.into(), value: value.to_string(), rule: rule.into() }
    }

    pub(crate) fn text(text: &str, position: usize, message: impl Into<String>) -> Self {
        Self::Text { text: text.to_owned(), position, message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter { name, value, rule } => write!(f, "`{name}` is {value}, but {rule}"),
            Self::Horizon { span, lacks } => write!(f, "the length `{span}` cannot be resolved: {lacks}"),
            Self::Length { phases, run } if *phases > u128::from(*run) => write!(
                f,
                "the phases take {phases} updates, but the run has {run}: shorten a phase, or give its length \
                 as a share of the run (`5%`)"
            ),
            Self::Length { phases, run } => write!(
                f,
                "the phases take {phases} updates, but the run has {run}: give one of them the length `rest`, \
                 or add a phase that holds"
            ),
            Self::MissingField { field, group, known } => {
                write!(f, "{group} has no field `{field}`")?;
                if known.is_empty() { Ok(()) } else { write!(f, "; it has {}", known.join(", ")) }
            }
            Self::ValueCount { field, groups, values } => write!(
                f,
                "the rule for `{field}` gave {values} values for {groups} groups: give one value for all groups, \
                 or exactly {groups}"
            ),
            Self::NotFinite { field, group, value, origin } => {
                write!(f, "`{field}` of {group} would be {value}, but it must be finite: {origin}")
            }
            Self::GroupCount { attached, now } => {
                let adopting =
                    if now > attached { ", or one whose `new_groups` says to adopt them" } else { "" };
                write!(
                    f,
                    "the optimizer has {now} group{}, but had {attached} when the scheduler was attached: attach a new \
                     scheduler{adopting}",
                    if *now == 1 { "" } else { "s" }
                )
            }
            Self::Selection { asked, known } => {
                write!(f, "no group is selected by {asked}; there are {known}")
            }
            Self::Conflict { field, group } => {
                write!(f, "`{field}` of {group} is scheduled twice: select other groups for one of the two")
            }
            Self::Write { field, group, reason } => {
                write!(f, "the optimizer refused `{field}` of {group}: {reason}; no group was changed")
            }
            Self::Rule { source } => write!(f, "the rule failed: {source}"),
            Self::Text { text, position, message } => {
                let shown: String = text.get(*position..).unwrap_or_default().chars().take(20).collect();
                if shown.is_empty() {
                    write!(f, "at the end of the text: {message}")
                } else {
                    write!(f, "at byte {position}, `{shown}`: {message}")
                }
            }
            Self::State { differences } => {
                write!(f, "the saved state is not of this scheduler: {}", differences.join("; "))
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Rule { source } => Some(source.as_ref()),
            _ => None,
        }
    }
}
