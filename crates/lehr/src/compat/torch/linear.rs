//! `LinearLR`: `base (start_factor + (end_factor - start_factor) min(n, total_iters) / total_iters)`.

use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// torch's `LinearLR`: a straight line between two multiples of the base, then the second.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::LinearLR};
    ///
    /// let replica = Replica::from(LinearLR { start_factor: 0.5, end_factor: 1.0, total_iters: 2 });
    /// assert_eq!([0, 1, 2, 3].map(|n| replica.value_at(n, 1.0)), [0.5, 0.75, 1.0, 1.0]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - `start_factor` must not be 0, so there is no warm-up from 0: the recursion would divide by it.
    /// - `total_iters` of 0 stays at `start_factor` for ever.
    ///
    /// # Numerics
    ///
    /// torch multiplies at each update by a ratio near 1; the line here is within `n + 4` ulp of the base (not of the
    /// value: a line that ends at 0 ends at about 1e-17 of the base in torch).
    LinearLR = "torch.LinearLR" {
        /// The multiple of the base at n = 0, above 0 and at most 1.
        start_factor: f64 = 1.0 / 3.0,
        /// The multiple of the base at the end, between 0 and 1.
        end_factor: f64 = 1.0,
        /// The length of the line.
        total_iters: u64 = 5,
    }
}

impl Original for LinearLR {
    fn check(&self) -> Result<(), Error> {
        rules::number(
            "start_factor",
            self.start_factor,
            self.start_factor > 0.0 && self.start_factor <= 1.0,
            "it must be above 0 and at most 1, as the original demands",
        )?;
        rules::number(
            "end_factor",
            self.end_factor,
            (0.0..=1.0).contains(&self.end_factor),
            "it must be between 0 and 1, as the original demands",
        )
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        if n == 0 || self.total_iters == 0 {
            return base * self.start_factor;
        }
        let elapsed = self.total_iters.min(n) as f64;
        let rise = (self.end_factor - self.start_factor) * elapsed / self.total_iters as f64;
        base * (self.start_factor + rise)
    }
}
