//! Every command that the README shows is run, and prints what the README says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

/// The words of a command line, with double quotes.
fn words(line: &str) -> Vec<&str> {
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(
        |(index, part)| if index % 2 == 1 { vec![part] } else { part.split_whitespace().collect() },
    );
    words.collect()
}

#[test]
fn the_commands_print_what_the_readme_shows() {
    let readme = include_str!("../../../README.md");
    let mut shown = 0;
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let (command, expected) = block.split_once('\n').unwrap();
        let words = words(command.strip_prefix("$ lehr ").unwrap());
        let ran = common::lehr(&words);
        assert_eq!(format!("{}{}", ran.out, ran.err).trim_end(), expected.trim_end(), "{command}");
        shown += 1;
    }
    assert!(shown >= 2, "the README shows {shown} commands");
}
