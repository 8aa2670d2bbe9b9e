//! Pictures of schedules, drawn from the samples in a [`Trace`](lehr::Trace).
//!
//! A picture shows what the trace holds and nothing else: no shape is computed here.
//!
//! - For a terminal, a log or a README: [`Terminal`].
//! - Several traces together: a [`Figure`], drawn as [`Svg`].

mod axis;
mod figure;
mod number;
mod panel;
#[cfg(feature = "png")]
mod png;
mod scale;
mod svg;
mod terminal;

pub use figure::Figure;
#[cfg(feature = "png")]
pub use png::{Png, PngError};
pub use svg::{Svg, Theme};
pub use terminal::Terminal;
