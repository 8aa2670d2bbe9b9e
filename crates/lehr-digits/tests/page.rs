//! `docs/frameworks.md` shows what the examples run, and the versions that are built.

#![allow(clippy::unwrap_used)]

use std::path::Path;

fn file(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

/// What stands between `page: begin` and `page: end`, without its indentation.
fn shown(path: &str) -> String {
    let source = file(path);
    let (_, rest) = source.split_once("page: begin\n").unwrap();
    let block = &rest[..rest.find("page: end").unwrap()];
    let block = &block[..=block.rfind('\n').unwrap()];
    let indentation = block.len() - block.trim_start().len();
    block.lines().flat_map(|line| [line.get(indentation..).unwrap_or_default(), "\n"]).collect()
}

#[test]
fn the_page_shows_what_the_examples_run() {
    let page = file("docs/frameworks.md");
    for (language, path) in [
        ("rust", "crates/lehr-candle/examples/digits_loop.rs"),
        ("rust", "adapters/lehr-tch/examples/digits.rs"),
        ("rust", "adapters/lehr-burn/examples/digits/run.rs"),
        ("python", "tools/cross-framework"),
    ] {
        let block = format!("```{language}\n{}```\n", shown(path));
        assert!(page.contains(&block), "docs/frameworks.md does not show what {path} has:\n{block}");
        assert!(
            block.lines().count() <= 18,
            "{path}: about 12 lines in each, this has {}",
            block.lines().count()
        );
    }
    let spec = format!("```toml\n{}```\n", file("crates/lehr-digits/digits.toml"));
    assert!(page.contains(&spec), "docs/frameworks.md does not show crates/lehr-digits/digits.toml");
}

#[test]
fn the_page_states_the_versions_that_are_built() {
    let page = file("docs/frameworks.md");
    for (path, line, said) in [
        ("Cargo.toml", "candle-core = \"0.11.1\"", "| Candle 0.11.1 |"),
        ("adapters/lehr-tch/Cargo.toml", "tch = \"=0.26.0\"", "| tch 0.26.0, libtorch 2.13.0 |"),
        ("adapters/lehr-burn/Cargo.toml", "burn = { version = \"=0.22.1\"", "| Burn 0.22.1 |"),
        ("python/requirements-libtorch.txt", "torch==2.13.0", "| PyTorch 2.13.0 |"),
    ] {
        assert!(
            file(path).contains(line),
            "{path} has no `{line}`: change it here and in docs/frameworks.md"
        );
        assert!(page.contains(said), "docs/frameworks.md has no `{said}`");
    }
}
