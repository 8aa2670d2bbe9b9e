//! `run_command`: the command `lehr`, which the wheel installs as well.

use std::ffi::OsString;
use std::io::Write;

use pyo3::prelude::*;

/// Runs the command in this process, with its own standard input and outputs; answers with the exit code.
#[pyfunction]
pub(crate) fn run_command(py: Python<'_>, args: Vec<OsString>) -> u8 {
    py.detach(|| {
        let (mut out, mut err) = (std::io::stdout().lock(), std::io::stderr().lock());
        let exit = lehr_cli::run(args, &mut out, &mut err);
        // Python ends the process without asking Rust to write what is left; a reader that is gone needs nothing.
        let _ = out.flush();
        exit.code()
    })
}
