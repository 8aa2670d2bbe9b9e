//! Changing a plan on the way: `new(n) = old(n)` up to a point, continuous there, and different from there on.

use crate::combine::{Combinator, Cut, Ratio, Shift, Stretch};
use crate::curve::{Curve, Hold};
use crate::error::Error;
use crate::level::{Affine, Level};
use crate::plan::{Body, Item, Plan, ResolvedPhase};
use crate::span::Span;
use crate::spec::Spec;

/// How a plan gets another length, see [`Plan::retarget`].
///
/// ```
/// use lehr::{Horizon, Retarget, Spec};
///
/// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(10)?)?;
/// let at_15 = |how| Ok::<f64, lehr::Error>(plan.retarget(5, 20, how)?.value_at(15, 1.0));
/// // What remained was 0.5 in 5 updates: now in 15 of them, or held for 10 and then as it was.
/// assert!((at_15(Retarget::Stretch)? - 0.5 / 3.0).abs() < 1e-15);
/// assert_eq!(at_15(Retarget::KeepShape)?, 0.5);
/// assert!(plan.retarget(5, 8, Retarget::KeepShape).is_err());
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retarget {
    /// What remains is stretched, or compressed, to the new length.
    Stretch,
    /// What remains keeps its shape and its pace: the current value is held for as long as the run got longer, then the
    /// plan goes on. For longer runs only.
    KeepShape,
}

impl Plan {
    /// The plan with another end: the same up to update `at`, continuous there.
    ///
    /// ```
    /// use lehr::{Horizon, Retarget, Spec};
    ///
    /// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(100)?)?;
    /// let longer = plan.retarget(50, 150, Retarget::Stretch)?;
    /// assert_eq!([0, 50, 100, 150].map(|n| longer.value_at(n, 1.0)), [1.0, 0.5, 0.25, 0.0]);
    /// let later = plan.retarget(50, 150, Retarget::KeepShape)?;
    /// assert_eq!([50, 100, 125, 150].map(|n| later.value_at(n, 1.0)), [0.5, 0.5, 0.25, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if the plan has no end, if `total` is not after `at`, if a plan is to keep its shape in a
    /// shorter run, or if what was stretched has been stretched so often (some 30 times) that no saved state could be
    /// read.
    pub fn retarget(&self, at: u64, total: u64, how: Retarget) -> Result<Self, Error> {
        let Some(end) = self.end() else {
            return Err(Error::parameter("retarget", total, "this plan has no end, so it goes with any"));
        };
        if total <= at {
            return Err(Error::parameter("total", total, format!("{at} updates are completed already")));
        }
        if total == end {
            return Ok(self.clone());
        }
        let (mut items, tail) = self.split(at);
        let holds = match tail.as_slice() {
            [] => true,
            [item] => item.holds(),
            _ => false,
        };
        match how {
            _ if holds => items.push(self.held(at, Some(total))),
            Retarget::Stretch => {
                let by = Ratio::new(total - at, end - at)?;
                let stretch = Combinator::Stretch(Stretch { plan: Self::of(tail), by });
                items.push(Item { start: at, end: Some(total), body: Body::Combined(Box::new(stretch)) });
            }
            Retarget::KeepShape => {
                let Some(longer) = total.checked_sub(end) else {
                    let rule = format!(
                        "the plan has {end} updates, and its shape cannot be kept in fewer: use `Stretch`"
                    );
                    return Err(Error::parameter("total", total, rule));
                };
                items.push(self.held(at, Some(at + longer)));
                items.extend(tail.into_iter().map(|item| item.moved(at + longer)));
            }
        }
        Self::of(items).readable("total", total)
    }

    /// The plan up to update `at`, and from its value there a curve to another level, which is then held.
    ///
    /// ```
    /// use lehr::{Horizon, Linear, Spec, absolute};
    ///
    /// let plan = "linear(from=0x, over=10) -> hold".parse::<Spec>()?.resolve(&Horizon::updates(100)?)?;
    /// let annealed = plan.anneal(50, Linear, 20, absolute(0.0))?;
    /// assert_eq!([5, 50, 60, 70, 1000].map(|n| annealed.value_at(n, 1.0)), [0.5, 1.0, 0.5, 0.0, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] for a curve, a length or a level that breaks its rule, or a shape that has no second level.
    pub fn anneal(&self, at: u64, curve: impl Into<Curve>, over: u64, to: Level) -> Result<Self, Error> {
        let curve = curve.into();
        curve.check()?;
        to.check("to")?;
        if over == 0 {
            return Err(Error::parameter("over", over, "an anneal takes at least one update"));
        }
        if curve.falls() || curve == Curve::from(Hold) {
            let rule =
                "an anneal goes from the current value to another level, as linear, cosine and power do";
            return Err(Error::parameter("curve", curve.name(), rule));
        }
        let from = self.affine_at(at).map(Affine::level);
        if let Some((from, to)) = from.and_then(|from| from.same_kind(to)) {
            curve.check_ends(from, to)?;
        }
        let (mut items, _) = self.split(at);
        let end = at
            .checked_add(over)
            .ok_or_else(|| Error::parameter("over", over, "the run would not fit 64 bits"))?;
        let phase = ResolvedPhase { curve, from, to: Some(to), start: at, end: Some(end), inclusive: false };
        items.push(Item { start: at, end: Some(end), body: Body::Phase(phase) });
        Self::of(items).readable("over", over)
    }

