//! `lehr check`: lints.

use lehr_spec::{LINTS, Problems, lint};
use serde_json::json;

use crate::args::{CheckArgs, CheckFormat};
use crate::exit::Exit;
use crate::input;
use crate::session::{Failure, Session};

pub(crate) fn run(session: &mut Session<'_>, args: &CheckArgs) -> Result<Exit, Failure> {
    for code in &args.allow {
        if LINTS.iter().all(|lint| lint.code != code) {
            return Err(format!("--allow {code}: there is no such lint; `lehr list` names them").into());
        }
    }
    let format = if session.json { CheckFormat::Json } else { args.format };
    let mut exit = Exit::Clean;
    let mut found: Vec<Problems> = Vec::new();
    for spec in &args.specs {
        // One unreadable spec does not hide what is wrong with the others.
        match input::resolve(session, spec, &args.how) {
            Ok(resolved) => {
                let findings = lint(&resolved, &args.allow);
                if !findings.list().is_empty() {
                    exit = exit.max(Exit::Findings);
                    found.push(findings);
                }
            }
            Err(Failure::Problems(problems)) => {
                exit = Exit::Failed;
                found.push(*problems);
            }
            Err(failure) => return Err(failure),
        }
    }
    match format {
        CheckFormat::Json => {
            let rows: Vec<_> = found.iter().flat_map(Problems::rows).collect();
            let clean = rows.is_empty();
            session.print_json(&json!({ "clean": clean, "specs": args.specs.len(), "problems": rows }))?;
        }
        CheckFormat::Github => {
            for problems in &found {
                write!(session.out, "{}", problems.github())?;
            }
        }
        CheckFormat::Text => {
            let shown: Vec<String> = found.iter().map(|problems| problems.render(session.style())).collect();
            write!(session.out, "{}", shown.join("\n"))?;
            let count: usize = found.iter().map(|problems| problems.list().len()).sum();
            let said = match count {
                0 => "no findings".to_owned(),
                1 => "\n1 finding".to_owned(),
                _ => format!("\n{count} findings"),
            };
            let of =
                if args.specs.len() == 1 { String::new() } else { format!(" in {} specs", args.specs.len()) };
            writeln!(session.out, "{said}{of}")?;
        }
    }
    Ok(exit)
}
