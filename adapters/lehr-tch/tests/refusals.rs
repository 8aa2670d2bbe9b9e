//! What tch would panic on, or silently take, is an error that says what to do.

#![allow(clippy::unwrap_used)]

use lehr::{Error as Lehr, Horizon, ParamGroups, Plan, Scheduler, linear, times};
use lehr_tch::{Algorithm, Error, Optimizer};
use tch::nn::{self, VarStore};
use tch::{Device, Kind, Tensor};

fn optimizer(algorithm: impl Algorithm) -> Optimizer {
    let vs = VarStore::new(Device::Cpu);
    let _ = vs.root().zeros("weight", &[3]);
    Optimizer::new(&vs, algorithm, 0.1).unwrap()
}

fn refusal(optimizer: &mut Optimizer, group: usize, field: &str, value: f64) -> String {
    optimizer.set(group, &field.parse().unwrap(), value).unwrap_err()
}

#[test]
fn what_tch_cannot_set_is_refused_before_it_is_called() {
    let mut adamw = optimizer(nn::AdamW::default());
    assert_eq!(
        refusal(&mut adamw, 0, "momentum", 0.9),
        "there is no `momentum`: the group has lr, weight_decay"
    );
    for (field, value) in [("betas[0]", "0.9"), ("betas[1]", "0.999"), ("eps", "0.00000001")] {
        let said = refusal(&mut adamw, 0, field, 0.5);
        assert!(
            said.starts_with(&format!("tch cannot set `{field}` in a group, it stays {value}: ")),
            "{said}"
        );
    }
    for field in ["momentum", "alpha", "eps"] {
        let said = refusal(&mut optimizer(nn::RmsProp::default()), 0, field, 0.5);
        assert!(said.starts_with(&format!("tch cannot set `{field}`")), "{said}");
    }
    let said = refusal(&mut optimizer(nn::Sgd::default()), 0, "dampening", 0.5);
    assert!(said.starts_with("tch cannot set `dampening`"), "{said}");
    assert_eq!(refusal(&mut adamw, 1, "lr", 0.1), "there is no group 1: the optimizer has 1, counted from 0");
}

#[test]
fn numbers_out_of_range_are_refused_and_nothing_changes() {
    let mut sgd = optimizer(nn::Sgd::default());
    for field in ["lr", "weight_decay", "momentum"] {
        let before = sgd.get(0, &field.parse().unwrap());
        for wrong in [f64::NAN, f64::INFINITY, -0.1] {
            let said = refusal(&mut sgd, 0, field, wrong);
            assert_eq!(said, format!("it is {wrong}, but it must be finite and at least 0"));
        }
        assert_eq!(sgd.get(0, &field.parse().unwrap()), before);
    }
}

#[test]
fn scheduling_what_tch_cannot_set_says_so() {
    let plan = Plan::builder().then(linear().to(times(0.5))).resolve(&Horizon::updates(4).unwrap()).unwrap();
    let mut adamw = optimizer(nn::AdamW::default());
    let said = Scheduler::builder().field("eps", plan.clone()).attach(&mut adamw).unwrap_err();
    assert!(
        matches!(&said, Lehr::Write { reason, .. } if reason.starts_with("tch cannot set `eps`")),
        "{said}"
    );
    let said = Scheduler::builder().field("momentum", plan).attach(&mut adamw).unwrap_err().to_string();
    assert_eq!(said, "group 0 has no field `momentum`; it has lr, weight_decay");
}

#[test]
fn an_optimizer_that_cannot_be_is_an_error() {
    let vs = VarStore::new(Device::Cpu);
    let _ = vs.root().zeros("weight", &[3]);
    let wrong = |algorithm: nn::AdamW, lr| Optimizer::new(&vs, algorithm, lr).unwrap_err().to_string();
    assert_eq!(wrong(nn::AdamW::default(), f64::NAN), "`lr` is NaN, but it must be finite and at least 0");
    let negative = nn::AdamW { wd: -1.0, ..nn::AdamW::default() };
    assert_eq!(wrong(negative, 0.1), "`weight_decay` is -1, but it must be finite and at least 0");
    let nesterov = nn::Sgd { nesterov: true, ..nn::Sgd::default() };
    assert!(matches!(Optimizer::new(&vs, nesterov, 0.1), Err(Error::Tch(_))));

    let named = |names: &[&str]| {
        let optimizer = Optimizer::new(&vs, nn::AdamW::default(), 0.1).unwrap();
        optimizer.with_names(names.to_vec()).unwrap_err().to_string()
    };
    assert_eq!(named(&[]), "the number of names is 0, but the optimizer has 1 groups: give each a name");
}

#[test]
fn a_loss_that_cannot_be_differentiated_is_an_error_and_changes_nothing() {
    let vs = VarStore::new(Device::Cpu);
    let x = vs.root().var_copy("x", &Tensor::from_slice(&[1.0, 2.0]));
    let mut optimizer = Optimizer::new(&vs, nn::Sgd::default(), 0.5).unwrap();
    assert!(matches!(optimizer.backward_step(&(&x * 2.0)), Err(Error::Tch(_))), "two numbers");
    let constant = Tensor::from_slice(&[1.0]).sum(Kind::Double);
    assert!(matches!(optimizer.backward_step(&constant), Err(Error::Tch(_))), "no variable");
    assert_eq!(Vec::<f64>::try_from(&x).unwrap(), [1.0, 2.0]);
}
