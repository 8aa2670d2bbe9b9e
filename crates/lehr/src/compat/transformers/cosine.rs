//! `cosine`: `base (1 + cos(2 pi num_cycles p)) / 2`; `cosine_with_restarts`: `base (1 + cos(pi (num_cycles p mod 1))) / 2`.

use std::f64::consts::PI;

use super::{progress, warmup};
use crate::compat::Original;
use crate::error::Error;

replica! {
    /// transformers' `cosine` (`get_cosine_schedule_with_warmup`): a line up from 0 and a cosine.
    ///
    /// ```
    /// use lehr::compat::{Replica, transformers::Cosine};
    ///
    /// let replica = Replica::from(Cosine { num_warmup_steps: 2, num_training_steps: 4, num_cycles: 0.5 });
    /// assert_eq!([0, 1, 2, 4, 6].map(|n| replica.value_at(n, 1.0)), [0.0, 0.5, 1.0, 0.0, 1.0]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - `num_cycles` counts whole waves: 0.5 is one fall. With 1 the run ends where it began.
    /// - It goes up again past the end: with 3 updates of warm-up in 10, it is 0 at 10 and 0.389 of the base at 13.
    ///
    /// # Numerics
    ///
    /// The same bits.
    Cosine = "transformers.cosine" {
        /// The length of the warm-up from 0. Required by the original; 0 is no warm-up.
        num_warmup_steps: u64 = 0,
        /// The length of the run. Required by the original.
        num_training_steps: u64 = 0,
        /// Waves in the run.
        num_cycles: f64 = 0.5,
    }
}

replica! {
    /// transformers' `cosine_with_restarts` (`get_cosine_with_hard_restarts_schedule_with_warmup`).
    ///
    /// ```
    /// use lehr::compat::{Replica, transformers::CosineWithRestarts};
    ///
    /// let replica = Replica::from(CosineWithRestarts {
    ///     num_warmup_steps: 0,
    ///     num_training_steps: 4,
    ///     num_cycles: 2.0,
    /// });
    /// assert_eq!([0, 1, 2, 3, 4, 5].map(|n| replica.value_at(n, 1.0)), [1.0, 0.5, 1.0, 0.5, 0.0, 0.0]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - `num_cycles` counts falls here, not waves.
    /// - Past the end it is 0. Within the run 0 is never used: the last update of a cycle is one short of it.
    /// - The cycle is `num_cycles * progress mod 1`, rounded, so a restart may come one update late.
    ///
    /// # Numerics
    ///
    /// The same bits.
    CosineWithRestarts = "transformers.cosine_with_restarts" {
        /// The length of the warm-up from 0. Required by the original; 0 is no warm-up.
        num_warmup_steps: u64 = 0,
        /// The length of the run. Required by the original.
        num_training_steps: u64 = 0,
        /// Falls in the run.
        num_cycles: f64 = 1.0,
    }
}

impl Original for Cosine {
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let wave = || {
            let progress = progress(n, self.num_warmup_steps, self.num_training_steps);
            0.5 * (1.0 + (PI * self.num_cycles * 2.0 * progress).cos())
        };
        base * warmup(n, self.num_warmup_steps).unwrap_or_else(wave)
    }
}

impl Original for CosineWithRestarts {
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let wave = || {
            let progress = progress(n, self.num_warmup_steps, self.num_training_steps);
            if progress >= 1.0 {
                return 0.0;
            }
            0.5 * (1.0 + (PI * modulo_one(self.num_cycles * progress)).cos())
        };
        base * warmup(n, self.num_warmup_steps).unwrap_or_else(wave)
    }
}

/// Python's `x % 1.0`, which has the sign of the divisor.
fn modulo_one(x: f64) -> f64 {
    let remainder = x % 1.0;
    if remainder < 0.0 { remainder + 1.0 } else { remainder }
}
