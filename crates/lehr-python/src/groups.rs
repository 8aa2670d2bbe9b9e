//! `PyGroups`: an optimizer's `param_groups`, read anew for each call.
//!
//! A value is a float, or a tensor that is filled in place; an element of a tuple or list makes a new tuple or list in
//! which the other elements are the same objects.

use std::cell::{Cell, OnceCell, RefCell};

use lehr::{Error, Field, ParamGroups};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::list::BoundListIterator;
use pyo3::types::{PyBool, PyDict, PyFloat, PyFloatMethods, PyInt, PyList, PyString, PyTuple};

use crate::convert::shown;
use crate::error::{exception, value_error};
use crate::tensor::{Tensors, is_tensor};

/// A field with the key under which Python has it, and what is known of its values.
pub(crate) struct Key {
    field: Field,
    name: Py<PyString>,
    tensors: RefCell<Tensors>,
    /// Whether something that is no float was read in this call, so that writing must look first.
    special: Cell<bool>,
}

impl Key {
    pub(crate) fn new(py: Python<'_>, field: Field) -> Self {
        let name = PyString::intern(py, field.name()).unbind();
        Self { field, name, tensors: RefCell::default(), special: Cell::default() }
    }

    pub(crate) fn field(&self) -> &Field {
        &self.field
    }
}

pub(crate) struct PyGroups<'a, 'py> {
    list: Bound<'py, PyList>,
    keys: &'a [Key],
    /// Whether `special` is true of any of them.
    special: Cell<bool>,
    names: OnceCell<Vec<Option<String>>>,
    /// The first exception: what reading could not make a number of, or what the optimizer raised when written to.
    raised: RefCell<Option<PyErr>>,
}

impl<'a, 'py> PyGroups<'a, 'py> {
    // To move the whole of it costs as much as to make it.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    pub(crate) fn new(optimizer: &Bound<'py, PyAny>, keys: &'a [Key]) -> PyResult<Self> {
        let list = list(optimizer)?;
        for key in keys {
            key.special.set(key.field.element().is_some() || !key.tensors.borrow().is_empty());
        }
        Ok(Self { list, keys, special: Cell::new(false), names: OnceCell::new(), raised: RefCell::new(None) })
    }

    /// The exception for an error that a call with these groups returned.
    pub(crate) fn exception(&mut self, error: Error) -> PyErr {
        let py = self.list.py();
        match self.raised.take() {
            None => exception(py, error),
            Some(cause) if matches!(error, Error::Write { .. }) => {
                let raised = exception(py, error);
                raised.set_cause(py, Some(cause));
                raised
            }
            Some(raised) => raised,
        }
    }

    pub(crate) fn dict(&self, group: usize) -> PyResult<Bound<'py, PyDict>> {
        let py = self.list.py();
        let item = self.list.get_item(group)?;
        item.cast_into::<PyDict>()
            .map_err(|_| value_error(py, format!("group {group} of the optimizer is not a dict")))
    }

    fn key(&self, field: &Field) -> Option<&'a Key> {
        match self.keys {
            // It is asked for the fields of its keys alone.
            [only] => Some(only),
            keys => keys.iter().find(|key| key.field == *field),
        }
    }

    fn dicts(&self) -> Dicts<'py> {
        Dicts { items: self.list.iter(), next: 0 }
    }

    fn read(&self, group: usize, key: &Key) -> PyResult<Option<f64>> {
        let (py, field) = (self.list.py(), &key.field);
        let Some(mut value) = self.dict(group)?.get_item(key.name.bind(py))? else { return Ok(None) };
        if let Some(element) = field.element() {
            let Some(found) = element_of(&value, element)? else { return Ok(None) };
            value = found;
        }
        if let Ok(float) = value.cast_exact::<PyFloat>() {
            key.tensors.borrow_mut().forget(group);
            return Ok(Some(float.value()));
        }
        if let Some(known) = key.tensors.borrow_mut().read(group, &value) {
            return Ok(Some(known));
        }
        let number = to_f64(&value).map_err(|_| {
            let several = value.is_instance_of::<PyTuple>() || value.is_instance_of::<PyList>();
            let hint =
                if several { format!("; schedule one of its elements: `{field}[0]`") } else { String::new() };
            value_error(py, format!("`{field}` of group {group} is {}, not a number{hint}", shown(&value)))
        })?;
        if is_tensor(&value)? {
            key.tensors.borrow_mut().remember(group, &value, number);
        } else {
            key.tensors.borrow_mut().forget(group);
        }
        Ok(Some(number))
    }

    fn write(&self, group: usize, key: &Key, value: f64) -> PyResult<()> {
        let py = self.list.py();
        let name = key.name.bind(py);
        let dict = self.dict(group)?;
        let Some(found) = dict.get_item(name)? else { return dict.set_item(name, value) };
        let old = match key.field.element() {
            None => Some(found.clone()),
            Some(element) => element_of(&found, element)?,
        };
        if let Some(old) = old
            && (key.tensors.borrow().has(group, &old) || is_tensor(&old)?)
        {
            return key.tensors.borrow_mut().write(group, &old, value);
        }
        match key.field.element() {
            None => dict.set_item(name, value),
            Some(element) => dict.set_item(name, with_element(&found, element, PyFloat::new(py, value))?),
        }
    }

    fn keep(&self, error: PyErr) {
        self.raised.borrow_mut().get_or_insert(error);
    }

    fn refusal(&self, error: PyErr) -> String {
        let reason = error.to_string();
        self.keep(error);
        reason
    }
}

