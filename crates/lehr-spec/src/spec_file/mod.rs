//! `SpecFile`: the typed form of a spec file, as it is written; nothing is resolved yet.

mod reading;
mod tables;

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;

use crate::plan_text::PlanText;
use crate::source::Source;

pub(crate) use reading::find;

/// A value and the bytes where it stands.
///
/// ```
/// use lehr_spec::{Format, Source, SpecFile};
///
/// let spec = SpecFile::read(&Source::new("a.toml", "version = 1\nlr = 'hold'")?, Format::Toml)?;
/// let name = &spec.fields[0].0;
/// assert_eq!((name.value.as_str(), name.span.clone()), ("lr", 12..14));
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Its bytes in the file.
    pub span: Range<usize>,
}

/// A spec file.
///
/// ```
/// use lehr_spec::{Format, Source, SpecFile};
///
/// let text = "version = 1\nallow = ['jump']\nlr = 'hold'\nweight_decay = 'hold'\n";
/// let spec = SpecFile::read(&Source::new("a.toml", text)?, Format::Toml)?;
/// let names: Vec<&str> = spec.fields.iter().map(|(name, _)| name.value.as_str()).collect();
/// assert_eq!((names, spec.allow[0].value.as_str()), (vec!["lr", "weight_decay"], "jump"));
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(title = "lehr spec", inline)]
pub struct SpecFile {
    /// Where an editor finds the JSON Schema; of no other meaning.
    #[schemars(rename = "$schema")]
    pub schema: Option<At<String>>,
    /// The version of this format: 1.
    #[schemars(required, with = "crate::schema::VersionSchema")]
    pub version: Option<At<u64>>,
    /// Codes of lints that are silenced.
    #[schemars(default, with = "Vec<String>")]
    pub allow: Vec<At<String>>,
    /// How long the run is.
    pub horizon: Option<HorizonTable>,
    /// The fields of the optimizer, such as `lr`, `weight_decay` or `betas[0]`.
    #[schemars(flatten, with = "BTreeMap<String, FieldValue>")]
    pub fields: Vec<(At<String>, FieldValue)>,
    #[schemars(skip)]
    pub(crate) source: Source,
}

/// How long the run is: `updates`; or `epochs` with `updates_per_epoch` or `batches_per_epoch`; or `batches`.
///
/// ```
/// use lehr_spec::{Format, Source, SpecFile};
///
/// let text = "version = 1\nlr = 'hold'\n[horizon]\nepochs = 3\nbatches_per_epoch = 100\nprocesses = 2\naccumulate = 5\n";
/// let spec = SpecFile::read(&Source::new("a.toml", text)?, Format::Toml)?;
/// assert_eq!(spec.horizon.as_ref().and_then(|table| table.epochs.as_ref()).map(|at| at.value), Some(3));
/// // 100 batches are 10 updates of two processes that accumulate five each.
/// assert_eq!(spec.resolve(&Default::default())?.horizon.total(), Some(30));
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct HorizonTable {
    /// Completed optimizer updates in the run.
    pub updates: Option<At<u64>>,
    /// Epochs in the run.
    pub epochs: Option<At<u64>>,
    /// Updates in an epoch, after accumulation, per process.
    pub updates_per_epoch: Option<At<u64>>,
    /// Batches in an epoch, of all processes together.
    pub batches_per_epoch: Option<At<u64>>,
    /// Batches in the run, of all processes together.
    pub batches: Option<At<u64>>,
    /// Processes that share the batches; 1 by default.
    pub processes: Option<At<u64>>,
    /// Batches that one process accumulates for an update; 1 by default.
    pub accumulate: Option<At<u64>>,
    /// Where the table stands.
    #[schemars(skip)]
    pub span: Range<usize>,
}

impl HorizonTable {
    pub(crate) const KEYS: [&str; 7] =
        ["updates", "epochs", "updates_per_epoch", "batches_per_epoch", "batches", "processes", "accumulate"];
}

