//! `AdamW`: p <- (1 - lr wd) p - lr m^ / (sqrt(v^) + eps), with m and v the moving averages of g and g^2.

use candle_core::{Result, Tensor};

use crate::algorithm::rule::{Moments, Rule};
use crate::error::Error;
use crate::hyperparameter::{Hyperparameter, Range, Switch};
use crate::optimizer::Optimizer;

/// Adam with decoupled weight decay, in named groups.
///
/// # Example
///
/// ```
/// use candle_core::{DType, Device, Var};
/// use lehr_candle::{AdamW, AdamWParams};
///
/// let weight = Var::zeros((3, 2), DType::F32, &Device::Cpu)?;
/// let bias = Var::zeros(2, DType::F32, &Device::Cpu)?;
/// let optimizer = AdamW::builder()
///     .group("weights", [("weight", weight)], AdamWParams { weight_decay: 0.05, ..AdamWParams::default() })
///     .group("biases", [("bias", bias)], AdamWParams { weight_decay: 0.0, ..AdamWParams::default() })
///     .build()?;
/// assert_eq!(optimizer.params("biases").map(|params| params.lr), Some(1e-3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type AdamW = Optimizer<AdamWParams>;

/// The hyperparameters of one group of [`AdamW`], all plain numbers without a unit. The defaults are torch's.
///
/// # Formula
///
/// For a variable p with gradient g, at the t-th update of that variable (t counts from 1):
///
/// ```text
/// p <- (1 - lr * weight_decay) * p
/// m <- m + (1 - beta1) * (g - m)               m = 0 before the first update
/// v <- beta2 * v + (1 - beta2) * g^2           v = 0 before the first update
/// p <- p - lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
/// ```
///
/// The bias corrections 1 - beta^t use the beta of this update to the power of t, whatever it was before, as torch
/// does: a schedule of the betas therefore changes them for the past too. A variable without a gradient is left alone,
/// and its t does not advance.
///
/// Source: torch/optim/adamw.py and `_single_tensor_adam` in torch/optim/adam.py, without `amsgrad` and `maximize`.
///
/// # Numerics
///
/// The numbers stay f64 until Candle applies them to a tensor, where they are rounded to its dtype. With `eps` = 0,
/// an element that has never had a gradient becomes NaN (0 / 0), as in torch.
///
/// # Example
///
/// ```
/// use lehr_candle::AdamWParams;
///
/// let params = AdamWParams { lr: 3e-4, ..AdamWParams::default() };
/// assert_eq!((params.beta1, params.beta2, params.eps, params.weight_decay), (0.9, 0.999, 1e-8, 1e-2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamWParams {
    /// Learning rate: finite, at least 0. Field `lr`, default 0.001.
    pub lr: f64,
    /// Share of the old m that the new one keeps: at least 0, less than 1. Field `betas[0]`, default 0.9.
    pub beta1: f64,
    /// Share of the old v that the new one keeps: at least 0, less than 1. Field `betas[1]`, default 0.999.
    pub beta2: f64,
    /// Added to the denominator: finite, at least 0. Field `eps`, default 1e-8.
    pub eps: f64,
    /// Decoupled weight decay, which the learning rate multiplies: finite, at least 0. Field `weight_decay`, default
    /// 0.01.
    pub weight_decay: f64,
}

impl Default for AdamWParams {
    fn default() -> Self {
        Self { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 1e-2 }
    }
}

impl Rule for AdamWParams {
    const NAME: &'static str = "adamw";
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
            name: "eps",
            element: None,
            range: Range::NonNegative,
            get: |params| params.eps,
            place: |params| &mut params.eps,
        },
        Hyperparameter {
            name: "betas",
            element: Some(0),
            range: Range::Share,
            get: |params| params.beta1,
            place: |params| &mut params.beta1,
        },
        Hyperparameter {
            name: "betas",
            element: Some(1),
            range: Range::Share,
            get: |params| params.beta2,
            place: |params| &mut params.beta2,
        },
    ];
    const SWITCHES: &'static [Switch<Self>] = &[];
    const MOMENTS: &'static [&'static str] = &["exp_avg", "exp_avg_sq"];

    fn check_together(&self, _group: &str) -> std::result::Result<(), Error> {
        Ok(())
    }

    fn update(&self, value: &Tensor, gradient: &Tensor, moments: &Moments) -> Result<(Tensor, Moments)> {
        let updates = moments.updates.saturating_add(1);
        let (exp_avg, exp_avg_sq) = match moments.tensors.as_slice() {
            [exp_avg, exp_avg_sq] => (exp_avg.clone(), exp_avg_sq.clone()),
            _ => (gradient.zeros_like()?, gradient.zeros_like()?),
        };
        let exp_avg = lerp(&exp_avg, gradient, 1.0 - self.beta1)?;
        let new_square = gradient.affine(1.0 - self.beta2, 0.0)?.mul(gradient)?;
        let exp_avg_sq = exp_avg_sq.affine(self.beta2, 0.0)?.add(&new_square)?;

        let bias_correction1 = 1.0 - self.beta1.powf(updates as f64);
        let bias_correction2 = 1.0 - self.beta2.powf(updates as f64);
        let step_size = self.lr / bias_correction1;
        let denominator = exp_avg_sq.sqrt()?.affine(1.0 / bias_correction2.sqrt(), self.eps)?;
        let change = exp_avg.affine(-step_size, 0.0)?.div(&denominator)?;

        let value = if self.weight_decay == 0.0 {
            value.add(&change)?
        } else {
            value.affine(1.0 - self.lr * self.weight_decay, 0.0)?.add(&change)?
        };
        Ok((value, Moments { updates, tensors: vec![exp_avg, exp_avg_sq] }))
    }
}

/// From `start` to `end` by `weight`, from the nearer end, as torch's `lerp` does.
fn lerp(start: &Tensor, end: &Tensor, weight: f64) -> Result<Tensor> {
    let way = end.sub(start)?;
    if weight < 0.5 { start.add(&way.affine(weight, 0.0)?) } else { end.add(&way.affine(weight - 1.0, 0.0)?) }
}
