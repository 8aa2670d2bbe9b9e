//! Clipping: g <- g min(1, c / |g|) by norm, g <- max(-c, min(c, g)) by value.

use crate::algorithm::Algorithm;
use crate::error::Error;
use crate::optimizer::Optimizer;

impl<A: Algorithm> Optimizer<A> {
    /// Scales all gradients so that their common Euclidean norm is at most `max`; answers with the norm that they had.
    ///
    /// ```text
    /// |g| = sqrt(sum of the squares of all elements of all gradients)
    /// g <- g * max / |g|      if |g| > max
    /// ```
    ///
    /// A norm that is NaN or infinite leaves the gradients as they are: see
    /// [`gradients_are_finite`](Self::gradients_are_finite). torch's `clip_grad_norm_` divides by |g| + 1e-6.
    ///
    /// # Example
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[3f64, 4.0], &Device::Cpu)?;
    /// let params = SgdParams { lr: 1.0, ..SgdParams::default() };
    /// let mut optimizer = Sgd::builder().group("all", [("x", x.clone())], params).build()?;
    /// optimizer.backward(&(x.sqr()?.sum_all()? * 0.5)?)?;
    /// assert_eq!(optimizer.clip_gradient_norm(1.0)?, 5.0);
    /// optimizer.step()?;
    /// assert_eq!(x.to_vec1::<f64>()?, [3.0 - 3.0 * (1.0 / 5.0), 4.0 - 4.0 * (1.0 / 5.0)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `max` is not above 0; [`Error::Candle`] if Candle fails.
    pub fn clip_gradient_norm(&mut self, max: f64) -> Result<f64, Error> {
        check(max)?;
        let mut squares = 0.0;
        for gradient in self.each().filter_map(|variable| variable.gradient.as_ref()) {
            squares += gradient.sqr()?.sum_all()?.to_dtype(candle_core::DType::F64)?.to_scalar::<f64>()?;
        }
        let norm = squares.sqrt();
        if norm > max && norm.is_finite() {
            self.map_gradients(|gradient| gradient.affine(max / norm, 0.0))?;
        }
        Ok(norm)
    }

    /// Limits every element of every gradient to -`max` and `max`.
    ///
    /// # Example
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[0.5f64, -4.0], &Device::Cpu)?;
    /// let params = SgdParams { lr: 1.0, ..SgdParams::default() };
    /// let mut optimizer = Sgd::builder().group("all", [("x", x.clone())], params).build()?;
    /// optimizer.backward(&(x.sqr()?.sum_all()? * 0.5)?)?;
    /// optimizer.clip_gradient_value(1.0)?;
    /// optimizer.step()?;
    /// assert_eq!(x.to_vec1::<f64>()?, [0.5 - 0.5, -4.0 + 1.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `max` is not above 0; [`Error::Candle`] if Candle fails.
    pub fn clip_gradient_value(&mut self, max: f64) -> Result<(), Error> {
        check(max)?;
        self.map_gradients(|gradient| gradient.clamp(-max, max))
    }

    /// Changes all gradients, or none if one of them fails.
    fn map_gradients(
        &mut self,
        change: impl Fn(&candle_core::Tensor) -> candle_core::Result<candle_core::Tensor>,
    ) -> Result<(), Error> {
        let changed: candle_core::Result<Vec<_>> =
            self.each().filter_map(|variable| variable.gradient.as_ref()).map(change).collect();
        let mut changed = changed?.into_iter();
        for variable in self.groups.iter_mut().flat_map(|group| &mut group.variables) {
            if variable.gradient.is_some() {
                variable.gradient = changed.next();
            }
        }
        Ok(())
    }
}

fn check(max: f64) -> Result<(), Error> {
    if max > 0.0 {
        return Ok(());
    }
    Err(Error::parameter("the limit of the gradients", max, "it must be above 0"))
}
