//! mmengine's `param_scheduler`: a list of classes in the order of time, with `begin` and `end`.
//!
//! There every scheduler changes the value that it finds, in its own window, and leaves the last one: what follows goes on
//! from there, and what overlaps multiplies.

use std::ops::Range;

use super::arguments::{Arguments, wrong};
use super::{ConvertOptions, Converted, field, text};
use crate::node::{Kind, Node};
use crate::problem::Problem;

const KNOWN: &str = "LinearLR, ConstantLR, CosineAnnealingLR, CosineRestartLR, PolyLR, ExponentialLR, StepLR, MultiStepLR, and \
                     their Momentum";

/// More steps of a `StepLR` are not written out.
const MOST_STEPS: u64 = 1000;

/// A value as a share of the base and an absolute part.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Level {
    share: f64,
    absolute: f64,
}

impl Level {
    const BASE: Self = Self { share: 1.0, absolute: 0.0 };

    fn times(self, factor: f64) -> Self {
        Self { share: self.share * factor, absolute: self.absolute * factor }
    }

    /// The level at this weight on the way to another.
    fn toward(self, to: Self, weight: f64) -> Self {
        let between = |from: f64, to: f64| (1.0 - weight) * from + weight * to;
        Self { share: between(self.share, to.share), absolute: between(self.absolute, to.absolute) }
    }

    fn text(self) -> String {
        match (self.share, self.absolute) {
            (share, 0.0) => format!("{}x", text(share)),
            (0.0, absolute) => text(absolute),
            (share, absolute) => format!("{}x+{}", text(share), text(absolute)),
        }
    }
}

/// One scheduler of the list, in updates.
struct Part<'a> {
    arguments: Arguments<'a>,
    class: String,
    span: Range<usize>,
    field: String,
    begin: u64,
    end: Option<u64>,
    /// Updates in one of its steps.
    unit: u64,
}

