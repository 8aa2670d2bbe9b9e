//! `Plan`: a spec resolved to updates. `value_at(n)` is what update n uses.

use std::fmt;

use crate::call::Call;
use crate::combine::Combinator;
use crate::compat::Replica;
use crate::curve::{Curve, Progress};
use crate::error::Error;
use crate::level::{Affine, Level};
use crate::phase::Phase;
use crate::ready::Ready;
use crate::span::Span;
use crate::spec::Spec;
use crate::text;
use crate::time::Time;

/// A schedule in updates, not yet bound to a base: immutable, comparable, printable.
///
/// Update number n, counted from 0, uses `value_at(n, base)`. The value is computed from n in closed form, so any
/// order of asking gives the same bits; the end levels are returned exactly; after the end the last value holds for
/// ever.
///
/// Printing a plan gives a text from which an equal plan is read: `text.parse::<Spec>()?.resolve(&Horizon::open())`.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, Plan, absolute, cosine, epochs, linear, rest, times};
///
/// let horizon = Horizon::epochs(30, 334)?;
/// let plan = Plan::builder()
///     .then(linear().from(times(0.01)).over(epochs(5)))
///     .then(cosine().to(absolute(1e-6)).over(rest()))
///     .resolve(&horizon)?;
/// let base = 3e-4;
/// assert_eq!(plan.value_at(0, base), 0.01 * base);
/// assert_eq!(plan.value_at(1670, base), base);
/// assert_eq!(plan.value_at(10_020, base), 1e-6);
/// assert_eq!(plan.value_at(u64::MAX, base), 1e-6);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Never empty; the first one starts at 0.
    items: Vec<Item>,
    /// Where each item starts: what a lookup goes through.
    starts: Vec<u64>,
    /// Each item that is a phase, as it is evaluated.
    ready: Vec<Option<Ready>>,
}

/// A phase or a combinator in its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) start: u64,
    pub(crate) end: Option<u64>,
    pub(crate) body: Body,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Body {
    Phase(ResolvedPhase),
    Combined(Box<Combinator<Plan>>),
    Replica(Replica),
}

/// A phase of a [`Plan`]: where it lies and what it does.
///
/// ```
/// use lehr::{Horizon, Level, Spec, times};
///
/// let plan = "linear(from=0.1x, over=5%) -> hold".parse::<Spec>()?.resolve(&Horizon::updates(1000)?)?;
/// let phases: Vec<_> = plan.phases().collect();
/// assert_eq!((phases[0].start, phases[0].end, phases[0].curve.name()), (0, Some(50), "linear"));
/// assert_eq!((phases[0].from, phases[0].to, phases[0].inclusive), (Some(times(0.1)), Some(Level::BASE), false));
/// assert_eq!((phases[1].start, phases[1].end), (50, Some(1000)));
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResolvedPhase {
    /// The shape.
    pub curve: Curve,
    /// The level at `start`; `None` where it is carried over from a combinator whose end is no level.
    pub from: Option<Level>,
    /// The level at `end`, or at the update before it where `inclusive`; `None` where the shape falls by itself, or holds
    /// what is carried over.
    pub to: Option<Level>,
    /// The first update of the phase.
    pub start: u64,
    /// The first update after it; `None` where the run is open.
    pub end: Option<u64>,
    /// Whether the phase's last update has `to` already.
    pub inclusive: bool,
}

/// The innermost phase at some update, as [`Plan::section_at`] finds it.
///
/// Its start and end are in updates of the whole plan; inside a stretched or repeated plan they need not be whole.
///
/// ```
/// use lehr::{Horizon, Spec};
///
/// let plan = "repeat(cosine(to=0, over=40))".parse::<Spec>()?.resolve(&Horizon::updates(100)?)?;
/// let section = plan.section_at(50);
/// assert_eq!(section.path, ["repeat", "cosine"]);
/// assert_eq!((section.start, section.end, section.progress), (40.0, Some(80.0), 0.25));
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The names of the combinators around it, the outermost first, and last that of its shape.
    pub path: Vec<&'static str>,
    /// The update at which it starts.
    pub start: f64,
    /// The update at which the next one starts; `None` if there is no end.
    pub end: Option<f64>,
    /// How far it has come, from 0 to 1; 0 where there is no end.
    pub progress: f64,
}

