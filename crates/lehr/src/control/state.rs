//! `ControllerState`: all that a controller remembers, as plain data.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::error::Error;
use crate::number::Number;

/// All that a controller remembers, and the settings that it had, which are only there to be compared.
///
/// [`Plateau`](super::Plateau) and [`Greedy`](super::Greedy) keep their whole memory in this form, so nothing can be
/// missing from it. Every number in it is finite: it survives JSON. A field that a controller has no use for is 0, and
/// stays so.
///
/// # Example
///
/// ```
/// use lehr::control::{Controller, Plateau};
///
/// let settings = Plateau::builder().factor(0.5).patience(2);
/// let mut plateau = settings.build()?;
/// for loss in [0.9, 0.8, 0.8] {
///     plateau.observe(loss)?;
/// }
/// let state = plateau.state();
/// assert_eq!((state.observations, state.best, state.bad), (3, Some(0.8), 1));
///
/// // Another process.
/// let mut resumed = settings.build()?;
/// resumed.load_state(&state)?;
/// assert_eq!(resumed, plateau);
///
/// let mut other = settings.patience(3).factor(0.1).build()?;
/// assert_eq!(
///     other.load_state(&state).unwrap_err().to_string(),
///     "the saved state is not of this scheduler: `factor` of plateau was 0.5, now it is 0.1; `patience` of plateau \
///      was 2, now it is 3"
/// );
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ControllerState {
    /// The version of this form, [`ControllerState::VERSION`].
    pub version: u32,
    /// The controller's name.
    pub name: String,
    /// The fingerprint: each setting as text.
    pub settings: BTreeMap<String, String>,
    /// Metrics that were observed, without those that were refused or ignored.
    pub observations: u64,
    /// What the rule's values are multiplied by.
    pub factor: f64,
    /// The best smoothed metric; none before the first, or since a greedy controller was reset.
    // Without this, serde takes a missing option for `None`: an incomplete state would be read.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "serde::Deserialize::deserialize"))]
    pub best: Option<f64>,
    /// Observations in a row that were not better, as far as they count.
    pub bad: u64,
    /// Observations in a row that were better, as far as they count.
    pub good: u64,
    /// Observations of a cool-down that are left.
    pub cooldown: u64,
    /// Observations of a warm-up, the pause after an increase, that are left.
    pub warmup: u64,
    /// Reductions at the minimum that are left until a reset; 0 where there is none.
    pub reset_left: u64,
    /// The last finite metrics, oldest first, at the most as many as are averaged.
    pub window: Vec<f64>,
}

/// Within what a controller's memory stays, for the settings that it has.
pub(super) struct Limits {
    pub(super) factor: RangeInclusive<f64>,
    pub(super) bad: u64,
    pub(super) good: u64,
    pub(super) cooldown: u64,
    pub(super) warmup: u64,
    pub(super) reset_left: RangeInclusive<u64>,
    pub(super) window: usize,
}

impl ControllerState {
    /// The version that is written. Older ones are read.
    ///
    /// ```
    /// use lehr::control::{Controller, ControllerState, Plateau};
    ///
    /// assert_eq!(Plateau::builder().build()?.state().version, ControllerState::VERSION);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub const VERSION: u32 = 1;

    /// The state of a controller that has observed nothing.
    ///
    /// ```
    /// use lehr::control::ControllerState;
    ///
    /// let state = ControllerState::new("brake", [("limit", "1")]);
    /// assert_eq!((state.name.as_str(), state.factor, state.observations), ("brake", 1.0, 0));
    /// assert_eq!(state.settings["limit"], "1");
    /// ```
    pub fn new<K: Into<String>, V: Into<String>>(
        name: &str,
        settings: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self {
            version: Self::VERSION,
            name: name.to_owned(),
            settings: settings.into_iter().map(|(key, value)| (key.into(), value.into())).collect(),
            observations: 0,
            factor: 1.0,
            best: None,
            bad: 0,
            good: 0,
            cooldown: 0,
            warmup: 0,
            reset_left: 0,
            window: Vec::new(),
        }
    }

    /// Whether `saved` was written by a controller of this name and these settings.
    ///
    /// # Errors
    ///
    /// [`Error::State`], with each setting that differs.
    ///
    /// ```
    /// use lehr::control::ControllerState;
    ///
    /// let (one, two) = (ControllerState::new("brake", [("limit", "1")]), ControllerState::new("brake", [("limit", "2")]));
    /// assert!(one.check_settings(&one).is_ok());
    /// let error = one.check_settings(&two).unwrap_err().to_string();
    /// assert!(error.contains("`limit` of brake was 2, now it is 1"), "{error}");
    /// ```
    pub fn check_settings(&self, saved: &Self) -> Result<(), Error> {
        into_error(self.differences(saved))
    }

