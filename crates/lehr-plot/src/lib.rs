//! Pictures of schedules, drawn from the samples in a [`Trace`](lehr::Trace).
//!
//! A picture shows what the trace holds and nothing else: no shape is computed here.
//!
//! - For a terminal, a log or a README: [`Terminal`].

mod axis;
mod panel;
mod terminal;

pub use terminal::Terminal;
