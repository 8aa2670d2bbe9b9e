//! The command `lehr`: all of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
    lehr_cli::run(std::env::args_os(), &mut out, &mut err).into()
}
