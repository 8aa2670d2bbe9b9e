//! Where the network starts: uniform within one over the root of the inputs, as torch's `Linear` draws its weights.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{CLASSES, HIDDEN, PIXELS};

/// The weights before the first update, inputs by outputs; the biases are zeros.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// 64 x 128.
    pub hidden: Vec<f32>,
    /// 128 x 10.
    pub out: Vec<f32>,
}

impl Weights {
    /// Draws them.
    pub fn draw(seed: u64) -> Self {
        // Another stream than the split's.
        let mut generator = ChaCha8Rng::seed_from_u64(!seed);
        let mut uniform = |inputs: u16, outputs: usize| -> Vec<f32> {
            let bound = 1.0 / f32::from(inputs).sqrt();
            (0..usize::from(inputs) * outputs).map(|_| generator.random_range(-bound..bound)).collect()
        };
        const { assert!(PIXELS == 64 && HIDDEN == 128) };
        Self { hidden: uniform(64, HIDDEN), out: uniform(128, CLASSES) }
    }
}
