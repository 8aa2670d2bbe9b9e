//! The bases that a scheduler starts from: the fields' current values, or what they were when first scheduled.
//!
//! Beside a scheduled field a group keeps `initial_<field>`, its base, as torch does for `lr`. It travels with the
//! optimizer's state and tells a restored optimizer from a new one.

use lehr::{Field, ParamGroups, Selection};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::convert::shown;
use crate::error::{exception, parameter, value_error};
use crate::groups::{PyGroups, to_f64};

/// Which of the two is the base, where they differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Base {
    Error,
    Initial,
    Current,
}

impl Base {
    pub(crate) fn new(base: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let Some(base) = base.filter(|base| !base.is_none()) else { return Ok(Self::Error) };
        match base.cast::<PyString>().ok().as_ref().map(ToString::to_string).as_deref() {
            Some("initial") => Ok(Self::Initial),
            Some("current") => Ok(Self::Current),
            _ => {
                let rule = "it must be \"initial\" (the saved `initial_<field>`) or \"current\" (the field's value now)";
                Err(parameter(base.py(), "base", shown(base), rule))
            }
        }
    }
}

/// What a group has and what its base is to be.
pub(crate) struct Start {
    pub(crate) group: usize,
    pub(crate) field: Field,
    pub(crate) found: f64,
    pub(crate) base: f64,
}

/// The key under which a group keeps a field's base.
pub(crate) fn initial_key(field: &Field) -> String {
    format!("initial_{field}")
}

/// The bases of a field in the selected groups. A missing field is left to the core, which says so.
pub(crate) fn starts(
    groups: &mut PyGroups<'_, '_>,
    py: Python<'_>,
    field: &Field,
    selection: &Selection,
    base: Base,
) -> PyResult<Vec<Start>> {
    let indices = selection.indices(groups).map_err(|error| exception(py, error))?;
    let mut starts = Vec::with_capacity(indices.len());
    for group in indices {
        let Some(found) = groups.get(group, field) else { continue };
        let key = initial_key(field);
        let initial = match groups.dict(group)?.get_item(&key)? {
            None => None,
            Some(value) => Some(to_f64(&value).map_err(|_| {
                value_error(py, format!("`{key}` of group {group} is {}, not a number", shown(&value)))
            })?),
        };
        let base = match (initial, base) {
            (Some(initial), Base::Initial) => initial,
            (Some(initial), Base::Error) if initial != found => {
                return Err(value_error(
                    py,
                    format!(
                        "`{field}` of group {group} is {found:?}, but its `{key}` is {initial:?}: the optimizer has been \
                         scheduled before. Say base=\"initial\" to go on from {initial:?} (as when a saved scheduler is \
                         loaded next), or base=\"current\" to start anew from {found:?}"
                    ),
                ));
            }
            _ => found,
        };
        starts.push(Start { group, field: field.clone(), found, base });
    }
    Ok(starts)
}
