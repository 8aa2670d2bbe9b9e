//! Plateau: `factor <- max(factor * f, minimum)` at each (p+1)-th observation in a row that is not better.

use super::Controller;
use super::state::{ControllerState, Limits};
use super::watch::{Mode, NonFinite, Seen, Threshold, Watch, check_factor};
use crate::error::Error;
use crate::number::Number;

/// Reduces when a metric has stopped improving (torch's `ReduceLROnPlateau`, as a factor).
///
/// An observation that is not better than the best (see [`Threshold`]) is bad. With `patience = p`, p bad observations
/// in a row are borne, and the next one reduces; then the count starts anew. The first finite metric is never bad.
///
/// | patience | metrics | factor after each, `factor = 0.1` |
/// |---|---|---|
/// | 0 | 5, 5, 5, 5 | 1, 0.1, 0.01, 0.001 |
/// | 1 | 5, 5, 5, 5, 5 | 1, 1, 0.1, 0.1, 0.01 |
/// | 2 | 5, 5, 5, 5, 5 | 1, 1, 1, 0.1, 0.1 |
/// | 2 | 5, 5, 5, 4, 4, 4, 4 | 1, 1, 1, 1, 1, 1, 0.1 |
///
/// After a reduction, `cooldown` observations are not counted as bad. They do improve the best, as in torch, so a metric
/// that dips during the cool-down must be beaten after it. A reduction that the minimum leaves without effect has its
/// cool-down all the same.
///
/// # Where it differs from torch
///
/// - A relative threshold has its margin beyond the best for negative metrics, too: a constant -1 reduces.
/// - NaN is an error by default, not a silent bad observation, and an infinite metric is treated like NaN.
///   [`NonFinite::Bad`] counts NaN as torch does.
/// - There is no `eps`: torch leaves a learning rate alone that would fall by less than 1e-8, so one of 1e-8 never falls.
/// - `min_factor` is a multiple of what the rule says; torch's `min_lr` is absolute.
///
/// Everywhere else the factor is torch's learning rate for a base of 1, bit for bit. optax's `reduce_on_plateau`
/// (without accumulation) has the same numbers for `patience + 1`; Keras counts patience as optax does.
///
/// # Numerics
///
/// The factor is multiplied anew with each reduction and saved as it is; k reductions round k - 1 times.
///
/// # Example
///
/// ```
/// use lehr::control::{Controller, Mode, Plateau, Threshold};
///
/// let mut plateau = Plateau::builder()
///     .mode(Mode::Max)
///     .factor(0.5)
///     .patience(1)
///     .threshold(Threshold::Absolute(0.01))
///     .build()?;
/// let mut factors = Vec::new();
/// for accuracy in [0.6, 0.7, 0.705, 0.709, 0.8] {
///     plateau.observe(accuracy)?;
///     factors.push(plateau.factor());
/// }
/// assert_eq!(factors, [1.0, 1.0, 1.0, 0.5, 0.5]);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plateau {
    settings: PlateauBuilder,
    state: ControllerState,
}

/// The settings of a [`Plateau`].
///
/// # Defaults
///
/// torch's: [`Mode::Min`], a factor of 0.1, a patience of 10, a relative threshold of 1e-4, no cool-down, no minimum.
/// And [`NonFinite::Error`], no smoothing.
///
/// ```
/// use lehr::control::{Controller, Plateau};
///
/// // The default patience bears ten bad ones after the first; the eleventh reduces to a tenth.
/// let mut plateau = Plateau::builder().build()?;
/// for _ in 0..11 {
///     plateau.observe(0.5)?;
/// }
/// assert_eq!(plateau.factor(), 1.0);
/// plateau.observe(0.5)?;
/// assert_eq!(plateau.factor(), 0.1);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlateauBuilder {
    watch: Watch,
    factor: f64,
    patience: u64,
    cooldown: u64,
    min_factor: f64,
}

