//! mmengine's `param_scheduler`: a list of classes in the order of time, with `begin` and `end`.

use super::arguments::{Arguments, wrong};
use super::{ConvertOptions, Converted, parsed, text};
use crate::node::{Kind, Node};
use crate::problem::Problem;

pub(super) fn convert(node: &Node, options: ConvertOptions) -> Result<Converted, Problem> {
    let node = node.get("param_scheduler").unwrap_or(node);
    let items = match &node.kind {
        Kind::List(items) => items.as_slice(),
        Kind::Map(_) => std::slice::from_ref(node),
        _ => return Err(wrong("param_scheduler", "a list of tables", node)),
    };
    // A field, its phases so far, and where they end.
    let mut fields: Vec<(String, Vec<String>, u64)> = Vec::new();
    let mut notes = Vec::new();
    for item in items {
        let arguments = Arguments::of(item)?;
        let (class, span) = arguments.text(&["type"])?.ok_or_else(|| {
            Problem::error("convert", "the type of the scheduler is not named").at(arguments.span())
        })?;
        let field = if class.ends_with("Momentum") { "momentum" } else { "lr" };
        let unit = unit(&arguments, options)?;
        let begin = arguments.count(&["begin"])?.unwrap_or(0).saturating_mul(unit);
        let end = arguments.count(&["end"])?.map(|end| end.saturating_mul(unit)).or(options.updates);
        if !fields.iter().any(|(known, ..)| known == field) {
            fields.push((field.to_owned(), Vec::new(), 0));
        }
        let Some((_, phases, at)) = fields.iter_mut().find(|(known, ..)| known == field) else { continue };
        if begin < *at {
            return Err(Problem::error(
                "convert",
                "schedulers that overlap multiply there, and have no equal here",
            )
            .at(item.span.start..item.span.start)
            .label(format!("it begins at {begin}, the one before it ends at {at}")));
        }
        if begin > *at {
            phases.push(format!("hold(over={})", begin - *at));
        }
        let (phase, end) = phase(
            &arguments,
            class.trim_end_matches("LR").trim_end_matches("Momentum"),
            begin,
            end,
            unit,
            span,
        )?;
        phases.push(phase);
        *at = end.unwrap_or(u64::MAX);
        notes.extend(arguments.unused().into_iter().filter(|note| !note.contains("convert_to_iter_based")));
        if unit > 1 && !arguments.flag("convert_to_iter_based")? {
            notes.push(format!("`{class}` steps once an epoch there; this plan goes on with every update"));
        }
    }
    let updates =
        options.updates.or_else(|| fields.iter().map(|(.., at)| *at).max().filter(|at| *at < u64::MAX));
    let Some(first) = items.first() else {
        return Err(Problem::error("convert", "there is no scheduler in the list").at(node.span.clone()));
    };
    let arguments = Arguments::of(first)?;
    let mut converted = Converted { updates, fields: Vec::new(), notes };
    for (field, mut phases, at) in fields {
        if updates.is_some_and(|updates| at < updates) || updates.is_none() && at < u64::MAX {
            phases.push("hold".to_owned());
        }
        converted.fields.push((field, None, parsed(&phases.join(" -> "), &arguments)?));
    }
    Ok(converted)
}

/// Updates in one step: 1, or those of an epoch.
fn unit(arguments: &Arguments<'_>, options: ConvertOptions) -> Result<u64, Problem> {
    // `by_epoch` is true by default there.
    let by_epoch = arguments.get("by_epoch").is_none() || arguments.flag("by_epoch")?;
    match (by_epoch, options.updates_per_epoch) {
        (true, Some(in_epoch)) => Ok(in_epoch),
        (true, None) => {
            Err(Problem::error("convert", "it counts epochs, and how many updates one has is not known")
                .at(arguments.span())
                .help("say it: --updates-per-epoch 334; or by_epoch = false"))
        }
        (false, _) => Ok(1),
    }
}

fn phase(
    arguments: &Arguments<'_>,
    class: &str,
    begin: u64,
    end: Option<u64>,
    unit: u64,
    span: std::ops::Range<usize>,
) -> Result<(String, Option<u64>), Problem> {
    let over =
        |end: Option<u64>| end.map_or_else(|| "rest".to_owned(), |end| end.saturating_sub(begin).to_string());
    let number = |name: &str, default: f64| Ok::<_, Problem>(arguments.number(&[name])?.unwrap_or(default));
    let level = || -> Result<String, Problem> {
        Ok(match arguments.number(&["eta_min_ratio"])? {
            Some(ratio) => format!("{}x", text(ratio)),
            None => text(number("eta_min", 0.0)?),
        })
    };
    let phase = match class {
        // There it has its end at the last step of its window.
        "Linear" => {
            let (from, to) = (number("start_factor", 1.0 / 3.0)?, number("end_factor", 1.0)?);
            format!("linear(from={}x, to={}x, over={}, inclusive=true)", text(from), text(to), over(end))
        }
        "Constant" => format!("hold(from={}x, over={})", text(number("factor", 1.0 / 3.0)?), over(end)),
        "CosineAnnealing" => {
            let length = arguments.count(&["T_max"])?.map(|length| length.saturating_mul(unit));
            let natural = end.map(|end| end.saturating_sub(begin));
            if length.is_some() && natural.is_some() && length != natural {
                return Err(
                    Problem::error("convert", "a `T_max` that is not its window has no equal here").at(span)
                );
            }
            let end = end.or(length.map(|length| begin + length));
            return Ok((format!("cosine(from=1x, to={}, over={})", level()?, over(end)), end));
        }
        "Poly" => format!(
            "polynomial(power={}, from=1x, to={}, over={}, inclusive=true)",
            text(number("power", 1.0)?),
            level()?,
            over(end)
        ),
        "Exponential" => {
            format!(
                "decay(factor={}, every={unit}, from=1x, over={})",
                text(number("gamma", 0.1)?),
                over(end)
            )
        }
        "MultiStep" => {
            let Some(Node { kind: Kind::List(items), .. }) = arguments.get("milestones") else {
                return Err(Problem::error("convert", "`MultiStepLR` needs `milestones`").at(span));
            };
            let gamma = number("gamma", 0.1)?;
            let (mut level, mut before, mut phases) = (1.0, begin, Vec::new());
            for item in items {
                let Kind::Number(milestone) = &item.kind else {
                    return Err(wrong("milestones", "a list of whole numbers", item));
                };
                let milestone = milestone
                    .replace('_', "")
                    .parse::<u64>()
                    .ok()
                    .map(|milestone| milestone.saturating_mul(unit));
                let milestone = milestone
                    .filter(|milestone| *milestone > before)
                    .ok_or_else(|| wrong("milestones", "ascending", item))?;
                phases.push(format!("hold(from={}x, over={})", text(level), milestone - before));
                level *= gamma;
                before = milestone;
            }
            let rest = end.map_or_else(|| "rest".to_owned(), |end| end.saturating_sub(before).to_string());
            phases.push(format!("hold(from={}x, over={rest})", text(level)));
            phases.join(" -> ")
        }
        other => {
            return Err(Problem::error("convert", format!("`{other}LR` has no equal here")).at(span).help(
                "those that are known: LinearLR, ConstantLR, CosineAnnealingLR, PolyLR, ExponentialLR, MultiStepLR, and their Momentum",
            ));
        }
    };
    Ok((phase, end))
}
