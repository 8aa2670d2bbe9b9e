//! Named plans: composition of phases only, no arithmetic of their own.

mod warmup_cosine;

pub use warmup_cosine::{WarmupCosine, warmup_cosine};
