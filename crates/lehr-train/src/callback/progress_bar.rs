//! `ProgressBar`: updates, epoch, loss and the scheduled values, where there is a terminal.

use std::time::{Duration, Instant};

use indicatif::ProgressStyle;

use super::{Callback, Heard};
use crate::run::Run;
use crate::trainer::Trainer;
use crate::used::Used;

/// How often the message is made anew; between, only the bar's position moves.
const INTERVAL: Duration = Duration::from_millis(100);

/// A bar of the updates on the terminal's error output, with epoch, loss and the values of the last update. Where that
/// is no terminal there is no bar. At the end of the run, its warnings are written there, bar or not.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::{ProgressBar, RunConfig, Training};
///
/// let run = Training::new(&mut Square::new(), &RunConfig::epochs(1)).callback(ProgressBar::new()).run()?;
/// assert_eq!(run.num_updates, 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ProgressBar {
    bar: indicatif::ProgressBar,
    drawn: Option<Instant>,
}

impl Default for ProgressBar {
    fn default() -> Self {
        Self::new()
    }
}

impl ProgressBar {
    /// A bar that appears when the run starts.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Callback, ProgressBar};
    ///
    /// // What it shows is no part of the run's state.
    /// assert_eq!(Callback::<Square>::state(&mut ProgressBar::new())?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new() -> Self {
        Self { bar: indicatif::ProgressBar::hidden(), drawn: None }
    }
}

impl<T: Trainer> Callback<T> for ProgressBar {
    fn on_training_run_start(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        self.bar = indicatif::ProgressBar::new(run.horizon().total().unwrap_or_default());
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}\n{wide_msg}");
        self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.bar.set_position(run.num_updates());
        self.bar.reset_eta();
        Ok(())
    }

    fn on_update_end(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        // indicatif draws nothing where there is no terminal.
        if self.bar.is_hidden() {
            return Ok(());
        }
        self.bar.set_position(run.num_updates());
        if self.drawn.is_none_or(|drawn| drawn.elapsed() >= INTERVAL) {
            self.drawn = Some(Instant::now());
            let (epoch, loss) = (run.epoch(), run.update_loss());
            self.bar.set_message(format!("epoch {epoch}, loss {loss:.4}, {}", short(run.used())));
        }
        Ok(())
    }

    #[allow(clippy::print_stderr)] // It is where the bar is.
    fn on_training_run_end(&mut self, _trainer: &mut T, _run: &mut Run, warnings: &[String]) -> Heard<T> {
        self.bar.finish_and_clear();
        for warning in warnings {
            eprintln!("warning: {warning}");
        }
        Ok(())
    }
}

/// `lr 3.00e-3` where all groups have the same, `weight_decay 1.00e-2 0.00e0` where they differ.
fn short(used: &[Used]) -> String {
    let field = |used: &Used| used.name.split('/').next().unwrap_or_default().to_owned();
    let fields = used.chunk_by(|a, b| field(a) == field(b)).map(|groups| {
        let same = groups.windows(2).all(|pair| pair[0].value == pair[1].value);
        let shown = if same { groups.get(..1).unwrap_or_default() } else { groups };
        let numbers: Vec<String> = shown.iter().map(|used| format!("{:.2e}", used.value)).collect();
        format!("{} {}", field(&groups[0]), numbers.join(" "))
    });
    fields.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_once_where_they_are_the_same() {
        let used =
            [("lr/weights", 3e-3), ("lr/biases", 3e-3), ("weight_decay/a/b", 0.01), ("weight_decay/c", 0.0)];
        let used = used.map(|(name, value)| Used { name: name.to_owned(), value });
        assert_eq!(short(&used), "lr 3.00e-3, weight_decay 1.00e-2 0.00e0");
    }
}