fn list<'py>(optimizer: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    let py = optimizer.py();
    let groups = optimizer.getattr(intern!(py, "param_groups"))?;
    groups.cast_into::<PyList>().map_err(|_| {
        value_error(
            py,
            "`optimizer.param_groups` is not a list: a scheduler needs an optimizer with a list of dicts",
        )
    })
}

/// The groups' dicts, in ascending order.
struct Dicts<'py> {
    items: BoundListIterator<'py>,
    next: usize,
}

impl<'py> Dicts<'py> {
    /// `None` where there is no dict, and out of order.
    fn at(&mut self, group: usize) -> Option<Bound<'py, PyDict>> {
        let item = self.items.nth(group.checked_sub(self.next)?)?;
        self.next = group + 1;
        item.cast_into().ok()
    }

    /// The commonest case, and the quickest: a float.
    fn float(&mut self, group: usize, name: &Bound<'py, PyString>) -> Option<f64> {
        let value = self.at(group)?.get_item(name).ok()??;
        value.cast_exact::<PyFloat>().ok().map(PyFloatMethods::value)
    }
}

/// Puts floats in the places of others, which go to `found`; how often, until something else is met.
fn exchange<'py>(
    groups: impl Iterator<Item = Bound<'py, PyAny>>,
    name: &Bound<'py, PyString>,
    values: &[f64],
    found: &mut [f64],
) -> usize {
    let Some(first) = values.first() else { return 0 };
    let mut floats = Floats::new(name.py(), *first);
    let exchange = |((group, value), found): ((Bound<'py, PyAny>, &f64), &mut f64)| {
        // Before anything is looked up: the one need not wait for the other.
        let float = floats.of(*value);
        let dict = group.cast_into::<PyDict>().ok()?;
        let old = dict.get_item(name).ok()??;
        *found = old.cast_exact::<PyFloat>().ok()?.value();
        dict.set_item(name, float).ok()
    };
    groups.zip(values).zip(found).map_while(exchange).count()
}

/// Groups with the same value share one float.
struct Floats<'py> {
    last: Bound<'py, PyFloat>,
    value: f64,
}

impl<'py> Floats<'py> {
    fn new(py: Python<'py>, value: f64) -> Self {
        Self { last: PyFloat::new(py, value), value }
    }

