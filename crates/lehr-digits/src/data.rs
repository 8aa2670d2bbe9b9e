//! The images: `data/digits.csv.gz`, a fifth of each class for the test, drawn by a seed.

use std::io::Read;

use lehr_train::BatchSampler;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::{BATCH_SIZE, CLASSES, Error};

/// Images as rows of 64 pixels in [0, 1], with their classes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Images {
    /// 64 numbers for each image.
    pub pixels: Vec<f32>,
    /// 0 to 9.
    pub classes: Vec<i64>,
}

/// Training and test set.
#[derive(Clone, Debug, PartialEq)]
pub struct Digits {
    /// 1,442 images.
    pub train: Images,
    /// 355 images.
    pub test: Images,
}

impl Images {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// The images at these indices.
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let width = self.pixels.len() / self.len().max(1);
        let row = |index: &usize| &self.pixels[index * width..(index + 1) * width];
        Self {
            pixels: indices.iter().flat_map(row).copied().collect(),
            classes: indices.iter().map(|index| self.classes[*index]).collect(),
        }
    }
}

impl Digits {
    /// Reads the images and splits them.
    ///
    /// ```
    /// let digits = lehr_digits::Digits::load(0)?;
    /// assert_eq!((digits.train.len(), digits.test.len()), (1442, 355));
    /// # Ok::<(), lehr_digits::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error`] if the file in the repository is damaged.
    pub fn load(seed: u64) -> Result<Self, Error> {
        let mut table = String::new();
        flate2::read::GzDecoder::new(&include_bytes!("../../../data/digits.csv.gz")[..])
            .read_to_string(&mut table)?;
        let mut all = Images::default();
        let mut by_class: Vec<Vec<usize>> = vec![Vec::new(); CLASSES];
        for row in csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_bytes()).deserialize() {
            let (pixels, class): (Vec<u8>, u8) = split(row?);
            by_class[usize::from(class)].push(all.len());
            all.pixels.extend(pixels.into_iter().map(|pixel| f32::from(pixel) / 16.0));
            all.classes.push(i64::from(class));
        }
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        let (mut train, mut test) = (Vec::new(), Vec::new());
        for mut class in by_class {
            class.shuffle(&mut generator);
            train.extend(class.split_off(class.len() / 5));
            test.extend(class);
        }
        Ok(Self { train: all.select(&train), test: all.select(&test) })
    }
}

fn split(mut row: Vec<u8>) -> (Vec<u8>, u8) {
    let class = row.pop().unwrap_or_default();
    (row, class)
}

/// The indices of each batch of an epoch, in an order that seed and epoch decide.
pub fn batches(images: &Images, seed: u64, epoch: u64) -> Vec<Vec<usize>> {
    BatchSampler { samples: images.len(), batch_size: BATCH_SIZE, seed }.batches(epoch)
}
