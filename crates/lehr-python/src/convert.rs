//! Python objects as the core's types, and back.

use lehr::{Curve, Horizon, Level, OnMismatch, Selection, Spec, absolute};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde_json::{Map, Number, Value};

use crate::error::{exception, parameter, value_error};

/// A whole number from 0 on.
pub(crate) fn count(name: &str, value: &Bound<'_, PyAny>) -> PyResult<u64> {
    let wrong = || parameter(value.py(), name, shown(value), "it must be a whole number from 0 on");
    if value.is_instance_of::<PyBool>() {
        return Err(wrong());
    }
    value.extract().map_err(|_| wrong())
}

/// A finite or infinite number; not a bool, not a text.
pub(crate) fn number(name: &str, value: &Bound<'_, PyAny>) -> PyResult<f64> {
    let wrong = || parameter(value.py(), name, shown(value), "it must be a number");
    if value.is_instance_of::<PyBool>() {
        return Err(wrong());
    }
    value.extract().map_err(|_| wrong())
}

/// How a wrong value is shown in a message.
pub(crate) fn shown(value: &Bound<'_, PyAny>) -> String {
    let shown =
        value.repr().map_or_else(|_| "something that cannot be shown".to_owned(), |repr| repr.to_string());
    if shown.chars().count() > 80 { format!("a {}", type_name(value)) } else { shown }
}

pub(crate) fn type_name(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "object".to_owned(), |name| name.to_string())
}

/// The run that `updates`, or `epochs` and `updates_per_epoch`, describe.
pub(crate) fn horizon(
    py: Python<'_>,
    updates: Option<&Bound<'_, PyAny>>,
    epochs: Option<&Bound<'_, PyAny>>,
    updates_per_epoch: Option<&Bound<'_, PyAny>>,
) -> PyResult<Horizon> {
    let updates = updates.map(|value| count("updates", value)).transpose()?;
    let epochs = epochs.map(|value| count("epochs", value)).transpose()?;
    let per_epoch = updates_per_epoch.map(|value| count("updates_per_epoch", value)).transpose()?;
    let horizon = match (updates, epochs, per_epoch) {
        (Some(_), Some(epochs), _) => {
            let rule = "the run's length is given by `updates` already: give one of the two";
            return Err(parameter(py, "epochs", epochs, rule));
        }
        (None, Some(epochs), None) => {
            let rule = "without `updates_per_epoch` nobody knows how long that is: give both, or `updates`";
            return Err(parameter(py, "epochs", epochs, rule));
        }
        (None, Some(epochs), Some(per_epoch)) => Horizon::epochs(epochs, per_epoch),
        (Some(updates), None, None) => Horizon::updates(updates),
        (Some(updates), None, Some(per_epoch)) => {
            Horizon::updates(updates).and_then(|horizon| horizon.with_updates_per_epoch(per_epoch))
        }
        (None, None, Some(per_epoch)) => Horizon::open().with_updates_per_epoch(per_epoch),
        (None, None, None) => Ok(Horizon::open()),
    };
    horizon.map_err(|error| exception(py, error))
}

/// A spec: the one-line text, or the tree form as a dict or a list of them.
pub(crate) fn spec(plan: &Bound<'_, PyAny>) -> PyResult<Spec> {
    let py = plan.py();
    if let Ok(text) = plan.cast::<PyString>() {
        return text.to_str()?.parse().map_err(|error| exception(py, error));
    }
    if !plan.is_instance_of::<PyDict>() && !plan.is_instance_of::<PyList>() {
        let rule = "a plan is a text such as \"linear(from=0x, over=5%) -> cosine(to=0)\", a dict or list of phases, \
                    or a lehr.Plan";
        return Err(parameter(py, "plan", shown(plan), rule));
    }
    serde_json::from_value(json(plan, 0)?).map_err(|error| value_error(py, error.to_string()))
}

/// As deep as plans may be nested, and more.
const MAX_DEPTH: usize = 512;

pub(crate) fn json(value: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    let py = value.py();
    if depth > MAX_DEPTH {
        return Err(value_error(
            py,
            format!("this is nested more than {MAX_DEPTH} deep, or contains itself"),
        ));
    }
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::String(text.to_str()?.to_owned()));
    }
    if let Ok(truth) = value.cast::<PyBool>() {
        return Ok(Value::Bool(truth.is_true()));
    }
    if value.is_instance_of::<PyInt>() {
        return Ok(value.extract::<i64>().map_or_else(|_| Value::String(value.to_string()), Value::from));
    }
    if let Ok(dict) = value.cast::<PyDict>() {
        let mut map = Map::new();
        for (key, item) in dict {
            let Ok(key) = key.cast::<PyString>() else {
                return Err(parameter(py, "a key", shown(&key), "the keys of a plan are texts"));
            };
            map.insert(key.to_str()?.to_owned(), json(&item, depth + 1)?);
        }
        return Ok(Value::Object(map));
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        let items = value.try_iter()?.map(|item| json(&item?, depth + 1));
        return Ok(Value::Array(items.collect::<PyResult<_>>()?));
    }
    if let Ok(number) = value.extract::<f64>() {
        // NaN and infinity are no JSON: as texts they reach the core, which refuses them by name.
        return Ok(Number::from_f64(number).map_or_else(|| Value::String(number.to_string()), Value::Number));
    }
    Err(parameter(py, "a value", shown(value), "a plan consists of numbers, texts, lists and dicts"))
}

