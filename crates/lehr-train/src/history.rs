//! `RunHistory`: the metrics of a run, in the order in which they were recorded.

use serde::{Deserialize, Serialize};

use crate::number;

/// A metric at some point of the run.
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
    pub fn metrics(&self) -> &[Metric] {
        &self.metrics
    }

    /// The values of one metric, the oldest first.
    pub fn values(&self, name: &str) -> Vec<f64> {
        self.of(name).map(|metric| metric.value).collect()
    }

    /// The newest value of a metric; `None` if it has not been recorded.
    pub fn latest(&self, name: &str) -> Option<f64> {
        self.metrics.iter().rfind(|metric| metric.name == name).map(|metric| metric.value)
    }

    fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Metric> {
        self.metrics.iter().filter(move |metric| metric.name == name)
    }
}
