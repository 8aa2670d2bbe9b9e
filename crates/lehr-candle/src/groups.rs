//! The parameter groups: how they are built, and how a scheduler reads and writes them.

use std::collections::HashSet;

use candle_core::{DType, Tensor, TensorId, Var};
use lehr::{Field, ParamGroups};

use crate::algorithm::Algorithm;
use crate::algorithm::rule::Moments;
use crate::error::Error;
use crate::optimizer::Optimizer;

/// Variables that share their hyperparameters.
#[derive(Debug)]
pub(crate) struct Group<A> {
    pub(crate) name: String,
    pub(crate) variables: Vec<Variable>,
    pub(crate) params: A,
}

/// A variable with what the optimizer keeps for it.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) var: Var,
    /// The sum of the gradients since `zero_grad`, in the dtype of [`arithmetic`].
    pub(crate) gradient: Option<Tensor>,
    pub(crate) moments: Moments,
}

/// What a variable is updated in: its own dtype, or f32 where that has too few digits for a beta of 0.999.
pub(crate) fn arithmetic(dtype: DType) -> DType {
    match dtype {
        DType::F16 | DType::BF16 => DType::F32,
        dtype => dtype,
    }
}

/// An optimizer's groups, before they are checked. Made by [`Optimizer::builder`].
///
/// # Example
///
/// ```
/// use candle_core::{DType, Device, Var};
/// use lehr::ParamGroups;
/// use lehr_candle::{Sgd, SgdParams};
///
/// let vars = [("weight".to_owned(), Var::zeros(3, DType::F32, &Device::Cpu)?)];
/// let optimizer = Sgd::builder().group("weights", vars, SgdParams::default()).build()?;
/// assert_eq!((optimizer.group_count(), optimizer.group_name(0)), (1, Some("weights")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct OptimizerBuilder<A> {
    groups: Vec<Group<A>>,
}

impl<A> OptimizerBuilder<A> {
    pub(crate) fn new() -> Self {
        Self { groups: Vec::new() }
    }

    /// Adds a group: its name, its variables with their names, its hyperparameters.
    ///
    /// Variables of a `VarMap` come in no fixed order: pick them by name.
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let y = Var::new(&[3f64], &Device::Cpu)?;
    /// let slow = SgdParams { lr: 0.01, ..SgdParams::default() };
    /// let optimizer = Sgd::builder().group("body", [("x", x)], slow).group("head", [("y", y)], SgdParams::default()).build()?;
    /// assert_eq!(optimizer.params("body").map(|params| params.lr), Some(0.01));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn group<N: Into<String>>(
        mut self,
        name: impl Into<String>,
        variables: impl IntoIterator<Item = (N, Var)>,
        params: A,
    ) -> Self {
        let variable = |(name, var): (N, Var)| Variable {
            name: name.into(),
            var,
            gradient: None,
            moments: Moments::default(),
        };
        let variables = variables.into_iter().map(variable).collect();
        self.groups.push(Group { name: name.into(), variables, params });
        self
    }
}

impl<A: Algorithm> OptimizerBuilder<A> {
    /// Checks the groups and makes the optimizer.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if there is no group; if a group has no variable; if two groups, or two variables of the
    /// whole optimizer, have one name; if a variable stands in two places, has no elements, or is not of f16, bf16,
    /// f32 or f64; if a hyperparameter is NaN, infinite or outside its range; if `nesterov` has no momentum.
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// assert!(Sgd::builder().build().is_err()); // no group
    /// let twice = Sgd::builder().group("a", [("x", x.clone())], SgdParams::default()).group("b", [("y", x)], SgdParams::default());
    /// assert!(twice.build().is_err()); // one variable in two places
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn build(self) -> Result<Optimizer<A>, Error> {
        if self.groups.is_empty() {
            let rule = "an optimizer needs at least one: call `group` before `build`";
            return Err(Error::parameter("the list of groups", "empty", rule));
        }
        let mut group_names = HashSet::new();
        let mut variables = Seen::default();
        for group in &self.groups {
            if !group_names.insert(group.name.as_str()) {
                let rule = "a scheduler and a saved state know groups by their names: give each its own";
                return Err(Error::parameter("the name of two groups", format!("`{}`", group.name), rule));
            }
            if group.variables.is_empty() {
                let list = format!("the list of variables of group `{}`", group.name);
                return Err(Error::parameter(list, "empty", "a group needs at least one: leave it out"));
            }
            for variable in &group.variables {
                variables.check(variable, &group.name)?;
            }
            for hyperparameter in A::HYPERPARAMETERS {
                let value = (hyperparameter.get)(&group.params);
                if let Some(rule) = hyperparameter.broken_rule(value) {
                    let name = format!("`{hyperparameter}` of group `{}`", group.name);
                    return Err(Error::parameter(name, value, rule));
                }
            }
            group.params.check_together(&group.name)?;
        }
        Ok(Optimizer { groups: self.groups })
    }
}

