//! Assets: the parts of the page, all inside the program.

use std::sync::LazyLock;

use lehr_plot::page;

/// A part of the page.
pub(crate) struct Asset {
    path: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) text: &'static str,
}

/// The modules of the page in the order of their imports: each after those that it imports from.
pub(crate) const MODULES: [(&str, &str); 20] = [
    ("/page/numbers.js", page::NUMBERS),
    ("/page/samples.js", page::SAMPLES),
    ("/page/drawing.js", page::DRAWING),
    ("/page/dom.js", include_str!("../page/dom.js")),
    ("/page/api.js", include_str!("../page/api.js")),
    ("/page/tree.js", include_str!("../page/tree.js")),
    ("/page/units.js", include_str!("../page/units.js")),
    ("/page/edits.js", include_str!("../page/edits.js")),
    ("/page/store.js", include_str!("../page/store.js")),
    ("/page/view.js", include_str!("../page/view.js")),
    ("/page/bands.js", include_str!("../page/bands.js")),
    ("/page/readout.js", include_str!("../page/readout.js")),
    ("/page/chart.js", include_str!("../page/chart.js")),
    ("/page/findings.js", include_str!("../page/findings.js")),
    ("/page/editor.js", include_str!("../page/editor.js")),
    ("/page/gallery.js", include_str!("../page/gallery.js")),
    ("/page/sharing.js", include_str!("../page/sharing.js")),
    ("/page/files.js", include_str!("../page/files.js")),
    ("/page/sheets.js", include_str!("../page/sheets.js")),
    ("/page/main.js", include_str!("../page/main.js")),
];

/// The page itself; what stands between the marks is served, an export has its own in that place.
pub(crate) const INDEX: &str = include_str!("../page/index.html");
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// The style sheets as one.
pub(crate) static STYLES: LazyLock<String> = LazyLock::new(|| {
    [&page::variables(), page::UPLOT_STYLE, "\n", include_str!("../page/studio.css")].concat()
});

/// uPlot with its licence.
pub(crate) static UPLOT: LazyLock<String> =
    LazyLock::new(|| format!("/*\nuPlot 1.6.32\n\n{}\n*/\n{}\n", page::UPLOT_LICENCE, page::UPLOT));

/// The part at a path: one of a fixed list, whatever the path is.
pub(crate) fn find(path: &str) -> Option<Asset> {
    let fixed: [(&str, &str, &str); 4] = [
        ("/", "text/html; charset=utf-8", INDEX),
        ("/page/studio.css", STYLE, &STYLES),
        ("/page/uplot.js", SCRIPT, &UPLOT),
        ("/page/icon.svg", "image/svg+xml", include_str!("../page/icon.svg")),
    ];
    let modules = MODULES.iter().map(|(path, text)| (*path, SCRIPT, *text));
    let asset = fixed.into_iter().chain(modules).find(|(own, ..)| *own == path);
    asset.map(|(path, kind, text)| Asset { path, kind, text })
}

impl std::fmt::Debug for Asset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} bytes)", self.path, self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_small_and_asks_for_nothing_else() {
        let parts = ["/", "/page/studio.css", "/page/uplot.js", "/page/icon.svg"];
        let parts = parts.into_iter().chain(MODULES.iter().map(|(path, _)| *path));
        let bytes: usize = parts.map(|path| find(path).unwrap().text.len()).sum();
        assert!(bytes < 250_000, "{bytes}");
        for (path, module) in MODULES {
            assert!(!module.contains("://") || path.ends_with("icon.svg"), "{path}");
        }
        let outside = INDEX.matches("src=\"").count() + INDEX.matches("href=\"").count();
        let own = INDEX.matches("=\"/page/").count();
        assert_eq!(outside, own, "every part is one of ours");
        assert!(!INDEX.contains(" style=") && !INDEX.contains("onclick"));
    }

    #[test]
    fn every_module_is_listed_in_the_page_and_imports_come_first() {
        for (index, (path, module)) in MODULES.iter().enumerate() {
            assert!(INDEX.contains(path), "{path} is loaded with the page");
            for line in module.lines().filter(|line| line.starts_with("import ")) {
                let from = line.split("\"./").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
                let place = MODULES.iter().position(|(path, _)| path.ends_with(&format!("/{from}")));
                assert!(place.is_some_and(|place| place < index), "{path} imports {from}");
            }
        }
    }

    #[test]
    fn the_names_of_all_modules_differ_so_that_they_can_be_one_script() {
        let mut seen = std::collections::HashMap::new();
        for (path, module) in MODULES {
            for line in module.lines() {
                let line = line.strip_prefix("export ").unwrap_or(line);
                let Some(rest) = ["const ", "let ", "class "].iter().find_map(|word| line.strip_prefix(word))
                else {
                    continue;
                };
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if let Some(before) = seen.insert(name.clone(), path) {
                    panic!("`{name}` is in {before} and in {path}");
                }
            }
        }
    }

    #[test]
    fn no_path_leads_elsewhere() {
        for path in [
            "",
            "/page",
            "/page/",
            "/../Cargo.toml",
            "/page/../main.js",
            "//",
            "/page/%2e%2e/x",
            "/etc/passwd",
        ] {
            assert!(find(path).is_none(), "{path}");
        }
    }
}
