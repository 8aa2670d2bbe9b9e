//! Export: the view as one HTML file that needs nothing else.

use lehr_plot::Theme;
use serde_json::{Value, json};

use crate::assets::{INDEX, STUDIO, STYLES, UPLOT};
use crate::copy::{Copy, copies};
use crate::view::{Ask, MOST_SCHEDULES, View, read};

/// The policy of an export: its own scripts and styles, and nothing from anywhere.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";

/// How an export looks at first.
///
/// ```
/// use lehr_plot::Theme;
/// use lehr_studio::{Look, export};
///
/// let tree = serde_json::json!({ "version": 1, "lr": "linear(from=0x, over=10) -> hold" });
/// let look = Look { title: "Warm-up".to_owned(), theme: Theme::Dark, ..Look::default() };
/// assert!(export(vec![("plan".to_owned(), tree)], &look).contains("<title>Warm-up</title>"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The document's title, which then stands above the curves, too. Empty, by default: the names of the schedules.
    pub title: String,
    /// Light, dark, or, by default, as the reader's screen is.
    pub theme: Theme,
    /// Whether axes are logarithmic, of the fields that have a value above zero; by default they are linear.
    pub log: bool,
    /// About how many updates each plan is sampled at, from 2 on; 2000 by default. All plans together have at most 400,000
    /// values.
    pub samples: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { title: String::new(), theme: Theme::Auto, log: false, samples: 2000 }
    }
}

/// The view of these schedules, each a name and a tree (the JSON form of a spec), as one HTML file.
///
/// The file shows what the studio shows - curves, phases, findings, differences, every form to copy - with the samples
/// baked in to the bit, of the first [`MOST_SCHEDULES`](crate::MOST_SCHEDULES). It asks for nothing from anywhere, which
/// its content security policy makes sure of.
///
/// ```
/// let tree = serde_json::json!({ "version": 1, "horizon": { "updates": 100 }, "lr": "linear(from=0x, over=10%) -> cosine" });
/// let html = lehr_studio::export(vec![("plan".to_owned(), tree)], &lehr_studio::Look::default());
/// assert!(html.starts_with("<!DOCTYPE html>") && html.contains("<title>plan</title>"));
/// ```
pub fn export(schedules: Vec<(String, Value)>, look: &Look) -> String {
    let (names, trees): (Vec<String>, Vec<Value>) = schedules.into_iter().take(MOST_SCHEDULES).unzip();
    let view = View::of(&Ask { schedules: trees.clone(), window: None, samples: look.samples }, &[]);
    let copies: Vec<Vec<Copy>> = trees
        .iter()
        .map(|tree| read(&tree.to_string()).and_then(|spec| copies(&spec)).unwrap_or_default())
        .collect();
    let sheets: Vec<Value> =
        names.iter().zip(&trees).map(|(name, tree)| json!({ "name": name, "tree": tree })).collect();
    let (title, log) = (&look.title, look.log);
    let data = json!({ "sheets": sheets, "view": view, "copies": copies, "title": title, "log": log });
    let theme = match look.theme {
        Theme::Auto => "auto",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let head = format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n<title>{}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<style>\n{}</style>\n",
        escaped(if title.is_empty() { names.join(", ") } else { title.clone() }.as_str()),
        *STYLES
    );
    let scripts = format!(
        "<script type=\"application/json\" id=\"baked\">{}</script>\n<script>\n{}</script>\n<script type=\"module\">\n{}</script>\n",
        data_text(&data),
        *UPLOT,
        *STUDIO
    );
    let index = INDEX.replacen(r#"data-theme="auto""#, &format!(r#"data-theme="{theme}""#), 1);
    let page = replaced(&index, "<!--head-->", "<!--/head-->", &head);
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
        let look = Look { title: "</title><script>alert(3)</script>".to_owned(), ..Look::default() };
        let schedules = vec![("</title><script>alert(2)</script>".to_owned(), tree)];
        let html = export(schedules.clone(), &Look::default()) + &export(schedules, &look);
        assert!(!html.contains("<script>alert"));
        assert!(!html.contains("/page/"), "nothing is asked for");
    }
}
