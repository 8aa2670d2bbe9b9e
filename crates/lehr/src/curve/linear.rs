//! Linear: `w(p) = p`.

use super::{Progress, Shape, Weight};

/// A straight line.
///
/// ```
/// use lehr::{Horizon, Plan, linear, times};
///
/// let plan = Plan::builder().then(linear().from(times(0.0))).resolve(&Horizon::updates(4)?)?;
/// assert_eq!([0, 1, 2, 3, 4].map(|n| plan.value_at(n, 1.0)), [0.0, 0.25, 0.5, 0.75, 1.0]);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// The weight is one division of whole numbers: within half an ulp; values within 2 ulp.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Linear;

impl Shape for Linear {
    const NAME: &'static str = "linear";

    #[inline(always)]
    fn weight(&self, progress: Progress) -> Option<Weight> {
        Some(Weight { from: progress.left, to: progress.done })
    }
}
