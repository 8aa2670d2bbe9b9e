//! As much of Markdown as the pages use: fenced blocks, links, headings.

use std::collections::BTreeSet;
use std::fs::read_dir;
use std::path::{Path, PathBuf};

/// A fenced block.
pub(crate) struct Block {
    pub(crate) language: String,
    pub(crate) text: String,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// The README, Python's, and all pages of the site.
pub(crate) fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md"), root().join("python/README.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

/// The lines of a page, each with the language of the fenced block that it is in.
fn lines(page: &str) -> impl Iterator<Item = (Option<(usize, &str)>, &str)> {
    let (mut open, mut number) = (None, 0);
    page.lines().map(move |line| {
        let fence = line.trim_start().strip_prefix("```");
        match (open, fence) {
            (None, Some(language)) => {
                number += 1;
                open = Some((number, language.split_whitespace().next().unwrap_or_default()));
                (None, "")
            }
            (Some(_), Some("")) => {
                open = None;
                (None, "")
            }
            _ => (open, line),
        }
    })
}

pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<(usize, Block)> = Vec::new();
    for (open, line) in lines(page) {
        let Some((number, language)) = open else { continue };
        if blocks.last().is_none_or(|(last, _)| *last != number) {
            blocks.push((number, Block { language: language.to_owned(), text: String::new() }));
        }
        if let Some((_, block)) = blocks.last_mut() {
            block.text += line;
            block.text.push('\n');
        }
    }
    blocks.into_iter().map(|(_, block)| block).collect()
}

/// The targets of links and pictures, outside code.
pub(crate) fn links(page: &str) -> Vec<String> {
    let mut links = Vec::new();
    for line in lines(page).filter(|(open, _)| open.is_none()).map(|(_, line)| line) {
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("code");
        links.extend(prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()).map(str::to_owned));
        for mark in ["src=\"", "srcset=\"", "href=\""] {
            links.extend(
                prose.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned),
            );
        }
    }
    links
}

/// The anchors of the headings.
pub(crate) fn anchors(page: &str) -> BTreeSet<String> {
    let prose = lines(page).filter(|(open, _)| open.is_none()).map(|(_, line)| line);
    let headings = prose.filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let slug = |heading: &str| {
        let kept = heading.to_lowercase().replace(|c: char| !c.is_alphanumeric() && !" -_".contains(c), "");
        kept.trim().replace(' ', "-")
    };
    headings.map(slug).collect()
}
