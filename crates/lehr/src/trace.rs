//! `Trace`: a plan's values sampled for pictures and tables, with the phase boundaries.

use crate::error::Error;
use crate::plan::Plan;

/// A plan's values at chosen updates: every phase boundary, and evenly spread between them.
///
/// A plan is sampled along its phases, never update by update, so a run of 10^9 updates costs no more than one of
/// 1,000. Where there are too many phases to have all their boundaries (warm restarts, say), a few of them are looked at
/// between any two samples, and the least and the greatest of what is found there are points of the trace: its picture
/// has the outline of the plan, whatever the number of restarts.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, Plan, Trace, linear, times, updates};
///
/// let plan = Plan::builder()
///     .then(linear().from(times(0.0)).over(updates(500)))
///     .then(linear().to(times(0.0)))
///     .resolve(&Horizon::updates(1_000_000)?)?;
/// let trace = Trace::sample("lr", &plan, 0.1, 200);
/// assert!(trace.points().len() <= 200 + 2 * 2);
/// assert_eq!(trace.points()[0], (0, 0.0));
/// assert!(trace.points().contains(&(500, 0.1)));
/// assert_eq!(trace.last_used(), 0.1 * (1.0 / 999_500.0));
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    label: String,
    points: Vec<(u64, f64)>,
    boundaries: Vec<(u64, &'static str)>,
    /// Whether there are more phases than those.
    more_phases: bool,
    area: f64,
    open: bool,
}

