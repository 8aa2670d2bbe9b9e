//! `Spec`: a schedule as it was asked for, not yet resolved to updates.

use std::fmt;

use crate::call::{Call, Fault, unknown};
use crate::combine::{
    Clamp, Combinator, Context, Cut, Maximum, Minimum, Noise, Noisy, Product, Ratio, Repeat, Repeated,
};
use crate::combine::{Reverse, Scale, Shift, Stretch, Sum};
use crate::compat::Replica;
use crate::curve::Curve;
use crate::error::Error;
use crate::horizon::{Extent, Horizon};
use crate::level::Level;
use crate::phase::Phase;
use crate::plan::{Body, Item, Plan, ResolvedPhase};
use crate::span::Span;
use crate::text;

/// Phases and combinators in their order, with lengths in any unit. [`resolve`](Spec::resolve) makes a [`Plan`] of them.
///
/// A spec is also a text, in which `->` means "then":
///
/// ```
/// use lehr::{Horizon, Spec, absolute, cosine, fraction, linear, Plan, times};
///
/// let text: Spec = "linear(from=0.01x, over=5%) -> cosine(to=1e-6)".parse()?;
/// let built = Plan::builder()
///     .then(linear().from(times(0.01)).over(fraction(0.05)))
///     .then(cosine().to(absolute(1e-6)));
/// assert_eq!(text, built);
/// assert_eq!(built.to_string(), "linear(from=0.01x, over=5%) -> cosine(to=1e-6)");
///
/// let plan = built.resolve(&Horizon::updates(10_000)?)?;
/// assert_eq!(plan.to_string(), "linear(from=0.01x, to=1x, over=500) -> cosine(from=1x, to=1e-6, over=9500)");
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// Combinators take whole specs and can be nested to any depth. Each is a method here and a name in the text:
///
/// ```
/// use lehr::Spec;
///
/// let spec: Spec = "linear(from=0x, over=100) -> cosine(to=0)".parse()?;
/// let floored = spec.clamp(Some(lehr::times(0.1)), None);
/// assert_eq!(floored.to_string(), "clamp(linear(from=0x, over=100) -> cosine(to=0), min=0.1x)");
/// # Ok::<(), lehr::Error>(())
/// ```
///
/// A share or an epoch inside a combinator is of the combinator's own length where it has one (`over`, or the rest), of
/// what is around it otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spec {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Phase(Phase),
    Combined { combinator: Box<Combinator<Spec>>, over: Option<Span> },
    Replica { replica: Replica, over: Option<Span> },
}

/// Whether the phases must add up to the length that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// They must.
    Exact,
    /// They may end earlier, and then hold.
    AtMost,
    /// They may also be longer: what is around them ends them.
    Cut,
}

impl Fit {
    /// For a plan inside one: what is cut may hold plans of any length.
    pub(crate) fn inside(self) -> Self {
        if self == Self::Cut { Self::Cut } else { Self::AtMost }
    }
}

impl From<Phase> for Spec {
    fn from(phase: Phase) -> Self {
        Self { steps: vec![Step::Phase(phase)] }
    }
}

/// Another library's schedule as it is, quirks included, for as long as it lasts.
///
/// ```
/// use lehr::compat::Replica;
/// use lehr::compat::torch::StepLR;
/// use lehr::{Horizon, Spec};
///
/// let spec = Spec::from(Replica::from(StepLR { step_size: 30, gamma: 0.1 }));
/// assert_eq!(spec.to_string(), "torch.StepLR(step_size=30, gamma=0.1)");
/// assert_eq!(spec.to_string().parse::<Spec>()?, spec);
/// assert_eq!(spec.resolve(&Horizon::open())?.value_at(30, 1.0), 0.1);
/// # Ok::<(), lehr::Error>(())
/// ```
impl From<Replica> for Spec {
    fn from(replica: Replica) -> Self {
        Self { steps: vec![Step::Replica { replica, over: None }] }
    }
}

impl From<Combinator<Self>> for Spec {
    fn from(combinator: Combinator<Self>) -> Self {
        Self { steps: vec![Step::Combined { combinator: Box::new(combinator), over: None }] }
    }
}