/// The plan of a field, or its plans for different groups.
///
/// ```
/// use lehr_spec::{FieldValue, Format, Source, SpecFile};
///
/// let read = |text: &str| SpecFile::read(&Source::new("a.toml", text)?, Format::Toml);
/// assert!(matches!(read("version = 1\nlr = 'hold'")?.fields[0].1, FieldValue::Text(_)));
/// assert!(matches!(read("version = 1\n[lr]\nphases = 'hold'")?.fields[0].1, FieldValue::Table(_)));
/// let two = "version = 1\n[[lr]]\ngroups = [0]\nphases = 'hold'\n[[lr]]\ngroups = [1]\nphases = 'hold'";
/// assert!(matches!(&read(two)?.fields[0].1, FieldValue::Tables(tables) if tables.len() == 2));
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum FieldValue {
    /// The one-line text, for all groups.
    Text(PlanText),
    /// A table.
    Table(Box<FieldTable>),
    /// One table for each selection of groups.
    Tables(#[schemars(length(min = 1))] Vec<FieldTable>),
}

/// The plan of a field for all groups, or for some of them.
///
/// ```
/// use lehr_spec::{FieldValue, Format, Source, SpecFile};
///
/// let text = "version = 1\n[lr]\nbase = 0.1\ngroups = [\"head\", 3]\nphases = 'hold'\nplateau = { patience = 2 }\n";
/// let spec = SpecFile::read(&Source::new("a.toml", text)?, Format::Toml)?;
/// let FieldValue::Table(lr) = &spec.fields[0].1 else { panic!("it is a table") };
/// assert_eq!((lr.base.as_ref().map(|at| at.value), lr.phases.text().as_str()), (Some(0.1), "hold"));
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FieldTable {
    /// The phases.
    pub phases: PlanText,
    /// The base of the groups: for pictures and checks. A training run takes what stands in its optimizer.
    pub base: Option<At<f64>>,
    /// The groups, by name or index; without it all of them.
    pub groups: Option<Vec<Group>>,
    /// A controller that reduces the value when a metric stops improving.
    pub plateau: Option<PlateauTable>,
    /// Where the table stands.
    #[schemars(skip)]
    pub span: Range<usize>,
}

impl FieldTable {
    pub(crate) const KEYS: [&str; 4] = ["phases", "base", "groups", "plateau"];
}

/// A group of parameters.
///
/// ```
/// use lehr_spec::{FieldValue, Format, Group, Source, SpecFile};
///
/// let text = "version = 1\n[lr]\nbase = 0.1\ngroups = [\"head\", 3]\nphases = 'hold'\nplateau = { patience = 2 }\n";
/// let spec = SpecFile::read(&Source::new("a.toml", text)?, Format::Toml)?;
/// let FieldValue::Table(lr) = &spec.fields[0].1 else { panic!("it is a table") };
/// let names: Vec<String> = lr.groups.iter().flatten().map(Group::text).collect();
/// assert_eq!(names, ["head", "3"]);
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum Group {
    /// By index, from 0.
    Index(At<u64>),
    /// By name.
    Name(At<String>),
}

impl Group {
    /// Its name or index, as text.
    ///
    /// ```
    /// use lehr_spec::{FieldValue, Format, Group, Source, SpecFile};
    ///
    /// let text = "version = 1\n[lr]\nbase = 0.1\ngroups = [\"head\", 3]\nphases = 'hold'\nplateau = { patience = 2 }\n";
    /// let spec = SpecFile::read(&Source::new("a.toml", text)?, Format::Toml)?;
    /// let FieldValue::Table(lr) = &spec.fields[0].1 else { panic!("it is a table") };
    /// assert_eq!(lr.groups.iter().flatten().map(Group::text).next_back().as_deref(), Some("3"));
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn text(&self) -> String {
        match self {
            Self::Index(index) => index.value.to_string(),
            Self::Name(name) => name.value.clone(),
        }
    }

    /// Where it stands.
    ///
    /// ```
    /// use lehr_spec::{FieldValue, Format, Group, Source, SpecFile};
    ///
    /// let text = "version = 1\n[lr]\nbase = 0.1\ngroups = [\"head\", 3]\nphases = 'hold'\nplateau = { patience = 2 }\n";
    /// let spec = SpecFile::read(&Source::new("a.toml", text)?, Format::Toml)?;
    /// let FieldValue::Table(lr) = &spec.fields[0].1 else { panic!("it is a table") };
    /// let first = lr.groups.iter().flatten().map(Group::span).next();
    /// assert_eq!(first.map(|span| &text[span]), Some("\"head\""));
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn span(&self) -> Range<usize> {
        match self {
            Self::Index(index) => index.span.clone(),
            Self::Name(name) => name.span.clone(),
        }
    }
}

/// torch's `ReduceLROnPlateau` as a factor on the plan.
///
/// ```
/// use lehr_spec::{FieldValue, Format, Source, SpecFile};
///
/// let text = "version = 1\n[lr]\nbase = 0.1\ngroups = [\"head\", 3]\nphases = 'hold'\nplateau = { patience = 2 }\n";
/// let spec = SpecFile::read(&Source::new("a.toml", text)?, Format::Toml)?;
/// let FieldValue::Table(lr) = &spec.fields[0].1 else { panic!("it is a table") };
/// let plateau = lr.plateau.as_ref().map(|table| table.patience.as_ref().map(|at| at.value));
/// assert_eq!(plateau, Some(Some(2)));
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PlateauTable {
    /// Observations in a row without improvement that are borne; 10 by default.
    pub patience: Option<At<u64>>,
    /// What each reduction multiplies by, above 0 and below 1; 0.1 by default.
    pub factor: Option<At<f64>>,
    /// Observations after a reduction that do not count; none by default.
    pub cooldown: Option<At<u64>>,
    /// What the factor does not fall below; 0 by default.
    pub min_factor: Option<At<f64>>,
    /// How often a metric is observed: `"1ep"`, by default, or a number of updates.
    pub every: Option<At<String>>,
    /// Where the table stands.
    #[schemars(skip)]
    pub span: Range<usize>,
}

impl PlateauTable {
    pub(crate) const KEYS: [&str; 5] = ["patience", "factor", "cooldown", "min_factor", "every"];
}

/// Keys of a file that are no fields.
pub(crate) const RESERVED: [&str; 4] = ["version", "horizon", "allow", "$schema"];
