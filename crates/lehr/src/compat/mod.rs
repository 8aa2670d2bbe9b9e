//! Exact replicas of the schedules of torch, timm, transformers and pytorch-accelerated, quirks included: for moving
//! a run or a configuration over, not for new schedules.
//!
//! Read from the sources of torch 2.15.0, timm 1.0.31, transformers 5.23.0 and pytorch-accelerated 0.1.61, and tested
//! against values that those put into a real optimizer (`tools/golden/compat.py`).
//!
//! ```
//! use lehr::compat::{Argument, Replica};
//!
//! let mut replica = Replica::named("torch.CosineAnnealingLR").expect("it is in Replica::NAMES");
//! replica.set("T_max", &Argument::Number(10.0))?;
//! replica.set("eta_min", &Argument::Number(0.1))?;
//! replica.check()?;
//! assert_eq!(replica.value_at(0, 1.0), 1.0);
//! assert_eq!(replica.value_at(10, 1.0), 0.1);
//! assert!((replica.value_at(20, 1.0) - 1.0).abs() < 1e-12); // it rebounds, as the original does
//! # Ok::<(), lehr::Error>(())
//! ```
//!
//! # The clock
//!
//! `value_at(n, base)` is what stands in a group of that base after the original was built and stepped n times: what
//! update n, counted from 0, uses in the original's usual loop, where one step follows each update (or each epoch,
//! if that is what the run counts: n is then the epoch). The base is the group's value before the original was built.
//!
//! - torch and transformers step once while they are built, so n is their `last_epoch`.
//! - timm is told t; n is that t, and `value_at(0, base)` is what its constructor leaves.
//! - pytorch-accelerated counts from -1: `value_at(0, base)` is what its constructor leaves and `value_at(n + 1, base)`
//!   is its `get_updated_values(n)`. Its schedule arrives one update late.
//!
//! # Numerics
//!
//! The operations are the original's in the original's order, with the platform's `cos`, `pow`, `exp`, `tanh`, `log`
//! and `sqrt`, which Python calls as well: on the same C library the bits are the same. Elsewhere they differ by what
//! the two C libraries differ. The exceptions are those classes of torch that multiply the value in the group at every
//! step; these have a closed form here, whose distance from the original grows with its number of roundings and is
//! stated with each. All else in this crate has the same bits on every platform.
//!
//! # Where an original has no value
//!
//! [`Replica::check`] refuses what the original refuses and what it cannot run without dividing by zero. A value that
//! does not exist even so has a rule, stated with the replica; it is mostly what the group would keep. Whatever remains
//! is finite for a finite base: beyond the largest f64 it is the largest, and instead of NaN it is the base.
//!
//! # What is left out
//!
//! timm's noise needs torch's generator. Functions as arguments (`LambdaLR`, `MultiplicativeLR`, `scale_fn`, a callable
//! `decay_fn`) have no place in a configuration. `ReduceLROnPlateau`, `GreedyLR` and `PlateauLRScheduler` answer to a
//! metric, not to n. `ChainedScheduler` depends on what stands in the group at every step. [`torch::SequentialLR`] is
//! here, but not in the list, as its arguments are other replicas. A list of one value for each group (`max_lr=[...]`)
//! is one replica for each group.

#[macro_use]
mod argument;
mod python;
pub mod pytorch_accelerated;
mod rules;
pub mod timm;
pub mod torch;
pub mod transformers;

pub use argument::Argument;

use crate::call::{Call, Fault};
use crate::error::Error;
use argument::Named;

/// What a replica adds to its arguments; the list below makes [`Replica`] of all of them.
trait Original: Named {
    /// What the original refuses, or where it divides by zero. That numbers are finite is seen to already.
    fn check(&self) -> Result<(), Error>;

    /// What the original puts into a group of that base after n steps.
    fn value_at(&self, n: u64, base: f64) -> f64;
}

