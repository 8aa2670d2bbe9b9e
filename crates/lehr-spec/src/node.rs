//! `Node`: what TOML, YAML and JSON have in common, each part with its bytes.

use std::ops::Range;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) span: Range<usize>,
    pub(crate) kind: Kind,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Null,
    Flag(bool),
    /// As it is written, or as the format's reader prints it.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
    /// Something that a spec has no use for, by its name.
    Other(&'static str),
}

/// The name of an entry of a map.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) span: Range<usize>,
}

impl Node {
    /// What it is, for "expected ..., found ...".
    pub(crate) fn found(&self) -> String {
        match &self.kind {
            Kind::Null => "nothing".to_owned(),
            Kind::Flag(flag) => format!("`{flag}`"),
            Kind::Number(number) => format!("the number {number}"),
            Kind::Text(text) if text.chars().count() <= 40 => format!("the text \"{text}\""),
            Kind::Text(_) => "a text".to_owned(),
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a table".to_owned(),
            Kind::Other(what) => (*what).to_owned(),
        }
    }

    /// The value of an entry, where it is a map that has it.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|(key, _)| key.name == name).map(|(_, value)| value),
            _ => None,
        }
    }
}
