//! `Hyperparameters`: the numbers of an optimizer of Burn, and the optimizer that has them.

use std::fmt;

use burn::optim::Optimizer;
use lehr::Field;

/// What [`Groups`](crate::Groups) is generic over: [`AdamWParams`](crate::AdamWParams),
/// [`SgdParams`](crate::SgdParams), or a struct of your own for another optimizer of Burn.
///
/// # Example
///
/// Lion, whose learning rate and weight decay are to be scheduled:
///
/// ```
/// use burn::optim::{Lion, LionConfig};
/// use lehr::{Field, ParamGroups};
/// use lehr_burn::{Groups, Hyperparameter, Hyperparameters};
///
/// #[derive(Clone, Debug)]
/// struct LionParams {
///     lr: f64,
///     weight_decay: f64,
/// }
///
/// impl Hyperparameters for LionParams {
///     type Optimizer = Lion;
///     const FIELDS: &'static [Hyperparameter<Self>] = &[
///         Hyperparameter::new("lr", |params| params.lr, |params| &mut params.lr),
///         Hyperparameter::new("weight_decay", |params| params.weight_decay, |params| &mut params.weight_decay),
///     ];
///
///     fn lr(&self) -> f64 {
///         self.lr
///     }
///
///     fn optimizer(&self) -> Lion {
///         LionConfig::new().with_weight_decay(self.weight_decay as f32).build()
///     }
/// }
///
/// let mut groups = Groups::new("all", LionParams { lr: 1e-4, weight_decay: 0.1 })?;
/// groups.set(0, &"weight_decay".parse::<Field>()?, 0.2)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Hyperparameters: Clone + fmt::Debug + Send + Sync + 'static {
    /// The optimizer of Burn.
    type Optimizer: Optimizer;
    /// What can be read, written and scheduled, the learning rate among them.
    const FIELDS: &'static [Hyperparameter<Self>];

    /// The learning rate, which Burn is handed with every update.
    ///
    /// ```
    /// use lehr_burn::{AdamWParams, Hyperparameters};
    ///
    /// assert_eq!(AdamWParams { lr: 0.1, ..AdamWParams::default() }.lr(), 0.1);
    /// ```
    fn lr(&self) -> f64;

    /// The optimizer with the other numbers, built anew for every update of a parameter.
    ///
    /// ```
    /// use burn::optim::AdamW;
    /// use lehr_burn::{AdamWParams, Hyperparameters};
    ///
    /// let optimizer: AdamW = AdamWParams { weight_decay: 0.1, ..AdamWParams::default() }.optimizer();
    /// # let _ = optimizer;
    /// ```
    fn optimizer(&self) -> Self::Optimizer;
}

/// One number of a group: what it is called, what it may be, where it stands.
///
/// ```
/// use lehr_burn::{AdamWParams, Hyperparameters};
///
/// let names: Vec<String> = AdamWParams::FIELDS.iter().map(ToString::to_string).collect();
/// assert!(names.contains(&"weight_decay".to_owned()) && names.contains(&"betas[0]".to_owned()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Hyperparameter<P> {
    name: &'static str,
    element: Option<usize>,
    below_one: bool,
    pub(crate) get: fn(&P) -> f64,
    pub(crate) place: fn(&mut P) -> &mut f64,
}

impl<P> Hyperparameter<P> {
    /// A finite number of at least 0.
    ///
    /// ```
    /// use lehr_burn::Hyperparameter;
    ///
    /// let lr: Hyperparameter<[f64; 1]> = Hyperparameter::new("lr", |params| params[0], |params| &mut params[0]);
    /// assert_eq!(lr.to_string(), "lr");
    /// ```
    pub const fn new(name: &'static str, get: fn(&P) -> f64, place: fn(&mut P) -> &mut f64) -> Self {
        Self { name, element: None, below_one: false, get, place }
    }

    /// The same as an element of a tuple, such as `betas[0]`.
    ///
    /// ```
    /// use lehr_burn::Hyperparameter;
    ///
    /// let beta: Hyperparameter<[f64; 2]> = Hyperparameter::new("betas", |params| params[1], |params| &mut params[1]);
    /// assert_eq!(beta.element(1).to_string(), "betas[1]");
    /// ```
    #[must_use]
    pub const fn element(self, element: usize) -> Self {
        Self { element: Some(element), ..self }
    }

    /// The same, but less than 1.
    ///
    /// ```
    /// use lehr::ParamGroups;
    /// use lehr_burn::{AdamWParams, Groups};
    ///
    /// // The betas of AdamW are declared so.
    /// let mut groups = Groups::new("all", AdamWParams::default())?;
    /// assert!(groups.set(0, &"betas[0]".parse()?, 1.0).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn below_one(self) -> Self {
        Self { below_one: true, ..self }
    }

    pub(crate) fn is(&self, field: &Field) -> bool {
        self.name == field.name() && self.element == field.element()
    }

    /// The rule that the value breaks, if it breaks one. Written so that NaN fails too.
    pub(crate) fn broken_rule(&self, value: f64) -> Option<&'static str> {
        let (kept, rule) = if self.below_one {
            ((0.0..1.0).contains(&value), "it must be at least 0 and less than 1")
        } else {
            (value >= 0.0 && value.is_finite(), "it must be finite and at least 0")
        };
        (!kept).then_some(rule)
    }
}

impl<P> fmt::Display for Hyperparameter<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.element {
            Some(element) => write!(f, "{}[{element}]", self.name),
            None => f.write_str(self.name),
        }
    }
}
