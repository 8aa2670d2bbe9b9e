//! `RunLength`: how many updates a run of Burn's learner has.

use burn::train::ExecutionStrategy;
use lehr::Horizon;

use crate::error::Error;

/// What Burn's learner is told about a run, from which its number of updates follows.
///
/// On several devices one update takes a batch of each of them, so there are fewer updates than batches: a plan made for the
/// batches would end half-way on two devices.
///
/// | strategy | batches of an epoch, in turn |
/// |---|---|
/// | one device | items / `batch_size`, the last one smaller |
/// | several devices | those of the last device, which gets what the division of the items leaves over |
/// | distributed | those of the first device, whose model and checkpoint are kept |
///
/// `grads_accumulation` of these make an update, and what is left at the end of an epoch makes one more.
///
/// Source: `split_dataloader` of burn-core and `MultiDeviceTrainEpoch`, `DdpTrainEpoch`, `SingleDeviceTrainEpoch` of
/// burn-train 0.22.1; the first two strategies are run in the tests.
///
/// # Example
///
/// ```
/// use burn::tensor::Device;
/// use burn::train::{ExecutionStrategy, MultiDeviceOptim};
/// use lehr::Horizon;
/// use lehr_burn::RunLength;
///
/// let run = RunLength { items: 1280, batch_size: 32, num_epochs: 10, grads_accumulation: 1 };
/// let one = ExecutionStrategy::single(Device::flex());
/// assert_eq!(run.horizon(&one)?, Horizon::epochs(10, 40)?);
/// let two = ExecutionStrategy::multi(vec![Device::flex(); 2], MultiDeviceOptim::OptimMainDevice);
/// assert_eq!(run.horizon(&two)?, Horizon::epochs(10, 20)?);
/// # Ok::<(), lehr_burn::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunLength {
    /// `num_items()` of the training data loader.
    pub items: usize,
    /// Items in a batch of it.
    pub batch_size: usize,
    /// `SupervisedTraining::num_epochs`.
    pub num_epochs: usize,
    /// `SupervisedTraining::grads_accumulation`; 1 where it is not called.
    pub grads_accumulation: usize,
}

impl RunLength {
    /// The run in updates, as [`Spec::resolve`](lehr::Spec::resolve) wants it.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if a number is 0, if there is no device, or if there are more devices than items;
    /// [`Error::Plan`] if the updates do not fit 64 bits.
    ///
    /// ```
    /// use burn::tensor::Device;
    /// use burn::train::ExecutionStrategy;
    /// use lehr_burn::RunLength;
    ///
    /// // 100 items in batches of 8 are 13 batches; three of them make an update, and the last one alone.
    /// let run = RunLength { items: 100, batch_size: 8, num_epochs: 2, grads_accumulation: 3 };
    /// let one = ExecutionStrategy::single(Device::flex());
    /// assert_eq!(run.horizon(&one)?.total(), Some(2 * 5));
    /// assert!(RunLength { items: 0, ..run }.horizon(&one).is_err());
    /// # Ok::<(), lehr_burn::Error>(())
    /// ```
    pub fn horizon(&self, strategy: &ExecutionStrategy) -> Result<Horizon, Error> {
        let Self { items, batch_size, num_epochs, grads_accumulation } = *self;
        let numbers = [
            ("items", items),
            ("batch_size", batch_size),
            ("num_epochs", num_epochs),
            ("grads_accumulation", grads_accumulation),
        ];
        if let Some((name, _)) = numbers.iter().find(|(_, number)| *number == 0) {
            return Err(Error::parameter(format!("`{name}`"), 0, "it must be at least 1"));
        }
        let devices = match strategy {
            ExecutionStrategy::SingleDevice(_) => 1,
            ExecutionStrategy::MultiDevice(devices, _)
            | ExecutionStrategy::DistributedDataParallel { devices, .. } => devices.len(),
        };
        if devices == 0 || devices > items {
            let rule = format!("each device needs at least one of the {items} items");
            return Err(Error::parameter("the number of devices", devices, rule));
        }
        let share = items / devices;
        let items = match strategy {
            ExecutionStrategy::DistributedDataParallel { .. } => share,
            _ => items - share * (devices - 1),
        };
        let updates = items.div_ceil(batch_size).div_ceil(grads_accumulation);
        Ok(Horizon::epochs(num_epochs as u64, updates as u64)?)
    }
}
