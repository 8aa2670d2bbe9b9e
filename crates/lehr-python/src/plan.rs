//! `Plan`: the core's plan, and the recipes.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};

use lehr::{Horizon, Plan, Trace};
use lehr_plot::{Figure, Svg, Terminal, sparkline};
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySlice};

use crate::convert::{count, horizon, number, python, shown, spec};
use crate::error::{exception, parameter, value_error};
use crate::spec::{self, Run, is_spec};

/// Characters of a sparkline, and updates that it is drawn from.
const WIDTH: usize = 24;
const SAMPLES: usize = 480;

/// Values from which on all cores fill an array faster than one.
const PARALLEL: usize = 10_000_000;

/// Updates that an SVG picture is drawn from.
pub(crate) const SVG_SAMPLES: usize = 500;

/// A schedule in optimizer updates, not yet bound to a base.
#[pyclass(name = "Plan", module = "lehr", frozen, from_py_object)]
#[derive(Clone, Debug)]
pub(crate) struct PyPlan(pub(crate) Plan);

#[pymethods]
impl PyPlan {
    /// Read a plan and resolve it to a run.
    #[staticmethod]
    #[pyo3(signature = (plan, *, updates=None, epochs=None, updates_per_epoch=None, field=None, at=None))]
    fn parse(
        plan: &Bound<'_, PyAny>,
        updates: Option<&Bound<'_, PyAny>>,
        epochs: Option<&Bound<'_, PyAny>>,
        updates_per_epoch: Option<&Bound<'_, PyAny>>,
        field: Option<&str>,
        at: Option<&str>,
    ) -> PyResult<Self> {
        if at.is_some() || is_spec(plan)? {
            let resolved = spec::resolve(plan, at, &Run { updates, epochs, updates_per_epoch })?;
            return spec::plan(plan.py(), resolved, field).map(Self);
        }
        if let Some(field) = field {
            let rule = "only a spec file, or a dict of the same tree, has several fields";
            return Err(parameter(plan.py(), "field", format!("{field:?}"), rule));
        }
        let horizon = horizon(plan.py(), updates, epochs, updates_per_epoch)?;
        resolved(plan, &horizon).map(Self)
    }

    /// What update `n` uses in a group with this base.
    #[pyo3(signature = (n, base=None), text_signature = "($self, n, base=1.0)")]
    fn value_at(&self, n: &Bound<'_, PyAny>, base: Option<&Bound<'_, PyAny>>) -> PyResult<f64> {
        Ok(self.0.value_at(count("n", n)?, base_or_one(base)?))
    }

    /// The values of many updates as an array of `NumPy`'s.
    #[pyo3(
        signature = (updates=None, base=None, *, out=None),
        text_signature = "($self, updates=None, base=1.0, *, out=None)"
    )]
    fn values<'py>(
        &self,
        py: Python<'py>,
        updates: Option<&Bound<'py, PyAny>>,
        base: Option<&Bound<'py, PyAny>>,
        out: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (start, step, length) = self.updates(py, updates)?;
        let base = base_or_one(base)?;
        let array = match out {
            Some(out) => out,
            None => py.import("numpy")?.call_method1("empty", (length,))?,
        };
        let rule = || format!("it must be a writable NumPy array of {length} float64 in one piece");
        let wrong = || parameter(py, "out", shown(&array), &rule());
        let place = array.cast::<PyArray1<f64>>().map_err(|_| wrong())?;
        let mut place = place.try_readwrite().map_err(|_| wrong())?;
        let values = place.as_slice_mut().map_err(|_| wrong())?;
        if values.len() != length {
            return Err(wrong());
        }
        py.detach(|| match step {
            1 if length >= PARALLEL => self.0.fill_parallel(start, base, values),
            1 => self.0.fill(start, base, values),
            _ => {
                for (index, value) in values.iter_mut().enumerate() {
                    let offset = i128::from(step) * index as i128;
                    let n = u64::try_from(i128::from(start) + offset).unwrap_or(u64::MAX);
                    *value = self.0.value_at(n, base);
                }
            }
        });
        Ok(array)
    }

    /// The number of updates that the plan is for.
    #[getter]
    fn end(&self) -> Option<u64> {
        self.0.end()
    }

    /// The phases of the plan itself.
    #[getter]
    fn phases<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for phase in self.0.phases() {
            let dict = PyDict::new(py);
            dict.set_item("shape", phase.curve.name())?;
            dict.set_item("from", phase.from.map(|level| level.to_string()))?;
            dict.set_item("to", phase.to.map(|level| level.to_string()))?;
            dict.set_item("start", phase.start)?;
            dict.set_item("end", phase.end)?;
            dict.set_item("inclusive", phase.inclusive)?;
            list.append(dict)?;
        }
        Ok(list)
    }

    /// The innermost phase that update `n` is in.
    fn section_at<'py>(&self, py: Python<'py>, n: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let section = self.0.section_at(count("n", n)?);
        let dict = PyDict::new(py);
        dict.set_item("path", section.path)?;
        dict.set_item("start", section.start)?;
        dict.set_item("end", section.end)?;
        dict.set_item("progress", section.progress)?;
        Ok(dict)
    }

    /// What update `n` uses and why, in a sentence.
    #[pyo3(signature = (n, base=None), text_signature = "($self, n, base=1.0)")]
    fn explain(
        &self,
        py: Python<'_>,
        n: &Bound<'_, PyAny>,
        base: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let base = base_or_one(base)?;
        let mut groups = lehr::MemoryGroups::of("value", &[base]);
        let scheduler = lehr::Scheduler::builder()
            .field_on("value", lehr::Selection::indices_of([0]), self.0.clone())
            .attach(&mut groups)
            .map_err(|error| exception(py, error))?;
        let lines: Vec<String> = scheduler.explain(count("n", n)?).iter().map(ToString::to_string).collect();
        Ok(lines.join("\n").replace("value of group 0", "the value"))
    }

    /// The plan as a dict form that `parse` reads.
    fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let tree = serde_json::to_value(&self.0).map_err(|error| value_error(py, error.to_string()))?;
        python(py, &tree)
    }

    /// The plan as a picture of text.
    #[pyo3(
        signature = (base=None, *, width=80, height=16, label="value"),
        text_signature = "($self, base=1.0, *, width=80, height=16, label='value')"
    )]
    fn picture(
        &self,
        base: Option<&Bound<'_, PyAny>>,
        width: u16,
        height: u16,
        label: &str,
    ) -> PyResult<String> {
        let trace = Trace::sample(label, &self.0, base_or_one(base)?, 2 * usize::from(width));
        Ok(Terminal { width, height, ..Terminal::default() }.draw(&[trace]))
    }

    /// The plan in one line of blocks.
    #[pyo3(signature = (width=WIDTH), text_signature = "($self, width=24)")]
    fn sparkline(&self, width: usize) -> String {
        sparkline(&Trace::sample("value", &self.0, 1.0, SAMPLES.max(width.saturating_mul(2))), width)
    }

    /// The plan as an SVG picture.
    #[pyo3(signature = (base=None, *, label="value"), text_signature = "($self, base=1.0, *, label='value')")]
    fn svg(&self, base: Option<&Bound<'_, PyAny>>, label: &str) -> PyResult<String> {
        let trace = Trace::sample(label, &self.0, base_or_one(base)?, SVG_SAMPLES);
        Ok(Svg::default().draw(&Figure::new(self.0.to_string()).trace(trace)))
    }

    fn _repr_svg_(&self) -> PyResult<String> {
        self.svg(None, "value")
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        let mut repr = format!("Plan('{}'", self.0);
        if let Some(end) = self.0.end() {
            let _ = write!(repr, ", {end} updates");
        }
        let _ = write!(repr, ", {})", self.sparkline(WIDTH));
        repr
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| self.0 == other.get().0)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.end().hash(&mut hasher);
        for phase in self.0.phases() {
            (phase.start, phase.end, phase.curve.name()).hash(&mut hasher);
        }
        let end = self.0.end().unwrap_or(1000);
        for n in [0, end / 3, end] {
            // Plans that are equal but for the sign of a 0 have equal values but for the sign of a 0.
            (self.0.value_at(n, 1.0) + 0.0).to_bits().hash(&mut hasher);
        }
        hasher.finish()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((slf.getattr("parse")?, (slf.get().0.to_string(),)))
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }
}

