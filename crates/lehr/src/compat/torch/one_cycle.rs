//! `OneCycleLR`: up to `max_lr`, and down to far below where it began; the momentum goes the other way.

use std::f64::consts::PI;

use super::{AnnealStrategy, Field};
use crate::compat::{Original, rules};
use crate::error::Error;

replica! {
    /// torch's `OneCycleLR` (arXiv 1708.07120): from `max_lr / div_factor` to `max_lr` over the first `pct_start` of the
    /// run, then to `max_lr / div_factor / final_div_factor` at its last update.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::{AnnealStrategy, Field, OneCycleLR}};
    ///
    /// let lr = OneCycleLR {
    ///     max_lr: Some(1.0),
    ///     total_steps: Some(9),
    ///     pct_start: 1.0 / 3.0,
    ///     anneal_strategy: AnnealStrategy::Linear,
    ///     div_factor: 2.0,
    ///     ..OneCycleLR::default()
    /// };
    /// let momentum = OneCycleLR { field: Field::Momentum, ..lr.clone() };
    /// let (lr, momentum) = (Replica::from(lr), Replica::from(momentum));
    /// assert_eq!([0, 1, 2].map(|n| lr.value_at(n, 0.3)), [0.5, 0.75, 1.0]);
    /// assert_eq!([0, 2].map(|n| momentum.value_at(n, 0.9)), [0.95, 0.85]);
    /// # lr.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// - The base counts for nothing: the constructor replaces it by `max_lr / div_factor`.
    /// - The first phase ends at `pct_start * total_steps - 1`, which need not be whole: the peak may fall between two
    ///   updates. Below 0 there is no first phase, and the second begins before the run.
    /// - `pct_start * total_steps` of exactly 1 divides by zero in the constructor; [`check`] refuses it.
    /// - The step after the last update is one too many: n = `total_steps` bounces off the end (with `total_steps = 5`
    ///   and a peak of 1 from 4e-6 to 0.188), and a further step raises. The replica holds the bounced value, which is
    ///   what the group keeps. With `pct_start = 1` (or `three_phase` and a middle that ends with the run) it divides
    ///   by zero there instead, and the group keeps the value of the last update.
    /// - With `three_phase` the last phase leaves the momentum alone.
    ///
    /// # Numerics
    ///
    /// torch computes a closed form: the same bits.
    ///
    /// [`check`]: crate::compat::Replica::check
    OneCycleLR = "torch.OneCycleLR" {
        /// The peak; required.
        max_lr: Option<f64> = None,
        /// The number of updates; this or both of the next two.
        total_steps: Option<u64> = None,
        /// With `steps_per_epoch`: the number of updates, where `total_steps` is not given.
        epochs: Option<u64> = None,
        /// See `epochs`.
        steps_per_epoch: Option<u64> = None,
        /// The share of the run that rises, between 0 and 1.
        pct_start: f64 = 0.3,
        /// The shape of all phases.
        anneal_strategy: AnnealStrategy = AnnealStrategy::Cos,
        /// Whether the momentum is written at all; without it, `field = momentum` is the base.
        cycle_momentum: bool = true,
        /// The momentum at the peak.
        base_momentum: f64 = 0.85,
        /// The momentum at both ends.
        max_momentum: f64 = 0.95,
        /// The peak is this many times the first value; 0 divides by zero.
        div_factor: f64 = 25.0,
        /// The first value is this many times the last; 0 divides by zero.
        final_div_factor: f64 = 1e4,
        /// Whether the decay first mirrors the rise, and then goes on to the last value.
        three_phase: bool = false,
        /// Which field the values are of.
        field: Field = Field::Lr,
    }
}

/// Where a phase ends, in updates, and the values of the chosen field at its ends.
struct Phase {
    end: f64,
    from: f64,
    to: f64,
}

impl OneCycleLR {
    fn total(&self) -> Option<u64> {
        let product = || Some(self.epochs?.saturating_mul(self.steps_per_epoch?));
        self.total_steps.or_else(product)
    }

    /// The value at update `n` of the phases, the last of which goes on past its end.
    fn walk(&self, n: f64, phases: &[Phase]) -> Option<f64> {
        let mut start = 0.0;
        let mut before = None;
        let (last, earlier) = phases.split_last()?;
        for phase in earlier {
            if n <= phase.end {
                return Some(self.between(phase, (n - start) / (phase.end - start)));
            }
            start = phase.end;
            before = Some(phase);
        }
        if last.end == start {
            // Only n = `total_steps` comes here: torch raises, and the group keeps what the last update used.
            return before.map(|phase| self.between(phase, 1.0));
        }
        Some(self.between(last, (n - start) / (last.end - start)))
    }

    fn between(&self, phase: &Phase, done: f64) -> f64 {
        let Phase { from, to, .. } = *phase;
        match self.anneal_strategy {
            AnnealStrategy::Cos => to + (from - to) / 2.0 * ((PI * done).cos() + 1.0),
            AnnealStrategy::Linear => (to - from) * done + from,
        }
    }
}

impl Original for OneCycleLR {
    fn check(&self) -> Result<(), Error> {
        rules::required("max_lr", self.max_lr)?;
        let Some(total) = self.total() else {
            let rule = "the original needs it, or `epochs` and `steps_per_epoch`; give it";
            return Err(Error::parameter("total_steps", "None", rule));
        };
        rules::given("total_steps", total, "the original demands it")?;
        let between = (0.0..=1.0).contains(&self.pct_start);
        rules::number(
            "pct_start",
            self.pct_start,
            between,
            "it must be between 0 and 1, as the original demands",
        )?;
        rules::number(
            "pct_start",
            self.pct_start,
            self.pct_start * total as f64 != 1.0,
            "times `total_steps` it must not be 1: the original divides by zero in its constructor",
        )?;
        for (name, factor) in [("div_factor", self.div_factor), ("final_div_factor", self.final_div_factor)] {
            rules::number(name, factor, factor != 0.0, "it must not be 0: the original divides by it")?;
        }
        Ok(())
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        if self.field == Field::Momentum && !self.cycle_momentum {
            return base;
        }
        let total = self.total().unwrap_or_default();
        let n = n.min(total) as f64;
        let total = total as f64;
        let peak = self.max_lr.unwrap_or(base);
        let initial = peak / self.div_factor;
        let (low, peak, last) = match self.field {
            Field::Lr => (initial, peak, initial / self.final_div_factor),
            Field::Momentum => (self.max_momentum, self.base_momentum, self.max_momentum),
        };
        let rise = Phase { end: self.pct_start * total - 1.0, from: low, to: peak };
        let value = if self.three_phase {
            let fall = Phase { end: 2.0 * self.pct_start * total - 2.0, from: peak, to: low };
            self.walk(n, &[rise, fall, Phase { end: total - 1.0, from: low, to: last }])
        } else {
            self.walk(n, &[rise, Phase { end: total - 1.0, from: peak, to: last }])
        };
        value.unwrap_or(base)
    }
}
