//! `Optimizer`: an optimizer of libtorch whose hyperparameters can be read.

use std::sync::{Arc, Mutex, PoisonError};

use tch::nn::{VarStore, Variables};
use tch::{COptimizer, Tensor};

use crate::algorithm::{Algorithm, Hyperparameter};
use crate::error::Error;
use crate::groups::broken_rule;

/// An optimizer of libtorch over the parameter groups of a [`VarStore`].
///
/// tch can write hyperparameters and cannot read them, so this type keeps what it has written. It drives libtorch through
/// tch's `COptimizer`, which answers with errors where `nn::Optimizer` panics.
///
/// The group of a variable is what `Path::set_group` said when it was made. Variables that are made later belong to the
/// optimizer from its next [`zero_grad`](Self::zero_grad), [`step`](Self::step) or
/// [`backward_step`](Self::backward_step) on, as in tch; a new group starts with what the optimizer was built with.
///
/// libtorch's moments cannot be saved through tch: a resumed run starts with new ones. A schedule's state can be saved
/// and loaded.
///
/// # Example
///
/// ```
/// use lehr::{Field, ParamGroups};
/// use lehr_tch::Optimizer;
/// use tch::{Device, Tensor, nn};
///
/// let vs = nn::VarStore::new(Device::Cpu);
/// let x = vs.root().var_copy("x", &Tensor::from_slice(&[1f32, 2.0]));
/// let mut optimizer = Optimizer::new(&vs, nn::Sgd::default(), 0.5)?;
/// optimizer.backward_step(&x.sum(tch::Kind::Float))?; // each element's gradient is 1
/// assert_eq!(Vec::<f32>::try_from(&x)?, [0.5, 1.5]);
///
/// let lr: Field = "lr".parse()?;
/// optimizer.set(0, &lr, 0.25)?;
/// assert_eq!(optimizer.get(0, &lr), Some(0.25));
/// optimizer.backward_step(&x.sum(tch::Kind::Float))?;
/// assert_eq!(Vec::<f32>::try_from(&x)?, [0.25, 1.25]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Optimizer {
    pub(crate) inner: COptimizer,
    variables: Arc<Mutex<Variables>>,
    /// How many of the variables libtorch's optimizer has.
    known: usize,
    /// What a new group has.
    defaults: Vec<Hyperparameter>,
    pub(crate) groups: Vec<Group>,
}

/// What libtorch's group has, for it cannot be asked.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) name: Option<String>,
    pub(crate) hyperparameters: Vec<Hyperparameter>,
}

impl Optimizer {
    /// An optimizer over the variables of a store, every group with this learning rate and the rest of `algorithm`.
    ///
    /// Set what differs from group to group before a schedule is attached, with [`lehr::ParamGroups::set`].
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if the store has no variables, or if a hyperparameter is NaN, infinite or negative;
    /// [`Error::Tch`] if libtorch refuses the algorithm, nesterov without momentum for example.
    ///
    /// ```
    /// use lehr_tch::Optimizer;
    /// use tch::{Device, nn};
    ///
    /// let vs = nn::VarStore::new(Device::Cpu);
    /// assert!(Optimizer::new(&vs, nn::Sgd::default(), 0.1).is_err()); // no variables
    /// let _weight = vs.root().zeros("weight", &[3]);
    /// assert!(Optimizer::new(&vs, nn::Sgd::default(), 0.1).is_ok());
    /// assert!(Optimizer::new(&vs, nn::Sgd::default(), -0.1).is_err());
    /// ```
    #[allow(clippy::needless_pass_by_value)] // as tch's own `build`
    pub fn new(vs: &VarStore, algorithm: impl Algorithm, lr: f64) -> Result<Self, Error> {
        let defaults = algorithm.hyperparameters(lr);
        for hyperparameter in &defaults {
            if let Some(rule) = broken_rule(hyperparameter.value) {
                let (name, value) = (format!("`{hyperparameter}`"), hyperparameter.value);
                return Err(Error::parameter(name, value, rule));
            }
        }
        let inner = algorithm.build_copt(lr)?;
        let variables = Arc::clone(&vs.variables_);
        let mut optimizer = Self { inner, variables, known: 0, defaults, groups: Vec::new() };
        optimizer.add_variables()?;
        if optimizer.known == 0 {
            let rule = "an optimizer needs at least one variable: make the model first";
            return Err(Error::parameter("the variable store", "empty", rule));
        }
        Ok(optimizer)
    }

