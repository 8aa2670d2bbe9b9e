//! Hold: `w(p) = 0` until the end. The phase keeps the level that it comes from.

use super::{Progress, Shape, Weight};

/// Keeps one level; a phase that holds has its `to` where its `from` is.
///
/// ```
/// use lehr::{Horizon, Plan, hold, times, updates};
///
/// let plan = Plan::builder().then(hold().from(times(0.5))).resolve(&Horizon::updates(3)?)?;
/// assert_eq!([0, 1, 2, 3].map(|n| plan.value_at(n, 2.0)), [1.0; 4]);
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// # Numerics
///
/// The level itself, with every bit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hold;

impl Shape for Hold {
    const NAME: &'static str = "hold";

    #[inline(always)]
    fn weight(&self, progress: Progress) -> Option<Weight> {
        Some(if progress.left == 0.0 { Weight { from: 0.0, to: 1.0 } } else { Weight { from: 1.0, to: 0.0 } })
    }
}
