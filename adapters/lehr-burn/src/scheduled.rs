//! `Scheduled`: an optimizer of Burn that takes its hyperparameters from a group at every update.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use burn::optim::{LearningRate, Optimizer};
use burn::tensor::{Device, Tensor};

use crate::hyperparameters::Hyperparameters;

/// The hyperparameters of a group, which its optimizer and its schedule share.
pub(crate) type Shared<P> = Arc<RwLock<P>>;

/// A copy of what the group has now.
pub(crate) fn now<P: Clone>(params: &RwLock<P>) -> P {
    // Numbers cannot be left half-written, so a lock that a panic has poisoned is as good as another.
    params.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// An optimizer of Burn that is built with the hyperparameters of the moment for every update, and does the rest itself:
/// its state, its records and its arithmetic are Burn's.
///
/// Made by [`Groups::scheduled`](crate::Groups::scheduled), or for all groups by
/// [`Groups::optimizer`](crate::Groups::optimizer). Clones share the group.
///
/// ```
/// use burn::optim::ModuleOptimizer;
/// use lehr_burn::{Groups, SgdParams};
///
/// let groups = Groups::new("all", SgdParams::default())?;
/// let optimizer: Option<ModuleOptimizer> = groups.scheduled("all").map(Into::into);
/// assert!(optimizer.is_some());
/// # Ok::<(), lehr_burn::Error>(())
/// ```
#[derive(Clone)]
pub struct Scheduled<P> {
    pub(crate) params: Shared<P>,
}

impl<P: Hyperparameters> fmt::Debug for Scheduled<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scheduled").field(&self.params()).finish()
    }
}

impl<P: Hyperparameters> Scheduled<P> {
    /// What the next update uses.
    ///
    /// ```
    /// use lehr::ParamGroups;
    /// use lehr_burn::{Groups, SgdParams};
    ///
    /// let mut groups = Groups::new("all", SgdParams::default())?;
    /// let scheduled = groups.scheduled("all");
    /// groups.set(0, &"lr".parse()?, 0.25)?;
    /// assert_eq!(scheduled.map(|scheduled| scheduled.params().lr), Some(0.25));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn params(&self) -> P {
        now(&self.params)
    }
}

impl<P: Hyperparameters> Optimizer for Scheduled<P> {
    type State<const D: usize> = <P::Optimizer as Optimizer>::State<D>;

    fn step<const D: usize>(
        &self,
        lr: LearningRate,
        tensor: Tensor<D>,
        grad: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        self.params().optimizer().step(lr, tensor, grad, state)
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        P::Optimizer::to_device(state, device)
    }
}
