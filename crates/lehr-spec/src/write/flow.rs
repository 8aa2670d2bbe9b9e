//! `Flow`: a value in one line, as TOML, YAML and JSON have it.

use serde_json::Value;

/// What a value in one line is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Toml,
    Yaml,
    Json,
}

impl Flow {
    pub(super) fn text(self, value: &Value) -> String {
        match value {
            Value::Array(items) => {
                format!("[{}]", items.iter().map(|item| self.text(item)).collect::<Vec<_>>().join(", "))
            }
            Value::Object(entries) if entries.is_empty() => "{}".to_owned(),
            Value::Object(entries) => {
                let pair = |(key, value): (&String, &Value)| {
                    format!("{}{}{}", self.key(key), self.assign(), self.text(value))
                };
                format!("{{ {} }}", entries.iter().map(pair).collect::<Vec<_>>().join(", "))
            }
            Value::String(text) if self == Self::Yaml && is_plain(text) => text.clone(),
            // A JSON string is a TOML and a YAML one, too.
            other => other.to_string(),
        }
    }

    pub(super) fn key(self, key: &str) -> String {
        let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        let word = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        match self {
            Self::Toml if bare => key.to_owned(),
            Self::Yaml if bare && word && is_plain(key) => key.to_owned(),
            _ => Value::from(key).to_string(),
        }
    }

    pub(super) fn assign(self) -> &'static str {
        if self == Self::Toml { " = " } else { ": " }
    }
}

/// Whether YAML reads it as this text without quotes: a word, a level or a length; no number, no yes or no.
fn is_plain(text: &str) -> bool {
    let signs = |c: char| c.is_ascii_alphanumeric() || "_.%".contains(c);
    let word = text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(signs);
    let reserved = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    // What ends in a unit is no number to any reader of YAML.
    let unit = text.ends_with(['x', '%', 'p']);
    let letters = text.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    word && (unit || letters) && !reserved.contains(&text.to_ascii_lowercase().as_str())
}
