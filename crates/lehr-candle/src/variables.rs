//! `Variables`: a model's variables by name, saved and loaded as safetensors.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{Tensor, Var};

use crate::error::Error;
use crate::file;

/// Variables with their names: a model, as far as it is saved.
///
/// # Example
///
/// ```
/// use candle_core::{Device, Tensor, Var};
/// use lehr_candle::Variables;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("model.safetensors");
/// let weight = Var::new(&[1f32, 2.0], &Device::Cpu)?;
/// let model = Variables::new([("weight", weight.clone())]);
/// model.save(&path)?;
/// weight.set(&Tensor::new(&[0f32, 0.0], &Device::Cpu)?)?;
/// model.load(&path)?;
/// assert_eq!(weight.to_vec1::<f32>()?, [1.0, 2.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Variables {
    pub(crate) named: Vec<(String, Var)>,
}

/// Into the groups of an optimizer: `.group("weights", model.weights(), params)`.
impl IntoIterator for Variables {
    type Item = (String, Var);
    type IntoIter = std::vec::IntoIter<(String, Var)>;

    fn into_iter(self) -> Self::IntoIter {
        self.named.into_iter()
    }
}

impl Variables {
    /// These variables. [`Optimizer::variables`](crate::Optimizer::variables) answers with those of an optimizer.
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Variables};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let folder = tempfile::tempdir()?;
    /// let twice = Variables::new([("x", x.clone()), ("x", x)]);
    /// assert!(twice.save(folder.path().join("model.safetensors")).is_err()); // one name for two
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new<N: Into<String>>(named: impl IntoIterator<Item = (N, Var)>) -> Self {
        Self { named: named.into_iter().map(|(name, var)| (name.into(), var)).collect() }
    }

    /// Writes the values to a safetensors file, whole or not at all, as
    /// [`Optimizer::save`](crate::Optimizer::save) does.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if two variables have one name; [`Error::File`] if the file cannot be written.
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Variables};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("model.safetensors");
    /// Variables::new([("x", x)]).save(&path)?;
    /// assert_eq!(candle_core::safetensors::load(&path, &Device::Cpu)?["x"].to_vec1::<f64>()?, [1.0, 2.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let tensors: HashMap<String, Tensor> =
            self.named.iter().map(|(name, var)| (name.clone(), var.as_detached_tensor())).collect();
        if tensors.len() != self.named.len() {
            let rule = "a file knows variables by their names: give each its own";
            return Err(Error::parameter("the names of the variables", "the same for two of them", rule));
        }
        file::write(&tensors, path.as_ref())
    }

    /// Reads a file that [`save`](Self::save) wrote into the variables.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if the file cannot be read or is no safetensors file; [`Error::State`] if names, shapes or dtypes
    /// are not those of the variables. No variable is then changed.
    ///
    /// ```
    /// use candle_core::{Device, Tensor, Var};
    /// use lehr_candle::{Variables};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("model.safetensors");
    /// Variables::new([("x", x.clone())]).save(&path)?;
    /// x.set(&Tensor::new(&[0f64, 0.0], &Device::Cpu)?)?;
    /// Variables::new([("x", x.clone())]).load(&path)?;
    /// assert_eq!(x.to_vec1::<f64>()?, [1.0, 2.0]);
    /// assert!(Variables::new([("y", x)]).load(&path).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn load(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let tensors = self.matching(&file::read(path.as_ref())?)?;
        for ((_, var), tensor) in self.named.iter().zip(tensors) {
            var.set(&tensor.to_device(var.device())?)?;
        }
        Ok(())
    }

    /// The tensor for each variable, in their order; an error that lists all differences.
    pub(crate) fn matching(&self, tensors: &HashMap<String, Tensor>) -> Result<Vec<Tensor>, Error> {
        let (mut found, mut differences) = (Vec::new(), Vec::new());
        for (name, var) in &self.named {
            match tensors.get(name) {
                None => differences.push(format!("`{name}` is missing")),
                Some(tensor) if tensor.dims() != var.dims() || tensor.dtype() != var.dtype() => {
                    let (dims, dtype) = (tensor.dims(), tensor.dtype().as_str());
                    let (own, kind) = (var.dims(), var.dtype().as_str());
                    differences
                        .push(format!("`{name}` is {dtype} of {dims:?}, but here it is {kind} of {own:?}"));
                }
                Some(tensor) => found.push(tensor.clone()),
            }
        }
        let known = |name: &String| self.named.iter().any(|(own, _)| own == name);
        let mut unexpected: Vec<&String> = tensors.keys().filter(|name| !known(name)).collect();
        unexpected.sort_unstable();
        differences.extend(unexpected.into_iter().map(|name| format!("`{name}` is not expected")));
        if differences.is_empty() { Ok(found) } else { Err(Error::State { differences }) }
    }
}
