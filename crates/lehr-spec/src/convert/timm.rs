//! timm's schedulers: the factory's arguments, or a class with its own.

use lehr::compat::Argument;

use super::arguments::{Arguments, named};
use super::torch::class;
use super::{ConvertOptions, Converted, native_or_replica, one, text};
use crate::node::Node;
use crate::problem::Problem;

pub(super) fn convert(node: &Node, options: ConvertOptions) -> Result<Converted, Problem> {
    let arguments = Arguments::of(node)?;
    let factory = arguments.text(&["sched"])?;
    let base = arguments.number(&["lr", "learning_rate"])?;
    let Some((kind, span)) = factory else {
        let (class, _) = class(&arguments)?;
        let skip = ["type", "_target_", "class_path", "name", "lr", "learning_rate"];
        let replica = arguments.replica(&format!("timm.{class}"), &skip)?;
        let native = native(&replica, options.updates);
        return Ok(one(
            options.updates,
            base,
            native_or_replica(&native, replica, options.updates, options),
            Vec::new(),
        ));
    };
    // The factory counts epochs; with the updates of an epoch its lengths become updates.
    let unit = options.updates_per_epoch.unwrap_or(1);
    let count = |names: &[&str]| Ok::<_, Problem>(arguments.count(names)?.unwrap_or(0).saturating_mul(unit));
    let (epochs, warmup, cooldown) =
        (count(&["epochs", "num_epochs"])?, count(&["warmup_epochs"])?, count(&["cooldown_epochs"])?);
    let name = match kind.as_str() {
        "cosine" => "timm.CosineLRScheduler",
        "tanh" => "timm.TanhLRScheduler",
        "step" | "constant" => "timm.StepLRScheduler",
        "multistep" => "timm.MultiStepLRScheduler",
        "poly" => "timm.PolyLRScheduler",
        "wsd" => "timm.WSDLRScheduler",
        other => {
            return Err(named(&format!("timm.{other}"), span)
                .err()
                .unwrap_or_else(|| Problem::error("convert", "unknown")));
        }
    };
    let prefix = arguments.flag("warmup_prefix")?;
    let mut replica = named(name, span)?;
    let known: Vec<&str> = replica.arguments().into_iter().map(|(name, _)| name).collect();
    let decay_rate = if kind == "constant" { Some(1.0) } else { arguments.number(&["decay_rate"])? };
    let decay = arguments.number(&["decay_epochs", "decay_t"])?.map(|decay| decay * unit as f64);
    let body = if prefix { epochs.saturating_sub(warmup) } else { epochs };
    let settings: [(&str, Option<Argument>); 10] = [
        ("t_initial", Some(Argument::Number(body as f64))),
        ("lr_min", arguments.number(&["min_lr"])?.map(Argument::Number)),
        ("warmup_t", Some(Argument::Number(warmup as f64))),
        ("warmup_lr_init", arguments.number(&["warmup_lr"])?.map(Argument::Number)),
        ("warmup_prefix", Some(Argument::Flag(prefix))),
        ("k_decay", arguments.number(&["lr_k_decay", "k_decay"])?.map(Argument::Number)),
        ("cycle_mul", arguments.number(&["lr_cycle_mul"])?.map(Argument::Number)),
        ("cycle_limit", arguments.number(&["lr_cycle_limit"])?.map(Argument::Number)),
        ("decay_t", decay.or((kind == "constant").then_some(1.0)).map(Argument::Number)),
        ("decay_rate", decay_rate.map(Argument::Number)),
    ];
    for (name, value) in settings {
        if let Some(value) = value.filter(|_| known.contains(&name)) {
            let set = replica.set(name, &value);
            set.map_err(|error| Problem::error("convert", error.to_string()).at(arguments.span()))?;
        }
    }
    replica.check().map_err(|error| Problem::error("convert", error.to_string()).at(arguments.span()))?;
    let updates = options.updates.or(Some(epochs + cooldown).filter(|updates| *updates > 0));
    let mut notes = arguments.unused();
    if options.updates_per_epoch.is_none() {
        notes.push(
            "one step of this plan is one epoch, as in timm: give --updates-per-epoch for updates".to_owned(),
        );
    } else {
        notes.push(
            "timm steps once an epoch unless sched_on_updates is set; this plan goes on with every update"
                .to_owned(),
        );
    }
    let native = native(&replica, updates);
    Ok(one(updates, base, native_or_replica(&native, replica, updates, options), notes))
}

/// A plan of our own that should have its values.
fn native(replica: &lehr::compat::Replica, updates: Option<u64>) -> String {
    let arguments = replica.arguments();
    let get = |name: &str| {
        arguments.iter().find_map(|(known, value)| match value {
            Argument::Number(number) if *known == name => Some(*number),
            _ => None,
        })
    };
    let (Some(length), Some(least)) = (get("t_initial"), get("lr_min")) else { return String::new() };
    let warmup = get("warmup_t").unwrap_or(0.0);
    let warm = if warmup > 0.0 {
        format!(
            "linear(from={}, to=1x, over={}) -> ",
            text(get("warmup_lr_init").unwrap_or(0.0)),
            text(warmup)
        )
    } else {
        String::new()
    };
    let k = get("k_decay").filter(|k| *k != 1.0).map_or_else(String::new, |k| format!("k={}, ", text(k)));
    let ends = updates.is_some_and(|updates| updates as f64 <= length + warmup);
    let (over, hold) = if ends { ("rest".to_owned(), "") } else { (text(length), " -> hold") };
    match replica.name() {
        "timm.CosineLRScheduler" => format!("{warm}cosine({k}to={}, over={over}){hold}", text(least)),
        "timm.PolyLRScheduler" if k.is_empty() => {
            let power = text(get("power").unwrap_or(0.5));
            format!("{warm}polynomial(power={power}, to={}, over={over}){hold}", text(least))
        }
        _ => String::new(),
    }
}
