//! `Call`: a spec as names with arguments, between its text or tree and its meaning.
//!
//! Reading goes text or tree -> calls -> spec, printing the other way, so that every form says the same.

use std::str::FromStr;

use crate::error::Error;
use crate::level::Level;
use crate::number::parse_finite;
use crate::span::Span;

/// `name(plan, plan, argument=value)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) position: usize,
    pub(crate) plans: Vec<Vec<Call>>,
    pub(crate) arguments: Vec<Argument>,
}

/// `name=value`, each with where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) position: usize,
    pub(crate) value: String,
    pub(crate) value_position: usize,
}

/// What is wrong, and where in the text.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) position: usize,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(position: usize, message: impl Into<String>) -> Self {
        Self { position, message: message.into() }
    }
}

impl Call {
    pub(crate) fn new(name: &str, plans: Vec<Vec<Self>>) -> Self {
        Self { name: name.to_owned(), plans, ..Self::default() }
    }

    /// Adds an argument, unless there is nothing to say.
    pub(crate) fn with(mut self, name: &str, value: Option<String>) -> Self {
        if let Some(value) = value {
            self.arguments.push(Argument { name: name.to_owned(), position: 0, value, value_position: 0 });
        }
        self
    }

    pub(crate) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.position, message)
    }

    fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|argument| argument.name == name)
    }

    /// The value of an argument, read by `parse`; `wanted` is what the error asks for.
    pub(crate) fn read<T>(
        &self,
        name: &str,
        wanted: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let Some(argument) = self.argument(name) else { return Ok(None) };
        match parse(&argument.value) {
            Some(value) => Ok(Some(value)),
            None => Err(Fault::new(argument.value_position, format!("`{name}` is {wanted}"))),
        }
    }

    fn parse<T: FromStr<Err = Error>>(&self, name: &str) -> Result<Option<T>, Fault> {
        let Some(argument) = self.argument(name) else { return Ok(None) };
        argument.value.parse().map(Some).map_err(|error| match error {
            Error::Text { message, .. } => Fault::new(argument.value_position, message),
            error => Fault::new(argument.value_position, error.to_string()),
        })
    }

    pub(crate) fn level(&self, name: &str) -> Result<Option<Level>, Fault> {
        self.parse(name)
    }

    pub(crate) fn span(&self, name: &str) -> Result<Option<Span>, Fault> {
        self.parse(name)
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<f64>, Fault> {
        self.read(name, "a finite number", parse_finite)
    }

    pub(crate) fn count(&self, name: &str) -> Result<Option<u64>, Fault> {
        self.read(name, "a whole number", |text| text.replace('_', "").parse().ok())
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, Fault> {
        Ok(self.read(name, "true or false", |text| text.parse().ok())?.unwrap_or(false))
    }

    /// Refuses arguments that are not known, and those that are given twice.
    pub(crate) fn check_names(&self, known: &[&str]) -> Result<(), Fault> {
        for (index, argument) in self.arguments.iter().enumerate() {
            let name = argument.name.as_str();
            if !known.contains(&name) {
                let wanted = unknown("argument", name, known);
                let takes = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                return Err(Fault::new(argument.position, format!("{wanted}; {} takes {takes}", self.name)));
            }
            if self.arguments[..index].iter().any(|before| before.name == name) {
                return Err(Fault::new(argument.position, format!("`{name}` is given twice")));
            }
        }
        Ok(())
    }
}

/// "there is no shape `cosin`, did you mean `cosine`?"
pub(crate) fn unknown(kind: &str, name: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|candidate| (distance(name, candidate), candidate)).min();
    match nearest {
        Some((edits, candidate)) if edits <= 2 && edits < candidate.len() => {
            format!("there is no {kind} `{name}`, did you mean `{candidate}`?")
        }
        _ => format!("there is no {kind} `{name}`"),
    }
}

/// Edits between two words: insertions, deletions, substitutions and swapped neighbours (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substituted = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut edits = substituted.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                edits = edits.min(rows[i - 2][j - 2] + 1);
            }
            row.push(edits);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
