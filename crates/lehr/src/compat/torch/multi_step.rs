//! `MultiStepLR`: `base gamma^(milestones up to n)`.

use std::borrow::Cow;

use crate::compat::Original;
use crate::error::Error;

replica! {
    /// torch's `MultiStepLR`: multiplies by `gamma` at each milestone.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::MultiStepLR};
    ///
    /// let replica = Replica::from(MultiStepLR { milestones: vec![2, 3], gamma: 0.5 });
    /// assert_eq!([0, 1, 2, 3, 4].map(|n| replica.value_at(n, 1.0)), [1.0, 1.0, 0.5, 0.25, 0.25]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - The order of the milestones does not matter, and one that is given k times multiplies by `gamma^k` at once.
    /// - A milestone of 0 has fired before the first update.
    ///
    /// # Numerics
    ///
    /// The same product in the same order as torch's: the same bits.
    MultiStepLR = "torch.MultiStepLR" {
        /// The first updates that use the smaller values.
        milestones: Vec<u64> = Vec::new(),
        /// The factor at a milestone.
        gamma: f64 = 0.1,
    }
}

impl Original for MultiStepLR {
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let mut milestones = Cow::from(&self.milestones);
        if !milestones.is_sorted() {
            milestones.to_mut().sort_unstable();
        }
        let reached =
            milestones.chunk_by(|a, b| a == b).take_while(|same| same.first().is_some_and(|m| *m <= n));
        reached.fold(base, |value, same| value * self.gamma.powf(same.len() as f64))
    }
}
