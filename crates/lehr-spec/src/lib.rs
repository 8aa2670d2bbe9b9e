//! Spec files of lehr: the schedules of a run, in TOML, YAML, JSON or one line of text.
//!
//! ```text
//! text --read--> nodes with positions --> SpecFile --resolve(horizon)--> Resolved: a Plan for each field and group
//! ```
//!
//! Every form says the same and every fault has a place: a byte span, a line and a column, also inside the one-line text
//! and also for what only shows when lengths are resolved. Plans are made by [`lehr::Spec`] alone: no shape is computed
//! here.
//!
//! # Example
//!
//! ```
//! use lehr_spec::{Format, Source, SpecFile};
//!
//! let text = r#"
//! version = 1
//! [horizon]
//! updates = 10_000
//! [lr]
//! base = 3e-4
//! phases = [
//!   { shape = "linear", from = "0.01x", over = "5%" },
//!   { shape = "cosine", to = "0.1x" },
//! ]
//! "#;
//! let source = Source::new("schedule.toml", text)?;
//! let resolved = SpecFile::read(&source, Format::Toml)?.resolve(&Default::default())?;
//! let lr = &resolved.entries[0];
//! assert_eq!(lr.plan.value_at(500, 3e-4), 3e-4);
//! # Ok::<(), lehr_spec::Problems>(())
//! ```
//!
//! # The file
//!
//! | key | meaning |
//! |---|---|
//! | `version` | 1; a file must say it |
//! | `allow` | codes of lints that are silenced |
//! | `[horizon]` | `updates`; or `epochs` with `updates_per_epoch` or `batches_per_epoch`; or `batches`. `processes` and `accumulate` translate batches into updates |
//! | any other key | a field of the optimizer: `lr`, `weight_decay`, `"betas[0]"` |
//!
//! A field is the one-line text, or a table with `phases` (a list of phases or the one-line text), and, where wanted,
//! `base` (for pictures and checks), `groups` (names or indices; without it all groups) and `plateau`. A field whose groups
//! differ has a list of such tables, `[[weight_decay]]`, each with its own `groups`.

mod audit;
mod catalogue;
mod convert;
mod diagnostic;
mod lint;
mod node;
mod plan_text;
mod problem;
mod read;
mod resolve;
mod schema;
mod source;
mod spec_file;
mod walk;
mod write;

pub use audit::{Audited, Column, Deviation, History, audit};
pub use catalogue::{COMBINATORS, Entry as Described, REPLICAS, SHAPES, describe};
pub use convert::{ConvertOptions, Converted, Library, convert};
pub use diagnostic::Style;
pub use lint::{LINTS, Lint, lint};
pub use plan_text::{MAX_PHASES, PlanText};
pub use problem::{Problem, Problems, Severity};
pub use read::Format;
pub use resolve::{Clock, Entry, Overrides, Resolved};
pub use schema::schema;
pub use source::{MAX_BYTES, Source};
pub use spec_file::{At, FieldTable, FieldValue, Group, HorizonTable, PlateauTable, SpecFile};
pub use walk::nearest;
