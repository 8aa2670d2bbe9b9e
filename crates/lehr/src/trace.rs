//! `Trace`: a plan's values sampled for pictures and tables, with the phase boundaries.

use crate::plan::Plan;

/// A plan's values at chosen updates: every phase boundary, and evenly spread between them.
///
/// A plan is sampled along its phases, never update by update, so a run of 10^9 updates costs no more than one of
/// 1,000.
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
    open: bool,
}

impl Trace {
    /// Values of `plan` for a group with this base at about `count` updates of the run, the last used one included.
    ///
    /// An open plan, which has no end, is shown for as long again as its phases with an end take.
    pub fn sample(label: &str, plan: &Plan, base: f64, count: usize) -> Self {
        let end = plan.end().unwrap_or_else(|| {
            let start = sections(plan, u64::MAX).last().map_or(0, |(start, _)| *start);
            start.max(50).saturating_mul(2)
        });
        let last = end.saturating_sub(1);
        let count = count.max(2) as u64;
        let boundaries = sections(plan, last);
        let mut updates: Vec<u64> = (0..count).map(|i| spread(i, count - 1, last)).collect();
        for (start, _) in &boundaries {
            // The update before a boundary shows a jump as a jump.
            updates.extend([start.saturating_sub(1), *start]);
        }
        updates.sort_unstable();
        updates.dedup();
        let points = updates.into_iter().map(|n| (n, plan.value_at(n, base))).collect();
        Self { label: label.to_owned(), points, boundaries, open: plan.end().is_none() }
    }

    /// What the values are of, such as `lr`.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Updates with their values, ascending.
    pub fn points(&self) -> &[(u64, f64)] {
        &self.points
    }

    /// Where each phase starts, with the name of its shape.
    pub fn boundaries(&self) -> &[(u64, &'static str)] {
        &self.boundaries
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
    pub fn first_used(&self) -> f64 {
        self.points.first().map_or(f64::NAN, |(_, value)| *value)
    }

    /// The least and the greatest sampled value.
    pub fn range(&self) -> (f64, f64) {
        let values = self.points.iter().map(|(_, value)| *value);
        values
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    }

    /// The sum of the values of all updates of the run: exact where every update is sampled, with straight lines between
    /// the samples otherwise.
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
        let between = self.points.windows(2).map(|pair| {
            let ((start, from), (end, to)) = (pair[0], pair[1]);
            let steps = (end - start) as f64;
            // `from` is counted here, `to` with the next pair: the sum of an arithmetic series without its last term.
            steps * from + (to - from) * (steps - 1.0) / 2.0
        });
        between.sum::<f64>() + self.last_used()
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
    pub fn last_used(&self) -> f64 {
        self.points.last().map_or(f64::NAN, |(_, value)| *value)
    }
}

/// At most this many phases are told apart: those of a plan that restarts more often cannot be seen one by one.
const MAX_SECTIONS: usize = 1000;

/// Where each phase starts, up to the update `last`, with the name of its shape.
fn sections(plan: &Plan, last: u64) -> Vec<(u64, &'static str)> {
    let mut sections = Vec::new();
    let mut start = 0;
    while sections.len() < MAX_SECTIONS {
        let section = plan.section_at(start);
        sections.push((start, section.path.last().copied().unwrap_or("hold")));
        // A section need not start at a whole update; the first update after its end is in the next one.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        match section.end.map(|end| end.ceil() as u64) {
            Some(end) if end > start && end <= last => start = end,
            _ => break,
        }
    }
    sections
}

/// `i` of `steps` equal steps from 0 to `last`, in whole numbers.
fn spread(i: u64, steps: u64, last: u64) -> u64 {
    let position = u128::from(i) * u128::from(last) / u128::from(steps);
    u64::try_from(position).unwrap_or(last)
}
