//! `lehr schema`: the JSON Schema of spec files.

use crate::args::OutputArgs;
use crate::exit::Exit;
use crate::output::write_to;
use crate::session::{Failure, Session};

pub(crate) fn run(session: &mut Session<'_>, args: &OutputArgs) -> Result<Exit, Failure> {
    let text = serde_json::to_string_pretty(&lehr_spec::schema()).map_err(|error| error.to_string())?;
    write_to(session, args.output.as_deref(), |out| Ok(writeln!(out, "{text}")?))?;
    Ok(Exit::Clean)
}