impl Default for PlateauBuilder {
    fn default() -> Self {
        Self {
            watch: Watch::new(Threshold::Relative(1e-4)),
            factor: 0.1,
            patience: 10,
            cooldown: 0,
            min_factor: 0.0,
        }
    }
}

impl PlateauBuilder {
    /// Whether the metric is to become small (the default) or large.
    ///
    /// ```
    /// use lehr::control::{Controller, Mode, Plateau};
    ///
    /// let mut plateau = Plateau::builder().factor(0.5).patience(0).mode(Mode::Max).build()?;
    /// let mut factors = Vec::new();
    /// for accuracy in [0.5, 0.6, 0.6] {
    ///     plateau.observe(accuracy)?;
    ///     factors.push(plateau.factor());
    /// }
    /// assert_eq!(factors, [1.0, 1.0, 0.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.watch.mode = mode;
        self
    }

    /// What each reduction multiplies by; above 0 and below 1.
    ///
    /// ```
    /// use lehr::control::{Controller, Plateau};
    ///
    /// let mut plateau = Plateau::builder().patience(0).factor(0.2).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 5.0, 4.0] {
    ///     plateau.observe(loss)?;
    ///     factors.push(plateau.factor());
    /// }
    /// assert_eq!(factors, [1.0, 0.2, 0.2]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn factor(self, factor: f64) -> Self {
        Self { factor, ..self }
    }

    /// Bad observations in a row that are borne; the next one reduces.
    ///
    /// ```
    /// use lehr::control::{Controller, Plateau};
    ///
    /// let mut plateau = Plateau::builder().factor(0.5).patience(1).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 5.0, 5.0, 5.0, 5.0] {
    ///     plateau.observe(loss)?;
    ///     factors.push(plateau.factor());
    /// }
    /// assert_eq!(factors, [1.0, 1.0, 0.5, 0.5, 0.25]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn patience(self, patience: u64) -> Self {
        Self { patience, ..self }
    }

    /// By how much a metric must be better to count as better.
    ///
    /// ```
    /// use lehr::control::{Controller, Plateau, Threshold};
    ///
    /// // 4.8 is not better than 5 by 0.5, 4.4 is.
    /// let mut plateau = Plateau::builder().factor(0.5).patience(0).threshold(Threshold::Absolute(0.5)).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 4.8, 4.4] {
    ///     plateau.observe(loss)?;
    ///     factors.push(plateau.factor());
    /// }
    /// assert_eq!(factors, [1.0, 0.5, 0.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn threshold(mut self, threshold: Threshold) -> Self {
        self.watch.threshold = threshold;
        self
    }

    /// Observations after a reduction that are not counted as bad.
    ///
    /// ```
    /// use lehr::control::{Controller, Plateau};
    ///
    /// let mut plateau = Plateau::builder().factor(0.5).patience(0).cooldown(2).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 5.0, 5.0, 5.0, 5.0] {
    ///     plateau.observe(loss)?;
    ///     factors.push(plateau.factor());
    /// }
    /// assert_eq!(factors, [1.0, 0.5, 0.5, 0.5, 0.25]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn cooldown(self, cooldown: u64) -> Self {
        Self { cooldown, ..self }
    }

    /// What the factor does not fall below; from 0 to 1.
    ///
    /// ```
    /// use lehr::control::{Controller, Plateau};
    ///
    /// let mut plateau = Plateau::builder().factor(0.5).patience(0).min_factor(0.3).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, 5.0, 5.0, 5.0] {
    ///     plateau.observe(loss)?;
    ///     factors.push(plateau.factor());
    /// }
    /// assert_eq!(factors, [1.0, 0.5, 0.3, 0.3]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn min_factor(self, min_factor: f64) -> Self {
        Self { min_factor, ..self }
    }

    /// What to do with a metric that is NaN or infinite.
    ///
    /// ```
    /// use lehr::control::{Controller, NonFinite, Plateau};
    ///
    /// let mut plateau = Plateau::builder().factor(0.5).patience(0).non_finite(NonFinite::Bad).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [5.0, f64::NAN, 4.0] {
    ///     plateau.observe(loss)?;
    ///     factors.push(plateau.factor());
    /// }
    /// assert_eq!(factors, [1.0, 0.5, 0.5]);
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
    /// use lehr::control::{Controller, Plateau};
    ///
    /// // The means are 4, 5 and 3.
    /// let mut plateau = Plateau::builder().factor(0.5).patience(0).smoothing(2).build()?;
    /// let mut factors = Vec::new();
    /// for loss in [4.0, 6.0, 0.0] {
    ///     plateau.observe(loss)?;
    ///     factors.push(plateau.factor());
    /// }
    /// assert_eq!(factors, [1.0, 0.5, 0.5]);
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
    /// [`Error::Parameter`] for a factor that is not between 0 and 1, a minimum outside `[0, 1]`, a threshold that is
    /// negative, not finite or, if relative, not below 1, and a smoothing of 0.
    ///
    /// ```
    /// use lehr::control::Plateau;
    ///
    /// assert_eq!(
    ///     Plateau::builder().factor(1.5).build().unwrap_err().to_string(),
    ///     "`factor` is 1.5, but it must be above 0 and below 1: each reduction multiplies by it"
    /// );
    /// ```
    pub fn build(self) -> Result<Plateau, Error> {
        check_factor(self.factor)?;
        self.watch.check()?;
        if !(0.0..=1.0).contains(&self.min_factor) {
            let rule = "it must be from 0 to 1, since the factor starts at 1 and falls; it is a multiple of what the rule \
                        says, not an absolute value";
            return Err(Error::parameter("min_factor", Number(self.min_factor), rule));
        }
        let settings = self.watch.settings().into_iter().chain([
            ("factor", Number(self.factor).to_string()),
            ("patience", self.patience.to_string()),
            ("cooldown", self.cooldown.to_string()),
            ("min_factor", Number(self.min_factor).to_string()),
        ]);
        Ok(Plateau { settings: self, state: ControllerState::new("plateau", settings) })
    }

    fn limits(&self) -> Limits {
        Limits {
            factor: self.min_factor..=1.0,
            bad: self.patience,
            good: 0,
            cooldown: self.cooldown,
            warmup: 0,
            reset_left: 0..=0,
            window: self.watch.smoothing,
        }
    }
}

