//! `Failing`: an optimizer that refuses one write, to see what becomes of the others.

use lehr::{Field, ParamGroups};

/// Passes everything on, but refuses the write with this number, counted from 0.
#[derive(Debug)]
pub(crate) struct Failing<'a, G: ?Sized> {
    pub(crate) inner: &'a mut G,
    pub(crate) writes: usize,
    pub(crate) refused: usize,
}

impl<G: ParamGroups + ?Sized> ParamGroups for Failing<'_, G> {
    fn group_count(&self) -> usize {
        self.inner.group_count()
    }

    fn group_name(&self, group: usize) -> Option<&str> {
        self.inner.group_name(group)
    }

    fn fields(&self, group: usize) -> Vec<String> {
        self.inner.fields(group)
    }

    fn get(&self, group: usize, field: &Field) -> Option<f64> {
        self.inner.get(group, field)
    }

    fn set(&mut self, group: usize, field: &Field, value: f64) -> Result<(), String> {
        self.writes += 1;
        if self.writes == self.refused + 1 {
            return Err("refused by the test".to_owned());
        }
        self.inner.set(group, field, value)
    }
}
