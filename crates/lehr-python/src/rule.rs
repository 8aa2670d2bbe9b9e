//! `PyRule`: a subclass's `get_updated_values` as the core's rule.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lehr::{Error, UpdateRule};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple,
    PyWeakrefMethods, PyWeakrefReference,
};

use crate::convert::{shown, type_name};
use crate::error::{Raised, parameter};

/// Values beyond the number of groups that are still counted for the message, when an iterator does not end.
const MAX_SURPLUS: usize = 1000;

/// Asks the scheduler itself, which it knows weakly: a strong reference would be a cycle.
pub(crate) struct PyRule {
    scheduler: Py<PyWeakrefReference>,
    name: String,
    /// While set, the rule is not asked and answers "as it was": a scheduler that is being restored.
    asleep: Arc<AtomicBool>,
    /// Which of the scheduler's tracks has the function that is asked; none for its own `get_updated_values`.
    track: Option<usize>,
    pure: bool,
}

impl PyRule {
    pub(crate) fn new(scheduler: &Bound<'_, PyAny>, asleep: Arc<AtomicBool>) -> PyResult<Self> {
        let class = scheduler.get_type();
        // A variant that the package made of a user's class has the user's name.
        let name = class.name()?.to_string();
        let scheduler = PyWeakrefReference::new(scheduler)?.unbind();
        Ok(Self { scheduler, name, asleep, track: None, pure: false })
    }

    /// A function that a track of the scheduler has.
    pub(crate) fn of_track(
        scheduler: &Bound<'_, PyAny>,
        asleep: Arc<AtomicBool>,
        track: usize,
        settings: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let name = settings.getattr(intern!(settings.py(), "name"))?.extract()?;
        let pure = settings.getattr(intern!(settings.py(), "pure"))?.is_truthy()?;
        let scheduler = PyWeakrefReference::new(scheduler)?.unbind();
        Ok(Self { scheduler, name, asleep, track: Some(track), pure })
    }
}

impl UpdateRule for PyRule {
    fn get_updated_values(
        &mut self,
        num_updates: u64,
        current: &[f64],
        out: &mut [f64],
    ) -> Result<bool, Error> {
        if self.asleep.load(Ordering::Relaxed) {
            return Ok(false);
        }
        Python::attach(|py| {
            let Some(scheduler) = self.scheduler.bind(py).upgrade() else { return Ok(false) };
            let answer = match self.track {
                None => scheduler.call_method1(intern!(py, "get_updated_values"), (num_updates,)),
                Some(track) => {
                    scheduler.call_method1(intern!(py, "_lehr_ask"), (track, num_updates, current.to_vec()))
                }
            };
            let answer = answer.map_err(Raised)?;
            match values(&answer, out.len()).map_err(Raised)? {
                Answer::Nothing => return Ok(false),
                Answer::All(value) => out.fill(value),
                Answer::Each(values) if values.len() == out.len() => out.copy_from_slice(&values),
                Answer::Each(values) => {
                    // The core adds the field.
                    let field = String::new();
                    return Err(Error::ValueCount { field, groups: out.len(), values: values.len() });
                }
            }
            Ok(true)
        })
    }

    fn is_pure(&self) -> bool {
        self.pure
    }

    fn name(&self) -> &str {
        &self.name
    }
}

enum Answer {
    Nothing,
    All(f64),
    Each(Vec<f64>),
}

fn values(answer: &Bound<'_, PyAny>, groups: usize) -> PyResult<Answer> {
    let py = answer.py();
    if answer.is_none() {
        return Ok(Answer::Nothing);
    }
    if let Some(value) = scalar(answer)? {
        return Ok(Answer::All(value));
    }
    let refused = answer.is_instance_of::<PyString>()
        || answer.is_instance_of::<PyBytes>()
        || answer.is_instance_of::<PyByteArray>()
        || answer.is_instance_of::<PyDict>()
        || answer.is_instance_of::<PySet>()
        || answer.is_instance_of::<PyFrozenSet>();
    // Tensors and arrays become lists at once, from whatever device.
    let listed = if answer.hasattr(intern!(py, "ndim"))? {
        answer.call_method0(intern!(py, "tolist"))?
    } else {
        answer.clone()
    };
    let Ok(items) = listed.try_iter().and_then(|items| if refused { Err(wrong(answer)) } else { Ok(items) })
    else {
        return Err(wrong(answer));
    };
    if let Ok(length) = sized(&listed)
        && length != groups
    {
        return Ok(Answer::Each(vec![f64::NAN; length]));
    }
    let mut values = Vec::with_capacity(groups);
    for item in items {
        let item = item?;
        let Some(value) = scalar(&item)? else {
            let rule = "each value must be one number, or the whole answer None";
            return Err(parameter(
                py,
                &format!("get_updated_values(...)[{}]", values.len()),
                shown(&item),
                rule,
            ));
        };
        values.push(value);
        if values.len() > groups + MAX_SURPLUS {
            break;
        }
    }
    Ok(Answer::Each(values))
}

fn sized(value: &Bound<'_, PyAny>) -> PyResult<usize> {
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        return value.len();
    }
    Err(wrong(value))
}

fn wrong(answer: &Bound<'_, PyAny>) -> PyErr {
    let kind =
        if answer.is_instance_of::<PyBool>() { shown(answer) } else { format!("a {}", type_name(answer)) };
    let rule = "it must be None (leave the groups alone), a number, or a list, tuple, generator, array or tensor of one \
                number for each group";
    parameter(answer.py(), "get_updated_values(...)", kind, rule)
}

/// A single number; `None` where it is something else.
fn scalar(value: &Bound<'_, PyAny>) -> PyResult<Option<f64>> {
    let py = value.py();
    if let Ok(float) = value.cast::<PyFloat>() {
        return Ok(Some(float.value()));
    }
    if value.is_instance_of::<PyBool>() {
        return Err(wrong(value));
    }
    if value.is_instance_of::<PyInt>() {
        // One that is too large for a float is infinite, which is refused as such.
        return Ok(Some(value.extract().unwrap_or(f64::INFINITY)));
    }
    if let Some(dimensions) = value.getattr_opt(intern!(py, "ndim"))? {
        let single = dimensions.extract::<usize>().is_ok_and(|count| count == 0);
        return if single { value.call_method0(intern!(py, "item"))?.extract().map(Some) } else { Ok(None) };
    }
    // Decimals, fractions.
    match value.getattr_opt(intern!(py, "__float__"))? {
        Some(float) => float.call0()?.extract().map(Some),
        None => Ok(None),
    }
}
