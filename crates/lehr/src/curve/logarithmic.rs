//! Logarithmic: `w = ln(1 + t) / ln(1 + L)` after t of L updates.

use super::{Progress, Shape, Weight};
use crate::math::ln_1p;

/// Fast at first, then ever slower: DeepSpeed's default warm-up, which is this with `inclusive`.
///
/// ```
/// use lehr::{Horizon, Logarithmic, Plan, phase, times, updates};
///
/// let plan = Plan::builder()
///     .then(phase(Logarithmic).from(times(0.0)).over(updates(3)))
///     .resolve(&Horizon::updates(3)?)?;
/// assert_eq!([0, 1, 3].map(|n| plan.value_at(n, 1.0)), [0.0, 0.5, 1.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// Two logarithms and a quotient, its complement from `ln((1 + L) / (1 + t))`: within 4 ulp.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Logarithmic;

impl Shape for Logarithmic {
    const NAME: &'static str = "logarithmic";

    #[inline(never)]
    fn weight(&self, Progress { done, left, elapsed, length }: Progress) -> Option<Weight> {
        if left == 0.0 {
            return Some(Weight { from: left, to: done });
        }
        let whole = ln_1p(length);
        Some(Weight { from: ln_1p(left * length / (1.0 + elapsed)) / whole, to: ln_1p(elapsed) / whole })
    }
}
