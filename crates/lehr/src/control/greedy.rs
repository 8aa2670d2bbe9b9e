//! Greedy: `factor <- min(factor / f, maximum)` after good observations in a row, `max(factor * f, minimum)` after bad.

use super::Controller;
use super::state::{ControllerState, Limits};
use super::watch::{Mode, NonFinite, Seen, Threshold, Watch, check_factor};
use crate::error::Error;
use crate::number::Number;

/// Rises while a metric keeps improving, falls when it stops: `GreedyLR` (arXiv 2512.14527; transformers), as a factor.
///
/// An observation that is better than the best (see [`Threshold`]) is good, any other one is bad. After more good ones in
/// a row than `increase_patience`, the factor is divided by `factor`, and the next `warmup` observations are let pass;
/// after more bad ones in a row than `decrease_patience`, it is multiplied by it, and `cooldown` observations are let
/// pass. What is let pass only enters the smoothing: unlike [`Plateau`](super::Plateau)'s, it does not improve the best.
///
/// | patience | metrics | factor after each, `factor = 0.5` |
/// |---|---|---|
/// | 0 | 5, 4, 4, 4, 3 | 2, 4, 2, 1, 2 |
/// | 1 | 5, 4, 4, 4, 3 | 1, 2, 2, 1, 1 |
/// | 2 | 5, 4, 3, 3, 3, 3 | 1, 1, 2, 2, 2, 1 |
///
/// The first finite metric is good.
///
/// Each reduction that ends at `min_factor`, the one that reaches it included, is counted; at the `reset_start`-th without
/// an increase in between, the controller starts over: a factor of 1, no best, nothing to smooth; then a cool-down
/// follows as after any reduction. (The original calls this number steps. It counts reductions: with a patience of p, each
/// takes p + 1 observations and the cool-down.)
///
/// # Where it differs from transformers
///
/// - The bounds are multiples of what the rule says, 0.01 and 10, and one factor serves all groups. The original bounds
///   the learning rate itself, by default between 1e-3 and 1, so one of 2e-5 can only rise, up to 1.
/// - The margin of a relative threshold, metrics that are not finite, no `eps`: as for [`Plateau`](super::Plateau).
///   In the original a single NaN stays in the smoothed metric for ever.
/// - A patience for each direction.
/// - The smoothed metric is summed anew each time; the original's differs by the rounding of a running sum.
/// - A reset can be switched off.
///
/// Everywhere else the factor is the original's learning rate for a base of 1, bit for bit.
///
/// # Numerics
///
/// The factor is multiplied or divided anew with each change and saved as it is. A fall and a rise may therefore miss
/// the start by a rounding.
///
/// # Example
///
/// ```
/// use lehr::control::{Controller, Greedy};
///
/// let mut greedy = Greedy::builder().factor(0.5).patience(1).max_factor(4.0).build()?;
/// let mut factors = Vec::new();
/// for loss in [5.0, 4.0, 4.0, 4.0, 3.0] {
///     greedy.observe(loss)?;
///     factors.push(greedy.factor());
/// }
/// assert_eq!(factors, [1.0, 2.0, 2.0, 1.0, 1.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Greedy {
    settings: GreedyBuilder,
    state: ControllerState,
}

/// The settings of a [`Greedy`].
///
/// # Defaults
///
/// The original's: [`Mode::Min`], a factor of 0.95, a patience of 10, an absolute threshold of 1e-6, no cool-down, no
/// warm-up, a reset at the 500th reduction at the minimum, no smoothing. The bounds, 0.01 and 10, are the original's
/// for a learning rate of 0.1. And [`NonFinite::Error`].
///
/// ```
/// use lehr::control::{Controller, Greedy};
///
/// // The default patience bears ten good ones; the eleventh increases by 1 / 0.95.
/// let mut greedy = Greedy::builder().build()?;
/// for loss in 0..11 {
///     assert_eq!(greedy.factor(), 1.0);
///     greedy.observe(-f64::from(loss))?;
/// }
/// assert_eq!(greedy.factor(), 1.0 / 0.95);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GreedyBuilder {
    watch: Watch,
    factor: f64,
    increase_patience: u64,
    decrease_patience: u64,
    cooldown: u64,
    warmup: u64,
    min_factor: f64,
    max_factor: f64,
    reset_start: Option<u64>,
}

