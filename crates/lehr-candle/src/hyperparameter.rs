//! `Hyperparameter`: one number of a group: what it is called, what it may be, where it stands.

use std::fmt;

use lehr::Field;

/// The one list of a group's numbers that reading, writing, checking, saving and loading all go by.
#[derive(Debug)]
pub struct Hyperparameter<P> {
    /// `lr`, or `betas` with an element.
    pub name: &'static str,
    /// The element of a tuple.
    pub element: Option<usize>,
    /// What it may be.
    pub range: Range,
    /// Reads it.
    pub get: fn(&P) -> f64,
    /// Where to write it.
    pub place: fn(&mut P) -> &mut f64,
}

/// What a hyperparameter may be. NaN and infinity are in no range.
#[derive(Clone, Copy, Debug)]
pub enum Range {
    /// At least 0.
    NonNegative,
    /// At least 0 and less than 1.
    Share,
}

/// An on or off of a group: saved and loaded, but no field, for there is nothing between the two to schedule.
#[derive(Debug)]
pub struct Switch<P> {
    /// Its name in a saved state.
    pub name: &'static str,
    /// Reads it.
    pub get: fn(&P) -> bool,
    /// Where to write it.
    pub place: fn(&mut P) -> &mut bool,
}

impl<P: Default> Hyperparameter<P> {
    /// Whether this is what the field means.
    pub fn is(&self, field: &Field) -> bool {
        self.name == field.name() && self.element == field.element()
    }

    /// The rule that the value breaks, if it breaks one.
    pub fn broken_rule(&self, value: f64) -> Option<String> {
        // Written so that NaN fails too.
        let (kept, rule) = match self.range {
            Range::NonNegative => (value >= 0.0 && value.is_finite(), "finite and at least 0"),
            Range::Share => ((0.0..1.0).contains(&value), "at least 0 and less than 1"),
        };
        let default = (self.get)(&P::default());
        (!kept).then(|| format!("it must be {rule} (the default is {default:?})"))
    }
}

impl<P> fmt::Display for Hyperparameter<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.element {
            Some(element) => write!(f, "{}[{element}]", self.name),
            None => f.write_str(self.name),
        }
    }
}
