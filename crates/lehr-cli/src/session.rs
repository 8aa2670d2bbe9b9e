//! One run of the command: what it reads, where it writes, how it ends.

use std::ffi::OsString;
use std::io::{IsTerminal, Read, Write};

use clap::Parser;
use lehr_plot::{Figure, Terminal};
use lehr_spec::{Problems, Style};
use serde_json::json;

use crate::args::{Arguments, Color, Command};
use crate::command;
use crate::exit::Exit;

/// What the command takes from around it.
///
/// ```
/// use lehr_cli::Environment;
///
/// let pipe = Environment::default();
/// assert_eq!((pipe.color, pipe.width), (false, 80));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Whether to colour where nothing says so.
    pub color: bool,
    /// Columns of the terminal.
    pub width: u16,
}

/// 80 columns, no colour: what a pipe gets.
impl Default for Environment {
    fn default() -> Self {
        Self { color: false, width: 80 }
    }
}

impl Environment {
    /// The terminal that standard output goes to, `NO_COLOR` and `TERM` honoured.
    ///
    /// ```
    /// assert!(lehr_cli::Environment::of_process().width > 0);
    /// ```
    pub fn of_process() -> Self {
        let terminal = std::io::stdout().is_terminal();
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let width = terminal_size::terminal_size().filter(|_| terminal).map_or(80, |(width, _)| width.0);
        Self { color: terminal && !set("NO_COLOR") && !dumb, width }
    }
}

/// Why a command stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Said in one line.
    Message(String),
    /// Said at its place in a spec.
    Problems(Box<Problems>),
    /// What was to be written could not be.
    Output(std::io::Error),
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Message(message)
    }
}

impl From<&str> for Failure {
    fn from(message: &str) -> Self {
        Self::Message(message.to_owned())
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Problems(Box::new(problems))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

/// What every command is given.
pub(crate) struct Session<'a> {
    pub(crate) input: &'a mut dyn Read,
    pub(crate) out: &'a mut dyn Write,
    pub(crate) err: &'a mut dyn Write,
    pub(crate) json: bool,
    pub(crate) ascii: bool,
    pub(crate) color: bool,
    pub(crate) width: u16,
}

impl Session<'_> {
    pub(crate) fn style(&self) -> Style {
        Style { color: self.color, ascii: self.ascii, width: usize::from(self.width) }
    }

    /// The pictures of this terminal; a figure of several fields is higher.
    pub(crate) fn terminal(&self, figure: &Figure) -> Terminal {
        let height = u16::try_from(figure.fields().count().saturating_mul(12).clamp(16, 1000)).unwrap_or(16);
        Terminal { width: self.width, height, ascii: self.ascii, color: self.color }
    }

    /// A figure as text.
    pub(crate) fn picture(&self, figure: &Figure) -> String {
        self.terminal(figure).draw_figure(figure)
    }

    /// Prints a value as JSON.
    pub(crate) fn print_json(&mut self, value: &impl serde::Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value).map_err(|error| error.to_string())?;
        Ok(writeln!(self.out, "{text}")?)
    }
}

/// The command in this process: standard input, its terminal and its environment.
///
/// `args` begins with the program's name.
///
/// ```
/// let mut out = Vec::new();
/// let exit = lehr_cli::run(["lehr", "--version"], &mut out, &mut Vec::new());
/// assert_eq!((exit.code(), String::from_utf8(out)?.starts_with("lehr ")), (0, true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run(
    args: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Exit {
    run_in(args, &mut std::io::stdin(), out, err, Environment::of_process())
}

/// The command with everything around it given.
///
/// ```
/// use lehr_cli::{Environment, run_in};
///
/// // A plan from standard input, for a terminal of 60 columns.
/// let (mut plan, mut out) = ("linear(to=0)".as_bytes(), Vec::new());
/// let narrow = Environment { width: 60, ..Environment::default() };
/// let args = ["lehr", "show", "-", "--updates", "100"];
/// assert_eq!(run_in(args, &mut plan, &mut out, &mut Vec::new(), narrow).code(), 0);
/// let picture = String::from_utf8(out)?;
/// assert!(picture.lines().take(13).all(|line| line.chars().count() <= 60), "{picture}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run_in(
    args: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    input: &mut dyn Read,
    out: &mut dyn Write,
    err: &mut dyn Write,
    environment: Environment,
) -> Exit {
    let arguments = match Arguments::try_parse_from(args) {
        Ok(arguments) => arguments,
        Err(error) => {
            let shown = if environment.color {
                error.render().ansi().to_string()
            } else {
                error.render().to_string()
            };
            let to: &mut dyn Write = if error.use_stderr() { err } else { out };
            // Where even this cannot be written there is nobody to tell.
            let _ = to.write_all(shown.as_bytes());
            return if error.use_stderr() { Exit::Failed } else { Exit::Clean };
        }
    };
    let color = match arguments.color {
        Color::Auto => environment.color,
        Color::Always => true,
        Color::Never => false,
    };
    let width = arguments.width.unwrap_or(environment.width).clamp(20, 1000);
    let mut session = Session { input, out, err, json: arguments.json, ascii: arguments.ascii, color, width };
    let result = dispatch(&mut session, arguments.command).and_then(|exit| {
        session.out.flush()?;
        Ok(exit)
    });
    match result {
        Ok(exit) => exit,
        Err(failure) => report(&mut session, &failure),
    }
}

fn dispatch(session: &mut Session<'_>, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Show(args) => command::show::run(session, &args),
        Command::Plot(args) => command::plot::run(session, &args),
        Command::Check(args) => command::check::run(session, &args),
        Command::Compare(args) => command::compare::run(session, &args),
        Command::Values(args) => command::values::run(session, &args),
        Command::Explain(args) => command::explain::run(session, &args),
        Command::Audit(args) => command::audit::run(session, &args),
        Command::Convert(args) => command::convert::run(session, &args),
        Command::List => command::list::run(session),
        Command::Describe(args) => command::describe::run(session, &args),
        Command::Init(args) => command::init::run(session, &args),
        Command::Serve(args) => command::serve::run(session, &args),
        Command::Schema(args) => command::schema::run(session, &args),
        Command::Completions(args) => command::completions::run(session, &args),
    }
}

/// Says why, and that it failed.
fn report(session: &mut Session<'_>, failure: &Failure) -> Exit {
    let _ = match (failure, session.json) {
        // Nobody reads any more.
        (Failure::Output(error), _) if error.kind() == std::io::ErrorKind::BrokenPipe => return Exit::Clean,
        (Failure::Output(error), _) => {
            writeln!(session.err, "error: standard output cannot be written: {error}")
        }
        (Failure::Message(message), false) => writeln!(session.err, "error: {message}"),
        (Failure::Message(message), true) => {
            let value = json!({ "problems": [{ "severity": "error", "message": message }] });
            writeln!(session.out, "{value:#}")
        }
        (Failure::Problems(problems), false) => {
            let text = problems.render(session.style());
            session.err.write_all(text.as_bytes())
        }
        (Failure::Problems(problems), true) => {
            let value = json!({ "problems": problems.rows() });
            writeln!(session.out, "{value:#}")
        }
    };
    Exit::Failed
}
