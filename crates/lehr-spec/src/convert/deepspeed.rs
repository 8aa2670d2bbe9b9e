//! `DeepSpeed`'s `{"scheduler": {"type": ..., "params": {...}}}`.

use super::arguments::Arguments;
use super::{ConvertOptions, Converted, one, parsed, text};
use crate::node::Node;
use crate::problem::Problem;

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
    let (least, most) =
        (params.number(&["warmup_min_lr"])?.unwrap_or(0.0), params.number(&["warmup_max_lr"])?);
    let warmup = params.count(&["warmup_num_steps"])?.unwrap_or(1000).max(2);
    let logarithmic = params.text(&["warmup_type"])?.is_none_or(|(kind, _)| kind == "log");
    let total = options.updates.or(params.count(&["total_num_steps"])?);
    let peak = most.unwrap_or(1e-3);
    // The logarithm reaches its end at its last update, the line at the first one after it.
    let rise = if logarithmic {
        format!("logarithmic(from={}, to={}, over={}) -> hold(over=1)", text(least), text(peak), warmup - 1)
    } else {
        format!("linear(from={}, to={}, over={warmup})", text(least), text(peak))
    };
    let mut notes = params.unused();
    let plan = match kind.as_str() {
        "WarmupLR" => format!("{rise} -> hold"),
        "WarmupDecayLR" => format!("{rise} -> linear(to=0)"),
        "WarmupCosineLR" => {
            let start = params.number(&["warmup_min_ratio"])?.unwrap_or(0.0);
            let end = params.number(&["cos_min_ratio"])?.unwrap_or(1e-4);
            notes.retain(|note| !note.contains("_ratio"));
            notes.push("DeepSpeed's cosine is one update ahead: it begins at its second value and has its minimum at the last update".to_owned());
            let warm = if logarithmic {
                format!("logarithmic(from={}x, to=1x, over={}) -> hold(over=1)", text(start), warmup - 1)
            } else {
                format!("linear(from={}x, to=1x, over={warmup})", text(start))
            };
            format!("{warm} -> cosine(to={}x, inclusive=true)", text(end))
        }
        other => {
            return Err(Problem::error("convert", format!("`{other}` has no equal here"))
                .at(span)
                .help("those that are known: WarmupLR, WarmupDecayLR, WarmupCosineLR"));
        }
    };
    if kind != "WarmupLR" && total.is_none() {
        return Err(Problem::error("convert", format!("`{kind}` needs `total_num_steps`"))
            .at(params.span())
            .help("say how long the run is: --updates 10000"));
    }
    let base = if kind == "WarmupCosineLR" { None } else { Some(peak) };
    Ok(one(total, base, parsed(&plan, params)?, notes))
}
