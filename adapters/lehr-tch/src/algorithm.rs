//! `Algorithm`: which hyperparameters an optimizer of tch has, and which of them tch can set for a group.

use tch::nn::{self, OptimizerConfig};

/// The optimizers of tch: [`nn::Sgd`], [`nn::Adam`], [`nn::AdamW`], [`nn::RmsProp`].
///
/// Sealed: for each of them it was read in tch's C++ what its setters do.
///
/// ```
/// use lehr_tch::{Algorithm, Optimizer};
/// use tch::{Device, nn};
///
/// /// For code that does not care which optimizer it has.
/// fn groups(algorithm: impl Algorithm) -> Result<usize, lehr_tch::Error> {
///     let vs = nn::VarStore::new(Device::Cpu);
///     let _weight = vs.root().zeros("weight", &[3]);
///     Ok(lehr::ParamGroups::group_count(&Optimizer::new(&vs, algorithm, 0.1)?))
/// }
///
/// assert_eq!((groups(nn::Sgd::default())?, groups(nn::AdamW::default())?), (1, 1));
/// # Ok::<(), lehr_tch::Error>(())
/// ```
pub trait Algorithm: OptimizerConfig + sealed::Hyperparameters {}

impl<A: OptimizerConfig + sealed::Hyperparameters> Algorithm for A {}

/// How a hyperparameter of a group is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setter {
    /// `set_lr_group`.
    Lr,
    /// `set_weight_decay_group`.
    WeightDecay,
    /// `set_momentum_group`, which only serves [`nn::Sgd`].
    Momentum,
    /// tch has none.
    None,
}

/// A hyperparameter by its name in torch, its value, and how it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hyperparameter {
    /// `lr`, or `betas` with an element.
    pub name: &'static str,
    /// The element of a tuple.
    pub element: Option<usize>,
    /// What it is now.
    pub value: f64,
    /// How it is written.
    pub setter: Setter,
}

impl Hyperparameter {
    fn new(name: &'static str, value: f64, setter: Setter) -> Self {
        Self { name, element: None, value, setter }
    }

    fn fixed(name: &'static str, value: f64) -> Self {
        Self::new(name, value, Setter::None)
    }

    fn beta(element: usize, value: f64) -> Self {
        Self { element: Some(element), ..Self::fixed("betas", value) }
    }
}

mod sealed {
    use super::{Hyperparameter, Setter, nn};

    /// What a group has when the optimizer is new.
    pub trait Hyperparameters {
        /// `lr` first.
        fn hyperparameters(&self, lr: f64) -> Vec<Hyperparameter>;
    }

    fn with_common(lr: f64, weight_decay: f64, others: &[Hyperparameter]) -> Vec<Hyperparameter> {
        let lr = Hyperparameter::new("lr", lr, Setter::Lr);
        let weight_decay = Hyperparameter::new("weight_decay", weight_decay, Setter::WeightDecay);
        [&[lr, weight_decay], others].concat()
    }

    impl Hyperparameters for nn::Sgd {
        fn hyperparameters(&self, lr: f64) -> Vec<Hyperparameter> {
            let momentum = Hyperparameter::new("momentum", self.momentum, Setter::Momentum);
            with_common(lr, self.wd, &[momentum, Hyperparameter::fixed("dampening", self.dampening)])
        }
    }

    impl Hyperparameters for nn::Adam {
        fn hyperparameters(&self, lr: f64) -> Vec<Hyperparameter> {
            adaptive(lr, self.wd, [self.beta1, self.beta2], self.eps)
        }
    }

    impl Hyperparameters for nn::AdamW {
        fn hyperparameters(&self, lr: f64) -> Vec<Hyperparameter> {
            adaptive(lr, self.wd, [self.beta1, self.beta2], self.eps)
        }
    }

    fn adaptive(lr: f64, weight_decay: f64, betas: [f64; 2], eps: f64) -> Vec<Hyperparameter> {
        let others = [
            Hyperparameter::beta(0, betas[0]),
            Hyperparameter::beta(1, betas[1]),
            Hyperparameter::fixed("eps", eps),
        ];
        with_common(lr, weight_decay, &others)
    }

    impl Hyperparameters for nn::RmsProp {
        fn hyperparameters(&self, lr: f64) -> Vec<Hyperparameter> {
            let fixed = [("momentum", self.momentum), ("alpha", self.alpha), ("eps", self.eps)];
            with_common(lr, self.wd, &fixed.map(|(name, value)| Hyperparameter::fixed(name, value)))
        }
    }
}
