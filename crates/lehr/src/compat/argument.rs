//! `Argument`: what an original is configured with, by the name that it has there.

use std::fmt;

use crate::error::Error;
use crate::number::{Number, parse_finite};

/// The value of one argument of a [`Replica`](super::Replica), in the kinds that configuration files have.
///
/// ```
/// use lehr::compat::Argument;
///
/// assert_eq!(Argument::from(0.5), Argument::Number(0.5));
/// assert_eq!(Argument::from("cos").to_string(), "`cos`");
/// assert_eq!(Argument::Numbers(vec![30.0, 80.0]).to_string(), "[30, 80]");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// A number. Lengths are whole.
    Number(f64),
    /// A list of numbers, such as milestones.
    Numbers(Vec<f64>),
    /// True or false.
    Flag(bool),
    /// One of a few words.
    Word(String),
    /// Python's `None`: not given.
    None,
}

impl Argument {
    /// Every number in it.
    pub(super) fn numbers(&self) -> &[f64] {
        match self {
            Self::Number(number) => std::slice::from_ref(number),
            Self::Numbers(numbers) => numbers,
            Self::Flag(_) | Self::Word(_) | Self::None => &[],
        }
    }
}

impl Argument {
    /// Reads what [`text`](Self::text) writes, and Python's spelling of `true`, `false` and `None`.
    pub(super) fn read(text: &str) -> Self {
        let list = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        let numbers = list.and_then(|list| {
            list.split(',')
                .filter(|number| !number.trim().is_empty())
                .map(parse_finite)
                .collect::<Option<Vec<f64>>>()
        });
        match (text, parse_finite(text), numbers) {
            (_, Some(number), _) => Self::Number(number),
            (_, _, Some(numbers)) => Self::Numbers(numbers),
            ("true" | "True", ..) => Self::Flag(true),
            ("false" | "False", ..) => Self::Flag(false),
            ("None", ..) => Self::None,
            (word, ..) => Self::Word(word.to_owned()),
        }
    }

    /// As plan text has it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            other => other.to_string(),
        }
    }
}

impl From<f64> for Argument {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Argument {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<&str> for Argument {
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => Number(*number).fmt(f),
            Self::Numbers(numbers) => {
                let numbers: Vec<String> = numbers.iter().map(|number| Number(*number).to_string()).collect();
                write!(f, "[{}]", numbers.join(", "))
            }
            Self::Flag(flag) => flag.fmt(f),
            Self::Word(word) => write!(f, "`{word}`"),
            Self::None => f.write_str("None"),
        }
    }
}

/// A type that a replica's field can have.
pub(super) trait Kind: Sized {
    fn to_argument(&self) -> Argument;

    /// `None` where the argument is of another kind.
    fn from_argument(argument: &Argument) -> Option<Self>;

    /// What is wanted, after "it must be".
    fn wanted() -> String;
}

impl Kind for f64 {
    fn to_argument(&self) -> Argument {
        Argument::Number(*self)
    }

    fn from_argument(argument: &Argument) -> Option<Self> {
        match argument {
            Argument::Number(number) if number.is_finite() => Some(*number),
            _ => None,
        }
    }

    fn wanted() -> String {
        "a finite number".to_owned()
    }
}

/// Above it not every whole number is an f64.
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

impl Kind for u64 {
    fn to_argument(&self) -> Argument {
        Argument::Number(*self as f64)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole and between 0 and 2^53
    fn from_argument(argument: &Argument) -> Option<Self> {
        match argument {
            Argument::Number(number) if (0.0..=MAX_WHOLE).contains(number) && number.fract() == 0.0 => {
                Some(*number as Self)
            }
            _ => None,
        }
    }

    fn wanted() -> String {
        "a whole number from 0 to 2^53".to_owned()
    }
}

impl Kind for bool {
    fn to_argument(&self) -> Argument {
        Argument::Flag(*self)
    }

