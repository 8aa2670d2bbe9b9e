//! `RunHistory`: the metrics of a run, in the order in which they were recorded.

use serde::{Deserialize, Serialize};

use crate::number;

/// A metric at some point of the run.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::{RunConfig, Trainer};
///
/// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
/// let summary = Square::new().train(&RunConfig::epochs(1))?;
/// let last = summary.history.metrics().last().ok_or("it is evaluated")?;
/// assert_eq!((last.name.as_str(), last.num_updates, last.epoch, last.value), ("eval_loss", 4, 1, 1.0 / 256.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// What it is: `train_loss`, `eval_loss`, or a name of your own.
    pub name: String,
    /// Updates that were completed then.
    pub num_updates: u64,
    /// The epoch, counted from 1.
    pub epoch: u64,
    /// The metric.
    #[serde(with = "number")]
    pub value: f64,
}

/// The metrics of a run: `train_loss` after each epoch, `eval_loss` after each evaluation, and what the trainer and the
/// callbacks record ([`Run::record`](crate::Run::record)).
///
/// A checkpoint holds it whole, so a resumed run has the history of one that was never stopped.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::{RunConfig, Trainer};
///
/// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
/// let history = Square::new().train(&RunConfig::epochs(3))?.history;
/// assert_eq!(history.values("train_loss").len(), 3);
/// assert_eq!(history.latest("eval_loss"), Some(0.5_f64.powi(24)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunHistory {
    metrics: Vec<Metric>,
}

impl RunHistory {
    pub(crate) fn push(&mut self, metric: Metric) {
        self.metrics.push(metric);
    }

    /// All metrics, the oldest first.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, Trainer};
    ///
    /// let history = Square::new().train(&RunConfig::epochs(1))?.history;
    /// let names: Vec<&str> = history.metrics().iter().map(|metric| metric.name.as_str()).collect();
    /// assert_eq!(names, ["train_loss", "eval_loss"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn metrics(&self) -> &[Metric] {
        &self.metrics
    }

    /// The values of one metric, the oldest first.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, Trainer};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let history = Square::new().train(&RunConfig::epochs(2))?.history;
    /// assert_eq!(history.values("eval_loss"), [1.0 / 256.0, 1.0 / 65536.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn values(&self, name: &str) -> Vec<f64> {
        self.of(name).map(|metric| metric.value).collect()
    }

    /// The newest value of a metric; `None` if it has not been recorded.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, Trainer};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let history = Square::new().train(&RunConfig::epochs(2))?.history;
    /// assert_eq!(history.latest("eval_loss"), Some(1.0 / 65536.0));
    /// assert_eq!(history.latest("accuracy"), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn latest(&self, name: &str) -> Option<f64> {
        self.metrics.iter().rfind(|metric| metric.name == name).map(|metric| metric.value)
    }

    fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Metric> {
        self.metrics.iter().filter(move |metric| metric.name == name)
    }
}
