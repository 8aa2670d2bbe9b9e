//! The command as a process.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn lehr(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lehr"))
        .args(args)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that fails early reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[test]
fn exit_codes_are_0_1_and_2() {
    let code = |args: &[&str]| lehr(args, "").status.code();
    assert_eq!(code(&["check", "hold", "--updates", "10"]), Some(0));
    assert_eq!(code(&["check", "linear(from=0x, over=1) -> hold", "--updates", "10"]), Some(1));
    assert_eq!(code(&["check", "cosin"]), Some(2));
    assert_eq!(code(&["--version"]), Some(0));
    assert_eq!(code(&[]), Some(2));
}

#[test]
fn a_pipe_gets_no_colour_and_is_read() {
    let output = lehr(&["show", "-"], "version: 1\nhorizon: {updates: 100}\nlr: cosine(to=0x)\n");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("100 updates") && !text.contains('\x1b'), "{text}");
    let colored = lehr(&["show", "hold", "--updates", "9", "--color", "always"], "");
    assert!(String::from_utf8(colored.stdout).unwrap().contains('\x1b'));
}
