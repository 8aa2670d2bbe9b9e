//! Named plans that people know: composition of phases and combinators only, no shapes of their own.
//!
//! Each is a plain struct with its usual numbers as defaults, a function of the same name that makes one, and
//! `spec()`, which gives the phases, to be resolved to a run. The base of a group is the peak, `1x`;
//! everything else is said as a multiple of it or as an absolute level. Being a [`Spec`], a recipe can be
//! printed, cut, scaled, bounded and followed by more phases like any other.
//!
//! - A warm-up, then one shape: [`warmup_cosine`], [`linear_with_warmup`], [`polynomial_with_warmup`],
//!   [`tanh_with_warmup`], [`constant_with_warmup`], [`rex`].
//! - A warm-up, a plateau, a decay: [`wsd`] with its checkpoints and branches, [`trapezoid`], [`tri_stage`].
//! - No end to know: [`inverse_sqrt`], [`noam`], [`noam_hold`], [`step`]; with an end, [`power_with_tail`].
//! - Cycles: [`one_cycle`], [`triangular`], [`sgdr`], [`sgdr_list`], [`cosine_with_restarts`].
//! - Milestones and tables: [`multi_step`], [`piecewise_constant`], [`piecewise`].
//! - Tools: [`range_test`], [`swa`].
//!
//! ```
//! use lehr::recipe::warmup_cosine;
//! use lehr::{Horizon, fraction, times};
//!
//! let plan = warmup_cosine().warmup(fraction(0.1), times(0.5)).to(times(0.0)).spec();
//! let plan = plan.resolve(&Horizon::updates(100)?)?;
//! assert_eq!([0, 5, 10, 55, 100].map(|n| plan.value_at(n, 4.0)), [2.0, 3.0, 4.0, 2.0, 0.0]);
//! # Ok::<(), lehr::Error>(())
//! ```

mod cosine_with_restarts;
mod inverse_sqrt;
mod noam;
mod noam_hold;
mod one_cycle;
mod piecewise;
mod position;
mod power_with_tail;
mod range_test;
mod sgdr;
mod steps;
mod swa;
mod trapezoid;
mod tri_stage;
mod triangular;
mod warmup;
mod warmup_cosine;
mod with_warmup;
mod wsd;
mod wsd_branch;
mod wsd_plan;

pub use cosine_with_restarts::{CosineWithRestarts, cosine_with_restarts};
pub use inverse_sqrt::{InverseSqrt, inverse_sqrt};
pub use noam::{Noam, noam};
pub use noam_hold::{NoamHold, noam_hold};
pub use one_cycle::{OneCycle, one_cycle};
pub use piecewise::{Piecewise, PiecewiseConstant, piecewise, piecewise_constant};
pub use power_with_tail::{PowerWithTail, power_with_tail};
pub use range_test::{RangeTest, range_test};
pub use sgdr::{Sgdr, SgdrList, sgdr, sgdr_list};
pub use steps::{MultiStep, Step, multi_step, step};
pub use swa::{Swa, swa};
pub use trapezoid::{Trapezoid, trapezoid};
pub use tri_stage::{TriStage, tri_stage};
pub use triangular::{Triangular, triangular};
pub use warmup_cosine::{WarmupCosine, warmup_cosine};
pub use with_warmup::{
    ConstantWithWarmup, WithWarmup, constant_with_warmup, linear_with_warmup, polynomial_with_warmup, rex,
    tanh_with_warmup,
};
pub use wsd::{Wsd, wsd};
pub use wsd_plan::{WsdPhase, WsdPhaseKind, WsdPlan};

#[cfg(doc)]
use crate::Spec;
