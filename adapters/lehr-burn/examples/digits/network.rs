//! The network and its data, as Burn's learner wants them.

use std::sync::Arc;

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataloader::{DataLoader, DataLoaderBuilder};
use burn::data::dataset::InMemDataset;
use burn::module::{Module, Param};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Initializer, Linear, LinearConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Int, Tensor, TensorData};
use burn::train::{ClassificationOutput, InferenceStep, TrainOutput, TrainStep};
use lehr_digits::{BATCH_SIZE, CLASSES, HIDDEN, Images, PIXELS, Weights};

/// 64 pixels -> 128 features -> 10 classes.
#[derive(Module, Debug)]
pub(crate) struct Network {
    pub(crate) hidden: Linear,
    pub(crate) out: Linear,
}

impl Network {
    pub(crate) fn new(start: Weights, device: &Device) -> Self {
        let layer = |weights: Vec<f32>, inputs: usize, outputs: usize| {
            let zeros = LinearConfig::new(inputs, outputs).with_initializer(Initializer::Zeros);
            let weights = Tensor::from_data(TensorData::new(weights, [inputs, outputs]), device);
            Linear { weight: Param::from_tensor(weights), ..zeros.init(device) }
        };
        Self { hidden: layer(start.hidden, PIXELS, HIDDEN), out: layer(start.out, HIDDEN, CLASSES) }
    }

    fn classify(&self, batch: Batch) -> ClassificationOutput {
        let logits = self.out.forward(relu(self.hidden.forward(batch.pixels)));
        let loss = CrossEntropyLossConfig::new().init(&logits.device());
        ClassificationOutput::new(loss.forward(logits.clone(), batch.classes.clone()), logits, batch.classes)
    }

    /// The share of the images that are classified rightly.
    pub(crate) fn accuracy(&self, images: &Images) -> f64 {
        let output = self.classify(Batch::new(images, &Device::flex()));
        let right = output.output.argmax(1).flatten::<1>(0, 1).equal(output.targets);
        f64::from(right.float().mean().into_scalar::<f32>())
    }
}

impl TrainStep for Network {
    type Input = Batch;
    type Output = ClassificationOutput;

    fn step(&self, batch: Batch) -> TrainOutput<ClassificationOutput> {
        let item = self.classify(batch);
        TrainOutput::new(self, item.loss.backward(), item)
    }
}

impl InferenceStep for Network {
    type Input = Batch;
    type Output = ClassificationOutput;

    fn step(&self, batch: Batch) -> ClassificationOutput {
        self.classify(batch)
    }
}

/// Some images on a device.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pixels: Tensor<2>,
    classes: Tensor<1, Int>,
}

impl Batch {
    fn new(images: &Images, device: &Device) -> Self {
        let pixels = TensorData::new(images.pixels.clone(), [images.len(), PIXELS]);
        let classes = TensorData::new(images.classes.clone(), [images.len()]);
        Self { pixels: Tensor::from_data(pixels, device), classes: Tensor::from_data(classes, device) }
    }
}

/// Makes batches of the images with some indices.
#[derive(Debug)]
struct Select(Images);

impl Batcher<usize, Batch> for Select {
    fn batch(&self, indices: Vec<usize>, device: &Device) -> Batch {
        Batch::new(&self.0.select(&indices), device)
    }
}

/// The images in batches, in another order for each epoch if there is a seed.
pub(crate) fn loader(images: &Images, seed: Option<u64>) -> Arc<dyn DataLoader<Batch>> {
    let builder = DataLoaderBuilder::new(Select(images.clone())).batch_size(BATCH_SIZE);
    let builder = match seed {
        Some(seed) => builder.shuffle(seed),
        None => builder,
    };
    builder.build(InMemDataset::new((0..images.len()).collect()))
}
