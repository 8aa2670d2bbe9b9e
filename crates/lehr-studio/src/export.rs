//! Export: the view as one HTML file that needs nothing else.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::assets::{INDEX, STUDIO, STYLES, UPLOT};
use crate::copy::{Copy, copies};
use crate::view::{Ask, View, read};

/// Samples of each plan in an export.
const SAMPLES: usize = 2000;

/// The policy of an export: its own scripts and styles, and nothing from anywhere.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";

/// What is exported: the schedules by their names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Baked {
    pub(crate) schedules: Vec<(String, Value)>,
}

/// The view of these schedules, each a name and a tree (the JSON form of a spec), as one HTML file.
///
/// The file shows what the studio shows - curves, phases, findings, differences, every form to copy - with the samples
/// baked in to the bit. It asks for nothing from anywhere, which its content security policy makes sure of.
///
/// ```
/// let tree = serde_json::json!({ "version": 1, "horizon": { "updates": 100 }, "lr": "linear(from=0x, over=10%) -> cosine" });
/// let html = lehr_studio::export(vec![("plan".to_owned(), tree)]);
/// assert!(html.starts_with("<!DOCTYPE html>") && html.contains("<title>plan</title>"));
/// ```
pub fn export(schedules: Vec<(String, Value)>) -> String {
    baked(&Baked { schedules })
}

pub(crate) fn baked(ask: &Baked) -> String {
    let trees: Vec<Value> = ask.schedules.iter().map(|(_, tree)| tree.clone()).collect();
    let view = View::of(&Ask { schedules: trees.clone(), window: None, samples: SAMPLES }, &[]);
    let copies: Vec<Vec<Copy>> = trees
        .iter()
        .map(|tree| read(&tree.to_string()).and_then(|spec| copies(&spec)).unwrap_or_default())
        .collect();
    let sheets: Vec<Value> =
        ask.schedules.iter().map(|(name, tree)| json!({ "name": name, "tree": tree })).collect();
    let data = json!({ "sheets": sheets, "view": view, "copies": copies });
    let names: Vec<&str> = ask.schedules.iter().map(|(name, _)| name.as_str()).collect();
    let head = format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n<title>{}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<style>\n{}</style>\n",
        escaped(&names.join(", ")),
        *STYLES
    );
    let scripts = format!(
        "<script type=\"application/json\" id=\"baked\">{}</script>\n<script>\n{}</script>\n<script type=\"module\">\n{}</script>\n",
        data_text(&data),
        *UPLOT,
        *STUDIO
    );
    let page = replaced(INDEX, "<!--head-->", "<!--/head-->", &head);
    replaced(&page, "<!--scripts-->", "<!--/scripts-->", &scripts)
}

/// The text with what stands from one mark to the other replaced.
fn replaced(text: &str, from: &str, to: &str, new: &str) -> String {
    match (text.split_once(from), text.split_once(to)) {
        (Some((before, _)), Some((_, after))) => format!("{before}{new}{after}"),
        _ => text.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// JSON that may stand in a page: no text in it ends the script.
fn data_text(value: &Value) -> String {
    let text = value.to_string();
    ['<', '>', '&', '\u{2028}', '\u{2029}']
        .into_iter()
        .fold(text, |text, c| text.replace(c, &format!("\\u{:04x}", u32::from(c))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        let tree = json!({ "version": 1, "lr": "</script><script>alert(1)</script>" });
        let html = export(vec![("</title><script>alert(2)</script>".to_owned(), tree)]);
        assert!(!html.contains("<script>alert"));
        assert!(!html.contains("/page/"), "nothing is asked for");
    }
}
