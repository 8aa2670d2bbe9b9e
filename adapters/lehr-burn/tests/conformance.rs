//! Groups of both optimizers pass what every adapter passes.

#![allow(clippy::unwrap_used)]

use burn::module::ParamGroup;
use lehr_burn::{AdamWParams, Groups, SgdParams};

#[test]
fn groups_of_adamw_conform() {
    let make = || {
        let params = AdamWParams::default();
        let biases = AdamWParams { lr: 0.2, weight_decay: 0.0, ..params };
        Groups::new("weights", params)
            .unwrap()
            .with_group("biases", ParamGroup::from_predicate("bias"), biases)
            .unwrap()
    };
    lehr_conformance::conforms(make);
    lehr_conformance::adopts_new_groups(make, |groups| {
        groups.add_group("head", ParamGroup::from_predicate("head"), AdamWParams::default()).unwrap();
    });
}

#[test]
fn groups_of_sgd_conform() {
    lehr_conformance::conforms(|| {
        let params = SgdParams { momentum: 0.9, ..SgdParams::default() };
        Groups::new("weights", params)
            .unwrap()
            .with_group("biases", ParamGroup::from_predicate("bias"), SgdParams { lr: 0.2, ..params })
            .unwrap()
    });
}
