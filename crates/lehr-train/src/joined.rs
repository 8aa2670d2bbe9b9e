//! `Joined`: two optimizers as one, to a schedule.

use lehr::{Field, ParamGroups};

/// Two optimizers whose groups are scheduled together: those of the first, then those of the second. Nested, any number.
///
/// It is for optimizers that update at the same time, on one clock: one for the matrices, another for the rest. A
/// trainer's [`optimizer_step`](crate::Trainer::optimizer_step) steps both. Optimizers that update at different times
/// need a scheduler each: keep [`StatefulScheduler`](lehr::StatefulScheduler)s of your own and step each where its
/// optimizer has updated, in [`scheduler_step`](crate::Trainer::scheduler_step).
///
/// # Example
///
/// ```
/// use lehr::{MemoryGroups, ParamGroups, Scheduler, Selection, Spec};
/// use lehr_train::Joined;
///
/// let matrices = MemoryGroups::new().group("matrices", [("lr", 0.02), ("momentum", 0.95)]);
/// let rest = MemoryGroups::new().group("rest", [("lr", 3e-4)]);
/// let mut optimizer = Joined(matrices, rest);
/// let decay: Spec = "linear(to=0, over=10)".parse()?;
/// let mut schedule = Scheduler::builder()
///     .field("lr", decay.resolve(&lehr::Horizon::updates(10)?)?)
///     .attach(&mut optimizer)?;
/// for _ in 0..5 {
///     schedule.step(&mut optimizer)?;
/// }
/// assert_eq!((optimizer.0.values("lr")?, optimizer.1.values("lr")?), (vec![0.01], vec![1.5e-4]));
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Joined<A, B>(pub A, pub B);

impl<A: ParamGroups, B: ParamGroups> Joined<A, B> {
    /// The place of a group in the second optimizer, if that is where it is.
    fn second(&self, group: usize) -> Option<usize> {
        group.checked_sub(self.0.group_count())
    }
}

impl<A: ParamGroups, B: ParamGroups> ParamGroups for Joined<A, B> {
    fn group_count(&self) -> usize {
        self.0.group_count() + self.1.group_count()
    }

    fn group_name(&self, group: usize) -> Option<&str> {
        match self.second(group) {
            Some(group) => self.1.group_name(group),
            None => self.0.group_name(group),
        }
    }

    fn fields(&self, group: usize) -> Vec<String> {
        match self.second(group) {
            Some(group) => self.1.fields(group),
            None => self.0.fields(group),
        }
    }

    fn get(&self, group: usize, field: &Field) -> Option<f64> {
        match self.second(group) {
            Some(group) => self.1.get(group, field),
            None => self.0.get(group, field),
        }
    }

    fn set(&mut self, group: usize, field: &Field, value: f64) -> Result<(), String> {
        match self.second(group) {
            Some(group) => self.1.set(group, field, value),
            None => self.0.set(group, field, value),
        }
    }
}