impl Spec {
    /// Adds a phase, or the phases of another spec, after those that are there. What is added starts its clock anew.
    ///
    /// ```
    /// use lehr::{Horizon, Spec, cosine, linear, times, updates};
    ///
    /// let spec = Spec::from(linear().from(times(0.0)).over(updates(2))).then(cosine().to(times(0.0)));
    /// assert_eq!(spec.resolve(&Horizon::updates(4)?)?.value_at(2, 0.1), 0.1);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn then(mut self, next: impl Into<Self>) -> Self {
        self.steps.extend(next.into().steps);
        self
    }

    /// The beginning of the spec, for that long: what is added after it takes over from there.
    ///
    /// ```
    /// use lehr::{Horizon, Spec, hold, times, updates};
    ///
    /// let spec: Spec = "linear(to=0)".parse()?;
    /// let plan = spec.cut(updates(2)).then(hold().from(times(0.1))).resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 1, 2, 3].map(|n| plan.value_at(n, 1.0)), [1.0, 0.75, 0.1, 0.1]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn cut(self, over: impl Into<Span>) -> Self {
        let combinator = Box::new(Combinator::Cut(Cut { plan: self }));
        Self { steps: vec![Step::Combined { combinator, over: Some(over.into()) }] }
    }

    /// Repeats it, each cycle longer or shorter, higher or lower than the one before.
    ///
    /// ```
    /// use lehr::{Horizon, Repeat, Spec};
    ///
    /// let spec: Spec = "linear(to=0, over=2)".parse()?;
    /// let plan = spec.repeat(Repeat { height: 0.5, ..Repeat::default() }).resolve(&Horizon::updates(6)?)?;
    /// assert_eq!([0, 1, 2, 3, 4, 5].map(|n| plan.value_at(n, 1.0)), [1.0, 0.5, 0.5, 0.25, 0.25, 0.125]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn repeat(self, how: Repeat) -> Self {
        Combinator::Repeated(Repeated::unresolved(self, how)).into()
    }

    /// Multiplies every value by a number.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let spec: Spec = "linear(to=0)".parse()?;
    /// let plan = spec.scale(0.5).resolve(&Horizon::updates(4)?)?;
    /// assert_eq!(plan.value_at(2, 1.0), 0.25);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn scale(self, by: f64) -> Self {
        Combinator::Scale(Scale { plan: self, by }).into()
    }

    /// Bounds every value by a floor, a ceiling, or both.
    ///
    /// ```
    /// use lehr::{Horizon, Spec, times};
    ///
    /// let spec: Spec = "linear(to=0)".parse()?;
    /// let plan = spec.clamp(Some(times(0.3)), None).resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([2, 3].map(|n| plan.value_at(n, 1.0)), [0.5, 0.3]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn clamp(self, min: Option<Level>, max: Option<Level>) -> Self {
        Combinator::Clamp(Clamp { plan: self, min, max }).into()
    }

    /// Starts it later; its first value is held until then.
    ///
    /// ```
    /// use lehr::{Horizon, Spec, updates};
    ///
    /// let spec: Spec = "linear(to=0, over=2)".parse()?;
    /// let plan = spec.later(updates(2)).resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 2, 3, 4].map(|n| plan.value_at(n, 1.0)), [1.0, 1.0, 0.5, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn later(self, by: impl Into<Span>) -> Self {
        Combinator::Shift(Shift { plan: self, by: by.into(), earlier: false }).into()
    }

    /// Starts it earlier: its first updates are left out.
    ///
    /// ```
    /// use lehr::{Horizon, Spec, updates};
    ///
    /// let spec: Spec = "linear(to=0, over=4)".parse()?;
    /// let plan = spec.earlier(updates(1)).resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 1, 2, 3].map(|n| plan.value_at(n, 1.0)), [0.75, 0.5, 0.25, 0.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn earlier(self, by: impl Into<Span>) -> Self {
        Combinator::Shift(Shift { plan: self, by: by.into(), earlier: true }).into()
    }

    /// Makes it slower by a ratio above 1, faster by one below 1.
    ///
    /// ```
    /// use lehr::{Horizon, Ratio, Spec};
    ///
    /// let spec: Spec = "linear(to=0, over=2)".parse()?;
    /// let plan = spec.stretch(Ratio::new(2, 1)?).resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 1, 2, 3].map(|n| plan.value_at(n, 1.0)), [1.0, 0.75, 0.5, 0.25]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn stretch(self, by: Ratio) -> Self {
        Combinator::Stretch(Stretch { plan: self, by }).into()
    }

    /// Runs it from its end to its start.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let spec: Spec = "linear(to=0)".parse()?;
    /// let plan = spec.reverse().resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 1, 2, 3].map(|n| plan.value_at(n, 1.0)), [0.0, 0.25, 0.5, 0.75]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn reverse(self) -> Self {
        Combinator::Reverse(Reverse { plan: self }).into()
    }

    /// Adds seeded noise.
    ///
    /// ```
    /// use lehr::{Horizon, Spec, Noise};
    ///
    /// let spec: Spec = "linear(to=0)".parse()?;
    /// let noisy = |seed| spec.clone().noise(Noise { seed, ..Noise::default() }).resolve(&Horizon::updates(4)?);
    /// assert_eq!(noisy(7)?.value_at(2, 1.0), noisy(7)?.value_at(2, 1.0));
    /// assert_ne!(noisy(7)?.value_at(2, 1.0), noisy(8)?.value_at(2, 1.0));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn noise(self, noise: Noise) -> Self {
        Combinator::Noisy(Noisy { plan: self, noise }).into()
    }

    /// Multiplies it by dimensionless factors, in which both `1x` and `1` are one. With none it is itself.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let spec: Spec = "linear(to=0)".parse()?;
    /// let warmup: Spec = "linear(from=0x, over=2) -> hold".parse()?;
    /// let plan = spec.product([warmup]).resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 1, 2].map(|n| plan.value_at(n, 1.0)), [0.0, 0.375, 0.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn product(self, factors: impl IntoIterator<Item = Self>) -> Self {
        self.beside(factors, |plans| Combinator::Product(Product { plans }))
    }

    /// Adds other specs to it, value by value.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let spec: Spec = "linear(to=0)".parse()?;
    /// let plan = spec.sum(["hold(from=0.5)".parse()?]).resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 2].map(|n| plan.value_at(n, 1.0)), [1.5, 1.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn sum(self, others: impl IntoIterator<Item = Self>) -> Self {
        self.beside(others, |plans| Combinator::Sum(Sum { plans }))
    }

    /// The least value of it and of others.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let spec: Spec = "linear(to=0)".parse()?;
    /// let plan = spec.minimum(["hold(from=0.6)".parse()?]).resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 2].map(|n| plan.value_at(n, 1.0)), [0.6, 0.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn minimum(self, others: impl IntoIterator<Item = Self>) -> Self {
        self.beside(others, |plans| Combinator::Minimum(Minimum { plans }))
    }

    /// The greatest value of it and of others.
    ///
    /// ```
    /// use lehr::{Horizon, Spec};
    ///
    /// let spec: Spec = "linear(to=0)".parse()?;
    /// let plan = spec.maximum(["hold(from=0.6)".parse()?]).resolve(&Horizon::updates(4)?)?;
    /// assert_eq!([0, 2].map(|n| plan.value_at(n, 1.0)), [1.0, 0.6]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn maximum(self, others: impl IntoIterator<Item = Self>) -> Self {
        self.beside(others, |plans| Combinator::Maximum(Maximum { plans }))
    }

    /// Combines it with others; with none of them it is itself.
    fn beside(
        self,
        others: impl IntoIterator<Item = Self>,
        combine: fn(Vec<Self>) -> Combinator<Self>,
    ) -> Self {
        let plans: Vec<Self> = std::iter::once(self).chain(others).collect();
        match <[Self; 1]>::try_from(plans) {
            Ok([alone]) => alone,
            Err(plans) => combine(plans).into(),
        }
    }

    /// Turns every length into updates.
    ///
    /// ```
    /// use lehr::{Error, Horizon, Spec};
    ///
    /// let spec: Spec = "linear(from=0x, over=1ep) -> cosine(to=0)".parse()?;
    /// assert_eq!(spec.resolve(&Horizon::epochs(3, 100)?)?.end(), Some(300));
    /// // Without the length of an epoch it cannot be resolved.
    /// assert!(matches!(spec.resolve(&Horizon::updates(300)?), Err(Error::Horizon { .. })));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] for a level, length or shape parameter that breaks its rule, or where there is no phase;
    /// [`Error::Horizon`] for a length that `horizon` cannot convert; [`Error::Length`] where the phases are longer
    /// than the run, or shorter and none of them takes the `rest`.
    pub fn resolve(&self, horizon: &Horizon) -> Result<Plan, Error> {
        let context = Context { around: *horizon, length: None, before: Some(Level::BASE), fit: Fit::Exact };
        self.resolve_in(context)
    }

    pub(crate) fn resolve_in(&self, context: Context) -> Result<Plan, Error> {
        let horizon = context.horizon();
        let extents = self.extents(horizon, context.fit)?;
        let boundaries = horizon.boundaries(&extents, context.fit == Fit::Exact)?;
        if let (Fit::AtMost, Some(run), Some(Some(end))) = (context.fit, horizon.total(), boundaries.last())
            && *end > run
        {
            return Err(Error::Length { phases: (*end).into(), run });
        }
        let mut items: Vec<Item> = Vec::with_capacity(extents.len());
        let mut before = context.before;
        for (step, end) in self.steps.iter().zip(boundaries) {
            let start = items.last().and_then(|item| item.end).unwrap_or_default();
            let length = end.map(|end| end - start);
            let body = match step {
                Step::Replica { replica, .. } => {
                    replica.check()?;
                    Body::Replica(replica.clone())
                }
                Step::Phase(phase) => {
                    Body::Phase(resolve_phase(*phase, before, start, end, items.is_empty(), horizon)?)
                }
                Step::Combined { combinator, over } => {
                    // A plan with a length of its own is resolved to what is around it, as its length was; so is one that
                    // was cut short only where counting ends.
                    let given = over.is_some() && end != Some(u64::MAX);
                    let own = given || combinator.length(horizon)?.is_none();
                    let length = length.filter(|_| own);
                    Body::Combined(Box::new(combinator.resolve(Context {
                        around: horizon,
                        length,
                        before,
                        fit: context.fit.inside(),
                    })?))
                }
            };
            items.push(Item { start, end, body });
            before = items.last().and_then(Item::end_level);
        }
        Ok(Plan::of(items))
    }

    /// How long it lasts by itself, shares being of `around`; `None` where it takes what it is given.
    pub(crate) fn length(&self, around: Horizon) -> Result<Option<u64>, Error> {
        let mut extents = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            match step.extent(around)? {
                Some(Extent::REST) | None => return Ok(None),
                Some(extent) => extents.push(extent),
            }
        }
        Ok(around.boundaries(&extents, false)?.last().copied().flatten())
    }

    fn extents(&self, horizon: Horizon, fit: Fit) -> Result<Vec<Extent>, Error> {
        let Some(last) = self.steps.len().checked_sub(1) else {
            let rule = "a plan has at least one phase, such as hold or cosine(to=0)";
            return Err(Error::parameter("phases", "empty", rule));
        };
        let mut extents = Vec::with_capacity(self.steps.len());
        for (index, step) in self.steps.iter().enumerate() {
            let extent = match step.extent(horizon)? {
                Some(extent) => extent,
                None if index == last && !extents.contains(&Extent::REST) => Extent::REST,
                None => {
                    let found =
                        format!("missing in phase {} ({})", index + 1, Self { steps: vec![step.clone()] });
                    let rule = "every phase but the last has a length: updates (500), epochs (3ep), a share of the run (5%) \
                                or, once, rest";
                    return Err(Error::parameter("over", found, rule));
                }
            };
            extent.span().check("over")?;
            extents.push(extent);
        }
        // A combinator alone fills the run, unless it is longer: after its end it holds.
        if let (Fit::Exact, [Extent::Own(length)], Some(run)) = (fit, extents.as_slice(), horizon.total())
            && *length <= run
        {
            extents = vec![Extent::REST];
        }
        Ok(extents)
    }

    /// The names of the combinators in plan text, each with its arguments; every one of them takes `over` too.
    ///
    /// ```
    /// assert!(lehr::Spec::combinators().contains(&("clamp", &["min", "max"])));
    /// ```
    pub fn combinators() -> &'static [(&'static str, &'static [&'static str])] {
        Combinator::<Self>::ARGUMENTS
    }

    /// The names of shapes and combinators, for an error.
    pub(crate) fn shapes() -> String {
        let combinators = Combinator::<Self>::NAMES.join(", ");
        format!("the shapes are {}; the combinators {combinators}", Curve::NAMES.join(", "))
    }

    pub(crate) fn from_calls(calls: &[Call]) -> Result<Self, Fault> {
        let mut steps = Vec::with_capacity(calls.len());
        for call in calls {
            if let Some(curve) = Curve::named(&call.name) {
                steps.push(Step::Phase(Phase::from_call(curve, call)?));
            } else if let Some(combinator) = Combinator::from_call(call) {
                steps.push(Step::Combined { combinator: Box::new(combinator?), over: call.span("over")? });
            } else if let Some(replica) = Replica::from_call(call) {
                steps.push(Step::Replica { replica: replica?, over: call.span("over")? });
            } else {
                let known = [Curve::NAMES, Combinator::<Self>::NAMES, Replica::NAMES].concat();
                return Err(call.fault(format!(
                    "{}; {}",
                    unknown("shape", &call.name, &known),
                    Self::shapes()
                )));
            }
        }
        Ok(Self { steps })
    }

    pub(crate) fn to_calls(&self) -> Vec<Call> {
        let call = |step: &Step| match step {
            Step::Phase(phase) => phase.to_call(),
            Step::Combined { combinator, over } => {
                combinator.to_call(Self::to_calls).with("over", over.map(|span| span.to_string()))
            }
            Step::Replica { replica, over } => {
                replica.to_call().with("over", over.map(|span| span.to_string()))
            }
        };
        self.steps.iter().map(call).collect()
    }
}

