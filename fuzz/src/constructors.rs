//! Plans built in code, from any numbers.

use arbitrary::Arbitrary;
use lehr::control::{Greedy, Plateau, Threshold};
use lehr::{
    Cosine, Curve, Decay, Exponential, Geometric, Harmonic, Hold, Horizon, Level, Linear, Logarithmic, Noise,
    Polynomial, Power, PowerLaw, Ratio, Repeat, Rex, Sine, Span, Spec, Tanh, absolute, epochs, fraction,
    phase, recipe, rest, times, updates,
};

/// A length.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Length {
    Updates(u64),
    Few(u8),
    Epochs(f64),
    Fraction(f64),
    Rest,
}

impl From<Length> for Span {
    fn from(length: Length) -> Self {
        match length {
            Length::Updates(count) => updates(count),
            Length::Few(count) => updates(u64::from(count)),
            Length::Epochs(count) => epochs(count),
            Length::Fraction(share) => fraction(share),
            Length::Rest => rest(),
        }
    }
}

/// A value.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Value {
    Absolute(f64),
    Times(f64),
    Tenth,
}

impl From<Value> for Level {
    fn from(value: Value) -> Self {
        match value {
            Value::Absolute(value) => absolute(value),
            Value::Times(factor) => times(factor),
            Value::Tenth => times(0.1),
        }
    }
}

/// A shape: which one, and up to three of its numbers.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Shape(u8, f64, f64, f64, Length);

impl From<Shape> for Curve {
    fn from(Shape(which, a, b, c, length): Shape) -> Self {
        match which % 14 {
            0 => Hold.into(),
            1 => Linear.into(),
            2 => Cosine { k: a, exponent: b, cycles: c }.into(),
            3 => Sine.into(),
            4 => Polynomial { power: a }.into(),
            5 => Power { exponent: a }.into(),
            6 => Exponential { ratio: a }.into(),
            7 => Geometric.into(),
            8 => Harmonic.into(),
            9 => Tanh { lower: a, upper: b }.into(),
            10 => Rex.into(),
            11 => Logarithmic.into(),
            12 => PowerLaw { exponent: a, rate: b, scale: length.into() }.into(),
            _ => Decay { factor: a, every: length.into() }.into(),
        }
    }
}

/// A phase, or something around plans.
#[derive(Arbitrary, Debug)]
pub enum Tree {
    Phase { shape: Shape, from: Option<Value>, to: Option<Value>, over: Length, inclusive: bool },
    WarmupCosine { warmup: Length, from: Value, to: Value, cooldown: Length, k: f64 },
    OneCycle { up: Length, from: Value, to: Value },
    InverseSqrt { warmup: Length, floor: Value },
    Then(Box<Self>, Box<Self>),
    Cut(Box<Self>, Length),
    Repeat { of: Box<Self>, times: Option<u64>, length: f64, height: f64, anchor: Value },
    Scale(Box<Self>, f64),
    Clamp(Box<Self>, Option<Value>, Option<Value>),
    Later(Box<Self>, Length),
    Earlier(Box<Self>, Length),
    Stretch(Box<Self>, u64, u64),
    Reverse(Box<Self>),
    Noise { of: Box<Self>, limit: f64, std: Option<f64>, seed: u64 },
    Product(Box<Self>, Vec<Self>),
    Sum(Box<Self>, Vec<Self>),
    Minimum(Box<Self>, Vec<Self>),
    Maximum(Box<Self>, Vec<Self>),
}

