//! `Used`: the value of every logged field and group, as the last update used it.

use lehr::{Field, ParamGroups};
use serde::{Deserialize, Serialize};

use crate::number;

/// One field of one group, and the value that the last update used.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::{RunConfig, Trainer};
///
/// let summary = Square::new().train(&RunConfig::epochs(1))?;
/// assert_eq!((summary.last_used[0].name.as_str(), summary.last_used[0].value), ("lr/w", 0.25));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Used {
    /// `lr/weights`: the field, and the group's name or index.
    pub name: String,
    /// The value, read from the optimizer right before the update.
    #[serde(with = "number")]
    pub value: f64,
}

/// Where the values are read.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    places: Vec<(usize, Field)>,
    used: Vec<Used>,
}

impl Columns {
    pub(crate) fn new(fields: Vec<Field>, groups: &impl ParamGroups) -> Self {
        let mut columns = Self::default();
        for field in fields {
            for group in 0..groups.group_count() {
                let Some(value) = groups.get(group, &field) else { continue };
                let owner = groups.group_name(group).map_or_else(|| group.to_string(), ToOwned::to_owned);
                columns.used.push(Used { name: format!("{field}/{owner}"), value });
                columns.places.push((group, field.clone()));
            }
        }
        columns
    }

    /// Takes the values that the coming update uses.
    pub(crate) fn read(&mut self, groups: &impl ParamGroups) {
        for ((group, field), used) in self.places.iter().zip(&mut self.used) {
            used.value = groups.get(*group, field).unwrap_or(f64::NAN);
        }
    }

    /// Takes over what an earlier process read last.
    pub(crate) fn restore(&mut self, saved: &[Used]) {
        for used in &mut self.used {
            if let Some(saved) = saved.iter().find(|saved| saved.name == used.name) {
                used.value = saved.value;
            }
        }
    }

    pub(crate) fn used(&self) -> &[Used] {
        &self.used
    }
}
