//! Pictures of schedules, drawn from the samples in a [`Trace`](lehr::Trace).
//!
//! A picture shows what the trace holds and nothing else: no shape is computed here.
//!
//! - For a terminal, a log or a README: [`Terminal`].
//! - In one line of text: [`sparkline`].

mod axis;
mod panel;
mod sparkline;
mod terminal;

pub use sparkline::sparkline;
pub use terminal::Terminal;
