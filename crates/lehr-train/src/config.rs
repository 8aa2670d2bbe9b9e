//! `RunConfig`: what a run is set to.

use lehr::Horizon;

use crate::error::TrainError;

/// The settings of a run.
///
/// # Default
///
/// One epoch, an update for every batch, an evaluation after each epoch, no limits, gradients not looked at.
///
/// ```
/// use lehr_train::RunConfig;
///
/// let config = RunConfig { gradient_accumulation_steps: 3, ..RunConfig::epochs(30) };
/// assert_eq!(config.updates_per_epoch(44), 15);
/// assert_eq!(config.total_updates(44), 450);
/// assert_eq!(RunConfig::updates(1000).total_updates(44), 1000);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunConfig {
    /// Epochs to train; at least 1. `u64::MAX` is as many as `max_updates` takes.
    pub num_epochs: u64,
    /// Updates after which the run ends even in the middle of an epoch; at least 1. What the schedule is resolved to is
    /// the smaller of this and the updates of all epochs.
    pub max_updates: Option<u64>,
    /// Batches whose gradients add up to one update; at least 1. The last window of an epoch may be shorter.
    pub gradient_accumulation_steps: u64,
    /// Updates between two evaluations, beside the evaluation after each epoch; at least 1.
    pub eval_every: Option<u64>,
    /// Batches of an epoch that are trained on, for a quick test; at least 1. The schedule is resolved to them.
    pub limit_train_batches: Option<u64>,
    /// Batches that are evaluated, for a quick test; 0 leaves evaluations out.
    pub limit_eval_batches: Option<u64>,
    /// What to do with gradients that are NaN or infinite.
    pub non_finite_gradients: NonFiniteGradients,
}

/// What to do with an update whose gradients are NaN or infinite.
///
/// [`Trainer::gradients_are_finite`](crate::Trainer::gradients_are_finite) is asked before each update, unless they are
/// to be used as they are.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::{NonFiniteGradients, RunConfig, Trainer};
///
/// struct Overflows { square: Square }
///
/// impl Trainer for Overflows {
///     fn gradients_are_finite(&mut self) -> Result<Option<bool>, Self::Error> {
///         Ok(Some(false))
///     }
///     // ... and the steps of the model
///     # steps_of_the_model!();
/// }
///
/// let made = |non_finite_gradients| {
///     let config = RunConfig { non_finite_gradients, ..RunConfig::epochs(1) };
///     Overflows { square: Square::new() }.train(&config).map(|run| (run.num_updates, run.num_skipped))
/// };
/// assert_eq!(made(NonFiniteGradients::Use)?, (4, 0));
/// assert_eq!(made(NonFiniteGradients::Skip)?, (0, 4));
/// assert_eq!(made(NonFiniteGradients::Stop)?, (0, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NonFiniteGradients {
    /// Use them: nobody looks.
    #[default]
    Use,
    /// Skip the update. The schedule stays where it is, and the summary counts it.
    Skip,
    /// Skip the update and stop the run.
    Stop,
}

impl Default for RunConfig {
    fn default() -> Self {
        Self::epochs(1)
    }
}

impl RunConfig {
    /// A run of so many epochs.
    ///
    /// ```
    /// use lehr_train::RunConfig;
    ///
    /// let config = RunConfig::epochs(30);
    /// assert_eq!((config.num_epochs, config.max_updates, config.gradient_accumulation_steps), (30, None, 1));
    /// ```
    pub fn epochs(num_epochs: u64) -> Self {
        Self {
            num_epochs,
            max_updates: None,
            gradient_accumulation_steps: 1,
            eval_every: None,
            limit_train_batches: None,
            limit_eval_batches: None,
            non_finite_gradients: NonFiniteGradients::Use,
        }
    }

    /// A run of so many updates, in as many epochs as that takes.
    ///
    /// ```
    /// use lehr_train::RunConfig;
    ///
    /// assert_eq!(RunConfig::updates(1000).max_updates, Some(1000));
    /// ```
    pub fn updates(max_updates: u64) -> Self {
        Self { max_updates: Some(max_updates), ..Self::epochs(u64::MAX) }
    }

    /// Updates in an epoch of that many batches, the limit applied: a last, shorter window counts as one.
    ///
    /// ```
    /// use lehr_train::RunConfig;
    ///
    /// let config = RunConfig { gradient_accumulation_steps: 4, limit_train_batches: Some(9), ..RunConfig::epochs(1) };
    /// assert_eq!(config.updates_per_epoch(100), 3);
    /// assert_eq!(config.updates_per_epoch(8), 2);
    /// ```
    pub fn updates_per_epoch(&self, batches: u64) -> u64 {
        self.train_batches(batches).div_ceil(self.gradient_accumulation_steps.max(1))
    }

    /// Updates in the run, where an epoch has that many batches.
    ///
    /// ```
    /// use lehr_train::RunConfig;
    ///
    /// assert_eq!(RunConfig::epochs(3).total_updates(10), 30);
    /// assert_eq!(RunConfig { max_updates: Some(25), ..RunConfig::epochs(3) }.total_updates(10), 25);
    /// ```
    pub fn total_updates(&self, batches: u64) -> u64 {
        let epochs = self.num_epochs.saturating_mul(self.updates_per_epoch(batches));
        self.max_updates.map_or(epochs, |most| most.min(epochs))
    }

    pub(crate) fn train_batches(&self, batches: u64) -> u64 {
        self.limit_train_batches.map_or(batches, |limit| limit.min(batches))
    }

    /// What the schedule is resolved to.
    pub(crate) fn horizon(&self, batches: u64) -> Result<Horizon, lehr::Error> {
        Horizon::updates(self.total_updates(batches))?.with_updates_per_epoch(self.updates_per_epoch(batches))
    }

    pub(crate) fn check<E: std::error::Error>(&self, batches: u64) -> Result<(), TrainError<E>> {
        let one = |setting: Option<u64>| setting.unwrap_or(1);
        let positive = [
            ("num_epochs", self.num_epochs, "a run has at least one epoch"),
            ("max_updates", one(self.max_updates), "a run has at least one update"),
            (
                "gradient_accumulation_steps",
                self.gradient_accumulation_steps,
                "an update takes at least one batch",
            ),
            ("eval_every", one(self.eval_every), "there is at least one update between two evaluations"),
            ("limit_train_batches", one(self.limit_train_batches), "an epoch has at least one batch"),
            ("train_batch_count", batches, "an epoch has at least one batch: is the data set empty?"),
        ];
        for (name, value, rule) in positive {
            if value == 0 {
                return Err(TrainError::Config { name, value: value.to_string(), rule });
            }
        }
        if self.num_epochs == u64::MAX && self.max_updates.is_none() {
            let value = "infinite".to_owned();
            let rule = "without `max_updates` the run would not end";
            return Err(TrainError::Config { name: "num_epochs", value, rule });
        }
        Ok(())
    }
}
