//! Pictures of schedules, drawn from the samples in a [`Trace`](lehr::Trace).
//!
//! A picture shows what the trace holds and nothing else: no shape is computed here.
//!
//! - For a terminal, a log or a README: [`Terminal`].
//! - Several traces together: a [`Figure`], drawn as [`Svg`].

mod axis;
mod csv;
mod figure;
mod html;
mod json;
mod number;
mod panel;
#[cfg(feature = "png")]
mod png;
mod scale;
mod svg;
mod terminal;

pub use csv::Csv;
pub use figure::Figure;
pub use html::Html;
pub use json::Json;
#[cfg(feature = "png")]
pub use png::{Png, PngError};
pub use svg::{Svg, Theme};
pub use terminal::Terminal;
