//! `lehr init`: a commented spec to start from.

use serde_json::json;

use crate::args::{InitArgs, InitFormat};
use crate::exit::Exit;
use crate::output::write_to;
use crate::session::{Failure, Session};

pub(crate) fn run(session: &mut Session<'_>, args: &InitArgs) -> Result<Exit, Failure> {
    let text = match args.format {
        InitFormat::Toml => include_str!("../../starter/schedule.toml"),
        InitFormat::Yaml => include_str!("../../starter/schedule.yaml"),
        InitFormat::Json => include_str!("../../starter/schedule.json"),
    };
    if let Some(path) = args.to.output.as_ref().filter(|path| path.exists()) {
        return Err(format!("{} is there already: it is left as it is", path.display()).into());
    }
    if session.json && args.to.output.is_none() {
        session.print_json(&json!({ "text": text }))?;
        return Ok(Exit::Clean);
    }
    write_to(session, args.to.output.as_deref(), |out| Ok(out.write_all(text.as_bytes())?))?;
    Ok(Exit::Clean)
}
