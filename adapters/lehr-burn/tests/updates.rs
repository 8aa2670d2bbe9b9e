//! What is written is what Burn uses: updates against the closed form of the rule, worked here in f64. Burn computes in f32,
//! so the two agree to a few roundings of f32.

#![allow(clippy::unwrap_used)]
// Small numbers, exact in f32.
#![allow(clippy::cast_possible_truncation)]

use burn::module::{Module, Param, ParamGroup};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor};
use lehr::ParamGroups;
use lehr_burn::{AdamWParams, Groups, SgdParams};

/// Two parameters, each in a group of its own.
#[derive(Module, Debug)]
struct Pair {
    one: Param<Tensor<1>>,
    two: Param<Tensor<1>>,
}

const START: [f64; 2] = [2.0, -3.0];
const GRADIENT: [f64; 2] = [0.5, -0.25];

impl Pair {
    fn new() -> Self {
        let device = Device::flex().autodiff();
        let one = |value: f64| Param::from_tensor(Tensor::from_floats([value as f32], &device));
        Self { one: one(START[0]), two: one(START[1]) }
    }

    /// One update with the gradients `GRADIENT`.
    fn update(
        self,
        groups: &Groups<impl lehr_burn::Hyperparameters>,
        optimizer: &mut ModuleOptimizer,
    ) -> Self {
        let loss = self.one.val().mul_scalar(GRADIENT[0]) + self.two.val().mul_scalar(GRADIENT[1]);
        let gradients = GradientsParams::from_grads(loss.sum().backward(), &self);
        optimizer.step(groups.learning_rate(), self, gradients)
    }

    fn values(&self) -> [f64; 2] {
        [&self.one, &self.two].map(|one| f64::from(one.val().into_scalar::<f32>()))
    }

    fn assert_close(&self, expected: [f64; 2]) {
        for (found, expected) in self.values().into_iter().zip(expected) {
            let error = (found - expected).abs();
            assert!(
                error <= 4.0 * f64::from(f32::EPSILON) * expected.abs(),
                "{found:?}, by the formula {expected:?}"
            );
        }
    }
}

fn set(groups: &mut impl ParamGroups, group: usize, field: &str, value: f64) {
    groups.set(group, &field.parse().unwrap(), value).unwrap();
}

#[test]
fn sgd_uses_lr_weight_decay_and_momentum_of_each_group() {
    let mut groups = Groups::new("one", SgdParams::default())
        .unwrap()
        .with_group("two", ParamGroup::from_path("two"), SgdParams::default())
        .unwrap();
    let (mut optimizer, mut pair) = (groups.optimizer(), Pair::new());
    // d = g + wd x; b = d at first, then momentum b + d; x <- x - lr b
    let (mut x, mut velocity) = (START, [0.0; 2]);
    let hyperparameters = [[(0.1, 0.01, 0.9), (0.05, 0.03, 0.8)], [(0.2, 0.0, 0.5), (0.3, 0.5, 0.0)]];
    for (update, both) in hyperparameters.into_iter().enumerate() {
        for (group, (lr, weight_decay, momentum)) in both.into_iter().enumerate() {
            set(&mut groups, group, "lr", lr);
            set(&mut groups, group, "weight_decay", weight_decay);
            set(&mut groups, group, "momentum", momentum);
            let direction = GRADIENT[group] + weight_decay * x[group];
            velocity[group] = if update == 0 { direction } else { momentum * velocity[group] + direction };
            x[group] -= lr * velocity[group];
        }
        pair = pair.update(&groups, &mut optimizer);
        pair.assert_close(x);
    }
}

#[test]
fn adamw_uses_every_field_of_each_group() {
    let mut groups = Groups::new("one", AdamWParams::default())
        .unwrap()
        .with_group("two", ParamGroup::from_path("two"), AdamWParams::default())
        .unwrap();
    let (mut optimizer, mut pair) = (groups.optimizer(), Pair::new());
    // x <- (1 - lr wd) x; m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2;
    // x <- x - lr m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps)
    let (mut x, mut m, mut v) = (START, [0.0; 2], [0.0; 2]);
    let hyperparameters = [
        (1, [(0.1, 0.01, 0.9, 0.99, 1e-3), (0.05, 0.3, 0.5, 0.75, 1e-2)]),
        (2, [(0.2, 0.4, 0.75, 0.5, 1e-2), (0.3, 0.0, 0.875, 0.9, 1e-3)]),
    ];
    for (t, both) in hyperparameters {
        for (group, (lr, weight_decay, beta1, beta2, eps)) in both.into_iter().enumerate() {
            let values = [
                ("lr", lr),
                ("weight_decay", weight_decay),
                ("betas[0]", beta1),
                ("betas[1]", beta2),
                ("eps", eps),
            ];
            for (field, value) in values {
                set(&mut groups, group, field, value);
            }
            let g = GRADIENT[group];
            m[group] = beta1 * m[group] + (1.0 - beta1) * g;
            v[group] = beta2 * v[group] + (1.0 - beta2) * g * g;
            let (m_hat, v_hat) =
                (m[group] / (1.0 - f64::powi(beta1, t)), v[group] / (1.0 - f64::powi(beta2, t)));
            x[group] = (1.0 - lr * weight_decay) * x[group] - lr * m_hat / (v_hat.sqrt() + eps);
        }
        pair = pair.update(&groups, &mut optimizer);
        pair.assert_close(x);
    }
}

#[test]
fn a_record_of_the_optimizer_loads_and_goes_on() {
    let make = || Groups::new("all", AdamWParams { lr: 0.1, ..AdamWParams::default() }).unwrap();
    let (groups, mut pair) = (make(), Pair::new());
    let mut optimizer = groups.optimizer();
    pair = pair.update(&groups, &mut optimizer);
    let mut resumed = make().optimizer().load_record(optimizer.to_record());
    let (whole, other) = (pair.clone().update(&groups, &mut optimizer), pair.update(&groups, &mut resumed));
    assert_eq!(whole.values(), other.values());
}
