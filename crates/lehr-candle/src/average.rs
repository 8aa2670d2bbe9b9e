//! `Average`: average <- d average + (1 - d) weights, the exponential moving average of a model.

use std::path::Path;

use candle_core::{Result as CandleResult, Tensor, Var};

use crate::error::Error;
use crate::file;
use crate::variables::Variables;

/// A moving average of variables, kept beside them (Polyak averaging).
///
/// # Formula
///
/// With a decay of d, for every variable w and its average a: a <- d a + (1 - d) w. The first average is w itself, whatever
/// the decay, so there is no bias to correct.
///
/// The average has the dtype of its variable; a variable of f16 or bf16 rounds away decays near 1.
///
/// # Example
///
/// ```
/// use candle_core::{Device, Tensor, Var};
/// use lehr_candle::{Average, Variables};
///
/// let weight = Var::new(&[1f64], &Device::Cpu)?;
/// let mut average = Average::new(Variables::new([("weight", weight.clone())]));
/// average.update(0.75)?;
/// weight.set(&Tensor::new(&[5f64], &Device::Cpu)?)?;
/// average.update(0.75)?;
///
/// average.swap()?;
/// assert_eq!(weight.to_vec1::<f64>()?, [0.75 * 1.0 + 0.25 * 5.0]);
/// average.swap()?;
/// assert_eq!(weight.to_vec1::<f64>()?, [5.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Average {
    variables: Variables,
    /// One for each variable, or none before the first update.
    averages: Vec<Tensor>,
}

impl Average {
    /// An average of these variables, empty until the first [`update`](Self::update).
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Average, Variables};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let mut average = Average::new(Variables::new([("x", x.clone())]));
    /// average.swap()?; // empty: nothing happens
    /// assert_eq!(x.to_vec1::<f64>()?, [1.0, 2.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(variables: Variables) -> Self {
        Self { variables, averages: Vec::new() }
    }

    /// Takes the variables' values in with this decay: 0 forgets the average, 1 leaves it as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if the decay is not from 0 to 1; [`Error::Candle`] if Candle fails. The average is then what
    /// it was.
    ///
    /// ```
    /// use candle_core::{Device, Tensor, Var};
    /// use lehr_candle::{Average, Variables};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let mut average = Average::new(Variables::new([("x", x.clone())]));
    /// average.update(0.5)?;
    /// x.set(&Tensor::new(&[3f64, 4.0], &Device::Cpu)?)?;
    /// average.update(0.5)?;
    /// average.swap()?;
    /// assert_eq!(x.to_vec1::<f64>()?, [2.0, 3.0]);
    /// assert!(average.update(1.5).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn update(&mut self, decay: f64) -> Result<(), Error> {
        if !(0.0..=1.0).contains(&decay) {
            return Err(Error::parameter("the decay of an average", decay, "it must be from 0 to 1"));
        }
        let values = self.variables.named.iter().map(|(_, var)| var.as_detached_tensor());
        let averages: CandleResult<Vec<Tensor>> = if self.averages.is_empty() {
            values.map(|value| value.copy()).collect()
        } else {
            let mix = |(average, value): (&Tensor, Tensor)| {
                average.affine(decay, 0.0)?.add(&value.affine(1.0 - decay, 0.0)?)
            };
            self.averages.iter().zip(values).map(mix).collect()
        };
        self.averages = averages?;
        Ok(())
    }

    /// Exchanges the variables' values and their average, to evaluate or save the average. Twice is as never. Nothing
    /// happens before the first update.
    ///
    /// # Errors
    ///
    /// [`Error::Candle`] if Candle fails.
    ///
    /// ```
    /// use candle_core::{Device, Tensor, Var};
    /// use lehr_candle::{Average, Variables};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let mut average = Average::new(Variables::new([("x", x.clone())]));
    /// average.update(0.5)?;
    /// x.set(&Tensor::new(&[3f64, 4.0], &Device::Cpu)?)?;
    /// average.swap()?;
    /// assert_eq!(x.to_vec1::<f64>()?, [1.0, 2.0]);
    /// average.swap()?;
    /// assert_eq!(x.to_vec1::<f64>()?, [3.0, 4.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn swap(&mut self) -> Result<(), Error> {
        for ((_, var), average) in self.variables.named.iter().zip(&mut self.averages) {
            let value = var.as_detached_tensor().copy()?;
            var.set(average)?;
            *average = value;
        }
        Ok(())
    }

    /// Writes the average to a safetensors file, by the variables' names; an empty one before the first update.
    ///
    /// # Errors
    ///
    /// As [`Variables::save`].
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Average, Variables};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("average.safetensors");
    /// let mut average = Average::new(Variables::new([("x", x.clone())]));
    /// average.update(0.5)?;
    /// average.save(&path)?;
    /// assert_eq!(candle_core::safetensors::load(&path, &Device::Cpu)?["x"].to_vec1::<f64>()?, [1.0, 2.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let named = self.variables.named.iter().zip(&self.averages);
        let named: CandleResult<Vec<(String, Var)>> =
            named.map(|((name, _), average)| Ok((name.clone(), Var::from_tensor(average)?))).collect();
        Variables::new(named?).save(path)
    }

    /// Takes over what [`save`](Self::save) wrote.
    ///
    /// # Errors
    ///
    /// As [`Variables::load`]; the average is then what it was.
    ///
    /// ```
    /// use candle_core::{Device, Tensor, Var};
    /// use lehr_candle::{Average, Variables};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("average.safetensors");
    /// let mut average = Average::new(Variables::new([("x", x.clone())]));
    /// average.update(0.5)?;
    /// average.save(&path)?;
    ///
    /// x.set(&Tensor::new(&[9f64, 9.0], &Device::Cpu)?)?;
    /// let mut resumed = Average::new(Variables::new([("x", x.clone())]));
    /// resumed.load(&path)?;
    /// resumed.swap()?;
    /// assert_eq!(x.to_vec1::<f64>()?, [1.0, 2.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<(), Error> {
        let tensors = file::read(path.as_ref())?;
        let averages = if tensors.is_empty() { Vec::new() } else { self.variables.matching(&tensors)? };
        let devices = self.variables.named.iter().map(|(_, var)| var.device());
        let averages: CandleResult<Vec<Tensor>> =
            averages.iter().zip(devices).map(|(average, device)| average.to_device(device)).collect();
        self.averages = averages?;
        Ok(())
    }
}
