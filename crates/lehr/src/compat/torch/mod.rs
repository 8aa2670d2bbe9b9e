//! torch 2.15.0, `torch/optim/lr_scheduler.py` and `torch/optim/swa_utils.py`.
//!
//! n is the scheduler's `last_epoch`: the constructor steps once, so update n uses `value_at(n, base)`.
//!
//! `StepLR`, `LinearLR`, `ExponentialLR`, `PolynomialLR`, `CosineAnnealingLR` and `SWALR` are recursive in torch: each
//! step multiplies what it finds in the group and rounds. The replicas compute the same product in closed form, so
//! they differ by those roundings. Each states a bound, which grows with their number; in practice some tens of ulp
//! after some thousands of updates. And where someone else has written into the group meanwhile, torch goes on from
//! that, the replica does not.
//!
//! ```
//! use lehr::compat::{Replica, torch::OneCycleLR};
//!
//! let one_cycle = OneCycleLR { max_lr: Some(0.1), total_steps: Some(100), ..OneCycleLR::default() };
//! let replica = Replica::from(one_cycle);
//! replica.check()?;
//! assert!((replica.value_at(0, 1.0) - 0.1 / 25.0).abs() < 1e-15); // whatever the base was
//! assert_eq!(replica.value_at(29, 1.0), 0.1);
//! # Ok::<(), lehr::Error>(())
//! ```

mod constant;
mod cosine_annealing;
mod cosine_annealing_warm_restarts;
mod cyclic;
mod exponential;
mod linear;
mod multi_step;
mod one_cycle;
mod polynomial;
mod sequential;
mod step;
mod swa;

pub use constant::ConstantLR;
pub use cosine_annealing::CosineAnnealingLR;
pub use cosine_annealing_warm_restarts::CosineAnnealingWarmRestarts;
pub use cyclic::{CyclicLR, Mode};
pub use exponential::ExponentialLR;
pub use linear::LinearLR;
pub use multi_step::MultiStepLR;
pub use one_cycle::OneCycleLR;
pub use polynomial::PolynomialLR;
pub use sequential::SequentialLR;
pub use step::StepLR;
pub use swa::SWALR;

words! {
    /// The shape between two values of [`OneCycleLR`] and [`SWALR`].
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::{AnnealStrategy, SWALR}};
    ///
    /// let after_one = |anneal_strategy| {
    ///     let swa = SWALR { swa_lr: Some(0.0), anneal_epochs: 4, anneal_strategy, ..SWALR::default() };
    ///     Replica::from(swa).value_at(1, 1.0)
    /// };
    /// assert!(after_one(AnnealStrategy::Cos) > after_one(AnnealStrategy::Linear));
    /// ```
    AnnealStrategy {
        /// Half a cosine wave.
        Cos = "cos",
        /// A straight line.
        Linear = "linear",
    }
}

words! {
    /// Which of the two fields that [`OneCycleLR`] and [`CyclicLR`] write. It is the one argument that the originals do
    /// not have: one replica is one field.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::{Field, OneCycleLR}};
    ///
    /// let lr = OneCycleLR { max_lr: Some(1.0), total_steps: Some(8), pct_start: 0.5, ..OneCycleLR::default() };
    /// let momentum = OneCycleLR { field: Field::Momentum, ..lr.clone() };
    /// assert_eq!((Replica::from(lr).value_at(3, 0.3), Replica::from(momentum).value_at(0, 0.9)), (1.0, 0.95));
    /// ```
    Field {
        /// The learning rate.
        Lr = "lr",
        /// The momentum, or the first of the betas.
        Momentum = "momentum",
    }
}