    fn from_argument(argument: &Argument) -> Option<Self> {
        match argument {
            Argument::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    fn wanted() -> String {
        "true or false".to_owned()
    }
}

impl Kind for Vec<u64> {
    fn to_argument(&self) -> Argument {
        Argument::Numbers(self.iter().map(|number| *number as f64).collect())
    }

    fn from_argument(argument: &Argument) -> Option<Self> {
        match argument {
            Argument::Numbers(numbers) => {
                numbers.iter().map(|number| u64::from_argument(&Argument::Number(*number))).collect()
            }
            _ => None,
        }
    }

    fn wanted() -> String {
        "a list of whole numbers from 0 to 2^53".to_owned()
    }
}

impl<T: Kind> Kind for Option<T> {
    fn to_argument(&self) -> Argument {
        self.as_ref().map_or(Argument::None, Kind::to_argument)
    }

    fn from_argument(argument: &Argument) -> Option<Self> {
        match argument {
            Argument::None => Some(None),
            given => T::from_argument(given).map(Some),
        }
    }

    fn wanted() -> String {
        format!("{}, or None", T::wanted())
    }
}

/// Makes an enum of the words that an original takes for one argument.
macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type {
            $(
                $(#[$variant_doc])*
                #[doc = concat!("\n\nWritten `", $word, "`.")]
                $variant,
            )*
        }

        impl $crate::compat::argument::Kind for $type {
            fn to_argument(&self) -> $crate::compat::Argument {
                match self {
                    $(Self::$variant => $word.into(),)*
                }
            }

            fn from_argument(argument: &$crate::compat::Argument) -> Option<Self> {
                match argument {
                    $($crate::compat::Argument::Word(word) if word == $word => Some(Self::$variant),)*
                    _ => None,
                }
            }

            fn wanted() -> String {
                format!("one of {}", [$(concat!("`", $word, "`")),*].join(", "))
            }
        }
    };
}

/// What the macro `replica!` derives from the list of fields.
pub(super) trait Named: Default {
    /// Peer dot the original's own name.
    const NAME: &'static str;

    /// The arguments with their values, in the original's order.
    fn arguments(&self) -> Vec<(&'static str, Argument)>;

    /// Sets an argument by its name.
    fn set(&mut self, name: &str, value: &Argument) -> Result<(), Error>;

    /// There is no argument of that name.
    fn unknown(&self, name: &str, value: &Argument) -> Error {
        let known: Vec<&str> = self.arguments().into_iter().map(|(name, _)| name).collect();
        let takes = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Error::parameter(
            name,
            value,
            format!("{} has no argument of that name: leave it out; it takes {takes}", Self::NAME),
        )
    }
}

/// Assigns an argument to a field, or says what the field takes.
pub(super) fn assign<T: Kind>(
    field: &mut T,
    original: &str,
    name: &str,
    value: &Argument,
) -> Result<(), Error> {
    match T::from_argument(value) {
        Some(given) => {
            *field = given;
            Ok(())
        }
        None => Err(Error::parameter(name, value, format!("in {original} it must be {}", T::wanted()))),
    }
}

/// Makes the struct of a replica: public fields with the original's names, and its defaults.
macro_rules! replica {
    ($(#[$doc:meta])* $type:ident = $name:literal {
        $($(#[$field_doc:meta])* $field:ident: $kind:ty = $default:expr,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[allow(non_snake_case, clippy::struct_field_names)] // the original's names
        pub struct $type {
            $(
                $(#[$field_doc])*
                #[doc = concat!("\n\nDefault: `", stringify!($default), "`.")]
                pub $field: $kind,
            )*
        }

        impl Default for $type {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $crate::compat::argument::Named for $type {
            const NAME: &'static str = $name;

            fn arguments(&self) -> Vec<(&'static str, $crate::compat::Argument)> {
                vec![$((
                    stringify!($field),
                    $crate::compat::argument::Kind::to_argument(&self.$field),
                ),)*]
            }

            fn set(&mut self, name: &str, value: &$crate::compat::Argument) -> Result<(), $crate::Error> {
                match name {
                    $(stringify!($field) => {
                        $crate::compat::argument::assign(&mut self.$field, $name, name, value)
                    })*
                    _ => Err(self.unknown(name, value)),
                }
            }
        }
    };
}