    #[inline]
    fn of(&mut self, value: f64) -> &Bound<'py, PyFloat> {
        if value.to_bits() != self.value.to_bits() {
            *self = Self::new(self.last.py(), value);
        }
        &self.last
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
        self.read(group, self.key(field)?).unwrap_or_else(|error| {
            self.keep(error);
            None
        })
    }

    fn set(&mut self, group: usize, field: &Field, value: f64) -> Result<(), String> {
        let Some(key) = self.key(field) else { return Ok(()) };
        self.write(group, key, value).map_err(|error| self.refusal(error))
    }

    fn get_each(&self, field: &Field, groups: &[usize], values: &mut [f64]) -> Result<(), usize> {
        let Some(key) = self.key(field) else { return groups.first().map_or(Ok(()), |group| Err(*group)) };
        let name = key.name.bind(self.list.py());
        let mut dicts = self.dicts();
        for (group, value) in groups.iter().zip(values) {
            if !key.special.get()
                && let Some(float) = dicts.float(*group, name)
            {
                *value = float;
                continue;
            }
            key.special.set(true);
            self.special.set(true);
            *value = self.get(*group, field).ok_or(*group)?;
        }
        Ok(())
    }

    // Floats in dicts: no code of Python's runs between the first of them and the last.
    fn exchange(&mut self, field: &Field, groups: &[usize], values: &[f64], found: &mut [f64]) -> bool {
        let Some(key) = self.key(field) else { return false };
        if key.special.get() {
            return false;
        }
        let name = key.name.bind(self.list.py());
        // Ascending, so as many as there are is all of them; to go through a list is quicker than to index it.
        let done = if groups.len() == self.list.len() {
            exchange(self.list.iter(), name, values, found)
        } else {
            exchange(groups.iter().map_while(|group| self.list.get_item(*group).ok()), name, values, found)
        };
        if done == groups.len() {
            return true;
        }
        key.special.set(true);
        self.special.set(true);
        for (group, old) in groups.iter().zip(found).take(done) {
            // What was replaced a moment ago can be put back.
            let _ = self.set(*group, field, *old);
        }
        false
    }

    fn check_each(&mut self, field: &Field, groups: &[usize], values: &[f64]) -> Result<(), (usize, String)> {
        if !self.special.get() {
            return Ok(());
        }
        let Some(key) = self.key(field) else { return Ok(()) };
        let mut tensors = key.tensors.borrow_mut();
        if tensors.is_empty() {
            return Ok(());
        }
        for (group, value) in groups.iter().zip(values) {
            tensors.plan(*group, *value).map_err(|(other, planned)| {
                let reason = format!(
                    "it is to become {value:?}, but is the same tensor as that of group {other}, which is to become \
                     {planned:?}. Give each group a tensor of its own (`group[\"{}\"].clone()`), or both the same plan",
                    field.name()
                );
                (*group, reason)
            })?;
        }
        Ok(())
    }

    fn set_each(&mut self, field: &Field, groups: &[usize], values: &[f64]) -> Result<(), (usize, String)> {
        let Some(key) = self.key(field) else { return Ok(()) };
        if key.special.get() {
            for (index, (group, value)) in groups.iter().zip(values).enumerate() {
                self.write(*group, key, *value).map_err(|error| (index, self.refusal(error)))?;
            }
            return Ok(());
        }
        let name = key.name.bind(self.list.py());
        let mut dicts = self.dicts();
        let Some(first) = values.first() else { return Ok(()) };
        let mut floats = Floats::new(self.list.py(), *first);
        for (index, (group, value)) in groups.iter().zip(values).enumerate() {
            let dict = dicts.at(*group).map_or_else(|| self.dict(*group), Ok);
            let written = dict.and_then(|dict| dict.set_item(name, floats.of(*value)));
            written.map_err(|error| (index, self.refusal(error)))?;
        }
        Ok(())
    }
}
