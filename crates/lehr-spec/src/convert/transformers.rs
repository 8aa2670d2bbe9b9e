//! transformers' `TrainingArguments`, or the arguments of one of its schedules.

use lehr::compat::Argument;

use super::arguments::{Arguments, named};
use super::{ConvertOptions, Converted, native_or_replica, one, text};
use crate::node::Node;
use crate::problem::Problem;

pub(super) fn convert(node: &Node, options: ConvertOptions) -> Result<Converted, Problem> {
    let arguments = Arguments::of(node)?;
    let kind = arguments.text(&["lr_scheduler_type", "lr_scheduler", "name", "type"])?;
    let (kind, span) = kind.unwrap_or_else(|| ("linear".to_owned(), arguments.span()));
    let updates = run(&arguments, options)?;
    let warmup = warmup(&arguments, updates)?;
    let base = arguments.number(&["learning_rate", "lr"])?;
    let mut replica = named(&format!("transformers.{kind}"), span)?;
    let names: Vec<&str> = replica.arguments().into_iter().map(|(name, _)| name).collect();
    let mut given = Vec::new();
    let own = arguments.get("lr_scheduler_kwargs").map(Arguments::of).transpose()?;
    for name in names.iter().copied() {
        let node = own.as_ref().and_then(|own| own.get(name)).or_else(|| arguments.get(name));
        let value = match (name, node) {
            ("num_warmup_steps", _) => Argument::Number(warmup as f64),
            ("num_training_steps", _) => match updates {
                Some(updates) => Argument::Number(updates as f64),
                None => continue,
            },
            (_, Some(node)) => {
                given.push(name);
                match own.as_ref().or(Some(&arguments)).map(|table| table.number(&[name])) {
                    Some(Ok(Some(number))) => Argument::Number(number),
                    _ => match &node.kind {
                        crate::node::Kind::Text(word) => Argument::Word(word.clone()),
                        _ => continue,
                    },
                }
            }
            _ => continue,
        };
        replica
            .set(name, &value)
            .map_err(|error| Problem::error("convert", error.to_string()).at(arguments.span()))?;
    }
    replica.check().map_err(|error| {
        let problem = Problem::error("convert", error.to_string()).at(arguments.span());
        if updates.is_none() { problem.help("say how long the run is: --updates 10000") } else { problem }
    })?;
    let number = |name: &str| match replica.arguments().into_iter().find(|(known, _)| *known == name) {
        Some((_, Argument::Number(number))) => Some(number),
        _ => None,
    };
    let warm = if warmup > 0 { format!("linear(from=0x, to=1x, over={warmup}) -> ") } else { String::new() };
    let native = match kind.as_str() {
        "constant" => "hold".to_owned(),
        "constant_with_warmup" => format!("{warm}hold"),
        "linear" => format!("{warm}linear(to=0x)"),
        "cosine" => format!("{warm}cosine(to=0x)"),
        "cosine_with_min_lr" => match (number("min_lr_rate"), number("min_lr")) {
            (Some(rate), _) => format!("{warm}cosine(to={}x)", text(rate)),
            (_, Some(least)) => format!("{warm}cosine(to={})", text(least)),
            _ => String::new(),
        },
        "polynomial" => {
            let (end, power) = (number("lr_end").unwrap_or(1e-7), number("power").unwrap_or(1.0));
            format!("{warm}polynomial(power={}, to={})", text(power), text(end))
        }
        "warmup_stable_decay" => stable(&replica, warmup, updates),
        _ => String::new(),
    };
    let mut notes = own.as_ref().map(Arguments::unused).unwrap_or_default();
    if let Some(decay) = arguments.number(&["weight_decay"])? {
        notes.push(format!("the weight decay of {} is constant there and needs no plan", text(decay)));
    }
    Ok(one(updates, base, native_or_replica(&native, replica, updates, options), notes))
}

/// Updates in the run.
fn run(arguments: &Arguments<'_>, options: ConvertOptions) -> Result<Option<u64>, Problem> {
    let steps = arguments.count(&["max_steps", "num_training_steps"]).unwrap_or(None);
    if let Some(steps) = options.updates.or(steps.filter(|steps| *steps > 0)) {
        return Ok(Some(steps));
    }
    let epochs = arguments.number(&["num_train_epochs"])?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few epochs
    let updates = epochs
        .zip(options.updates_per_epoch)
        .map(|(epochs, in_epoch)| (epochs * in_epoch as f64).ceil() as u64);
    Ok(updates)
}

/// `warmup_steps` from 1 on is a number of updates, below it a share, rounded up; `warmup_ratio` is its older name.
fn warmup(arguments: &Arguments<'_>, updates: Option<u64>) -> Result<u64, Problem> {
    let steps = arguments.number(&["warmup_steps", "num_warmup_steps"])?.filter(|steps| *steps > 0.0);
    let Some(given) = steps.or(arguments.number(&["warmup_ratio"])?) else { return Ok(0) };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a number of updates
    if given >= 1.0 {
        return Ok(given as u64);
    }
    let Some(updates) = updates else {
        return Err(Problem::error("convert", "the warm-up is a share of a run that has no length")
            .at(arguments.span())
            .help("say how long the run is: --updates 10000"));
    };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Ok((given * updates as f64).ceil() as u64)
}

/// Warm-up, stable, decay in phases of our own.
fn stable(replica: &lehr::compat::Replica, warmup: u64, updates: Option<u64>) -> String {
    let arguments = replica.arguments();
    let find =
        |name: &str| arguments.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    let (Some(Argument::Number(decay)), Some(Argument::Number(least)), Some(updates)) =
        (find("num_decay_steps"), find("min_lr_ratio"), updates)
    else {
        return String::new();
    };
    let shape = |name: &str| match find(name) {
        Some(Argument::Word(word)) if word == "linear" || word == "cosine" => Some(word),
        _ => None,
    };
    let (Some(rise), Some(fall)) = (shape("warmup_type"), shape("decay_type")) else { return String::new() };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let stable = updates.saturating_sub(warmup).saturating_sub(decay as u64);
    let warm = if warmup > 0 {
        format!("{rise}(from={}x, to=1x, over={warmup}) -> ", text(least))
    } else {
        String::new()
    };
    format!("{warm}hold(over={stable}) -> {fall}(to={}x, over={})", text(least), text(decay))
}