impl Plateau {
    /// The settings, with their defaults.
    ///
    /// ```
    /// use lehr::control::Plateau;
    ///
    /// let settings = Plateau::builder().factor(0.5).patience(3);
    /// assert_eq!(settings.build()?, settings.build()?);
    /// assert!(settings.factor(0.0).build().is_err());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn builder() -> PlateauBuilder {
        PlateauBuilder::default()
    }
}

impl Controller for Plateau {
    fn observe(&mut self, metric: f64) -> Result<(), Error> {
        let (settings, state) = (&self.settings, &mut self.state);
        let seen = settings.watch.take(metric, state)?;
        if matches!(seen, Seen::Ignored) {
            return Ok(());
        }
        settings.watch.judge(&seen, state);
        state.good = 0;
        if state.cooldown > 0 {
            state.cooldown -= 1;
            state.bad = 0;
        }
        if state.bad > settings.patience {
            state.factor = (state.factor * settings.factor).max(settings.min_factor);
            state.cooldown = settings.cooldown;
            state.bad = 0;
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
    const INF: f64 = f64::INFINITY;

    fn half() -> PlateauBuilder {
        Plateau::builder().factor(0.5)
    }

    fn factors(settings: PlateauBuilder, metrics: &[f64]) -> Vec<f64> {
        let mut plateau = settings.build().unwrap();
        assert_eq!(plateau.factor(), 1.0, "before the first observation");
        metrics
            .iter()
            .map(|metric| {
                plateau.observe(*metric).unwrap();
                plateau.factor()
            })
            .collect()
    }

    fn table(rows: &[(&str, PlateauBuilder, &[f64], &[f64])]) {
        for (what, settings, metrics, expected) in rows {
            assert_eq!(factors(*settings, metrics), *expected, "{what}: {metrics:?}");
        }
    }

    #[test]
    fn patience_is_what_the_documentation_says() {
        table(&[
            ("0", Plateau::builder().patience(0), &[5.0; 3], &[1.0, 0.1, 0.1 * 0.1]),
            ("0", half().patience(0), &[5.0; 4], &[1.0, 0.5, 0.25, 0.125]),
            ("1", half().patience(1), &[5.0; 5], &[1.0, 1.0, 0.5, 0.5, 0.25]),
            ("2", half().patience(2), &[5.0; 5], &[1.0, 1.0, 1.0, 0.5, 0.5]),
            (
                "2, improving",
                half().patience(2),
                &[5.0, 5.0, 5.0, 4.0, 4.0, 4.0, 4.0],
                &[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5],
            ),
            ("never", half().patience(u64::MAX), &[5.0; 4], &[1.0; 4]),
        ]);
    }

    #[test]
    fn metrics_of_every_kind() {
        let max = half().mode(Mode::Max);
        let absolute = Threshold::Absolute(0.1);
        table(&[
            ("constant, negative", half().patience(0), &[-1.0; 3], &[1.0, 0.5, 0.25]),
            ("constant, negative, max", max.patience(0), &[-1.0; 3], &[1.0, 0.5, 0.25]),
            ("constant, zero", half().patience(0), &[0.0; 3], &[1.0, 0.5, 0.25]),
            ("constant, zero, max", max.patience(0), &[0.0; 3], &[1.0, 0.5, 0.25]),
            ("improving", half().patience(0), &[3.0, 2.0, 1.0, 0.0, -1.0, -2.0], &[1.0; 6]),
            ("improving, max", max.patience(0), &[-2.0, -1.0, 0.0, 1.0, 2.0], &[1.0; 5]),
            ("worsening", half().patience(1), &[-2.0, -1.0, 0.0, 1.0, 2.0], &[1.0, 1.0, 0.5, 0.5, 0.25]),
            ("worsening, max", max.patience(1), &[2.0, 1.0, 0.0, -1.0, -2.0], &[1.0, 1.0, 0.5, 0.5, 0.25]),
            ("sign changes", half().patience(0), &[1.0, -1.0, 1.0, -1.0], &[1.0, 1.0, 0.5, 0.25]),
            ("improving too little", half().patience(0), &[1.0, 0.99995, 0.9998], &[1.0, 0.5, 0.5]),
            (
                "improving too little, negative",
                half().patience(0),
                &[-1.0, -1.00005, -1.0002],
                &[1.0, 0.5, 0.5],
            ),
            ("absolute", half().patience(0).threshold(absolute), &[1.0, 0.95, 0.8], &[1.0, 0.5, 0.5]),
            (
                "absolute, sign changes",
                half().patience(0).threshold(absolute),
                &[0.05, -0.04, -0.06],
                &[1.0, 0.5, 0.5],
            ),
            ("absolute, max", max.patience(0).threshold(absolute), &[1.0, 1.05, 1.2], &[1.0, 0.5, 0.5]),
        ]);
    }

    #[test]
    fn metrics_that_are_not_finite() {
        let ignoring = half().patience(0).non_finite(NonFinite::Ignore);
        let counting = half().patience(0).non_finite(NonFinite::Bad);
        table(&[
            ("ignored", ignoring, &[NAN, 1.0, NAN, INF, -INF, 1.0], &[1.0, 1.0, 1.0, 1.0, 1.0, 0.5]),
            (
                "ignored in the cool-down",
                ignoring.cooldown(1),
                &[1.0, 1.0, NAN, 1.0, 1.0],
                &[1.0, 0.5, 0.5, 0.5, 0.25],
            ),
            ("bad", counting, &[1.0, NAN, INF, -INF], &[1.0, 0.5, 0.25, 0.125]),
            ("bad from the start", counting.patience(2), &[NAN; 6], &[1.0, 1.0, 0.5, 0.5, 0.5, 0.25]),
            ("a best that can be beaten", counting, &[-INF, 1.0, 0.9, 0.8], &[0.5; 4]),
            ("the same, max", counting.mode(Mode::Max), &[INF, 1.0, 1.1], &[0.5; 3]),
            ("bad in the cool-down", counting.cooldown(1), &[1.0, NAN, NAN, 1.0], &[1.0, 0.5, 0.5, 0.25]),
            ("not in the mean", counting.smoothing(2), &[4.0, NAN, 2.0, 1.0], &[1.0, 0.5, 0.5, 0.5]),
        ]);
        let mut refusing = half().patience(0).build().unwrap();
        refusing.observe(1.0).unwrap();
        let before = refusing.clone();
        for metric in [NAN, INF, -INF] {
            assert!(matches!(refusing.observe(metric), Err(Error::Parameter { .. })));
            assert_eq!(refusing, before);
        }
    }

    #[test]
    fn cooldown_minimum_and_smoothing() {
        let eager = half().patience(0);
        table(&[
            ("cool-down", eager.cooldown(2), &[5.0; 8], &[1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]),
            (
                "cool-down and patience",
                half().patience(1).cooldown(1),
                &[5.0; 7],
                &[1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25],
            ),
            (
                "the best improves in the cool-down",
                eager.cooldown(1),
                &[5.0, 5.0, 3.0, 4.0, 2.0],
                &[1.0, 0.5, 0.5, 0.25, 0.25],
            ),
            ("minimum", eager.min_factor(0.3), &[5.0; 4], &[1.0, 0.5, 0.3, 0.3]),
            ("a minimum of 1", eager.min_factor(1.0), &[5.0; 3], &[1.0; 3]),
            (
                "a cool-down at the minimum",
                eager.min_factor(0.5).cooldown(1),
                &[5.0, 5.0, 5.0, 5.0],
                &[1.0, 0.5, 0.5, 0.5],
            ),
            // The means are 4, 3, 3, 3.
            ("smoothing", eager.smoothing(2), &[4.0, 2.0, 4.0, 2.0], &[1.0, 1.0, 0.5, 0.25]),
            ("no smoothing", eager, &[4.0, 2.0, 4.0, 1.0], &[1.0, 1.0, 0.5, 0.5]),
        ]);
    }

    #[test]
    fn a_tiny_value_falls_as_well() {
        let tiny = 1e-8 * factors(Plateau::builder().patience(0), &[5.0; 5])[4];
        assert!((tiny / 1e-12 - 1.0).abs() < 1e-15, "{tiny}");
        assert_eq!(factors(Plateau::builder().patience(0), &[5.0; 400])[399], 0.0);
    }

    #[test]
    fn wrong_settings_are_named() {
        let nan = "`factor` is NaN, but it must be above 0 and below 1";
        let cases = [
            (Plateau::builder().factor(NAN), nan),
            (Plateau::builder().factor(0.0), "`factor` is 0, but it must be above 0"),
            (Plateau::builder().factor(1.0), "`factor` is 1, but"),
            (Plateau::builder().factor(-0.5), "`factor` is -0.5, but"),
            (Plateau::builder().factor(INF), "`factor` is inf, but"),
            (Plateau::builder().min_factor(-0.1), "`min_factor` is -0.1, but it must be from 0 to 1"),
            (Plateau::builder().min_factor(1.1), "`min_factor` is 1.1, but"),
            (Plateau::builder().min_factor(NAN), "`min_factor` is NaN, but"),
            (Plateau::builder().threshold(Threshold::Relative(-1.0)), "`threshold` is -1, but"),
            (Plateau::builder().smoothing(0), "`smoothing` is 0, but"),
        ];
        for (settings, expected) in cases {
            let error = settings.build().unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
