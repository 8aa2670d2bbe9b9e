//! A run of Burn's learner under the schedule.

use std::path::Path;

use burn::module::ParamGroup;
use burn::train::checkpoint::KeepLastNCheckpoints;
use burn::train::logger::InMemoryMetricLogger;
use burn::train::{ExecutionStrategy, Learner, SupervisedTraining};
use lehr_burn::{AdamWParams, Groups, RunLength};
use lehr_digits::{BATCH_SIZE, Digits, GROUPS, LR, WEIGHT_DECAY, Weights};

use crate::network::{Network, loader};
use crate::recorded::{Log, recorded};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What a run is made of.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) digits: Digits,
    /// Of the whole run.
    pub(crate) epochs: usize,
    /// After which it stops.
    pub(crate) stop: usize,
    /// `None` for the order of the file in every epoch.
    pub(crate) shuffle: Option<u64>,
}

impl Run {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { digits: Digits::load(0)?, epochs: 30, stop: 30, shuffle: Some(0) })
    }

    /// How many updates it has on these devices.
    pub(crate) fn length(&self) -> RunLength {
        let items = self.digits.train.len();
        RunLength { items, batch_size: BATCH_SIZE, num_epochs: self.epochs, grads_accumulation: 1 }
    }
}

/// Trains, from the checkpoint of an epoch if there is one, and answers with the network.
pub(crate) fn train(
    run: &Run,
    strategy: ExecutionStrategy,
    directory: &Path,
    from: Option<usize>,
    log: &Log,
) -> Result<Network> {
    let network = Network::new(Weights::draw(0), strategy.main_device());
    let loaders = (loader(&run.digits.train, run.shuffle), loader(&run.digits.test, None));
    let horizon = run.length().horizon(&strategy)?;
    let spec = lehr_digits::spec_for(horizon)?;

    // page: begin
    let params = AdamWParams { lr: LR, weight_decay: WEIGHT_DECAY[0], ..AdamWParams::default() };
    let biases = AdamWParams { weight_decay: WEIGHT_DECAY[1], ..params };
    let mut groups =
        Groups::new(GROUPS[0], params)?.with_group(GROUPS[1], ParamGroup::from_predicate("bias"), biases)?;
    let schedule = spec.scheduler().attach(&mut groups)?;
    let optimizer = recorded(&groups, log)?; // without a log: groups.optimizer()
    let learner = Learner::new(network, optimizer, groups.lr_scheduler(&schedule)?);
    let mut training = SupervisedTraining::new(directory, loaders.0, loaders.1)
        .num_epochs(run.stop)
        .with_default_checkpointers();
    // page: end

    training = training
        .with_training_strategy(strategy.into())
        .with_checkpointing_strategy(KeepLastNCheckpoints::new(2))
        .with_metric_logger(InMemoryMetricLogger::new())
        .with_application_logger(None);
    if let Some(epoch) = from {
        training = training.checkpoint(epoch);
    }
    let result = training.launch(learner);
    match result.error {
        Some(error) => Err(error.to_string().into()),
        None => Ok(result.model),
    }
}
