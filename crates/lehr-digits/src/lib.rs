//! Handwritten digits and their schedule, for the examples of every framework: Candle, tch, Burn.
//!
//! - [`Digits`]: the images, split by a seed; [`Weights`]: where a small network starts; [`BATCH_SIZE`], [`batches`].
//! - [`spec`], [`spec_for`]: the schedule, from the spec file that all frameworks share (`digits.toml`, also read by Python).
//! - [`Handed`]: what each update was handed, written as bits, to be compared between the frameworks.
//!
//! The network is 64 pixels -> 128 features -> relu -> 10 classes, its weights in one group and its biases in another.

mod data;
mod handed;
mod schedule;
mod weights;

pub use data::{Digits, Images, batches};
pub use handed::Handed;
pub use schedule::{GROUPS, LR, WEIGHT_DECAY, spec, spec_for};
pub use weights::Weights;

/// Pixels of an image.
pub const PIXELS: usize = 64;
/// Features of the hidden layer.
pub const HIDDEN: usize = 128;
/// The digits.
pub const CLASSES: usize = 10;
/// Images in a batch.
pub const BATCH_SIZE: usize = 32;

/// Why data or schedule cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data file is damaged.
    #[error("the data cannot be unpacked: {0}")]
    Unpack(#[from] std::io::Error),
    /// A row of the data is no image.
    #[error("the data cannot be read: {0}")]
    Row(#[from] csv::Error),
    /// The spec file does not resolve.
    #[error(transparent)]
    Spec(#[from] lehr_spec::Problems),
}