impl Default for GreedyBuilder {
    fn default() -> Self {
        Self {
            watch: Watch::new(Threshold::Absolute(1e-6)),
            factor: 0.95,
            increase_patience: 10,
            decrease_patience: 10,
            cooldown: 0,
            warmup: 0,
            min_factor: 0.01,
            max_factor: 10.0,
            reset_start: Some(500),
        }
    }
}

impl GreedyBuilder {
    /// Whether the metric is to become small (the default) or large.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy, Mode};
    ///
    /// let mut greedy = Greedy::builder().factor(0.5).patience(0).mode(Mode::Max).build()?;
    /// let mut factors = Vec::new();
    /// for accuracy in [0.5, 0.6, 0.6] {
    ///     greedy.observe(accuracy)?;
    ///     factors.push(greedy.factor());
    /// }
    /// assert_eq!(factors, [2.0, 4.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.watch.mode = mode;
        self
    }

    /// What a reduction multiplies by and an increase divides by; above 0 and below 1.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy};
    ///
    /// // By 4 up, at the most to 10; by 4 down.
    /// let mut greedy = Greedy::builder().patience(0).factor(0.25).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 4.0, 4.0] {
    ///     greedy.observe(loss)?;
    ///     factors.push(greedy.factor());
    /// }
    /// assert_eq!(factors, [4.0, 10.0, 2.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn factor(self, factor: f64) -> Self {
        Self { factor, ..self }
    }

    /// The patience in both directions.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy};
    ///
    /// let mut greedy = Greedy::builder().factor(0.5).patience(2).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 4.0, 3.0, 3.0, 3.0, 3.0] {
    ///     greedy.observe(loss)?;
    ///     factors.push(greedy.factor());
    /// }
    /// assert_eq!(factors, [1.0, 1.0, 2.0, 2.0, 2.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn patience(self, patience: u64) -> Self {
        Self { increase_patience: patience, decrease_patience: patience, ..self }
    }

    /// Good observations in a row without an effect; the next one increases.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy};
    ///
    /// // The second good one in a row increases; the first bad one reduces.
    /// let mut greedy = Greedy::builder().factor(0.5).patience(0).increase_patience(1).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 4.0, 4.0] {
    ///     greedy.observe(loss)?;
    ///     factors.push(greedy.factor());
    /// }
    /// assert_eq!(factors, [1.0, 2.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn increase_patience(self, patience: u64) -> Self {
        Self { increase_patience: patience, ..self }
    }

    /// Bad observations in a row that are borne; the next one reduces.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy};
    ///
    /// let mut greedy = Greedy::builder().factor(0.5).patience(0).decrease_patience(1).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 5.0, 5.0] {
    ///     greedy.observe(loss)?;
    ///     factors.push(greedy.factor());
    /// }
    /// assert_eq!(factors, [2.0, 2.0, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn decrease_patience(self, patience: u64) -> Self {
        Self { decrease_patience: patience, ..self }
    }

    /// By how much a metric must be better to count as better.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy, Threshold};
    ///
    /// // 4.8 is not better than 5 by 0.5, 4.4 is.
    /// let mut greedy = Greedy::builder().factor(0.5).patience(0).threshold(Threshold::Absolute(0.5)).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 4.8, 4.4] {
    ///     greedy.observe(loss)?;
    ///     factors.push(greedy.factor());
    /// }
    /// assert_eq!(factors, [2.0, 1.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn threshold(mut self, threshold: Threshold) -> Self {
        self.watch.threshold = threshold;
        self
    }

    /// Observations that are let pass after a reduction.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy};
    ///
    /// // The second metric reduces; the two after it are let pass.
    /// let mut greedy = Greedy::builder().factor(0.5).patience(0).cooldown(2).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 5.0, 4.0, 4.0, 4.0] {
    ///     greedy.observe(loss)?;
    ///     factors.push(greedy.factor());
    /// }
    /// assert_eq!(factors, [2.0, 1.0, 1.0, 1.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn cooldown(self, cooldown: u64) -> Self {
        Self { cooldown, ..self }
    }

    /// Observations that are let pass after an increase.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy};
    ///
    /// let mut greedy = Greedy::builder().factor(0.5).patience(0).warmup(1).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 4.0, 3.0] {
    ///     greedy.observe(loss)?;
    ///     factors.push(greedy.factor());
    /// }
    /// assert_eq!(factors, [2.0, 2.0, 4.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn warmup(self, warmup: u64) -> Self {
        Self { warmup, ..self }
    }

    /// What the factor does not fall below; above 0, at most 1.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy};
    ///
    /// let mut greedy = Greedy::builder().factor(0.5).patience(0).min_factor(0.25).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 5.0, 5.0, 5.0, 5.0] {
    ///     greedy.observe(loss)?;
    ///     factors.push(greedy.factor());
    /// }
    /// assert_eq!(factors, [2.0, 1.0, 0.5, 0.25, 0.25]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn min_factor(self, min_factor: f64) -> Self {
        Self { min_factor, ..self }
    }

    /// What the factor does not rise above; at least 1.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy};
    ///
    /// let mut greedy = Greedy::builder().factor(0.5).patience(0).max_factor(2.0).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 4.0, 3.0] {
    ///     greedy.observe(loss)?;
    ///     factors.push(greedy.factor());
    /// }
    /// assert_eq!(factors, [2.0, 2.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn max_factor(self, max_factor: f64) -> Self {
        Self { max_factor, ..self }
    }

    /// At which reduction at the minimum the controller starts over; at least 1.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy};
    ///
    /// // The third metric leads to the minimum, so all starts over; the fourth one is a first.
    /// let mut greedy = Greedy::builder().factor(0.5).patience(0).min_factor(0.5).reset_start(1).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 5.0, 5.0, 5.0] {
    ///     greedy.observe(loss)?;
    ///     factors.push(greedy.factor());
    /// }
    /// assert_eq!(factors, [2.0, 1.0, 1.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn reset_start(self, reductions: u64) -> Self {
        Self { reset_start: Some(reductions), ..self }
    }

    /// Stays at the minimum for as long as nothing improves.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy};
    ///
    /// let mut greedy = Greedy::builder().factor(0.5).patience(0).min_factor(0.5).without_reset().build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 5.0, 5.0, 5.0] {
    ///     greedy.observe(loss)?;
    ///     factors.push(greedy.factor());
    /// }
    /// assert_eq!(factors, [2.0, 1.0, 0.5, 0.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn without_reset(self) -> Self {
        Self { reset_start: None, ..self }
    }

    /// What to do with a metric that is NaN or infinite.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy, NonFinite};
    ///
    /// let mut greedy = Greedy::builder().factor(0.5).patience(0).non_finite(NonFinite::Ignore).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, f64::NAN, 4.0] {
    ///     greedy.observe(loss)?;
    ///     factors.push(greedy.factor());
    /// }
    /// assert_eq!(factors, [2.0, 2.0, 4.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn non_finite(mut self, non_finite: NonFinite) -> Self {
        self.watch.non_finite = non_finite;
        self
    }

    /// How many of the last metrics are averaged; at least 1, which does not smooth.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy};
    ///
    /// // The means are 4, 5 and 3.
    /// let mut greedy = Greedy::builder().factor(0.5).patience(0).smoothing(2).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [4.0, 6.0, 0.0] {
    ///     greedy.observe(loss)?;
    ///     factors.push(greedy.factor());
    /// }
    /// assert_eq!(factors, [2.0, 1.0, 2.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn smoothing(mut self, metrics: usize) -> Self {
        self.watch.smoothing = metrics;
        self
    }

    /// A controller that has observed nothing, with a factor of 1.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] for a factor that is not between 0 and 1, a minimum that is 0, negative or above 1, a maximum
    /// below 1, a reset at the 0th reduction, a threshold that is negative, not finite or, if relative, not below 1,
    /// and a smoothing of 0.
    ///
    /// ```
    /// use lehr::control::Greedy;
    ///
    /// assert_eq!(
    ///     Greedy::builder().max_factor(0.5).build().unwrap_err().to_string(),
    ///     "`max_factor` is 0.5, but it must be a finite number, at least 1, since the factor starts at 1; it is a \
    ///      multiple of what the rule says, not an absolute value"
    /// );
    /// ```
    pub fn build(self) -> Result<Greedy, Error> {
        check_factor(self.factor)?;
        self.watch.check()?;
        if !(self.min_factor > 0.0 && self.min_factor <= 1.0) {
            let rule = "it must be above 0, since a factor of 0 could not rise again, and at most 1, since the factor starts \
                        at 1; it is a multiple of what the rule says, not an absolute value";
            return Err(Error::parameter("min_factor", Number(self.min_factor), rule));
        }
        if !(self.max_factor >= 1.0 && self.max_factor.is_finite()) {
            let rule = "it must be a finite number, at least 1, since the factor starts at 1; it is a multiple of what the \
                        rule says, not an absolute value";
            return Err(Error::parameter("max_factor", Number(self.max_factor), rule));
        }
        if self.reset_start == Some(0) {
            let rule = "it must be at least 1, the first reduction at the minimum; `without_reset` switches resets off";
            return Err(Error::parameter("reset_start", 0, rule));
        }
        let reset_start = self.reset_start.map_or_else(|| "never".to_owned(), |count| count.to_string());
        let settings = self.watch.settings().into_iter().chain([
            ("factor", Number(self.factor).to_string()),
            ("increase_patience", self.increase_patience.to_string()),
            ("decrease_patience", self.decrease_patience.to_string()),
            ("cooldown", self.cooldown.to_string()),
            ("warmup", self.warmup.to_string()),
            ("min_factor", Number(self.min_factor).to_string()),
            ("max_factor", Number(self.max_factor).to_string()),
            ("reset_start", reset_start),
        ]);
        let state = ControllerState {
            reset_left: self.reset_start.unwrap_or(0),
            ..ControllerState::new("greedy", settings)
        };
        Ok(Greedy { settings: self, state })
    }

    fn limits(&self) -> Limits {
        Limits {
            factor: self.min_factor..=self.max_factor,
            bad: self.decrease_patience,
            good: self.increase_patience,
            cooldown: self.cooldown,
            warmup: self.warmup,
            reset_left: self.reset_start.map_or(0..=0, |count| 1..=count),
            window: self.watch.smoothing,
        }
    }
}

