//! The state: moments, counts and hyperparameters by name, as tensors.

use std::collections::{HashMap, HashSet};

use candle_core::{DType, Device, Tensor};

use crate::algorithm::Algorithm;
use crate::algorithm::rule::Moments;
use crate::error::Error;
use crate::groups::{Group, Variable, arithmetic};
use crate::optimizer::Optimizer;

/// The version that is written. Older ones are read.
const VERSION: i64 = 1;

fn version_key<A: Algorithm>() -> String {
    format!("{}.version", A::NAME)
}

// No field and no moment has a dot in its name, so keys of different names differ, whatever dots the names have.
fn group_key<A>(group: &Group<A>, field: impl std::fmt::Display) -> String {
    format!("group.{}.{field}", group.name)
}

fn variable_key(variable: &Variable, moment: &str) -> String {
    format!("variable.{}.{moment}", variable.name)
}

impl<A: Algorithm> Optimizer<A> {
    /// The state, for a checkpoint of your own; [`save`](Self::save) writes it to a file.
    ///
    /// | entry | dtype | |
    /// |---|---|---|
    /// | `adamw.version` or `sgd.version` | i64 | 1 |
    /// | `group.<name>.<field>` | f64 | a hyperparameter, such as `group.biases.betas[0]`; `nesterov` is 1 or 0 |
    /// | `variable.<name>.step` | i64 | how many updates have gone into the moments |
    /// | `variable.<name>.exp_avg`, `.exp_avg_sq`, `.momentum_buffer` | the variable's, f32 for f16 and bf16 | the moments, once `step` is above 0 |
    ///
    /// The values of the variables are the model's, not the optimizer's: save them too. Gradients that are waiting for
    /// a [`step`](Self::step) are not in the state: take it between updates, not between the batches of one.
    ///
    /// # Example
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let params = SgdParams { lr: 0.1, momentum: 0.9, ..SgdParams::default() };
    /// let mut optimizer = Sgd::builder().group("all", [("x", x.clone())], params).build()?;
    /// optimizer.backward_step(&x.sum_all()?)?;
    /// let state = optimizer.state()?;
    /// assert_eq!(state["group.all.momentum"].to_scalar::<f64>()?, 0.9);
    /// assert_eq!(state["variable.x.step"].to_scalar::<i64>()?, 1);
    /// assert_eq!(state["variable.x.momentum_buffer"].to_vec1::<f64>()?, [1.0, 1.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Candle`] if Candle fails.
    pub fn state(&self) -> Result<HashMap<String, Tensor>, Error> {
        let mut state = HashMap::new();
        let number = |value: f64| Tensor::new(value, &Device::Cpu);
        let count = |value: i64| Tensor::new(value, &Device::Cpu);
        state.insert(version_key::<A>(), count(VERSION)?);
        for group in &self.groups {
            for hyperparameter in A::HYPERPARAMETERS {
                let value = (hyperparameter.get)(&group.params);
                state.insert(group_key(group, hyperparameter), number(value)?);
            }
            for switch in A::SWITCHES {
                let on = (switch.get)(&group.params);
                state.insert(group_key(group, switch.name), number(f64::from(u8::from(on)))?);
            }
            for variable in &group.variables {
                let updates = i64::try_from(variable.moments.updates).unwrap_or(i64::MAX);
                state.insert(variable_key(variable, "step"), count(updates)?);
                for (moment, tensor) in A::MOMENTS.iter().zip(&variable.moments.tensors) {
                    state.insert(variable_key(variable, moment), tensor.clone());
                }
            }
        }
        Ok(state)
    }

    /// Takes over a saved state: moments, counts and the hyperparameters of every group. Gradients are forgotten.
    ///
    /// Training goes on to the same bits as if it had never stopped, if the variables' values were restored too.
    /// Groups and variables are matched by name. The order of the groups, and which variable stands in which, are the
    /// program's to say, not the state's.
    ///
    /// # Example
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let mut one = Sgd::builder().group("all", [("x", x.clone())], SgdParams::default()).build()?;
    /// let mut other = Sgd::builder().group("rest", [("x", x)], SgdParams::default()).build()?;
    /// let error = other.load_state(&one.state()?).unwrap_err().to_string();
    /// assert!(error.starts_with("the saved state is not of this optimizer: `group.rest.lr` is missing; "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::State`] with a list of everything that differs: the version or the algorithm, entries that are missing
    /// or not expected, shapes and dtypes, hyperparameters outside their range; [`Error::Candle`] if a tensor cannot
    /// be copied. Nothing is then changed.
    pub fn load_state(&mut self, state: &HashMap<String, Tensor>) -> Result<(), Error> {
        let mut saved = Saved { entries: state, expected: HashSet::new(), differences: Vec::new() };
        saved.check_version::<A>()?;
        let mut loaded = Vec::with_capacity(self.groups.len());
        for group in &self.groups {
            let params = saved.params(group)?;
            let moments = group.variables.iter().map(|variable| saved.moments::<A>(variable));
            loaded.push((params, moments.collect::<Result<Vec<_>, Error>>()?));
        }
        saved.finish()?;
        for (group, (params, moments)) in self.groups.iter_mut().zip(loaded) {
            group.params = params;
            for (variable, moments) in group.variables.iter_mut().zip(moments) {
                variable.moments = moments;
            }
        }
        self.zero_grad();
        Ok(())
    }
}

