//! Assets: the parts of the page, all inside the program.

use std::sync::LazyLock;

use lehr_plot::page;

/// A part of the page.
pub(crate) struct Asset {
    pub(crate) kind: &'static str,
    pub(crate) text: &'static str,
}

/// The modules of the page in the order of their imports: each after those that it imports from.
const MODULES: [(&str, &str); 20] = [
    ("numbers.js", page::NUMBERS),
    ("samples.js", page::SAMPLES),
    ("drawing.js", page::DRAWING),
    ("dom.js", include_str!("../page/dom.js")),
    ("api.js", include_str!("../page/api.js")),
    ("tree.js", include_str!("../page/tree.js")),
    ("units.js", include_str!("../page/units.js")),
    ("edits.js", include_str!("../page/edits.js")),
    ("store.js", include_str!("../page/store.js")),
    ("view.js", include_str!("../page/view.js")),
    ("bands.js", include_str!("../page/bands.js")),
    ("readout.js", include_str!("../page/readout.js")),
    ("chart.js", include_str!("../page/chart.js")),
    ("findings.js", include_str!("../page/findings.js")),
    ("editor.js", include_str!("../page/editor.js")),
    ("gallery.js", include_str!("../page/gallery.js")),
    ("sharing.js", include_str!("../page/sharing.js")),
    ("files.js", include_str!("../page/files.js")),
    ("sheets.js", include_str!("../page/sheets.js")),
    ("main.js", include_str!("../page/main.js")),
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

/// The modules as one script: one request, and the same script as in an export.
pub(crate) static STUDIO: LazyLock<String> = LazyLock::new(|| page::linked(&MODULES.map(|(_, text)| text)));

/// The part at a path: one of a fixed list, whatever the path is.
pub(crate) fn find(path: &str) -> Option<Asset> {
    let parts: [(&str, &str, &str); 5] = [
        ("/", "text/html; charset=utf-8", INDEX),
        ("/page/studio.css", STYLE, &STYLES),
        ("/page/uplot.js", SCRIPT, &UPLOT),
        ("/page/studio.js", SCRIPT, &STUDIO),
        ("/page/icon.svg", "image/svg+xml", include_str!("../page/icon.svg")),
    ];
    let asset = parts.into_iter().find(|(own, ..)| *own == path);
    asset.map(|(_, kind, text)| Asset { kind, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_small_and_asks_for_nothing_else() {
        let parts = ["/", "/page/studio.css", "/page/uplot.js", "/page/studio.js", "/page/icon.svg"];
        let bytes: usize = parts.iter().map(|path| find(path).unwrap().text.len()).sum();
        assert!(bytes < 250_000, "{bytes}");
        for (name, module) in MODULES {
            assert!(!module.contains("://"), "{name}");
        }
        let outside = INDEX.matches("src=\"").count() + INDEX.matches("href=\"").count();
        let own = INDEX.matches("=\"/page/").count();
        assert_eq!(outside, own, "every part is one of ours");
        assert!(!INDEX.contains(" style=") && !INDEX.contains("onclick"));
    }

    #[test]
    fn a_module_imports_from_those_before_it() {
        for (index, (name, module)) in MODULES.iter().enumerate() {
            for line in module.lines().filter(|line| line.starts_with("import ")) {
                let from = line.split("\"./").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
                let place = MODULES.iter().position(|(name, _)| *name == from);
                assert!(place.is_some_and(|place| place < index), "{name} imports {from}");
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
