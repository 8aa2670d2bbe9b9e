//! What there is to schedule with: each shape and combinator with its formula, an example, and what others call it.

mod replicas;

pub use replicas::REPLICAS;

/// A shape or a combinator.
///
/// ```
/// let cosine = lehr_spec::SHAPES.iter().find(|entry| entry.name == "cosine").expect("it is a shape");
/// assert!(cosine.formula.contains("cos(2 pi cycles p^k)") && cosine.example.contains("cosine(to=0x)"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name in plan text.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// The value, from the levels at both ends; p goes from 0 to 1, t counts updates, L is the phase's length.
    pub formula: &'static str,
    /// A plan that shows it.
    pub example: &'static str,
    /// What others call it.
    pub peers: &'static str,
}

const fn entry(
    name: &'static str,
    summary: &'static str,
    formula: &'static str,
    example: &'static str,
    peers: &'static str,
) -> Entry {
    Entry { name, summary, formula, example, peers }
}

/// Every shape, in the order of [`lehr::Curve::NAMES`], then every combinator, in that of [`lehr::Spec::combinators`].
///
/// ```
/// let cosine = lehr_spec::describe("cosine").expect("it is a shape");
/// assert!(cosine.peers.contains("CosineAnnealingLR"));
/// ```
pub fn describe(name: &str) -> Option<&'static Entry> {
    SHAPES.iter().chain(COMBINATORS).find(|entry| entry.name == name)
}

/// Shapes: a phase is one of them, from one level to another.
///
/// ```
/// use std::collections::BTreeSet;
///
/// let described: BTreeSet<&str> = lehr_spec::SHAPES.iter().map(|entry| entry.name).collect();
/// assert_eq!(described, lehr::Curve::NAMES.iter().copied().collect());
/// ```
pub const SHAPES: &[Entry] = &[
    entry(
        "hold",
        "Keeps one level.",
        "v = from",
        "hold(over=50%) -> hold(from=0.1x)",
        "torch ConstantLR, transformers constant, optax constant_schedule",
    ),
    entry(
        "linear",
        "A straight line.",
        "v = from + (to - from) p",
        "linear(from=0x, over=20%) -> linear(to=0x)",
        "torch LinearLR, transformers linear, optax linear_schedule, DeepSpeed WarmupDecayLR, mmengine LinearLR",
    ),
    entry(
        "cosine",
        "Half a wave of a cosine; k bends its time, exponent its height, cycles adds waves.",
        "v = to + (from - to) ((1 + cos(2 pi cycles p^k)) / 2)^exponent",
        "linear(from=0x, over=10%) -> cosine(to=0x)",
        "torch CosineAnnealingLR, transformers cosine, timm CosineLRScheduler, optax cosine_decay_schedule, Keras CosineDecay",
    ),
    entry(
        "polynomial",
        "A power of what is left of the phase.",
        "v = to + (from - to) (1 - p)^power",
        "polynomial(power=2, to=0x)",
        "torch PolynomialLR, transformers polynomial, timm PolyLRScheduler, optax polynomial_schedule",
    ),
    entry(
        "exponential",
        "An exponential between any two levels, zero included; ratio says how bent.",
        "v = from + (to - from) (1 - ratio^p) / (1 - ratio)",
        "exponential(ratio=0.01, to=0x)",
        "Megatron's exponential decay style, timm's WSD decay exp",
    ),
    entry(
        "geometric",
        "A constant factor from each update to the next: straight on a logarithmic axis.",
        "v = from (to / from)^p",
        "geometric(to=0.001x)",
        "torch ExponentialLR, fastai SchedExp, fairseq tri_stage, the learning rate range test",
    ),
    entry(
        "harmonic",
        "A straight line of reciprocals.",
        "v = 1 / ((1 - p) / from + p / to)",
        "harmonic(to=0.01x)",
        "Levanter inv, pytorch-accelerated's WSD without square root",
    ),
    entry(
        "power",
        "A power of what is done of the phase.",
        "v = from + (to - from) p^exponent",
        "power(exponent=2, to=0x)",
        "fastai SchedPoly; exponent 0.5 is the 1 - sqrt decay of WSD",
    ),
    entry(
        "power_law",
        "Falls by itself, as a power of the updates since its start.",
        "v = from / (1 + rate t / scale)^exponent",
        "linear(from=0x, over=10%) -> power_law(scale=10%)",
        "transformers inverse_sqrt, Noam, Keras InverseTimeDecay, OLMo-core's power law",
    ),
    entry(
        "decay",
        "Falls by itself, by a factor each so many updates.",
        "v = from factor^(t / every)",
        "decay(factor=0.5, every=20%)",
        "torch ExponentialLR, optax and Keras exponential_decay, Paddle's natural exponential",
    ),
    entry(
        "sine",
        "A quarter of a wave: leaves at once, arrives slowly.",
        "v = from + (to - from) sin(pi p / 2)",
        "sine(to=0x)",
        "OLMo-core's half cosine, seen from the other end",
    ),
    entry(
        "tanh",
        "A piece of a hyperbolic tangent, from lower to upper, that meets both levels exactly.",
        "v = from + (to - from) (tanh(lower + (upper - lower) p) - tanh lower) / (tanh upper - tanh lower)",
        "tanh(to=0x)",
        "timm TanhLRScheduler",
    ),
    entry(
        "rex",
        "Stays high for long and falls at the end.",
        "v = to + (from - to) (1 - p) / (1 - p / 2)",
        "rex(to=0x)",
        "REX of pytorch_optimizer (arXiv 2107.04197)",
    ),
    entry(
        "logarithmic",
        "Rises as the logarithm of the updates.",
        "v = from + (to - from) ln(1 + t) / ln(1 + L)",
        "logarithmic(from=0x, over=20%) -> hold",
        "DeepSpeed WarmupLR, whose default warm-up it is",
    ),
];

