//! What the package's replicas ask of the core's beside their values.

use lehr::compat::pytorch_accelerated::WSDLrScheduler;
use pyo3::prelude::*;

use crate::convert::{count, number};

/// The periods of pytorch-accelerated's `WSDLrScheduler`: start, checkpoint, updates that decay.
#[pyfunction]
pub(crate) fn accelerated_wsd_periods(
    total_steps: &Bound<'_, PyAny>,
    num_checkpoints: &Bound<'_, PyAny>,
    decay_phase_ratio: &Bound<'_, PyAny>,
) -> PyResult<Vec<[u64; 3]>> {
    let wsd = WSDLrScheduler {
        total_steps: Some(count("total_steps", total_steps)?),
        num_checkpoints: count("num_checkpoints", num_checkpoints)?,
        decay_phase_ratio: number("decay_phase_ratio", decay_phase_ratio)?,
        ..WSDLrScheduler::default()
    };
    Ok(wsd.periods())
}
