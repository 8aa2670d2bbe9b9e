//! DeepSpeed's `{"scheduler": {"type": ..., "params": {...}}}`.

use super::arguments::Arguments;
use super::{ConvertOptions, Converted, field, text};
use crate::node::Node;
use crate::problem::Problem;

const KNOWN: &str = "WarmupLR, WarmupDecayLR, WarmupCosineLR, OneCycle, LRRangeTest";

/// Stairs of a range test that are written out.
const MOST_STAIRS: u64 = 1000;

pub(super) fn convert(node: &Node, options: ConvertOptions) -> Result<Converted, Problem> {
    let outer = Arguments::of(node)?;
    let scheduler = outer.get("scheduler").map(Arguments::of).transpose()?.unwrap_or(Arguments::of(node)?);
    let (kind, span) = scheduler.text(&["type"])?.ok_or_else(|| {
        Problem::error("convert", "the type of the scheduler is not named")
            .at(scheduler.span())
            .paste("\"type\": \"WarmupDecayLR\"")
    })?;
    let params = scheduler.get("params").map(Arguments::of).transpose()?;
    let params = params.as_ref().unwrap_or(&scheduler);
    let mut converted = match kind.as_str() {
        "WarmupLR" | "WarmupDecayLR" | "WarmupCosineLR" => warmup(&kind, params, options)?,
        "OneCycle" => one_cycle(params, options)?,
        "LRRangeTest" => range_test(params, options)?,
        other => {
            return Err(Problem::error("convert", format!("`{other}` has no equal here"))
                .at(span)
                .help(format!("those that are known: {KNOWN}")));
        }
    };
    converted.notes.extend(params.unused().into_iter().filter(|note| !note.starts_with("`type`")));
    Ok(converted)
}

fn warmup(kind: &str, params: &Arguments<'_>, options: ConvertOptions) -> Result<Converted, Problem> {
    let steps = params.count(&["warmup_num_steps"])?.unwrap_or(1000).max(2);
    let logarithmic = params.text(&["warmup_type"])?.is_none_or(|(kind, _)| kind != "linear");
    // The logarithm reaches its end at its last update, the line at the first one after it.
    let rise = |from: &str, to: &str| {
        if logarithmic {
            format!("logarithmic(from={from}, to={to}, over={}) -> hold(over=1)", steps - 1)
        } else {
            format!("linear(from={from}, to={to}, over={steps})")
        }
    };
    let total = options.updates.or(params.count(&["total_num_steps"])?);
    if kind != "WarmupLR" && total.is_none() {
        return Err(needs_total(params, kind, "total_num_steps"));
    }
    let notes = vec![
        "DeepSpeed writes its first value twice: its warm-up, and WarmupDecayLR's decay, are one update later than here"
            .to_owned(),
    ];
    let (base, plan) = if kind == "WarmupCosineLR" {
        let start = params.number(&["warmup_min_ratio"])?.unwrap_or(0.0);
        let end = params.number(&["cos_min_ratio"])?.unwrap_or(1e-4);
        (None, format!("{} -> cosine(to={}x)", rise(&format!("{}x", text(start)), "1x"), text(end)))
    } else {
        let least = params.number(&["warmup_min_lr"])?.unwrap_or(0.0);
        let most = params.number(&["warmup_max_lr"])?;
        // Without a peak, WarmupLR goes to the rate that the optimizer has.
        let peak = match (kind, most) {
            ("WarmupLR", None) => "1x".to_owned(),
            (_, most) => text(most.unwrap_or(1e-3)),
        };
        let base = if peak == "1x" { None } else { Some(most.unwrap_or(1e-3)) };
        let rise = rise(&text(least), &peak);
        (base, if kind == "WarmupLR" { format!("{rise} -> hold") } else { format!("{rise} -> linear(to=0)") })
    };
    Ok(Converted { updates: total, fields: vec![field("lr", base, &plan, params)?], notes })
}