/// A state that is being read: which entries have been asked for, and what was wrong with them.
struct Saved<'a> {
    entries: &'a HashMap<String, Tensor>,
    expected: HashSet<String>,
    differences: Vec<String>,
}

impl<'a> Saved<'a> {
    /// Of another version or another algorithm, everything differs; that is not worth a list.
    fn check_version<A: Algorithm>(&mut self) -> Result<(), Error> {
        let key = version_key::<A>();
        let version = self.scalar::<i64>(&key)?;
        match version {
            Some(VERSION) => return Ok(()),
            Some(version) => self.differences.push(format!(
                "it has version {version}, but this lehr-candle reads up to version {VERSION}: read it with the one \
                 that wrote it, or a later one"
            )),
            None => {
                let mut others: Vec<&str> = self
                    .entries
                    .keys()
                    .filter(|entry| entry.ends_with(".version") && !self.expected.contains(*entry))
                    .map(String::as_str)
                    .collect();
                others.sort_unstable();
                if !others.is_empty() {
                    self.differences.push(format!("it has `{}`", others.join("`, `")));
                }
            }
        }
        Err(Error::State { differences: std::mem::take(&mut self.differences) })
    }

    fn params<A: Algorithm>(&mut self, group: &Group<A>) -> Result<A, Error> {
        let mut params = group.params.clone();
        for hyperparameter in A::HYPERPARAMETERS {
            let key = group_key(group, hyperparameter);
            let Some(value) = self.scalar::<f64>(&key)? else { continue };
            match hyperparameter.broken_rule(value) {
                Some(rule) => self.differences.push(format!("`{key}` is {value}, but {rule}")),
                None => *(hyperparameter.place)(&mut params) = value,
            }
        }
        for switch in A::SWITCHES {
            let key = group_key(group, switch.name);
            match self.scalar::<f64>(&key)? {
                Some(value) if value != 0.0 && value != 1.0 => {
                    self.differences.push(format!("`{key}` is {value}, but it must be 0 or 1"));
                }
                Some(value) => *(switch.place)(&mut params) = value == 1.0,
                None => {}
            }
        }
        Ok(params)
    }

    fn moments<A: Algorithm>(&mut self, variable: &Variable) -> Result<Moments, Error> {
        let key = variable_key(variable, "step");
        let saved = self.scalar::<i64>(&key)?;
        let Some(updates) = saved.and_then(|updates| u64::try_from(updates).ok()) else {
            if let Some(updates) = saved {
                self.differences.push(format!("`{key}` is {updates}, but it must be at least 0"));
            }
            // The count is what is wrong; its moments are not to be called unexpected as well.
            self.expected.extend(A::MOMENTS.iter().map(|moment| variable_key(variable, moment)));
            return Ok(Moments::default());
        };
        let mut moments = Moments { updates, tensors: Vec::new() };
        if updates > 0 {
            let dtype = arithmetic(variable.var.dtype());
            for moment in A::MOMENTS {
                if let Some(tensor) = self.entry(&variable_key(variable, moment), variable.var.dims(), dtype)
                {
                    // A copy: the caller's tensor could be a variable, and change.
                    let tensor = tensor.to_device(variable.var.device())?.copy()?.detach();
                    moments.tensors.push(tensor);
                }
            }
        }
        Ok(moments)
    }

    fn scalar<T: candle_core::WithDType>(&mut self, key: &str) -> Result<Option<T>, Error> {
        self.entry(key, &[], T::DTYPE).map(Tensor::to_scalar).transpose().map_err(Error::from)
    }

    fn entry(&mut self, key: &str, dims: &[usize], dtype: DType) -> Option<&'a Tensor> {
        self.expected.insert(key.to_owned());
        let Some(tensor) = self.entries.get(key) else {
            self.differences.push(format!("`{key}` is missing"));
            return None;
        };
        let before = self.differences.len();
        if tensor.dims() != dims {
            let found = tensor.dims();
            self.differences.push(format!("`{key}` has the shape {found:?}, but here it is {dims:?}"));
        }
        if tensor.dtype() != dtype {
            let (found, wanted) = (tensor.dtype().as_str(), dtype.as_str());
            self.differences.push(format!("`{key}` has the dtype {found}, but here it is {wanted}"));
        }
        (self.differences.len() == before).then_some(tensor)
    }

    fn finish(mut self) -> Result<(), Error> {
        let mut unexpected: Vec<&String> =
            self.entries.keys().filter(|key| !self.expected.contains(*key)).collect();
        unexpected.sort_unstable();
        self.differences.extend(unexpected.iter().map(|key| format!("`{key}` is not expected")));
        if self.differences.is_empty() { Ok(()) } else { Err(Error::State { differences: self.differences }) }
    }
}