impl Step {
    /// What was asked for, or what a combinator's plans add up to; `None` where nothing says it.
    fn extent(&self, around: Horizon) -> Result<Option<Extent>, Error> {
        match self {
            Self::Phase(Phase { over, .. }) | Self::Replica { over, .. } => Ok(over.map(Extent::Asked)),
            Self::Combined { over: Some(over), .. } => Ok(Some(Extent::Asked(*over))),
            Self::Combined { combinator, over: None } => Ok(combinator.length(around)?.map(Extent::Own)),
        }
    }
}

fn resolve_phase(
    phase: Phase,
    before: Option<Level>,
    start: u64,
    end: Option<u64>,
    first: bool,
    horizon: Horizon,
) -> Result<ResolvedPhase, Error> {
    let (from, to) = phase.levels(before)?;
    if from.is_none() && first {
        let rule = "what is before this combinator has no single level to carry over: say where it starts";
        return Err(Error::parameter("from", format!("missing in {phase}"), rule));
    }
    let curve = phase.curve.resolve(horizon)?;
    if end.is_none() && from != to && !curve.falls() {
        return Err(Error::Horizon {
            span: Span::Rest.to_string(),
            lacks: "the total of updates is not known; give the horizon its total (`Horizon::updates`), or the phase a \
                    length in updates",
        });
    }
    Ok(ResolvedPhase { curve, from, to, start, end, inclusive: phase.inclusive })
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(&self.to_calls(), f)
    }
}
#[cfg(test)]
mod tests {
    use crate::{
        Error, Horizon, Plan, absolute, cosine, epochs, hold, linear, polynomial, rest, times, updates,
    };

