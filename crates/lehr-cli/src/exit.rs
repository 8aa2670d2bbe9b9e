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

impl Exit {
    /// What a process ends with.
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Failed => 2,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
