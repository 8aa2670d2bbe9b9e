//! Pictures of schedules, drawn from the samples in a [`Trace`](lehr::Trace).
//!
//! A picture shows what the trace holds and nothing else: no shape is computed here.
//!
//! - For a terminal, a log or a README: [`Terminal`].
//! - In one line of text: [`sparkline`].
//! - A [`Figure`] holds traces of several fields, several of one field, or both. It is drawn
//!   - for papers, READMEs and pages, light or dark: [`Svg`];
//!   - as pixels, with the feature `png`: `Png`;
//!   - as one page with a cursor and zoom, that opens from disk: [`Html`];
//!   - as a table or as data, every sample to the bit: [`Csv`], [`Json`].
//!
//! Everything is a text or bytes; writing it somewhere is the caller's. The same traces give the same on every machine.

mod axis;
mod csv;
mod figure;
mod html;
mod json;
mod number;
pub mod page;
mod panel;
#[cfg(feature = "png")]
mod png;
mod scale;
mod sparkline;
mod svg;
mod terminal;

pub use csv::Csv;
pub use figure::Figure;
pub use html::Html;
pub use json::Json;
#[cfg(feature = "png")]
pub use png::{Png, PngError};
pub use sparkline::sparkline;
pub use svg::{Svg, Theme};
pub use terminal::Terminal;