macro_rules! replicas {
    ($($variant:ident($($path:ident)::+),)*) => {
        /// One of the originals with its arguments. See the [module](self) for the clock and the numerics.
        ///
        /// ```
        /// use lehr::compat::{Replica, torch::StepLR};
        ///
        /// let replica = Replica::from(StepLR { step_size: 30, ..StepLR::default() });
        /// assert_eq!(replica.name(), "torch.StepLR");
        /// assert_eq!(replica.arguments(), [("step_size", 30.0.into()), ("gamma", 0.1.into())]);
        /// assert_eq!(replica.value_at(29, 1.0), 1.0);
        /// assert_eq!(replica.value_at(30, 1.0), 0.1);
        /// # replica.check()?;
        /// # Ok::<(), lehr::Error>(())
        /// ```
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Replica {
            $(
                #[doc = concat!("See [`", stringify!($($path)::+), "`].")]
                $variant($($path)::+),
            )*
        }

        $(
            impl From<$($path)::+> for Replica {
                fn from(original: $($path)::+) -> Self {
                    Self::$variant(original)
                }
            }
        )*

        impl Replica {
            /// The names of all originals: peer dot the original's own name.
            ///
            /// ```
            /// use lehr::compat::Replica;
            ///
            /// assert!(Replica::NAMES.contains(&"timm.CosineLRScheduler"));
            /// ```
            pub const NAMES: &'static [&'static str] = &[$(<$($path)::+>::NAME),*];

            /// The original of that name with its default arguments.
            ///
            /// Required arguments are not given yet: [`check`](Self::check) says which.
            ///
            /// ```
            /// use lehr::compat::Replica;
            ///
            /// let replica = Replica::named("torch.StepLR").expect("it is in NAMES");
            /// assert!(replica.check().unwrap_err().to_string().contains("step_size"));
            /// assert_eq!(Replica::named("torch.StepLr"), None);
            /// ```
            pub fn named(name: &str) -> Option<Self> {
                $(
                    if name == <$($path)::+>::NAME {
                        return Some(Self::$variant(Default::default()));
                    }
                )*
                None
            }

            /// Peer dot the original's own name.
            ///
            /// ```
            /// use lehr::compat::{Replica, torch::LinearLR};
            ///
            /// assert_eq!(Replica::from(LinearLR::default()).name(), "torch.LinearLR");
            /// ```
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => <$($path)::+>::NAME,)*
                }
            }

            /// The arguments with their values, by the original's names and in its order.
            ///
            /// ```
            /// use lehr::compat::{Replica, torch::LinearLR};
            ///
            /// let names = Replica::from(LinearLR::default()).arguments();
            /// assert_eq!(names.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["start_factor", "end_factor", "total_iters"]);
            /// ```
            pub fn arguments(&self) -> Vec<(&'static str, Argument)> {
                match self {
                    $(Self::$variant(original) => original.arguments(),)*
                }
            }

            /// Sets an argument by the original's name.
            ///
            /// # Errors
            ///
            /// If the original has no argument of that name, or the value is of another kind than it takes.
            /// [`arguments`](Self::arguments) is then unchanged.
            ///
            /// ```
            /// use lehr::compat::{Argument, Replica, torch::LinearLR};
            ///
            /// let mut replica = Replica::from(LinearLR::default());
            /// replica.set("total_iters", &Argument::Number(10.0))?;
            /// assert_eq!(replica.arguments()[2], ("total_iters", 10.0.into()));
            /// assert!(replica.set("total_itres", &Argument::Number(10.0)).is_err());
            /// # Ok::<(), lehr::Error>(())
            /// ```
            pub fn set(&mut self, name: &str, value: &Argument) -> Result<(), Error> {
                match self {
                    $(Self::$variant(original) => original.set(name, value),)*
                }
            }

            fn check_rules(&self) -> Result<(), Error> {
                match self {
                    $(Self::$variant(original) => original.check(),)*
                }
            }

            fn raw_value_at(&self, n: u64, base: f64) -> f64 {
                match self {
                    $(Self::$variant(original) => original.value_at(n, base),)*
                }
            }
        }
    };
}

