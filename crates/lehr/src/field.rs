//! `Field`: a hyperparameter of a group, or one element of a tuple: `lr`, `weight_decay`, `betas[0]`.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// Which hyperparameter of a parameter group is meant.
///
/// ```
/// use lehr::Field;
///
/// let beta1: Field = "betas[0]".parse()?;
/// assert_eq!((beta1.name(), beta1.element()), ("betas", Some(0)));
/// assert_eq!(beta1.to_string(), "betas[0]");
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Field {
    name: String,
    element: Option<usize>,
}

impl Field {
    /// The field's name, without the element.
    ///
    /// ```
    /// use lehr::Field;
    ///
    /// assert_eq!("betas[0]".parse::<Field>()?.name(), "betas");
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The element of a tuple, counted from 0.
    ///
    /// ```
    /// use lehr::Field;
    ///
    /// assert_eq!("betas[1]".parse::<Field>()?.element(), Some(1));
    /// assert_eq!("lr".parse::<Field>()?.element(), None);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn element(&self) -> Option<usize> {
        self.element
    }

    /// Whether writing one of the two changes what the other means.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.name == other.name
            && (self.element == other.element || self.element.is_none() || other.element.is_none())
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.element {
            Some(element) => write!(f, "{}[{element}]", self.name),
            None => f.write_str(&self.name),
        }
    }
}

impl FromStr for Field {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |position| {
            Error::text(text, position, "a field is a name (lr), or an element of a tuple (betas[0])")
        };
        let (name, element) = match text.split_once('[') {
            None => (text, None),
            Some((name, element)) => {
                let digits = element.strip_suffix(']').ok_or_else(|| wrong(name.len()))?;
                (name, Some(digits.parse().map_err(|_| wrong(name.len() + 1))?))
            }
        };
        if name.is_empty() || name.contains([']', ' ']) {
            return Err(wrong(0));
        }
        Ok(Self { name: name.to_owned(), element })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_fields_are_refused() {
        for wrong in ["", "[0]", "betas[", "betas[]", "betas[x]", "betas[0", "betas]", "weight decay"] {
            assert!(wrong.parse::<Field>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_tuple_overlaps_its_elements() {
        let field = |text: &str| text.parse::<Field>().unwrap();
        assert!(field("betas").overlaps(&field("betas[1]")));
        assert!(!field("betas[0]").overlaps(&field("betas[1]")));
        assert!(!field("lr").overlaps(&field("eps")));
    }
}
