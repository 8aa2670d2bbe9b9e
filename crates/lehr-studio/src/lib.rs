//! The schedule studio: a local page on which schedules are designed, seen and compared.
//!
//! ```text
//! spec as a tree (the JSON form) --POST--> plans, samples, phases, findings, texts: all of it from the core
//! ```
//!
//! [`Studio`] serves the page on 127.0.0.1 to whoever has the address with its token. The page edits trees and draws
//! samples; it computes no shape. Files are followed, and written only when asked. [`export`] makes one file of the same
//! view.
//!
//! # Who may ask
//!
//! | asked for | needs |
//! |---|---|
//! | anything | a loopback connection and a `Host` that is this address: a rebound name is refused |
//! | the page and its parts | nothing more: they hold no secret |
//! | `/api/...` | the token of this run in a header, and no foreign `Origin` or `Sec-Fetch-Site` |
//!
//! The token stands in the fragment of the printed address, which browsers send to nobody. No response allows another
//! origin to read it, bodies, rates and connections are bounded, and no path leads to a file that was not given.

mod api;
mod assets;
mod copy;
mod error;
mod explain;
mod export;
mod files;
mod follow;
mod gallery;
mod guard;
mod place;
mod run;
mod sample;
mod server;
mod view;

pub use error::StudioError;
pub use export::{Look, export};
pub use server::{Opened, Options, Studio};
pub use view::MOST_SCHEDULES;