    /// This plan, if its text can be read: a state is loaded from that.
    fn readable(self, parameter: &str, value: u64) -> Result<Self, Error> {
        if self.to_string().parse::<Spec>().is_ok() {
            return Ok(self);
        }
        let rule = "the plan has been changed so often that its text is nested too deep, or too long, to be read from a \
                    saved state: anneal, or attach a new plan";
        Err(Error::parameter(parameter, value, rule))
    }

    /// A phase that holds the value of update `start`, which is a boundary by now.
    fn held(&self, start: u64, end: Option<u64>) -> Item {
        let level = self.affine_at(start).map(Affine::level);
        let phase =
            ResolvedPhase { curve: Hold.into(), from: level, to: level, start, end, inclusive: false };
        Item { start, end, body: Body::Phase(phase) }
    }

    /// The items up to update `at`, and those after it with their clock at 0.
    fn split(&self, at: u64) -> (Vec<Item>, Vec<Item>) {
        let (mut head, mut tail) = (Vec::new(), Vec::new());
        for (index, item) in self.items().iter().enumerate() {
            match item.end {
                Some(end) if end <= at => head.push(item.clone()),
                _ if item.start >= at => tail.push(item.clone().moved_back(at)),
                end if item.holds() => {
                    head.push(item.clone().between(item.start, Some(at)));
                    tail.push(item.clone().between(0, end.map(|end| end - at)));
                }
                end => {
                    let (plan, offset) = self.alone(index);
                    let beginning = if offset == 0 {
                        plan.clone()
                    } else {
                        plan.clone().shifted(offset, end.map(|end| end - item.start))
                    };
                    let cut = Combinator::Cut(Cut { plan: beginning });
                    head.push(Item { start: item.start, end: Some(at), body: Body::Combined(Box::new(cut)) });
                    let rest = plan.shifted(offset + (at - item.start), end.map(|end| end - at));
                    tail.extend(rest.into_items());
                }
            }
        }
        if head.last().and_then(|item| item.end).is_some_and(|end| end < at) {
            // After its end a plan holds; the time until `at` belongs to its last value.
            let end = self.end().unwrap_or(at);
            head.push(self.held(end, Some(at)));
        }
        (head, tail)
    }

    /// The plan without its first `by` updates, as one item of that length.
    fn shifted(mut self, mut by: u64, end: Option<u64>) -> Self {
        // Shifted twice is shifted once, further.
        if let [Item { body: Body::Combined(combinator), .. }] = self.items()
            && let Combinator::Shift(Shift { plan, by: Span::Updates(before), earlier: true }) =
                combinator.as_ref()
            && let Some(sum) = before.checked_add(by)
        {
            (self, by) = (plan.clone(), sum);
        }
        let shift = Combinator::Shift(Shift { plan: self, by: Span::Updates(by), earlier: true });
        Self::of(vec![Item { start: 0, end, body: Body::Combined(Box::new(shift)) }])
    }

    /// One item as a plan of its own, and where it starts in that: what it carries over comes along.
    fn alone(&self, index: usize) -> (Self, u64) {
        let mut first = index;
        while first > 0 && self.items()[first].carries() {
            first -= 1;
        }
        let start = self.items()[first].start;
        let items = self.items()[first..=index].iter().map(|item| item.clone().moved_back(start)).collect();
        (Self::of(items), self.items()[index].start - start)
    }
}

impl Item {
    /// Whether it starts from the value before it, which is no level.
    fn carries(&self) -> bool {
        matches!(&self.body, Body::Phase(ResolvedPhase { from: None, .. }))
    }

    /// Whether it is a phase that stays at one level.
    fn holds(&self) -> bool {
        matches!(&self.body, Body::Phase(ResolvedPhase { curve: Curve::Hold(_), from: Some(_), .. }))
    }

    /// The phase from another place on, or to another one.
    fn between(self, start: u64, end: Option<u64>) -> Self {
        let body = match self.body {
            Body::Phase(phase) => Body::Phase(ResolvedPhase { start, end, ..phase }),
            other => other,
        };
        Self { start, end, body }
    }

    fn moved(self, later: u64) -> Self {
        self.placed(|n| n.saturating_add(later))
    }

    fn moved_back(self, earlier: u64) -> Self {
        self.placed(|n| n.saturating_sub(earlier))
    }

    fn placed(self, place: impl Fn(u64) -> u64) -> Self {
        let (start, end) = (place(self.start), self.end.map(&place));
        self.between(start, end)
    }
}
