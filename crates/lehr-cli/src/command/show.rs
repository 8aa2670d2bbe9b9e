//! `lehr show`: picture, phases and resolved plan of each field.

use serde_json::json;

use lehr_plot::Figure;

use super::summary::{SAMPLES, facts, facts_json, run_json, run_line, stretches, traces};
use crate::args::ShowArgs;
use crate::drawing::logarithmic;
use crate::exit::Exit;
use crate::input;
use crate::output::{count, short, table};
use crate::session::{Failure, Session};

/// More phases are not listed one by one.
const LISTED: usize = 20;

pub(crate) fn run(session: &mut Session<'_>, args: &ShowArgs) -> Result<Exit, Failure> {
    let resolved = input::resolve(session, &args.spec, &args.how)?;
    let traces = traces(&resolved, SAMPLES);
    if session.json {
        let fields: Vec<_> =
            resolved.entries.iter().zip(&traces).map(|(entry, trace)| facts_json(entry, trace)).collect();
        let value = json!({ "run": run_json(&resolved), "fields": fields });
        session.print_json(&value)?;
        return Ok(Exit::Clean);
    }
    let figure: Figure = traces.iter().cloned().collect();
    write!(session.out, "{}", session.picture(&logarithmic(figure, args.log)))?;
    writeln!(session.out, "\nrun: {}", run_line(&resolved))?;
    for (entry, trace) in resolved.entries.iter().zip(&traces) {
        let stretches = stretches(entry, trace);
        let row = |stretch: &super::summary::Stretch| {
            vec![
                format!("  {}", stretch.shape),
                count(stretch.start),
                stretch.end.map_or_else(|| "open".to_owned(), count),
                stretch.end.map_or_else(String::new, |end| count(end - stretch.start)),
                short(stretch.first),
                short(stretch.last),
            ]
        };
        let mut rows: Vec<Vec<String>> = stretches.iter().take(LISTED).map(row).collect();
        if stretches.len() > LISTED {
            let more = if trace.has_more_phases() { "more than " } else { "" };
            rows.push(vec![format!("  and {more}{} more", stretches.len() - LISTED)]);
        }
        writeln!(session.out, "\n{}: {}", entry.label(), facts(entry, trace))?;
        let header = ["  phase", "from update", "to update", "updates", "first used", "last used"];
        write!(session.out, "{}", table(&header, &rows))?;
        let plan = entry.plan.to_string();
        if plan.len() <= 2000 {
            writeln!(session.out, "  plan: {plan}")?;
        }
    }
    Ok(Exit::Clean)
}
