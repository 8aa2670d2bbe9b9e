// The trainer of the documentation's examples: one weight w, 1 at first, whose loss is its square. With the learning rate
// of 0.25 each update halves it, so the losses of a run are 1, 1/4, 1/16, 1/64. An epoch has four batches.

use lehr::{Horizon, MemoryGroups, ParamGroups, Scheduler, SchedulerBuilder, Spec};
use lehr_train::{AverageWeights, Batches, Callback, Heard, Run, SaveState, StateReader, StateWriter, Trainer};
use std::io::{Error, Result};

pub struct Square {
    pub weight: f64,
    pub gradient: f64,
    pub average: Option<f64>,
    pub optimizer: MemoryGroups,
}

impl Square {
    pub fn new() -> Self {
        let optimizer = MemoryGroups::new().group("w", [("lr", 0.25)]);
        Self { weight: 1.0, gradient: 0.0, average: None, optimizer }
    }
}

impl Trainer for Square {
    type Batch = u64;
    type Loss = f64;
    type Optimizer = MemoryGroups;
    type Error = Error;

    fn optimizer(&mut self) -> &mut MemoryGroups {
        &mut self.optimizer
    }

    fn train_batch_count(&self) -> u64 {
        4
    }

    fn train_batches(&mut self, _epoch: u64) -> Result<Batches<u64, Error>> {
        Ok(Box::new((0..4).map(Ok)))
    }

    fn calculate_train_batch_loss(&mut self, _batch: &u64) -> Result<f64> {
        Ok(self.weight)
    }

    fn loss_value(&self, loss: &f64) -> Result<f64> {
        Ok(loss * loss)
    }

    fn backward_step(&mut self, loss: f64, share: f64) -> Result<()> {
        self.gradient += share * 2.0 * loss;
        Ok(())
    }

    fn optimizer_step(&mut self) -> Result<bool> {
        let lr = self.optimizer.get(0, &"lr".parse().map_err(Error::other)?);
        self.weight -= lr.unwrap_or_default() * self.gradient;
        Ok(true)
    }

    fn optimizer_zero_grad(&mut self) -> Result<()> {
        self.gradient = 0.0;
        Ok(())
    }

    fn create_scheduler(&mut self, _horizon: &Horizon) -> std::result::Result<SchedulerBuilder, lehr::Error> {
        Ok(Scheduler::builder().field("lr", "hold".parse::<Spec>()?))
    }

    fn eval_batches(&mut self) -> Result<Batches<u64, Error>> {
        Ok(Box::new([Ok(0)].into_iter()))
    }
}

impl SaveState for Square {
    fn save_state(&mut self, state: &mut StateWriter) -> Result<()> {
        state.set("weight", &self.weight)
    }

    fn load_state(&mut self, state: &StateReader) -> Result<()> {
        self.weight = state.get("weight")?;
        Ok(())
    }
}

impl AverageWeights for Square {
    fn average_weights(&mut self, decay: f64) -> Result<()> {
        self.average = Some(self.average.map_or(self.weight, |old| decay * old + (1.0 - decay) * self.weight));
        Ok(())
    }

    fn swap_averaged_weights(&mut self) -> Result<()> {
        if let Some(average) = &mut self.average {
            std::mem::swap(&mut self.weight, average);
        }
        Ok(())
    }
}

/// Calls a closure after each update.
pub struct AfterUpdate<F>(pub F);

impl<T: Trainer, F: FnMut(&mut Run)> Callback<T> for AfterUpdate<F> {
    fn on_update_end(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        (self.0)(run);
        Ok(())
    }
}

/// The required steps of a trainer that has a `Square` in its field `square`.
macro_rules! steps_of_the_model {
    () => {
        type Batch = u64;
        type Loss = f64;
        type Optimizer = lehr::MemoryGroups;
        type Error = std::io::Error;

        fn optimizer(&mut self) -> &mut lehr::MemoryGroups {
            self.square.optimizer()
        }

        fn train_batch_count(&self) -> u64 {
            self.square.train_batch_count()
        }

        fn train_batches(&mut self, epoch: u64) -> std::io::Result<lehr_train::Batches<u64, std::io::Error>> {
            self.square.train_batches(epoch)
        }

        fn calculate_train_batch_loss(&mut self, batch: &u64) -> std::io::Result<f64> {
            self.square.calculate_train_batch_loss(batch)
        }

        fn loss_value(&self, loss: &f64) -> std::io::Result<f64> {
            self.square.loss_value(loss)
        }

        fn backward_step(&mut self, loss: f64, share: f64) -> std::io::Result<()> {
            self.square.backward_step(loss, share)
        }

        fn optimizer_step(&mut self) -> std::io::Result<bool> {
            self.square.optimizer_step()
        }

        fn optimizer_zero_grad(&mut self) -> std::io::Result<()> {
            self.square.optimizer_zero_grad()
        }
    };
}
