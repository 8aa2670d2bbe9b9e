//! `WSDLRScheduler`: a line up, `max(base stable(t), lr_min)`, and a decay of that to `lr_min`.

use std::f64::consts::PI;

use super::Warmup;
use crate::compat::{Original, rules};
use crate::error::Error;

words! {
    /// What [`WSDLRScheduler`] does between warm-up and decay.
    ///
    /// ```
    /// use lehr::compat::{Replica, timm::{StableFn, WSDLRScheduler}};
    ///
    /// let stable = |stable_fn| {
    ///     let wsd = WSDLRScheduler { t_initial: 900, decay_t: 4, stable_fn, ..WSDLRScheduler::default() };
    ///     Replica::from(wsd).value_at(300, 1.0)
    /// };
    /// assert_eq!(stable(StableFn::Constant), 1.0);
    /// assert!(stable(StableFn::Rsqrt) < 1.0);
    /// ```
    StableFn {
        /// It holds the base.
        Constant = "constant",
        /// `(1 + t / timescale)^(-1/2)`.
        Rsqrt = "rsqrt",
        /// `(1 + t / timescale)^(-stable_power)`.
        Power = "power",
    }
}

words! {
    /// How [`WSDLRScheduler`] decays. A function of one's own is not replicated.
    ///
    /// ```
    /// use lehr::compat::{Replica, timm::{DecayFn, WSDLRScheduler}};
    ///
    /// let half_way = |decay_fn| {
    ///     let wsd = WSDLRScheduler { t_initial: 8, decay_t: 4, decay_fn, ..WSDLRScheduler::default() };
    ///     Replica::from(wsd).value_at(6, 1.0)
    /// };
    /// assert_eq!(half_way(DecayFn::Linear), 0.5);
    /// assert!((half_way(DecayFn::OneMinusSqrt) - (1.0 - 0.5_f64.sqrt())).abs() < 1e-15);
    /// ```
    DecayFn {
        /// `1 - p`.
        Linear = "linear",
        /// `1 - sqrt(p)`.
        OneMinusSqrt = "1-sqrt",
        /// `(1 + cos(pi p)) / 2`.
        Cosine = "cosine",
        /// `1 - p^decay_power`.
        Power = "power",
        /// `(r^p - r) / (1 - r)`, where r is `decay_ratio`.
        Exp = "exp",
    }
}

replica! {
    /// timm's `WSDLRScheduler`: warm-up, stable, decay (arXiv 2404.06395, 2405.18392).
    ///
    /// ```
    /// use lehr::compat::{Replica, timm::{DecayFn, WSDLRScheduler}};
    ///
    /// let replica = Replica::from(WSDLRScheduler {
    ///     t_initial: 8,
    ///     decay_t: 4,
    ///     warmup_t: 2,
    ///     decay_fn: DecayFn::Linear,
    ///     ..WSDLRScheduler::default()
    /// });
    /// assert_eq!([0, 1, 2, 6, 8, 10].map(|n| replica.value_at(n, 1.0)), [0.0, 0.5, 1.0, 1.0, 0.5, 0.0]);
    /// # replica.check()?;
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Quirks
    ///
    /// Beside [those of all of them](super#quirks-of-all-of-them):
    ///
    /// - The warm-up always comes before `t_initial`; there is no `warmup_prefix`.
    /// - The minimum is reached at `warmup_t + t_initial`, one after the last scheduled t: the last of 5 epochs of decay
    ///   with `1-sqrt` is still at a tenth of the stable value.
    /// - A base below `lr_min` is raised to it from t = 1 on, or after the warm-up.
    ///
    /// # Numerics
    ///
    /// timm computes a closed form: the same bits.
    WSDLRScheduler = "timm.WSDLRScheduler" {
        /// The length of the stable phase and the decay together, at least 1.
        t_initial: u64 = 0,
        /// The length of the decay, at least 1 and at most `t_initial`.
        decay_t: u64 = 0,
        /// The end of the decay and all after it.
        lr_min: f64 = 0.0,
        /// The stable phase.
        stable_fn: StableFn = StableFn::Constant,
        /// The unit of time of the stable phase; `None` is `warmup_t`. Must be above 0 unless that is constant.
        stable_timescale: Option<f64> = None,
        /// The exponent of [`StableFn::Power`], above 0.
        stable_power: f64 = 0.5,
        /// The decay.
        decay_fn: DecayFn = DecayFn::OneMinusSqrt,
        /// The exponent of [`DecayFn::Power`], above 0.
        decay_power: f64 = 0.5,
        /// The ratio of [`DecayFn::Exp`], between 0 and 1.
        decay_ratio: f64 = 0.1,
        /// The length of the warm-up.
        warmup_t: u64 = 0,
        /// The value that the warm-up starts from.
        warmup_lr_init: f64 = 0.0,
        /// Whether n counts epochs; it changes no value.
        t_in_epochs: bool = true,
    }
}

