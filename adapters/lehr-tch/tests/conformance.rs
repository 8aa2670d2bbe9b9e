//! Every optimizer passes what every adapter passes; groups come with variables.

#![allow(clippy::unwrap_used)]

use lehr::{Field, ParamGroups};
use lehr_tch::{Algorithm, Optimizer};
use tch::nn::{self, VarStore};
use tch::{Device, Tensor};

fn store() -> VarStore {
    let vs = VarStore::new(Device::Cpu);
    let _ = vs.root().zeros("weight", &[3]);
    let _ = vs.root().set_group(1).zeros("bias", &[3]);
    vs
}

/// The store lives on in the optimizer.
fn optimizer(algorithm: impl Algorithm) -> Optimizer {
    let mut optimizer =
        Optimizer::new(&store(), algorithm, 0.1).unwrap().with_names(["weights", "biases"]).unwrap();
    let lr: Field = "lr".parse().unwrap();
    optimizer.set(1, &lr, 0.2).unwrap();
    optimizer
}

#[test]
fn all_optimizers_conform() {
    lehr_conformance::conforms(|| optimizer(nn::Sgd { momentum: 0.9, wd: 0.01, ..nn::Sgd::default() }));
    lehr_conformance::conforms(|| optimizer(nn::Adam::default()));
    lehr_conformance::conforms(|| optimizer(nn::AdamW::default()));
    lehr_conformance::conforms(|| optimizer(nn::RmsProp::default()));
}

#[test]
fn a_group_that_comes_with_a_variable_is_adopted() {
    let make = || {
        let vs = store();
        let optimizer = Optimizer::new(&vs, nn::AdamW::default(), 0.1).unwrap();
        Growing { vs, optimizer }
    };
    lehr_conformance::adopts_new_groups(make, |growing| {
        let head: Tensor = growing.vs.root().set_group(2).ones("head", &[2]);
        growing.optimizer.backward_step(&head.sum(tch::Kind::Float)).unwrap();
    });
}

/// An optimizer with the store that its variables come from.
struct Growing {
    vs: VarStore,
    optimizer: Optimizer,
}

impl ParamGroups for Growing {
    fn group_count(&self) -> usize {
        self.optimizer.group_count()
    }

    fn fields(&self, group: usize) -> Vec<String> {
        self.optimizer.fields(group)
    }

    fn get(&self, group: usize, field: &Field) -> Option<f64> {
        self.optimizer.get(group, field)
    }

    fn set(&mut self, group: usize, field: &Field, value: f64) -> Result<(), String> {
        self.optimizer.set(group, field, value)
    }
}
