//! Spec files, and dicts of the same tree, through `lehr-spec`: positions and diagnostics are its own.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use lehr::Plan;
use lehr_spec::{At, Entry, Format, Group, HorizonTable, MAX_BYTES, Overrides, Resolved, Source, SpecFile};
use pyo3::exceptions::PyOSError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::convert::{count, json, shown};
use crate::error::{parameter, value_error};
use crate::plan::PyPlan;

/// The run as it was said to Python; it wins over the spec's own.
pub(crate) struct Run<'a, 'py> {
    pub(crate) updates: Option<&'a Bound<'py, PyAny>>,
    pub(crate) epochs: Option<&'a Bound<'py, PyAny>>,
    pub(crate) updates_per_epoch: Option<&'a Bound<'py, PyAny>>,
}

impl Run<'_, '_> {
    fn overrides(&self) -> PyResult<Overrides> {
        let at_least_one = |name: &str, value: Option<&Bound<'_, PyAny>>| {
            let Some(value) = value else { return Ok(None) };
            match count(name, value)? {
                0 => Err(parameter(value.py(), name, 0, "it must be at least 1")),
                value => Ok(Some(At { value, span: 0..0 })),
            }
        };
        let horizon = HorizonTable {
            updates: at_least_one("updates", self.updates)?,
            epochs: at_least_one("epochs", self.epochs)?,
            updates_per_epoch: at_least_one("updates_per_epoch", self.updates_per_epoch)?,
            ..HorizonTable::default()
        };
        Ok(Overrides { horizon, bases: Vec::new() })
    }
}

/// Whether this is a path, or a dict that is a whole spec, and no plan.
pub(crate) fn is_spec(plan: &Bound<'_, PyAny>) -> PyResult<bool> {
    if let Ok(text) = plan.cast::<PyString>() {
        let text = text.to_str()?;
        return Ok(!text.contains('(') && !text.contains("->") && Format::of_path(Path::new(text)).is_some());
    }
    if let Ok(dict) = plan.cast::<PyDict>() {
        return Ok(dict.contains("version")? || dict.contains("horizon")?);
    }
    plan.hasattr(intern!(plan.py(), "__fspath__"))
}

/// Reads a spec and turns its lengths into updates.
pub(crate) fn resolve(spec: &Bound<'_, PyAny>, at: Option<&str>, run: &Run<'_, '_>) -> PyResult<Resolved> {
    let py = spec.py();
    let overrides = run.overrides()?;
    let (source, format) = source(spec)?;
    let problems = |problems: lehr_spec::Problems| value_error(py, problems.to_string().trim_end());
    let file = match at {
        Some(path) => SpecFile::read_at(&source, format, path, "lr"),
        None => SpecFile::read(&source, format),
    };
    file.and_then(|file| file.resolve(&overrides)).map_err(problems)
}

fn source(spec: &Bound<'_, PyAny>) -> PyResult<(Source, Format)> {
    let py = spec.py();
    let problems = |problems: lehr_spec::Problems| value_error(py, problems.to_string().trim_end());
    if spec.is_instance_of::<PyDict>() || spec.is_instance_of::<PyList>() {
        let text = serde_json::to_string_pretty(&json(spec, 0)?)
            .map_err(|error| value_error(py, error.to_string()))?;
        return Ok((Source::new("<dict>", text).map_err(problems)?, Format::Json));
    }
    let path: PathBuf = spec.extract().map_err(|_| {
        parameter(py, "plan", shown(spec), "a spec is a file's path, or a dict of the same tree")
    })?;
    let name = path.display().to_string();
    let unreadable = |error: std::io::Error| -> PyErr {
        match error.raw_os_error() {
            Some(code) => PyOSError::new_err((code, format!("{name} cannot be read: {error}"))),
            None => error.into(),
        }
    };
    let mut bytes = Vec::new();
    // One byte more than there may be says that there are too many.
    let file = File::open(&path).map_err(unreadable)?;
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let source = Source::from_bytes(&name, &bytes).map_err(problems)?;
    let format = Format::of_path(&path).unwrap_or_else(|| Format::guess(source.text()));
    Ok((source, format))
}

/// The one plan of a spec, or that of a field.
pub(crate) fn plan(py: Python<'_>, resolved: Resolved, field: Option<&str>) -> PyResult<Plan> {
    let mut found: Vec<Entry> = resolved.entries;
    let known: Vec<String> = found.iter().map(Entry::label).collect();
    if let Some(field) = field {
        found.retain(|entry| entry.label() == field || entry.field.to_string() == field);
    }
    match (found.pop(), found.is_empty()) {
        (Some(entry), true) => Ok(entry.plan),
        (None, _) => {
            let rule = format!("the spec has {}", known.join(", "));
            Err(parameter(py, "field", format!("{:?}", field.unwrap_or_default()), &rule))
        }
        (Some(_), false) => {
            let rule = format!("the spec has several plans, {}: say which", known.join(", "));
            Err(parameter(
                py,
                "field",
                field.map_or("not given".to_owned(), |field| format!("{field:?}")),
                &rule,
            ))
        }
    }
}

/// The fields of a spec: field, groups (None for all), plan, and the settings of a controller that are given.
#[pyfunction]
#[pyo3(signature = (spec, *, at, updates, epochs, updates_per_epoch))]
pub(crate) fn read_spec<'py>(
    spec: &Bound<'py, PyAny>,
    at: Option<&str>,
    updates: Option<&Bound<'py, PyAny>>,
    epochs: Option<&Bound<'py, PyAny>>,
    updates_per_epoch: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyList>> {
    let py = spec.py();
    let resolved = resolve(spec, at, &Run { updates, epochs, updates_per_epoch })?;
    let list = PyList::empty(py);
    for entry in resolved.entries {
        let groups = entry.groups.as_ref().map(|groups| groups_of(py, groups)).transpose()?;
        let control = entry.plateau.as_ref().map(|plateau| {
            let settings = PyDict::new(py);
            let counts = [("patience", &plateau.patience), ("cooldown", &plateau.cooldown)];
            for (name, value) in counts.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)))
            {
                settings.set_item(name, value.value)?;
            }
            let factors = [("factor", &plateau.factor), ("min_factor", &plateau.min_factor)];
            for (name, value) in factors.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)))
            {
                settings.set_item(name, value.value)?;
            }
            PyResult::Ok(settings)
        });
        list.append((entry.field.to_string(), groups, PyPlan(entry.plan), control.transpose()?))?;
    }
    Ok(list)
}

/// Whether this is a spec (a path, or a dict that is a whole one) and no plan.
#[pyfunction]
#[pyo3(name = "is_spec")]
pub(crate) fn is_a_spec(plan: &Bound<'_, PyAny>) -> PyResult<bool> {
    is_spec(plan)
}

fn groups_of<'py>(py: Python<'py>, groups: &[Group]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for group in groups {
        match group {
            Group::Index(index) => list.append(index.value)?,
            Group::Name(name) => list.append(&name.value)?,
        }
    }
    Ok(list)
}
