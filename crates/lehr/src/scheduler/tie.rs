//! `Tie`: a value that follows another scheduled one: `offset + scale source`, or `base (source / source base)^exponent`.

use std::fmt;

use crate::error::Error;
use crate::field::Field;
use crate::math::pow;
use crate::number::Number;

/// A field that follows another one of the same group, evaluated after it, its controller's factor included.
///
/// # Example
///
/// Weight decay in proportion to the learning rate, and `betas[0]` as one minus ten times the learning rate:
///
/// ```
/// use lehr::{Horizon, MemoryGroups, Plan, Scheduler, linear, tied_to, times};
///
/// let lr = Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(4)?)?;
/// let mut groups = MemoryGroups::new().group("all", [("lr", 0.02), ("weight_decay", 0.1)]).tuple("betas", &[0.9, 0.999]);
/// let mut scheduler = Scheduler::builder()
///     .field("weight_decay", tied_to("lr")?)
///     .field("betas[0]", tied_to("lr")?.linear(1.0, -10.0))
///     .field("lr", lr)
///     .attach(&mut groups)?;
/// scheduler.step(&mut groups)?;
/// assert_eq!(groups.values("lr")?, [0.015]);
/// assert_eq!(groups.values("weight_decay")?, [0.1 * 0.75]);
/// assert_eq!(groups.values("betas[0]")?, [0.85]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Tie {
    pub(super) source: Field,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    Power(f64),
    Linear { offset: f64, scale: f64 },
}

/// A value in proportion to another one: `base * source / (the source's base)`.
///
/// ```
/// use lehr::{Horizon, MemoryGroups, Scheduler, Spec, tied_to};
///
/// let lr = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
/// let mut groups = MemoryGroups::new().group("all", [("lr", 1.0), ("weight_decay", 0.04)]);
/// let builder = Scheduler::builder().field("lr", lr).field("weight_decay", tied_to("lr")?);
/// builder.attach(&mut groups)?.seek(2, &mut groups)?;
/// assert_eq!(groups.values("weight_decay")?, [0.02]);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Text`] if `field` is no field's name.
pub fn tied_to(field: &str) -> Result<Tie, Error> {
    Ok(Tie { source: field.parse()?, how: How::Power(1.0) })
}

impl Tie {
    /// `base * (source / (the source's base))^exponent`: 0.5 is the square-root rule between learning rate and batch
    /// size, 2 it turned round.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, Spec, tied_to};
    ///
    /// let lr = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::new().group("all", [("lr", 1.0), ("weight_decay", 0.04)]);
    /// let builder = Scheduler::builder().field("lr", lr).field("weight_decay", tied_to("lr")?.power(0.5));
    /// // The learning rate is a quarter of its base, the weight decay half of its own.
    /// builder.attach(&mut groups)?.seek(3, &mut groups)?;
    /// assert_eq!(groups.values("weight_decay")?, [0.02]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn power(self, exponent: f64) -> Self {
        Self { how: How::Power(exponent), ..self }
    }

    /// `offset + scale * source`, whatever the bases: `linear(1.0, -1.0)` is one minus the source.
    ///
    /// ```
    /// use lehr::{Horizon, MemoryGroups, Scheduler, Spec, tied_to};
    ///
    /// let lr = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut groups = MemoryGroups::new().group("all", [("lr", 0.5), ("momentum", 0.9)]);
    /// let builder = Scheduler::builder().field("lr", lr).field("momentum", tied_to("lr")?.linear(1.0, -1.0));
    /// builder.attach(&mut groups)?.seek(2, &mut groups)?;
    /// assert_eq!(groups.values("momentum")?, [1.0 - 0.25]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn linear(self, offset: f64, scale: f64) -> Self {
        Self { how: How::Linear { offset, scale }, ..self }
    }

    pub(super) fn value(&self, base: f64, source: f64, source_base: f64) -> f64 {
        match self.how {
            How::Linear { offset, scale } => offset + scale * source,
            How::Power(1.0) => base * (source / source_base),
            How::Power(exponent) => base * pow(source / source_base, exponent),
        }
    }

    pub(super) fn check(&self, field: &Field, source_base: f64) -> Result<(), Error> {
        let numbers = match self.how {
            How::Power(exponent) => [exponent, 0.0],
            How::Linear { offset, scale } => [offset, scale],
        };
        if let Some(wrong) = numbers.into_iter().find(|number| !number.is_finite()) {
            return Err(Error::parameter(
                field.to_string(),
                format!("tied by {}", Number(wrong)),
                "it must be a finite number",
            ));
        }
        if matches!(self.how, How::Power(_)) && source_base == 0.0 {
            let rule = format!(
                "a value in proportion to `{}` needs a base of it that is not 0; use linear",
                self.source
            );
            return Err(Error::parameter(field.to_string(), format!("tied to `{}`", self.source), rule));
        }
        Ok(())
    }
}

impl fmt::Display for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tied_to({}", self.source)?;
        match self.how {
            How::Power(1.0) => f.write_str(")"),
            How::Power(exponent) => write!(f, ", power={})", Number(exponent)),
            How::Linear { offset, scale } => {
                write!(f, ", offset={}, scale={})", Number(offset), Number(scale))
            }
        }
    }
}