/// The variables that have been checked.
#[derive(Default)]
struct Seen<'a> {
    names: HashSet<&'a str>,
    places: Vec<(TensorId, String)>,
}

impl<'a> Seen<'a> {
    fn check(&mut self, variable: &'a Variable, group: &str) -> Result<(), Error> {
        let Variable { name, var, .. } = variable;
        if !self.names.insert(name) {
            let rule =
                "a saved state knows variables by their names: give each its own in the whole optimizer";
            return Err(Error::parameter("the name of two variables", format!("`{name}`"), rule));
        }
        let place = format!("`{name}` of group `{group}`");
        if let Some((_, other)) = self.places.iter().find(|(id, _)| *id == var.id()) {
            let rule = "it would be updated twice: leave it out of one of the two places";
            return Err(Error::parameter(format!("variable {place}"), format!("also {other}"), rule));
        }
        if !matches!(var.dtype(), DType::F16 | DType::BF16 | DType::F32 | DType::F64) {
            let rule = "only f16, bf16, f32 and f64 can be updated: convert it, or leave it out";
            let name = format!("the dtype of variable {place}");
            return Err(Error::parameter(name, var.dtype().as_str(), rule));
        }
        if var.elem_count() == 0 {
            let name = format!("the shape of variable {place}");
            let rule = "a variable needs at least one element: leave it out";
            return Err(Error::parameter(name, format!("{:?}", var.dims()), rule));
        }
        self.places.push((var.id(), place));
        Ok(())
    }
}

/// The fields are those of the algorithm: `lr`, `weight_decay`, `eps`, `betas[0]` and `betas[1]` for
/// [`AdamW`](crate::AdamW); `lr`, `weight_decay` and `momentum` for [`Sgd`](crate::Sgd).
///
/// `get` answers with the bits that were set. `set` refuses what the constructor refuses: NaN, infinity, a negative
/// number, a beta of 1 or more. The next [`step`](Optimizer::step) uses what was set last.
///
/// # Example
///
/// ```
/// use candle_core::{DType, Device, Var};
/// use lehr::{Field, ParamGroups};
/// use lehr_candle::{AdamW, AdamWParams};
///
/// let weight = Var::zeros(3, DType::F32, &Device::Cpu)?;
/// let mut optimizer = AdamW::builder().group("weights", [("weight", weight)], AdamWParams::default()).build()?;
/// let beta1: Field = "betas[0]".parse()?;
/// optimizer.set(0, &beta1, 0.95)?;
/// assert_eq!(optimizer.get(0, &beta1), Some(0.95));
/// assert_eq!(
///     optimizer.set(0, &beta1, 1.0).unwrap_err(),
///     "it is 1, but it must be at least 0 and less than 1 (the default is 0.9)",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl<A: Algorithm> ParamGroups for Optimizer<A> {
    fn group_count(&self) -> usize {
        self.groups.len()
    }

    fn group_name(&self, group: usize) -> Option<&str> {
        Some(&self.groups.get(group)?.name)
    }

    fn fields(&self, group: usize) -> Vec<String> {
        let hyperparameters = if group < self.groups.len() { A::HYPERPARAMETERS } else { &[] };
        hyperparameters.iter().map(ToString::to_string).collect()
    }

    fn get(&self, group: usize, field: &Field) -> Option<f64> {
        let group = self.groups.get(group)?;
        let hyperparameter = A::HYPERPARAMETERS.iter().find(|hyperparameter| hyperparameter.is(field))?;
        Some((hyperparameter.get)(&group.params))
    }

    fn set(&mut self, group: usize, field: &Field, value: f64) -> Result<(), String> {
        let count = self.groups.len();
        let Some(target) = self.groups.get_mut(group) else {
            return Err(format!("there is no group {group}: the optimizer has {count}, counted from 0"));
        };
        let Some(hyperparameter) = A::HYPERPARAMETERS.iter().find(|hyperparameter| hyperparameter.is(field))
        else {
            let known: Vec<String> = A::HYPERPARAMETERS.iter().map(ToString::to_string).collect();
            return Err(format!("there is no `{field}`: the group has {}", known.join(", ")));
        };
        if let Some(rule) = hyperparameter.broken_rule(value) {
            return Err(format!("it is {value}, but {rule}"));
        }
        *(hyperparameter.place)(&mut target.params) = value;
        Ok(())
    }
}
