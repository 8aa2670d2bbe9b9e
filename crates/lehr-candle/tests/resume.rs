//! Save, load, continue: the same bits as never having stopped.

#![allow(clippy::unwrap_used)]

mod common;

use candle_core::{Device, Tensor, Var, safetensors};
use common::{bits, state_bits};
use lehr::{
    Horizon, OnMismatch, ParamGroups, Plan, Scheduler, Selection, State, absolute, cosine, linear, rest,
    times, updates,
};
use lehr_candle::{AdamWParams, Algorithm, Optimizer, SgdParams};

const UPDATES: u64 = 24;

/// Two layers, and a gate that only later losses use.
struct Model {
    vars: Vec<(String, Var)>,
}

impl Model {
    fn new() -> Self {
        let filled = |shape: &[usize], seed: u32| {
            let count: usize = shape.iter().product();
            let numbers = (0..count).map(|i| ((i as f32 + 1.3) * (seed as f32 + 0.7)).sin()).collect();
            Var::from_vec::<_, f32>(numbers, shape, &Device::Cpu).unwrap()
        };
        let vars = [("first.weight", vec![4, 8]), ("first.bias", vec![8]), ("last.weight", vec![8, 1])];
        let mut vars: Vec<(String, Var)> = vars
            .iter()
            .zip(0..)
            .map(|((name, shape), seed)| ((*name).to_owned(), filled(shape, seed)))
            .collect();
        vars.push(("gate".to_owned(), Var::new(0.5f32, &Device::Cpu).unwrap()));
        Self { vars }
    }

    fn var(&self, name: &str) -> &Var {
        &self.vars.iter().find(|(own, _)| own == name).unwrap().1
    }

    /// The loss of the micro-batch in update `n`.
    fn loss(&self, n: u64, batch: u64) -> Tensor {
        let inputs = (0..20).map(|i| ((i as f32 + 0.5) * (n as f32 + 1.0) + batch as f32).cos()).collect();
        let inputs: Tensor = Tensor::from_vec::<_, f32>(inputs, (5, 4), &Device::Cpu).unwrap();
        let hidden = inputs.matmul(self.var("first.weight")).unwrap();
        let hidden = hidden.broadcast_add(self.var("first.bias")).unwrap().tanh().unwrap();
        let mut outputs = hidden.matmul(self.var("last.weight")).unwrap();
        if n >= 15 {
            outputs = outputs.broadcast_mul(self.var("gate")).unwrap();
        }
        (outputs - 1.0).unwrap().sqr().unwrap().mean_all().unwrap()
    }

    fn save(&self, path: &std::path::Path) {
        let tensors = self.vars.iter().map(|(name, var)| (name.clone(), var.as_tensor().clone())).collect();
        safetensors::save::<String, _>(&tensors, path).unwrap();
    }

    fn load(&self, path: &std::path::Path) {
        let tensors = safetensors::load(path, &Device::Cpu).unwrap();
        for (name, var) in &self.vars {
            var.set(&tensors[name]).unwrap();
        }
    }
}

struct Run<A> {
    model: Model,
    optimizer: Optimizer<A>,
    schedule: Scheduler,
}

impl<A: Algorithm> Run<A> {
    fn new(params: [A; 2], fields: [&str; 3]) -> Self {
        let model = Model::new();
        let of = |wanted: fn(&str) -> bool| model.vars.iter().filter(move |(name, _)| wanted(name)).cloned();
        let [weights, others] = params;
        let mut optimizer = Optimizer::builder()
            .group("weights", of(|name| name.ends_with("weight")), weights)
            .group("others", of(|name| !name.ends_with("weight")), others)
            .build()
            .unwrap();
        let horizon = Horizon::updates(UPDATES).unwrap();
        let plan = |builder: lehr::Spec| builder.resolve(&horizon).unwrap();
        let lr = plan(
            Plan::builder()
                .then(linear().from(times(0.1)).over(updates(4)))
                .then(cosine().to(absolute(1e-5)).over(rest())),
        );
        let down = plan(Plan::builder().then(linear().to(times(0.5))));
        let schedule = Scheduler::builder()
            .field(fields[0], lr)
            .field_on(fields[1], Selection::names(["weights"]), down.clone())
            .field(fields[2], down)
            .attach(&mut optimizer)
            .unwrap();
        Self { model, optimizer, schedule }
    }

