//! Lints: what resolves, and probably is not what was meant. Each has a code, a page, and a way to silence it.

mod clock;
mod ending;
mod level;
mod warmup;

use std::ops::Range;

use lehr::{Curve, Plan, ResolvedPhase, Trace};

use crate::plan_text::{PlanText, split};
use crate::problem::{Problem, Problems};
use crate::resolve::{Entry, Resolved};
use crate::walk::nearest;

/// A lint.
///
/// ```
/// let jump = lehr_spec::LINTS.iter().find(|lint| lint.code == "jump").expect("it is one");
/// assert_eq!(jump.summary, "The value jumps from one phase to the next");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lint {
    /// What `allow` names it by.
    pub code: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Its page in the documentation, as Markdown: why, a bad and a good example, how to silence it.
    pub page: &'static str,
}

macro_rules! lint {
    ($code:literal, $summary:literal) => {
        Lint { code: $code, summary: $summary, page: include_str!(concat!("../../lints/", $code, ".md")) }
    };
}

/// Every lint.
///
/// ```
/// assert!(lehr_spec::LINTS.iter().any(|lint| lint.code == "warmup-too-long"));
/// assert!(lehr_spec::LINTS.iter().all(|lint| lint.page.starts_with(&format!("# {}", lint.code))));
/// ```
pub const LINTS: &[Lint] = &[
    lint!("warmup-too-long", "The warm-up takes more than half of the run"),
    lint!("peak-never-reached", "No update uses the largest level of the plan"),
    lint!("zero-at-start", "The first update has a learning rate of 0"),
    lint!("minimum-never-used", "The last update does not use the level that the plan ends at"),
    lint!("ends-above-minimum", "The run ends above a minimum that it had after its peak"),
    lint!("restart-near-end", "A restart lies in the last 5 % of the run"),
    lint!("ends-early", "The plan ends before the run does"),
    lint!("jump", "The value jumps from one phase to the next"),
    lint!("absolute-above-base", "An absolute level is above the base of the group"),
    lint!("decay-on-zero-base", "Weight decay is raised in groups whose base is 0"),
    lint!("clock-mismatch", "A length in updates looks like one in epochs"),
    lint!("plateau-never-fires", "The run is too short for the plateau controller to reduce anything"),
    lint!("unknown-lint", "`allow` names a lint that does not exist"),
];

/// Less than this share of a plan's range is no difference.
const SLIGHT: f64 = 0.01;

/// Samples of a plan that a lint looks at.
const SAMPLES: usize = 4000;

/// What the lints find, but for what the spec or `allow` silences; in the order of the file.
///
/// ```
/// use lehr_spec::{Format, Source, SpecFile, lint};
///
/// let text = "version = 1\n[horizon]\nupdates = 1000\n[lr]\nphases = 'linear(from=0x, over=5%) -> cosine(to=0.1x)'";
/// let spec = SpecFile::read(&Source::new("schedule.toml", text)?, Format::Toml)?.resolve(&Default::default())?;
/// assert_eq!(lint(&spec, &[]).list()[0].code, "zero-at-start");
/// assert!(lint(&spec, &["zero-at-start".to_owned()]).list().is_empty());
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
pub fn lint(resolved: &Resolved, allow: &[String]) -> Problems {
    let mut found = unknown(resolved);
    for entry in &resolved.entries {
        let context = Context::new(resolved, entry);
        found.extend(warmup::check(&context));
        found.extend(level::check(&context));
        found.extend(ending::check(&context));
        found.extend(clock::check(&context));
    }
    let silenced = |code: &str| {
        code != "unknown-lint"
            && (resolved.allow.iter().any(|allowed| allowed.value == code)
                || allow.iter().any(|allowed| allowed == code))
    };
    found.retain(|problem| !silenced(problem.code));
    found.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
    Problems::new(&resolved.source, found)
}

