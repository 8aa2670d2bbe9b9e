//! `Sgd`: p <- p - lr b, with b <- momentum b + g + wd p.

use candle_core::{Result, Tensor};

use crate::algorithm::rule::{Moments, Rule};
use crate::error::Error;
use crate::hyperparameter::{Hyperparameter, Range, Switch};
use crate::optimizer::Optimizer;

/// Stochastic gradient descent, with momentum if wanted, in named groups.
///
/// # Example
///
/// ```
/// use candle_core::{DType, Device, Var};
/// use lehr_candle::{Sgd, SgdParams};
///
/// let weight = Var::zeros((3, 2), DType::F32, &Device::Cpu)?;
/// let bias = Var::zeros(2, DType::F32, &Device::Cpu)?;
/// let momentum = SgdParams { lr: 0.1, momentum: 0.9, nesterov: true, ..SgdParams::default() };
/// let optimizer = Sgd::builder()
///     .group("weights", [("weight", weight)], SgdParams { weight_decay: 1e-4, ..momentum })
///     .group("biases", [("bias", bias)], momentum)
///     .build()?;
/// assert_eq!(optimizer.params("biases").map(|params| params.weight_decay), Some(0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Sgd = Optimizer<SgdParams>;

/// The hyperparameters of one group of [`Sgd`], plain numbers without a unit. The defaults are torch's.
///
/// # Formula
///
/// For a variable p with gradient g:
///
/// ```text
/// d <- g + weight_decay * p
/// b <- d                     at the first update with momentum
/// b <- momentum * b + d      at those after it
/// d <- b                     or, with nesterov, d + momentum * b
/// p <- p - lr * d
/// ```
///
/// The two lines of b and the one below them are left out while `momentum` is 0; b then stays as it is. A variable
/// without a gradient is left alone.
///
/// Source: `_single_tensor_sgd` in torch/optim/sgd.py, without `dampening` and `maximize`.
///
/// # Numerics
///
/// The numbers stay f64 until Candle applies them to a tensor, where they are rounded to its dtype.
///
/// # Example
///
/// ```
/// use lehr_candle::SgdParams;
///
/// let params = SgdParams { lr: 0.1, momentum: 0.9, ..SgdParams::default() };
/// assert_eq!((params.weight_decay, params.nesterov), (0.0, false));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SgdParams {
    /// Learning rate: finite, at least 0. Field `lr`, default 0.001.
    pub lr: f64,
    /// Share of b that the next one keeps: finite, at least 0. Field `momentum`, default 0: no b at all.
    pub momentum: f64,
    /// Weight decay, added to the gradient (L2): finite, at least 0. Field `weight_decay`, default 0.
    pub weight_decay: f64,
    /// Whether to look ahead by one momentum. Not a field, for it cannot be scheduled; saved and loaded with the rest.
    /// Default false.
    pub nesterov: bool,
}

impl Default for SgdParams {
    fn default() -> Self {
        Self { lr: 1e-3, momentum: 0.0, weight_decay: 0.0, nesterov: false }
    }
}

impl Rule for SgdParams {
    const NAME: &'static str = "sgd";
    const HYPERPARAMETERS: &'static [Hyperparameter<Self>] = &[
        Hyperparameter {
            name: "lr",
            element: None,
            range: Range::NonNegative,
            get: |params| params.lr,
            place: |params| &mut params.lr,
        },
        Hyperparameter {
            name: "weight_decay",
            element: None,
            range: Range::NonNegative,
            get: |params| params.weight_decay,
            place: |params| &mut params.weight_decay,
        },
        Hyperparameter {
            name: "momentum",
            element: None,
            range: Range::NonNegative,
            get: |params| params.momentum,
            place: |params| &mut params.momentum,
        },
    ];
    const SWITCHES: &'static [Switch<Self>] =
        &[Switch { name: "nesterov", get: |params| params.nesterov, place: |params| &mut params.nesterov }];
    const MOMENTS: &'static [&'static str] = &["momentum_buffer"];

    fn check_together(&self, group: &str) -> std::result::Result<(), Error> {
        // As torch's constructor: a forgotten momentum. A schedule may pass through 0 later.
        if self.nesterov && self.momentum == 0.0 {
            return Err(Error::parameter(
                format!("`momentum` of group `{group}`"),
                self.momentum,
                "`nesterov` needs one above 0: give a momentum such as 0.9, or leave `nesterov` out",
            ));
        }
        Ok(())
    }

    fn update(&self, value: &Tensor, gradient: &Tensor, moments: &Moments) -> Result<(Tensor, Moments)> {
        let mut direction = gradient.clone();
        if self.weight_decay != 0.0 {
            direction = direction.add(&value.affine(self.weight_decay, 0.0)?)?;
        }
        let mut moments = moments.clone();
        if self.momentum != 0.0 {
            let buffer = match moments.tensors.as_slice() {
                [buffer] => buffer.affine(self.momentum, 0.0)?.add(&direction)?,
                _ => direction.clone(),
            };
            direction = if self.nesterov {
                direction.add(&buffer.affine(self.momentum, 0.0)?)?
            } else {
                buffer.clone()
            };
            moments = Moments { updates: moments.updates.saturating_add(1), tensors: vec![buffer] };
        }
        Ok((value.add(&direction.affine(-self.lr, 0.0)?)?, moments))
    }
}