/// A triangle, then inverse time, and the momentum the other way round.
fn one_cycle(params: &Arguments<'_>, options: ConvertOptions) -> Result<Converted, Problem> {
    let required = |name: &str| {
        params
            .number(&[name])?
            .ok_or_else(|| Problem::error("convert", format!("`OneCycle` needs `{name}`")).at(params.span()))
    };
    let (low, high) = (required("cycle_min_lr")?, required("cycle_max_lr")?);
    let first = params.count(&["cycle_first_step_size"])?.unwrap_or(2000);
    let second = params.count(&["cycle_second_step_size"])?.unwrap_or(first);
    for name in ["cycle_first_stair_count", "cycle_second_stair_count"] {
        if params.count(&[name])?.is_some_and(|stairs| stairs > 0) {
            return Err(Problem::error("convert", format!("the stairs of `{name}` have no equal here"))
                .at(params.span())
                .help("leave it out, or 0, for a straight line"));
        }
    }
    let step = params.number(&["decay_step_size"])?.filter(|step| *step > 0.0);
    let decay =
        |name: &str| Ok::<_, Problem>(params.number(&[name])?.filter(|rate| *rate != 0.0 && step.is_some()));
    let step = step.unwrap_or(1.0);
    let rate = match decay("decay_lr_rate")? {
        Some(rate) => format!("power_law(exponent=1, rate={}, scale={})", text(rate), text(step)),
        None => "hold".to_owned(),
    };
    let (low, high) = (text(low), text(high));
    let plan =
        format!("linear(from={low}, to={high}, over={first}) -> linear(to={low}, over={second}) -> {rate}");
    let mut converted = Converted {
        updates: options.updates,
        fields: vec![field("lr", None, &plan, params)?],
        notes: Vec::new(),
    };
    let momentum = params.get("cycle_momentum").is_none() || params.flag("cycle_momentum")?;
    let least = params.number(&["cycle_min_mom"])?.unwrap_or(0.8);
    let most = params.number(&["cycle_max_mom"])?.unwrap_or(0.9);
    let growth = decay("decay_mom_rate")?;
    if momentum {
        let rest = match (growth, options.updates) {
            (None, _) => "hold".to_owned(),
            (Some(rate), Some(total)) => {
                let after = total.saturating_sub(first.saturating_add(second)) as f64;
                format!("linear(to={})", text(most * (1.0 + rate * after / step)))
            }
            (Some(_), None) => return Err(needs_total(params, "OneCycle", "the length of the run")),
        };
        let (least, most) = (text(least), text(most));
        let plan = format!(
            "linear(from={most}, to={least}, over={first}) -> linear(to={most}, over={second}) -> {rest}"
        );
        converted.fields.push(field("betas[0]", None, &plan, params)?);
        converted.fields.push(field("betas[1]", None, "hold(from=0.99)", params)?);
        converted.notes.push(format!("DeepSpeed's first update has the momentum {least}, this one {most}"));
    }
    Ok(converted)
}

/// A line without an end, or stairs.
fn range_test(params: &Arguments<'_>, options: ConvertOptions) -> Result<Converted, Problem> {
    let Some(total) = options.updates else {
        return Err(needs_total(params, "LRRangeTest", "the length of the run"));
    };
    let least = params.number(&["lr_range_test_min_lr"])?.unwrap_or(1e-3);
    let size = params.count(&["lr_range_test_step_size"])?.unwrap_or(2000).max(1);
    let rate = params.number(&["lr_range_test_step_rate"])?.unwrap_or(1.0);
    let level = |steps: f64| text(least * (1.0 + rate * steps));
    let plan = if params.flag("lr_range_test_staircase")? {
        let stairs = total.div_ceil(size);
        if stairs > MOST_STAIRS {
            let message = format!("{stairs} stairs are more than the {MOST_STAIRS} that are written out");
            return Err(Problem::error("convert", message).at(params.span()));
        }
        let stair = |index: u64| {
            let over = if index + 1 < stairs { size.to_string() } else { "rest".to_owned() };
            format!("hold(from={}, over={over})", level(index as f64))
        };
        (0..stairs).map(stair).collect::<Vec<_>>().join(" -> ")
    } else {
        format!("linear(from={}, to={})", text(least), level(total as f64 / size as f64))
    };
    Ok(Converted { updates: Some(total), fields: vec![field("lr", None, &plan, params)?], notes: Vec::new() })
}

fn needs_total(params: &Arguments<'_>, kind: &str, what: &str) -> Problem {
    let what = if what.contains(' ') { what.to_owned() } else { format!("`{what}`") };
    Problem::error("convert", format!("`{kind}` needs {what}"))
        .at(params.span())
        .help("say how long the run is: --updates 10000")
}