impl Section {
    pub(crate) fn inside(mut self, name: &'static str) -> Self {
        self.path.insert(0, name);
        self
    }

    pub(crate) fn first_of(plans: &[Plan], time: Time) -> Self {
        let nothing = Self { path: Vec::new(), start: 0.0, end: None, progress: 0.0 };
        plans.first().map_or(nothing, |plan| plan.section(time))
    }
}

impl Plan {
    /// An empty spec to add phases to.
    ///
    /// ```
    /// use lehr::{Horizon, Plan, cosine, linear, times, updates};
    ///
    /// let plan = Plan::builder()
    ///     .then(linear().from(times(0.0)).over(updates(2)))
    ///     .then(cosine().to(times(0.0)))
    ///     .resolve(&Horizon::updates(6)?)?;
    /// assert_eq!([0, 1, 2, 4, 6].map(|n| plan.value_at(n, 2.0)), [0.0, 1.0, 2.0, 1.0, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn builder() -> Spec {
        Spec::default()
    }

    /// Items that follow each other from 0 on, at least one.
    pub(crate) fn of(items: Vec<Item>) -> Self {
        let starts = items.iter().map(|item| item.start).collect();
        let ready = items.iter().map(|item| item.phase().map(Ready::of)).collect();
        Self { items, starts, ready }
    }

    pub(crate) fn items(&self) -> &[Item] {
        &self.items
    }

    pub(crate) fn into_items(self) -> Vec<Item> {
        self.items
    }

    /// The number of updates that the plan is for; `None` for an open one. Its last value holds from here on.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let spec: Spec = "linear(from=0x, over=10) -> power_law(scale=10)".parse()?;
    /// assert_eq!(spec.resolve(&Horizon::updates(100)?)?.end(), Some(100));
    /// assert_eq!(spec.resolve(&Horizon::open())?.end(), None);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn end(&self) -> Option<u64> {
        self.items.last().and_then(|item| item.end)
    }

    /// Where the parts of the plan lie that follow each other, be they phases, combinators or replicas: the first update
    /// of each and the first one after it, which is `None` where the run is open.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let spec: Spec = "linear(from=0x, over=10) -> repeat(cosine(to=0, over=20))".parse()?;
    /// let plan = spec.resolve(&Horizon::updates(50)?)?;
    /// assert_eq!(plan.parts().collect::<Vec<_>>(), [(0, Some(10)), (10, Some(50))]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn parts(&self) -> impl Iterator<Item = (u64, Option<u64>)> {
        self.items.iter().map(|item| (item.start, item.end))
    }

    /// The phases of the plan itself, in their order; those inside combinators are not among them.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let plan = "linear(from=0x, over=10%) -> cosine(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(50)?)?;
    /// let starts: Vec<u64> = plan.phases().map(|phase| phase.start).collect();
    /// assert_eq!(starts, [0, 5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn phases(&self) -> impl Iterator<Item = &ResolvedPhase> {
        self.items.iter().filter_map(Item::phase)
    }

    /// The plans inside combinators, in their order: the place of the combinator among the parts of this plan, counted from
    /// 0, its name, and a plan that is in it.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let spec: Spec = "linear(over=10) -> scale(hold(over=5) -> cosine, by=0.5)".parse()?;
    /// let plan = spec.resolve(&Horizon::updates(50)?)?;
    /// let inside: Vec<_> = plan.nested().map(|(part, name, plan)| (part, name, plan.phases().count())).collect();
    /// assert_eq!(inside, [(1, "scale", 2)]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn nested(&self) -> impl Iterator<Item = (usize, &'static str, &Self)> {
        self.items.iter().enumerate().flat_map(|(part, item)| {
            let combinator = match &item.body {
                Body::Combined(combinator) => Some(combinator),
                Body::Phase(_) | Body::Replica(_) => None,
            };
            combinator.into_iter().flat_map(move |combinator| {
                combinator.plans().into_iter().map(move |plan| (part, combinator.name(), plan))
            })
        })
    }

    /// What update `n` uses in a group with this base, in the field's unit. Total and pure: any n, in any order.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let plan = "linear(from=0x, over=2) -> linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 1, 2, 3, 4, u64::MAX].map(|n| plan.value_at(n, 0.1)), [0.0, 0.05, 0.1, 0.05, 0.0, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn value_at(&self, n: u64, base: f64) -> f64 {
        self.value(n.into(), base)
    }

    /// The value at update `n` for every base at once, or `None` where it is not affine in the base: inside a
    /// geometric phase between a multiple and an absolute level, a clamp, a minimum or a maximum.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let plan = "linear(to=0.2)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// assert_eq!(plan.affine_at(2).map(|affine| (affine.offset, affine.slope)), Some((0.1, 0.5)));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn affine_at(&self, n: u64) -> Option<Affine> {
        // As `affine`, of which a whole time needs half the code.
        let (index, elapsed) = self.place(n.into());
        self.affine_in(index, elapsed)
    }

    /// The innermost phase that update `n` is in; past the end, the last one.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let spec: Spec = "linear(from=0x, over=10) -> repeat(cosine(to=0, over=20), times=2)".parse()?;
    /// let section = spec.resolve(&Horizon::updates(50)?)?.section_at(35);
    /// assert_eq!(section.path, ["repeat", "cosine"]);
    /// assert_eq!((section.start, section.end, section.progress), (30.0, Some(50.0), 0.25));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn section_at(&self, n: u64) -> Section {
        self.section(n.into())
    }

    /// The index of the item at that time, and the time since its start.
    #[inline(always)]
    fn place(&self, time: Time) -> (usize, Time) {
        let started = self.starts.partition_point(|start| time.at_least(*start));
        let index = started.saturating_sub(1);
        (index, time.since(self.starts[index]))
    }

    /// The item that update `n` is in, and the phase in it that knows where it starts.
    pub(crate) fn stretch_at(&self, n: u64) -> (&Item, Option<&Ready>) {
        let (index, _) = self.place(n.into());
        (&self.items[index], self.ready[index].as_ref().filter(|ready| ready.starts()))
    }

    #[inline(always)]
    fn affine_in(&self, index: usize, elapsed: Time) -> Option<Affine> {
        match &self.ready[index] {
            Some(ready) => ready.affine(elapsed),
            None => self.items[index].affine(elapsed),
        }
    }

    pub(crate) fn affine(&self, time: Time) -> Option<Affine> {
        let (index, elapsed) = self.place(time);
        self.affine_in(index, elapsed)
    }

    #[inline(always)]
    pub(crate) fn value(&self, time: Time, base: f64) -> f64 {
        let (index, elapsed) = self.place(time);
        match self.affine_in(index, elapsed) {
            Some(affine) => affine.of(base),
            None => self.value_in(index, elapsed, base),
        }
    }

    fn value_in(&self, index: usize, elapsed: Time, base: f64) -> f64 {
        let item = &self.items[index];
        match (&self.ready[index], &item.body) {
            // Only a combinator leaves no level, so this goes back by one item.
            (Some(ready), _) => ready.value(elapsed, || self.value_before(index, base).unwrap_or(base), base),
            (None, Body::Combined(combinator)) => combinator.value(item.within(elapsed), base),
            (None, Body::Replica(replica)) => replica.value_at(item.within(elapsed).floor(), base),
            (None, Body::Phase(_)) => base,
        }
    }

    /// Where the item before this one ends.
    fn value_before(&self, index: usize, base: f64) -> Option<f64> {
        let before = index.checked_sub(1)?;
        Some(self.value_in(before, self.items[before].whole(), base))
    }

    pub(crate) fn section(&self, time: Time) -> Section {
        let (index, elapsed) = self.place(time);
        let item = &self.items[index];
        let elapsed = item.within(elapsed);
        let start = item.start as f64;
        let item_end = item.end.map(|end| end as f64);
        let whole = |name| {
            let progress = item.end.map_or(0.0, |end| Progress::at(elapsed, end - item.start).done);
            Section { path: vec![name], start, end: item_end, progress }
        };
        match &item.body {
            Body::Phase(phase) => whole(phase.curve.name()),
            Body::Replica(replica) => whole(replica.name()),
            Body::Combined(combinator) => {
                let section = combinator.section(elapsed);
                let end = match (section.end.map(|end| start + end), item_end) {
                    (Some(end), Some(item_end)) => Some(end.min(item_end)),
                    (end, item_end) => end.or(item_end),
                };
                Section { start: start + section.start, end, ..section }
            }
        }
    }

    /// Whether some level is absolute, so that a base of 0 would not stay 0.
    pub(crate) fn has_absolute_level(&self) -> bool {
        self.items.iter().any(|item| match &item.body {
            Body::Phase(phase) => [phase.from, phase.to].into_iter().flatten().any(Level::is_absolute),
            Body::Combined(combinator) => combinator.has_absolute_level(),
            Body::Replica(_) => true,
        })
    }

    /// Whether every value is finite and defined for this base.
    pub(crate) fn check_base(&self, base: f64) -> Result<(), Error> {
        for (index, item) in self.items.iter().enumerate() {
            match &item.body {
                Body::Combined(combinator) => combinator.check_base(base)?,
                Body::Replica(_) => {}
                Body::Phase(phase) => phase.check_base(self.value_before(index, base), base)?,
            }
        }
        Ok(())
    }

    /// The plan as a spec that says everything: resolving it gives the plan again.
    pub(crate) fn to_calls(&self) -> Vec<Call> {
        let call = |item: &Item| {
            let over = item.end.map_or(Span::Rest, |end| Span::Updates(end - item.start));
            match &item.body {
                Body::Phase(phase) => phase.to_call(over),
                Body::Replica(replica) => replica.to_call().with("over", Some(over.to_string())),
                Body::Combined(combinator) => {
                    combinator.to_call(Self::to_calls).with("over", Some(over.to_string()))
                }
            }
        };
        self.items.iter().map(call).collect()
    }
}