    /// 64 bits that stand for the whole state: processes that were told the same metrics have the same.
    ///
    /// ```
    /// use lehr::control::{Controller, Plateau};
    ///
    /// let mut ranks = [Plateau::builder().build()?, Plateau::builder().build()?];
    /// ranks[0].observe(0.5)?;
    /// ranks[1].observe(0.5)?;
    /// assert_eq!(ranks[0].state().digest(), ranks[1].state().digest());
    /// ranks[0].observe(0.25)?;
    /// ranks[1].observe(0.2500001)?; // each rank its own part of the data: reduce the metric first
    /// assert_ne!(ranks[0].state().digest(), ranks[1].state().digest());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn digest(&self) -> u64 {
        // FNV-1a over the text, in which different numbers differ.
        let text = format!("{self:?}");
        text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    }

    /// Whether `saved` can be gone on with: the same settings, and numbers that such a controller can have.
    pub(super) fn check(&self, saved: &Self, limits: &Limits) -> Result<(), Error> {
        let mut wrong = self.differences(saved);
        if wrong.is_empty() {
            wrong = saved.damages(limits);
        }
        into_error(wrong)
    }

    /// The progress of `saved` with these settings.
    pub(super) fn adapt(&self, saved: &Self, limits: &Limits) -> Self {
        let mut state = Self { settings: self.settings.clone(), ..saved.clone() };
        state.factor = state.factor.clamp(*limits.factor.start(), *limits.factor.end());
        state.bad = state.bad.min(limits.bad);
        state.good = state.good.min(limits.good);
        state.cooldown = state.cooldown.min(limits.cooldown);
        state.warmup = state.warmup.min(limits.warmup);
        // Where there was no reset before, its count starts now.
        state.reset_left = match state.reset_left {
            0 => *limits.reset_left.end(),
            left => left.clamp(*limits.reset_left.start(), *limits.reset_left.end()),
        };
        state.window.drain(..state.window.len().saturating_sub(limits.window));
        if self.settings.get("mode") != saved.settings.get("mode") {
            state.best = None;
        }
        state
    }

    fn differences(&self, saved: &Self) -> Vec<String> {
        if saved.version != Self::VERSION {
            return vec![format!(
                "its controller has version {}, but this lehr reads up to version {}: read it with the lehr that wrote \
                 it, or a later one",
                saved.version,
                Self::VERSION
            )];
        }
        let name = &self.name;
        if saved.name != *name {
            return vec![format!("its controller is `{}`, here it is `{name}`", saved.name)];
        }
        let mut differences = Vec::new();
        for (key, now) in &self.settings {
            match saved.settings.get(key) {
                Some(was) if was == now => {}
                Some(was) => differences.push(format!("`{key}` of {name} was {was}, now it is {now}")),
                None => differences.push(format!("`{key}` of {name} is missing, now it is {now}")),
            }
        }
        for (key, was) in saved.settings.iter().filter(|(key, _)| !self.settings.contains_key(*key)) {
            differences.push(format!("`{key}` of {name} was {was}, but there is no such setting"));
        }
        differences
    }

    fn damages(&self, limits: &Limits) -> Vec<String> {
        let name = &self.name;
        let mut damages = Vec::new();
        let mut wrong = |what: &str, value: String, rule: String| {
            damages.push(format!("`{what}` of {name} is {value}, but {rule}; the state is damaged"));
        };
        if !limits.factor.contains(&self.factor) {
            let (low, high) = (Number(*limits.factor.start()), Number(*limits.factor.end()));
            wrong("factor", Number(self.factor).to_string(), format!("it lies between {low} and {high}"));
        }
        let counts = [
            ("bad", self.bad, 0..=limits.bad.min(self.observations)),
            ("good", self.good, 0..=limits.good.min(self.observations)),
            ("cooldown", self.cooldown, 0..=limits.cooldown),
            ("warmup", self.warmup, 0..=limits.warmup),
            ("reset_left", self.reset_left, limits.reset_left.clone()),
        ];
        for (what, count, range) in counts {
            if !range.contains(&count) {
                let rule = format!("it lies between {} and {}", range.start(), range.end());
                wrong(what, count.to_string(), rule);
            }
        }
        if let Some(best) = self.best.filter(|best| !best.is_finite()) {
            wrong("best", Number(best).to_string(), "it is finite".to_owned());
        }
        if self.best.is_some() && self.window.is_empty() {
            wrong("window", "empty".to_owned(), "there is a best, so there was a metric".to_owned());
        }
        let longest = u64::try_from(limits.window).unwrap_or(u64::MAX).min(self.observations);
        if self.window.len() as u64 > longest {
            let rule = format!("it has at most {longest} after {} observations", self.observations);
            wrong("window", format!("of {} metrics", self.window.len()), rule);
        }
        if let Some(metric) = self.window.iter().find(|metric| !metric.is_finite()) {
            wrong(
                "window",
                format!("with {} in it", Number(*metric)),
                "it has finite metrics only".to_owned(),
            );
        }
        damages
    }
}

fn into_error(differences: Vec<String>) -> Result<(), Error> {
    if differences.is_empty() { Ok(()) } else { Err(Error::State { differences }) }
}