impl WSDLRScheduler {
    fn timescale(&self) -> f64 {
        self.stable_timescale.unwrap_or(self.warmup_t as f64)
    }

    fn stable(&self, t: f64) -> f64 {
        let power = match self.stable_fn {
            StableFn::Constant => return 1.0,
            StableFn::Rsqrt => 0.5,
            StableFn::Power => self.stable_power,
        };
        (1.0 + t / self.timescale()).powf(-power)
    }

    fn decay(&self, done: f64) -> f64 {
        match self.decay_fn {
            DecayFn::Linear => 1.0 - done,
            DecayFn::OneMinusSqrt => 1.0 - done.sqrt(),
            DecayFn::Cosine => 0.5 * (1.0 + (PI * done).cos()),
            DecayFn::Power => 1.0 - done.powf(self.decay_power),
            DecayFn::Exp => (self.decay_ratio.powf(done) - self.decay_ratio) / (1.0 - self.decay_ratio),
        }
    }
}

impl Original for WSDLRScheduler {
    fn check(&self) -> Result<(), Error> {
        let demands = |rule: &str| format!("it must be {rule}, as the original demands");
        rules::given("t_initial", self.t_initial, "the original demands it")?;
        if !(1..=self.t_initial).contains(&self.decay_t) {
            let rule = demands(&format!("at least 1 and at most the {} of `t_initial`", self.t_initial));
            return Err(Error::parameter("decay_t", self.decay_t, rule));
        }
        rules::number("lr_min", self.lr_min, self.lr_min >= 0.0, &demands("0 or more"))?;
        let ratio = self.decay_ratio;
        rules::number("decay_ratio", ratio, ratio > 0.0 && ratio < 1.0, &demands("between 0 and 1"))?;
        for (name, power) in [("decay_power", self.decay_power), ("stable_power", self.stable_power)] {
            rules::number(name, power, power > 0.0, &demands("above 0"))?;
        }
        let timescale = self.timescale();
        let positive = self.stable_fn == StableFn::Constant || timescale > 0.0;
        rules::number(
            "stable_timescale",
            timescale,
            positive,
            &demands("above 0 unless the stable phase is constant"),
        )
    }

    fn value_at(&self, n: u64, base: f64) -> f64 {
        let warmup = Warmup { t: self.warmup_t, lr_init: self.warmup_lr_init, prefix: true };
        let t = match warmup.at(n, base, base) {
            Ok(value) => return value,
            Err(t) => t,
        };
        let stable = (base * self.stable(t as f64)).max(self.lr_min);
        let decaying = t.saturating_sub(self.t_initial.saturating_sub(self.decay_t));
        if decaying == 0 {
            return stable;
        }
        let decay = self.decay((decaying as f64 / self.decay_t as f64).min(1.0));
        self.lr_min + (stable - self.lr_min) * decay
    }
}
