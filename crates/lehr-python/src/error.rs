//! The core's errors as exceptions: a missing field is a `KeyError`, everything else a `ValueError`, all a `LehrError`.

use std::fmt;

use lehr::Error;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

/// An exception that a user's rule raised, on its way through the core.
pub(crate) struct Raised(pub(crate) PyErr);

impl fmt::Debug for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Raised {}

impl From<Raised> for Error {
    fn from(raised: Raised) -> Self {
        Self::Rule { source: Box::new(raised) }
    }
}

/// The exception for an error of the core. What a user's rule raised is raised again as it was.
pub(crate) fn exception(py: Python<'_>, error: Error) -> PyErr {
    match error {
        Error::Rule { source } => match source.downcast::<Raised>() {
            Ok(raised) => raised.0,
            Err(source) => value_error(py, Error::Rule { source }.to_string()),
        },
        Error::MissingField { .. } => raise(py, "MissingFieldError", error.to_string()),
        error => value_error(py, error.to_string()),
    }
}

/// `LehrValueError(message)`.
pub(crate) fn value_error(py: Python<'_>, message: impl Into<String>) -> PyErr {
    raise(py, "LehrValueError", message.into())
}

/// `` `name` is value, but rule``: the wording of the core.
pub(crate) fn parameter(py: Python<'_>, name: &str, value: impl fmt::Display, rule: &str) -> PyErr {
    value_error(py, format!("`{name}` is {value}, but {rule}"))
}

fn raise(py: Python<'_>, name: &'static str, message: String) -> PyErr {
    static VALUE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static MISSING: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let class = if name == "MissingFieldError" { &MISSING } else { &VALUE };
    match class.import(py, "lehr.errors", name) {
        Ok(class) => PyErr::from_type(class.clone(), message),
        Err(error) => error,
    }
}
