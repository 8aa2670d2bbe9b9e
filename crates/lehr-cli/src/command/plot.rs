//! `lehr plot`: a picture or its data as a file.

use serde_json::json;

use super::summary::{figure_of, run_json};
use crate::args::PlotArgs;
use crate::drawing::Drawing;
use crate::exit::Exit;
use crate::input;
use crate::session::{Failure, Session};

pub(crate) fn run(session: &mut Session<'_>, args: &PlotArgs) -> Result<Exit, Failure> {
    let drawing = Drawing::of(&args.output, &args.picture)?;
    let specs = input::resolve_all(session, &args.specs, &args.how)?;
    drawing.write_specs(session, &specs)?;
    if session.json {
        let runs: Vec<_> = specs.iter().map(|(_, resolved)| run_json(resolved)).collect();
        let figure = figure_of(&specs, 2);
        let fields: Vec<&str> = figure.fields().collect();
        let value = json!({ "written": args.output.display().to_string(), "runs": runs, "fields": fields });
        session.print_json(&value)?;
    }
    Ok(Exit::Clean)
}
