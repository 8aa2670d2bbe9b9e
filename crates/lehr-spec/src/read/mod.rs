//! From text to nodes: one file for each format.

mod json;
mod toml;
mod yaml;

use std::path::Path;

use crate::node::{Kind, Node};
use crate::problem::Problem;
use crate::source::Source;

/// How deep lists and tables may be nested in a file: readers that call themselves need some 2 MB of stack for it in a
/// debug build, which is what a thread has.
pub(crate) const MAX_DEPTH: usize = 48;

/// What a file is written in.
///
/// ```
/// use lehr_spec::{Format, Source, SpecFile};
///
/// let toml = SpecFile::read(&Source::new("a", "version = 1\nlr = 'hold'")?, Format::Toml)?;
/// let yaml = SpecFile::read(&Source::new("a", "version: 1\nlr: hold")?, Format::Yaml)?;
/// assert_eq!(toml.tree(), yaml.tree());
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TOML.
    Toml,
    /// YAML.
    Yaml,
    /// JSON.
    Json,
    /// The one-line text of a plan, which may have several lines.
    Text,
}

impl Format {
    /// What a file's ending says.
    ///
    /// ```
    /// use lehr_spec::Format;
    ///
    /// assert_eq!(Format::of_path("a/schedule.yml".as_ref()), Some(Format::Yaml));
    /// assert_eq!(Format::of_path("schedule".as_ref()), None);
    /// ```
    pub fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "toml" => Some(Self::Toml),
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            "txt" | "plan" | "lehr" => Some(Self::Text),
            _ => None,
        }
    }

    /// What a text looks like, for what comes without a name.
    ///
    /// ```
    /// use lehr_spec::Format;
    ///
    /// assert_eq!(Format::guess("{\"version\": 1}"), Format::Json);
    /// assert_eq!(Format::guess("version = 1"), Format::Toml);
    /// assert_eq!(Format::guess("version: 1"), Format::Yaml);
    /// assert_eq!(Format::guess("linear(over=5%) -> cosine"), Format::Text);
    /// ```
    pub fn guess(text: &str) -> Self {
        let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let word = |text: &str| {
            let text = text.trim();
            !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-.\"'[]".contains(c))
        };
        match lines().next() {
            Some(line) if line.starts_with('{') || line == "[" => Self::Json,
            Some(line) if line.starts_with('[') && line[1..].trim_start().starts_with('{') => Self::Json,
            Some(line) if line.starts_with('[') => Self::Toml,
            Some(line) if line.split_once('=').is_some_and(|(key, _)| word(key)) => Self::Toml,
            Some(line) if line.split_once(':').is_some_and(|(key, _)| word(key)) => Self::Yaml,
            Some("---") => Self::Yaml,
            _ => Self::Text,
        }
    }
}

/// The nodes of a text.
pub(crate) fn read(source: &Source, format: Format) -> Result<Node, Problem> {
    match format {
        Format::Toml => toml::read(source.text()),
        Format::Yaml => yaml::read(source.text()),
        Format::Json => json::read(source.text()),
        Format::Text => Ok(Node { span: 0..source.text().len(), kind: Kind::Text(source.text().to_owned()) }),
    }
}

fn too_deep(at: usize) -> Problem {
    Problem::error("nesting", format!("lists and tables are nested more than {MAX_DEPTH} deep")).at(at..at)
}
