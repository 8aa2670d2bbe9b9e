//! What can go wrong, said so that the reader can mend it: parameter, value, rule, way out.

use std::fmt;

use tch::TchError;

/// Why an optimizer could not be built or updated.
///
/// # Example
///
/// ```
/// use lehr_tch::Optimizer;
/// use tch::{Device, nn};
///
/// let error = Optimizer::new(&nn::VarStore::new(Device::Cpu), nn::Sgd::default(), 0.1).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the variable store is empty, but an optimizer needs at least one variable: make the model first",
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
    /// libtorch failed.
    #[error(transparent)]
    Tch(#[from] TchError),
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
