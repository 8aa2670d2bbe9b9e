//! The questions of the page, each a path with a JSON body and a JSON answer.

use hyper::StatusCode;
use lehr_spec::{Format, Source, SpecFile};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::copy::copies;
use crate::explain::explain;
use crate::export::{Look, export};
use crate::follow::Followed;
use crate::gallery::Gallery;
use crate::view::{Ask, read};

/// A status and JSON text.
pub(crate) type Answer = (StatusCode, String);

/// A text to be read as a spec.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadText {
    text: String,
}

/// A tree to be written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CopyTree {
    tree: Value,
}

/// The schedules that are exported, by their names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportView {
    schedules: Vec<(String, Value)>,
}

/// Answers a question; `None` where there is no such question.
pub(crate) fn answer(followed: &Followed, path: &str, body: &[u8]) -> Option<Answer> {
    Some(match path {
        "view" => asked(body, |ask: Ask| Ok(json!(followed.view(&ask.bounded())))),
        "explain" => asked(body, |ask| Ok(json!(explain(&ask)))),
        "gallery" => (StatusCode::OK, json!(Gallery::new()).to_string()),
        "read" => asked(body, read_text),
        "copy" => asked(body, |CopyTree { tree }| {
            read(&tree.to_string())
                .and_then(|spec| copies(&spec))
                .map(|copies| json!(copies))
                .map_err(|problems| wrong(&problems))
        }),
        "save" => asked(body, |save| Ok(json!(followed.save(&save)))),
        "export" => {
            asked(body, |ExportView { schedules }| Ok(json!({ "html": export(schedules, &Look::default()) })))
        }
        _ => return None,
    })
}

fn asked<T: DeserializeOwned>(body: &[u8], answer: impl FnOnce(T) -> Result<Value, Value>) -> Answer {
    match serde_json::from_slice(body) {
        Err(error) => (StatusCode::BAD_REQUEST, json!({ "error": error.to_string() }).to_string()),
        Ok(ask) => match answer(ask) {
            // A schedule that is wrong is an answer like any other.
            Ok(value) | Err(value) => (StatusCode::OK, value.to_string()),
        },
    }
}

fn wrong(problems: &lehr_spec::Problems) -> Value {
    json!({ "error": problems.list().first().map(|problem| problem.message.to_string()), "problems": problems.rows() })
}

/// The tree of a text in any format.
fn read_text(ReadText { text }: ReadText) -> Result<Value, Value> {
    let format = Format::guess(&text);
    let spec = Source::new("text", text).and_then(|source| match format {
        Format::Text => SpecFile::read_text(&source, "lr"),
        format => SpecFile::read(&source, format),
    });
    spec.map(|spec| json!({ "tree": spec.tree() })).map_err(|problems| wrong(&problems))
}
