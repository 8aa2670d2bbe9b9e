//! `Watch`: how a metric is read and when it is better: `m < best - margin`, or `m > best + margin`.

use std::fmt;

use super::smoothing::smooth;
use super::state::ControllerState;
use crate::error::Error;
use crate::number::Number;

/// Whether the metric is to become small or large.
///
/// ```
/// assert_eq!(lehr::control::Mode::default().to_string(), "min");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Smaller is better: a loss.
    #[default]
    Min,
    /// Larger is better: an accuracy.
    Max,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Min => "min",
            Self::Max => "max",
        })
    }
}

/// By how much a metric must be better than the best so far to count as better. Equal to the bar is not better.
///
/// | threshold | margin | [`Mode::Min`] asks for | [`Mode::Max`] asks for |
/// |---|---|---|---|
/// | `Relative(t)` | `t * abs(best)` | `metric < best - margin` | `metric > best + margin` |
/// | `Absolute(t)` | `t` | `metric < best - margin` | `metric > best + margin` |
///
/// With the absolute value the margin is never negative. torch, optax and transformers multiply the best itself, which
/// for a negative metric lowers the bar instead of raising it: there a constant metric of -1 improves for ever.
///
/// ```
/// use lehr::control::{Controller, Plateau, Threshold};
///
/// let mut plateau = Plateau::builder().patience(0).threshold(Threshold::Relative(0.01)).build()?;
/// plateau.observe(-1.0)?;
/// plateau.observe(-1.02)?; // better by 2 %
/// assert_eq!(plateau.factor(), 1.0);
/// plateau.observe(-1.02)?; // not better at all
/// assert_eq!(plateau.factor(), 0.1);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// The bar of a relative threshold is computed as `best * (1 - t)` or `best * (1 + t)`: the same bits as torch's where
/// torch's is right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// A share of the best; at least 0 and below 1.
    Relative(f64),
    /// In the unit of the metric; at least 0.
    Absolute(f64),
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relative(threshold) => write!(f, "{} relative", Number(*threshold)),
            Self::Absolute(threshold) => write!(f, "{} absolute", Number(*threshold)),
        }
    }
}

/// What to do with a metric that is NaN or infinite, in whichever direction.
///
/// Whatever is chosen, such a metric never becomes the best and never enters the smoothing.
///
/// ```
/// use lehr::control::{Controller, NonFinite, Plateau};
///
/// let told_nan = |non_finite| {
///     let mut plateau = Plateau::builder().patience(0).non_finite(non_finite).build()?;
///     plateau.observe(0.5)?;
///     plateau.observe(f64::NAN)?;
///     Ok::<f64, lehr::Error>(plateau.factor())
/// };
/// assert_eq!(
///     told_nan(NonFinite::Error).unwrap_err().to_string(),
///     "`metric` is NaN, but a controller compares finite numbers: find out where it comes from, or choose \
///      `NonFinite::Ignore` or `NonFinite::Bad`"
/// );
/// assert_eq!(told_nan(NonFinite::Ignore)?, 1.0);
/// assert_eq!(told_nan(NonFinite::Bad)?, 0.1);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NonFinite {
    /// Refuse it: the observation is an error and changes nothing.
    #[default]
    Error,
    /// As if it had not been told: it is not counted, not even against a cool-down.
    Ignore,
    /// One observation that is not better. What torch does with NaN, without saying so.
    Bad,
}

impl fmt::Display for NonFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Ignore => "ignore",
            Self::Bad => "bad",
        })
    }
}

/// What has become of an observed metric.
pub(super) enum Seen {
    /// Nothing has changed.
    Ignored,
    /// Counted, and not better.
    Bad,
    /// Counted; this is its smoothed value.
    Value(f64),
}

/// The settings that all controllers have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Watch {
    pub(super) mode: Mode,
    pub(super) threshold: Threshold,
    pub(super) non_finite: NonFinite,
    pub(super) smoothing: usize,
}

