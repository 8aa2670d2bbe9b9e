//! Bulk evaluation: `out[i] = value_at(start + i)`, the same bits as one at a time.
//!
//! What lies in a straight line or a half wave of a cosine goes through [`kernel`]; the rest is evaluated one by one.

mod kernel;

use std::num::NonZero;
use std::sync::Mutex;
use std::thread;

use self::kernel::{BLOCK, Mixing};
use crate::curve::{Cosine, Curve, Linear};
use crate::plan::Plan;
use crate::ready::{Mix, Ready};

/// Values that one core fills at a time.
const CHUNK: usize = 1 << 16;

/// Below it every whole number is an f64.
const WHOLE: u64 = 1 << 53;

/// Levels and bases up to here cannot overflow in a product or a sum of them.
const SMALL: f64 = 1e150;

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
        let mut filled = 0;
        while filled < out.len() {
            let n = later(start, filled);
            let rest = &mut out[filled..];
            // Past the end one value serves for all.
            if self.end().is_some_and(|end| n >= end) {
                rest.fill(self.value_at(n, base));
                return;
            }
            let (item, phase) = self.stretch_at(n);
            let count = item.end.map_or(rest.len(), |end| within(end - n, rest.len()));
            let run = &mut rest[..count];
            match phase {
                Some(phase) => phase.fill(n - item.start, base, run),
                None => each(n, run, |n| self.value_at(n, base)),
            }
            filled += count;
        }
    }

    /// [`fill`](Self::fill) with each value rounded to f32.
    ///
    /// ```
    /// use lehr::{Horizon, Plan, linear, times};
    ///
    /// let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(10)?)?;
    /// let mut values = [0.0; 3];
    /// plan.fill_f32(1, 1.0, &mut values);
    /// assert_eq!(values, [0.9_f32, 0.8, 0.7]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn fill_f32(&self, start: u64, base: f64, out: &mut [f32]) {
        let mut block = [0.0; BLOCK];
        for (index, out) in out.chunks_mut(BLOCK).enumerate() {
            let values = &mut block[..out.len()];
            self.fill(later(start, index * BLOCK), base, values);
            for (single, value) in out.iter_mut().zip(values) {
                #[allow(clippy::cast_possible_truncation)]
                let rounded = *value as f32;
                *single = rounded;
            }
        }
    }

    /// [`fill`](Self::fill) on all cores; worth it from some 10 million values on.
    ///
    /// ```
    /// use lehr::{Horizon, Plan, cosine, times};
    ///
    /// let plan = Plan::builder().then(cosine().to(times(0.0))).resolve(&Horizon::updates(100_000)?)?;
    /// let mut values = vec![0.0; 100_000];
    /// plan.fill_parallel(0, 0.1, &mut values);
    /// for n in [0, 50_000, 99_999] {
    ///     assert_eq!(values[n as usize], plan.value_at(n, 0.1));
    /// }
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn fill_parallel(&self, start: u64, base: f64, out: &mut [f64]) {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let helpers = cores.min(out.len().div_ceil(CHUNK)).saturating_sub(1);
        let chunks = Mutex::new(out.chunks_mut(CHUNK).enumerate());
        let work = || {
            loop {
                let Some((index, chunk)) = chunks.lock().ok().and_then(|mut chunks| chunks.next()) else {
                    return;
                };
                self.fill(later(start, index * CHUNK), base, chunk);
            }
        };
        thread::scope(|scope| {
            for _ in 0..helpers {
                // A thread that the system refuses leaves its share to the others.
                let _ = thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
    }
}

/// `count` updates after `n`.
fn later(n: u64, count: usize) -> u64 {
    n.saturating_add(count as u64)
}

/// `count`, but at most `limit`.
fn within(count: u64, limit: usize) -> usize {
    usize::try_from(count).map_or(limit, |count| count.min(limit))
}

fn each(n: u64, out: &mut [f64], value_at: impl Fn(u64) -> f64) {
    for (index, value) in out.iter_mut().enumerate() {
        *value = value_at(later(n, index));
    }
}

impl Ready {
    /// The values of consecutive updates from `elapsed` on, none of them past the phase's end.
    fn fill(&self, elapsed: u64, base: f64, out: &mut [f64]) {
        let one = |elapsed| self.value_at(elapsed, base);
        // The first update has `from`, an inclusive phase's last one `to`: neither is computed.
        let (first, rest) = out.split_at_mut(usize::from(elapsed == 0).min(out.len()));
        each(elapsed, first, one);
        let elapsed = later(elapsed, first.len());
        let (between, last) = rest.split_at_mut(within(self.steps.saturating_sub(elapsed), rest.len()));
        each(later(elapsed, between.len()), last, one);
        match self.mixing(base) {
            _ if between.is_empty() => {}
            _ if self.is_still() => between.fill(one(elapsed)),
            Some(mixing) => mixing.fill(&self.curve, elapsed, self.steps, between),
            None => each(elapsed, between, one),
        }
    }

    /// `None` for a shape that has no loop of its own, and for numbers at the end of their range.
    fn mixing(&self, base: f64) -> Option<Mixing> {
        let looped = self.curve == Curve::from(Linear) || self.curve == Curve::from(Cosine::default());
        // The smaller of two zeros of different signs is either.
        let plain = |number: f64| number.abs() <= SMALL && number.to_bits() != (-0.0_f64).to_bits();
        if !(looped && self.steps < WHOLE && base.abs() <= SMALL) {
            return None;
        }
        match self.mix {
            Mix::Same { from, to, absolute } => {
                let (scale, shift) = if absolute { (1.0, 0.0 * base) } else { (base, 0.0) };
                (plain(from) && plain(to)).then_some(Mixing::Same { from, to, scale, shift })
            }
            Mix::Parts { from, to } => {
                let parts = [from.offset, from.slope, to.offset, to.slope];
                parts.into_iter().all(plain).then_some(Mixing::Parts { from, to, base })
            }
            Mix::Carried => None,
        }
    }
}