pub(super) fn convert(node: &Node, options: ConvertOptions) -> Result<Converted, Problem> {
    let node = node.get("param_scheduler").unwrap_or(node);
    let items = match &node.kind {
        Kind::List(items) => items.as_slice(),
        Kind::Map(_) => std::slice::from_ref(node),
        _ => return Err(wrong("param_scheduler", "a list of tables", node)),
    };
    let mut notes = Vec::new();
    let mut fields: Vec<(String, Vec<Part<'_>>)> = Vec::new();
    for item in items {
        let part = Part::of(item, options)?;
        if part.unit > 1 && !part.arguments.flag("convert_to_iter_based")? {
            notes.push(format!(
                "`{}` steps once an epoch there; this plan goes on with every update",
                part.class
            ));
        }
        match fields.iter_mut().find(|(known, _)| *known == part.field) {
            Some((_, parts)) => parts.push(part),
            None => fields.push((part.field.clone(), vec![part])),
        }
    }
    if fields.is_empty() {
        return Err(Problem::error("convert", "there is no scheduler in the list").at(node.span.clone()));
    }
    let ends = fields.iter().flat_map(|(_, parts)| parts).map(|part| part.end);
    let updates = options.updates.or_else(|| ends.collect::<Option<Vec<_>>>()?.into_iter().max());
    let mut converted = Converted { updates, fields: Vec::new(), notes };
    for (name, parts) in fields {
        let plan = plan(&parts, updates)?;
        converted.fields.push(field(&name, None, &plan, &parts[0].arguments)?);
        for part in &parts {
            let unused = part.arguments.unused().into_iter();
            converted.notes.extend(unused.filter(|note| !note.contains("convert_to_iter_based")));
        }
    }
    Ok(converted)
}

/// The plan of one field: its parts one after the other, or, where they overlap, their product.
fn plan(parts: &[Part<'_>], updates: Option<u64>) -> Result<String, Problem> {
    let apart = parts.windows(2).all(|pair| pair[0].end.is_some_and(|end| end <= pair[1].begin));
    if apart {
        let mut sequence = Sequence::default();
        for part in parts {
            part.append(&mut sequence, updates)?;
        }
        return Ok(sequence.text(updates));
    }
    let mut factors = Vec::new();
    for part in parts {
        let mut sequence = Sequence::default();
        part.append(&mut sequence, updates)?;
        if !sequence.multiplies {
            return Err(Problem::error(
                "convert",
                format!("`{}` overlaps another scheduler, and does not multiply what it finds", part.class),
            )
            .at(part.span.clone())
            .label("there it goes on from what the other left, update by update")
            .help("give them windows that do not overlap, or no minimum"));
        }
        factors.push(sequence.text(updates));
    }
    Ok(format!("product({})", factors.join(", ")))
}

/// Phases so far, the update at which they end, and the level there.
struct Sequence {
    phases: Vec<String>,
    at: u64,
    level: Level,
    /// Whether all it does is to multiply.
    multiplies: bool,
    /// Whether the last phase takes what is left.
    open: bool,
}

impl Default for Sequence {
    fn default() -> Self {
        Self { phases: Vec::new(), at: 0, level: Level::BASE, multiplies: true, open: false }
    }
}

impl Sequence {
    /// Keeps a level up to an update.
    fn hold(&mut self, level: Level, until: u64) {
        self.level = level;
        if until > self.at {
            self.phases.push(format!("hold(from={}, over={})", level.text(), until - self.at));
            self.at = until;
        }
    }

    /// A phase that takes so long, from the level so far to another.
    fn phase(&mut self, name: &str, own: &str, from: Level, to: Level, over: u64) {
        self.level = to;
        if over > 0 {
            let (from, to) = (from.text(), to.text());
            self.phases.push(format!("{name}({own}from={from}, to={to}, over={over})"));
            self.at += over;
        }
    }

    /// The whole, which keeps its last level.
    fn text(&self, updates: Option<u64>) -> String {
        let mut phases = self.phases.clone();
        if !self.open && updates.is_none_or(|updates| self.at < updates) || phases.is_empty() {
            phases.push(format!("hold(from={})", self.level.text()));
        }
        phases.join(" -> ")
    }
}

impl<'a> Part<'a> {
    fn of(item: &'a Node, options: ConvertOptions) -> Result<Self, Problem> {
        let arguments = Arguments::of(item)?;
        let (class, span) = arguments.text(&["type"])?.ok_or_else(|| {
            Problem::error("convert", "the type of the scheduler is not named").at(arguments.span())
        })?;
        let field = if class.ends_with("Momentum") { "momentum" } else { "lr" };
        // `by_epoch` is true by default there.
        let by_epoch = arguments.get("by_epoch").is_none() || arguments.flag("by_epoch")?;
        let unit = match (by_epoch, options.updates_per_epoch) {
            (true, Some(in_epoch)) => in_epoch,
            (true, None) => {
                return Err(Problem::error(
                    "convert",
                    "it counts epochs, and how many updates one has is not known",
                )
                .at(arguments.span())
                .help("say it: --updates-per-epoch 334; or by_epoch = false"));
            }
            (false, _) => 1,
        };
        let begin = arguments.count(&["begin"])?.unwrap_or(0).saturating_mul(unit);
        // There is no end there where it is this number.
        let end = arguments.count(&["end"])?.filter(|end| *end < 1_000_000_000);
        let end = end.map(|end| end.saturating_mul(unit)).or(options.updates);
        if end.is_some_and(|end| end <= begin) {
            return Err(Problem::error("convert", format!("its `end` must be after its `begin`, {begin}"))
                .at(arguments.span()));
        }
        Ok(Self { field: field.to_owned(), begin, end, unit, arguments, class, span })
    }

    fn number(&self, name: &str, default: f64) -> Result<f64, Problem> {
        Ok(self.arguments.number(&[name])?.unwrap_or(default))
    }

    /// The updates of its window.
    fn length(&self) -> Result<u64, Problem> {
        let length = self.end.map(|end| end - self.begin);
        length.ok_or_else(|| {
            Problem::error("convert", format!("`{}` needs an `end`", self.class))
                .at(self.span.clone())
                .help("give it one, or say how long the run is: --updates 10000")
        })
    }

    /// `eta_min`, or `eta_min_ratio` of the base.
    fn minimum(&self, sequence: &mut Sequence) -> Result<Level, Problem> {
        let level = match self.arguments.number(&["eta_min_ratio"])? {
            Some(share) => Level { share, absolute: 0.0 },
            None => Level { share: 0.0, absolute: self.number("eta_min", 0.0)? },
        };
        sequence.multiplies &= level == Level { share: 0.0, absolute: 0.0 };
        Ok(level)
    }

    /// Adds what it does to the phases before it.
    fn append(&self, sequence: &mut Sequence, updates: Option<u64>) -> Result<(), Problem> {
        let found = sequence.level;
        sequence.hold(found, self.begin);
        let class = self.class.trim_end_matches("LR").trim_end_matches("Momentum");
        match class {
            // There it has its end at the last step of its window.
            "Linear" => {
                let (from, to) = (self.number("start_factor", 1.0 / 3.0)?, self.number("end_factor", 1.0)?);
                let length = self.length()?;
                sequence.phase("linear", "", found.times(from), found.times(to), length - 1);
            }
            "Constant" => {
                let (factor, length) = (self.number("factor", 1.0 / 3.0)?, self.length()?);
                sequence.hold(found.times(factor), self.begin + length - 1);
                sequence.level = found;
            }
            "CosineAnnealing" => self.cosine(sequence, found)?,
            "CosineRestart" => self.restarts(sequence)?,
            "Poly" => {
                let (to, length) = (self.minimum(sequence)?, self.length()?);
                let power = format!("power={}, ", text(self.number("power", 1.0)?));
                sequence.phase("polynomial", &power, found, to, length - 1);
            }
            "Exponential" => self.decay(sequence, found)?,
            "Step" => {
                let size = self.arguments.count(&["step_size"])?.filter(|size| *size > 0);
                let size = size.ok_or_else(|| {
                    Problem::error("convert", "`StepLR` needs a `step_size` of at least 1")
                        .at(self.span.clone())
                })?;
                let size = size.saturating_mul(self.unit);
                let end = self.end.or(updates);
                let end = end.ok_or_else(|| self.length().err().unwrap_or_else(|| self.unknown()))?;
                let steps = (end - self.begin).div_ceil(size);
                if steps > MOST_STEPS {
                    let message =
                        format!("{steps} steps are more than the {MOST_STEPS} that are written out");
                    return Err(Problem::error("convert", message).at(self.span.clone()));
                }
                let milestones = (1..steps).map(|step| self.begin + step * size);
                self.steps(sequence, milestones, Some(end))?;
            }
            "MultiStep" => {
                let milestones = self.milestones()?;
                self.steps(sequence, milestones.into_iter(), self.end)?;
            }
            _ => return Err(self.unknown()),
        }
        Ok(())
    }

    fn decay(&self, sequence: &mut Sequence, from: Level) -> Result<(), Problem> {
        let gamma = self.number("gamma", 0.1)?;
        let decay = format!("decay(factor={}, every={}, from={}", text(gamma), self.unit, from.text());
        let Some(end) = self.end else {
            sequence.phases.push(decay + ")");
            sequence.open = true;
            return Ok(());
        };
        // Its last update is what stays.
        let over = end - self.begin - 1;
        sequence.level = from.times(gamma.powf(over as f64 / self.unit as f64));
        if over > 0 {
            sequence.phases.push(format!("{decay}, over={over})"));
            sequence.at += over;
        }
        Ok(())
    }

    fn unknown(&self) -> Problem {
        Problem::error("convert", format!("`{}` has no equal here", self.class))
            .at(self.span.clone())
            .help(format!("those that are known: {KNOWN}"))
    }

    /// Half a wave, of which the window may have a part.
    fn cosine(&self, sequence: &mut Sequence, from: Level) -> Result<(), Problem> {
        let to = self.minimum(sequence)?;
        let period = self.arguments.count(&["T_max"])?.map(|period| period.saturating_mul(self.unit));
        let period = match period {
            Some(period) => period,
            None => self.length()?,
        };
        let window = self.end.map_or(period, |end| end - self.begin);
        if period < window || period == 0 {
            let message = "a `T_max` that is shorter than its window rises again, and has no equal here";
            return Err(Problem::error("convert", message)
                .at(self.span.clone())
                .label(format!("the window has {window} updates, the half wave {period}")));
        }
        sequence.wave(from, to, period, window);
        Ok(())
    }

    /// Half waves, each from its own share of the base.
    fn restarts(&self, sequence: &mut Sequence) -> Result<(), Problem> {
        sequence.multiplies = false;
        let to = self.minimum(sequence)?;
        let periods = self.numbers("periods")?.ok_or_else(|| {
            Problem::error("convert", "`CosineRestartLR` needs `periods`").at(self.span.clone())
        })?;
        let weights = self.numbers("restart_weights")?.unwrap_or_else(|| vec![1.0]);
        if weights.len() != periods.len() {
            let message = format!(
                "`periods` has {} entries, `restart_weights` {}: it must have as many",
                periods.len(),
                weights.len()
            );
            return Err(Problem::error("convert", message).at(self.span.clone()));
        }
        for (period, weight) in periods.into_iter().zip(weights) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a number of updates
            let period = (period as u64).saturating_mul(self.unit);
            let left = self.end.map_or(period, |end| end.saturating_sub(sequence.at));
            if left == 0 || period == 0 {
                break;
            }
            sequence.wave(Level::BASE.times(weight), to, period, period.min(left));
        }
        Ok(())
    }

    /// Steps down at these updates of the run.
    fn steps(
        &self,
        sequence: &mut Sequence,
        milestones: impl Iterator<Item = u64>,
        end: Option<u64>,
    ) -> Result<(), Problem> {
        let gamma = self.number("gamma", 0.1)?;
        for milestone in milestones.take_while(|milestone| end.is_none_or(|end| *milestone < end)) {
            let level = sequence.level;
            sequence.hold(level, milestone);
            sequence.level = level.times(gamma);
        }
        Ok(())
    }

    fn milestones(&self) -> Result<Vec<u64>, Problem> {
        let given = self.numbers("milestones")?.ok_or_else(|| {
            Problem::error("convert", "`MultiStepLR` needs `milestones`").at(self.span.clone())
        })?;
        let mut milestones = Vec::new();
        for milestone in given {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a number of updates
            let at = self.begin.saturating_add((milestone.max(0.0) as u64).saturating_mul(self.unit));
            if at <= *milestones.last().unwrap_or(&self.begin) {
                let node = self.arguments.get("milestones");
                return Err(
                    node.map_or_else(|| self.unknown(), |node| wrong("milestones", "ascending", node))
                );
            }
            milestones.push(at);
        }
        Ok(milestones)
    }

    fn numbers(&self, name: &str) -> Result<Option<Vec<f64>>, Problem> {
        let Some(node) = self.arguments.get(name) else { return Ok(None) };
        match super::arguments::argument(node) {
            Some(lehr::compat::Argument::Numbers(numbers)) => Ok(Some(numbers)),
            _ => Err(wrong(name, "a list of whole numbers", node)),
        }
    }
}

impl Sequence {
    /// The first `window` updates of half a wave of `period`; the last of them is what stays.
    fn wave(&mut self, from: Level, to: Level, period: u64, window: u64) {
        let (start, end) = (from.text(), to.text());
        let whole = format!("cosine(from={start}, to={end}, over={period})");
        self.phases.push(if window < period { format!("cut({whole}, over={window})") } else { whole });
        self.at += window;
        // What follows finds the value of the last update, not that of the end.
        let share = (window - 1) as f64 / period as f64;
        self.level = from.toward(to, (std::f64::consts::FRAC_PI_2 * share).sin().powi(2));
    }
}
