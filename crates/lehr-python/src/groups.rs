//! `PyGroups`: an optimizer's `param_groups`, read anew for each call.
//!
//! A value is a float, or a tensor that is filled in place; an element of a tuple or list makes a new tuple or list in
//! which the other elements are the same objects.

use std::cell::{Cell, OnceCell, RefCell};

use lehr::{Error, Field, ParamGroups};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};

use crate::convert::shown;
use crate::error::{exception, value_error};

/// A field with the key under which Python has it.
pub(crate) struct Key {
    field: Field,
    name: Py<PyString>,
}

impl Key {
    pub(crate) fn new(py: Python<'_>, field: Field) -> Self {
        let name = PyString::intern(py, field.name()).unbind();
        Self { field, name }
    }

    pub(crate) fn field(&self) -> &Field {
        &self.field
    }
}

pub(crate) struct PyGroups<'a, 'py> {
    list: Bound<'py, PyList>,
    keys: &'a [Key],
    /// The field that was asked for last and where it stands in `keys`: the core asks for one field of all groups, then
    /// the next. In a step its fields stay where they are, so that the address will do.
    last_key: Cell<(*const Field, usize)>,
    /// Whether the fields stay where they are: not while tracks are made.
    settled: bool,
    /// The groups' dicts as far as they have been read in this call.
    dicts: RefCell<Vec<Bound<'py, PyDict>>>,
    /// The last value written, so that groups with the same value share one float.
    last_float: RefCell<Option<(u64, Bound<'py, PyFloat>)>>,
    /// Whether something that is no float was read, so that writing must look first.
    special: Cell<bool>,
    names: OnceCell<Vec<Option<String>>>,
    /// What reading could not make a number of.
    fault: RefCell<Option<PyErr>>,
    /// What the optimizer raised when it was written to.
    cause: Option<PyErr>,
}

impl<'a, 'py> PyGroups<'a, 'py> {
    pub(crate) fn new(optimizer: &Bound<'py, PyAny>, keys: &'a [Key], settled: bool) -> PyResult<Self> {
        let py = optimizer.py();
        let groups = optimizer.getattr(intern!(py, "param_groups"))?;
        let list = groups.cast_into::<PyList>().map_err(|_| {
            value_error(
                py,
                "`optimizer.param_groups` is not a list: a scheduler needs an optimizer with a list of dicts",
            )
        })?;
        let dicts = RefCell::new(Vec::with_capacity(list.len()));
        Ok(Self {
            list,
            keys,
            last_key: Cell::new((std::ptr::null(), 0)),
            settled,
            dicts,
            last_float: RefCell::new(None),
            special: Cell::new(false),
            names: OnceCell::new(),
            fault: RefCell::new(None),
            cause: None,
        })
    }

    /// The exception for an error that a call with these groups returned.
    pub(crate) fn exception(&mut self, error: Error) -> PyErr {
        let py = self.list.py();
        if let Some(fault) = self.fault.take() {
            return fault;
        }
        let raised = exception(py, error);
        if let Some(cause) = self.cause.take() {
            raised.set_cause(py, Some(cause));
        }
        raised
    }

    pub(crate) fn dict(&self, group: usize) -> PyResult<Bound<'py, PyDict>> {
        let py = self.list.py();
        let item = self.list.get_item(group)?;
        item.cast_into::<PyDict>()
            .map_err(|_| value_error(py, format!("group {group} of the optimizer is not a dict")))
    }

    fn key(&self, field: &Field) -> Option<&Key> {
        let (address, index) = self.last_key.get();
        if self.settled && std::ptr::eq(address, field) {
            return self.keys.get(index);
        }
        let index = self.keys.iter().position(|key| key.field == *field)?;
        self.last_key.set((field, index));
        self.keys.get(index)
    }

    /// Calls with a group's dict, which is looked up once.
    fn with_dict<R>(
        &self,
        group: usize,
        call: impl FnOnce(&Bound<'py, PyDict>) -> PyResult<R>,
    ) -> PyResult<R> {
        let mut dicts = self.dicts.borrow_mut();
        if let Some(dict) = dicts.get(group) {
            return call(dict);
        }
        if dicts.len() == group {
            dicts.push(self.dict(group)?);
            return call(&dicts[group]);
        }
        drop(dicts);
        call(&self.dict(group)?)
    }

    fn read(&self, group: usize, field: &Field) -> PyResult<Option<f64>> {
        let Some(key) = self.key(field) else { return Ok(None) };
        let py = self.list.py();
        let found = self.with_dict(group, |dict| dict.get_item(key.name.bind(py)))?;
        let Some(mut value) = found else { return Ok(None) };
        if let Some(element) = field.element() {
            self.special.set(true);
            let Some(found) = element_of(&value, element)? else { return Ok(None) };
            value = found;
        }
        if let Ok(float) = value.cast_exact::<PyFloat>() {
            return Ok(Some(float.value()));
        }
        self.special.set(true);
        to_f64(&value).map(Some).map_err(|_| {
            let several = value.is_instance_of::<PyTuple>() || value.is_instance_of::<PyList>();
            let hint =
                if several { format!("; schedule one of its elements: `{field}[0]`") } else { String::new() };
            value_error(py, format!("`{field}` of group {group} is {}, not a number{hint}", shown(&value)))
        })
    }

    fn float(&self, value: f64) -> Bound<'py, PyFloat> {
        let mut last = self.last_float.borrow_mut();
        match &*last {
            Some((bits, float)) if *bits == value.to_bits() => float.clone(),
            _ => {
                let float = PyFloat::new(self.list.py(), value);
                *last = Some((value.to_bits(), float.clone()));
                float
            }
        }
    }

