//! What the README and the pages show is run: commands print it, specs can be read, plans resolve, links lead somewhere,
//! pictures are the ones that `lehr plot` makes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;
use std::fs::read_to_string;
use std::path::{Path, PathBuf};

use common::markdown::{Block, anchors, blocks, links, pages, root};
use lehr_cli::Exit;

/// The words of a command line, with double quotes.
fn words(line: &str) -> Vec<&str> {
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(
        |(index, part)| if index % 2 == 1 { vec![part] } else { part.split_whitespace().collect() },
    );
    words.collect()
}

/// All blocks in this language, with the page that each is on.
fn all(language: &str) -> Vec<(PathBuf, Block)> {
    let of = |page: PathBuf| {
        let blocks = blocks(&read_to_string(&page).unwrap());
        blocks.into_iter().map(move |block| (page.clone(), block))
    };
    let all = pages().into_iter().flat_map(of);
    all.filter(|(_, block)| block.language == language).collect()
}

#[test]
fn the_commands_print_what_is_shown() {
    // Specs are named as they are seen from the repository.
    std::env::set_current_dir(root()).unwrap();
    let shown = all("console");
    for (page, block) in &shown {
        assert!(block.text.starts_with("$ lehr "), "{}: {}", page.display(), block.text);
        let commands = block.text.strip_prefix("$ lehr ").unwrap().split("\n$ lehr ");
        for session in commands {
            let (command, expected) = session.split_once('\n').unwrap();
            let ran = common::lehr(&words(command));
            let printed = format!("{}{}", ran.out, ran.err);
            assert_eq!(printed.trim_end(), expected.trim_end(), "{}: {command}", page.display());
        }
    }
    assert!(shown.len() >= 10, "there are {} commands", shown.len());
}

/// Lines for a shell that are no console session: what they build, run and read is there, and has the options that they give.
#[test]
fn the_lines_for_a_shell_name_what_there_is() {
    let makefile = read_to_string(root().join("Makefile")).unwrap();
    let mut seen = 0;
    // A tab's file is run by another test.
    let shown = all("sh");
    for (page, block) in shown.iter().filter(|(_, block)| !block.text.trim_start().starts_with("--8<--")) {
        for line in block.text.lines().map(|line| line.split(" #").next().unwrap().trim()) {
            let words = words(line);
            match words[..] {
                ["make", target] => assert!(makefile.contains(&format!("\n{target}:")), "no {target}"),
                ["cargo", "run", "-p", "lehr-cli", "--", ..] => {
                    common::clean(&words[5..]);
                }
                ["cargo", "run", "--release", "-p", package, "--example", example, ..] => {
                    let examples = root().join("crates").join(package).join("examples");
                    let known = [examples.join(example), examples.join(format!("{example}.rs"))];
                    assert!(known.iter().any(|path| path.exists()), "no example {example}");
                }
                ["cargo", "install", "--path", path] | [".venv/bin/python", path] => {
                    assert!(root().join(path).exists(), "no {path}");
                }
                ["lehr", command, ..] => {
                    let help = common::lehr(&[command, "--help"]).out;
                    for option in words.iter().filter(|word| word.starts_with("--")) {
                        assert!(help.contains(option), "`lehr {command}` has no {option}");
                    }
                }
                ["pip", "install", "."] | ["echo", ..] => {}
                _ => panic!("{}: {line}", page.display()),
            }
            seen += 1;
        }
    }
    assert!(seen >= 10, "{seen} lines");
}

