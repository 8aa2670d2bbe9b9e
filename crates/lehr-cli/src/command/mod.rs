//! One file for each command.

pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod convert;
pub(crate) mod describe;
pub(crate) mod explain;
pub(crate) mod init;
pub(crate) mod list;
pub(crate) mod plot;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod summary;
pub(crate) mod values;
