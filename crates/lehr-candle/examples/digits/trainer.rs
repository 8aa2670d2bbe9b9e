//! The trainer: batches, loss, updates, schedule, and what a checkpoint needs.

use candle_core::{D, DType, Device, Tensor};
use lehr::recipe::warmup_cosine;
use lehr::{Horizon, Plan, Scheduler, SchedulerBuilder, Selection, Spec, Trace};
use lehr::{absolute, cosine, epochs, times};
use lehr_candle::{AdamW, AdamWParams, Error};
use lehr_plot::Terminal;
use lehr_train::{BatchSampler, Batches, Run, SaveState, StateReader, StateWriter, Trainer};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::Result;
use crate::data::{Images, load};
use crate::network::Network;

const BATCH_SIZE: usize = 32;
pub(crate) const WARMUP_EPOCHS: u32 = 3;
/// The group of the weights; the other one has the biases and the norm.
const WEIGHTS: usize = 0;

pub(crate) struct Digits {
    network: Network,
    optimizer: AdamW,
    train: Images,
    test: Images,
    sampler: BatchSampler,
    /// The share of the pixels that are hidden from each training image.
    dropout: f32,
    generator: ChaCha8Rng,
    /// Whether to draw the schedule when a run starts.
    pub(crate) draws: bool,
}

impl Digits {
    pub(crate) fn new(seed: u64, dropout: f32) -> Result<Self> {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        let (train, test) = load(&mut generator)?;
        let network = Network::new(&mut generator)?;
        let params = AdamWParams { lr: 3e-3, weight_decay: 0.01, ..AdamWParams::default() };
        let optimizer = AdamW::builder()
            .group("weights", network.weights(), params)
            .group("biases", network.biases_and_norms(), AdamWParams { weight_decay: 0.0, ..params })
            .build()?;
        let sampler = BatchSampler { samples: train.len(), batch_size: BATCH_SIZE, seed };
        Ok(Self { network, optimizer, train, test, sampler, dropout, generator, draws: true })
    }

    /// The learning rate warms up over 3 epochs and decays to 1e-6.
    fn lr() -> Spec {
        warmup_cosine().warmup(epochs(WARMUP_EPOCHS), times(0.01)).to(absolute(1e-6)).spec()
    }

    /// The weight decay rises from 0.01 to 0.1.
    fn weight_decay() -> Spec {
        Plan::builder().then(cosine().from(absolute(0.01)).to(absolute(0.1)))
    }

    /// Hides pixels. What is hidden depends on all that was drawn before, so a checkpoint keeps the generator.
    fn hide(&mut self, pixels: &Tensor) -> candle_core::Result<Tensor> {
        if self.dropout == 0.0 {
            return Ok(pixels.clone());
        }
        let kept = 1.0 / (1.0 - self.dropout);
        let mut draw = || if self.generator.random::<f32>() < self.dropout { 0.0 } else { kept };
        let mask: Vec<f32> = (0..pixels.elem_count()).map(|_| draw()).collect();
        pixels.mul(&Tensor::from_vec(mask, pixels.dims(), &Device::Cpu)?)
    }

    /// The share of the test images that are recognised.
    pub(crate) fn accuracy(&self) -> candle_core::Result<f64> {
        let predicted = self.network.logits(&self.test.pixels)?.argmax(D::Minus1)?;
        let right = predicted.eq(&self.test.classes)?.to_dtype(DType::F64)?;
        right.mean_all()?.to_scalar()
    }
}

impl Trainer for Digits {
    type Batch = (Tensor, Tensor);
    type Loss = Tensor;
    type Optimizer = AdamW;
    type Error = Error;

    fn optimizer(&mut self) -> &mut AdamW {
        &mut self.optimizer
    }

    fn train_batch_count(&self) -> u64 {
        self.sampler.batch_count()
    }

