//! The images, split by the seed.

use std::io::Read;

use candle_core::{Device, Tensor};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::Result;
use crate::network::{CLASSES, PIXELS};

/// Images as rows of 64 pixels in [0, 1], with their classes.
pub(crate) struct Images {
    pub(crate) pixels: Tensor,
    pub(crate) classes: Tensor,
}

impl Images {
    fn new(rows: &[(Vec<f32>, u32)]) -> Result<Self> {
        let pixels: Vec<f32> = rows.iter().flat_map(|(pixels, _)| pixels.iter().copied()).collect();
        let classes: Vec<u32> = rows.iter().map(|(_, class)| *class).collect();
        Ok(Self {
            pixels: Tensor::from_vec(pixels, (rows.len(), PIXELS), &Device::Cpu)?,
            classes: Tensor::new(classes, &Device::Cpu)?,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.classes.elem_count()
    }
}

/// Training and test set: of each class, a fifth is drawn for the test.
pub(crate) fn load(generator: &mut ChaCha8Rng) -> Result<(Images, Images)> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(&include_bytes!("../../../../data/digits.csv.gz")[..])
        .read_to_string(&mut text)?;
    let mut rows: Vec<Vec<(Vec<f32>, u32)>> = vec![Vec::new(); CLASSES];
    for row in csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).deserialize() {
        let mut numbers: Vec<u8> = row?;
        let class = u32::from(numbers.pop().ok_or("a row of the data is empty")?);
        rows[class as usize]
            .push((numbers.into_iter().map(|pixel| f32::from(pixel) / 16.0).collect(), class));
    }
    let (mut learnt, mut tested) = (Vec::new(), Vec::new());
    for mut class in rows {
        class.shuffle(generator);
        learnt.extend(class.split_off(class.len() / 5));
        tested.extend(class);
    }
    Ok((Images::new(&learnt)?, Images::new(&tested)?))
}