    /// Names the groups, in their order, so that a schedule can select them by name.
    ///
    /// ```
    /// use lehr::ParamGroups;
    /// use lehr_tch::Optimizer;
    /// use tch::{Device, nn};
    ///
    /// let vs = nn::VarStore::new(Device::Cpu);
    /// let root = vs.root();
    /// let weight = root.zeros("weight", &[3, 2]);
    /// let bias = root.set_group(1).zeros("bias", &[2]);
    /// let optimizer = Optimizer::new(&vs, nn::AdamW::default(), 1e-3)?.with_names(["weights", "biases"])?;
    /// assert_eq!(optimizer.group_name(1), Some("biases"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if there are not as many names as groups, or if two are the same.
    pub fn with_names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        if names.len() != self.groups.len() {
            let rule = format!("the optimizer has {} groups: give each a name", self.groups.len());
            return Err(Error::parameter("the number of names", names.len(), rule));
        }
        if let Some(twice) = (1..names.len()).find(|index| names[..*index].contains(&names[*index])) {
            let rule = "a schedule knows groups by their names: give each its own";
            return Err(Error::parameter("the name of two groups", format!("`{}`", names[twice]), rule));
        }
        for (group, name) in self.groups.iter_mut().zip(names) {
            group.name = Some(name);
        }
        Ok(self)
    }

    /// Sets all gradients to zero.
    ///
    /// # Errors
    ///
    /// [`Error::Tch`] if libtorch fails.
    ///
    /// ```
    /// use lehr_tch::Optimizer;
    /// use tch::{Device, Kind, nn};
    ///
    /// let vs = nn::VarStore::new(Device::Cpu);
    /// let x = vs.root().zeros("x", &[2]);
    /// let mut optimizer = Optimizer::new(&vs, nn::Sgd::default(), 0.5)?;
    /// x.sum(Kind::Float).backward();
    /// optimizer.zero_grad()?;
    /// optimizer.step()?;
    /// assert_eq!(Vec::<f32>::try_from(&x)?, [0.0, 0.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn zero_grad(&mut self) -> Result<(), Error> {
        self.add_variables()?;
        Ok(self.inner.zero_grad()?)
    }

    /// Updates every variable that has a gradient, with the hyperparameters that its group has now.
    ///
    /// # Errors
    ///
    /// [`Error::Tch`] if libtorch fails.
    ///
    /// ```
    /// use lehr_tch::Optimizer;
    /// use tch::{Device, Kind, nn};
    ///
    /// let vs = nn::VarStore::new(Device::Cpu);
    /// let x = vs.root().zeros("x", &[2]);
    /// let mut optimizer = Optimizer::new(&vs, nn::Sgd::default(), 0.5)?;
    /// x.sum(Kind::Float).backward(); // a gradient of 1 each
    /// optimizer.step()?;
    /// assert_eq!(Vec::<f32>::try_from(&x)?, [-0.5, -0.5]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn step(&mut self) -> Result<(), Error> {
        self.add_variables()?;
        Ok(self.inner.step()?)
    }

    /// A whole update from one loss: [`zero_grad`](Self::zero_grad), differentiation, [`step`](Self::step).
    ///
    /// # Errors
    ///
    /// [`Error::Tch`] if libtorch fails, because the loss has more than one number or no variable for example. No variable
    /// is then changed.
    ///
    /// ```
    /// use lehr_tch::Optimizer;
    /// use tch::{Device, Kind, nn};
    ///
    /// let vs = nn::VarStore::new(Device::Cpu);
    /// let x = vs.root().ones("x", &[2]);
    /// let mut optimizer = Optimizer::new(&vs, nn::Sgd::default(), 0.25)?;
    /// for _ in 0..2 {
    ///     optimizer.backward_step(&x.square().sum(Kind::Float))?; // the gradient is 2 x: x is halved
    /// }
    /// assert_eq!(Vec::<f32>::try_from(&x)?, [0.25, 0.25]);
    /// assert!(optimizer.backward_step(&x).is_err()); // not one number
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn backward_step(&mut self, loss: &Tensor) -> Result<(), Error> {
        self.zero_grad()?;
        loss.f_backward()?;
        self.step()
    }

    /// Hands new variables of the store to libtorch, and the groups that come with them.
    fn add_variables(&mut self) -> Result<(), Error> {
        // A lock that a panic has poisoned still guards a list of tensors.
        let variables = self.variables.lock().unwrap_or_else(PoisonError::into_inner);
        for variable in &variables.trainable_variables[self.known..] {
            self.inner.add_parameters(&variable.tensor, variable.group)?;
            while self.groups.len() <= variable.group {
                self.groups.push(Group { name: None, hyperparameters: self.defaults.clone() });
            }
            self.known += 1;
        }
        Ok(())
    }
}
