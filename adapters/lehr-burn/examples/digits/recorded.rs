//! What Burn hands to an optimizer, seen from inside: an optimizer that notes it and delegates.

use std::sync::{Arc, Mutex, PoisonError};

use burn::module::ParamGroup;
use burn::optim::{LearningRate, ModuleOptimizer, Optimizer};
use burn::tensor::{Device, Tensor};
use lehr_burn::{AdamWParams, Groups, Scheduled};
use lehr_digits::{GROUPS, Handed};

/// Variables in each group: of the hidden layer and of the last one.
const VARIABLES: usize = 2;

/// Learning rate and weight decay of every update of every variable, by group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<[Vec<[f64; 2]>; 2]>>);

impl Log {
    /// One row for each update. Shorter if the variables of a group were handed different values.
    pub(crate) fn handed(&self) -> Handed {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let [weights, biases] = [0, 1].map(|group: usize| log[group].chunks(VARIABLES));
        let mut handed = Handed::default();
        for (weights, biases) in weights.zip(biases) {
            if [weights, biases].iter().all(|group| group.iter().all(|values| *values == group[0])) {
                handed.push([0, 1].map(|field| [weights[0][field], biases[0][field]]));
            }
        }
        handed
    }
}

/// An optimizer that writes down what it is given.
#[derive(Clone, Debug)]
struct Recorded {
    inner: Scheduled<AdamWParams>,
    group: usize,
    log: Log,
}

impl Optimizer for Recorded {
    type State<const D: usize> = <Scheduled<AdamWParams> as Optimizer>::State<D>;

    fn step<const D: usize>(
        &self,
        lr: LearningRate,
        tensor: Tensor<D>,
        grad: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let mut log = self.log.0.lock().unwrap_or_else(PoisonError::into_inner);
        log[self.group].push([lr, self.inner.params().weight_decay]);
        self.inner.step(lr, tensor, grad, state)
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &Device) -> Self::State<D> {
        Scheduled::<AdamWParams>::to_device(state, device)
    }
}

/// What [`Groups::optimizer`] makes, with a log.
pub(crate) fn recorded(groups: &Groups<AdamWParams>, log: &Log) -> Result<ModuleOptimizer, String> {
    let one = |group: usize| {
        let inner = groups.scheduled(GROUPS[group]).ok_or_else(|| format!("no group {}", GROUPS[group]))?;
        Ok::<_, String>(Recorded { inner, group, log: log.clone() })
    };
    Ok(ModuleOptimizer::from(one(0)?).with_group(ParamGroup::from_predicate("bias"), one(1)?, None))
}
