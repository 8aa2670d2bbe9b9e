//! Tensors that stand in a group in place of a float: filled in place, known again, and not shared against the plan.
//!
//! Reading a tensor waits for its device, and costs as much as filling it. So what was written last is remembered
//! beside the tensor and its version, which torch raises with every change in place: as long as both are the same, so is
//! the value.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyFloat;

pub(crate) fn is_tensor(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(!value.is_exact_instance_of::<PyFloat>() && value.hasattr(intern!(value.py(), "fill_"))?)
}

/// `None` where it has none that could be trusted, as a tensor made in inference mode.
fn version(tensor: &Bound<'_, PyAny>) -> Option<u64> {
    tensor.getattr(intern!(tensor.py(), "_version")).ok()?.extract().ok()
}

struct Known {
    tensor: Py<PyAny>,
    version: Option<u64>,
    /// What it was filled with, before that was rounded to the tensor's type.
    value: f64,
    /// Which group is to get which value in this call.
    planned: Option<(usize, f64)>,
}

/// The tensors of one field, by group.
#[derive(Default)]
pub(crate) struct Tensors {
    known: Vec<Option<Known>>,
    /// The first group that has the same tensor; what is known of a shared one is kept there.
    first: Vec<usize>,
    /// Whether `first` must be found anew.
    changed: bool,
}

impl Tensors {
    pub(crate) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    pub(crate) fn has(&self, group: usize, tensor: &Bound<'_, PyAny>) -> bool {
        matches!(self.known.get(group), Some(Some(known)) if known.tensor.is(tensor))
    }

    /// What is known of a group's tensor.
    fn of(&mut self, group: usize) -> Option<&mut Known> {
        if self.changed {
            self.find_shared();
        }
        let first = *self.first.get(group)?;
        self.known.get_mut(first)?.as_mut()
    }

    /// The value of a tensor, as far as it is known. Whatever was planned is forgotten: a call begins with reading.
    pub(crate) fn read(&mut self, group: usize, tensor: &Bound<'_, PyAny>) -> Option<f64> {
        if !self.has(group, tensor) {
            return None;
        }
        let known = self.of(group)?;
        known.planned = None;
        (known.version.is_some() && known.version == version(tensor)).then_some(known.value)
    }

    /// Remembers what a tensor holds.
    pub(crate) fn remember(&mut self, group: usize, tensor: &Bound<'_, PyAny>, value: f64) {
        let version = version(tensor);
        if self.has(group, tensor) {
            if let Some(known) = self.of(group) {
                known.version = version;
                known.value = value;
            }
            return;
        }
        if self.known.len() <= group {
            self.known.resize_with(group + 1, || None);
        }
        self.known[group] = Some(Known { tensor: tensor.clone().unbind(), version, value, planned: None });
        self.changed = true;
    }

    /// A group has no tensor any more.
    pub(crate) fn forget(&mut self, group: usize) {
        if self.known.get_mut(group).and_then(Option::take).is_some() {
            self.changed = true;
            if self.known.iter().all(Option::is_none) {
                *self = Self::default();
            }
        }
    }

    /// Notes what a group is to get.
    ///
    /// # Errors
    ///
    /// The group that has the same tensor, and the other value that it is to get.
    pub(crate) fn plan(&mut self, group: usize, value: f64) -> Result<(), (usize, f64)> {
        match self.of(group) {
            Some(known) => match known.planned {
                Some((other, planned)) if planned.to_bits() != value.to_bits() => Err((other, planned)),
                _ => {
                    known.planned = Some((group, value));
                    Ok(())
                }
            },
            None => Ok(()),
        }
    }

    /// Fills a group's tensor; one that several groups have, once.
    pub(crate) fn write(&mut self, group: usize, tensor: &Bound<'_, PyAny>, value: f64) -> PyResult<()> {
        let known = if self.has(group, tensor) { self.of(group) } else { None };
        if let Some(known) = &known
            && known.planned.is_none()
            && known.value.to_bits() == value.to_bits()
        {
            return Ok(());
        }
        // In place: the same object, device and type, so that nothing recompiles.
        tensor.call_method1(intern!(tensor.py(), "fill_"), (value,))?;
        if let Some(known) = known {
            known.planned = None;
            known.value = value;
            // By one for each filling; where that is not so, the tensor is read again.
            known.version = known.version.map(|version| version + 1);
        }
        Ok(())
    }

    fn find_shared(&mut self) {
        self.changed = false;
        let address = |group: &usize| self.known[*group].as_ref().map(|known| known.tensor.as_ptr().addr());
        let mut order: Vec<usize> = (0..self.known.len()).collect();
        order.sort_by_key(|group| (address(group), *group));
        self.first.clone_from(&order);
        for run in order.chunk_by(|a, b| address(a) == address(b)) {
            for group in run {
                self.first[*group] = run[0];
            }
        }
    }
}