replicas! {
    TorchStepLR(torch::StepLR),
    TorchMultiStepLR(torch::MultiStepLR),
    TorchConstantLR(torch::ConstantLR),
    TorchLinearLR(torch::LinearLR),
    TorchExponentialLR(torch::ExponentialLR),
    TorchPolynomialLR(torch::PolynomialLR),
    TorchCosineAnnealingLR(torch::CosineAnnealingLR),
    TorchCosineAnnealingWarmRestarts(torch::CosineAnnealingWarmRestarts),
    TorchOneCycleLR(torch::OneCycleLR),
    TorchCyclicLR(torch::CyclicLR),
    TorchSWALR(torch::SWALR),
    TimmCosineLRScheduler(timm::CosineLRScheduler),
    TimmTanhLRScheduler(timm::TanhLRScheduler),
    TimmStepLRScheduler(timm::StepLRScheduler),
    TimmMultiStepLRScheduler(timm::MultiStepLRScheduler),
    TimmPolyLRScheduler(timm::PolyLRScheduler),
    TimmWSDLRScheduler(timm::WSDLRScheduler),
    TransformersConstant(transformers::Constant),
    TransformersConstantWithWarmup(transformers::ConstantWithWarmup),
    TransformersLinear(transformers::Linear),
    TransformersCosine(transformers::Cosine),
    TransformersCosineWithRestarts(transformers::CosineWithRestarts),
    TransformersCosineWithMinLr(transformers::CosineWithMinLr),
    TransformersCosineWarmupWithMinLr(transformers::CosineWarmupWithMinLr),
    TransformersPolynomial(transformers::Polynomial),
    TransformersInverseSqrt(transformers::InverseSqrt),
    TransformersWarmupStableDecay(transformers::WarmupStableDecay),
    PytorchAcceleratedCosineLrScheduler(pytorch_accelerated::CosineLrScheduler),
    PytorchAcceleratedWSDLrScheduler(pytorch_accelerated::WSDLrScheduler),
}

impl Replica {
    /// Whether the original would take these arguments and could run with them.
    ///
    /// # Errors
    ///
    /// If a number is not finite, if the original itself refuses an argument, or if it would divide by zero within
    /// the run; each replica's page lists its rules.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::LinearLR};
    ///
    /// assert!(Replica::from(LinearLR::default()).check().is_ok());
    /// // torch, too, refuses to start from 0.
    /// assert!(Replica::from(LinearLR { start_factor: 0.0, ..LinearLR::default() }).check().is_err());
    /// ```
    pub fn check(&self) -> Result<(), Error> {
        for (name, value) in self.arguments() {
            if value.numbers().iter().any(|number| !number.is_finite()) {
                return Err(Error::parameter(name, value, "it must be finite"));
            }
        }
        self.check_rules()
    }

    /// What the original puts into a group of that base after n of its steps; update n, counted from 0, uses it.
    ///
    /// Total: any n, and any arguments, also such as [`check`](Self::check) refuses. Finite for a finite base.
    ///
    /// ```
    /// use lehr::compat::{Replica, torch::LinearLR};
    ///
    /// let replica = Replica::from(LinearLR { start_factor: 0.5, end_factor: 1.0, total_iters: 2 });
    /// assert_eq!([0, 1, 2, 9].map(|n| replica.value_at(n, 4.0)), [2.0, 3.0, 4.0, 4.0]);
    /// ```
    pub fn value_at(&self, n: u64, base: f64) -> f64 {
        let value = self.raw_value_at(n, base);
        if value.is_nan() { base } else { value.clamp(f64::MIN, f64::MAX) }
    }
}

impl Replica {
    /// The original that a call names, if it names one.
    pub(crate) fn from_call(call: &Call) -> Option<Result<Self, Fault>> {
        Self::named(&call.name).map(|replica| replica.with_arguments(call))
    }

    fn with_arguments(mut self, call: &Call) -> Result<Self, Fault> {
        if !call.plans.is_empty() {
            return Err(call.fault(format!("{} takes no plans", call.name)));
        }
        let known: Vec<&str> = self.arguments().into_iter().map(|(name, _)| name).chain(["over"]).collect();
        call.check_names(&known)?;
        for argument in call.arguments.iter().filter(|argument| argument.name != "over") {
            let value = Argument::read(&argument.value);
            self.set(&argument.name, &value)
                .map_err(|error| Fault::new(argument.value_position, error.to_string()))?;
        }
        Ok(self)
    }

