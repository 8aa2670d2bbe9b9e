//! `Exit`: how the command ends.

use std::process::ExitCode;

/// The exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: all is well.
    Clean,
    /// 1: a lint, or a run that did not follow its plan.
    Findings,
    /// 2: wrong usage, or something that cannot be read, resolved or written.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Failed => 2,
        })
    }
}
