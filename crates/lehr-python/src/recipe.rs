//! The core's recipes by name: each answers with the plan text.

use lehr::recipe::{self, WithWarmup};
use lehr::{Curve, Error, Level, Span, Spec};
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyDict, PyString};

use crate::convert::{count, curve, level, number, shown, span};
use crate::error::{exception, parameter};

/// The arguments of a recipe by name. `lehr.recipe` gives all of them; `None` is the recipe's own default.
pub(crate) struct Arguments<'a, 'py>(pub(crate) &'a Bound<'py, PyDict>);

type Pairs = Vec<(Span, Level)>;

impl<'py> Arguments<'_, 'py> {
    fn get(&self, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(self.0.get_item(name)?.filter(|value| !value.is_none()))
    }

    fn with<T, R>(
        &self,
        name: &str,
        read: impl FnOnce(&str, &Bound<'py, PyAny>) -> PyResult<T>,
        recipe: R,
        apply: impl FnOnce(R, T) -> R,
    ) -> PyResult<R> {
        match self.get(name)? {
            Some(value) => Ok(apply(recipe, read(name, &value)?)),
            None => Ok(recipe),
        }
    }

    fn required<T>(
        &self,
        name: &str,
        read: impl FnOnce(&str, &Bound<'py, PyAny>) -> PyResult<T>,
    ) -> PyResult<T> {
        match self.get(name)? {
            Some(value) => read(name, &value),
            None => Err(parameter(self.0.py(), name, "None", "it must be given")),
        }
    }

    pub(crate) fn span(&self, name: &str) -> PyResult<Span> {
        self.required(name, span)
    }

    pub(crate) fn level(&self, name: &str) -> PyResult<Level> {
        self.required(name, level)
    }

    pub(crate) fn level_if<R>(
        &self,
        name: &str,
        recipe: R,
        apply: impl FnOnce(R, Level) -> R,
    ) -> PyResult<R> {
        self.with(name, level, recipe, apply)
    }

    pub(crate) fn span_if<R>(&self, name: &str, recipe: R, apply: impl FnOnce(R, Span) -> R) -> PyResult<R> {
        self.with(name, span, recipe, apply)
    }

    pub(crate) fn number_if<R>(&self, name: &str, recipe: R, apply: impl FnOnce(R, f64) -> R) -> PyResult<R> {
        self.with(name, number, recipe, apply)
    }

    pub(crate) fn count_if<R>(&self, name: &str, recipe: R, apply: impl FnOnce(R, u64) -> R) -> PyResult<R> {
        self.with(name, count, recipe, apply)
    }

    pub(crate) fn curve_if<R>(
        &self,
        name: &str,
        recipe: R,
        apply: impl FnOnce(R, Curve) -> R,
    ) -> PyResult<R> {
        let read = |name: &str, value: &Bound<'_, PyAny>| {
            let text: String = value.extract().map_err(|_| {
                parameter(value.py(), name, shown(value), "it must be a shape, such as \"cosine\"")
            })?;
            curve(value.py(), &text)
        };
        self.with(name, read, recipe, apply)
    }

    pub(crate) fn flag(&self, name: &str) -> PyResult<bool> {
        self.get(name)?.map_or(Ok(false), |value| value.is_truthy())
    }

    fn list<T>(
        &self,
        name: &str,
        wanted: &str,
        read: impl Fn(&Bound<'py, PyAny>) -> PyResult<T>,
    ) -> PyResult<Vec<T>> {
        let items = self.required(name, |name, value| {
            value.try_iter().map_err(|_| parameter(value.py(), name, shown(value), wanted))
        })?;
        items.map(|item| read(&item?)).collect()
    }

    fn spans(&self, name: &str) -> PyResult<Vec<Span>> {
        self.list(name, "it must be a list of lengths", |item| span(name, item))
    }

    fn pairs(&self, name: &str) -> PyResult<Pairs> {
        let wanted = "it must be a list of pairs of a length and a level";
        self.list(name, wanted, |item| {
            let (over, to): (Bound<'py, PyAny>, Bound<'py, PyAny>) =
                item.extract().map_err(|_| parameter(item.py(), name, shown(item), wanted))?;
            Ok((span(name, &over)?, level(name, &to)?))
        })
    }

    /// A warm-up: `warmup` long, from `warmup_from`.
    pub(crate) fn warmup<R>(&self, recipe: R, apply: impl FnOnce(R, Span, Level) -> R) -> PyResult<R> {
        match self.get("warmup")? {
            Some(over) => Ok(apply(recipe, span("warmup", &over)?, self.level("warmup_from")?)),
            None => Ok(recipe),
        }
    }

    /// Checkpoints: how many, or where.
    pub(crate) fn checkpoints_if(&self, recipe: recipe::Wsd) -> PyResult<recipe::Wsd> {
        match self.get("checkpoints")? {
            Some(value) if value.try_iter().is_ok() && !value.is_instance_of::<PyString>() => {
                Ok(recipe.checkpoints_at(self.spans("checkpoints")?))
            }
            _ => self.count_if("checkpoints", recipe, recipe::Wsd::checkpoints),
        }
    }

    fn with_warmup(&self, recipe: WithWarmup) -> PyResult<Spec> {
        let recipe = self.warmup(recipe, WithWarmup::warmup)?;
        let recipe = self.level_if("to", recipe, WithWarmup::to)?;
        Ok(self.span_if("cooldown", recipe, WithWarmup::cooldown)?.spec())
    }
}

/// The plan text of a recipe.
#[pyfunction]
#[pyo3(name = "recipe", signature = (name, **arguments))]
pub(crate) fn recipe_text(
    py: Python<'_>,
    name: &str,
    arguments: Option<&Bound<'_, PyDict>>,
) -> PyResult<String> {
    let none = PyDict::new(py);
    let arguments = Arguments(arguments.unwrap_or(&none));
    let core = |spec: Result<Spec, Error>| spec.map_err(|error| exception(py, error));
    let spec = match name {
        "linear_with_warmup" => arguments.with_warmup(recipe::linear_with_warmup()),
        "polynomial_with_warmup" => {
            arguments.with_warmup(recipe::polynomial_with_warmup(arguments.required("power", number)?))
        }
        "tanh_with_warmup" => arguments.with_warmup(recipe::tanh_with_warmup()),
        "rex" => arguments.with_warmup(recipe::rex()),
        "sgdr_list" => Ok(arguments
            .level_if("to", recipe::sgdr_list(arguments.pairs("cycles")?), recipe::SgdrList::to)?
            .spec()),
        "multi_step" => {
            let steps = recipe::multi_step(arguments.spans("milestones")?);
            let steps = match arguments.get("factor")? {
                Some(factor) if factor.try_iter().is_ok() => {
                    steps.factors(
                        arguments.list("factor", "it must be numbers", |item| number("factor", item))?,
                    )
                }
                _ => arguments.number_if("factor", steps, recipe::MultiStep::factor)?,
            };
            core(steps.spec())
        }
        "step" => Ok(recipe::step(arguments.span("every")?, arguments.required("factor", number)?).spec()),
        "piecewise_constant" => {
            core(recipe::piecewise_constant(arguments.level("first")?, arguments.pairs("boundaries")?).spec())
        }
        "piecewise" => {
            let pieces = recipe::piecewise(arguments.pairs("points")?);
            core(arguments.curve_if("curve", pieces, recipe::Piecewise::curve)?.spec())
        }
        "noam" => {
            let noam =
                recipe::noam(arguments.required("d_model", count)?, arguments.required("warmup", count)?);
            core(if arguments.flag("times_base")? { noam.times_base() } else { noam }.spec())
        }
        name => plain(py, name, &arguments),
    };
    Ok(spec?.to_string())
}

/// The recipes whose `spec` cannot fail.
fn plain(py: Python<'_>, name: &str, arguments: &Arguments<'_, '_>) -> PyResult<Spec> {
    Ok(match name {
        "warmup_cosine" => {
            let it = arguments.warmup(recipe::warmup_cosine(), recipe::WarmupCosine::warmup)?;
            let it = arguments.level_if("to", it, recipe::WarmupCosine::to)?;
            let it = arguments.span_if("cooldown", it, recipe::WarmupCosine::cooldown)?;
            arguments.number_if("k_decay", it, recipe::WarmupCosine::k_decay)?.spec()
        }
        "constant_with_warmup" => {
            arguments.warmup(recipe::constant_with_warmup(), recipe::ConstantWithWarmup::warmup)?.spec()
        }
        "cosine_with_restarts" => {
            let it = arguments.warmup(recipe::cosine_with_restarts(), recipe::CosineWithRestarts::warmup)?;
            let it = arguments.count_if("cycles", it, recipe::CosineWithRestarts::cycles)?;
            arguments.level_if("to", it, recipe::CosineWithRestarts::to)?.spec()
        }
        "inverse_sqrt" => {
            let it = arguments.warmup(recipe::inverse_sqrt(), recipe::InverseSqrt::warmup)?;
            let it = arguments.span_if("timescale", it, recipe::InverseSqrt::timescale)?;
            arguments.level_if("floor", it, recipe::InverseSqrt::floor)?.spec()
        }
        "noam_hold" => {
            let it = arguments.warmup(recipe::noam_hold(), recipe::NoamHold::warmup)?;
            let it = arguments.span_if("hold", it, recipe::NoamHold::hold)?;
            let it = arguments.number_if("exponent", it, recipe::NoamHold::exponent)?;
            arguments.level_if("floor", it, recipe::NoamHold::floor)?.spec()
        }
        "one_cycle" => one_cycle(arguments)?.spec(),
        "one_cycle_momentum" => {
            one_cycle(arguments)?.momentum(arguments.level("low")?, arguments.level("high")?)
        }
        "triangular" => triangular(arguments)?.spec(),
        "triangular_momentum" => triangular(arguments)?
            .momentum(arguments.level("low_momentum")?, arguments.level("high_momentum")?),
        "power_with_tail" => {
            let it = arguments.warmup(recipe::power_with_tail(), recipe::PowerWithTail::warmup)?;
            let it = arguments.number_if("exponent", it, recipe::PowerWithTail::exponent)?;
            match arguments.get("tail")? {
                Some(tail) => it.tail(span("tail", &tail)?, arguments.level("to")?),
                None => it,
            }
            .spec()
        }
        "range_test" => {
            let it = arguments.level_if("from_", recipe::range_test(), recipe::RangeTest::from)?;
            let it = arguments.level_if("to", it, recipe::RangeTest::to)?;
            let it = arguments.span_if("over", it, recipe::RangeTest::over)?;
            if arguments.flag("linear")? { it.linear() } else { it }.spec()
        }
        "sgdr" => {
            let it = arguments.warmup(recipe::sgdr(arguments.span("period")?), recipe::Sgdr::warmup)?;
            let it = arguments.number_if("length", it, recipe::Sgdr::length)?;
            let it = arguments.number_if("height", it, recipe::Sgdr::height)?;
            let it = arguments.level_if("to", it, recipe::Sgdr::to)?;
            arguments.count_if("cycles", it, recipe::Sgdr::cycles)?.spec()
        }
        "swa" => {
            let it = arguments.span_if("over", recipe::swa(arguments.level("to")?), recipe::Swa::over)?;
            arguments.curve_if("curve", it, recipe::Swa::curve)?.spec()
        }
        "trapezoid" => {
            let it = arguments.warmup(recipe::trapezoid(), recipe::Trapezoid::warmup)?;
            match arguments.get("decay")? {
                Some(decay) => it.decay(span("decay", &decay)?, arguments.level("to")?),
                None => it,
            }
            .spec()
        }
        "tri_stage" => {
            let it = arguments.warmup(recipe::tri_stage(), recipe::TriStage::warmup)?;
            let it = arguments.span_if("hold", it, recipe::TriStage::hold)?;
            match arguments.get("decay")? {
                Some(decay) => it.decay(span("decay", &decay)?, arguments.level("to")?),
                None => it,
            }
            .spec()
        }
        other => return Err(parameter(py, "name", format!("{other:?}"), "there is no recipe of that name")),
    })
}

fn one_cycle(arguments: &Arguments<'_, '_>) -> PyResult<recipe::OneCycle> {
    let it = arguments.span_if("up", recipe::one_cycle(), recipe::OneCycle::up)?;
    let it = arguments.span_if("three_phase", it, recipe::OneCycle::three_phase)?;
    let it = arguments.level_if("from_", it, recipe::OneCycle::from)?;
    let it = arguments.level_if("to", it, recipe::OneCycle::to)?;
    Ok(if arguments.flag("linear")? { it.linear() } else { it })
}

fn triangular(arguments: &Arguments<'_, '_>) -> PyResult<recipe::Triangular> {
    let it = recipe::triangular(arguments.level("low")?, arguments.span("up")?);
    let it = arguments.level_if("to", it, recipe::Triangular::to)?;
    let it = arguments.span_if("down", it, recipe::Triangular::down)?;
    let it = if arguments.flag("triangular2")? { it.triangular2() } else { it };
    arguments.number_if("gamma", it, recipe::Triangular::exp_range)
}
