//! `Spec`: the phases of a plan as they were asked for, not yet resolved to updates.

use std::fmt;

use crate::error::Error;
use crate::horizon::Horizon;
use crate::phase::Phase;
use crate::plan::Plan;
use crate::span::Span;

/// Phases in their order, with lengths in any unit. [`resolve`](Spec::resolve) makes a [`Plan`] of them.
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spec {
    pub(crate) phases: Vec<Phase>,
}

impl Spec {
    /// Adds a phase after the others.
    #[must_use]
    pub fn then(mut self, phase: Phase) -> Self {
        self.phases.push(phase);
        self
    }

    /// Turns every length into updates.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] for a level, length or shape parameter that breaks its rule, or where there is no phase;
    /// [`Error::Horizon`] for a length that `horizon` cannot convert; [`Error::Length`] where the phases are longer
    /// than the run, or shorter and none of them takes the `rest`.
    pub fn resolve(&self, horizon: &Horizon) -> Result<Plan, Error> {
        let Some(last) = self.phases.len().checked_sub(1) else {
            return Err(Error::parameter(
                "phases",
                "empty",
                "a plan has at least one phase, such as hold or cosine(to=0)",
            ));
        };
        let mut spans = Vec::with_capacity(self.phases.len());
        for (index, phase) in self.phases.iter().enumerate() {
            let span = match phase.over {
                Some(span) => span,
                None if index == last && !self.phases.iter().any(|phase| phase.over == Some(Span::Rest)) => {
                    Span::Rest
                }
                None => {
                    let rule = "every phase but the last has a length: updates (500), epochs (3ep), a share of the run (5%) \
                                or, once, rest";
                    return Err(Error::parameter(
                        "over",
                        format!("missing in phase {} ({phase})", index + 1),
                        rule,
                    ));
                }
            };
            span.check("over")?;
            spans.push(span);
        }
        Plan::new(&self.phases, &horizon.boundaries(&spans)?)
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, phase) in self.phases.iter().enumerate() {
            if index > 0 {
                f.write_str(" -> ")?;
            }
            phase.fmt(f)?;
        }
        Ok(())
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
            (crate::phase(crate::Cosine { k: f64::NAN }), "`k` is NaN"),
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
