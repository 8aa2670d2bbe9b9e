//! Bulk evaluation: `out[i] = value_at(start + i)`, the same bits as one at a time.

use crate::plan::Plan;

impl Plan {
    /// Fills a slice with the values of consecutive updates from `start` on, for a group with this base.
    ///
    /// ```
    /// use lehr::{Horizon, Plan, linear, times};
    ///
    /// let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(4)?)?;
    /// let mut values = [0.0; 6];
    /// plan.fill(0, 1.0, &mut values);
    /// assert_eq!(values, [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn fill(&self, start: u64, base: f64, out: &mut [f64]) {
        self.each(start, base, out, |value| value);
    }

    /// [`fill`](Self::fill) with each value rounded to f32.
    pub fn fill_f32(&self, start: u64, base: f64, out: &mut [f32]) {
        #[allow(clippy::cast_possible_truncation)]
        self.each(start, base, out, |value| value as f32);
    }

    /// [`fill`](Self::fill) on all cores; worth it from some 10 million values on.
    #[cfg(feature = "rayon")]
    pub fn fill_parallel(&self, start: u64, base: f64, out: &mut [f64]) {
        use rayon::prelude::*;
        out.par_chunks_mut(CHUNK).enumerate().for_each(|(index, chunk)| {
            self.fill(start.saturating_add((index * CHUNK) as u64), base, chunk);
        });
    }

    fn each<T: Copy>(&self, start: u64, base: f64, out: &mut [T], convert: impl Fn(f64) -> T) {
        let mut filled = 0;
        while filled < out.len() {
            let n = start.saturating_add(filled as u64);
            let rest = &mut out[filled..];
            // Past the end one value serves for all.
            if self.end().is_some_and(|end| n >= end) {
                rest.fill(convert(self.value_at(n, base)));
                return;
            }
            let (phase, next) = self.stretch_at(n);
            let count = next
                .map_or(rest.len(), |next| usize::try_from(next - n).unwrap_or(usize::MAX))
                .min(rest.len());
            for (index, value) in rest[..count].iter_mut().enumerate() {
                let n = n.saturating_add(index as u64);
                *value =
                    convert(phase.map_or_else(|| self.value_at(n, base), |phase| phase.value_at(n, base)));
            }
            filled += count;
        }
    }
}

/// Values that one core fills at a time.
#[cfg(feature = "rayon")]
const CHUNK: usize = 1 << 16;
