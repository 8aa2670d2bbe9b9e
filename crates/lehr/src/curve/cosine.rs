//! Cosine: `w(p) = (1 - cos(pi p^k)) / 2`.

use super::{Progress, Shape, Weight, check_positive};
use crate::error::Error;
use crate::math::{power_and_rest, sin_squared};

/// Half a wave of a cosine (SGDR without restarts, arXiv 1608.03983), with k-decay (arXiv 2004.05909): `k` above 1
/// stays near `from` for longer, `k` below 1 leaves it sooner; 1 is the plain cosine.
///
/// ```
/// use lehr::{Horizon, Plan, absolute, cosine};
///
/// let plan = Plan::builder().then(cosine().to(absolute(0.0))).resolve(&Horizon::updates(2)?)?;
/// assert_eq!([0, 1, 2].map(|n| plan.value_at(n, 1.0)), [1.0, 0.5, 0.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// `w = sin^2(pi p / 2)` and `1 - w = cos^2(pi p / 2)`, each from whichever of progress and rest is below a half,
/// so that neither cancels: values within 4 ulp at every update for k = 1, within 6 ulp for k up to 3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cosine {
    /// The exponent of the progress; finite and above 0.
    pub k: f64,
}

impl Default for Cosine {
    fn default() -> Self {
        Self { k: 1.0 }
    }
}

impl Shape for Cosine {
    const NAME: &'static str = "cosine";

    fn weight(&self, progress: Progress) -> Option<Weight> {
        let (done, left) = power_and_rest(progress.done, progress.left, self.k);
        Some(if done <= 0.5 {
            let to = sin_squared(done);
            Weight { from: 1.0 - to, to }
        } else {
            let from = sin_squared(left);
            Weight { from, to: 1.0 - from }
        })
    }

    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![("k", self.k)]
    }

    fn set(&mut self, name: &str, value: f64) -> bool {
        let known = name == "k";
        if known {
            self.k = value;
        }
        known
    }

    fn check(&self) -> Result<(), Error> {
        check_positive("k", self.k)
    }
}
