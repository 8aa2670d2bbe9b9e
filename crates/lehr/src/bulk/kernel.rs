//! Loops over consecutive updates without a branch for each value, which the compiler turns into vector code: with the
//! feature `simd`, for the widest units of the machine it runs on.
//!
//! Every operation is the IEEE one of a single value: nothing is reordered and nothing fused, so the bits are the same.
//! `Curve::mix` says what is computed; where a phase starts, ends, or could overflow is not for here.

use super::within;
use crate::curve::{Curve, Weight};
use crate::level::Affine;
use crate::math::{Reciprocal, sin_squared_from, sin_squared_tail};

/// Values that stay in the nearest cache.
pub(super) const BLOCK: usize = 256;

/// 0, 1, 2 and so on.
static COUNTS: [f64; BLOCK] = {
    let mut counts = [0.0; BLOCK];
    let mut index = 1;
    while index < BLOCK {
        counts[index] = counts[index - 1] + 1.0;
        index += 1;
    }
    counts
};

/// How a value comes from the weights of the two levels, where nothing can overflow.
#[derive(Clone, Copy)]
pub(super) enum Mixing {
    /// `(from w + to w') scale + shift`.
    Same { from: f64, to: f64, scale: f64, shift: f64 },
    /// `from w + to w'` in both parts.
    Parts { from: Affine, to: Affine, base: f64 },
}

impl Mixing {
    pub(super) fn fill(self, curve: &Curve, elapsed: u64, steps: u64, out: &mut [f64]) {
        match self {
            // A level of 0 has no need of its weight, which costs a division; nor can rounding leave the range.
            Self::Same { from, to: 0.0, scale, shift } => fill(
                curve,
                elapsed,
                steps,
                out,
                #[inline(always)]
                move |weight| (from * weight.from + 0.0) * scale + shift,
            ),
            Self::Same { from: 0.0, to, scale, shift } => fill(
                curve,
                elapsed,
                steps,
                out,
                #[inline(always)]
                move |weight| (to * weight.to + 0.0) * scale + shift,
            ),
            Self::Same { from, to, scale, shift } => {
                let (low, high) = (from.min(to), from.max(to));
                fill(
                    curve,
                    elapsed,
                    steps,
                    out,
                    #[inline(always)]
                    move |weight| {
                        let mixed = from * weight.from + to * weight.to;
                        let mixed = if mixed < low { low } else { mixed };
                        (if mixed > high { high } else { mixed }) * scale + shift
                    },
                );
            }
            Self::Parts { from, to, base } => fill(
                curve,
                elapsed,
                steps,
                out,
                #[inline(always)]
                move |weight| {
                    let offset = from.offset * weight.from + to.offset * weight.to;
                    let slope = from.slope * weight.from + to.slope * weight.to;
                    offset + slope * base
                },
            ),
        }
    }
}

fn fill(curve: &Curve, elapsed: u64, steps: u64, out: &mut [f64], value: impl Fn(Weight) -> f64 + Copy) {
    let length = steps as f64;
    match Reciprocal::of(steps) {
        Some(reciprocal) => fill_by(
            curve,
            elapsed,
            steps,
            out,
            value,
            #[inline(always)]
            move |n| reciprocal.times(n),
        ),
        None => fill_by(
            curve,
            elapsed,
            steps,
            out,
            value,
            #[inline(always)]
            move |n| n / length,
        ),
    }
}

/// `share` divides by the number of steps.
fn fill_by(
    curve: &Curve,
    elapsed: u64,
    steps: u64,
    out: &mut [f64],
    value: impl Fn(Weight) -> f64 + Copy,
    share: impl Fn(f64) -> f64 + Copy,
) {
    let length = steps as f64;
    if matches!(curve, Curve::Cosine(_)) {
        // The half of the wave that is nearer its start, and the one that is nearer its end: see `half_wave`.
        let (rising, falling) = out.split_at_mut(within((steps / 2 + 1).saturating_sub(elapsed), out.len()));
        let middle = elapsed + rising.len() as u64;
        blocks(
            elapsed,
            rising,
            #[inline(always)]
            move |elapsed, block, tails| {
                wave(
                    elapsed,
                    block,
                    tails,
                    share,
                    #[inline(always)]
                    move |to| value(Weight { from: 1.0 - to, to }),
                );
            },
        );
        blocks(
            middle,
            falling,
            #[inline(always)]
            move |elapsed, block, tails| {
                wave(
                    elapsed,
                    block,
                    tails,
                    #[inline(always)]
                    move |elapsed| share(length - elapsed),
                    #[inline(always)]
                    move |from| value(Weight { from, to: 1.0 - from }),
                );
            },
        );
    } else {
        blocks(
            elapsed,
            out,
            #[inline(always)]
            move |elapsed, block, _| {
                for (place, count) in block.iter_mut().zip(&COUNTS) {
                    let elapsed = elapsed + count;
                    *place = value(Weight { from: share(length - elapsed), to: share(elapsed) });
                }
            },
        );
    }
}

/// `value(sin_squared(x(elapsed)))` of a block, in stages that each go over the whole of it: so that the operations of
/// one value, which wait for each other, are those of many values side by side.
#[inline(always)]
fn wave(
    elapsed: f64,
    block: &mut [f64],
    tails: &mut [f64; BLOCK],
    x: impl Fn(f64) -> f64,
    value: impl Fn(f64) -> f64,
) {
    for (place, count) in block.iter_mut().zip(&COUNTS) {
        let x = x(elapsed + count);
        *place = x * x;
    }
    for (z, tail) in block.iter().zip(tails.iter_mut()) {
        *tail = sin_squared_tail(*z);
    }
    for (place, tail) in block.iter_mut().zip(tails.iter()) {
        *place = sin_squared_from(*place, *tail);
    }
    for place in block {
        *place = value(*place);
    }
}

/// Hands out blocks with the updates before them, which f64 counts without rounding, on the vector units there are.
fn blocks(elapsed: u64, out: &mut [f64], fill: impl Fn(f64, &mut [f64], &mut [f64; BLOCK])) {
    let work = Blocks { elapsed: elapsed as f64, out, fill };
    #[cfg(feature = "simd")]
    pulp::Arch::new().dispatch(
        #[inline(always)]
        move || work.fill(),
    );
    #[cfg(not(feature = "simd"))]
    work.fill();
}

struct Blocks<'a, F> {
    elapsed: f64,
    out: &'a mut [f64],
    fill: F,
}

impl<F: Fn(f64, &mut [f64], &mut [f64; BLOCK])> Blocks<'_, F> {
    #[inline(always)]
    fn fill(self) {
        let mut elapsed = self.elapsed;
        let mut tails = [0.0; BLOCK];
        for block in self.out.chunks_mut(BLOCK) {
            (self.fill)(elapsed, block, &mut tails);
            elapsed += BLOCK as f64;
        }
    }
}
