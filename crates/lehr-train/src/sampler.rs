//! `BatchSampler`: which samples make which batch, from a seed.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Shuffled batches of indices: a pure function of seed and epoch, the same on every machine.
///
/// Every sample comes once in an epoch; the last batch may be smaller.
///
/// # Example
///
/// ```
/// use lehr_train::BatchSampler;
///
/// let sampler = BatchSampler { samples: 10, batch_size: 4, seed: 7 };
/// assert_eq!(sampler.batch_count(), 3);
/// let batches = sampler.batches(1);
/// assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4, 2]);
/// assert_eq!(batches, sampler.batches(1));
/// assert_ne!(batches, sampler.batches(2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSampler {
    /// Samples in the data set.
    pub samples: usize,
    /// Samples in a batch; 0 is read as 1.
    pub batch_size: usize,
    /// The seed; another one gives another order.
    pub seed: u64,
}

impl BatchSampler {
    /// Batches in an epoch.
    ///
    /// ```
    /// use lehr_train::BatchSampler;
    ///
    /// assert_eq!(BatchSampler { samples: 9, batch_size: 4, seed: 0 }.batch_count(), 3);
    /// ```
    pub fn batch_count(&self) -> u64 {
        self.samples.div_ceil(self.batch_size.max(1)) as u64
    }

    /// The batches of an epoch, as indices of samples.
    ///
    /// ```
    /// use lehr_train::BatchSampler;
    ///
    /// let sampler = BatchSampler { samples: 9, batch_size: 4, seed: 0 };
    /// let mut seen = sampler.batches(1).concat();
    /// seen.sort_unstable();
    /// assert_eq!(seen, (0..9).collect::<Vec<_>>());
    /// ```
    pub fn batches(&self, epoch: u64) -> Vec<Vec<usize>> {
        let mut order: Vec<usize> = (0..self.samples).collect();
        let mut generator = ChaCha8Rng::seed_from_u64(self.seed);
        generator.set_stream(epoch);
        order.shuffle(&mut generator);
        order.chunks(self.batch_size.max(1)).map(<[usize]>::to_vec).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_comes_once() {
        for (samples, batch_size) in [(0, 3), (1, 3), (9, 3), (10, 3), (10, 0), (5, 100)] {
            let sampler = BatchSampler { samples, batch_size, seed: 1 };
            let batches = sampler.batches(4);
            assert_eq!(batches.len() as u64, sampler.batch_count());
            let mut seen: Vec<usize> = batches.concat();
            seen.sort_unstable();
            assert_eq!(seen, (0..samples).collect::<Vec<_>>());
        }
    }

    #[test]
    fn seed_and_epoch_decide_the_order() {
        let sampler = |seed| BatchSampler { samples: 50, batch_size: 50, seed };
        assert_ne!(sampler(1).batches(1), sampler(2).batches(1));
        assert_ne!(sampler(1).batches(1), sampler(1).batches(2));
    }
}