    fn write(&self, group: usize, field: &Field, value: f64) -> PyResult<()> {
        let py = self.list.py();
        let Some(key) = self.key(field) else { return Ok(()) };
        let name = key.name.bind(py);
        if !self.special.get() {
            return self.with_dict(group, |dict| dict.set_item(name, self.float(value)));
        }
        let dict = self.dict(group)?;
        let Some(found) = dict.get_item(name)? else { return dict.set_item(name, self.float(value)) };
        match field.element() {
            None if is_tensor(&found)? => fill(&found, value),
            None => dict.set_item(name, self.float(value)),
            Some(element) => match element_of(&found, element)? {
                Some(old) if is_tensor(&old)? => fill(&old, value),
                _ => dict.set_item(name, with_element(&found, element, self.float(value))?),
            },
        }
    }
}

/// A number out of whatever stands in a group: an int, a number of `NumPy`'s, a tensor with one element.
pub(crate) fn to_f64(value: &Bound<'_, PyAny>) -> PyResult<f64> {
    let py = value.py();
    if value.is_instance_of::<PyBool>() {
        return Err(value_error(py, "a truth value is no number"));
    }
    if value.is_instance_of::<PyFloat>() || value.is_instance_of::<PyInt>() {
        return value.extract();
    }
    match value.getattr_opt(intern!(py, "item"))? {
        Some(item) => item.call0()?.extract(),
        None => value.extract(),
    }
}

fn is_tensor(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(!value.is_exact_instance_of::<PyFloat>() && value.hasattr(intern!(value.py(), "fill_"))?)
}

/// In place: the same object, device and type, so that nothing recompiles.
fn fill(tensor: &Bound<'_, PyAny>, value: f64) -> PyResult<()> {
    tensor.call_method1(intern!(tensor.py(), "fill_"), (value,)).map(|_| ())
}

fn element_of<'py>(value: &Bound<'py, PyAny>, element: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
    if let Ok(tuple) = value.cast::<PyTuple>() {
        return if element < tuple.len() { tuple.get_item(element).map(Some) } else { Ok(None) };
    }
    if let Ok(list) = value.cast::<PyList>() {
        return if element < list.len() { list.get_item(element).map(Some) } else { Ok(None) };
    }
    Ok(None)
}

fn with_element<'py>(
    value: &Bound<'py, PyAny>,
    element: usize,
    new: Bound<'py, PyFloat>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    let mut items: Vec<Bound<'py, PyAny>> = value.try_iter()?.collect::<PyResult<_>>()?;
    if let Some(item) = items.get_mut(element) {
        *item = new.into_any();
    }
    if value.is_instance_of::<PyList>() {
        return Ok(PyList::new(py, items)?.into_any());
    }
    Ok(PyTuple::new(py, items)?.into_any())
}

impl ParamGroups for PyGroups<'_, '_> {
    fn group_count(&self) -> usize {
        self.list.len()
    }

    fn group_name(&self, group: usize) -> Option<&str> {
        let names = self.names.get_or_init(|| {
            let name = |index| -> Option<String> {
                self.dict(index).ok()?.get_item(intern!(self.list.py(), "name")).ok()??.extract().ok()
            };
            (0..self.list.len()).map(name).collect()
        });
        names.get(group)?.as_deref()
    }

    fn fields(&self, group: usize) -> Vec<String> {
        let Ok(dict) = self.dict(group) else { return Vec::new() };
        let mut fields = Vec::new();
        for (key, value) in dict {
            let key = key.to_string();
            if let Ok(tuple) = value.cast::<PyTuple>() {
                fields.extend((0..tuple.len()).map(|element| format!("{key}[{element}]")));
            } else if !["params", "param_names", "name"].contains(&key.as_str())
                && !key.starts_with("initial_")
            {
                fields.push(key);
            }
        }
        fields
    }

    fn get(&self, group: usize, field: &Field) -> Option<f64> {
        self.read(group, field).unwrap_or_else(|error| {
            self.fault.borrow_mut().get_or_insert(error);
            None
        })
    }

    fn set(&mut self, group: usize, field: &Field, value: f64) -> Result<(), String> {
        self.write(group, field, value).map_err(|error| {
            let reason = error.to_string();
            self.cause.get_or_insert(error);
            reason
        })
    }
}
