//! `SchedulerCore` and `SteppingCore`: what the schedulers of the package derive from.
//!
//! The state of an object is behind a lock that is held for one call. Names start with `_lehr_` so that no subclass of
//! a user's takes them by accident.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use lehr::{Error, Field, NewGroups, ParamGroups, Retarget, Rule, Scheduler, Trace};
use lehr_plot::{Figure, Svg, Terminal, sparkline};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::bind::{Base, Start, initial_key, starts};
use crate::convert::{count, curve, level, on_mismatch, python, selection, shown, state};
use crate::error::{exception, parameter, value_error};
use crate::groups::{Key, PyGroups};
use crate::plan::{PyPlan, SVG_SAMPLES};
use crate::rule::PyRule;
use crate::settings;

/// A scheduler and the optimizer that it writes to.
struct Engine {
    scheduler: Scheduler,
    keys: Vec<Key>,
    /// None once it is detached: it can still be read.
    optimizer: Option<Py<PyAny>>,
    groups: usize,
    /// Why it does not schedule any more.
    ended: String,
}

enum Slot {
    /// The constructor of a subclass has not finished.
    Unbound,
    Bound(Box<Engine>),
}

/// One scheduled field: its groups and their bases.
struct Bases {
    field: Field,
    groups: Vec<usize>,
    values: Vec<f64>,
}

/// What all schedulers share.
#[pyclass(module = "lehr._core", subclass, frozen)]
pub(crate) struct SchedulerCore {
    slot: Mutex<Slot>,
    /// The thread that is in a call, by the address of a variable of its own; 0 for none.
    owner: AtomicUsize,
    /// What may be read while a call is under way, by a user's rule for instance.
    num_updates: AtomicU64,
    bases: Mutex<Vec<Bases>>,
    asleep: Arc<AtomicBool>,
}

thread_local! {
    static HERE: u8 = const { 0 };
}

fn this_thread() -> usize {
    HERE.with(|here| std::ptr::from_ref(here).addr())
}

/// The lock, with a note of who holds it.
struct Held<'a> {
    slot: MutexGuard<'a, Slot>,
    owner: &'a AtomicUsize,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.owner.store(0, Ordering::Relaxed);
    }
}

impl SchedulerCore {
    fn empty() -> Self {
        Self {
            slot: Mutex::new(Slot::Unbound),
            owner: AtomicUsize::new(0),
            num_updates: AtomicU64::new(0),
            bases: Mutex::new(Vec::new()),
            asleep: Arc::new(AtomicBool::new(false)),
        }
    }

    // To move what it answers with costs as much as the lock.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn hold(&self, py: Python<'_>) -> PyResult<Held<'_>> {
        let slot = match self.slot.try_lock() {
            Ok(slot) => slot,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => self.wait(py)?,
        };
        self.owner.store(this_thread(), Ordering::Relaxed);
        Ok(Held { slot, owner: &self.owner })
    }

    #[cold]
    fn wait(&self, py: Python<'_>) -> PyResult<MutexGuard<'_, Slot>> {
        if self.owner.load(Ordering::Relaxed) == this_thread() {
            return Err(value_error(
                py,
                "this scheduler is in the middle of a call: get_updated_values answers with values and leaves \
                 stepping to the training loop",
            ));
        }
        Ok(self.slot.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner))
    }

    /// One call of the core with the optimizer's groups.
    fn call<R>(
        slf: &Bound<'_, Self>,
        call: impl FnOnce(&mut Scheduler, &mut PyGroups<'_, '_>) -> Result<R, Error>,
    ) -> PyResult<R> {
        let (py, this) = (slf.py(), slf.get());
        let mut held = this.hold(py)?;
        if matches!(&*held.slot, Slot::Unbound) {
            drop(held);
            // A subclass that steps in its own constructor, or was made without the metaclass.
            slf.call_method0(intern!(py, "_lehr_wake"))?;
            held = this.hold(py)?;
        }
        let engine = engine(py, &mut held.slot)?;
        let Some(optimizer) = &engine.optimizer else { return Err(value_error(py, engine.ended.clone())) };
        let mut groups = PyGroups::new(optimizer.bind(py), &engine.keys)?;
        let result = call(&mut engine.scheduler, &mut groups).map_err(|error| groups.exception(error));
        this.num_updates.store(engine.scheduler.num_updates(), Ordering::Relaxed);
        let now = groups.group_count();
        if now != engine.groups && result.is_ok() {
            engine.groups = now;
            this.remember(&engine.scheduler);
        }
        result
    }

    /// A look at the scheduler without the optimizer.
    fn look<R>(&self, py: Python<'_>, look: impl FnOnce(&Scheduler, usize) -> PyResult<R>) -> PyResult<R> {
        let mut held = self.hold(py)?;
        let engine = engine(py, &mut held.slot)?;
        look(&engine.scheduler, engine.groups)
    }

    fn remember(&self, scheduler: &Scheduler) {
        let bases = scheduler.state().fields.into_iter().filter_map(|saved| {
            Some(Bases { field: saved.field.parse().ok()?, groups: saved.groups, values: saved.bases })
        });
        *self.bases.lock().unwrap_or_else(PoisonError::into_inner) = bases.collect();
        self.num_updates.store(scheduler.num_updates(), Ordering::Relaxed);
    }
}