impl Item {
    fn phase(&self) -> Option<&ResolvedPhase> {
        match &self.body {
            Body::Phase(phase) => Some(phase),
            Body::Combined(_) | Body::Replica(_) => None,
        }
    }

    /// A time in the item, not past its end.
    #[inline(always)]
    fn within(&self, elapsed: Time) -> Time {
        match self.end {
            Some(end) if elapsed.at_least(end - self.start) => Time::from(end - self.start),
            _ => elapsed,
        }
    }

    /// The time of its end, or as late as it gets.
    fn whole(&self) -> Time {
        Time::from(self.end.unwrap_or(u64::MAX) - self.start)
    }

    fn affine(&self, elapsed: Time) -> Option<Affine> {
        match &self.body {
            Body::Phase(phase) => Ready::of(phase).affine(elapsed),
            Body::Combined(combinator) => combinator.affine(self.within(elapsed)),
            // What an original does with the base is its own affair.
            Body::Replica(_) => None,
        }
    }

    /// Where it ends, if that is a level.
    pub(crate) fn end_level(&self) -> Option<Level> {
        match &self.body {
            Body::Phase(ResolvedPhase { to: Some(to), .. }) => Some(*to),
            _ => self.affine(self.whole()).map(Affine::level),
        }
    }
}

impl ResolvedPhase {
    fn check_base(&self, carried: Option<f64>, base: f64) -> Result<(), Error> {
        for (name, level) in [("from", self.from), ("to", self.to)] {
            level.map_or(Ok(()), |level| level.check_base(name, base))?;
        }
        let from = self.from.map(|from| from.of(base)).or(carried);
        match (from, self.to.map(|to| to.of(base))) {
            (Some(from), Some(to)) if from != to => self.curve.check_ends(from, to),
            _ => Ok(()),
        }
    }

    fn to_call(self, over: Span) -> Call {
        let holds = matches!(self.curve, Curve::Hold(_));
        let to = self.to.filter(|_| !holds);
        Phase { curve: self.curve, from: self.from, to, over: Some(over), inclusive: self.inclusive }
            .to_call()
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(&self.to_calls(), f)
    }
}
