//! The progress bar: updates, epoch, loss and the scheduled values, where there is a terminal.

use std::cell::Cell;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::history::History;

/// How often the message is made anew; between, only the bar's position moves.
const INTERVAL: Duration = Duration::from_millis(100);

pub(crate) struct Progress {
    bar: ProgressBar,
    drawn: Cell<Option<Instant>>,
}

impl Progress {
    pub(crate) fn new(wanted: bool, total: u64) -> Self {
        // indicatif itself draws nothing where stderr is no terminal.
        let bar = if wanted { ProgressBar::new(total) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {eta} {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, drawn: Cell::new(None) }
    }

    pub(crate) fn update(&self, num_updates: u64, epoch: u64, loss: f64, history: &History) {
        if self.bar.is_hidden() {
            return;
        }
        self.bar.set_position(num_updates);
        if self.drawn.get().is_none_or(|drawn| drawn.elapsed() >= INTERVAL) {
            self.drawn.set(Some(Instant::now()));
            let values: Vec<String> =
                history.last_used().iter().map(|(name, value)| format!("{name} {value:.3e}")).collect();
            self.bar.set_message(format!("epoch {epoch}, loss {loss:.4}, {}", values.join(", ")));
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
