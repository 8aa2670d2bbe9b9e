//! Handwritten digits with libtorch: a small network, `AdamW` in two groups, learning rate and weight decay scheduled.
//!
//! `cargo run --example digits [HANDED.csv]` trains for 30 epochs, prints the accuracy on the images that were held back, and
//! writes the bits of what each update was handed.

#![allow(clippy::print_stdout)]
// Shapes of 64, 128 and 10.
#![allow(clippy::cast_possible_wrap)]

use lehr::ParamGroups;
use lehr_digits::{
    CLASSES, Digits, GROUPS, HIDDEN, Handed, Images, LR, PIXELS, WEIGHT_DECAY, Weights, batches,
};
use lehr_tch::Optimizer;
use tch::nn::{self, Path, VarStore};
use tch::{Device, Kind, Tensor};

const SEED: u64 = 0;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// 64 pixels -> 128 features -> 10 classes.
struct Network {
    hidden: [Tensor; 2],
    out: [Tensor; 2],
}

impl Network {
    fn new(root: &Path<'_>, start: &Weights) -> Self {
        // Path::set_group is where tch is told of groups: 0 has the weights, 1 the biases.
        let layer = |name: &str, weights: &[f32], inputs: usize, outputs: usize| {
            let weights = Tensor::from_slice(weights).view([inputs as i64, outputs as i64]);
            let bias = Tensor::zeros([outputs as i64], (Kind::Float, Device::Cpu));
            let biases = (root / name).set_group(1);
            [(root / name).var_copy("weight", &weights), biases.var_copy("bias", &bias)]
        };
        Self {
            hidden: layer("hidden", &start.hidden, PIXELS, HIDDEN),
            out: layer("out", &start.out, HIDDEN, CLASSES),
        }
    }

    fn logits(&self, images: &Images) -> Tensor {
        let [hidden, out] = [&self.hidden, &self.out];
        let pixels = Tensor::from_slice(&images.pixels).view([-1, PIXELS as i64]);
        let features = (pixels.matmul(&hidden[0]) + &hidden[1]).relu();
        features.matmul(&out[0]) + &out[1]
    }

    fn loss(&self, images: &Images) -> Tensor {
        self.logits(images).cross_entropy_for_logits(&Tensor::from_slice(&images.classes))
    }

    fn accuracy(&self, images: &Images) -> f64 {
        tch::no_grad(|| self.logits(images).accuracy_for_logits(&Tensor::from_slice(&images.classes)))
            .double_value(&[])
    }
}

fn main() -> Result<()> {
    // Threads cost more than they bring in a network of this size.
    tch::set_num_threads(1);
    let digits = Digits::load(SEED)?;
    let spec = lehr_digits::spec()?;
    let epochs = spec.epochs.ok_or("the spec file says no epochs")?;
    let vs = VarStore::new(Device::Cpu);
    let network = Network::new(&vs.root(), &Weights::draw(SEED));
    let mut handed = Handed::default();

    // page: begin
    let algorithm = nn::AdamW { wd: WEIGHT_DECAY[0], ..nn::AdamW::default() };
    let mut optimizer = Optimizer::new(&vs, algorithm, LR)?.with_names(GROUPS)?;
    optimizer.set(1, &"weight_decay".parse()?, WEIGHT_DECAY[1])?;
    let mut schedule = spec.scheduler().attach(&mut optimizer)?;
    for epoch in 1..=epochs {
        for batch in batches(&digits.train, SEED, epoch) {
            let loss = network.loss(&digits.train.select(&batch));
            handed.record(&optimizer)?;
            optimizer.backward_step(&loss)?;
            schedule.step(&mut optimizer)?;
        }
    }
    // page: end

    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(path, handed.to_csv())?;
    }
    println!("accuracy={:.4} updates={}", network.accuracy(&digits.test), schedule.num_updates());
    Ok(())
}