impl Tree {
    /// The spec, where the tree is no deeper than a reader accepts.
    fn spec(&self, depth: usize) -> Option<Spec> {
        let depth = depth.checked_sub(1)?;
        let all = |list: &[Self]| list.iter().map(|one| one.spec(depth)).collect::<Option<Vec<_>>>();
        Some(match self {
            Self::Phase { shape, from, to, over, inclusive } => {
                let mut made = phase(*shape).over(*over);
                made = from.map_or(made, |from| made.from(from.into()));
                made = to.map_or(made, |to| made.to(to.into()));
                if *inclusive { made.inclusive().into() } else { made.into() }
            }
            Self::WarmupCosine { warmup, from, to, cooldown, k } => recipe::warmup_cosine()
                .warmup(*warmup, (*from).into())
                .to((*to).into())
                .cooldown(*cooldown)
                .k_decay(*k)
                .spec(),
            Self::OneCycle { up, from, to } => {
                recipe::one_cycle().up(*up).from((*from).into()).to((*to).into()).spec()
            }
            Self::InverseSqrt { warmup, floor } => {
                recipe::inverse_sqrt().warmup(*warmup, times(0.0)).floor((*floor).into()).spec()
            }
            Self::Then(one, other) => one.spec(depth)?.then(other.spec(depth)?),
            Self::Cut(of, over) => of.spec(depth)?.cut(*over),
            Self::Repeat { of, times, length, height, anchor } => {
                let how =
                    Repeat { times: *times, length: *length, height: *height, anchor: (*anchor).into() };
                of.spec(depth)?.repeat(how)
            }
            Self::Scale(of, by) => of.spec(depth)?.scale(*by),
            Self::Clamp(of, min, max) => of.spec(depth)?.clamp(min.map(Into::into), max.map(Into::into)),
            Self::Later(of, by) => of.spec(depth)?.later(*by),
            Self::Earlier(of, by) => of.spec(depth)?.earlier(*by),
            Self::Stretch(of, up, down) => of.spec(depth)?.stretch(Ratio::new(*up, *down).ok()?),
            Self::Reverse(of) => of.spec(depth)?.reverse(),
            Self::Noise { of, limit, std, seed } => {
                of.spec(depth)?.noise(Noise { limit: *limit, std: *std, seed: *seed })
            }
            Self::Product(of, with) => of.spec(depth)?.product(all(with)?),
            Self::Sum(of, with) => of.spec(depth)?.sum(all(with)?),
            Self::Minimum(of, with) => of.spec(depth)?.minimum(all(with)?),
            Self::Maximum(of, with) => of.spec(depth)?.maximum(all(with)?),
        })
    }
}

/// What is built.
#[derive(Arbitrary, Debug)]
pub enum Constructor {
    Plan(Tree),
    Horizon {
        epochs: u64,
        updates_per_epoch: u64,
        tree: Tree,
    },
    Plateau {
        factor: f64,
        patience: u64,
        threshold: f64,
        relative: bool,
        min_factor: f64,
        smoothing: usize,
        metrics: Vec<f64>,
    },
    Greedy {
        factor: f64,
        patience: u64,
        min_factor: f64,
        max_factor: f64,
        smoothing: usize,
        metrics: Vec<f64>,
    },
}

/// Builds it: an error says something, and what is built answers with numbers.
pub fn check(constructor: &Constructor) {
    match constructor {
        Constructor::Plan(tree) => {
            if let Some(spec) = tree.spec(12) {
                crate::horizons().for_each(|horizon| check_spec(&spec, &horizon));
            }
        }
        Constructor::Horizon { epochs, updates_per_epoch, tree } => {
            match (Horizon::epochs(*epochs, *updates_per_epoch), tree.spec(12)) {
                (Ok(horizon), Some(spec)) => check_spec(&spec, &horizon),
                (Err(error), _) => assert!(!error.to_string().is_empty()),
                (Ok(_), None) => {}
            }
        }
        Constructor::Plateau { factor, patience, threshold, relative, min_factor, smoothing, metrics } => {
            let threshold =
                if *relative { Threshold::Relative(*threshold) } else { Threshold::Absolute(*threshold) };
            let builder = Plateau::builder().factor(*factor).patience(*patience).threshold(threshold);
            check_controller(builder.min_factor(*min_factor).smoothing(*smoothing).build(), metrics);
        }
        Constructor::Greedy { factor, patience, min_factor, max_factor, smoothing, metrics } => {
            let builder = Greedy::builder().factor(*factor).patience(*patience).min_factor(*min_factor);
            check_controller(builder.max_factor(*max_factor).smoothing(*smoothing).build(), metrics);
        }
    }
}

fn check_spec(spec: &Spec, horizon: &Horizon) {
    match spec.resolve(horizon) {
        Ok(plan) => crate::check_plan(&plan),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn check_controller(built: Result<impl lehr::control::Controller, lehr::Error>, metrics: &[f64]) {
    match built {
        Ok(mut controller) => {
            for metric in metrics.iter().take(1000) {
                let before = controller.factor();
                if controller.observe(*metric).is_err() {
                    assert_eq!(controller.factor().to_bits(), before.to_bits());
                }
                assert!(controller.factor().is_finite() && controller.factor() >= 0.0);
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