/// Codes in `allow` that do not exist.
fn unknown(resolved: &Resolved) -> Vec<Problem> {
    let codes: Vec<&str> = LINTS.iter().map(|lint| lint.code).collect();
    let unknown = resolved.allow.iter().filter(|allowed| !codes.contains(&allowed.value.as_str()));
    let problem = |allowed: &crate::spec_file::At<String>| {
        let problem = Problem::warning("unknown-lint", format!("there is no lint `{}`", allowed.value))
            .at(allowed.span.clone());
        match nearest(&allowed.value, &codes) {
            Some(near) => problem.label(format!("did you mean `{near}`?")).paste(format!("\"{near}\"")),
            None => problem.label("it silences nothing"),
        }
    };
    unknown.map(problem).collect()
}

/// A plan with what the lints need of it.
struct Context<'a> {
    resolved: &'a Resolved,
    entry: &'a Entry,
    trace: Trace,
    /// The least and the greatest value that an update uses.
    low: f64,
    high: f64,
}

impl<'a> Context<'a> {
    fn new(resolved: &'a Resolved, entry: &'a Entry) -> Self {
        let trace = Trace::sample("", &entry.plan, entry.base_or_one(), SAMPLES);
        let (low, high) = trace.range();
        Self { resolved, entry, trace, low, high }
    }

    fn base(&self) -> f64 {
        self.entry.base_or_one()
    }

    /// Whether the field is a learning rate: what a warm-up, a restart or an end mean for it is not so for a momentum or
    /// a weight decay.
    fn is_rate(&self) -> bool {
        let name = self.entry.field.name();
        name.contains("lr") || name.contains("learning_rate")
    }

    fn value(&self, n: u64) -> f64 {
        self.entry.plan.value_at(n, self.base())
    }

    /// Updates in the run.
    fn total(&self) -> Option<u64> {
        self.entry.plan.end().filter(|end| *end > 0)
    }

    fn range(&self) -> f64 {
        self.high - self.low
    }

    /// The phases of the plan, each with its place in the text.
    fn phases(&self) -> Vec<(Option<usize>, &'a ResolvedPhase)> {
        // A resolved plan is printed item by item; those that are phases have the name of a shape.
        let items = split(&self.entry.plan.to_string());
        let alike = items.len() == self.entry.text.len();
        let is_phase = |item: &str| Curve::NAMES.contains(&item.split('(').next().unwrap_or_default());
        let places = items.iter().enumerate().filter(|(_, item)| is_phase(item)).map(|(index, _)| index);
        let places: Vec<_> = places.collect();
        let phases = self.entry.plan.phases().enumerate();
        phases.map(|(index, phase)| (places.get(index).copied().filter(|_| alike), phase)).collect()
    }

    fn text(&self) -> &PlanText {
        &self.entry.text
    }

    /// Where an argument of a phase stands, or else the phase.
    fn span(&self, phase: Option<usize>, argument: &str) -> Range<usize> {
        match phase {
            Some(phase) => {
                self.text().argument_span(phase, argument).unwrap_or_else(|| self.text().phase_span(phase))
            }
            None => self.text().span.clone(),
        }
    }

    /// Every plan inside a combinator, at any depth, with the place of the outermost combinator and the name of the
    /// innermost one.
    fn each_nested(&self, visit: &mut dyn FnMut(usize, &'static str, &Plan)) {
        fn inside(part: usize, plan: &Plan, visit: &mut dyn FnMut(usize, &'static str, &Plan)) {
            for (_, name, plan) in plan.nested() {
                visit(part, name, plan);
                inside(part, plan, visit);
            }
        }
        for (part, name, plan) in self.entry.plan.nested() {
            visit(part, name, plan);
            inside(part, plan, visit);
        }
    }

    /// Where a part of the plan stands.
    fn part_span(&self, part: usize) -> Range<usize> {
        let alike = split(&self.entry.plan.to_string()).len() == self.text().len();
        if alike { self.text().phase_span(part) } else { self.text().span.clone() }
    }

    fn last_phase(&self) -> Range<usize> {
        self.text().phase_span(self.text().len().saturating_sub(1))
    }
}

/// A number for people: six digits.
fn short(value: f64) -> String {
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    let text = format!("{rounded:?}");
    text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned)
}
