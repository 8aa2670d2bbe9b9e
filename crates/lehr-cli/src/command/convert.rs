//! `lehr convert`.
use crate::args::ConvertArgs;
use crate::exit::Exit;
use crate::session::{Failure, Session};
pub(crate) fn run(_: &mut Session<'_>, _: &ConvertArgs) -> Result<Exit, Failure> {
    Err("not yet".into())
}
