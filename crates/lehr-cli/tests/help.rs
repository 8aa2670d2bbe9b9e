//! Every example of every `--help` is run, as a shell runs it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::clean;

const COMMANDS: [&str; 13] = [
    "show",
    "plot",
    "check",
    "compare",
    "values",
    "explain",
    "audit",
    "convert",
    "list",
    "describe",
    "init",
    "schema",
    "completions",
];

/// The command lines below `Examples:`.
fn examples(help: &str) -> Vec<String> {
    let after = help.split("Examples:\n").nth(1).unwrap();
    after.lines().map_while(|line| line.strip_prefix("  ")).map(ToOwned::to_owned).collect()
}

/// The files that the examples name.
fn prepare(folder: &Path) {
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    let schedule = clean(&["init"]);
    write("old.toml", &schedule);
    write("new.toml", &schedule.replace("cosine", "linear"));
    write("schedule.toml", &schedule);
    write("train.yaml", "model:\n  name: vit\n  schedule: linear(from=0.01x, over=5%) -> cosine(to=0.1x)\n");
    write("plan.txt", "linear(from=0.01x, over=5%) -> cosine(to=0.1x)");
    write("history.csv", &clean(&["values", folder.join("old.toml").to_str().unwrap(), "--range", ":"]));
    write(
        "arguments.json",
        r#"{"lr_scheduler_type": "cosine", "learning_rate": 3e-4, "warmup_steps": 500, "max_steps": 10000}"#,
    );
    write(
        "config.yaml",
        "param_scheduler:\n- {type: LinearLR, start_factor: 0.001, end: 500, by_epoch: false}\n\
         - {type: CosineAnnealingLR, begin: 2, end: 30, convert_to_iter_based: true}\n",
    );
}

/// Runs a line in a shell that finds the command.
fn run(folder: &Path, line: &str) {
    let program = Path::new(env!("CARGO_BIN_EXE_lehr"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let ran = Command::new("sh").args(["-c", line]).env("PATH", path).current_dir(folder).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && err.is_empty(), "{line}: {:?}\n{out}{err}", ran.status);
    let written = line.split_once(" -o ").or(line.split_once(" > ")).map(|(_, rest)| rest);
    match written.and_then(|rest| rest.split_whitespace().next()) {
        Some(file) => assert!(fs::metadata(folder.join(file)).unwrap().len() > 0, "{line} wrote nothing"),
        // Where nothing is found there are no annotations.
        None => assert!(!out.is_empty() || line.contains("--format github"), "{line} printed nothing"),
    }
}

#[test]
fn every_example_of_the_help_does_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    // The first example makes a file that must not be there.
    fs::remove_file(folder.path().join("schedule.toml")).unwrap();
    let mut lines = examples(&clean(&["--help"]));
    for command in COMMANDS {
        let own = examples(&clean(&[command, "--help"]));
        assert!(own.iter().all(|line| line.contains(&format!("lehr {command}"))), "{own:?}");
        lines.extend(own);
    }
    assert!(lines.len() > 35, "{}", lines.len());
    for line in lines {
        run(folder.path(), &line);
    }
}
