//! Controllers and ties, built from the settings that the package's dataclasses hold.

use lehr::control::{Greedy, Mode, NonFinite, Plateau, Threshold};
use lehr::{SchedulerBuilder, Tie, tied_to};
use pyo3::prelude::*;

use crate::convert::{count, number, shown};
use crate::error::{exception, parameter};

/// The settings of a controller, read by attribute.
struct Settings<'a, 'py>(&'a Bound<'py, PyAny>);

impl Settings<'_, '_> {
    fn number(&self, name: &str) -> PyResult<f64> {
        number(name, &self.0.getattr(name)?)
    }

    fn count(&self, name: &str) -> PyResult<u64> {
        count(name, &self.0.getattr(name)?)
    }

    fn text(&self, name: &str) -> PyResult<String> {
        let value = self.0.getattr(name)?;
        value.extract().map_err(|_| parameter(value.py(), name, shown(&value), "it must be a text"))
    }

    fn choose<T>(&self, name: &str, choices: &[(&str, T)]) -> PyResult<T>
    where
        T: Copy,
    {
        let text = self.text(name)?;
        choices.iter().find(|(choice, _)| *choice == text).map(|(_, value)| *value).ok_or_else(|| {
            let known: Vec<String> = choices.iter().map(|(choice, _)| format!("{choice:?}")).collect();
            parameter(self.0.py(), name, format!("{text:?}"), &format!("it must be {}", known.join(" or ")))
        })
    }

    fn mode(&self) -> PyResult<Mode> {
        self.choose("mode", &[("min", Mode::Min), ("max", Mode::Max)])
    }

    fn non_finite(&self) -> PyResult<NonFinite> {
        let choices = [("error", NonFinite::Error), ("ignore", NonFinite::Ignore), ("bad", NonFinite::Bad)];
        self.choose("non_finite", &choices)
    }

    fn threshold(&self) -> PyResult<Threshold> {
        let number = self.number("threshold")?;
        let kind = self.choose("threshold_mode", &[("rel", true), ("abs", false)])?;
        Ok(if kind { Threshold::Relative(number) } else { Threshold::Absolute(number) })
    }

    fn smoothing(&self) -> PyResult<usize> {
        Ok(usize::try_from(self.count("smoothing")?).unwrap_or(usize::MAX))
    }

    fn plateau(&self) -> PyResult<Plateau> {
        Plateau::builder()
            .mode(self.mode()?)
            .factor(self.number("factor")?)
            .patience(self.count("patience")?)
            .threshold(self.threshold()?)
            .cooldown(self.count("cooldown")?)
            .min_factor(self.number("min_factor")?)
            .non_finite(self.non_finite()?)
            .smoothing(self.smoothing()?)
            .build()
            .map_err(|error| exception(self.0.py(), error))
    }

    fn greedy(&self) -> PyResult<Greedy> {
        let greedy = Greedy::builder()
            .mode(self.mode()?)
            .factor(self.number("factor")?)
            .increase_patience(self.count("increase_patience")?)
            .decrease_patience(self.count("decrease_patience")?)
            .threshold(self.threshold()?)
            .cooldown(self.count("cooldown")?)
            .warmup(self.count("warmup")?)
            .min_factor(self.number("min_factor")?)
            .max_factor(self.number("max_factor")?)
            .non_finite(self.non_finite()?)
            .smoothing(self.smoothing()?);
        let greedy = if self.0.getattr("reset_start")?.is_none() {
            greedy.without_reset()
        } else {
            greedy.reset_start(self.count("reset_start")?)
        };
        greedy.build().map_err(|error| exception(self.0.py(), error))
    }

    fn tie(&self) -> PyResult<Tie> {
        let tie = tied_to(&self.text("source")?).map_err(|error| exception(self.0.py(), error))?;
        if self.0.getattr("offset")?.is_none() {
            Ok(tie.power(self.number("exponent")?))
        } else {
            Ok(tie.linear(self.number("offset")?, self.number("scale")?))
        }
    }
}

fn kind(settings: &Bound<'_, PyAny>) -> PyResult<String> {
    settings.getattr("_kind").and_then(|kind| kind.extract()).map_err(|_| {
        let rule = "a controller is a lehr.Plateau or a lehr.Greedy";
        parameter(settings.py(), "control", shown(settings), rule)
    })
}

/// Whether these settings hold a function that is a rule.
pub(crate) fn is_rule(settings: &Bound<'_, PyAny>) -> bool {
    kind(settings).is_ok_and(|kind| kind == "rule")
}

/// Adds the controller that these settings describe.
pub(crate) fn control(
    builder: SchedulerBuilder,
    field: &str,
    settings: &Bound<'_, PyAny>,
) -> PyResult<SchedulerBuilder> {
    match kind(settings)?.as_str() {
        "greedy" => Ok(builder.control(field, Settings(settings).greedy()?)),
        _ => Ok(builder.control(field, Settings(settings).plateau()?)),
    }
}

/// The tie that these settings describe.
pub(crate) fn tie(settings: &Bound<'_, PyAny>) -> PyResult<Tie> {
    Settings(settings).tie()
}

/// Raises if the settings of a controller or a tie cannot be used.
#[pyfunction]
pub(crate) fn check_settings(settings: &Bound<'_, PyAny>) -> PyResult<()> {
    match kind(settings)?.as_str() {
        "tie" => Settings(settings).tie().map(|_| ()),
        "greedy" => Settings(settings).greedy().map(|_| ()),
        _ => Settings(settings).plateau().map(|_| ()),
    }
}
