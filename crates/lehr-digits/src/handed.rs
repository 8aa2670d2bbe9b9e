//! `Handed`: what each update was handed, to the bit.

use std::fmt::Write;

use lehr::{Field, ParamGroups};

use crate::GROUPS;

/// The values of every update, in its order: `lr` and `weight_decay` of each group, as f64 before any rounding of the
/// framework's own.
///
/// # Example
///
/// ```
/// let mut handed = lehr_digits::Handed::default();
/// handed.push([[0.5, 0.25], [0.01, 0.0]]);
/// assert_eq!(
///     handed.to_csv(),
///     "update,lr/weights,lr/biases,weight_decay/weights,weight_decay/biases\n\
///      0,3fe0000000000000,3fd0000000000000,3f847ae147ae147b,0000000000000000\n",
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Handed {
    rows: Vec<[[f64; 2]; 2]>,
}

impl Handed {
    /// The fields, each with a value for each group.
    pub const FIELDS: [&str; 2] = ["lr", "weight_decay"];

    /// Adds an update: `[[lr of weights, lr of biases], [weight decay of weights, weight decay of biases]]`.
    pub fn push(&mut self, values: [[f64; 2]; 2]) {
        self.rows.push(values);
    }

    /// Adds an update that is about to be made: what the optimizer has now.
    ///
    /// ```
    /// let mut handed = lehr_digits::Handed::default();
    /// let fields = [("lr", 0.5), ("weight_decay", 0.0)];
    /// handed.record(&lehr::MemoryGroups::new().group("weights", fields).group("biases", fields))?;
    /// assert_eq!(handed.len(), 1);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`lehr::Error::MissingField`] if one of the two groups lacks one of the two fields.
    pub fn record(&mut self, optimizer: &impl ParamGroups) -> Result<(), lehr::Error> {
        let mut values = [[0.0; 2]; 2];
        for (name, values) in Self::FIELDS.into_iter().zip(&mut values) {
            let field: Field = name.parse()?;
            for (group, value) in values.iter_mut().enumerate() {
                *value = optimizer.get(group, &field).ok_or_else(|| lehr::Error::MissingField {
                    field: name.to_owned(),
                    group: format!("group {group}"),
                    known: optimizer.fields(group),
                })?;
            }
        }
        self.push(values);
        Ok(())
    }

    /// How many updates there were.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A table of the bits of each value, as 16 hexadecimal digits.
    pub fn to_csv(&self) -> String {
        let columns = Self::FIELDS.iter().flat_map(|field| GROUPS.map(|group| format!(",{field}/{group}")));
        let mut text = format!("update{}\n", columns.collect::<String>());
        for (update, values) in self.rows.iter().enumerate() {
            let bits = values.as_flattened().iter().map(|value| format!(",{:016x}", value.to_bits()));
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{update}{}", bits.collect::<String>());
        }
        text
    }
}