fn engine<'a>(py: Python<'_>, slot: &'a mut Slot) -> PyResult<&'a mut Engine> {
    match slot {
        Slot::Bound(engine) => Ok(engine),
        Slot::Unbound => Err(value_error(
            py,
            "this scheduler has no optimizer yet: call super().__init__(optimizer) first",
        )),
    }
}

#[pymethods]
impl SchedulerCore {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        Self::empty()
    }

    /// Attaches to an optimizer and writes the values for update 0.
    ///
    /// A track is a field, a selection of groups, and a `Plan`, a tie, or None for the object's own
    /// `get_updated_values`. While `asleep`, that is not asked.
    #[pyo3(signature = (optimizer, tracks, *, control, new_groups, base, asleep))]
    fn _lehr_bind(
        slf: &Bound<'_, Self>,
        optimizer: &Bound<'_, PyAny>,
        tracks: &Bound<'_, PyList>,
        control: &Bound<'_, PyDict>,
        new_groups: &str,
        base: Option<&Bound<'_, PyAny>>,
        asleep: bool,
    ) -> PyResult<()> {
        let (py, this) = (slf.py(), slf.get());
        let base = Base::new(base)?;
        let mut builder = Scheduler::builder().new_groups(match new_groups {
            "error" => NewGroups::Error,
            "adopt" => NewGroups::Adopt,
            other => {
                let rule = "it must be \"error\" (refuse to step) or \"adopt\" (schedule them, too)";
                return Err(parameter(py, "new_groups", format!("{other:?}"), rule));
            }
        });
        let mut keys: Vec<Key> = Vec::new();
        let mut fields = Vec::new();
        for (index, track) in tracks.into_iter().enumerate() {
            let (name, groups, source): (String, Bound<'_, PyAny>, Bound<'_, PyAny>) = track.extract()?;
            let field: Field = name.parse().map_err(|error| exception(py, error))?;
            let selected = selection(Some(&groups).filter(|groups| !groups.is_none()))?;
            let rule = if let Ok(plan) = source.cast::<PyPlan>() {
                Rule::from(plan.get().0.clone())
            } else if source.is_none() {
                Rule::from(PyRule::new(slf.as_any(), Arc::clone(&this.asleep))?)
            } else if settings::is_rule(&source) {
                Rule::from(PyRule::of_track(slf.as_any(), Arc::clone(&this.asleep), index, &source)?)
            } else {
                Rule::from(settings::tie(&source)?)
            };
            builder = builder.field_on(&name, selected.clone(), rule);
            fields.push((field.clone(), selected));
            if !keys.iter().any(|key| *key.field() == field) {
                keys.push(Key::new(py, field));
            }
        }
        for (field, settings) in control {
            builder = settings::control(builder, &field.extract::<String>()?, &settings)?;
        }
        let mut held = this.hold(py)?;
        let mut groups = PyGroups::new(optimizer, &keys)?;
        let mut settled: Vec<Start> = Vec::new();
        for (field, selected) in &fields {
            settled.extend(starts(&mut groups, py, field, selected, base)?);
        }
        settled.retain(|start| start.found != start.base);
        this.asleep.store(asleep, Ordering::Relaxed);
        let attached = settled
            .iter()
            .try_for_each(|start| {
                let group = format!("group {}", start.group);
                let field = start.field.to_string();
                let written = groups.set(start.group, &start.field, start.base);
                written.map_err(|reason| Error::Write { field, group, reason })
            })
            .and_then(|()| builder.attach(&mut groups));
        this.asleep.store(false, Ordering::Relaxed);
        let scheduler = match attached {
            Ok(scheduler) => scheduler,
            Err(error) => {
                for start in &settled {
                    // What it had before: the first error is the one to report.
                    let _ = groups.set(start.group, &start.field, start.found);
                }
                return Err(groups.exception(error));
            }
        };
        this.remember(&scheduler);
        for bases in &*this.bases.lock().unwrap_or_else(PoisonError::into_inner) {
            let key = initial_key(&bases.field);
            for (group, value) in bases.groups.iter().zip(&bases.values) {
                let dict = groups.dict(*group)?;
                if base == Base::Current || !dict.contains(&key)? {
                    dict.set_item(&key, *value)?;
                }
            }
        }
        let count = groups.group_count();
        drop(groups);
        let optimizer = optimizer.clone().unbind();
        let engine =
            Engine { scheduler, keys, optimizer: Some(optimizer), groups: count, ended: String::new() };
        *held.slot = Slot::Bound(Box::new(engine));
        Ok(())
    }

    /// The bases of a field that is not attached yet, one for each group: `initial_<field>` where there is one.
    #[staticmethod]
    fn _lehr_bases_of(optimizer: &Bound<'_, PyAny>, field: &str) -> PyResult<Vec<f64>> {
        let py = optimizer.py();
        let field: Field = field.parse().map_err(|error| exception(py, error))?;
        let keys = [Key::new(py, field.clone())];
        let mut groups = PyGroups::new(optimizer, &keys)?;
        let mut found = Vec::new();
        for start in starts(&mut groups, py, &field, &lehr::Selection::All, Base::Initial)? {
            found.push((start.group, start.base));
        }
        if let Some(group) =
            (0..groups.group_count()).find(|group| found.iter().all(|(have, _)| have != group))
        {
            let known = groups.fields(group);
            let missing =
                Error::MissingField { field: field.to_string(), group: format!("group {group}"), known };
            return Err(groups.exception(missing));
        }
        Ok(found.into_iter().map(|(_, base)| base).collect())
    }

    /// The scheduled fields with their groups and bases, in the order in which they were given.
    fn _lehr_bases(&self) -> Vec<(String, Vec<usize>, Vec<f64>)> {
        let bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
        bases.iter().map(|it| (it.field.to_string(), it.groups.clone(), it.values.clone())).collect()
    }

    /// Updates that are completed. May be read at any time.
    fn _lehr_num_updates(&self) -> u64 {
        self.num_updates.load(Ordering::Relaxed)
    }

    fn _lehr_is_bound(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(matches!(&*self.hold(py)?.slot, Slot::Bound(_)))
    }

    /// Another object for the same optimizer, such as a wrapper.
    fn _lehr_rebind(&self, optimizer: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = optimizer.py();
        let before = match &mut *self.hold(py)?.slot {
            Slot::Bound(engine) => {
                engine.optimizer.as_mut().map(|old| std::mem::replace(old, optimizer.clone().unbind()))
            }
            Slot::Unbound => None,
        };
        drop(before);
        Ok(())
    }

    /// Writes the values for update `num_updates` and counts that many as completed.
    fn step_update(slf: &Bound<'_, Self>, num_updates: &Bound<'_, PyAny>) -> PyResult<()> {
        let n = count("num_updates", num_updates)?;
        Self::call(slf, |scheduler, groups| scheduler.step_update(n, groups))
    }

    /// The progress as plain data.
    fn state_dict<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        slf.get().look(py, |scheduler, _| {
            let state = serde_json::to_value(scheduler.state());
            python(py, &state.map_err(|error| value_error(py, error.to_string()))?)
        })
    }

    /// Takes over a saved progress and writes its values at once.
    #[pyo3(signature = (state_dict, *, on_mismatch="error"))]
    fn load_state_dict(
        slf: &Bound<'_, Self>,
        state_dict: &Bound<'_, PyAny>,
        on_mismatch: &str,
    ) -> PyResult<()> {
        let policy = self::on_mismatch(slf.py(), on_mismatch)?;
        let state = state(state_dict)?;
        Self::call(slf, |scheduler, groups| scheduler.load_state(&state, policy, groups))?;
        let this = slf.get();
        this.look(slf.py(), |scheduler, _| {
            this.remember(scheduler);
            Ok(())
        })
    }

    fn _lehr_observe(slf: &Bound<'_, Self>, metric: &Bound<'_, PyAny>) -> PyResult<()> {
        let metric = crate::groups::to_f64(metric)
            .map_err(|_| parameter(slf.py(), "metric", shown(metric), "it must be a number"))?;
        Self::call(slf, |scheduler, groups| scheduler.observe(metric, groups))
    }

    fn _lehr_seek(slf: &Bound<'_, Self>, n: &Bound<'_, PyAny>) -> PyResult<()> {
        let n = count("n", n)?;
        Self::call(slf, |scheduler, groups| scheduler.seek(n, groups))
    }

    fn _lehr_retarget(slf: &Bound<'_, Self>, total: &Bound<'_, PyAny>, how: &str) -> PyResult<()> {
        let total = count("total", total)?;
        let how = match how {
            "stretch" => Retarget::Stretch,
            "keep_shape" => Retarget::KeepShape,
            other => {
                let rule =
                    "it must be \"stretch\" (what remains) or \"keep_shape\" (hold the current value first)";
                return Err(parameter(slf.py(), "how", format!("{other:?}"), rule));
            }
        };
        Self::call(slf, |scheduler, groups| scheduler.retarget(total, how, groups))
    }

    fn _lehr_anneal(
        slf: &Bound<'_, Self>,
        field: &str,
        curve: &str,
        over: &Bound<'_, PyAny>,
        to: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (curve, over, to) = (self::curve(slf.py(), curve)?, count("over", over)?, level("to", to)?);
        Self::call(slf, |scheduler, groups| scheduler.anneal_from_here(field, curve, over, to, groups))
    }

    fn _lehr_explain(&self, py: Python<'_>, n: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
        let n = count("n", n)?;
        self.look(py, |scheduler, _| Ok(scheduler.explain(n).iter().map(ToString::to_string).collect()))
    }

    /// For each field, its value in each group: what the next update uses, or what the finished one used.
    fn _lehr_values(&self, py: Python<'_>, last_used: bool) -> PyResult<Vec<(String, Vec<Option<f64>>)>> {
        self.look(py, |scheduler, groups| {
            let values = scheduler.fields().into_iter().map(|field| {
                let field = field.to_string();
                let value = |group| {
                    if last_used {
                        scheduler.last_used(&field, group)
                    } else {
                        scheduler.current(&field, group)
                    }
                };
                let values = (0..groups).map(value).collect();
                (field, values)
            });
            Ok(values.collect())
        })
    }

    /// A field's plan in its first group, in one line of blocks; None where it has no plan.
    fn _lehr_sparkline(
        &self,
        py: Python<'_>,
        field: &str,
        group: usize,
        width: usize,
    ) -> PyResult<Option<String>> {
        self.look(py, |scheduler, _| {
            Ok(scheduler.trace(field, group, 4 * width).map(|trace| sparkline(&trace, width)))
        })
    }

    /// Every planned field in its first group, as a picture of text.
    fn _lehr_picture(&self, py: Python<'_>, width: u16, height: u16) -> PyResult<String> {
        self.look(py, |scheduler, groups| {
            let trace = |field: &&Field| -> Option<Trace> {
                let field = field.to_string();
                (0..groups).find_map(|group| scheduler.trace(&field, group, 2 * usize::from(width)))
            };
            let traces: Vec<Trace> = scheduler.fields().iter().filter_map(trace).collect();
            Ok(Terminal { width, height, ..Terminal::default() }.draw(&traces))
        })
    }

    /// Every planned field, one trace for each base that it has, as an SVG picture.
    fn _lehr_svg(&self, py: Python<'_>, title: &str) -> PyResult<String> {
        self.look(py, |scheduler, groups| {
            let mut figure = Figure::new(title);
            for field in scheduler.fields() {
                let field = field.to_string();
                let mut seen: Vec<Trace> = Vec::new();
                for group in 0..groups {
                    let Some(trace) = scheduler.trace(&field, group, SVG_SAMPLES) else { continue };
                    if !seen.contains(&trace) {
                        figure = figure.named(format!("group {group}"), trace.clone());
                        seen.push(trace);
                    }
                }
            }
            Ok(Svg::default().draw(&figure))
        })
    }

    /// Does not schedule any more; what it was can still be read.
    fn _lehr_detach(&self, py: Python<'_>, why: &str) -> PyResult<()> {
        let before = match &mut *self.hold(py)?.slot {
            Slot::Bound(engine) => {
                why.clone_into(&mut engine.ended);
                engine.optimizer.take()
            }
            Slot::Unbound => None,
        };
        // Outside the lock: dropping the last reference to an optimizer runs Python code.
        drop(before);
        Ok(())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Ok(slot) = self.slot.try_lock()
            && let Slot::Bound(engine) = &*slot
            && let Some(optimizer) = &engine.optimizer
        {
            visit.call(optimizer)?;
        }
        Ok(())
    }

    fn __clear__(&self) {
        let before = match self.slot.try_lock() {
            Ok(mut slot) => std::mem::replace(&mut *slot, Slot::Unbound),
            Err(_) => return,
        };
        drop(before);
    }
}

/// A scheduler that counts by itself: its `step` stands before torch's in the method order.
#[pyclass(module = "lehr._core", extends = SchedulerCore, subclass, frozen)]
pub(crate) struct SteppingCore;

#[pymethods]
impl SteppingCore {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        PyClassInitializer::from(SchedulerCore::empty()).add_subclass(Self)
    }

    /// Counts a completed update and writes the values for the next one.
    #[pyo3(signature = (*, updated=None))]
    fn step(slf: &Bound<'_, Self>, updated: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        if let Some(updated) = updated
            && !updated.is_truthy()?
        {
            return Ok(());
        }
        SchedulerCore::call(slf.as_super(), |scheduler, groups| scheduler.step(groups))
    }
}