    fn update(&mut self, n: u64) {
        self.optimizer.backward(&self.model.loss(n, 0)).unwrap();
        self.optimizer.backward_step(&self.model.loss(n, 1)).unwrap();
        self.schedule.step(&mut self.optimizer).unwrap();
    }
}

fn continues_bit_for_bit<A: Algorithm>(params: &[A; 2], fresh: &[A; 2], fields: [&str; 3]) {
    let folder = tempfile::tempdir().unwrap();
    let file = |n: u64, what: &str| folder.path().join(format!("{what}-{n}.safetensors"));

    let mut straight = Run::new(params.clone(), fields);
    let mut schedules: Vec<State> = Vec::new();
    let mut trail = Vec::new();
    for n in 0..UPDATES {
        straight.model.save(&file(n, "model"));
        straight.optimizer.save(file(n, "optimizer")).unwrap();
        schedules.push(straight.schedule.state());
        straight.update(n);
        let values: Vec<_> = straight.model.vars.iter().map(|(_, var)| bits(var)).collect();
        trail.push((values, state_bits(&straight.optimizer.state().unwrap())));
    }

    // Before the first update, in the middle, before and after the gate's first gradient, before the last update.
    for stop in [0, 1, 9, 15, 16, UPDATES - 1] {
        for schedule_first in [false, true] {
            // Other hyperparameters than those that were saved: loading restores them.
            let mut resumed = Run::new(fresh.clone(), fields);
            resumed.model.load(&file(stop, "model"));
            let load_schedule = |run: &mut Run<A>| {
                let state = &schedules[usize::try_from(stop).unwrap()];
                run.schedule.load_state(state, OnMismatch::Error, &mut run.optimizer).unwrap();
            };
            if schedule_first {
                load_schedule(&mut resumed);
            }
            resumed.optimizer.load(file(stop, "optimizer")).unwrap();
            if !schedule_first {
                load_schedule(&mut resumed);
            }
            for n in stop..UPDATES {
                resumed.update(n);
                let values: Vec<_> = resumed.model.vars.iter().map(|(_, var)| bits(var)).collect();
                let state = state_bits(&resumed.optimizer.state().unwrap());
                let (straight_values, straight_state) = &trail[usize::try_from(n).unwrap()];
                assert_eq!(&values, straight_values, "stopped at {stop}, update {n}");
                assert_eq!(&state, straight_state, "stopped at {stop}, update {n}");
            }
        }
    }
    // It did train, and the scheduled fields did move.
    let lr = "lr".parse().unwrap();
    assert_eq!(straight.optimizer.get(0, &lr), Some(1e-5));
    assert_ne!(trail.first().unwrap().0, trail.last().unwrap().0);
}

#[test]
fn adamw_continues_bit_for_bit() {
    let weights = AdamWParams { lr: 0.02, weight_decay: 0.1, ..AdamWParams::default() };
    let others = AdamWParams { lr: 0.05, weight_decay: 0.0, beta2: 0.98, eps: 1e-6, ..weights };
    let fresh = AdamWParams { lr: 0.5, beta1: 0.1, beta2: 0.2, eps: 0.3, weight_decay: 0.4 };
    continues_bit_for_bit(&[weights, others], &[fresh, fresh], ["lr", "weight_decay", "betas[0]"]);
}

#[test]
fn sgd_continues_bit_for_bit() {
    let weights = SgdParams { lr: 0.02, momentum: 0.9, weight_decay: 0.01, nesterov: true };
    let others = SgdParams { lr: 0.05, nesterov: false, ..weights };
    let fresh = SgdParams { lr: 0.5, momentum: 0.1, weight_decay: 0.2, nesterov: false };
    continues_bit_for_bit(&[weights, others], &[fresh, fresh], ["lr", "weight_decay", "momentum"]);
}

#[test]
fn plain_sgd_has_no_moments_to_save() {
    let x = common::var(&[1.0, 2.0]);
    let mut optimizer = common::sgd(&[("x", &x)], 0.0);
    optimizer.backward_step(&x.sum_all().unwrap()).unwrap();
    let state = optimizer.state().unwrap();
    assert_eq!(state["variable.x.step"].to_scalar::<i64>().unwrap(), 0);
    assert!(!state.contains_key("variable.x.momentum_buffer"));
    optimizer.load_state(&state).unwrap();
}
