//! `lehr explain`: what an update uses, and why.

use lehr::Explanation;
use lehr_spec::{Entry, Resolved};
use serde_json::{Value, json};

use super::summary::run_json;
use crate::args::ExplainArgs;
use crate::exit::Exit;
use crate::input;
use crate::output::{count, short};
use crate::session::{Failure, Session};

pub(crate) fn run(session: &mut Session<'_>, args: &ExplainArgs) -> Result<Exit, Failure> {
    let (updates, path) = input::updates_or_path(&args.updates_or_path)?;
    if updates.is_empty() {
        return Err("--at needs an update, such as --at 1234".into());
    }
    let resolved = input::resolve_at(session, &args.spec, path.as_deref(), &args.how)?;
    if session.json {
        let list: Vec<Value> = updates
            .iter()
            .flat_map(|n| resolved.entries.iter().map(|entry| explained_json(&resolved, entry, *n)))
            .collect();
        session.print_json(&json!({ "run": run_json(&resolved), "updates": list }))?;
        return Ok(Exit::Clean);
    }
    for n in updates {
        for entry in &resolved.entries {
            writeln!(session.out, "{}", text(&resolved, entry, n))?;
        }
    }
    Ok(Exit::Clean)
}

/// "update 1234 of 10000 (12.3 %): lr is 0.0003, in phase 2 `hold` ..., because ..."
fn text(resolved: &Resolved, entry: &Entry, n: u64) -> String {
    let explained = explanation(entry, n);
    let said = explained.to_string().replacen(" of group 0", "", 1);
    let mut lines = vec![said];
    let phases: Vec<_> = entry.plan.phases().collect();
    if let Some((index, phase)) = phases.iter().enumerate().rfind(|(_, phase)| phase.start <= n)
        && phase.end.is_none_or(|end| n < end)
    {
        let level = |level: Option<lehr::Level>| level.map(|level| level.to_string());
        let why = match (level(phase.from), level(phase.to)) {
            (Some(from), Some(to)) if from == to => format!("it keeps {from}"),
            (Some(from), Some(to)) => format!("it goes from {from} to {to}"),
            (Some(from), None) => format!("it falls from {from}"),
            _ => "it goes on from where the part before it ended".to_owned(),
        };
        lines.push(format!("  because phase {} is a {}: {why}", index + 1, phase.curve.name()));
    }
    lines.push(match entry.base {
        Some(base) => format!("  with the base {} (1x)", short(base)),
        None => "  with a base of 1, as none is given: give --base".to_owned(),
    });
    if let Some(in_epoch) = resolved.horizon.updates_per_epoch() {
        lines.push(format!(
            "  in epoch {} (counted from 0), update {} of its {}",
            n / in_epoch,
            n % in_epoch,
            count(in_epoch)
        ));
    }
    let clock = resolved.clock;
    if clock.processes > 1 || clock.accumulate > 1 {
        let (first, last) = clock.batches(n);
        let each = match clock.processes {
            1 => String::new(),
            processes => format!(" of each of {processes} processes"),
        };
        lines.push(format!("  made of batches {} to {}{each}", count(first), count(last)));
    }
    lines.join("\n")
}

fn explanation(entry: &Entry, n: u64) -> Explanation {
    Explanation {
        field: entry.label(),
        group: 0,
        update: n,
        end: entry.plan.end(),
        section: entry.plan.section_at(n),
        planned: entry.plan.value_at(n, entry.base_or_one()),
        factor: None,
    }
}

fn explained_json(resolved: &Resolved, entry: &Entry, n: u64) -> Value {
    let explained = explanation(entry, n);
    let (first, last) = resolved.clock.batches(n);
    json!({
        "field": entry.label(),
        "update": n,
        "of": explained.end,
        "value": explained.planned,
        "base": entry.base,
        "path": explained.section.path,
        "phase_start": explained.section.start,
        "phase_end": explained.section.end,
        "progress": explained.section.progress,
        "epoch": resolved.horizon.updates_per_epoch().map(|in_epoch| n / in_epoch),
        "batches_of_each_process": [first, last],
    })
}