impl PyPlan {
    /// Start, step and number of the updates that are meant.
    fn updates(&self, py: Python<'_>, updates: Option<&Bound<'_, PyAny>>) -> PyResult<(u64, i64, usize)> {
        let Some(updates) = updates else {
            let end = self.0.end().ok_or_else(|| {
                parameter(
                    py,
                    "updates",
                    "not given",
                    "this plan has no end: say which updates, such as range(1000)",
                )
            })?;
            return Ok((0, 1, length(py, end)?));
        };
        let range = if let Ok(slice) = updates.cast::<PySlice>() {
            if slice.getattr("stop")?.is_none() && self.0.end().is_none() {
                return Err(parameter(
                    py,
                    "updates",
                    shown(updates),
                    "this plan has no end: give the slice one",
                ));
            }
            // A slice reaches past the end: the last value holds there.
            let part = |name| -> PyResult<Option<u64>> {
                let value = slice.getattr(name)?;
                if value.is_none() { Ok(None) } else { count("updates", &value).map(Some) }
            };
            let start = part("start")?.unwrap_or(0);
            let end = part("stop")?.or(self.0.end()).unwrap_or(0);
            py.get_type::<pyo3::types::PyRange>().call1((start, end, part("step")?.unwrap_or(1)))?
        } else {
            updates.clone()
        };
        if range.is_instance_of::<pyo3::types::PyRange>() {
            let length: usize = range.len()?;
            if length == 0 {
                return Ok((0, 1, 0));
            }
            let (first, last) = (range.get_item(0)?, range.get_item(length - 1)?);
            let start = count("updates", &first)?;
            count("updates", &last)?;
            return Ok((start, range.getattr("step")?.extract()?, length));
        }
        let stop = count("updates", &range).map_err(|_| {
            let rule = "it must be a range, a slice, or a number of updates from 0 on";
            parameter(py, "updates", shown(updates), rule)
        })?;
        Ok((0, 1, length(py, stop)?))
    }
}

fn length(py: Python<'_>, updates: u64) -> PyResult<usize> {
    usize::try_from(updates).map_err(|_| value_error(py, "these are too many updates"))
}

fn base_or_one(base: Option<&Bound<'_, PyAny>>) -> PyResult<f64> {
    base.map_or(Ok(1.0), |base| number("base", base))
}

/// A plan as it is, or anything that is a spec, resolved.
pub(crate) fn resolved(plan: &Bound<'_, PyAny>, horizon: &Horizon) -> PyResult<Plan> {
    match plan.cast::<PyPlan>() {
        Ok(plan) => Ok(plan.get().0.clone()),
        Err(_) => spec(plan)?.resolve(horizon).map_err(|error| exception(plan.py(), error)),
    }
}
