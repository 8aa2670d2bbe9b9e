//! `lehr audit`: whether a run followed its plan.

use std::fs::File;
use std::io::{BufReader, Read};

use lehr_plot::Figure;
use lehr_spec::{Audited, History, audit};
use serde_json::json;

use crate::args::AuditArgs;
use crate::drawing::{Drawing, logarithmic};
use crate::exit::Exit;
use crate::input;
use crate::output::{count, short};
use crate::session::{Failure, Session};

pub(crate) fn run(session: &mut Session<'_>, args: &AuditArgs) -> Result<Exit, Failure> {
    if !(args.tolerance >= 0.0 && args.tolerance < 1.0) {
        return Err(format!("--tolerance {}: it must be from 0 to 1, such as 1e-6", args.tolerance).into());
    }
    let drawing = args.output.as_deref().map(|path| Drawing::of(path, &args.picture)).transpose()?;
    let resolved = input::resolve(session, &args.spec, &args.how)?;
    let name = args.run.display();
    let unreadable = |error: String| format!("{name} cannot be read: {error}");
    let input: Box<dyn Read + '_> = if args.run.as_os_str() == "-" {
        Box::new(&mut *session.input)
    } else {
        Box::new(File::open(&args.run).map_err(|error| unreadable(error.to_string()))?)
    };
    let history = History::read(BufReader::new(input)).map_err(unreadable)?;
    let columns = audit(&resolved, &history, args.tolerance)?;
    let followed = columns.iter().all(Audited::followed);
    if let Some(drawing) = drawing {
        drawing.write(session, columns.iter().fold(Figure::default(), overlay))?;
    }
    if session.json {
        session.print_json(&json!({ "followed": followed, "columns": columns }))?;
    } else {
        for column in &columns {
            if !column.followed() {
                let figure = logarithmic(overlay(Figure::default(), column), args.picture.log);
                writeln!(session.out, "{}", session.picture(&figure))?;
            }
            print(session, column)?;
        }
    }
    Ok(if followed { Exit::Clean } else { Exit::Findings })
}

/// The plan, and what the run used.
fn overlay(figure: Figure, audited: &Audited) -> Figure {
    let [plan, run] = audited.traces.clone();
    figure.named("plan", plan).named("run", run)
}

fn print(session: &mut Session<'_>, audited: &Audited) -> Result<(), Failure> {
    let Audited { column, plan, updates, off, .. } = audited;
    let base = if audited.base_inferred { " (as the run has it)" } else { "" };
    let out = &mut session.out;
    if audited.followed() {
        writeln!(
            out,
            "{column}: followed `{plan}` at all {} updates; base {}{base}",
            count(*updates as u64),
            short(audited.base)
        )?;
    } else {
        writeln!(
            out,
            "{column}: left `{plan}` at {} of {} updates; base {}{base}",
            count(*off as u64),
            count(*updates as u64),
            short(audited.base)
        )?;
    }
    for (what, deviation) in [("first deviation", audited.first), ("largest deviation", audited.largest)] {
        if let Some(deviation) = deviation {
            writeln!(
                out,
                "  {what:<18} at update {}: used {}, planned {}",
                count(deviation.update),
                short(deviation.used),
                short(deviation.planned)
            )?;
        }
    }
    if let Some(clock) = &audited.clock {
        writeln!(out, "  clock: {clock}")?;
    } else if !audited.followed() {
        writeln!(out, "  clock: none that is known explains it")?;
    }
    Ok(())
}
