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

/// pre-commit runs the hook's entry with the names of the files behind it.
#[test]
fn the_hook_of_pre_commit_finds_what_check_finds() {
    let hooks = include_str!("../../../.pre-commit-hooks.yaml");
    let value = |key: &str| {
        let line = hooks.lines().find_map(|line| line.trim().strip_prefix(key)).unwrap();
        line.trim().trim_matches('\'').to_owned()
    };
    assert_eq!((value("- id:").as_str(), value("language:").as_str()), ("lehr-check", "system"));
    let entry = value("entry:");
    let mut words = entry.split(' ');
    assert_eq!(words.next(), Some("lehr"));
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let spec = "version = 1\nhorizon = { updates = 100 }\n";
    let (good, bad) = (path("good.schedule.toml"), path("bad.schedule.toml"));
    std::fs::write(&good, format!("{spec}lr = \"cosine(to=0.1x)\"\n")).unwrap();
    std::fs::write(&bad, format!("{spec}lr = \"linear(from=0x, over=5) -> hold\"\n")).unwrap();
    let arguments: Vec<&str> = words.collect();
    let code = |files: &[&str]| lehr(&[&arguments[..], files].concat(), "").status.code();
    assert_eq!((code(&[&good]), code(&[&good, &bad])), (Some(0), Some(1)));
}

#[test]
fn no_color_and_the_width_are_obeyed() {
    let shown = |args: &[&str]| String::from_utf8(lehr(args, "").stdout).unwrap();
    let narrow = shown(&["show", "cosine(to=0)", "--updates", "100", "--width", "40", "--ascii"]);
    let picture = narrow.split("\n\n").next().unwrap();
    assert!(picture.is_ascii() && picture.lines().all(|line| line.len() <= 40), "{picture}");
    assert!(picture.lines().any(|line| line.len() == 40), "{picture}");
    assert!(!shown(&["show", "hold", "--updates", "9"]).contains('\x1b'), "NO_COLOR is set");
}

#[test]
fn a_pipe_gets_no_colour_and_is_read() {
    let output = lehr(&["show", "-"], "version: 1\nhorizon: {updates: 100}\nlr: cosine(to=0x)\n");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("100 updates") && !text.contains('\x1b'), "{text}");
    let colored = lehr(&["show", "hold", "--updates", "9", "--color", "always"], "");
    assert!(String::from_utf8(colored.stdout).unwrap().contains('\x1b'));
}
