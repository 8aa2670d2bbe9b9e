//! The warm-up that most recipes begin with: a straight line from a level to the base, or nothing.

use crate::level::{Level, times};
use crate::phase::linear;
use crate::span::{Span, updates};
use crate::spec::Spec;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Warmup {
    pub(super) over: Span,
    pub(super) from: Level,
}

impl Warmup {
    /// No warm-up.
    pub(super) fn none() -> Self {
        Self { over: updates(0), from: times(0.0) }
    }

    pub(super) fn is_none(self) -> bool {
        self.over == updates(0)
    }

    /// A spec that begins with it.
    pub(super) fn spec(self) -> Spec {
        if self.is_none() { Spec::default() } else { linear().from(self.from).over(self.over).into() }
    }
}