/// Each language has its test: those here, `test_docs.py` for Python, a documentation test for Rust.
#[test]
fn every_block_is_run_by_a_test() {
    let known = ["console", "sh", "toml", "yaml", "json", "lehr", "python", "rust", "text"];
    for page in pages() {
        for block in blocks(&read_to_string(&page).unwrap()) {
            assert!(known.contains(&block.language.as_str()), "{}: {}", page.display(), block.text);
        }
    }
    let crates = ["crates/lehr", "crates/lehr-candle", "crates/lehr-train", "adapters/lehr-burn"];
    let run = crates.map(|path| read_to_string(root().join(path).join("src/lib.rs")).unwrap()).concat();
    let shown = all("rust");
    // What a page of the frameworks shows is compared with their examples (`lehr-digits`).
    for (page, block) in shown.iter().filter(|(page, _)| !page.ends_with("docs/frameworks.md")) {
        let file = block.text.trim().strip_prefix("--8<-- \"").and_then(|rest| rest.strip_suffix('"'));
        let file = file.map_or_else(|| page.clone(), |file| root().join(file));
        let file = file.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        assert!(run.contains(&format!("include_str!(\"../../../{file}\")")), "no test runs {file}");
    }
    assert!(shown.len() >= 8, "{} blocks of Rust", shown.len());
}

/// The tab of the start page for the command line; the others are run where their languages are.
#[test]
fn the_commands_of_the_tab_agree_with_the_other_tabs() {
    let script = read_to_string(root().join("docs/same/command.sh")).unwrap();
    let tabs = root().join("docs/same").read_dir().unwrap().map(|entry| entry.unwrap().path());
    let tabs: Vec<PathBuf> = tabs.filter(|path| path.extension().is_some_and(|end| end != "setup")).collect();
    assert_eq!(tabs.len(), 4, "{tabs:?}");
    for tab in tabs {
        let lines = read_to_string(&tab).unwrap().lines().count();
        assert!((1..=12).contains(&lines), "{} has {lines} lines", tab.display());
    }
    for line in script.lines() {
        let printed = common::clean(&words(line.strip_prefix("lehr ").unwrap()));
        assert!(
            !line.contains("values") || printed.ends_with(&format!("1000,{:?}\n", 0.1 * 3e-4)),
            "{printed}"
        );
    }
}

#[test]
fn specs_and_plans_can_be_read() {
    let mut shown = 0;
    for language in ["toml", "yaml", "json"] {
        // Other libraries' configurations are files, which `lehr convert` reads in the same pages.
        for (page, block) in all(language).iter().filter(|(_, block)| !block.text.starts_with("--8<--")) {
            let ran = common::lehr_with(block.text.as_bytes(), &["check", "-", "--input", language]);
            assert_ne!(ran.exit, Exit::Failed, "{}: {}{}", page.display(), block.text, ran.err);
            shown += 1;
        }
    }
    for (page, block) in all("lehr") {
        let run = ["--epochs", "10", "--updates-per-epoch", "100"];
        let ran = common::lehr(&[&["values", block.text.trim_end(), "--at", "0,999"], &run[..]].concat());
        assert_eq!(ran.exit, Exit::Clean, "{}: {}{}", page.display(), block.text, ran.err);
        shown += 1;
    }
    assert!(shown >= 20, "there are {shown} specs");
}

#[test]
fn the_gallery_has_everything_that_list_has() {
    let gallery = read_to_string(root().join("docs/gallery.md")).unwrap();
    let list = common::json(&["list", "--json"]);
    let names = ["shapes", "combinators"].into_iter().flat_map(|kind| list[kind].as_array().unwrap());
    let (mut pictures, made) = (0, made());
    for name in names.map(|entry| entry["name"].as_str().unwrap()) {
        let about = common::json(&["describe", name, "--json"]);
        let section = gallery.split("\n### ").find(|section| section.starts_with(&format!("{name}\n")));
        let section = section.unwrap_or_else(|| panic!("the gallery has no `{name}`"));
        for part in ["formula", "peers"] {
            let text = about[part].as_str().unwrap();
            assert!(section.contains(text), "`{name}` in the gallery lacks its {part}: {text}");
        }
        assert!(made.contains(name), "`{name}` in the gallery lacks a plan to be drawn");
        pictures += section.matches(&format!("](drawn/{name}-")).count();
    }
    let shapes = list["shapes"].as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap());
    for name in shapes {
        let section =
            gallery.split("\n### ").find(|section| section.starts_with(&format!("{name}\n"))).unwrap();
        assert!(section.contains("\n- paper: "), "`{name}` in the gallery lacks its paper");
    }
    assert_eq!(pictures, 2 * 26, "a light and a dark picture of each");
}