/// Plain Python data for a serialised state.
pub(crate) fn python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(truth) => PyBool::new(py, *truth).to_owned().into_any(),
        Value::Number(number) => match number.as_u64() {
            Some(count) => count.into_pyobject(py)?.into_any(),
            None => PyFloat::new(py, number.as_f64().unwrap_or(f64::NAN)).into_any(),
        },
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(python(py, item)?)?;
            }
            list.into_any()
        }
        Value::Object(map) => {
            let dict = PyDict::new(py);
            for (key, item) in map {
                dict.set_item(key, python(py, item)?)?;
            }
            dict.into_any()
        }
    })
}

/// A saved state as the core's, from the plain data that [`python`] made.
pub(crate) fn state(value: &Bound<'_, PyAny>) -> PyResult<lehr::State> {
    let py = value.py();
    serde_json::from_value(json(value, 0)?)
        .map_err(|error| value_error(py, format!("this is not a state that a lehr scheduler saved: {error}")))
}

/// A level: a number, or a text such as `0.1x`.
pub(crate) fn level(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Level> {
    match value.cast::<PyString>() {
        Ok(text) => text.to_str()?.parse().map_err(|error| exception(value.py(), error)),
        Err(_) => Ok(absolute(number(name, value)?)),
    }
}

/// A span: a number of updates, or a text such as `3ep` or `5%`.
pub(crate) fn span(name: &str, value: &Bound<'_, PyAny>) -> PyResult<lehr::Span> {
    match value.cast::<PyString>() {
        Ok(text) => text.to_str()?.parse().map_err(|error| exception(value.py(), error)),
        Err(_) => Ok(lehr::Span::Updates(count(name, value)?)),
    }
}

/// A curve, from the plan text of a single phase such as `linear` or `cosine(k=2)`.
pub(crate) fn curve(py: Python<'_>, text: &str) -> PyResult<Curve> {
    let spec: Spec = text.parse().map_err(|error| exception(py, error))?;
    // A shape without levels is resolved over one update to have its curve out.
    let plan =
        Horizon::updates(1).and_then(|run| spec.resolve(&run)).map_err(|error| exception(py, error))?;
    let mut phases = plan.phases();
    match (phases.next(), phases.next()) {
        (Some(phase), None) => Ok(phase.curve),
        _ => Err(parameter(
            py,
            "curve",
            format!("`{text}`"),
            "it must be one shape, such as linear or cosine(k=2)",
        )),
    }
}

/// Groups: `None` for all, an index, a name, or a list of either.
pub(crate) fn selection(groups: Option<&Bound<'_, PyAny>>) -> PyResult<Selection> {
    let Some(groups) = groups else { return Ok(Selection::All) };
    let name = |value: &Bound<'_, PyAny>| value.cast::<PyString>().ok().map(ToString::to_string);
    if let Some(name) = name(groups) {
        return Ok(Selection::names([name]));
    }
    let rule = "groups are selected by an index, a name, a list of indices or a list of names";
    let wrong = || parameter(groups.py(), "groups", shown(groups), rule);
    if groups.is_instance_of::<PyInt>() && !groups.is_instance_of::<PyBool>() {
        return Ok(Selection::indices_of([groups.extract::<usize>().map_err(|_| wrong())?]));
    }
    if !groups.is_instance_of::<PyList>() && !groups.is_instance_of::<PyTuple>() {
        return Err(wrong());
    }
    let items: Vec<Bound<'_, PyAny>> = groups.try_iter()?.collect::<PyResult<_>>()?;
    if items.iter().all(PyAnyMethods::is_instance_of::<PyString>) {
        return Ok(Selection::names(items.iter().filter_map(name)));
    }
    let indices = items.iter().map(|item| count("groups", item).map_err(|_| wrong()));
    let indices: Vec<u64> = indices.collect::<PyResult<_>>()?;
    Ok(Selection::indices_of(indices.into_iter().map(|index| usize::try_from(index).unwrap_or(usize::MAX))))
}

/// `error`, `use_new` or `use_saved`.
pub(crate) fn on_mismatch(py: Python<'_>, text: &str) -> PyResult<OnMismatch> {
    match text {
        "error" => Ok(OnMismatch::Error),
        "use_new" => Ok(OnMismatch::UseNew),
        "use_saved" => Ok(OnMismatch::UseSaved),
        other => {
            let rule = "it must be \"error\", \"use_new\" (keep this scheduler's plans) or \"use_saved\" (take the state's)";
            Err(parameter(py, "on_mismatch", format!("{other:?}"), rule))
        }
    }
}
