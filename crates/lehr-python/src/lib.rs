//! The native half of the Python package `lehr`: signatures and error mapping over the Rust core, no scheduling logic.
//!
//! | file | what it is |
//! |---|---|
//! | `error` | the core's errors as the package's exceptions |
//! | `convert` | Python objects as the core's types, and back |
//! | `plan` | `Plan`, recipes |
//! | `settings` | controllers and ties, from the package's dataclasses |
//! | `groups` | an optimizer's `param_groups` as `ParamGroups` |
//! | `tensor` | values that are tensors, filled in place |
//! | `rule` | a subclass's `get_updated_values` as an `UpdateRule` |
//! | `spec` | spec files and dicts of the same tree |
//! | `recipe`, `wsd` | the core's recipes |
//! | `compat` | what the replicas of `lehr.compat` ask beside their values |
//! | `command` | the command `lehr` |
//! | `bind` | the bases that a scheduler starts from |
//! | `scheduler` | what the schedulers of the package derive from |

use pyo3::prelude::*;

mod bind;
mod command;
mod compat;
mod convert;
mod error;
mod groups;
mod plan;
mod recipe;
mod rule;
mod scheduler;
mod settings;
mod spec;
mod tensor;
mod wsd;

/// The extension module `lehr._core`.
#[pymodule(gil_used = false)]
mod _core {
    #[pymodule_export]
    use super::command::run_command;
    #[pymodule_export]
    use super::compat::accelerated_wsd_periods;
    #[pymodule_export]
    use super::plan::PyPlan;
    #[pymodule_export]
    use super::recipe::recipe_text;
    #[pymodule_export]
    use super::scheduler::{SchedulerCore, SteppingCore};
    #[pymodule_export]
    use super::settings::check_settings;
    #[pymodule_export]
    use super::spec::{is_a_spec, read_spec};
    #[pymodule_export]
    use super::wsd::{PyWsdPlan, resolve_wsd};

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
