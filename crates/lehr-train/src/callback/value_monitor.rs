//! `ValueMonitor`: keeps what every update used, to be looked at after the run.

use super::{Callback, Heard};
use crate::run::Run;
use crate::trainer::Trainer;

/// Keeps the loss and the value of every logged field and group, as each update used them.
///
/// # Example
///
/// ```
/// use lehr_train::{RunConfig, TrainError, Trainer, Training, ValueMonitor};
///
/// /// What each update of a short run uses.
/// fn learning_rates<T: Trainer>(trainer: &mut T) -> Result<Vec<f64>, TrainError<T::Error>> {
///     let mut monitor = ValueMonitor::default();
///     Training::new(trainer, &RunConfig::updates(20)).callback(&mut monitor).run()?;
///     Ok(monitor.values("lr/weights").to_vec())
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ValueMonitor {
    updates: Vec<u64>,
    losses: Vec<f64>,
    columns: Vec<(String, Vec<f64>)>,
}

impl ValueMonitor {
    /// The updates, counted from 0, that the lists below have a number for.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, Training, ValueMonitor};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let mut monitor = ValueMonitor::default();
    /// Training::new(&mut Square::new(), &RunConfig::updates(3)).callback(&mut monitor).run()?;
    /// assert_eq!(monitor.updates(), [0, 1, 2]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn updates(&self) -> &[u64] {
        &self.updates
    }

    /// The mean loss of each update's batches.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, Training, ValueMonitor};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let mut monitor = ValueMonitor::default();
    /// Training::new(&mut Square::new(), &RunConfig::updates(3)).callback(&mut monitor).run()?;
    /// assert_eq!(monitor.losses(), [1.0, 0.25, 0.0625]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// `lr/weights` and the like, in the order of the logs.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, Training, ValueMonitor};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let mut monitor = ValueMonitor::default();
    /// Training::new(&mut Square::new(), &RunConfig::updates(3)).callback(&mut monitor).run()?;
    /// assert_eq!(monitor.names().collect::<Vec<_>>(), ["lr/w"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// What each update used; empty if nothing of that name was logged.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, Training, ValueMonitor};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let mut monitor = ValueMonitor::default();
    /// Training::new(&mut Square::new(), &RunConfig::updates(3)).callback(&mut monitor).run()?;
    /// assert_eq!(monitor.values("lr/w"), [0.25; 3]);
    /// assert!(monitor.values("momentum/w").is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn values(&self, name: &str) -> &[f64] {
        self.columns.iter().find(|(known, _)| known == name).map_or(&[], |(_, values)| values)
    }
}

impl<T: Trainer> Callback<T> for ValueMonitor {
    fn on_training_run_start(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        *self = Self {
            columns: run.used().iter().map(|used| (used.name.clone(), Vec::new())).collect(),
            ..Self::default()
        };
        Ok(())
    }

    fn on_update_end(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        self.updates.push(run.num_updates() - 1);
        self.losses.push(run.update_loss());
        for ((_, values), used) in self.columns.iter_mut().zip(run.used()) {
            values.push(used.value);
        }
        Ok(())
    }
}
