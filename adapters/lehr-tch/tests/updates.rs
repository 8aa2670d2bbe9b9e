//! What is written is what libtorch uses: updates against the closed form of the rule, worked here in f64.

#![allow(clippy::unwrap_used)]

use lehr::{Horizon, ParamGroups, Plan, Scheduler, linear, times};
use lehr_tch::Optimizer;
use tch::nn::{self, VarStore};
use tch::{Device, Kind, Tensor};

/// Two groups of one variable each; the gradient of both is `GRADIENT` at every update.
struct Case {
    vs: VarStore,
    loss: Box<dyn Fn() -> Tensor>,
}

const START: [f64; 2] = [2.0, -3.0];
const GRADIENT: [f64; 2] = [0.5, -0.25];

fn case() -> Case {
    let mut vs = VarStore::new(Device::Cpu);
    vs.set_kind(Kind::Double);
    let one = |group: usize| {
        let start = Tensor::from_slice(&[START[group]]);
        vs.root().set_group(group).var_copy(&format!("x{group}"), &start)
    };
    let variables = [one(0), one(1)];
    let loss = move || (&variables[0] * GRADIENT[0] + &variables[1] * GRADIENT[1]).sum(Kind::Double);
    Case { vs, loss: Box::new(loss) }
}

fn values(vs: &VarStore) -> [f64; 2] {
    ["x0", "x1"].map(|name| vs.variables()[name].double_value(&[0]))
}

fn set(optimizer: &mut Optimizer, group: usize, field: &str, value: f64) {
    optimizer.set(group, &field.parse().unwrap(), value).unwrap();
}

fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-14 * expected.abs(), "{found:?}, but by the formula {expected:?}");
}

#[test]
fn sgd_uses_lr_weight_decay_and_momentum_of_each_group() {
    let Case { vs, loss } = case();
    let mut optimizer = Optimizer::new(&vs, nn::Sgd::default(), 1.0).unwrap();
    // d = g + wd x; b = d at first, then momentum b + d; x <- x - lr b
    let hyperparameters = [[(0.1, 0.01, 0.9), (0.05, 0.03, 0.8)], [(0.2, 0.0, 0.5), (0.3, 0.5, 0.0)]];
    let (mut x, mut velocity) = (START, [0.0; 2]);
    for (update, groups) in hyperparameters.into_iter().enumerate() {
        for (group, (lr, weight_decay, momentum)) in groups.into_iter().enumerate() {
            set(&mut optimizer, group, "lr", lr);
            set(&mut optimizer, group, "weight_decay", weight_decay);
            set(&mut optimizer, group, "momentum", momentum);
            let direction = GRADIENT[group] + weight_decay * x[group];
            velocity[group] = if update == 0 || momentum == 0.0 {
                direction
            } else {
                momentum * velocity[group] + direction
            };
            x[group] -= lr * velocity[group];
        }
        optimizer.backward_step(&loss()).unwrap();
        values(&vs).into_iter().zip(x).for_each(|(found, expected)| assert_close(found, expected));
    }
}

#[test]
fn adamw_uses_lr_and_weight_decay_of_each_group() {
    let Case { vs, loss } = case();
    let algorithm = nn::AdamW { beta1: 0.8, beta2: 0.95, eps: 1e-3, ..nn::AdamW::default() };
    let mut optimizer = Optimizer::new(&vs, algorithm, 1.0).unwrap();
    let (beta1, beta2, eps) = (0.8_f64, 0.95_f64, 1e-3);
    // x <- (1 - lr wd) x; m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2;
    // x <- x - lr m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps)
    let (mut x, mut m, mut v) = (START, [0.0; 2], [0.0; 2]);
    for (t, groups) in [(1, [(0.1, 0.01), (0.05, 0.3)]), (2, [(0.2, 0.4), (0.3, 0.0)])] {
        for (group, (lr, weight_decay)) in groups.into_iter().enumerate() {
            set(&mut optimizer, group, "lr", lr);
            set(&mut optimizer, group, "weight_decay", weight_decay);
            let g = GRADIENT[group];
            m[group] = beta1 * m[group] + (1.0 - beta1) * g;
            v[group] = beta2 * v[group] + (1.0 - beta2) * g * g;
            let (m_hat, v_hat) = (m[group] / (1.0 - beta1.powi(t)), v[group] / (1.0 - beta2.powi(t)));
            x[group] = (1.0 - lr * weight_decay) * x[group] - lr * m_hat / (v_hat.sqrt() + eps);
        }
        optimizer.backward_step(&loss()).unwrap();
        values(&vs).into_iter().zip(x).for_each(|(found, expected)| assert_close(found, expected));
    }
}

#[test]
fn a_schedule_reaches_libtorch() {
    let Case { vs, loss } = case();
    let mut optimizer = Optimizer::new(&vs, nn::Sgd::default(), 1.0).unwrap();
    let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(4).unwrap()).unwrap();
    let mut schedule = Scheduler::builder().field("lr", plan).attach(&mut optimizer).unwrap();
    for _ in 0..6 {
        optimizer.backward_step(&loss()).unwrap();
        schedule.step(&mut optimizer).unwrap();
    }
    // 1 + 3/4 + 1/2 + 1/4 + 0 + 0, all of them exact.
    assert_eq!(values(&vs), [START[0] - 2.5 * GRADIENT[0], START[1] - 2.5 * GRADIENT[1]]);
}

#[test]
fn a_new_group_of_libtorch_has_what_the_adapter_says() {
    let Case { vs, loss } = case();
    let mut optimizer = Optimizer::new(&vs, nn::Sgd { wd: 0.25, ..nn::Sgd::default() }, 0.5).unwrap();
    set(&mut optimizer, 0, "lr", 0.125);
    let late = vs.root().set_group(3).var_copy("late", &Tensor::from_slice(&[4.0_f64]));
    optimizer.backward_step(&(loss() + late.sum(Kind::Double))).unwrap();
    assert_eq!((optimizer.group_count(), optimizer.get(3, &"lr".parse().unwrap())), (4, Some(0.5)));
    // x - lr (g + wd x)
    assert_eq!(late.double_value(&[0]), 4.0 - 0.5 * (1.0 + 0.25 * 4.0));
    assert_eq!(values(&vs)[0], START[0] - 0.125 * (GRADIENT[0] + 0.25 * START[0]));
}
