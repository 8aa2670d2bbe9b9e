//! `Optimizer`: gradients are added up, then one update is made from the sum.

use candle_core::backprop::GradStore;
use candle_core::{Tensor, Var};

use crate::algorithm::Algorithm;
use crate::error::Error;
use crate::groups::{Group, OptimizerBuilder, Variable, arithmetic};
use crate::variables::Variables;

/// An optimizer over named groups of variables, each with hyperparameters of its own: [`AdamW`](crate::AdamW) or
/// [`Sgd`](crate::Sgd).
///
/// The values live in the [`Var`]s, which the model shares. The hyperparameters are read and written through
/// [`lehr::ParamGroups`].
///
/// A variable of f16 or bf16 is updated in f32: its gradients are added up in f32, its moments are f32 in memory and
/// in a saved state, and only its new value is rounded to its own dtype. (In bf16, a beta of 0.999 would be 1.) Torch
/// keeps them in the variable's dtype.
///
/// # Example: gradients of several batches in one update
///
/// ```
/// use candle_core::{Device, Var};
/// use lehr_candle::{Sgd, SgdParams};
///
/// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
/// let params = SgdParams { lr: 0.5, ..SgdParams::default() };
/// let mut optimizer = Sgd::builder().group("all", [("x", x.clone())], params).build()?;
/// for _ in 0..2 {
///     let loss = x.sum_all()?; // each element's gradient is 1
///     optimizer.backward(&(loss * 0.5)?)?;
/// }
/// optimizer.step()?;
/// optimizer.zero_grad();
/// assert_eq!(x.to_vec1::<f64>()?, [0.5, 1.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Optimizer<A> {
    pub(crate) groups: Vec<Group<A>>,
}

