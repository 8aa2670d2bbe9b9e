//! Noise: `value(n) = plan(n) (1 + e(n))`, where e is a pure function of the seed and n.

use super::{Context, one};
use crate::call::{Call, Fault};
use crate::combine::Combinator;
use crate::error::Error;
use crate::horizon::Horizon;
use crate::level::{Affine, finite};
use crate::math::{ln, sin_squared};
use crate::number::Number;
use crate::plan::{Plan, Section};
use crate::spec::Spec;
use crate::time::Time;

/// Seeded noise on a plan: the same at update n however n is reached, and the same for every group.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, Noise, Plan, hold};
///
/// let noisy = Plan::builder().then(hold()).noise(Noise { limit: 0.1, seed: 7, ..Noise::default() });
/// let plan = noisy.resolve(&Horizon::updates(1000)?)?;
/// assert!((0..1000).all(|n| (0.9..=1.1).contains(&plan.value_at(n, 1.0))));
/// assert_eq!(plan.value_at(5, 1.0), plan.value_at(5, 1.0));
/// assert_ne!(plan.value_at(5, 1.0), plan.value_at(6, 1.0));
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// The largest share of the value that is added or taken away: above 0, below 1, so that the sign stays; 0.1 by
    /// default.
    pub limit: f64,
    /// The standard deviation of normal noise, drawn again where it is beyond `limit`; `None` (the default) for
    /// uniform noise within `limit`. Finite and above 0.
    pub std: Option<f64>,
    /// The seed; 0 by default.
    pub seed: u64,
}

impl Default for Noise {
    fn default() -> Self {
        Self { limit: 0.1, std: None, seed: 0 }
    }
}

/// Draws before normal noise is given up for uniform: with a deviation far beyond the limit it is the same.
const DRAWS: u64 = 64;

impl Noise {
    fn check(&self) -> Result<(), Error> {
        if !(self.limit > 0.0 && self.limit < 1.0) {
            let rule = "it must be above 0 and below 1, so that a value keeps its sign";
            return Err(Error::parameter("limit", Number(self.limit), rule));
        }
        match self.std {
            Some(std) if !(std > 0.0 && std.is_finite()) => {
                Err(Error::parameter("std", Number(std), "it must be a finite number above 0"))
            }
            _ => Ok(()),
        }
    }

    /// `1 + e(n)`.
    fn factor(&self, n: u64) -> f64 {
        let Some(std) = self.std else { return 1.0 + self.limit * (2.0 * self.uniform(n, 0) - 1.0) };
        let mut draws = (0..DRAWS).map(|draw| std * self.normal(n, draw));
        let noise = draws.find(|noise| noise.abs() <= self.limit);
        1.0 + noise.unwrap_or_else(|| self.limit * (2.0 * self.uniform(n, DRAWS * 2) - 1.0))
    }

    /// A standard normal number (Box and Muller, 1958).
    fn normal(&self, n: u64, draw: u64) -> f64 {
        let radius = (-2.0 * ln(1.0 - self.uniform(n, 2 * draw))).sqrt();
        // cos(2 pi u) = 1 - 2 sin^2(pi u), with u folded into [0, 1/4] for the polynomial.
        let angle = 2.0 * self.uniform(n, 2 * draw + 1);
        let half = angle.min(2.0 - angle);
        let cosine =
            if half <= 0.5 { 1.0 - 2.0 * sin_squared(half) } else { 2.0 * sin_squared(1.0 - half) - 1.0 };
        radius * cosine
    }

    /// A number in `[0, 1)` (`SplitMix64` of seed, update and draw).
    fn uniform(&self, n: u64, draw: u64) -> f64 {
        let mixed = mix(mix(mix(self.seed) ^ n) ^ draw);
        (mixed >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The output function of `SplitMix64` (Steele, Lea and Flood, 2014), one step on.
fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// `noise(plan, limit=0.1, std=0.05, seed=7)`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Noisy<P> {
    pub(crate) plan: P,
    pub(crate) noise: Noise,
}

impl<P> Noisy<P> {
    pub(super) const NAME: &'static str = "noise";
    pub(super) const ARGUMENTS: &'static [&'static str] = &["limit", "std", "seed"];

    pub(super) fn plans(&self) -> Vec<&P> {
        vec![&self.plan]
    }

    pub(super) fn arguments(&self, call: Call) -> Call {
        call.with("limit", Some(Number(self.noise.limit).to_string()))
            .with("std", self.noise.std.map(|std| Number(std).to_string()))
            .with("seed", Some(self.noise.seed.to_string()))
    }
}

impl Noisy<Spec> {
    pub(super) fn from_call(plans: Vec<Spec>, call: &Call) -> Result<Self, Fault> {
        let default = Noise::default();
        let noise = Noise {
            limit: call.number("limit")?.unwrap_or(default.limit),
            std: call.number("std")?,
            seed: call.count("seed")?.unwrap_or(default.seed),
        };
        Ok(Self { plan: one(plans, call)?, noise })
    }

    pub(super) fn length(&self, around: Horizon) -> Result<Option<u64>, Error> {
        self.plan.length(around)
    }

    pub(super) fn resolve(&self, context: Context) -> Result<Combinator<Plan>, Error> {
        self.noise.check()?;
        Ok(Combinator::Noisy(Noisy { plan: self.plan.resolve_in(context)?, noise: self.noise }))
    }
}

impl Noisy<Plan> {
    /// After the plan's end the noise stops too: the last value holds.
    fn factor(&self, time: Time) -> f64 {
        let n = time.floor();
        self.noise.factor(self.plan.end().map_or(n, |end| n.min(end)))
    }

    pub(super) fn affine(&self, time: Time) -> Option<Affine> {
        Some(self.plan.affine(time)?.times(self.factor(time)))
    }

    pub(super) fn value(&self, time: Time, base: f64) -> f64 {
        finite(self.plan.value(time, base) * self.factor(time))
    }

    pub(super) fn end(&self) -> Option<u64> {
        self.plan.end()
    }

    pub(super) fn section(&self, time: Time) -> Section {
        self.plan.section(time)
    }

    pub(super) fn check_base(&self, base: f64) -> Result<(), Error> {
        self.plan.check_base(base)
    }
}
