//! `Exit`: how the command ends.

use std::process::ExitCode;

/// The exit code.
///
/// ```
/// use lehr_cli::Exit;
///
/// let exit = |plan| lehr_cli::run(["lehr", "check", plan, "--updates", "100"], &mut Vec::new(), &mut Vec::new());
/// assert_eq!(exit("linear(from=0.01x, over=5%) -> cosine(to=0.1x)"), Exit::Clean);
/// assert_eq!(exit("linear(from=0x, over=5%) -> cosine(to=0.1x)"), Exit::Findings);
/// assert_eq!(exit("cosin"), Exit::Failed);
/// ```
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
    ///
    /// ```
    /// use lehr_cli::Exit;
    ///
    /// assert_eq!([Exit::Clean, Exit::Findings, Exit::Failed].map(Exit::code), [0, 1, 2]);
    /// ```
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