    fn train_batches(&mut self, epoch: u64) -> Result<Batches<(Tensor, Tensor), Self::Error>, Self::Error> {
        let (pixels, classes) = (self.train.pixels.clone(), self.train.classes.clone());
        let batches = self.sampler.batches(epoch).into_iter().map(move |batch| {
            let indices: Vec<u32> = batch.into_iter().map(|index| index as u32).collect();
            let indices = Tensor::new(indices, &Device::Cpu)?;
            Ok((pixels.index_select(&indices, 0)?, classes.index_select(&indices, 0)?))
        });
        Ok(Box::new(batches))
    }

    fn calculate_train_batch_loss(
        &mut self,
        (pixels, classes): &(Tensor, Tensor),
    ) -> Result<Tensor, Self::Error> {
        let pixels = self.hide(pixels)?;
        Ok(candle_nn::loss::cross_entropy(&self.network.logits(&pixels)?, classes)?)
    }

    fn calculate_eval_batch_loss(
        &mut self,
        (pixels, classes): &(Tensor, Tensor),
    ) -> Result<Tensor, Self::Error> {
        Ok(candle_nn::loss::cross_entropy(&self.network.logits(pixels)?, classes)?)
    }

    fn loss_value(&self, loss: &Tensor) -> Result<f64, Self::Error> {
        Ok(f64::from(loss.to_scalar::<f32>()?))
    }

    fn backward_step(&mut self, loss: Tensor, share: f64) -> Result<(), Self::Error> {
        self.optimizer.backward(&(loss * share)?)
    }

    fn optimizer_step(&mut self) -> Result<bool, Self::Error> {
        self.optimizer.step()?;
        Ok(true)
    }

    fn optimizer_zero_grad(&mut self) -> Result<(), Self::Error> {
        self.optimizer.zero_grad();
        Ok(())
    }

    fn create_scheduler(&mut self, _horizon: &Horizon) -> Result<SchedulerBuilder, lehr::Error> {
        let weights = Selection::names(["weights"]);
        Ok(Scheduler::builder().field("lr", Self::lr()).field_on(
            "weight_decay",
            weights,
            Self::weight_decay(),
        ))
    }

    fn batch_size(&self, batch: &(Tensor, Tensor)) -> usize {
        batch.1.elem_count()
    }

    fn eval_epoch_end(&mut self, run: &mut Run) -> Result<(), Self::Error> {
        run.record("accuracy", self.accuracy()?);
        Ok(())
    }

    fn gradients_are_finite(&mut self) -> Result<Option<bool>, Self::Error> {
        self.optimizer.gradients_are_finite().map(Some)
    }

    fn training_run_start(&mut self, run: &mut Run) -> Result<(), Self::Error> {
        if !self.draws {
            return Ok(());
        }
        let terminal = Terminal { height: 20, ..Terminal::default() };
        let samples = 2 * usize::from(terminal.width);
        let fields = ["lr", "weight_decay"];
        let traces: Vec<Trace> =
            fields.iter().filter_map(|field| run.scheduler.trace(field, WEIGHTS, samples)).collect();
        println!("{}", terminal.draw(&traces));
        Ok(())
    }

    fn eval_batches(&mut self) -> Result<Batches<(Tensor, Tensor), Self::Error>, Self::Error> {
        Ok(Box::new(std::iter::once(Ok((self.test.pixels.clone(), self.test.classes.clone())))))
    }
}

impl SaveState for Digits {
    fn save_state(&mut self, state: &mut StateWriter) -> Result<(), Self::Error> {
        self.optimizer.variables().save(state.file("model.safetensors"))?;
        self.optimizer.save(state.file("optimizer.safetensors"))?;
        state.set("generator", &self.generator).map_err(candle_core::Error::wrap)?;
        Ok(())
    }

    fn load_state(&mut self, state: &StateReader) -> Result<(), Self::Error> {
        self.optimizer.variables().load(state.file("model.safetensors"))?;
        self.optimizer.load(state.file("optimizer.safetensors"))?;
        self.generator = state.get("generator").map_err(candle_core::Error::wrap)?;
        Ok(())
    }
}
