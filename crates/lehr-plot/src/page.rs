//! What pages of schedules are made of: the chart library, and modules that draw samples and write numbers.
//!
//! The modules are sources that a browser reads as they are; a page in one file has them [`linked`].

/// uPlot, the chart library, which defines `uPlot`.
///
/// ```
/// assert!(lehr_plot::page::UPLOT.contains("uPlot"));
/// ```
pub const UPLOT: &str = include_str!("../assets/uplot/uPlot.iife.min.js");
/// Its style sheet.
///
/// ```
/// assert!(lehr_plot::page::UPLOT_STYLE.contains(".u-"));
/// ```
pub const UPLOT_STYLE: &str = include_str!("../assets/uplot/uPlot.min.css");
/// Its licence, which goes wherever it goes.
///
/// ```
/// assert!(lehr_plot::page::UPLOT_LICENCE.contains("MIT License"));
/// ```
pub const UPLOT_LICENCE: &str = include_str!("../assets/uplot/LICENSE");
/// The module `numbers.js`: numbers as text, round numbers on an axis.
///
/// ```
/// let script = lehr_plot::page::linked(&[lehr_plot::page::NUMBERS]);
/// assert!(!script.contains("export "));
/// ```
pub const NUMBERS: &str = include_str!("../assets/page/numbers.js");
/// The module `samples.js`: samples and phases, found by their update.
///
/// ```
/// assert!(lehr_plot::page::SAMPLES.contains("export "));
/// ```
pub const SAMPLES: &str = include_str!("../assets/page/samples.js");
/// The module `drawing.js`: curves and phases on a canvas.
///
/// ```
/// use lehr_plot::page::{DRAWING, NUMBERS, SAMPLES, linked};
///
/// assert!(!linked(&[NUMBERS, SAMPLES, DRAWING]).contains("import "));
/// ```
pub const DRAWING: &str = include_str!("../assets/page/drawing.js");

/// The colours of pages as variables of a root that has `data-theme`: `auto`, `light` or `dark`.
///
/// ```
/// assert!(lehr_plot::page::variables().contains("--curve0: #0072b2"));
/// ```
pub fn variables() -> String {
    crate::svg::variables()
}

/// Modules as one script: without their imports and exports, each after those that it imports from.
///
/// An import or export is a line of its own, and no two modules have the same name at their top.
///
/// ```
/// let modules = ["export const a = 1;\n", "import { a } from \"./a.js\";\nexport const b = a + 1;\n"];
/// assert_eq!(lehr_plot::page::linked(&modules), "const a = 1;\nconst b = a + 1;\n");
/// ```
pub fn linked(modules: &[&str]) -> String {
    let lines = modules.iter().flat_map(|module| module.lines());
    let own = lines.filter(|line| !line.starts_with("import "));
    own.map(|line| line.strip_prefix("export ").unwrap_or(line))
        .fold(String::new(), |script, line| script + line + "\n")
}
