//! Handwritten digits with Candle in a plain loop: a small network, `AdamW` in two groups, learning rate and weight decay
//! scheduled by the spec file that the examples of all frameworks share. (`digits` is the one with the trainer.)
//!
//! `cargo run --release -p lehr-candle --example digits_loop [HANDED.csv]` trains for 30 epochs, prints the accuracy on the
//! images that were held back, and writes the bits of what each update was handed.

#![allow(clippy::print_stdout)]

use candle_core::{D, DType, Device, Tensor, Var};
use lehr_candle::{AdamW, AdamWParams};
use lehr_digits::{
    CLASSES, Digits, GROUPS, HIDDEN, Handed, Images, LR, PIXELS, WEIGHT_DECAY, Weights, batches,
};

const SEED: u64 = 0;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// 64 pixels -> 128 features -> 10 classes.
struct Network {
    hidden: [Var; 2],
    out: [Var; 2],
}

impl Network {
    fn new(start: Weights) -> Result<Self> {
        let layer = |weights: Vec<f32>, inputs: usize, outputs: usize| -> Result<[Var; 2]> {
            let weights = Var::from_vec(weights, (inputs, outputs), &Device::Cpu)?;
            Ok([weights, Var::zeros(outputs, DType::F32, &Device::Cpu)?])
        };
        Ok(Self { hidden: layer(start.hidden, PIXELS, HIDDEN)?, out: layer(start.out, HIDDEN, CLASSES)? })
    }

    fn weights(&self) -> [(&'static str, Var); 2] {
        [("hidden.weight", self.hidden[0].clone()), ("out.weight", self.out[0].clone())]
    }

    fn biases(&self) -> [(&'static str, Var); 2] {
        [("hidden.bias", self.hidden[1].clone()), ("out.bias", self.out[1].clone())]
    }

    fn logits(&self, images: &Images) -> Result<Tensor> {
        let pixels = Tensor::from_slice(&images.pixels, (images.len(), PIXELS), &Device::Cpu)?;
        let features = pixels.matmul(&self.hidden[0])?.broadcast_add(&self.hidden[1])?.relu()?;
        Ok(features.matmul(&self.out[0])?.broadcast_add(&self.out[1])?)
    }

    fn loss(&self, images: &Images) -> Result<Tensor> {
        let classes = Tensor::from_slice(&images.classes, images.len(), &Device::Cpu)?;
        Ok(candle_nn::loss::cross_entropy(&self.logits(images)?, &classes)?)
    }

    fn accuracy(&self, images: &Images) -> Result<f64> {
        let predicted = self.logits(images)?.argmax(D::Minus1)?.to_dtype(DType::I64)?;
        let classes = Tensor::from_slice(&images.classes, images.len(), &Device::Cpu)?;
        Ok(predicted.eq(&classes)?.to_dtype(DType::F64)?.mean_all()?.to_scalar()?)
    }
}

fn main() -> Result<()> {
    let digits = Digits::load(SEED)?;
    let spec = lehr_digits::spec()?;
    let epochs = spec.epochs.ok_or("the spec file says no epochs")?;
    let network = Network::new(Weights::draw(SEED))?;
    let mut handed = Handed::default();

    // page: begin
    let params = AdamWParams { lr: LR, weight_decay: WEIGHT_DECAY[0], ..AdamWParams::default() };
    let mut optimizer = AdamW::builder()
        .group(GROUPS[0], network.weights(), params)
        .group(GROUPS[1], network.biases(), AdamWParams { weight_decay: WEIGHT_DECAY[1], ..params })
        .build()?;
    let mut schedule = spec.scheduler().attach(&mut optimizer)?;
    for epoch in 1..=epochs {
        for batch in batches(&digits.train, SEED, epoch) {
            let loss = network.loss(&digits.train.select(&batch))?;
            handed.record(&optimizer)?;
            optimizer.backward_step(&loss)?;
            schedule.step(&mut optimizer)?;
        }
    }
    // page: end

    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(path, handed.to_csv())?;
    }
    println!("accuracy={:.4} updates={}", network.accuracy(&digits.test)?, schedule.num_updates());
    Ok(())
}
