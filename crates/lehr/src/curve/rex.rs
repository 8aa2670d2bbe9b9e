//! REX: `w(p) = p / (2 - p)`, that is `1 - w = (1 - p) / (1 - p / 2)`.

use super::{Progress, Shape, Weight};

/// The reflected exponential (arXiv 2107.04197): between a straight line and a hold followed by a steep end.
///
/// ```
/// use lehr::{Horizon, Plan, Rex, absolute, phase};
///
/// let plan = Plan::builder().then(phase(Rex).to(absolute(0.0))).resolve(&Horizon::updates(2)?)?;
/// assert_eq!([0, 1, 2].map(|n| plan.value_at(n, 3.0)), [3.0, 2.0, 0.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// Quotients of positive numbers: within 3 ulp.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rex;

impl Shape for Rex {
    const NAME: &'static str = "rex";

    fn weight(&self, Progress { done, left, .. }: Progress) -> Option<Weight> {
        let whole = 1.0 + left;
        Some(Weight { from: 2.0 * left / whole, to: done / whole })
    }
}
