//! What can go wrong, said so that the reader can mend it: parameter, value, rule, way out.

use std::fmt;
use std::path::PathBuf;

/// Why an optimizer could not be built, updated, saved or loaded.
///
/// # Example
///
/// ```
/// use candle_core::{DType, Device, Var};
/// use lehr_candle::{AdamW, AdamWParams};
///
/// let weight = Var::zeros(3, DType::F32, &Device::Cpu)?;
/// let params = AdamWParams { beta1: 1.0, ..AdamWParams::default() };
/// let error = AdamW::builder().group("weights", [("weight", weight)], params).build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`betas[0]` of group `weights` is 1, but it must be at least 0 and less than 1 (the default is 0.9)",
/// );
/// # Ok::<(), candle_core::Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument has a value that its rule forbids.
    #[error("{name} is {value}, but {rule}")]
    Parameter {
        /// Which argument: a hyperparameter, a group, a variable, a gradient, the loss.
        name: String,
        /// What was given.
        value: String,
        /// What it must be instead, and a way to get there.
        rule: String,
    },
    /// A saved state does not belong to this optimizer. Nothing has been changed.
    #[error("the saved state is not of this optimizer: {}", differences.join("; "))]
    State {
        /// One line for each entry that is missing, not expected, or different.
        differences: Vec<String>,
    },
    /// A file could not be written or read.
    #[error("cannot {action} `{}`: {source}", path.display())]
    File {
        /// What was tried: `write` or `read`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Candle failed.
    #[error(transparent)]
    Candle(#[from] candle_core::Error),
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
