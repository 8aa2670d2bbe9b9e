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
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}\n{wide_msg}");
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
                history.by_field().iter().map(|(field, values)| short(field, values)).collect();
            self.bar.set_message(format!("epoch {epoch}, loss {loss:.4}, {}", values.join(", ")));
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// `lr 3.00e-3` where all groups have the same, `weight_decay 1.00e-2 0.00e0` where they differ.
fn short(field: &lehr::Field, values: &[f64]) -> String {
    let same = values.windows(2).all(|pair| pair[0] == pair[1]);
    let shown = if same { values.get(..1).unwrap_or_default() } else { values };
    let numbers: Vec<String> = shown.iter().map(|value| format!("{value:.2e}")).collect();
    format!("{field} {}", numbers.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_once_where_they_are_the_same() {
        let field = "lr".parse().unwrap();
        assert_eq!(short(&field, &[3e-3, 3e-3]), "lr 3.00e-3");
        assert_eq!(short(&field, &[0.01, 0.0]), "lr 1.00e-2 0.00e0");
    }
}
