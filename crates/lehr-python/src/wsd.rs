//! `WsdPlan`: the core's warm-up, stable, decay schedule in its run, with its checkpoints and phases.

use lehr::recipe::{WsdPhase, WsdPhaseKind, WsdPlan, wsd};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::convert::{count, curve, horizon, level, span};
use crate::error::exception;
use crate::plan::PyPlan;
use crate::recipe::Arguments;

/// A warm-up, stable, decay schedule in its run.
#[pyclass(name = "WsdPlan", module = "lehr.recipe", frozen)]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PyWsdPlan(WsdPlan);

#[pymethods]
impl PyWsdPlan {
    /// The values.
    #[getter]
    fn plan(&self) -> PyPlan {
        PyPlan(self.0.plan().clone())
    }

    /// The updates after which there is a checkpoint.
    #[getter]
    fn checkpoints(&self) -> Vec<u64> {
        self.0.checkpoints()
    }

    /// The decays, each as its first update and the one after its last.
    #[getter]
    fn decays(&self) -> Vec<(u64, u64)> {
        self.0.decays().map(|decay| (decay.start, decay.end)).collect()
    }

    /// The phases in their order, the last one being what comes after.
    #[getter]
    fn phases<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        self.0.phases().iter().map(|phase| dict(py, *phase)).collect()
    }

    /// The phase that update `n` is in.
    fn phase_at<'py>(&self, n: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        dict(n.py(), self.0.phase_at(count("n", n)?))
    }

    /// The last update before the decay that leads to the checkpoint after update `n`.
    fn last_update_before_decay(&self, n: &Bound<'_, PyAny>) -> PyResult<Option<u64>> {
        Ok(self.0.last_update_before_decay(count("n", n)?))
    }

    /// A branch: as planned for `at` updates, then a decay.
    #[pyo3(
        signature = (at, over, to, *, curve="power"),
        text_signature = "($self, at, over, to, *, curve='power')"
    )]
    fn branch(
        &self,
        at: &Bound<'_, PyAny>,
        over: &Bound<'_, PyAny>,
        to: &Bound<'_, PyAny>,
        curve: &str,
    ) -> PyResult<PyPlan> {
        let py = at.py();
        let (at, over, to, curve) =
            (count("at", at)?, span("over", over)?, level("to", to)?, self::curve(py, curve)?);
        self.0.branch(at, over, curve, to).map(PyPlan).map_err(|error| exception(py, error))
    }

    /// Another total, going on from before the decay of a checkpoint.
    fn continue_before(&self, py: Python<'_>, index: usize, total: &Bound<'_, PyAny>) -> PyResult<Self> {
        self.0.continue_before(index, count("total", total)?).map(Self).map_err(|error| exception(py, error))
    }

    /// Another total, going on from after a checkpoint.
    fn continue_after(&self, py: Python<'_>, index: usize, total: &Bound<'_, PyAny>) -> PyResult<Self> {
        self.0.continue_after(index, count("total", total)?).map(Self).map_err(|error| exception(py, error))
    }

    fn __repr__(&self) -> String {
        format!("WsdPlan('{}', checkpoints {:?})", self.0.plan(), self.0.checkpoints())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| *self == *other.get())
    }
}

fn dict(py: Python<'_>, phase: WsdPhase) -> PyResult<Bound<'_, PyDict>> {
    let kind = match phase.kind {
        WsdPhaseKind::WarmUp => "warm-up",
        WsdPhaseKind::Stable => "stable",
        WsdPhaseKind::Decay => "decay",
        WsdPhaseKind::After => "after",
    };
    let dict = PyDict::new(py);
    dict.set_item("kind", kind)?;
    dict.set_item("start", phase.start)?;
    dict.set_item("end", phase.end)?;
    dict.set_item("index", phase.index)?;
    Ok(dict)
}

/// Places a warm-up, stable, decay schedule in a run.
#[pyfunction]
#[pyo3(name = "wsd", signature = (*, updates, epochs, updates_per_epoch, **arguments))]
pub(crate) fn resolve_wsd(
    py: Python<'_>,
    updates: Option<&Bound<'_, PyAny>>,
    epochs: Option<&Bound<'_, PyAny>>,
    updates_per_epoch: Option<&Bound<'_, PyAny>>,
    arguments: Option<&Bound<'_, PyDict>>,
) -> PyResult<PyWsdPlan> {
    let none = PyDict::new(py);
    let arguments = Arguments(arguments.unwrap_or(&none));
    let it = arguments.warmup(wsd(), lehr::recipe::Wsd::warmup)?;
    let it = arguments.curve_if("warmup_curve", it, lehr::recipe::Wsd::warmup_curve)?;
    let it = arguments.curve_if("stable", it, lehr::recipe::Wsd::stable)?;
    let it = arguments.span_if("decay", it, lehr::recipe::Wsd::decay)?;
    let it = arguments.number_if("decay_share", it, lehr::recipe::Wsd::decay_share)?;
    let it = arguments.curve_if("decay_curve", it, lehr::recipe::Wsd::decay_curve)?;
    let it = arguments.level_if("to", it, lehr::recipe::Wsd::to)?;
    let it = arguments.checkpoints_if(it)?;
    let horizon = horizon(py, updates, epochs, updates_per_epoch)?;
    it.resolve(&horizon).map(PyWsdPlan).map_err(|error| exception(py, error))
}
