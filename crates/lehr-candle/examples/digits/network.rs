//! The network: 64 pixels -> 128 normalised features -> 10 classes.

use candle_core::{D, Device, Tensor, Var};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::Result;

pub(crate) const PIXELS: usize = 64;
const HIDDEN: usize = 128;
pub(crate) const CLASSES: usize = 10;

/// Its variables.
pub(crate) struct Network {
    hidden_weight: Var,
    hidden_bias: Var,
    norm_scale: Var,
    norm_shift: Var,
    out_weight: Var,
    out_bias: Var,
}

impl Network {
    /// Weights as torch's Linear draws them, uniform within one over the root of the inputs, from our own generator:
    /// Candle's on the CPU cannot be seeded.
    pub(crate) fn new(generator: &mut ChaCha8Rng) -> Result<Self> {
        let mut uniform = |inputs: usize, outputs: usize| -> Result<Var> {
            let bound = 1.0 / (inputs as f32).sqrt();
            let values: Vec<f32> =
                (0..inputs * outputs).map(|_| generator.random_range(-bound..bound)).collect();
            Ok(Var::from_vec(values, (inputs, outputs), &Device::Cpu)?)
        };
        let constant = |value: f32, count: usize| Var::from_vec(vec![value; count], count, &Device::Cpu);
        Ok(Self {
            hidden_weight: uniform(PIXELS, HIDDEN)?,
            out_weight: uniform(HIDDEN, CLASSES)?,
            hidden_bias: constant(0.0, HIDDEN)?,
            norm_scale: constant(1.0, HIDDEN)?,
            norm_shift: constant(0.0, HIDDEN)?,
            out_bias: constant(0.0, CLASSES)?,
        })
    }

    pub(crate) fn weights(&self) -> [(&'static str, Var); 2] {
        [("hidden.weight", self.hidden_weight.clone()), ("out.weight", self.out_weight.clone())]
    }

    pub(crate) fn biases_and_norms(&self) -> [(&'static str, Var); 4] {
        [
            ("hidden.bias", self.hidden_bias.clone()),
            ("norm.scale", self.norm_scale.clone()),
            ("norm.shift", self.norm_shift.clone()),
            ("out.bias", self.out_bias.clone()),
        ]
    }

    pub(crate) fn logits(&self, pixels: &Tensor) -> candle_core::Result<Tensor> {
        let hidden = pixels.matmul(&self.hidden_weight)?.broadcast_add(&self.hidden_bias)?.relu()?;
        let centred = hidden.broadcast_sub(&hidden.mean_keepdim(D::Minus1)?)?;
        let deviation = (centred.sqr()?.mean_keepdim(D::Minus1)? + 1e-5)?.sqrt()?;
        let normed = centred.broadcast_div(&deviation)?.broadcast_mul(&self.norm_scale)?;
        normed.broadcast_add(&self.norm_shift)?.matmul(&self.out_weight)?.broadcast_add(&self.out_bias)
    }
}