impl Trace {
    /// Values of `plan` for a group with this base at about `count` updates of the run, the last used one included.
    ///
    /// An open plan, which has no end, is shown for as long again as its phases with an end take.
    ///
    /// ```
    /// use lehr::{Horizon, Spec, Trace};
    ///
    /// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(5)?)?;
    /// let trace = Trace::sample("lr", &plan, 10.0, 5);
    /// assert_eq!(trace.points(), [(0, 10.0), (1, 8.0), (2, 6.0), (3, 4.0), (4, 2.0)]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn sample(label: &str, plan: &Plan, base: f64, count: usize) -> Self {
        let end = plan.end().unwrap_or_else(|| {
            let start = sections(plan, u64::MAX).0.last().map_or(0, |(start, _)| *start);
            start.max(50).saturating_mul(2)
        });
        let last = end.saturating_sub(1);
        let count = count.max(2) as u64;
        let (boundaries, more_phases) = sections(plan, last);
        let mut updates: Vec<u64> = (0..count).map(|i| spread(i, count - 1, last)).collect();
        for (start, _) in &boundaries {
            // The update before a boundary shows a jump as a jump.
            updates.extend([start.saturating_sub(1), *start]);
        }
        updates.sort_unstable();
        updates.dedup();
        let mut points: Vec<(u64, f64)> = updates.iter().map(|n| (*n, plan.value_at(*n, base))).collect();
        let mut area = area(&points);
        if more_phases {
            let known = boundaries.last().map_or(0, |(start, _)| *start);
            let mut outlines = Vec::new();
            for pair in points.windows(2).filter(|pair| pair[0].0 >= known) {
                let Some(outline) = Outline::between(plan, base, pair[0].0, pair[1].0) else { continue };
                area += outline.area - area_of(pair[0], pair[1]);
                outlines.extend([outline.least, outline.greatest]);
            }
            points.extend(outlines);
            points.sort_unstable_by_key(|(n, _)| *n);
            points.dedup_by_key(|(n, _)| *n);
        }
        let open = plan.end().is_none();
        Self { label: label.to_owned(), points, boundaries, more_phases, area, open }
    }

    /// Values that are known already, such as those that a run used: no plan, no phases.
    ///
    /// # Errors
    ///
    /// If the updates do not ascend.
    ///
    /// ```
    /// use lehr::Trace;
    ///
    /// let trace = Trace::of_points("lr", vec![(0, 0.1), (1, 0.2), (4, 0.2)])?;
    /// assert_eq!((trace.last_used(), trace.boundaries().len()), (0.2, 0));
    /// assert!(Trace::of_points("lr", vec![(1, 0.1), (1, 0.2)]).is_err());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn of_points(label: &str, points: Vec<(u64, f64)>) -> Result<Self, Error> {
        if let Some(pair) = points.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
            let (before, n) = (pair[0].0, pair[1].0);
            return Err(Error::parameter(
                "points",
                n,
                format!("updates must ascend, and the one before it is {before}"),
            ));
        }
        let area = area(&points);
        let (label, boundaries) = (label.to_owned(), Vec::new());
        Ok(Self { label, points, boundaries, more_phases: false, area, open: false })
    }

    /// What the values are of, such as `lr`.
    ///
    /// ```
    /// use lehr::Trace;
    ///
    /// assert_eq!(Trace::of_points("weight_decay", vec![(0, 0.1)])?.label(), "weight_decay");
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Updates with their values, ascending.
    ///
    /// ```
    /// use lehr::Trace;
    ///
    /// assert_eq!(Trace::of_points("lr", vec![(0, 0.1), (7, 0.2)])?.points(), [(0, 0.1), (7, 0.2)]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn points(&self) -> &[(u64, f64)] {
        &self.points
    }

    /// Where each phase starts, with the name of its shape; of more than a thousand phases the first thousand.
    ///
    /// ```
    /// use lehr::{Horizon, Spec, Trace};
    ///
    /// let plan = "linear(from=0x, over=5%) -> hold".parse::<Spec>()?.resolve(&Horizon::updates(1000)?)?;
    /// assert_eq!(Trace::sample("lr", &plan, 0.1, 10).boundaries(), [(0, "linear"), (50, "hold")]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn boundaries(&self) -> &[(u64, &'static str)] {
        &self.boundaries
    }

    /// Whether there are more phases than [`boundaries`](Trace::boundaries) has.
    ///
    /// ```
    /// use lehr::{Horizon, Spec, Trace};
    ///
    /// let plan = "repeat(cosine(to=0, over=5))".parse::<Spec>()?.resolve(&Horizon::updates(10_000)?)?;
    /// assert!(Trace::sample("lr", &plan, 0.1, 100).has_more_phases());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn has_more_phases(&self) -> bool {
        self.more_phases
    }

    /// Whether the plan has no end: its last phase goes on after the last sample.
    ///
    /// ```
    /// use lehr::{Horizon, Plan, Trace, hold};
    ///
    /// let plan = |horizon| Plan::builder().then(hold()).resolve(&horizon);
    /// assert!(Trace::sample("lr", &plan(Horizon::open())?, 0.1, 10).is_open());
    /// assert!(!Trace::sample("lr", &plan(Horizon::updates(100)?)?, 0.1, 10).is_open());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// What the first update uses.
    ///
    /// ```
    /// use lehr::{Horizon, Spec, Trace};
    ///
    /// let plan = "linear(from=0.5x, to=0)".parse::<Spec>()?.resolve(&Horizon::updates(1000)?)?;
    /// assert_eq!(Trace::sample("lr", &plan, 0.2, 10).first_used(), 0.1);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn first_used(&self) -> f64 {
        self.points.first().map_or(f64::NAN, |(_, value)| *value)
    }

    /// The least and the greatest sampled value.
    ///
    /// ```
    /// use lehr::Trace;
    ///
    /// assert_eq!(Trace::of_points("lr", vec![(0, 0.2), (1, 0.5), (2, 0.1)])?.range(), (0.1, 0.5));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn range(&self) -> (f64, f64) {
        let values = self.points.iter().map(|(_, value)| *value);
        values
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    }

    /// The sum of the values of all updates of the run: exact where every update is sampled, with straight lines between
    /// the samples otherwise, and with the mean of a few phases where there are many between two samples.
    ///
    /// ```
    /// use lehr::{Horizon, Plan, Trace, linear, times};
    ///
    /// let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(1_000_000)?)?;
    /// let area = Trace::sample("lr", &plan, 1.0, 100).area();
    /// assert!((area - 500_000.5).abs() < 1e-3);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn area(&self) -> f64 {
        self.area
    }

    /// The largest change from one update to the next: the later of the two, and by how much; between samples that are
    /// further apart, their mean change. `None` where there is one update only.
    ///
    /// ```
    /// use lehr::{Horizon, Spec, Trace};
    ///
    /// let plan = "hold(over=50) -> hold(from=0.1x, over=50)".parse::<Spec>()?.resolve(&Horizon::updates(100)?)?;
    /// assert_eq!(Trace::sample("lr", &plan, 1.0, 10).largest_jump(), Some((50, 0.1 - 1.0)));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn largest_jump(&self) -> Option<(u64, f64)> {
        let jumps = self.points.windows(2).map(|pair| {
            let ((start, from), (end, to)) = (pair[0], pair[1]);
            (end, (to - from) / (end - start) as f64)
        });
        jumps.reduce(|largest, jump| if jump.1.abs() > largest.1.abs() { jump } else { largest })
    }

    /// What the last update of the run uses.
    ///
    /// ```
    /// use lehr::{Horizon, Spec, Trace};
    ///
    /// // The last of ten updates has one step left to 0.
    /// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(10)?)?;
    /// assert_eq!(Trace::sample("lr", &plan, 1.0, 10).last_used(), 0.1);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn last_used(&self) -> f64 {
        self.points.last().map_or(f64::NAN, |(_, value)| *value)
    }
}

