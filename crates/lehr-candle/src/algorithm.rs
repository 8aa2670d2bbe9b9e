//! `Algorithm`: the update rule of an optimizer, as a plain struct of hyperparameters.

use rule::Rule;

/// What an [`Optimizer`](crate::Optimizer) is generic over: [`AdamWParams`](crate::AdamWParams) or
/// [`SgdParams`](crate::SgdParams). The hyperparameters of a group are the algorithm that updates it.
///
/// Sealed: the names, ranges and formulas are tested against torch, one by one.
///
/// # Example
///
/// ```
/// use lehr_candle::{Algorithm, Error, Optimizer};
///
/// /// For code that does not care which optimizer it has.
/// fn step_and_clear<A: Algorithm>(optimizer: &mut Optimizer<A>) -> Result<(), Error> {
///     optimizer.step()?;
///     optimizer.zero_grad();
///     Ok(())
/// }
/// ```
pub trait Algorithm: Rule {}

impl<R: Rule> Algorithm for R {}

pub(crate) mod rule {
    use std::fmt;

    use candle_core::{Result, Tensor};

    use crate::error::Error;
    use crate::hyperparameter::{Hyperparameter, Switch};

    /// What an algorithm must know. In a private module, so that nobody else implements it.
    pub trait Rule: Clone + Default + PartialEq + fmt::Debug + Send + Sync + 'static {
        /// What marks its saved states.
        const NAME: &'static str;
        /// Its numbers, in the order in which they are listed.
        const HYPERPARAMETERS: &'static [Hyperparameter<Self>];
        /// Its switches.
        const SWITCHES: &'static [Switch<Self>];
        /// The tensors that it keeps for each variable.
        const MOMENTS: &'static [&'static str];

        /// Refuses hyperparameters that do not go together; each by itself has been checked.
        fn check_together(&self, group: &str) -> std::result::Result<(), Error>;

        /// One update of one variable: its new value and its new moments. All tensors have one shape and one dtype,
        /// and none has a graph.
        fn update(&self, value: &Tensor, gradient: &Tensor, moments: &Moments) -> Result<(Tensor, Moments)>;
    }

    /// What an algorithm keeps for one variable.
    #[derive(Clone, Debug, Default)]
    pub struct Moments {
        /// Updates that have gone into the tensors.
        pub updates: u64,
        /// One tensor for each of [`Rule::MOMENTS`], or none as long as `updates` is 0.
        pub tensors: Vec<Tensor>,
    }
}
