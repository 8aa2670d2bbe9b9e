//! Controllers: `value = what the rule says * factor`, where the factor follows a metric.
//!
//! A controller is never a [`Plan`](crate::Plan): a plan is a function of the update count, a controller remembers
//! what it was told. It is told a metric whenever there is one ([`Controller::observe`], after a validation as a
//! rule), which has nothing to do with the clock, and answers with one number ([`Controller::factor`]), 1 at the
//! start. Being a factor it goes with any plan, any rule and any field, and keeps the ratios between groups.
//!
//! | controller | the factor |
//! |---|---|
//! | [`Plateau`] | falls when the metric stops improving |
//! | [`Greedy`] | falls when the metric stops improving, rises while it keeps improving |
//! | your own | [`Controller`] is four methods |
//!
//! # What both share
//!
//! - **The metric is smoothed first**: the mean of the last k finite metrics, of fewer at the start. k is 1 unless
//!   `smoothing` says otherwise.
//! - **What is better** is said by a [`Mode`] and a [`Threshold`]. The margin of a relative threshold is
//!   `threshold * |best|`, so it means the same for negative metrics, and nothing where the best is 0.
//!   The first finite metric is always better: there is nothing to compare it with.
//! - **A metric that is not finite** (NaN, infinite) is an error unless [`NonFinite`] says otherwise. None ever becomes
//!   the best or enters the smoothing: an infinite best could never be beaten, and one NaN would stay in every mean.
//! - **Several processes** must tell their controllers the same metric, so reduce it over the processes first;
//!   [`ControllerState::digest`] is a cheap way to find out whether they agree.
//!
//! # Example
//!
//! ```
//! use lehr::control::{Controller, Plateau};
//! use lehr::{Horizon, Plan, linear, times, updates};
//!
//! let plan = Plan::builder().then(linear().from(times(0.1)).over(updates(3))).resolve(&Horizon::open())?;
//! let mut plateau = Plateau::builder().factor(0.5).patience(1).build()?;
//! let value = |n, plateau: &Plateau| plan.value_at(n, 0.2) * plateau.factor();
//!
//! assert_eq!(value(3, &plateau), 0.2);
//! for loss in [0.9, 0.9, 0.9] {
//!     plateau.observe(loss)?;
//! }
//! assert_eq!(value(3, &plateau), 0.1);
//! # Ok::<(), lehr::Error>(())
//! ```

mod greedy;
mod plateau;
mod smoothing;
mod state;
mod watch;

pub use greedy::{Greedy, GreedyBuilder};
pub use plateau::{Plateau, PlateauBuilder};
pub use state::ControllerState;
pub use watch::{Mode, NonFinite, Threshold};

use crate::error::Error;

/// A factor that follows a metric and multiplies what a rule says.
///
/// # Example
///
/// One of your own, which halves whenever the metric is above 1:
///
/// ```
/// use lehr::Error;
/// use lehr::control::{Controller, ControllerState};
///
/// struct Brake(f64);
///
/// impl Controller for Brake {
///     fn observe(&mut self, metric: f64) -> Result<(), Error> {
///         if metric > 1.0 {
///             self.0 *= 0.5;
///         }
///         Ok(())
///     }
///
///     fn factor(&self) -> f64 {
///         self.0
///     }
///
///     fn state(&self) -> ControllerState {
///         ControllerState { factor: self.0, ..ControllerState::new(self.name(), [("limit", "1")]) }
///     }
///
///     fn load_state(&mut self, state: &ControllerState) -> Result<(), Error> {
///         self.state().check_settings(state)?;
///         self.0 = state.factor;
///         Ok(())
///     }
///
///     fn name(&self) -> &str {
///         "brake"
///     }
/// }
///
/// let mut brake = Brake(1.0);
/// brake.observe(3.0)?;
/// let mut again = Brake(1.0);
/// again.load_state(&brake.state())?;
/// assert_eq!(again.factor(), 0.5);
/// # Ok::<(), Error>(())
/// ```
pub trait Controller: Send + Sync {
    /// Takes a metric into account.
    ///
    /// # Errors
    ///
    /// Any; nothing has then changed.
    ///
    /// ```
    /// use lehr::control::{Controller, Plateau};
    ///
    /// let mut plateau = Plateau::builder().patience(0).build()?;
    /// plateau.observe(0.5)?;
    /// assert!(plateau.observe(f64::NAN).is_err());
    /// assert_eq!((plateau.factor(), plateau.state().observations), (1.0, 1));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn observe(&mut self, metric: f64) -> Result<(), Error>;

    /// What the rule's values are multiplied by: 1 until an observation changes it.
    ///
    /// ```
    /// use lehr::control::{Controller, Plateau};
    ///
    /// let mut plateau = Plateau::builder().patience(0).factor(0.5).build()?;
    /// assert_eq!(plateau.factor(), 1.0);
    /// plateau.observe(2.0)?;
    /// plateau.observe(2.0)?;
    /// assert_eq!(plateau.factor(), 0.5);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn factor(&self) -> f64;