impl<A: Algorithm> Optimizer<A> {
    /// An optimizer without groups, to add some and build it.
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{AdamW, AdamWParams};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let optimizer = AdamW::builder().group("all", [("x", x)], AdamWParams::default()).build()?;
    /// assert_eq!(optimizer.params("all").map(|params| params.lr), Some(1e-3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder() -> OptimizerBuilder<A> {
        OptimizerBuilder::new()
    }

    /// The hyperparameters of a group; `None` if there is no group of that name.
    ///
    /// They are changed through [`lehr::ParamGroups::set`].
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let optimizer = Sgd::builder().group("all", [("x", x.clone())], SgdParams { lr: 0.5, ..SgdParams::default() }).build()?;
    /// assert_eq!(optimizer.params("all").map(|params| params.lr), Some(0.5));
    /// assert_eq!(optimizer.params("none"), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn params(&self, group: &str) -> Option<&A> {
        self.groups.iter().find(|candidate| candidate.name == group).map(|group| &group.params)
    }

    /// Differentiates the loss and adds the gradients to those that are there.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if the loss is not one number, or does not come from any variable of this optimizer;
    /// [`Error::Candle`] if Candle cannot differentiate it. No gradient is then changed.
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let mut optimizer = Sgd::builder().group("all", [("x", x.clone())], SgdParams { lr: 0.5, ..SgdParams::default() }).build()?;
    /// optimizer.backward(&x.sum_all()?)?; // a gradient of 1 each
    /// optimizer.backward(&x.sum_all()?)?; // and another
    /// optimizer.step()?;
    /// assert_eq!(x.to_vec1::<f64>()?, [0.0, 1.0]);
    /// assert!(optimizer.backward(x.as_tensor()).is_err()); // not one number
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn backward(&mut self, loss: &Tensor) -> Result<(), Error> {
        if loss.elem_count() != 1 {
            let rule = "it must be one number: reduce it, with `mean_all` or `sum_all`";
            return Err(Error::parameter("the shape of the loss", format!("{:?}", loss.dims()), rule));
        }
        let gradients = loss.backward()?;
        if !self.each().any(|variable| gradients.get(&variable.var).is_some()) {
            let rule = "it must come from at least one: compute it from the variables that were given to the groups, \
                        without `detach`";
            return Err(Error::parameter("the loss", "independent of every variable of the optimizer", rule));
        }
        self.accumulate(&gradients)
    }

    /// Adds gradients that were computed elsewhere: clipped ones, or of a loss that another optimizer shares.
    ///
    /// A variable that is not in `gradients` gets nothing; what is in `gradients` beside the variables is ignored.
    ///
    /// # Example: gradients clipped to a norm of 1
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[3f64, 4.0], &Device::Cpu)?;
    /// let params = SgdParams { lr: 1.0, ..SgdParams::default() };
    /// let mut optimizer = Sgd::builder().group("all", [("x", x.clone())], params).build()?;
    ///
    /// let mut gradients = (x.sqr()?.sum_all()? * 0.5)?.backward()?;
    /// if let Some(gradient) = gradients.remove(&x) {
    ///     let norm = gradient.sqr()?.sum_all()?.to_scalar::<f64>()?.sqrt();
    ///     gradients.insert(&x, (gradient / norm.max(1.0))?);
    /// }
    /// optimizer.accumulate(&gradients)?;
    /// optimizer.step()?;
    /// assert_eq!(x.to_vec1::<f64>()?, [3.0 - 0.6, 4.0 - 0.8]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if a gradient has not the shape, the dtype or the device of its variable. No gradient is
    /// then changed.
    pub fn accumulate(&mut self, gradients: &GradStore) -> Result<(), Error> {
        for variable in self.each() {
            if let Some(gradient) = gradients.get(&variable.var) {
                check_gradient(variable, gradient)?;
            }
        }
        for variable in self.groups.iter_mut().flat_map(|group| &mut group.variables) {
            let Some(gradient) = gradients.get(&variable.var) else { continue };
            // Detached: what Candle hands out can hold on to the graph that it was computed from.
            let gradient = gradient.detach().to_dtype(arithmetic(variable.var.dtype()))?;
            variable.gradient = Some(match &variable.gradient {
                Some(sum) => sum.add(&gradient)?,
                // A copy: a gradient from elsewhere could be a view of a variable, and change with it.
                None => gradient.copy()?,
            });
        }
        Ok(())
    }

    /// Updates every variable that has a gradient, with the hyperparameters that its group has now.
    ///
    /// The gradients stay, as in torch: call [`zero_grad`](Self::zero_grad), or use
    /// [`backward_step`](Self::backward_step). A variable without a gradient is left as it is, value, moments and
    /// count.
    ///
    /// # Errors
    ///
    /// [`Error::Candle`] if Candle fails, for want of memory for example. Variables before the one that failed have
    /// then been updated, that one and those after it have not.
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let mut optimizer = Sgd::builder().group("all", [("x", x.clone())], SgdParams { lr: 0.5, ..SgdParams::default() }).build()?;
    /// optimizer.step()?; // no gradients: nothing happens
    /// optimizer.backward(&x.sum_all()?)?;
    /// optimizer.step()?;
    /// optimizer.step()?; // the gradients stay
    /// assert_eq!(x.to_vec1::<f64>()?, [0.0, 1.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn step(&mut self) -> Result<(), Error> {
        for group in &mut self.groups {
            for variable in &mut group.variables {
                let Some(gradient) = &variable.gradient else { continue };
                let var = &variable.var;
                let value = var.as_detached_tensor().to_dtype(arithmetic(var.dtype()))?;
                let (value, moments) = group.params.update(&value, gradient, &variable.moments)?;
                var.set(&value.to_dtype(var.dtype())?)?;
                variable.moments = moments;
            }
        }
        Ok(())
    }

    /// Forgets the gradients.
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let mut optimizer = Sgd::builder().group("all", [("x", x.clone())], SgdParams { lr: 0.5, ..SgdParams::default() }).build()?;
    /// optimizer.backward(&x.sum_all()?)?;
    /// optimizer.zero_grad();
    /// optimizer.step()?;
    /// assert_eq!(x.to_vec1::<f64>()?, [1.0, 2.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn zero_grad(&mut self) {
        for variable in self.groups.iter_mut().flat_map(|group| &mut group.variables) {
            variable.gradient = None;
        }
    }

    /// [`backward`](Self::backward), [`step`](Self::step) and [`zero_grad`](Self::zero_grad): a whole update from one
    /// loss, or the last batch of an update that `backward` has been called for before.
    ///
    /// # Errors
    ///
    /// As the three.
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let mut optimizer = Sgd::builder().group("all", [("x", x.clone())], SgdParams { lr: 0.5, ..SgdParams::default() }).build()?;
    /// for _ in 0..2 {
    ///     optimizer.backward_step(&(x.sqr()?.sum_all()? * 0.5)?)?; // the gradient is x: it is halved
    /// }
    /// assert_eq!(x.to_vec1::<f64>()?, [0.25, 0.5]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn backward_step(&mut self, loss: &Tensor) -> Result<(), Error> {
        self.backward(loss)?;
        self.step()?;
        self.zero_grad();
        Ok(())
    }

    /// Whether no gradient has a NaN or an infinity; true if there is no gradient.
    ///
    /// What a loss scaler asks before [`step`](Self::step). An update that is skipped does not advance a schedule:
    /// see [`lehr::Scheduler::step_if`].
    ///
    /// # Example
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[0f32, 1.0], &Device::Cpu)?;
    /// let mut optimizer = Sgd::builder().group("all", [("x", x.clone())], SgdParams::default()).build()?;
    /// optimizer.backward(&x.log()?.sum_all()?)?; // the gradient of ln x at 0 is infinite
    /// assert!(!optimizer.gradients_are_finite()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Candle`] if Candle fails.
    pub fn gradients_are_finite(&self) -> Result<bool, Error> {
        for gradient in self.each().filter_map(|variable| variable.gradient.as_ref()) {
            // 0 times a finite number is 0, and 0 times NaN or infinity is NaN. A sum of zeros cannot overflow.
            let sum = gradient.affine(0.0, 0.0)?.sum_all()?.to_dtype(candle_core::DType::F64)?;
            if sum.to_scalar::<f64>()? != 0.0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The variables of all groups with their names, to be saved and averaged.
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("model.safetensors");
    /// let optimizer = Sgd::builder().group("all", [("x", x.clone())], SgdParams { lr: 0.5, ..SgdParams::default() }).build()?;
    /// optimizer.variables().save(&path)?;
    /// assert!(candle_core::safetensors::load(&path, &Device::Cpu)?.contains_key("x"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn variables(&self) -> Variables {
        Variables::new(self.each().map(|variable| (variable.name.clone(), variable.var.clone())))
    }

    pub(crate) fn each(&self) -> impl Iterator<Item = &Variable> {
        self.groups.iter().flat_map(|group| &group.variables)
    }
}

fn check_gradient(variable: &Variable, gradient: &Tensor) -> Result<(), Error> {
    let var: &Var = &variable.var;
    let wrong = |what: &str, found: String, wanted: String| {
        let name = format!("the {what} of the gradient of `{}`", variable.name);
        let rule = format!("the variable's is {wanted}: compute the gradient from the variable itself");
        Err(Error::parameter(name, found, rule))
    };
    if gradient.dims() != var.dims() {
        return wrong("shape", format!("{:?}", gradient.dims()), format!("{:?}", var.dims()));
    }
    if gradient.dtype() != var.dtype() && gradient.dtype() != arithmetic(var.dtype()) {
        return wrong("dtype", gradient.dtype().as_str().to_owned(), var.dtype().as_str().to_owned());
    }
    if !gradient.device().same_device(var.device()) {
        return wrong("device", format!("{:?}", gradient.device()), format!("{:?}", var.device()));
    }
    Ok(())
}
