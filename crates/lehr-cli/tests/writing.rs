//! Files are written whole or not at all: whatever goes wrong, none is left half-written, no temporary one remains, and
//! one that was there is as it was.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::{clean, fails, lehr};
use lehr_cli::Exit;

/// Every command that writes a file, with all its kinds of files.
const WRITERS: [(&str, &[&str]); 14] = [
    ("a.svg", &["plot", "spec.toml"]),
    ("a.html", &["plot", "spec.toml"]),
    ("a.csv", &["plot", "spec.toml"]),
    ("a.json", &["plot", "spec.toml"]),
    ("a.txt", &["plot", "spec.toml"]),
    #[cfg(feature = "png")]
    ("a.png", &["plot", "spec.toml"]),
    #[cfg(not(feature = "png"))]
    ("b.svg", &["plot", "spec.toml"]),
    ("c.svg", &["compare", "spec.toml", "spec.toml"]),
    ("d.svg", &["audit", "spec.toml", "history.csv"]),
    ("e.csv", &["values", "spec.toml", "--range", ":"]),
    ("e.json", &["values", "spec.toml", "--range", ":"]),
    ("e.npy", &["values", "spec.toml", "--range", ":"]),
    ("f.toml", &["init"]),
    ("g.toml", &["convert", "arguments.json", "--from", "torch"]),
    ("h.json", &["schema"]),
];

/// A folder with what the commands read.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("spec.toml", &clean(&["init"]));
    write("wrong.toml", "version = 1\nlr = \"cosin\"\n");
    write("history.csv", "update,lr\n0,3e-6\n");
    write("arguments.json", r#"{"type": "StepLR", "step_size": 30}"#);
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Runs the command in that folder, behind these words of a shell.
fn shell(folder: &Path, before: &str, args: &[&str], output: &str) -> Output {
    let line = format!("{before} exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &line, env!("CARGO_BIN_EXE_lehr")]).args(args).args(["-o", output]);
    command.current_dir(folder).output().unwrap()
}

#[test]
fn where_all_is_well_one_file_appears() {
    let folder = folder();
    for (name, args) in WRITERS {
        let before = names(folder.path());
        let ran = shell(folder.path(), "", args, name);
        assert_eq!((ran.status.code(), ran.stderr.as_slice()), (Some(0), &b""[..]), "{args:?}");
        let new: Vec<String> =
            names(folder.path()).into_iter().filter(|name| !before.contains(name)).collect();
        assert_eq!(new, [name]);
        assert!(fs::metadata(folder.path().join(name)).unwrap().len() > 50, "{name}");
    }
}

#[test]
fn a_full_disk_a_folder_in_the_way_and_no_folder_leave_nothing() {
    let folder = folder();
    fs::create_dir(folder.path().join("taken")).unwrap();
    for (name, args) in WRITERS {
        let taken = format!("taken/{name}");
        fs::create_dir(folder.path().join(&taken)).unwrap();
        let before = (names(folder.path()), names(&folder.path().join("taken")));
        // No byte may be written to any file: what a full disk says, under another name.
        for (shell_words, output) in [
            ("trap '' XFSZ; ulimit -f 0;", name),
            ("", taken.as_str()),
            ("", &format!("missing/{name}")),
            ("", &format!("spec.toml/{name}")),
            ("", &format!("/proc/{name}")),
        ] {
            let ran = shell(folder.path(), shell_words, args, output);
            let said = String::from_utf8(ran.stderr).unwrap();
            assert_eq!(ran.status.code(), Some(2), "{args:?} {output}: {said}");
            let refused = said.contains("cannot be written") || said.contains("is there already");
            assert!(said.starts_with("error: ") && refused, "{said}");
            assert_eq!((names(folder.path()), names(&folder.path().join("taken"))), before, "{output}");
        }
    }
}

#[test]
fn a_full_disk_leaves_the_file_that_was_there() {
    let folder = folder();
    for (name, args) in WRITERS {
        fs::write(folder.path().join(name), "before").unwrap();
        let before = names(folder.path());
        let ran = shell(folder.path(), "trap '' XFSZ; ulimit -f 0;", args, name);
        let said = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.starts_with("error: ") && said.contains(name), "{said}");
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), "before", "{args:?}");
        assert_eq!(names(folder.path()), before);
    }
}

#[test]
fn of_many_writers_one_wins_and_no_reader_sees_a_part() {
    let folder = folder();
    let plot = |plan: &str, output: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lehr"));
        command.args(["plot", plan, "--updates", "100", "-o", output]).current_dir(folder.path());
        command
    };
    let plans = ["linear(to=0)", "cosine(to=0)"];
    let whole = plans.map(|plan| {
        assert!(plot(plan, "alone.svg").status().unwrap().success());
        fs::read_to_string(folder.path().join("alone.svg")).unwrap()
    });
    fs::write(folder.path().join("a.svg"), &whole[0]).unwrap();
    let before = names(folder.path());
    let mut writers: Vec<_> = (0..12).map(|n| plot(plans[n % 2], "a.svg").spawn().unwrap()).collect();
    while !writers.is_empty() {
        let found = fs::read_to_string(folder.path().join("a.svg")).unwrap();
        assert!(whole.contains(&found), "{found}");
        writers.retain_mut(|writer| match writer.try_wait().unwrap() {
            None => true,
            Some(status) => {
                assert!(status.success());
                false
            }
        });
    }
    assert_eq!(names(folder.path()), before);
}

#[test]
fn wrong_input_leaves_the_file_that_was_there() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let before = names(folder.path());
    for (name, args) in WRITERS {
        let output = path(name);
        fs::write(&output, "before").unwrap();
        let wrong = match args[0] {
            "init" => vec![args[0]],
            "schema" => vec![args[0], "--nothing"],
            "convert" => vec![args[0], "wrong.toml", "--from", "torch"],
            _ => args.iter().map(|arg| if *arg == "spec.toml" { "wrong.toml" } else { arg }).collect(),
        };
        let wrong: Vec<String> = wrong
            .into_iter()
            .map(|word| if word.contains('.') { path(word) } else { word.to_owned() })
            .collect();
        let mut words: Vec<&str> = wrong.iter().map(String::as_str).collect();
        words.extend(["-o", &output]);
        fails(&words);
        assert_eq!(fs::read_to_string(&output).unwrap(), "before", "{words:?}");
        fs::remove_file(&output).unwrap();
        assert_eq!(names(folder.path()), before);
    }
}

#[test]
fn a_full_standard_output_is_a_failure() {
    for args in
        [&["schema"][..], &["values", "hold", "--range", "0:100000"], &["list"], &["completions", "zsh"]]
    {
        let ran = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" > /dev/full", env!("CARGO_BIN_EXE_lehr")])
            .args(args)
            .output()
            .unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.starts_with("error: "), "{said}");
    }
}

#[test]
fn a_file_that_is_replaced_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let output = folder.path().join("a.svg");
    fs::write(&output, "before").unwrap();
    fs::set_permissions(&output, fs::Permissions::from_mode(0o640)).unwrap();
    let ran = lehr(&["plot", "hold", "--updates", "9", "-o", output.to_str().unwrap()]);
    assert_eq!(ran.exit, Exit::Clean);
    assert_eq!(fs::metadata(&output).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::read_to_string(&output).unwrap().starts_with("<svg"));
}
