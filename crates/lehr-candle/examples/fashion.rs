//! Fashion-MNIST with Candle: 60,000 pictures of clothes, a learning rate by a rule of our own, without a count of its own.
//!
//! `cargo run --release -p lehr-candle --example fashion -- --data /usr/share/datasets/fashion-mnist`
//!
//! The data are those of Debian's package `dataset-fashion-mnist` (`apt-get install dataset-fashion-mnist`), or any folder
//! with the four gzipped files. Seed 0 reaches 87.8 % of the
//! 10,000 test pictures after 5 epochs, in some 10 seconds.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use candle_core::{D, DType, Device, Tensor, Var};
use clap::Parser;
use lehr::{Field, StatelessScheduler, rule};
use lehr_candle::{AdamW, AdamWParams, Error};
use lehr_train::{BatchSampler, Batches, MetricLog, ProgressBar, Run, RunConfig, Trainer, Training};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const PIXELS: usize = 28 * 28;
const HIDDEN: usize = 256;
const CLASSES: usize = 10;
const BATCH_SIZE: usize = 128;
/// The updates that the learning rate rises for.
const WARMUP: u64 = 200;

/// Trains a small network on Fashion-MNIST.
#[derive(Parser)]
struct Arguments {
    /// Folder with train-images-idx3-ubyte.gz and its three kin.
    #[arg(long, default_value = "/usr/share/datasets/fashion-mnist")]
    data: PathBuf,
    /// Epochs to train.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=1000))]
    epochs: u64,
    /// Seed of the initial weights and the order of the batches.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Batches of an epoch, for a quick test.
    #[arg(long)]
    limit_batches: Option<u64>,
}

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// Pictures as rows of 784 bytes, with their classes.
#[derive(Clone)]
struct Pictures {
    pixels: Tensor,
    classes: Tensor,
}

impl Pictures {
    fn load(folder: &Path, which: &str) -> Result<Self> {
        let (sizes, pixels) = read_idx(&folder.join(format!("{which}-images-idx3-ubyte.gz")))?;
        let (_, classes) = read_idx(&folder.join(format!("{which}-labels-idx1-ubyte.gz")))?;
        if sizes[1..] != [28, 28] || classes.len() != sizes[0] {
            return Err(format!("{which}: {} classes for pictures of {sizes:?}", classes.len()).into());
        }
        let pixels = Tensor::from_vec(pixels, (sizes[0], PIXELS), &Device::Cpu)?;
        Ok(Self { pixels, classes: Tensor::from_vec(classes, sizes[0], &Device::Cpu)? })
    }

    /// Those at these places, as numbers around 0.
    fn at(&self, places: &Tensor) -> candle_core::Result<(Tensor, Tensor)> {
        let pixels = self.pixels.index_select(places, 0)?.to_dtype(DType::F32)?;
        let classes = self.classes.index_select(places, 0)?.to_dtype(DType::U32)?;
        // Mean and deviation of the training set's pixels are 73 and 90 of 255.
        Ok((pixels.affine(1.0 / 90.0, -73.0 / 90.0)?, classes))
    }
}

/// A gzipped IDX file of bytes: its sizes and its bytes.
fn read_idx(path: &Path) -> Result<(Vec<usize>, Vec<u8>)> {
    let advice = "install Debian's package dataset-fashion-mnist, or say where the data are with --data";
    let file = File::open(path).map_err(|error| format!("`{}`: {error}; {advice}", path.display()))?;
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("`{}`: {error}", path.display()))?;
    let broken = || format!("`{}` is no IDX file of bytes", path.display());
    let [0, 0, 8, dimensions, ..] = bytes[..] else { return Err(broken().into()) };
    let start = 4 + 4 * usize::from(dimensions);
    let header = bytes.get(4..start).ok_or_else(broken)?;
    let sizes: Vec<usize> =
        header.as_chunks().0.iter().map(|size| u32::from_be_bytes(*size) as usize).collect();
    if dimensions == 0 || bytes.len() - start != sizes.iter().product::<usize>() {
        return Err(broken().into());
    }
    Ok((sizes, bytes.split_off(start)))
}

/// 784 pixels -> 256 -> 10 classes.
struct Fashion {
    weights: [Var; 2],
    biases: [Var; 2],
    optimizer: AdamW,
    schedule: StatelessScheduler,
    train: Pictures,
    test: Pictures,
    sampler: BatchSampler,
    right: f64,
}

