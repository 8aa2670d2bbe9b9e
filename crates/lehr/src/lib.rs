//! Schedules for any hyperparameter of any optimizer, set once after every optimizer update.
//!
//! ```text
//! Spec --resolve(Horizon)--> Plan --bind(base)--> value at n --update--> ParamGroups
//! ```
//!
//! A [`Spec`] says what is wanted, in updates, epochs or shares of the run. [`Spec::resolve`] turns it into a
//! [`Plan`], which answers for any update what its value is, exactly and at once. A scheduler writes the values into
//! an optimizer through [`ParamGroups`]. Nothing flows back.
//!
//! # The parts
//!
//! - Lengths and values: [`Span`], [`Horizon`], [`Level`].
//! - Shapes: [`Curve`] and its variants. A [`Phase`] is a curve from one level to another over a span.
//!   - between two levels: [`Hold`], [`Linear`], [`Cosine`], [`Sine`], [`Polynomial`], [`Power`], [`Exponential`],
//!     [`Tanh`], [`Rex`], [`Logarithmic`];
//!   - between two levels of one sign: [`Geometric`], [`Harmonic`];
//!   - from one level, without an end: [`PowerLaw`], [`Decay`].
//! - Combinators, nested to any depth: sequence ([`Spec::then`]), [`cut`](Spec::cut), [`repeat`](Spec::repeat),
//!   [`scale`](Spec::scale), [`product`](Spec::product), [`sum`](Spec::sum), [`clamp`](Spec::clamp),
//!   [`minimum`](Spec::minimum), [`maximum`](Spec::maximum), shift ([`later`](Spec::later), [`earlier`](Spec::earlier)),
//!   [`stretch`](Spec::stretch), [`reverse`](Spec::reverse), [`noise`](Spec::noise).
//! - Whole schedules: [`Plan`]; named ones in [`recipe`]; other libraries' as they are in [`compat`], as plans in [`peers`].
//! - In a training loop: [`Scheduler`] for several fields, [`StatefulScheduler`] and [`StatelessScheduler`] for one;
//!   [`UpdateRule`] for a schedule of your own; [`tied_to`] for a field that follows another one; [`control`] for
//!   factors that follow a metric.
//! - Changing a run: [`Scheduler::retarget`], [`Scheduler::anneal_from_here`], [`Scheduler::seek`].
//! - Pictures and tables: [`Trace`], [`Plan::fill`], [`Scheduler::explain`].
//!
//! # The clock
//!
//! Update number n, counted from 0, uses `value(n)`. Attaching a scheduler writes `value(0)`; `step()`, called after
//! an update, counts it and writes the value for the next one. A phase of L updates that starts at s has its `from`
//! at s and its `to` at s + L. Past the end the last value holds.
//!
//! # Example
//!
//! ```
//! use lehr::{Horizon, MemoryGroups, Plan, Scheduler, absolute, cosine, epochs, linear, rest, times};
//!
//! let horizon = Horizon::epochs(30, 334)?;
//! let plan = Plan::builder()
//!     .then(linear().from(times(0.01)).over(epochs(5)))
//!     .then(cosine().to(absolute(1e-6)).over(rest()))
//!     .resolve(&horizon)?;
//!
//! // Any optimizer: lehr-candle has one, and a short impl of ParamGroups makes one of yours.
//! let mut optimizer = MemoryGroups::of("lr", &[3e-4, 3e-5]);
//! let mut schedule = Scheduler::builder().field("lr", plan).attach(&mut optimizer)?;
//! assert_eq!(optimizer.values("lr")?, [0.01 * 3e-4, 0.01 * 3e-5]);
//! for _ in 0..5 * 334 {
//!     // optimizer.backward_step(&loss)?;
//!     schedule.step(&mut optimizer)?;
//! }
//! assert_eq!(optimizer.values("lr")?, [3e-4, 3e-5]);
//! # Ok::<(), lehr::Error>(())
//! ```

// A value is a few dozen instructions: a call among them, or a struct through memory, costs as much as they do.
#![allow(clippy::inline_always)]

mod bulk;
mod call;
mod combine;
pub mod compat;
pub mod control;
mod curve;
mod error;
mod field;
mod groups;
mod horizon;
mod level;
mod math;
mod number;
mod phase;
mod plan;
mod ready;
pub mod recipe;
mod replan;
mod rule;
mod scheduler;
mod span;
mod spec;
mod text;
mod time;
mod trace;
#[cfg(feature = "serde")]
mod tree;

pub use combine::{Noise, Ratio, Repeat};
pub use curve::{
    Cosine, Curve, Decay, Exponential, Geometric, Harmonic, Hold, Linear, Logarithmic, Parameter, Polynomial,
    Power, PowerLaw, Progress, Rex, Sine, Tanh, Weight,
};
pub use error::Error;
pub use field::Field;
pub use groups::{MemoryGroups, ParamGroups, Predicate, Selection};
pub use horizon::Horizon;
pub use level::{Affine, Level, absolute, times};
pub use phase::{Phase, cosine, exponential, geometric, hold, linear, phase, polynomial};
pub use plan::{Plan, ResolvedPhase, Section};

pub use replan::Retarget;
pub use rule::{Rule, UpdateRule, Values, rule};
pub use scheduler::{
    Explanation, FieldState, NewGroups, OnMismatch, Scheduler, SchedulerBuilder, State, StatefulScheduler,
    StatelessScheduler, Tie, tied_to,
};
pub use span::{Span, epochs, fraction, rest, updates};
pub use spec::Spec;
pub use trace::Trace;

#[allow(clippy::doc_markdown)] // the names of the originals, as they write them
pub mod peers {
    #![doc = include_str!("../docs/peers.md")]
}

/// The README's Rust is a test like any other.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// So is the Rust of the site's pages.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../../docs/own-scheduler.md")]
    struct OwnScheduler;

    #[doc = include_str!("../../../docs/coming-from/burn.md")]
    struct ComingFromBurn;
}