impl Watch {
    pub(super) fn new(threshold: Threshold) -> Self {
        Self { mode: Mode::Min, threshold, non_finite: NonFinite::Error, smoothing: 1 }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        match self.threshold {
            Threshold::Relative(threshold) if !(0.0..1.0).contains(&threshold) => {
                let rule = "a relative threshold must be at least 0 and below 1, since a loss above 0 cannot fall by all of \
                            itself; give a larger one as `Threshold::Absolute`, in the unit of the metric";
                return Err(Error::parameter("threshold", Number(threshold), rule));
            }
            Threshold::Absolute(threshold) if !(threshold >= 0.0 && threshold.is_finite()) => {
                let rule =
                    "an absolute threshold must be a finite number, at least 0, in the unit of the metric";
                return Err(Error::parameter("threshold", Number(threshold), rule));
            }
            _ => {}
        }
        if self.smoothing == 0 {
            return Err(Error::parameter("smoothing", 0, "it must be at least 1, which does not smooth"));
        }
        Ok(())
    }

    pub(super) fn settings(&self) -> [(&'static str, String); 4] {
        [
            ("mode", self.mode.to_string()),
            ("threshold", self.threshold.to_string()),
            ("non_finite", self.non_finite.to_string()),
            ("smoothing", self.smoothing.to_string()),
        ]
    }

    /// Counts and smooths a metric. On an error, nothing has changed.
    pub(super) fn take(&self, metric: f64, state: &mut ControllerState) -> Result<Seen, Error> {
        let seen = if metric.is_finite() {
            Seen::Value(smooth(&mut state.window, self.smoothing, metric))
        } else {
            match self.non_finite {
                NonFinite::Bad => Seen::Bad,
                NonFinite::Ignore => return Ok(Seen::Ignored),
                NonFinite::Error => {
                    let rule = "a controller compares finite numbers: find out where it comes from, or choose \
                                `NonFinite::Ignore` or `NonFinite::Bad`";
                    return Err(Error::parameter("metric", Number(metric), rule));
                }
            }
        };
        state.observations = state.observations.saturating_add(1);
        Ok(seen)
    }

    /// Makes it the best if it is better, and counts the better and the bad ones in a row.
    pub(super) fn judge(&self, seen: &Seen, state: &mut ControllerState) {
        match seen {
            Seen::Value(value) if self.is_better(*value, state.best) => {
                state.best = Some(*value);
                state.bad = 0;
                state.good = state.good.saturating_add(1);
            }
            _ => {
                state.bad = state.bad.saturating_add(1);
                state.good = 0;
            }
        }
    }

    fn is_better(&self, value: f64, best: Option<f64>) -> bool {
        let Some(best) = best else { return true };
        match (self.mode, self.threshold) {
            (Mode::Min, Threshold::Absolute(margin)) => value < best - margin,
            (Mode::Max, Threshold::Absolute(margin)) => value > best + margin,
            // Away from zero for one sign, towards it for the other: in both cases `threshold * |best|` beyond the best.
            (Mode::Min, Threshold::Relative(share)) => value < best * (1.0 - share.copysign(best)),
            (Mode::Max, Threshold::Relative(share)) => value > best * (1.0 + share.copysign(best)),
        }
    }
}

/// What the two controllers ask of the factor of one change.
pub(super) fn check_factor(factor: f64) -> Result<(), Error> {
    if factor > 0.0 && factor < 1.0 {
        return Ok(());
    }
    let rule = "it must be above 0 and below 1: each reduction multiplies by it";
    Err(Error::parameter("factor", Number(factor), rule))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Mode::{Max, Min};
    use Threshold::{Absolute, Relative};

    #[test]
    fn better_is_what_the_table_says() {
        // mode, threshold, best, metric, better
        let cases = [
            // Positive.
            (Min, Relative(0.1), 1.0, 0.89, true),
            (Min, Relative(0.1), 1.0, 0.9, false),
            (Min, Relative(0.1), 1.0, 0.91, false),
            (Max, Relative(0.1), 1.0, 1.11, true),
            (Max, Relative(0.1), 1.0, 1.1, false),
            // Negative: the bar lies beyond the best.
            (Min, Relative(0.1), -1.0, -1.11, true),
            (Min, Relative(0.1), -1.0, -1.1, false),
            (Min, Relative(0.1), -1.0, -1.0, false),
            (Min, Relative(0.1), -1.0, -0.95, false),
            (Max, Relative(0.1), -1.0, -0.89, true),
            (Max, Relative(0.1), -1.0, -0.9, false),
            (Max, Relative(0.1), -1.0, -1.0, false),
            (Max, Relative(0.1), -1.0, -1.05, false),
            // Zero: no margin.
            (Min, Relative(0.1), 0.0, -5e-324, true),
            (Min, Relative(0.1), 0.0, 0.0, false),
            (Min, Relative(0.1), -0.0, 0.0, false),
            (Max, Relative(0.1), 0.0, 5e-324, true),
            (Max, Relative(0.1), -0.0, 0.0, false),
            // The sign changes.
            (Min, Relative(0.1), 1.0, -1.0, true),
            (Min, Relative(0.1), -1.0, 1.0, false),
            (Max, Relative(0.1), -1.0, 1.0, true),
            (Max, Relative(0.1), 1.0, -1.0, false),
            // Absolute.
            (Min, Absolute(0.5), -1.0, -1.5, false),
            (Min, Absolute(0.5), -1.0, -1.6, true),
            (Min, Absolute(0.5), 0.25, -0.25, false),
            (Min, Absolute(0.5), 0.25, -0.3, true),
            (Max, Absolute(0.5), -1.0, -0.5, false),
            (Max, Absolute(0.5), -1.0, -0.4, true),
            // No threshold: any difference.
            (Min, Relative(0.0), 1.0, 1.0 - f64::EPSILON, true),
            (Min, Relative(0.0), 1.0, 1.0, false),
            (Max, Absolute(0.0), 1.0, 1.0, false),
            // Extremes.
            (Max, Relative(0.9), f64::MAX, f64::MAX, false),
            (Min, Absolute(f64::MAX), f64::MIN, f64::MIN, false),
        ];
        for (mode, threshold, best, metric, better) in cases {
            let watch = Watch { mode, ..Watch::new(threshold) };
            assert_eq!(
                watch.is_better(metric, Some(best)),
                better,
                "{mode} {threshold}: {metric} after {best}"
            );
            assert!(watch.is_better(metric, None), "the first is better");
        }
    }

    #[test]
    fn wrong_settings_are_named() {
        let cases = [
            (Watch::new(Relative(-0.1)), "`threshold` is -0.1, but a relative threshold must be at least 0"),
            (Watch::new(Relative(1.0)), "`threshold` is 1, but a relative threshold"),
            (Watch::new(Relative(f64::NAN)), "`threshold` is NaN, but a relative threshold"),
            (Watch::new(Absolute(-1e-9)), "`threshold` is -1e-9, but an absolute threshold must be"),
            (Watch::new(Absolute(f64::INFINITY)), "`threshold` is inf, but an absolute threshold"),
            (Watch::new(Absolute(f64::NAN)), "`threshold` is NaN, but an absolute threshold"),
            (
                Watch { smoothing: 0, ..Watch::new(Absolute(0.0)) },
                "`smoothing` is 0, but it must be at least 1",
            ),
        ];
        for (watch, expected) in cases {
            let error = watch.check().unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        for threshold in [Relative(0.0), Relative(-0.0), Relative(0.999), Absolute(0.0), Absolute(1e308)] {
            assert!(Watch::new(threshold).check().is_ok(), "{threshold}");
        }
    }

    #[test]
    fn a_refused_metric_changes_nothing() {
        let watch = Watch::new(Absolute(0.0));
        let mut state = ControllerState::new("test", watch.settings());
        assert!(watch.take(0.5, &mut state).is_ok());
        let before = state.clone();
        for metric in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let error = watch.take(metric, &mut state).err().unwrap().to_string();
            assert!(error.starts_with("`metric` is ") && error.contains("NonFinite::Bad"), "{error}");
            assert_eq!(state, before);
        }
    }
}
