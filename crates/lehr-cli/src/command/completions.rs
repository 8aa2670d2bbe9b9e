//! `lehr completions`: what a shell completes.

use clap::CommandFactory;

use crate::args::{Arguments, CompletionsArgs};
use crate::exit::Exit;
use crate::session::{Failure, Session};

pub(crate) fn run(session: &mut Session<'_>, args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "lehr", &mut text);
    if session.json {
        let script = String::from_utf8_lossy(&text).into_owned();
        session.print_json(&serde_json::json!({ "shell": args.shell.to_string(), "script": script }))?;
    } else {
        session.out.write_all(&text)?;
    }
    Ok(Exit::Clean)
}