impl Greedy {
    /// The settings, with their defaults.
    ///
    /// ```
    /// use lehr::control::Greedy;
    ///
    /// let greedy = Greedy::builder().factor(0.5).build()?;
    /// assert!(Greedy::builder().factor(1.5).build().is_err());
    /// assert_ne!(greedy, Greedy::builder().build()?);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn builder() -> GreedyBuilder {
        GreedyBuilder::default()
    }

    fn increase(&mut self) {
        let (settings, state) = (&self.settings, &mut self.state);
        state.factor = (state.factor / settings.factor).min(settings.max_factor);
        state.warmup = settings.warmup;
        state.good = 0;
        state.reset_left = settings.reset_start.unwrap_or(0);
    }

    fn reduce(&mut self) {
        let (settings, state) = (&self.settings, &mut self.state);
        state.factor = (state.factor * settings.factor).max(settings.min_factor);
        state.cooldown = settings.cooldown;
        state.bad = 0;
        if let Some(reset_start) = settings.reset_start.filter(|_| state.factor <= settings.min_factor) {
            state.reset_left -= 1;
            if state.reset_left == 0 {
                state.reset_left = reset_start;
                state.factor = 1.0;
                state.best = None;
                state.window.clear();
            }
        }
    }
}

impl Controller for Greedy {
    fn observe(&mut self, metric: f64) -> Result<(), Error> {
        let (settings, state) = (&self.settings, &mut self.state);
        let seen = settings.watch.take(metric, state)?;
        if matches!(seen, Seen::Ignored) {
            return Ok(());
        }
        if state.cooldown > 0 {
            state.cooldown -= 1;
            return Ok(());
        }
        if state.warmup > 0 {
            state.warmup -= 1;
            return Ok(());
        }
        settings.watch.judge(&seen, state);
        if state.good > settings.increase_patience {
            self.increase();
        } else if state.bad > settings.decrease_patience {
            self.reduce();
        }
        Ok(())
    }

