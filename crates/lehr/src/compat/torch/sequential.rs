//! `SequentialLR`: `schedulers[i]` at `n - milestones[i - 1]`, where i is the number of milestones up to n.

use crate::compat::Replica;
use crate::error::Error;

/// torch's `SequentialLR`: one schedule after the other, each on a clock of its own.
///
/// It has other replicas as arguments, so it is no [`Replica`] itself. The first scheduler runs until the first
/// milestone; the next one is at its own n = 0 there, from the base and not from where the one before it ended.
///
/// ```
/// use lehr::compat::torch::{CosineAnnealingLR, LinearLR, SequentialLR};
///
/// let warmup = LinearLR { start_factor: 0.5, end_factor: 1.0, total_iters: 2 };
/// let decay = CosineAnnealingLR { T_max: 2, eta_min: 0.0 };
/// let both = SequentialLR { schedulers: vec![warmup.into(), decay.into()], milestones: vec![2] };
/// both.check()?;
/// assert_eq!([0, 1, 2, 3, 4].map(|n| both.value_at(n, 1.0)), [0.5, 0.75, 1.0, 0.5, 0.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Quirks
///
/// - At a milestone torch restarts the next scheduler by its closed form. One that has none (`MultiplicativeLR`) goes on
///   from what stands in the group; there is no replica of it.
/// - The original accepts milestones in any order and repeated ones, and then skips restarts; [`check`] refuses those,
///   since the values then depend on what stands in the group.
/// - `OneCycleLR`, `CyclicLR` and `SWALR` write into the groups while they are built, so that the others start from
///   another base; [`check`] refuses those too, and whatever is not a scheduler of torch.
///
/// # Numerics
///
/// Those of the schedulers.
///
/// [`check`]: Self::check
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SequentialLR {
    /// What runs, in this order.
    pub schedulers: Vec<Replica>,
    /// The n at which each but the first takes over, ascending; one fewer than there are schedulers.
    pub milestones: Vec<u64>,
}

impl SequentialLR {
    /// Whether the original would take these arguments, and is a function of n with them.
    ///
    /// # Errors
    ///
    /// If there is no scheduler, if there is not one milestone fewer, if they do not ascend, if a scheduler is not one
    /// that can be in a sequence, or if a scheduler's own check fails.
    ///
    /// ```
    /// use lehr::compat::torch::{ExponentialLR, SequentialLR};
    ///
    /// let decay = ExponentialLR { gamma: Some(0.5) };
    /// let twice = SequentialLR { schedulers: vec![decay.clone().into(), decay.into()], milestones: vec![2] };
    /// assert!(twice.check().is_ok());
    /// assert!(SequentialLR { milestones: vec![2, 5], ..twice }.check().is_err());
    /// ```
    pub fn check(&self) -> Result<(), Error> {
        if self.schedulers.len() != self.milestones.len() + 1 {
            return Err(Error::parameter(
                "milestones",
                format!("{:?}", self.milestones),
                format!(
                    "there must be one fewer than the {} schedulers, as the original demands",
                    self.schedulers.len()
                ),
            ));
        }
        if !self.milestones.is_sorted_by(|a, b| a < b) {
            return Err(Error::parameter(
                "milestones",
                format!("{:?}", self.milestones),
                "they must ascend: in another order the original skips restarts",
            ));
        }
        for scheduler in &self.schedulers {
            let torch = ["torch.", "transformers."].iter().any(|peer| scheduler.name().starts_with(peer));
            let writes = matches!(
                scheduler,
                Replica::TorchOneCycleLR(_) | Replica::TorchCyclicLR(_) | Replica::TorchSWALR(_)
            );
            if !torch || writes {
                return Err(Error::parameter(
                    "schedulers",
                    scheduler.name(),
                    "in a sequence it must be a scheduler of torch or transformers that leaves the base alone: \
                     move its phases into a plan",
                ));
            }
            scheduler.check()?;
        }
        Ok(())
    }

    /// What the original puts into a group of that base after n steps: see [`Replica::value_at`].
    ///
    /// ```
    /// use lehr::compat::torch::{ExponentialLR, SequentialLR};
    ///
    /// let decay = ExponentialLR { gamma: Some(0.5) };
    /// let twice = SequentialLR { schedulers: vec![decay.clone().into(), decay.into()], milestones: vec![2] };
    /// // At its milestone the second one begins at the base.
    /// assert_eq!([0, 1, 2, 3].map(|n| twice.value_at(n, 8.0)), [8.0, 4.0, 8.0, 4.0]);
    /// ```
    pub fn value_at(&self, n: u64, base: f64) -> f64 {
        let index = self.milestones.partition_point(|milestone| *milestone <= n);
        let start = index.checked_sub(1).and_then(|before| self.milestones.get(before));
        let scheduler = self.schedulers.get(index).or_else(|| self.schedulers.last());
        scheduler.map_or(base, |scheduler| scheduler.value_at(n.saturating_sub(*start.unwrap_or(&0)), base))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ConstantLR, OneCycleLR};
    use super::*;

    #[test]
    fn what_is_no_function_of_n_is_refused() {
        let constant = || Replica::from(ConstantLR::default());
        let cases: [(Vec<Replica>, Vec<u64>, &str); 5] = [
            (vec![], vec![], "`milestones` is [], but there must be one fewer than the 0 schedulers"),
            (
                vec![constant(), constant()],
                vec![],
                "`milestones` is [], but there must be one fewer than the 2",
            ),
            (
                vec![constant(), constant(), constant()],
                vec![4, 4],
                "`milestones` is [4, 4], but they must ascend",
            ),
            (
                vec![constant(), OneCycleLR::default().into()],
                vec![4],
                "`schedulers` is torch.OneCycleLR, but",
            ),
            (
                vec![constant(), crate::compat::timm::StepLRScheduler::default().into()],
                vec![4],
                "`schedulers` is timm.",
            ),
        ];
        for (schedulers, milestones, message) in cases {
            let said = SequentialLR { schedulers, milestones }.check().unwrap_err().to_string();
            assert!(said.starts_with(message), "{said}");
        }
        assert_eq!(SequentialLR::default().value_at(3, 0.5), 0.5);
    }
}