    /// All that the controller remembers, as plain data.
    ///
    /// ```
    /// use lehr::control::{Controller, Plateau};
    ///
    /// let mut plateau = Plateau::builder().build()?;
    /// plateau.observe(0.5)?;
    /// let state = plateau.state();
    /// assert_eq!((state.best, state.observations, state.factor), (Some(0.5), 1, 1.0));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn state(&self) -> ControllerState;

    /// Takes over what another controller of the same kind and the same settings remembered.
    ///
    /// # Errors
    ///
    /// [`Error::State`] with a list of what differs or is damaged; nothing has then changed.
    ///
    /// ```
    /// use lehr::control::{Controller, Plateau};
    ///
    /// let settings = Plateau::builder().patience(0).factor(0.5);
    /// let (mut old, mut new) = (settings.build()?, settings.build()?);
    /// old.observe(1.0)?;
    /// old.observe(1.0)?;
    /// new.load_state(&old.state())?;
    /// assert_eq!(new.factor(), 0.5);
    /// assert!(settings.patience(7).build()?.load_state(&old.state()).is_err());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn load_state(&mut self, state: &ControllerState) -> Result<(), Error>;

    /// What stands for the controller in a saved state.
    ///
    /// ```
    /// use lehr::control::{Controller, Greedy, Plateau};
    ///
    /// assert_eq!(Plateau::builder().build()?.name(), "plateau");
    /// assert_eq!(Greedy::builder().build()?.name(), "greedy");
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn name(&self) -> &str {
        std::any::type_name::<Self>()
    }

    /// A saved state as this controller would have it with its own settings, for a caller who wants to go on with other
    /// ones ([`OnMismatch::UseNew`](crate::OnMismatch::UseNew)).
    ///
    /// [`Plateau`] and [`Greedy`] fit the numbers to their limits: the factor to its range, the counts to patience,
    /// cool-down and warm-up, the smoothing window to its length; where the mode is another one, the best is
    /// forgotten. The default only exchanges the settings.
    ///
    /// ```
    /// use lehr::control::{Controller, Plateau};
    ///
    /// let mut old = Plateau::builder().patience(0).build()?;
    /// for loss in [0.9, 0.9, 0.9] {
    ///     old.observe(loss)?;
    /// }
    /// let mut new = Plateau::builder().patience(5).min_factor(0.05).build()?;
    /// assert!(new.load_state(&old.state()).is_err());
    /// new.load_state(&new.adapted(&old.state()))?;
    /// assert_eq!((old.factor(), new.factor()), (0.1 * 0.1, 0.05));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn adapted(&self, state: &ControllerState) -> ControllerState {
        ControllerState { settings: self.state().settings, ..state.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controllers_can_be_boxed() {
        let controllers: [Box<dyn Controller>; 2] =
            [Box::new(Plateau::builder().build().unwrap()), Box::new(Greedy::builder().build().unwrap())];
        assert_eq!(controllers.each_ref().map(|controller| controller.factor()), [1.0, 1.0]);
        assert_eq!(controllers.each_ref().map(|controller| controller.name()), ["plateau", "greedy"]);
    }

    /// A controller with the least that one must say: no name, no way to adapt a state.
    struct Brake {
        limit: f64,
        factor: f64,
    }

    impl Controller for Brake {
        fn observe(&mut self, metric: f64) -> Result<(), Error> {
            if metric > self.limit {
                self.factor *= 0.5;
            }
            Ok(())
        }

        fn factor(&self) -> f64 {
            self.factor
        }

        fn state(&self) -> ControllerState {
            let settings = [("limit", self.limit.to_string())];
            ControllerState { factor: self.factor, ..ControllerState::new(self.name(), settings) }
        }

        fn load_state(&mut self, state: &ControllerState) -> Result<(), Error> {
            self.state().check_settings(state)?;
            self.factor = state.factor;
            Ok(())
        }
    }

    #[test]
    fn a_controller_of_ones_own_has_its_type_as_name_and_takes_adapted_states() {
        let mut old = Brake { limit: 1.0, factor: 1.0 };
        old.observe(2.0).unwrap();
        assert!(old.name().ends_with("::Brake"), "{}", old.name());

        let mut new = Brake { limit: 3.0, factor: 1.0 };
        let error = new.load_state(&old.state()).unwrap_err().to_string();
        assert!(error.contains("`limit` of ") && error.ends_with(" was 1, now it is 3"), "{error}");
        assert_eq!(new.factor(), 1.0);
        new.load_state(&new.adapted(&old.state())).unwrap();
        assert_eq!(new.factor(), 0.5);
    }
}
