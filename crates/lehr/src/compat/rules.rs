//! What the originals refuse, in one voice: parameter, value, rule, way out.

use crate::error::Error;
use crate::number::Number;

/// A length that must be given: 0 stands for "not given", and the original fails on it.
pub(super) fn given(name: &str, length: u64, fails: &str) -> Result<(), Error> {
    if length > 0 {
        Ok(())
    } else {
        Err(Error::parameter(name, length, format!("it must be at least 1: {fails}; give it")))
    }
}

/// A required argument without a default.
pub(super) fn required<T: Copy>(name: &str, value: Option<T>) -> Result<T, Error> {
    value.ok_or_else(|| Error::parameter(name, "None", "the original has no default for it; give it"))
}

/// A number that obeys a rule; NaN obeys none.
pub(super) fn number(name: &str, value: f64, obeys: bool, rule: &str) -> Result<(), Error> {
    if obeys { Ok(()) } else { Err(Error::parameter(name, Number(value), rule)) }
}

/// Not negative, as the original asserts.
pub(super) fn not_negative(name: &str, value: f64) -> Result<(), Error> {
    number(name, value, value >= 0.0, "it must be 0 or more, as the original asserts")
}
