//! A small real trainer for the tests of runs: a linear model that learns sums, with Candle and `AdamW`.
#![allow(dead_code, clippy::unwrap_used)]

use candle_core::{Device, Tensor, Var};
use lehr::{Horizon, Scheduler, SchedulerBuilder, Selection, Spec};
use lehr_candle::{AdamW, AdamWParams, Average, Error};
use lehr_train::{AverageWeights, BatchSampler, Batches, Run, SaveState, StateReader, StateWriter, Trainer};

pub(crate) const SAMPLES: usize = 40;
pub(crate) const BATCHES: u64 = 10;
pub(crate) const BASE: f64 = 0.05;

/// Learns `y = 3 x0 - x1 + 0.5` from 40 samples in batches of 4.
pub(crate) struct Sums {
    pub(crate) weight: Var,
    pub(crate) bias: Var,
    pub(crate) optimizer: AdamW,
    pub(crate) average: Average,
    pub(crate) lr: String,
    /// Training batches, counted from 0 over the whole run, whose loss is NaN.
    pub(crate) poisoned: Vec<u64>,
    pub(crate) batch: u64,
    /// What `lr` was at each update.
    pub(crate) used: Vec<f64>,
    pub(crate) evaluations: Vec<u64>,
    pub(crate) max_norm: Option<f64>,
    pub(crate) norms: Vec<f64>,
}

impl Sums {
    pub(crate) fn new(lr: &str) -> Self {
        let weight = Var::new(&[[0.1f32], [-0.2]], &Device::Cpu).unwrap();
        let bias = Var::new(&[0f32], &Device::Cpu).unwrap();
        let params = AdamWParams { lr: BASE, ..AdamWParams::default() };
        let optimizer = AdamW::builder()
            .group("weights", [("weight", weight.clone())], params)
            .group("biases", [("bias", bias.clone())], AdamWParams { weight_decay: 0.0, ..params })
            .build()
            .unwrap();
        let average = Average::new(optimizer.variables());
        Self {
            weight,
            bias,
            optimizer,
            average,
            lr: lr.to_owned(),
            poisoned: Vec::new(),
            batch: 0,
            used: Vec::new(),
            evaluations: Vec::new(),
            max_norm: None,
            norms: Vec::new(),
        }
    }

    /// All parameters, to the bit.
    pub(crate) fn parameters(&self) -> Vec<u32> {
        let mut values = self.weight.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        values.extend(self.bias.to_vec1::<f32>().unwrap());
        values.into_iter().map(f32::to_bits).collect()
    }

    fn sampler() -> BatchSampler {
        BatchSampler { samples: SAMPLES, batch_size: 4, seed: 11 }
    }

    fn samples(places: &[usize]) -> (Tensor, Tensor) {
        let x = |i: usize| [(i as f32 * 0.7).sin(), (i as f32 * 1.3).cos()];
        let inputs: Vec<Vec<f32>> = places.iter().map(|i| x(*i).to_vec()).collect();
        let outputs: Vec<Vec<f32>> = inputs.iter().map(|x| vec![3.0 * x[0] - x[1] + 0.5]).collect();
        (Tensor::new(inputs, &Device::Cpu).unwrap(), Tensor::new(outputs, &Device::Cpu).unwrap())
    }

    fn loss(&self, (inputs, outputs): &(Tensor, Tensor)) -> candle_core::Result<Tensor> {
        let predicted = inputs.matmul(&self.weight)?.broadcast_add(&self.bias)?;
        (predicted - outputs)?.sqr()?.mean_all()
    }
}

impl Trainer for Sums {
    type Batch = (Tensor, Tensor);
    type Loss = Tensor;
    type Optimizer = AdamW;
    type Error = Error;

    fn optimizer(&mut self) -> &mut AdamW {
        &mut self.optimizer
    }

    fn train_batch_count(&self) -> u64 {
        BATCHES
    }

    fn train_batches(&mut self, epoch: u64) -> Result<Batches<Self::Batch, Error>, Error> {
        self.batch = (epoch - 1) * BATCHES;
        let batches = Self::sampler().batches(epoch).into_iter();
        Ok(Box::new(batches.map(|places| Ok(Self::samples(&places)))))
    }

    fn calculate_train_batch_loss(&mut self, batch: &Self::Batch) -> Result<Tensor, Error> {
        let loss = self.loss(batch)?;
        self.batch += 1;
        Ok(if self.poisoned.contains(&(self.batch - 1)) { (loss * f64::NAN)? } else { loss })
    }

    fn calculate_eval_batch_loss(&mut self, batch: &Self::Batch) -> Result<Tensor, Error> {
        Ok(self.loss(batch)?)
    }

    fn loss_value(&self, loss: &Tensor) -> Result<f64, Error> {
        Ok(f64::from(loss.to_scalar::<f32>()?))
    }

    fn backward_step(&mut self, loss: Tensor, share: f64) -> Result<(), Error> {
        self.optimizer.backward(&(loss * share)?)
    }

    fn clip_gradients(&mut self, _run: &mut Run) -> Result<(), Error> {
        if let Some(max) = self.max_norm {
            let before = self.optimizer.clip_gradient_norm(max)?;
            self.norms.extend([before, self.optimizer.clip_gradient_norm(max)?]);
        }
        Ok(())
    }

    fn gradients_are_finite(&mut self) -> Result<Option<bool>, Error> {
        self.optimizer.gradients_are_finite().map(Some)
    }

    fn optimizer_step(&mut self) -> Result<bool, Error> {
        self.used.extend(self.optimizer.params("weights").map(|params| params.lr));
        self.optimizer.step()?;
        Ok(true)
    }

    fn optimizer_zero_grad(&mut self) -> Result<(), Error> {
        self.optimizer.zero_grad();
        Ok(())
    }

    fn create_scheduler(&mut self, _horizon: &Horizon) -> Result<SchedulerBuilder, lehr::Error> {
        let weight_decay: Spec = "cosine(from=0.01, to=0.1)".parse()?;
        Ok(Scheduler::builder().field("lr", self.lr.parse::<Spec>()?).field_on(
            "weight_decay",
            Selection::names(["weights"]),
            weight_decay,
        ))
    }

    fn eval_batches(&mut self) -> Result<Batches<Self::Batch, Error>, Error> {
        let batches = (0..4).map(|i| Ok(Self::samples(&[100 + 2 * i, 101 + 2 * i])));
        Ok(Box::new(batches))
    }

    fn eval_epoch_end(&mut self, run: &mut Run) -> Result<(), Error> {
        self.evaluations.push(run.num_updates());
        Ok(())
    }
}

impl SaveState for Sums {
    fn save_state(&mut self, state: &mut StateWriter) -> Result<(), Error> {
        self.optimizer.variables().save(state.file("model.safetensors"))?;
        self.optimizer.save(state.file("optimizer.safetensors"))?;
        self.average.save(state.file("average.safetensors"))
    }

    fn load_state(&mut self, state: &StateReader) -> Result<(), Error> {
        self.optimizer.variables().load(state.file("model.safetensors"))?;
        self.optimizer.load(state.file("optimizer.safetensors"))?;
        self.average.load(state.file("average.safetensors"))
    }
}

impl AverageWeights for Sums {
    fn average_weights(&mut self, decay: f64) -> Result<(), Error> {
        self.average.update(decay)
    }

    fn swap_averaged_weights(&mut self) -> Result<(), Error> {
        self.average.swap()
    }
}