impl Fashion {
    fn new(arguments: &Arguments) -> Result<Self> {
        let (train, test) =
            (Pictures::load(&arguments.data, "train")?, Pictures::load(&arguments.data, "t10k")?);
        let mut generator = ChaCha8Rng::seed_from_u64(arguments.seed);
        let mut uniform = |inputs: usize, outputs: usize| {
            let bound = 1.0 / (inputs as f32).sqrt();
            let values: Vec<f32> =
                (0..inputs * outputs).map(|_| generator.random_range(-bound..bound)).collect();
            Var::from_vec(values, (inputs, outputs), &Device::Cpu)
        };
        let weights = [uniform(PIXELS, HIDDEN)?, uniform(HIDDEN, CLASSES)?];
        let zeros = |count: usize| Var::from_vec(vec![0f32; count], count, &Device::Cpu);
        let biases = [zeros(HIDDEN)?, zeros(CLASSES)?];
        let named = |names: [&'static str; 2], vars: &[Var; 2]| names.into_iter().zip(vars.clone());
        let params = AdamWParams { lr: 1e-3, weight_decay: 0.05, ..AdamWParams::default() };
        let mut optimizer = AdamW::builder()
            .group("weights", named(["hidden.weight", "out.weight"], &weights), params)
            .group(
                "biases",
                named(["hidden.bias", "out.bias"], &biases),
                AdamWParams { weight_decay: 0.0, ..params },
            )
            .build()?;
        let sampler = BatchSampler {
            samples: train.classes.elem_count(),
            batch_size: BATCH_SIZE,
            seed: arguments.seed,
        };
        // A rule of our own: a warm-up, then the inverse square root of the updates.
        let peak = params.lr;
        let inverse_sqrt = rule("inverse_sqrt", move |n, _current: &[f64]| {
            let update = (n + 1) as f64 / WARMUP as f64;
            peak * update.min(1.0 / update.sqrt())
        });
        let schedule = StatelessScheduler::attach("lr", inverse_sqrt, &mut optimizer)?;
        Ok(Self { weights, biases, optimizer, schedule, train, test, sampler, right: 0.0 })
    }

    fn logits(&self, pixels: &Tensor) -> candle_core::Result<Tensor> {
        let hidden = pixels.matmul(&self.weights[0])?.broadcast_add(&self.biases[0])?.relu()?;
        hidden.matmul(&self.weights[1])?.broadcast_add(&self.biases[1])
    }
}

impl Trainer for Fashion {
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

    fn train_batches(&mut self, epoch: u64) -> Result<Batches<Self::Batch, Error>, Error> {
        let train = self.train.clone();
        let batches = self.sampler.batches(epoch).into_iter().map(move |batch| {
            #[allow(clippy::cast_possible_truncation)] // 60,000 pictures.
            let places: Vec<u32> = batch.into_iter().map(|place| place as u32).collect();
            Ok(train.at(&Tensor::new(places, &Device::Cpu)?)?)
        });
        Ok(Box::new(batches))
    }

    fn calculate_train_batch_loss(&mut self, (pixels, classes): &Self::Batch) -> Result<Tensor, Error> {
        Ok(candle_nn::loss::cross_entropy(&self.logits(pixels)?, classes)?)
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

    /// The scheduler is ours and counts nothing: the run says which update comes next.
    fn scheduler_step(&mut self, run: &mut Run) -> Result<(), lehr::Error> {
        self.schedule.step_update(run.num_updates(), &mut self.optimizer)
    }

    fn logged_fields(&self, _run: &Run) -> Vec<Field> {
        "lr".parse().into_iter().collect()
    }

    fn batch_size(&self, batch: &Self::Batch) -> usize {
        batch.1.elem_count()
    }

    fn eval_epoch_start(&mut self, _run: &mut Run) -> Result<(), Error> {
        self.right = 0.0;
        Ok(())
    }

    fn eval_batches(&mut self) -> Result<Batches<Self::Batch, Error>, Error> {
        let test = self.test.clone();
        let starts = (0u32..10_000).step_by(1000);
        Ok(Box::new(
            starts.map(move |start| Ok(test.at(&Tensor::arange(start, start + 1000, &Device::Cpu)?)?)),
        ))
    }

    fn calculate_eval_batch_loss(&mut self, (pixels, classes): &Self::Batch) -> Result<Tensor, Error> {
        let logits = self.logits(pixels)?;
        let right = logits.argmax(D::Minus1)?.eq(classes)?.to_dtype(DType::F64)?;
        self.right += right.sum_all()?.to_scalar::<f64>()?;
        Ok(candle_nn::loss::cross_entropy(&logits, classes)?)
    }

    fn eval_epoch_end(&mut self, run: &mut Run) -> Result<(), Error> {
        run.record("accuracy", self.right / 10_000.0);
        Ok(())
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let mut fashion = Fashion::new(arguments)?;
    let config =
        RunConfig { limit_train_batches: arguments.limit_batches, ..RunConfig::epochs(arguments.epochs) };
    let summary = Training::new(&mut fashion, &config)
        .callback(ProgressBar::new())
        .callback(MetricLog::default())
        .run()?;
    println!(
        "accuracy={:.4} updates={} lr_last_used={:?}",
        summary.history.latest("accuracy").unwrap_or(f64::NAN),
        summary.num_updates,
        summary.last_used("lr/weights").unwrap_or(f64::NAN),
    );
    Ok(())
}