#[test]
fn the_readmes_figures_are_those_of_the_report() {
    let readme = read_to_string(root().join("README.md")).unwrap();
    let report = read_to_string(root().join("docs/benchmarks.md")).unwrap();
    let section = readme.split("\n## Speed\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| ")).collect();
    assert!(rows.len() >= 5, "{rows:?}");
    let table = report.split("\n### ").find(|table| table.starts_with("A step: the peer's time")).unwrap();
    for row in rows {
        assert!(table.contains(row), "docs/benchmarks.md has another row than {row}");
    }
}

/// Pictures of the site are made by `docs/pictures.py`: of each spec, and of each section of the gallery that has a plan.
fn made() -> BTreeSet<String> {
    let specs = root().join("docs/specs").read_dir().unwrap();
    let specs = specs.map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned());
    let gallery = read_to_string(root().join("docs/gallery.md")).unwrap();
    let sections = gallery.split("\n### ").filter(|section| section.contains("```lehr\n"));
    let sections = sections.map(|section| section.lines().next().unwrap().to_owned());
    specs.chain(sections).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let (docs, made) = (root().join("docs"), made());
    let mut seen = 0;
    for page in pages() {
        for link in links(&read_to_string(&page).unwrap()) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            seen += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            let file = target.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if path.contains("drawn/") {
                let name = file.trim_end_matches("-light").trim_end_matches("-dark");
                assert!(made.contains(name), "{}: no picture {link}", page.display());
                continue;
            }
            assert!(target.exists(), "{}: dead link {link}", page.display());
            assert!(
                !page.starts_with(&docs) || inside(&docs, &target),
                "{}: {link} leads out of the site",
                page.display()
            );
            if !anchor.is_empty() {
                let there = anchors(&read_to_string(&target).unwrap());
                assert!(there.contains(anchor), "{}: dead anchor {link}", page.display());
            }
        }
    }
    assert!(seen >= 50, "{seen} links were looked at");
}

/// Whether a path stays in a folder, `..` worked out and links not followed.
fn inside(folder: &Path, path: &Path) -> bool {
    let mut clean = PathBuf::new();
    for part in path.components() {
        if part == std::path::Component::ParentDir {
            clean.pop();
        } else {
            clean.push(part);
        }
    }
    clean.starts_with(folder)
}

#[test]
fn the_navigation_has_every_page_once() {
    let site = read_to_string(root().join("mkdocs.yml")).unwrap();
    let lines = site.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let pages_named: Vec<&str> = lines
        .filter_map(|line| line.rsplit([' ', ':']).next())
        .filter(|word| Path::new(word).extension().is_some_and(|ending| ending == "md"))
        .collect();
    let docs = root().join("docs");
    for page in pages().iter().filter_map(|page| page.strip_prefix(&docs).ok()) {
        let name = page.to_string_lossy().replace('\\', "/");
        let times = pages_named.iter().filter(|named| **named == name).count();
        assert_eq!(times, 1, "{name} in mkdocs.yml");
    }
    for named in pages_named {
        assert!(docs.join(named).exists(), "{named} in mkdocs.yml");
    }
}

#[test]
fn the_readmes_pictures_are_the_ones_that_are_made_now() {
    let spec = root().join("docs/specs/start.toml");
    for theme in ["light", "dark"] {
        let file = tempfile::Builder::new().suffix(".svg").tempfile().unwrap();
        let (spec, path) = (spec.to_str().unwrap(), file.path().to_str().unwrap());
        let ran = common::lehr(&["plot", spec, "--theme", theme, "--title", "", "-o", path]);
        assert_eq!(ran.exit, Exit::Clean, "{}", ran.err);
        let committed = root().join(format!("docs/readme/start-{theme}.svg"));
        assert!(
            read_to_string(&committed).unwrap() == read_to_string(file.path()).unwrap(),
            "{} is not what `lehr plot` makes: run docs/pictures.py",
            committed.display()
        );
    }
}
