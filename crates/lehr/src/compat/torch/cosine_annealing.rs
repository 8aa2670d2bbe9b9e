//! `CosineAnnealingLR`: `eta_min + (base - eta_min) (1 + cos(pi n / T_max)) / 2`, up and down for ever.

use std::f64::consts::PI;

use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// torch's `CosineAnnealingLR`: half a cosine wave from the base to `eta_min` over `T_max` updates, then up again.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::CosineAnnealingLR};
    ///
    /// let replica = Replica::from(CosineAnnealingLR { T_max: 1, eta_min: 0.25 });
    /// assert_eq!([0, 1, 2, 3].map(|n| replica.value_at(n, 1.0)), [1.0, 0.25, 1.0, 0.25]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - It rebounds after `T_max`: back at the base at `2 T_max`, and so on with a period of `2 T_max`.
    /// - `T_max` of 0 is accepted by the original, which divides by it at the first step.
    ///
    /// # Numerics
    ///
    /// torch multiplies by the ratio of two neighbours of the wave, and starts each rise with
    /// `(base - eta_min) (1 - cos(pi / T_max)) / 2`, which cancels and scales all that follows. The replica takes the
    /// product of the ratios as the ratio of the ends, from the same starts: within `2 n + 4` ulp of the larger of base
    /// and `eta_min`. In a rise, torch magnifies what it rounded next to `eta_min`: `4 T_max^2` ulp of `eta_min` more.
    CosineAnnealingLR = "torch.CosineAnnealingLR" {
        /// Half of the period; 0 divides by zero.
        T_max: u64 = 0,
        /// The value at `T_max`.
        eta_min: f64 = 0.0,
    }
}

impl CosineAnnealingLR {
    /// `1 + cos(pi n / T_max)` as torch rounds it.
    fn wave(&self, n: u64) -> f64 {
        1.0 + (PI * n as f64 / self.T_max as f64).cos()
    }
}

impl Original for CosineAnnealingLR {
    fn check(&self) -> Result<(), Error> {
        rules::given("T_max", self.T_max, "the original divides by it")
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let range = base - self.eta_min;
        let Some(after) = n.checked_sub(self.T_max.saturating_add(1)) else {
            return if n == 0 { base } else { self.eta_min + range * self.wave(n) / 2.0 };
        };
        // The first update of this rise, to which torch adds the step from the lowest point.
        let first = n - after % self.T_max.saturating_mul(2).max(1);
        let start = self.eta_min + range * (1.0 - (PI / self.T_max as f64).cos()) / 2.0;
        if n == first {
            return start;
        }
        let from = self.wave(first);
        if from == 0.0 {
            return self.eta_min + range * self.wave(n) / 2.0;
        }
        self.wave(n) / from * (start - self.eta_min) + self.eta_min
    }
}
