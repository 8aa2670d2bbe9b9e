//! The command in this process.

#![allow(clippy::unwrap_used, dead_code, reason = "each test file uses a part of it")]

pub(crate) mod markdown;

use lehr_cli::{Environment, Exit, run_in};

/// What a command printed and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: Exit,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs `lehr` with these words and this standard input.
pub(crate) fn lehr_with(input: &[u8], args: &[&str]) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = std::iter::once("lehr").chain(args.iter().copied());
    let exit = run_in(args, &mut &*input, &mut out, &mut err, Environment::default());
    Ran { exit, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

pub(crate) fn lehr(args: &[&str]) -> Ran {
    lehr_with(b"", args)
}

/// What a command prints that ends well.
pub(crate) fn clean(args: &[&str]) -> String {
    let ran = lehr(args);
    assert_eq!((ran.exit, ran.err.as_str()), (Exit::Clean, ""), "{args:?}: {}", ran.out);
    ran.out
}

/// What a command says that fails, and that it printed nothing else.
pub(crate) fn fails(args: &[&str]) -> String {
    let ran = lehr(args);
    assert_eq!((ran.exit, ran.out.as_str()), (Exit::Failed, ""), "{args:?}");
    assert!(!ran.err.is_empty());
    ran.err
}

/// JSON that a command prints.
pub(crate) fn json(args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&clean(args)).unwrap()
}
