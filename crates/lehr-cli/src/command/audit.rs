//! `lehr audit`.
use crate::args::AuditArgs;
use crate::exit::Exit;
use crate::session::{Failure, Session};
pub(crate) fn run(_: &mut Session<'_>, _: &AuditArgs) -> Result<Exit, Failure> {
    Err("not yet".into())
}
