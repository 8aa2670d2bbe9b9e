//! `Html`: a figure as one page that opens from disk, with a cursor, zoom and everything it needs inside.

use std::fmt::Write as _;

use crate::figure::Figure;
use crate::json::Json;
use crate::page::{DRAWING, NUMBERS, SAMPLES, UPLOT, UPLOT_LICENCE, UPLOT_STYLE, linked, variables};
use crate::svg::{DASHES, Escaped, HUES, Svg, Theme};

/// A figure as a web page of its own.
///
/// One panel for each field, over the same updates: the cursor reads out update, value and phase of every trace, in all
/// panels at once; dragging zooms in, a double click zooms out; each panel has a switch between a linear and a
/// logarithmic axis. Left and right arrow move the cursor from sample to sample. Without scripts the page shows the
/// [`Svg`] picture.
///
/// The page is complete in itself: the samples are baked in, to the bit, and nothing is ever asked for from anywhere,
/// which its content security policy makes sure of. Labels are data, whatever they are. Updates above 2^53 are rounded,
/// as numbers of a page are. The chart is drawn by uPlot, whose licence is in the page.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, Plan, Trace, cosine, times};
/// use lehr_plot::{Figure, Html};
///
/// let plan = Plan::builder().then(cosine().to(times(0.0))).resolve(&Horizon::updates(1000)?)?;
/// let figure = Figure::new("Cosine").trace(Trace::sample("lr", &plan, 0.1, 200));
/// let page = Html::default().draw(&figure);
/// assert!(page.starts_with("<!DOCTYPE html>\n"));
/// assert!(page.contains("<title>Cosine</title>"));
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Html {
    /// Light or dark at first; the page has a button to change it.
    pub theme: Theme,
}

/// The policy of the page: its own scripts and styles, and nothing from anywhere.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";

const STYLE: &str = include_str!("../assets/page/page.css");
const PAGE: &str = include_str!("../assets/page/page.js");

impl Html {
    /// Writes the page.
    ///
    /// ```
    /// use lehr_plot::{Figure, Html};
    ///
    /// let hostile = Html::default().draw(&Figure::new("</script><script>alert(1)"));
    /// assert!(!hostile.contains("<script>alert"));
    /// ```
    pub fn draw(&self, figure: &Figure) -> String {
        let theme = match self.theme {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let heading = figure.heading();
        let title = Escaped(&heading);
        let data = Json.draw(figure);
        let dashes: Vec<_> = DASHES.iter().map(|dash| format!("[{}]", dash.replace(' ', ","))).collect();
        let picture = Svg { theme: self.theme, ..Svg::default() }.draw(figure);
        let script = linked(&[NUMBERS, SAMPLES, DRAWING, PAGE]);
        let mut page = String::with_capacity(data.len() + picture.len() + 80_000);
        // Writing to a string does not fail.
        let _ = write!(
            page,
            r#"<!DOCTYPE html>
<html lang="en" data-theme="{theme}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
{variables}{UPLOT_STYLE}
{STYLE}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<nav hidden>
<button type="button" id="reset">reset zoom</button>
<button type="button" id="theme">light / dark</button>
</nav>
</header>
<main id="panels"></main>
<noscript>
{picture}</noscript>
<p class="hint" hidden>Drag to zoom in, double-click to zoom out. Values are samples, exactly as the schedule gives them.</p>
<script type="application/json" id="figure">
{data}</script>
<script type="application/json" id="strokes">{{"hues":{HUES},"dashes":[{dashes}]}}</script>
<script>
/*
uPlot 1.6.32

{UPLOT_LICENCE}
*/
{UPLOT}
</script>
<script>
"use strict";
{script}</script>
</body>
</html>
"#,
            variables = variables(),
            dashes = dashes.join(","),
        );
        page
    }
}
