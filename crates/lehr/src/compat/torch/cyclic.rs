//! `CyclicLR`: `base_lr + (max_lr - base_lr) triangle(n) scale`; the momentum goes the other way.

use super::Field;
use crate::compat::{Original, rules};
use crate::error::Error;

words! {
    /// How the cycles of [`CyclicLR`] change.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::{CyclicLR, Mode}};
    ///
    /// let peaks = |mode| {
    ///     let (base_lr, max_lr) = (Some(0.0), Some(1.0));
    ///     let cycles = Replica::from(CyclicLR { base_lr, max_lr, step_size_up: 2.0, mode, ..CyclicLR::default() });
    ///     [2, 6, 10].map(|n| cycles.value_at(n, 0.3))
    /// };
    /// assert_eq!(peaks(Mode::Triangular), [1.0, 1.0, 1.0]);
    /// assert_eq!(peaks(Mode::Triangular2), [1.0, 0.5, 0.25]);
    /// ```
    Mode {
        /// All cycles are as high.
        Triangular = "triangular",
        /// Each cycle is half as high as the one before.
        Triangular2 = "triangular2",
        /// The height is multiplied by `gamma` at each update.
        ExpRange = "exp_range",
    }
}

replica! {
    /// torch's `CyclicLR` (arXiv 1506.01186): up from `base_lr` to `max_lr` and down again, for ever.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::CyclicLR};
    ///
    /// let replica = Replica::from(CyclicLR {
    ///     base_lr: Some(0.0),
    ///     max_lr: Some(1.0),
    ///     step_size_up: 2.0,
    ///     ..CyclicLR::default()
    /// });
    /// assert_eq!([0, 1, 2, 3, 4].map(|n| replica.value_at(n, 0.3)), [0.0, 0.5, 1.0, 0.5, 0.0]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - The base counts for nothing: the constructor replaces it by `base_lr`.
    /// - The position in the cycle is `1 + n / length - floor(1 + n / length)`, rounded: turning points are missed by a
    ///   few ulp of 1, and more the larger n is.
    /// - `step_size_up` of 0 is accepted by the original, which divides by zero in its constructor.
    /// - `triangular2` overflows in the original after 1024 cycles, `exp_range` with a `gamma` above 1 where the power
    ///   is beyond the largest f64. The replica's height is then 0, or the largest f64.
    /// - `scale_fn` is not replicated, and `scale_mode` has a meaning with it alone.
    ///
    /// # Numerics
    ///
    /// torch computes a closed form: the same bits.
    CyclicLR = "torch.CyclicLR" {
        /// The value at n = 0 and between cycles; required.
        base_lr: Option<f64> = None,
        /// The value at the top of the first cycle; required.
        max_lr: Option<f64> = None,
        /// The updates of a rise.
        step_size_up: f64 = 2000.0,
        /// The updates of a fall; `None` is as many.
        step_size_down: Option<f64> = None,
        /// How the cycles change.
        mode: Mode = Mode::Triangular,
        /// The factor of an update for [`Mode::ExpRange`].
        gamma: f64 = 1.0,
        /// Whether the momentum is written at all; without it, `field = momentum` is the base.
        cycle_momentum: bool = true,
        /// The momentum at the top of a cycle.
        base_momentum: f64 = 0.8,
        /// The momentum between cycles.
        max_momentum: f64 = 0.9,
        /// Which field the values are of.
        field: Field = Field::Lr,
    }
}

impl CyclicLR {
    /// The height of the triangle at n, and the factor of that height.
    fn triangle_and_scale(&self, n: f64) -> (f64, f64) {
        let length = self.step_size_up + self.step_size_down.unwrap_or(self.step_size_up);
        let ratio = self.step_size_up / length;
        let cycle = (1.0 + n / length).floor();
        let x = 1.0 + n / length - cycle;
        let triangle = if x <= ratio { x / ratio } else { (x - 1.0) / (ratio - 1.0) };
        let scale = match self.mode {
            Mode::Triangular => 1.0,
            Mode::Triangular2 => 1.0 / 2.0_f64.powf(cycle - 1.0),
            Mode::ExpRange => self.gamma.powf(n),
        };
        (triangle, scale)
    }
}

impl Original for CyclicLR {
    fn check(&self) -> Result<(), Error> {
        rules::required("base_lr", self.base_lr)?;
        rules::required("max_lr", self.max_lr)?;
        let rule = "it must be above 0: the original divides by zero in its constructor";
        rules::number("step_size_up", self.step_size_up, self.step_size_up > 0.0, rule)?;
        let down = self.step_size_down.unwrap_or(self.step_size_up);
        rules::number("step_size_down", down, down >= 0.0, "a length must be 0 or more")
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let (triangle, scale) = self.triangle_and_scale(n as f64);
        match self.field {
            Field::Lr => {
                let low = self.base_lr.unwrap_or(base);
                let height = (self.max_lr.unwrap_or(base) - low) * triangle;
                low + height * scale
            }
            Field::Momentum if self.cycle_momentum => {
                let height = (self.max_momentum - self.base_momentum) * triangle;
                self.max_momentum - height * scale
            }
            Field::Momentum => base,
        }
    }
}
