//! What can go wrong, said so that the reader can mend it: parameter, value, rule, way out.

use std::fmt;

/// Why groups could not be built, or a schedule not handed to Burn.
///
/// # Example
///
/// ```
/// use lehr_burn::{AdamWParams, Groups};
///
/// let params = AdamWParams { beta1: 1.0, ..AdamWParams::default() };
/// assert_eq!(
///     Groups::new("weights", params).unwrap_err().to_string(),
///     "`betas[0]` of group `weights` is 1, but it must be at least 0 and less than 1",
/// );
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument has a value that its rule forbids.
    #[error("{name} is {value}, but {rule}")]
    Parameter {
        /// Which argument.
        name: String,
        /// What was given.
        value: String,
        /// What it must be instead, and a way to get there.
        rule: String,
    },
    /// A saved record does not belong to this scheduler. Nothing has been changed.
    #[error("the saved record is not of this scheduler: {}", differences.join("; "))]
    Record {
        /// One line for each entry that is missing or different.
        differences: Vec<String>,
    },
    /// A plan cannot be used.
    #[error(transparent)]
    Plan(#[from] lehr::Error),
}

impl Error {
    pub(crate) fn parameter(
        name: impl Into<String>,
        value: impl fmt::Display,
        rule: impl Into<String>,
    ) -> Self {
        Self::Parameter { name: name.into(), value: value.to_string(), rule: rule.into() }
    }
}