    fn factor(&self) -> f64 {
        self.state.factor
    }

    fn state(&self) -> ControllerState {
        self.state.clone()
    }

    fn load_state(&mut self, state: &ControllerState) -> Result<(), Error> {
        self.state.check(state, &self.settings.limits())?;
        self.state.clone_from(state);
        Ok(())
    }

    fn name(&self) -> &str {
        &self.state.name
    }

    fn adapted(&self, state: &ControllerState) -> ControllerState {
        self.state.adapt(state, &self.settings.limits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAN: f64 = f64::NAN;

    fn half() -> GreedyBuilder {
        Greedy::builder().factor(0.5)
    }

    fn table(rows: &[(&str, GreedyBuilder, &[f64], &[f64])]) {
        for (what, settings, metrics, expected) in rows {
            let mut greedy = settings.build().unwrap();
            assert_eq!(greedy.factor(), 1.0, "before the first observation");
            let factors: Vec<f64> = metrics
                .iter()
                .map(|metric| {
                    greedy.observe(*metric).unwrap();
                    greedy.factor()
                })
                .collect();
            assert_eq!(factors, *expected, "{what}: {metrics:?}");
        }
    }

    #[test]
    fn patience_is_what_the_documentation_says() {
        let falling = [5.0, 4.0, 4.0, 4.0, 3.0];
        table(&[
            ("0", half().patience(0), &falling, &[2.0, 4.0, 2.0, 1.0, 2.0]),
            ("1", half().patience(1), &falling, &[1.0, 2.0, 2.0, 1.0, 1.0]),
            ("2", half().patience(2), &[5.0, 4.0, 3.0, 3.0, 3.0, 3.0], &[1.0, 1.0, 2.0, 2.0, 2.0, 1.0]),
            ("up alone", half().patience(9).increase_patience(0), &falling, &[2.0, 4.0, 4.0, 4.0, 8.0]),
            ("down alone", half().patience(9).decrease_patience(0), &falling, &[1.0, 1.0, 0.5, 0.25, 0.25]),
        ]);
    }

    #[test]
    fn metrics_of_every_kind() {
        let down = half().patience(9).decrease_patience(0);
        let relative = Threshold::Relative(0.01);
        table(&[
            ("constant, negative", down, &[-1.0; 3], &[1.0, 0.5, 0.25]),
            ("constant, negative, relative", down.threshold(relative), &[-1.0; 3], &[1.0, 0.5, 0.25]),
            (
                "constant, negative, relative, max",
                down.threshold(relative).mode(Mode::Max),
                &[-1.0; 3],
                &[1.0, 0.5, 0.25],
            ),
            ("constant, zero", down, &[0.0; 3], &[1.0, 0.5, 0.25]),
            ("sign changes", half().patience(0), &[1.0, -1.0, 1.0, -2.0], &[2.0, 4.0, 2.0, 4.0]),
            ("max", half().patience(0).mode(Mode::Max), &[-1.0, 1.0, 0.0, 2.0], &[2.0, 4.0, 2.0, 4.0]),
            ("ignored", down.non_finite(NonFinite::Ignore), &[NAN, 1.0, NAN, 1.0], &[1.0, 1.0, 1.0, 0.5]),
            (
                "bad",
                down.non_finite(NonFinite::Bad),
                &[1.0, NAN, f64::NEG_INFINITY, 0.5],
                &[1.0, 0.5, 0.25, 0.25],
            ),
        ]);
    }

    #[test]
    fn pauses_bounds_and_resets() {
        let eager = half().patience(0);
        let down = half().patience(9).decrease_patience(0);
        table(&[
            ("warm-up", eager.warmup(1), &[5.0, 4.0, 3.0, 2.0], &[2.0, 2.0, 4.0, 4.0]),
            ("cool-down", down.cooldown(2), &[5.0; 6], &[1.0, 0.5, 0.5, 0.5, 0.25, 0.25]),
            (
                "the best does not improve in the cool-down",
                eager.cooldown(1),
                &[5.0, 5.0, 3.0, 4.0],
                &[2.0, 1.0, 1.0, 2.0],
            ),
            ("maximum", eager.max_factor(3.0), &[5.0, 4.0, 3.0, 3.0], &[2.0, 3.0, 3.0, 1.5]),
            ("minimum", down.min_factor(0.3).without_reset(), &[5.0; 5], &[1.0, 0.5, 0.3, 0.3, 0.3]),
            // At the minimum with the third and fourth observation; the fourth starts over.
            (
                "reset",
                down.min_factor(0.3).reset_start(2),
                &[5.0, 5.0, 5.0, 5.0, 6.0, 6.0],
                &[1.0, 0.5, 0.3, 1.0, 1.0, 0.5],
            ),
            (
                "reset at once",
                down.min_factor(0.5).reset_start(1).cooldown(1),
                &[5.0, 5.0, 9.0, 6.0, 6.0],
                &[1.0, 1.0, 1.0, 1.0, 1.0],
            ),
            (
                "an increase forgets the reductions at the minimum",
                eager.min_factor(0.5).reset_start(3),
                &[5.0, 5.0, 5.0, 5.0, 4.0, 5.0, 5.0, 5.0],
                &[2.0, 1.0, 0.5, 0.5, 1.0, 0.5, 0.5, 1.0],
            ),
            // The means are 4, 3, 3, 3.
            ("smoothing", eager.smoothing(2), &[4.0, 2.0, 4.0, 2.0], &[2.0, 4.0, 2.0, 1.0]),
            // Let pass but averaged: the means are 4, 4, 3.
            ("smoothing in a pause", eager.smoothing(2).warmup(1), &[4.0, 4.0, 2.0], &[2.0, 2.0, 4.0]),
        ]);
    }

    #[test]
    fn wrong_settings_are_named() {
        let cases = [
            (Greedy::builder().factor(1.0), "`factor` is 1, but it must be above 0 and below 1"),
            (Greedy::builder().factor(NAN), "`factor` is NaN, but"),
            (Greedy::builder().min_factor(0.0), "`min_factor` is 0, but it must be above 0"),
            (Greedy::builder().min_factor(1.5), "`min_factor` is 1.5, but"),
            (Greedy::builder().min_factor(NAN), "`min_factor` is NaN, but"),
            (
                Greedy::builder().max_factor(0.9),
                "`max_factor` is 0.9, but it must be a finite number, at least 1",
            ),
            (Greedy::builder().max_factor(f64::INFINITY), "`max_factor` is inf, but"),
            (Greedy::builder().max_factor(NAN), "`max_factor` is NaN, but"),
            (Greedy::builder().reset_start(0), "`reset_start` is 0, but it must be at least 1"),
            (Greedy::builder().threshold(Threshold::Absolute(-1.0)), "`threshold` is -1, but"),
            (Greedy::builder().smoothing(0), "`smoothing` is 0, but"),
        ];
        for (settings, expected) in cases {
            let error = settings.build().unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
