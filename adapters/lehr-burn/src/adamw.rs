//! `AdamW` of Burn.

use burn::optim::{AdamW, AdamWConfig};

use crate::hyperparameters::{Hyperparameter, Hyperparameters};

/// The hyperparameters of a group of Burn's `AdamW`. The defaults are Burn's, which are not torch's; Burn has none for
/// `lr`.
///
/// Burn's configuration is f32, so all but `lr` are rounded when they reach it. What is written here stays f64.
///
/// ```
/// use lehr_burn::AdamWParams;
///
/// let params = AdamWParams { lr: 3e-4, ..AdamWParams::default() };
/// assert_eq!((params.beta1, params.beta2, params.eps, params.weight_decay), (0.9, 0.999, 1e-5, 1e-4));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamWParams {
    /// Learning rate: finite, at least 0. Field `lr`, default 0.001.
    pub lr: f64,
    /// Decoupled weight decay: finite, at least 0. Field `weight_decay`, default 0.0001.
    pub weight_decay: f64,
    /// Share of the old first moment that the new one keeps: at least 0, less than 1. Field `betas[0]`, default 0.9.
    pub beta1: f64,
    /// The same of the second moment. Field `betas[1]`, default 0.999.
    pub beta2: f64,
    /// Added to the denominator: finite, at least 0. Field `eps`, default 0.00001.
    pub eps: f64,
}

impl Default for AdamWParams {
    fn default() -> Self {
        Self { lr: 1e-3, weight_decay: 1e-4, beta1: 0.9, beta2: 0.999, eps: 1e-5 }
    }
}

impl Hyperparameters for AdamWParams {
    type Optimizer = AdamW;
    const FIELDS: &'static [Hyperparameter<Self>] = &[
        Hyperparameter::new("lr", |params| params.lr, |params| &mut params.lr),
        Hyperparameter::new("weight_decay", |params| params.weight_decay, |params| &mut params.weight_decay),
        Hyperparameter::new("eps", |params| params.eps, |params| &mut params.eps),
        Hyperparameter::<Self>::new("betas", |params| params.beta1, |params| &mut params.beta1)
            .element(0)
            .below_one(),
        Hyperparameter::<Self>::new("betas", |params| params.beta2, |params| &mut params.beta2)
            .element(1)
            .below_one(),
    ];

    fn lr(&self) -> f64 {
        self.lr
    }

    #[allow(clippy::cast_possible_truncation)] // Burn's configuration is f32
    fn optimizer(&self) -> AdamW {
        AdamWConfig::new()
            .with_weight_decay(self.weight_decay as f32)
            .with_beta_1(self.beta1 as f32)
            .with_beta_2(self.beta2 as f32)
            .with_epsilon(self.eps as f32)
            .build()
    }
}