    /// As it is read; what is not given is not said, but for a `None` that is not the default.
    pub(crate) fn to_call(&self) -> Call {
        let defaults = Self::named(self.name()).map(|replica| replica.arguments()).unwrap_or_default();
        let said =
            |(argument, default): &((&str, Argument), _)| argument.1 != Argument::None || argument != default;
        let given = self.arguments().into_iter().zip(defaults).filter(said).map(|(argument, _)| argument);
        given.fold(Call::new(self.name(), Vec::new()), |call, (name, value)| {
            call.with(name, Some(value.text()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_replicas_and_arguments_read_back() {
        for name in Replica::NAMES {
            let replica = Replica::named(name).unwrap();
            assert_eq!(replica.name(), *name);
            let mut again = Replica::named(name).unwrap();
            for (argument, value) in replica.arguments() {
                again.set(argument, &value).unwrap();
            }
            assert_eq!(again, replica);
        }
        assert_eq!(Replica::named("torch.LambdaLR"), None);
    }

    #[test]
    fn a_none_that_is_not_the_default_is_printed() {
        let mut replica = Replica::named("pytorch_accelerated.WSDLrScheduler").unwrap();
        assert!(!crate::Spec::from(replica.clone()).to_string().contains("None"));
        replica.set("num_warmup_steps", &Argument::None).unwrap();
        let text = crate::Spec::from(replica.clone()).to_string();
        assert!(text.contains("num_warmup_steps=None"), "{text}");
        assert_eq!(text.parse::<crate::Spec>().unwrap(), crate::Spec::from(replica));
    }

    #[test]
    fn wrong_arguments_name_parameter_value_rule_and_way_out() {
        let mut replica = Replica::named("torch.OneCycleLR").unwrap();
        let before = replica.clone();
        for (name, value, message) in [
            (
                "T_max",
                3.0.into(),
                "`T_max` is 3, but torch.OneCycleLR has no argument of that name: leave it out; it takes max_lr, ",
            ),
            (
                "total_steps",
                2.5.into(),
                "`total_steps` is 2.5, but in torch.OneCycleLR it must be a whole number from 0 to 2^53, or None",
            ),
            ("total_steps", (-1.0).into(), "`total_steps` is -1, but"),
            ("total_steps", 1e16.into(), "`total_steps` is 1e16, but"),
            (
                "pct_start",
                "half".into(),
                "`pct_start` is `half`, but in torch.OneCycleLR it must be a finite number",
            ),
            ("pct_start", f64::NAN.into(), "`pct_start` is NaN, but"),
            ("pct_start", Argument::None, "`pct_start` is None, but"),
            (
                "three_phase",
                1.0.into(),
                "`three_phase` is 1, but in torch.OneCycleLR it must be true or false",
            ),
            (
                "anneal_strategy",
                "cosine".into(),
                "`anneal_strategy` is `cosine`, but in torch.OneCycleLR it must be one of `cos`, `linear`",
            ),
        ] {
            let said = replica.set(name, &value).unwrap_err().to_string();
            assert!(said.starts_with(message), "{said}");
            assert_eq!(replica, before);
        }
        let mut replica = Replica::named("torch.MultiStepLR").unwrap();
        let said = replica.set("milestones", &Argument::Numbers(vec![1.0, 2.5])).unwrap_err().to_string();
        assert!(
            said.starts_with("`milestones` is [1, 2.5], but in torch.MultiStepLR it must be a list of"),
            "{said}"
        );
    }

    #[test]
    fn what_is_not_given_or_not_finite_is_refused() {
        let complete: Vec<&str> = Replica::NAMES
            .iter()
            .copied()
            .filter(|name| Replica::named(name).unwrap().check().is_ok())
            .collect();
        // An original with a default for everything, or whose required lengths may be 0.
        let expected = [
            "torch.MultiStepLR",
            "torch.ConstantLR",
            "torch.LinearLR",
            "torch.PolynomialLR",
            "timm.MultiStepLRScheduler",
            "transformers.constant",
            "transformers.constant_with_warmup",
            "transformers.linear",
            "transformers.cosine",
            "transformers.cosine_with_restarts",
            "transformers.inverse_sqrt",
        ];
        assert_eq!(complete, expected);
        let replica = Replica::from(torch::StepLR { step_size: 1, gamma: f64::INFINITY });
        assert_eq!(replica.check().unwrap_err().to_string(), "`gamma` is inf, but it must be finite");
    }
}
