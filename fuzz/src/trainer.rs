//! The smallest real trainer: a line through two points, with Candle, `AdamW` and an average.

use candle_core::{Device, Tensor, Var};
use lehr::{Horizon, Scheduler, SchedulerBuilder, Spec};
use lehr_candle::{AdamW, AdamWParams, Average, Error};
use lehr_train::{AverageWeights, Batches, SaveState, StateReader, StateWriter, Trainer};

const BATCHES: u64 = 5;

/// Learns `y = 2 x`.
pub struct Line {
    optimizer: AdamW,
    average: Average,
    weight: Var,
}

impl Line {
    /// # Errors
    ///
    /// If Candle fails.
    pub fn new() -> Result<Self, Error> {
        let weight = Var::new(&[0.5_f32], &Device::Cpu)?;
        let params = AdamWParams { lr: 0.1, ..AdamWParams::default() };
        let optimizer = AdamW::builder().group("all", [("weight", weight.clone())], params).build()?;
        let average = Average::new(optimizer.variables());
        Ok(Self { optimizer, average, weight })
    }
}

impl Trainer for Line {
    type Batch = f64;
    type Loss = Tensor;
    type Optimizer = AdamW;
    type Error = Error;

    fn optimizer(&mut self) -> &mut AdamW {
        &mut self.optimizer
    }

    fn train_batch_count(&self) -> u64 {
        BATCHES
    }

    fn train_batches(&mut self, epoch: u64) -> Result<Batches<f64, Error>, Error> {
        // As a reader of this would write it: epochs are counted from 1.
        let first = (epoch - 1) * BATCHES;
        Ok(Box::new((first..first + BATCHES).map(|batch| Ok(1.0 + (batch % 7) as f64))))
    }

    fn calculate_train_batch_loss(&mut self, batch: &f64) -> Result<Tensor, Error> {
        Ok(((self.weight.as_tensor() * *batch)? - 2.0 * *batch)?.sqr()?.mean_all()?)
    }

    fn calculate_eval_batch_loss(&mut self, batch: &f64) -> Result<Tensor, Error> {
        self.calculate_train_batch_loss(batch)
    }

    fn loss_value(&self, loss: &Tensor) -> Result<f64, Error> {
        Ok(f64::from(loss.to_scalar::<f32>()?))
    }

    fn backward_step(&mut self, loss: Tensor, share: f64) -> Result<(), Error> {
        self.optimizer.backward(&(loss * share)?)
    }

    fn optimizer_step(&mut self) -> Result<bool, Error> {
        self.optimizer.step()?;
        Ok(true)
    }

    fn optimizer_zero_grad(&mut self) -> Result<(), Error> {
        self.optimizer.zero_grad();
        Ok(())
    }

    fn eval_batches(&mut self) -> Result<Batches<f64, Error>, Error> {
        Ok(Box::new([1.0, 3.0].into_iter().map(Ok)))
    }

    fn create_scheduler(&mut self, _horizon: &Horizon) -> Result<SchedulerBuilder, lehr::Error> {
        let lr: Spec = "linear(from=0.1x, over=2) -> cosine(to=0)".parse()?;
        Ok(Scheduler::builder().field("lr", lr).control("lr", crate::state::plateau()))
    }
}

impl SaveState for Line {
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

impl AverageWeights for Line {
    fn average_weights(&mut self, decay: f64) -> Result<(), Error> {
        self.average.update(decay)
    }

    fn swap_averaged_weights(&mut self) -> Result<(), Error> {
        self.average.swap()
    }
}
