//! `lehr serve`: the schedule studio, a page on 127.0.0.1.

use std::path::{Path, PathBuf};

use lehr_spec::{Source, SpecFile};
use lehr_studio::{Opened, Options, Studio};
use serde_json::json;

use crate::args::ServeArgs;
use crate::exit::Exit;
use crate::session::{Failure, Session};

pub(crate) fn run(session: &mut Session<'_>, args: &ServeArgs) -> Result<Exit, Failure> {
    let schedules = args.specs.iter().map(|spec| opened(spec, args)).collect::<Result<_, _>>()?;
    let options = Options { port: args.port, schedules, runs: args.runs.clone() };
    let studio = Studio::bind(&options).map_err(|error| error.to_string())?;
    let url = studio.url();
    if session.json {
        session.print_json(&json!({ "url": url }))?;
    } else {
        writeln!(session.out, "The studio is open at\n\n  {url}\n\nfor this machine alone. Ctrl-C ends it.")?;
    }
    session.out.flush()?;
    studio.run().map_err(|error| error.to_string())?;
    Ok(Exit::Clean)
}

/// A file, or the tree of a one-line text with the run that the options say.
fn opened(spec: &str, args: &ServeArgs) -> Result<Opened, Failure> {
    if Path::new(spec).exists() {
        return Ok(Opened::File(PathBuf::from(spec)));
    }
    let read = Source::new(spec, spec).and_then(|source| SpecFile::read_text(&source, "lr"));
    let mut tree = read
        .map_err(|problems| {
            if spec.contains(['(', '>']) {
                return Failure::from(problems);
            }
            format!(
                "there is no file {spec}, and it is no plan either: `lehr init` writes a file to start from"
            )
            .into()
        })?
        .tree();
    tree["horizon"] = json!({ "updates": args.updates });
    if let Some(base) = args.base {
        tree["lr"]["base"] = json!(base);
    }
    Ok(Opened::Tree(spec.to_owned(), tree))
}
