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
//! - Shapes: [`Curve`] and its variants; a [`Phase`] is a curve from one level to another over a span.
//! - Whole schedules: [`Plan`], and named ones in [`recipe`].
//! - In a training loop: [`Scheduler`] for several fields, [`StatefulScheduler`] and [`StatelessScheduler`] for one;
//!   [`UpdateRule`] for a schedule of your own.
//! - Pictures and tables: [`Trace`].
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

pub mod compat;
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
pub mod recipe;
mod rule;
mod scheduler;
mod span;
mod spec;
mod text;
mod trace;

pub use curve::{Cosine, Curve, Exponential, Geometric, Hold, Linear, Polynomial, Progress, Weight};
pub use error::Error;
pub use field::Field;
pub use groups::{MemoryGroups, ParamGroups, Selection};
pub use horizon::Horizon;
pub use level::{Affine, Level, absolute, times};
pub use phase::{Phase, cosine, exponential, geometric, hold, linear, phase, polynomial};
pub use plan::{Plan, ResolvedPhase};
pub use rule::{Rule, UpdateRule, Values, rule};
pub use scheduler::{
    FieldState, OnMismatch, Scheduler, SchedulerBuilder, State, StatefulScheduler, StatelessScheduler,
};
pub use span::{Span, epochs, fraction, rest, updates};
pub use spec::Spec;
pub use trace::Trace;
