//! torch's schedulers: a class with its arguments, however a configuration writes it, and `SequentialLR`.

use lehr::Spec;
use lehr::compat::{Argument, Replica};

use super::arguments::{Arguments, wrong};
use super::{ConvertOptions, Converted, native_or_replica, one, text};
use crate::node::{Kind, Node};
use crate::problem::Problem;

/// Where configurations name the class.
const CLASS: [&str; 6] = ["type", "_target_", "class_path", "name", "scheduler", "_component_"];

pub(super) fn convert(node: &Node, options: ConvertOptions) -> Result<Converted, Problem> {
    let arguments = Arguments::of(node)?;
    let (class, _) = class(&arguments)?;
    let base = arguments.number(&["base", "lr", "learning_rate"])?;
    let updates = options.updates;
    if class == "SequentialLR" {
        return Ok(one(updates, base, sequence(&arguments, options)?, Vec::new()));
    }
    let replica = replica(node)?;
    let native = native(&replica, updates);
    let updates = updates.or_else(|| length(&replica));
    Ok(one(updates, base, native_or_replica(&native, replica, updates, options), Vec::new()))
}

/// The class without its module.
pub(super) fn class(arguments: &Arguments<'_>) -> Result<(String, std::ops::Range<usize>), Problem> {
    let named = arguments.text(&CLASS)?;
    let (name, span) = named.ok_or_else(|| {
        Problem::error("convert", "the class of the scheduler is not named")
            .at(arguments.span())
            .paste("type = \"CosineAnnealingLR\"")
    })?;
    Ok((name.rsplit('.').next().unwrap_or_default().to_owned(), span))
}

/// The replica of a class with its arguments, beside its name or in a table of their own.
fn replica(node: &Node) -> Result<Replica, Problem> {
    let arguments = Arguments::of(node)?;
    let (class, span) = class(&arguments)?;
    let own = arguments.any(&["init_args", "params", "kwargs", "args"]);
    let own = own.map(Arguments::of).transpose()?;
    let skip = [&CLASS[..], &["base", "lr", "learning_rate", "_partial_"]].concat();
    let table = own.as_ref().unwrap_or(&arguments);
    table.replica(&format!("torch.{class}"), &skip).map_err(|problem| match problem.span.clone() {
        Some(at) if at.start == at.end => problem.at(span),
        _ => problem,
    })
}

/// Each scheduler for as long as it is active, on a clock of its own.
fn sequence(arguments: &Arguments<'_>, options: ConvertOptions) -> Result<Spec, Problem> {
    let own = arguments.any(&["init_args", "params", "kwargs", "args"]).map(Arguments::of).transpose()?;
    let table = own.as_ref().unwrap_or(arguments);
    let list = |name: &str| match table.get(name) {
        Some(Node { kind: Kind::List(items), .. }) => Ok(items),
        Some(node) => Err(wrong(name, "a list", node)),
        None => Err(Problem::error("convert", format!("`SequentialLR` needs `{name}`")).at(table.span())),
    };
    let (schedulers, milestones) = (list("schedulers")?, list("milestones")?);
    if schedulers.len() != milestones.len() + 1 {
        let message = format!(
            "{} schedulers need {} milestones, here are {}",
            schedulers.len(),
            schedulers.len().saturating_sub(1),
            milestones.len()
        );
        return Err(Problem::error("convert", message).at(table.span()));
    }
    let mut start = 0;
    let mut spec = Spec::default();
    for (index, node) in schedulers.iter().enumerate() {
        let replica = replica(node)?;
        let end = match milestones.get(index) {
            None => None,
            Some(Node { kind: Kind::Number(number), span }) => {
                let end = number.replace('_', "").parse::<u64>().ok().filter(|end| *end > start);
                Some(end.ok_or_else(|| Problem::error("convert", "milestones must ascend").at(span.clone()))?)
            }
            Some(node) => return Err(wrong("milestones", "a list of whole numbers", node)),
        };
        let length =
            end.map(|end| end - start).or(options.updates.map(|updates| updates.saturating_sub(start)));
        let native = native(&replica, length);
        let part = native_or_replica(&native, replica, length, options);
        // What has the length of its stretch by itself needs no cut.
        let own = part.resolve(&lehr::Horizon::open()).ok().and_then(|plan| plan.end());
        spec = match end {
            Some(end) if own != Some(end - start) => spec.then(part.cut(end - start)),
            _ => spec.then(part),
        };
        start = end.unwrap_or(start);
    }
    Ok(spec)
}

/// A replica's argument that is a number.
fn number(replica: &Replica, name: &str) -> Option<f64> {
    replica.arguments().into_iter().find_map(|(known, value)| match value {
        Argument::Number(number) if known == name => Some(number),
        _ => None,
    })
}

/// How long the original goes on by itself.
fn length(replica: &Replica) -> Option<u64> {
    let whole = |name| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a replica's lengths are whole
        number(replica, name).map(|number| number as u64)
    };
    match replica.name() {
        "torch.CosineAnnealingLR" => whole("T_max"),
        "torch.OneCycleLR" => {
            whole("total_steps").or(whole("epochs").zip(whole("steps_per_epoch")).map(|(a, b)| a * b))
        }
        _ => None,
    }
}

/// A plan of our own that should have its values; what it really has is compared.
fn native(replica: &Replica, updates: Option<u64>) -> String {
    let get = |name| number(replica, name).unwrap_or_default();
    let ends = |length: f64| updates.is_some_and(|updates| updates as f64 <= length);
    let then = |phase: String, length: f64, hold: &str| {
        if ends(length) { phase } else { format!("{phase} -> {hold}") }
    };
    match replica.name() {
        "torch.LinearLR" => {
            let (iters, from, to) = (get("total_iters"), text(get("start_factor")), text(get("end_factor")));
            then(format!("linear(from={from}x, to={to}x, over={})", text(iters)), iters, "hold")
        }
        "torch.ConstantLR" => {
            let iters = get("total_iters");
            then(format!("hold(from={}x, over={})", text(get("factor")), text(iters)), iters, "hold(from=1x)")
        }
        "torch.PolynomialLR" => {
            let iters = get("total_iters");
            let power = text(get("power"));
            then(format!("polynomial(power={power}, to=0x, over={})", text(iters)), iters, "hold")
        }
        "torch.CosineAnnealingLR" => {
            let length = get("T_max");
            // Past its end it goes up again: only a run of its own length is a plain half wave.
            if updates.is_none_or(|updates| updates as f64 == length) {
                format!("cosine(to={}, over={})", text(get("eta_min")), text(length))
            } else {
                String::new()
            }
        }
        "torch.CosineAnnealingWarmRestarts" => {
            let factor = get("T_mult");
            let length = if factor == 1.0 { String::new() } else { format!(", length={}", text(factor)) };
            format!("repeat(cosine(to={}, over={}){length})", text(get("eta_min")), text(get("T_0")))
        }
        "torch.ExponentialLR" => format!("decay(factor={}, every=1)", text(get("gamma"))),
        "torch.MultiStepLR" => {
            let milestones = replica.arguments().into_iter().find_map(|(_, value)| match value {
                Argument::Numbers(numbers) => Some(numbers),
                _ => None,
            });
            let mut level = 1.0;
            let mut before = 0.0;
            let mut phases = Vec::new();
            for milestone in milestones.unwrap_or_default() {
                phases.push(format!("hold(from={}x, over={})", text(level), text(milestone - before)));
                level *= get("gamma");
                before = milestone;
            }
            phases.push(format!("hold(from={}x)", text(level)));
            phases.join(" -> ")
        }
        _ => String::new(),
    }
}
