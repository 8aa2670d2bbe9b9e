//! The model: a transformer that says after each character which one may come next.

use candle_core::{D, DType, Device, Result, Tensor, Var};
use lehr_candle::Variables;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::CONTEXT;

const WIDTH: usize = 48;
const HEADS: usize = 4;
const LAYERS: usize = 2;

/// Attention and a small network, each added to what came in.
struct Layer {
    attention_norm: Var,
    query_key_value: Var,
    attention_out: Var,
    network_norm: Var,
    network_in: Var,
    network_out: Var,
}

pub(crate) struct Model {
    characters: Var,
    places: Var,
    layers: Vec<Layer>,
    norm: Var,
    out: Var,
    /// Minus infinity where a character would look at a later one.
    mask: Tensor,
}

impl Model {
    pub(crate) fn new(characters: usize, seed: u64) -> Result<Self> {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        // A sum of 12 uniform numbers is near enough to a normal one.
        let mut normal = |inputs: usize, outputs: usize, deviation: f32| {
            let mut draw = || deviation * ((0..12).map(|_| generator.random::<f32>()).sum::<f32>() - 6.0);
            let values: Vec<f32> = (0..inputs * outputs).map(|_| draw()).collect();
            Var::from_vec(values, (inputs, outputs), &Device::Cpu)
        };
        let ones = || Var::from_tensor(&Tensor::ones(WIDTH, DType::F32, &Device::Cpu)?);
        let deviation = 1.0 / (WIDTH as f32).sqrt();
        let layers = (0..LAYERS).map(|_| {
            Ok(Layer {
                attention_norm: ones()?,
                query_key_value: normal(WIDTH, 3 * WIDTH, deviation)?,
                attention_out: normal(WIDTH, WIDTH, deviation / 2.0)?,
                network_norm: ones()?,
                network_in: normal(WIDTH, 4 * WIDTH, deviation)?,
                network_out: normal(4 * WIDTH, WIDTH, deviation / 4.0)?,
            })
        });
        let layers = layers.collect::<Result<_>>()?;
        let later = |row: usize, column: usize| if column > row { f32::NEG_INFINITY } else { 0.0 };
        let mask: Vec<f32> = (0..CONTEXT * CONTEXT).map(|i| later(i / CONTEXT, i % CONTEXT)).collect();
        Ok(Self {
            characters: normal(characters, WIDTH, 0.1)?,
            places: normal(CONTEXT, WIDTH, 0.1)?,
            layers,
            norm: ones()?,
            out: normal(WIDTH, characters, deviation)?,
            mask: Tensor::from_vec(mask, (CONTEXT, CONTEXT), &Device::Cpu)?,
        })
    }

    /// What is multiplied: these decay.
    pub(crate) fn matrices(&self) -> Variables {
        let layers = self.layers.iter().enumerate().flat_map(|(i, layer)| {
            [
                (format!("{i}.query_key_value"), layer.query_key_value.clone()),
                (format!("{i}.attention_out"), layer.attention_out.clone()),
                (format!("{i}.network_in"), layer.network_in.clone()),
                (format!("{i}.network_out"), layer.network_out.clone()),
            ]
        });
        Variables::new(layers.chain([("out".to_owned(), self.out.clone())]))
    }

    /// Embeddings and norms.
    pub(crate) fn vectors(&self) -> Variables {
        let layers = self.layers.iter().enumerate().flat_map(|(i, layer)| {
            [
                (format!("{i}.attention_norm"), layer.attention_norm.clone()),
                (format!("{i}.network_norm"), layer.network_norm.clone()),
            ]
        });
        let whole = [("characters", &self.characters), ("places", &self.places), ("norm", &self.norm)];
        Variables::new(layers.chain(whole.map(|(name, var)| (name.to_owned(), var.clone()))))
    }

    /// The logits of the character after each of `batch * CONTEXT` places, one row a place.
    pub(crate) fn logits(&self, read: &Tensor) -> Result<Tensor> {
        let batch = read.dim(0)?;
        let characters = self.characters.index_select(&read.flatten_all()?, 0)?;
        let characters = characters.reshape((batch, CONTEXT, WIDTH))?;
        let mut stream = characters.broadcast_add(&self.places)?.reshape((batch * CONTEXT, WIDTH))?;
        for layer in &self.layers {
            let attended = self.attend(layer, &norm(&stream, &layer.attention_norm)?, batch)?;
            stream = (stream + attended)?;
            let hidden = norm(&stream, &layer.network_norm)?.matmul(&layer.network_in)?.relu()?;
            stream = (stream + hidden.matmul(&layer.network_out)?)?;
        }
        norm(&stream, &self.norm)?.matmul(&self.out)
    }

    fn attend(&self, layer: &Layer, stream: &Tensor, batch: usize) -> Result<Tensor> {
        let depth = WIDTH / HEADS;
        let parts = stream.matmul(&layer.query_key_value)?.reshape((batch, CONTEXT, 3 * HEADS, depth))?;
        let parts = parts.transpose(1, 2)?.contiguous()?;
        let part = |i: usize| parts.narrow(1, i * HEADS, HEADS)?.contiguous();
        let (query, key, value) = (part(0)?, part(1)?, part(2)?);
        let scores = (query.matmul(&key.t()?.contiguous()?)? * (1.0 / (depth as f64).sqrt()))?;
        let weights = candle_nn::ops::softmax(&scores.broadcast_add(&self.mask)?, D::Minus1)?;
        let heads = weights.matmul(&value)?.transpose(1, 2)?.contiguous()?;
        heads.reshape((batch * CONTEXT, WIDTH))?.matmul(&layer.attention_out)
    }
}

/// Divided by the root of the mean square, times a scale.
fn norm(stream: &Tensor, scale: &Tensor) -> Result<Tensor> {
    let mean_square = (stream.sqr()?.mean_keepdim(D::Minus1)? + 1e-5)?;
    stream.broadcast_div(&mean_square.sqrt()?)?.broadcast_mul(scale)
}
