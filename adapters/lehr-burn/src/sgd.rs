//! `Sgd` of Burn.

use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{Sgd, SgdConfig};

use crate::hyperparameters::{Hyperparameter, Hyperparameters};

/// The hyperparameters of a group of Burn's `Sgd`, without dampening. (Burn's own default dampening is 0.1, torch's 0.)
///
/// Burn's configuration is f32, so all but `lr` are rounded when they reach it. What is written here stays f64.
///
/// ```
/// use lehr_burn::SgdParams;
///
/// let params = SgdParams { lr: 0.1, momentum: 0.9, ..SgdParams::default() };
/// assert_eq!((params.weight_decay, params.nesterov), (0.0, false));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SgdParams {
    /// Learning rate: finite, at least 0. Field `lr`, default 0.001.
    pub lr: f64,
    /// Weight decay, added to the gradient (L2): finite, at least 0. Field `weight_decay`, default 0.
    pub weight_decay: f64,
    /// Share of the velocity that the next one keeps: finite, at least 0. Field `momentum`, default 0.
    pub momentum: f64,
    /// Whether to look ahead by one momentum. Not a field, for it cannot be scheduled. Default false.
    pub nesterov: bool,
}

impl Default for SgdParams {
    fn default() -> Self {
        Self { lr: 1e-3, weight_decay: 0.0, momentum: 0.0, nesterov: false }
    }
}

impl Hyperparameters for SgdParams {
    type Optimizer = Sgd;
    const FIELDS: &'static [Hyperparameter<Self>] = &[
        Hyperparameter::new("lr", |params| params.lr, |params| &mut params.lr),
        Hyperparameter::new("weight_decay", |params| params.weight_decay, |params| &mut params.weight_decay),
        Hyperparameter::new("momentum", |params| params.momentum, |params| &mut params.momentum),
    ];

    fn lr(&self) -> f64 {
        self.lr
    }

    #[allow(clippy::cast_possible_truncation)] // Burn's configuration is f32
    fn optimizer(&self) -> Sgd {
        let momentum = MomentumConfig { momentum: self.momentum, dampening: 0.0, nesterov: self.nesterov };
        SgdConfig::new()
            .with_weight_decay(Some(WeightDecayConfig { penalty: self.weight_decay as f32 }))
            .with_momentum(Some(momentum))
            .build()
    }
}
