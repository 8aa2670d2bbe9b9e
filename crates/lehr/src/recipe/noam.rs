//! Noam: `value(t) = d^(-1/2) min(t^(-1/2), t W^(-3/2))`, as `linear(0 -> peak) -> power_law(exponent=0.5)`.

use crate::curve::PowerLaw;
use crate::error::Error;
use crate::level::{Level, absolute, times};
use crate::phase::{linear, phase};
use crate::span::updates;
use crate::spec::Spec;

/// The schedule of the Transformer (arXiv 1706.03762): its height follows from the width of the model.
///
/// With a model of width d and W updates of warm-up:
///
/// ```text
/// value(t) = t / (W sqrt(d W))     for t < W
/// value(t) = 1 / sqrt(d t)         from W on
/// ```
///
/// The levels are absolute: the base of a group has no part in them, unless [`times_base`](Noam::times_base)
/// is asked for. The picture: a straight rise from 0 to 1 / sqrt(d W), then a fall that grows ever slower. It
/// needs no total and has no end.
///
/// The paper counts its steps from 1 where update numbers count from 0, so that its first step has a value
/// above 0: for that, leave out the first update, `noam(512, 4000).spec()?.earlier(updates(1))`.
///
/// # Defaults
///
/// None; the paper's base model has a width of 512 and warms up for 4000 updates.
///
/// # Example
///
/// ```
/// use lehr::Horizon;
/// use lehr::recipe::noam;
///
/// let plan = noam(256, 100).spec()?.resolve(&Horizon::open())?;
/// // 1 / sqrt(256 * 100) at the peak; the base of 5 changes nothing.
/// assert_eq!([0, 50, 100, 400].map(|n| plan.value_at(n, 5.0)), [0.0, 0.003125, 0.00625, 0.003125]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noam {
    d_model: u64,
    warmup: u64,
    times_base: bool,
}

/// A [`Noam`] for a model of this width, with so many updates of warm-up; both at least 1.
///
/// ```
/// let spec = lehr::recipe::noam(256, 100).spec()?;
/// assert_eq!(spec.to_string(), "linear(from=0, to=0.00625, over=100) -> power_law(scale=100)");
/// # Ok::<(), lehr::Error>(())
/// ```
pub fn noam(d_model: u64, warmup: u64) -> Noam {
    Noam { d_model, warmup, times_base: false }
}

impl Noam {
    /// Takes the levels as multiples of the base, as Paddle and Burn do.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::noam};
    ///
    /// let plan = noam(256, 100).times_base().spec()?.resolve(&Horizon::open())?;
    /// assert_eq!(plan.value_at(100, 5.0), 5.0 * 0.00625);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn times_base(self) -> Self {
        Self { times_base: true, ..self }
    }

    /// The phases, to be resolved to a run.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] for a width or a warm-up of 0, between which the peak would be infinite.
    ///
    /// ```
    /// use lehr::{Horizon, recipe::noam, updates};
    ///
    /// // The paper's steps are counted from 1.
    /// let plan = noam(256, 100).spec()?.earlier(updates(1)).resolve(&Horizon::open())?;
    /// assert_eq!([0, 99].map(|n| plan.value_at(n, 5.0)), [0.0000625, 0.00625]);
    ///
    /// let error = noam(0, 100).spec().unwrap_err();
    /// assert!(error.to_string().starts_with("`d_model` is 0"));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn spec(self) -> Result<Spec, Error> {
        for (name, number) in [("d_model", self.d_model), ("warmup", self.warmup)] {
            if number == 0 {
                let rule = "it must be at least 1: the peak is 1 / sqrt(d_model * warmup)";
                return Err(Error::parameter(name, number, rule));
            }
        }
        let level: fn(f64) -> Level = if self.times_base { times } else { absolute };
        let peak = 1.0 / (self.d_model as f64 * self.warmup as f64).sqrt();
        let rise = linear().from(level(0.0)).to(level(peak)).over(updates(self.warmup));
        let fall = PowerLaw { scale: updates(self.warmup), ..PowerLaw::default() };
        Ok(Spec::from(rise).then(phase(fall)))
    }
}