    #[test]
    fn wrong_parameters_are_named() {
        let run = Horizon::updates(10).unwrap();
        let cases = [
            (linear().from(absolute(f64::NAN)), "`from` is NaN, but a level must be a finite number"),
            (cosine().to(times(f64::INFINITY)), "`to` is infx, but a level must be a finite number"),
            (polynomial(-1.0), "`power` is -1, but it must be a finite number above 0"),
            (crate::phase(crate::Cosine { k: f64::NAN, ..crate::Cosine::default() }), "`k` is NaN"),
            (linear().over(epochs(-1)), "`over` is -1ep"),
            (hold().to(times(0.5)), "`to` is 0.5x, but a hold keeps one level, here 1x"),
            (crate::geometric().to(absolute(0.0)), "`to` is 0, but a geometric phase"),
            (crate::geometric().from(times(-1.0)), "`to` is 1, but a geometric phase"),
        ];
        for (phase, expected) in cases {
            let error = Plan::builder().then(phase).resolve(&run);
            // The second kind of geometric fault needs the base to be seen.
            if let Err(error) = error {
                assert!(error.to_string().starts_with(expected), "{error}");
            } else {
                assert!(expected.contains("geometric"), "{phase} was accepted");
            }
        }
    }

    #[test]
    fn lengths_are_asked_for() {
        let run = Horizon::updates(10).unwrap();
        let missing = Plan::builder().then(linear()).then(cosine()).resolve(&run).unwrap_err();
        assert!(
            missing.to_string().starts_with("`over` is missing in phase 1 (linear), but every phase"),
            "{missing}"
        );
        let second_rest = Plan::builder().then(hold().over(rest())).then(cosine()).resolve(&run).unwrap_err();
        assert!(second_rest.to_string().contains("missing in phase 2"), "{second_rest}");
        assert!(matches!(Plan::builder().resolve(&run), Err(Error::Parameter { .. })));
        let warmup_too_long =
            Plan::builder().then(linear().over(updates(11))).then(cosine()).resolve(&run).unwrap_err();
        assert!(matches!(warmup_too_long, Error::Length { phases: 11, run: 10 }));
        let no_total = Plan::builder().then(cosine().to(times(0.0))).resolve(&Horizon::open()).unwrap_err();
        assert!(no_total.to_string().contains("the total of updates is not known"), "{no_total}");
    }
}