/// At most this many phases are told apart: those of a plan that restarts more often cannot be seen one by one.
const MAX_SECTIONS: usize = 1000;

/// Phases that are looked at between two samples, and steps in each: cycles of one, two, three and six phases are met
/// whole.
const WALKED: usize = 6;
const STEPS: u64 = 4;

/// What a few phases between two samples have.
struct Outline {
    least: (u64, f64),
    greatest: (u64, f64),
    /// The sum over the updates from the first sample up to the second one.
    area: f64,
}

impl Outline {
    /// `None` where no phase begins between the two.
    fn between(plan: &Plan, base: f64, first: u64, second: u64) -> Option<Self> {
        let mut start = section_end(plan, first).filter(|start| *start < second)?;
        let value = plan.value_at(start, base);
        let mut outline = Self { least: (start, value), greatest: (start, value), area: 0.0 };
        let mut walked = 0;
        for _ in 0..WALKED {
            let end = section_end(plan, start).filter(|end| *end > start).unwrap_or(second).min(second);
            let last = end - 1;
            let mut updates: Vec<u64> = (0..=STEPS).map(|i| start + spread(i, STEPS, last - start)).collect();
            updates.dedup();
            let points: Vec<(u64, f64)> = updates.into_iter().map(|n| (n, plan.value_at(n, base))).collect();
            for point in &points {
                if point.1 < outline.least.1 {
                    outline.least = *point;
                }
                if point.1 > outline.greatest.1 {
                    outline.greatest = *point;
                }
            }
            outline.area += area(&points);
            walked += end - start;
            if end == second {
                break;
            }
            start = end;
        }
        outline.area *= (second - first) as f64 / walked as f64;
        Some(outline)
    }
}

/// The first update after the phase that update `n` is in. A phase need not end at a whole update; the first one after
/// its end is in the next phase.
fn section_end(plan: &Plan, n: u64) -> Option<u64> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    plan.section_at(n).end.map(|end| end.ceil() as u64)
}

/// Where each phase starts, up to the update `last`, with the name of its shape, and whether there are more.
fn sections(plan: &Plan, last: u64) -> (Vec<(u64, &'static str)>, bool) {
    let mut sections = Vec::new();
    let mut start = 0;
    loop {
        let section = plan.section_at(start);
        sections.push((start, section.path.last().copied().unwrap_or("hold")));
        match section_end(plan, start) {
            Some(end) if end > start && end <= last => start = end,
            _ => return (sections, false),
        }
        if sections.len() == MAX_SECTIONS {
            return (sections, true);
        }
    }
}

/// The sum of the values from the first point to the last one, with straight lines between them.
fn area(points: &[(u64, f64)]) -> f64 {
    let between: f64 = points.windows(2).map(|pair| area_of(pair[0], pair[1])).sum();
    between + points.last().map_or(0.0, |(_, value)| *value)
}

/// The sum of an arithmetic series without its last term.
fn area_of((start, from): (u64, f64), (end, to): (u64, f64)) -> f64 {
    let steps = (end - start) as f64;
    steps * from + (to - from) * (steps - 1.0) / 2.0
}

/// `i` of `steps` equal steps from 0 to `last`, in whole numbers.
fn spread(i: u64, steps: u64, last: u64) -> u64 {
    let position = u128::from(i) * u128::from(last) / u128::from(steps);
    u64::try_from(position).unwrap_or(last)
}
