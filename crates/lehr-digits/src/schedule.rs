//! The schedule: `digits.toml`, for every framework the same file.

use lehr::Horizon;
use lehr_spec::{At, Format, HorizonTable, Overrides, Resolved, Source, SpecFile};

use crate::Error;

/// The groups of parameters, in their order.
pub const GROUPS: [&str; 2] = ["weights", "biases"];
/// What `lr` is when the optimizer is built, in both groups.
pub const LR: f64 = 3e-3;
/// What `weight_decay` is when the optimizer is built, by group.
pub const WEIGHT_DECAY: [f64; 2] = [0.01, 0.0];

/// The spec file, resolved to the run that it says.
///
/// ```
/// let spec = lehr_digits::spec()?;
/// assert_eq!(spec.horizon.total(), Some(30 * 46));
/// # Ok::<(), lehr_digits::Error>(())
/// ```
///
/// # Errors
///
/// [`Error`] if the file in the repository is wrong.
pub fn spec() -> Result<Resolved, Error> {
    read(&Overrides::default())
}

/// The same plans for a run of another length.
///
/// ```
/// use lehr::Horizon;
///
/// let spec = lehr_digits::spec_for(Horizon::epochs(30, 23)?)?;
/// assert_eq!(spec.entries[0].plan.end(), Some(30 * 23));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Error`] if the file in the repository is wrong, or if its plans do not fit the run.
pub fn spec_for(horizon: Horizon) -> Result<Resolved, Error> {
    let at = |value| At { value, span: 0..0 };
    let horizon = HorizonTable {
        updates: horizon.total().map(at),
        updates_per_epoch: horizon.updates_per_epoch().map(at),
        ..HorizonTable::default()
    };
    read(&Overrides { horizon, ..Overrides::default() })
}

fn read(overrides: &Overrides) -> Result<Resolved, Error> {
    let source = Source::new("digits.toml", include_str!("../digits.toml"))?;
    Ok(SpecFile::read(&source, Format::Toml)?.resolve(overrides)?)
}
