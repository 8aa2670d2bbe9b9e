//! `StudioError`: why the studio cannot be opened.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why the studio cannot be opened.
///
/// ```
/// use lehr_studio::{Opened, Options, Studio, StudioError};
///
/// let missing = Options { schedules: vec![Opened::File("no/such.toml".into())], ..Options::default() };
/// let error = Studio::bind(&missing).unwrap_err();
/// assert!(matches!(&error, StudioError::File { path, .. } if path.ends_with("such.toml")), "{error}");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum StudioError {
    /// The address cannot be listened on.
    Address {
        /// The port that was asked for.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// A file cannot be followed.
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The system has no random numbers for the token, or no threads.
    System(io::Error),
}

impl fmt::Display for StudioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address { port, source } => {
                write!(
                    f,
                    "127.0.0.1:{port} cannot be listened on: {source}; another --port, or none, may be free"
                )
            }
            Self::File { path, source } => write!(f, "{} cannot be followed: {source}", path.display()),
            Self::System(source) => write!(f, "the studio cannot start: {source}"),
        }
    }
}

impl std::error::Error for StudioError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Address { source, .. } | Self::File { source, .. } | Self::System(source) => Some(source),
        }
    }
}