/// Combinators: plans made of plans.
///
/// ```
/// assert!(lehr_spec::COMBINATORS.iter().all(|entry| entry.example.starts_with(entry.name)));
/// ```
pub const COMBINATORS: &[Entry] = &[
    entry(
        "cut",
        "The beginning of a plan, for as long as `over` says.",
        "v(n) = plan(n), n < over",
        "cut(cosine(to=0x), over=60%) -> linear(to=0x)",
        "OLMo-core override_decay",
    ),
    entry(
        "repeat",
        "A plan again and again, each cycle longer or shorter, higher or lower than the one before.",
        "v(n) = anchor + height^i (plan(t) - anchor) in cycle i",
        "repeat(cosine(to=0x, over=14%), times=3, length=2, height=0.7)",
        "torch CosineAnnealingWarmRestarts and CyclicLR, timm cycle_mul and cycle_decay, Keras t_mul and m_mul, StepLR",
    ),
    entry(
        "scale",
        "A plan times a number.",
        "v(n) = by plan(n)",
        "scale(cosine(to=0x), by=0.5)",
        "none has it",
    ),
    entry(
        "product",
        "A plan times factors without a unit.",
        "v(n) = plan(n) factor(n) ...",
        "product(cosine(to=0x), linear(from=0x, over=20%) -> hold)",
        "torch ChainedScheduler, Composer's stacked schedulers, mmengine's overlapping ones",
    ),
    entry(
        "sum",
        "Plans added, value by value.",
        "v(n) = plan(n) + plan(n) + ...",
        "sum(scale(cosine(to=0x), by=0.5), scale(linear(to=0x), by=0.5))",
        "Burn Composed (sum, average)",
    ),
    entry(
        "clamp",
        "A plan within a floor and a ceiling.",
        "v(n) = min(max(plan(n), min), max)",
        "clamp(cosine(to=0x), min=0.1x)",
        "optax end_value, NeMo's max(..., min_lr), inside some shapes only",
    ),
    entry(
        "minimum",
        "The least of several plans.",
        "v(n) = min(plan(n), plan(n), ...)",
        "minimum(linear(from=0x, to=2x), linear(from=1.5x, to=0x))",
        "none has it",
    ),
    entry(
        "maximum",
        "The greatest of several plans.",
        "v(n) = max(plan(n), plan(n), ...)",
        "maximum(cosine(to=0x), linear(from=0.5x, to=0.1x))",
        "none has it",
    ),
    entry(
        "shift",
        "A plan that starts later, or earlier.",
        "v(n) = plan(n - by)",
        "shift(cosine(to=0x, over=50%), by=25%)",
        "optax transition_begin, timm warmup_prefix",
    ),
    entry(
        "stretch",
        "A plan made slower or faster.",
        "v(n) = plan(n / by)",
        "stretch(cosine(to=0x, over=50%), by=2)",
        "Composer scale_schedule_ratio",
    ),
    entry(
        "reverse",
        "A plan from its end to its start.",
        "v(n) = plan(L - n)",
        "reverse(rex(to=0x))",
        "none has it",
    ),
    entry(
        "noise",
        "Seeded noise on a plan: the same at update n however n is reached.",
        "v(n) = plan(n) (1 + e(n))",
        "noise(cosine(to=0x), limit=0.1, seed=7)",
        "timm noise_range_t, noise_pct, noise_std",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use lehr::{Curve, Horizon, Spec};

    #[test]
    fn every_shape_and_combinator_is_described_in_order_and_its_example_resolves() {
        let shapes: Vec<&str> = SHAPES.iter().map(|entry| entry.name).collect();
        let mut known = Curve::NAMES.to_vec();
        let mut described = shapes.clone();
        known.sort_unstable();
        described.sort_unstable();
        assert_eq!(described, known);
        let combinators: Vec<&str> = COMBINATORS.iter().map(|entry| entry.name).collect();
        let known: Vec<&str> = Spec::combinators().iter().map(|(name, _)| *name).collect();
        assert_eq!(combinators, known);
        for entry in SHAPES.iter().chain(COMBINATORS) {
            let spec: Spec = entry.example.parse().unwrap();
            let plan = spec.resolve(&Horizon::updates(1000).unwrap());
            assert!(plan.is_ok(), "{}: {plan:?}", entry.name);
            assert!(entry.example.contains(entry.name));
        }
    }
}
