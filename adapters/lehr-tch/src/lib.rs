#![doc = include_str!("../README.md")]

mod algorithm;
mod error;
mod groups;
mod optimizer;

pub use algorithm::Algorithm;
pub use error::Error;
pub use optimizer::Optimizer;
