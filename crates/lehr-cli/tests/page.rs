//! A page is the studio's view of the specs, with what the options say in it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;
use std::path::Path;

use common::{clean, fails, json, lehr_with};
use lehr_cli::Exit;
use serde_json::Value;

const SPEC: &str = "version = 1\nlr = \"linear(from=0x, over=10%) -> cosine(to=0.1x)\"\n\
                    [horizon]\nepochs = 3\nbatches_per_epoch = 500\n\
                    [[weight_decay]]\ngroups = [\"decay\"]\nbase = 0.1\nphases = \"cosine(to=0)\"\n";

fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The page that a command writes, and what is baked in it.
fn page(folder: &Path, args: &[&str]) -> (String, Value) {
    let output = folder.join("page.html");
    clean(&[args, &["-o", output.to_str().unwrap()]].concat());
    let html = fs::read_to_string(&output).unwrap();
    let (_, after) = html.split_once("<script type=\"application/json\" id=\"baked\">").unwrap();
    let baked = serde_json::from_str(after.split_once("</script>").unwrap().0).unwrap();
    (html, baked)
}

/// The values of a field at these updates, as `lehr values` prints them.
fn values(spec: &str, options: &[&str], updates: &Value, label: &str) -> Value {
    let updates: Vec<String> = updates.as_array().unwrap().iter().map(Value::to_string).collect();
    let at = updates.join(",");
    json(&[&["values", spec, "--format", "json", "--at", &at], options].concat())[label].clone()
}

#[test]
fn a_page_has_the_values_of_the_command_whatever_the_options_say() {
    let folder = tempfile::tempdir().unwrap();
    let spec = written(folder.path(), "spec.toml", SPEC);
    let options: [&[&str]; 8] = [
        &[],
        &["--updates", "1234"],
        &["--epochs", "7"],
        &["--epochs", "2", "--updates-per-epoch", "77"],
        &["--batches-per-epoch", "90"],
        &["--batches", "1001", "--accumulate", "2"],
        &["--processes", "4", "--accumulate", "3", "--base", "3e-4"],
        &["--base", "1e-3", "--base", "weight_decay=0.05"],
    ];
    let mut seen = Vec::new();
    for options in options {
        for command in [&["plot", &spec][..], &["compare", &spec, &spec]] {
            let (_, baked) = page(folder.path(), &[command, options].concat());
            for (index, label) in [(0, "lr"), (1, "weight_decay/decay")] {
                let field = &baked["view"]["fields"][index];
                assert_eq!(field["label"], label);
                let traces = field["traces"].as_array().unwrap();
                assert_eq!(traces.len(), command.len() - 1);
                let expected = values(&spec, options, &field["updates"], label);
                assert!(expected.as_array().unwrap().len() > 50);
                for trace in traces {
                    assert_eq!(trace["values"], expected, "{options:?} {label}");
                }
                seen.push(expected);
            }
        }
    }
    seen.dedup();
    assert!(seen.len() > 16, "the options change the values");
}

#[test]
fn a_text_a_nested_spec_and_standard_input_are_pages_too() {
    let folder = tempfile::tempdir().unwrap();
    let run = ["--updates", "100", "--base", "3e-4"];
    let nested = written(folder.path(), "train.yaml", "model:\n  schedule: cosine(to=0.1x)\n");
    let (_, text) = page(folder.path(), &[&["plot", "cosine(to=0.1x)"][..], &run].concat());
    let (_, file) = page(folder.path(), &[&["plot", &nested, "--at", "model.schedule"][..], &run].concat());
    assert_eq!(text["view"]["fields"], file["view"]["fields"]);
    assert_eq!(text["sheets"][0]["tree"]["horizon"]["updates"], 100);
    let output = folder.path().join("piped.htm");
    let args = [&["plot", "-", "-o", output.to_str().unwrap()][..], &run].concat();
    assert_eq!(lehr_with(b"cosine(to=0.1x)", &args).exit, Exit::Clean);
    assert!(fs::read_to_string(output).unwrap().contains(&text["view"]["fields"][0]["traces"].to_string()));
}

#[test]
fn a_page_looks_as_the_options_say() {
    let folder = tempfile::tempdir().unwrap();
    let plan = ["plot", "cosine(to=0.1x)", "--updates", "100000"];
    let (html, baked) = page(folder.path(), &plan);
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\" data-theme=\"auto\">"));
    assert!(html.contains("<title>cosine(to=0.1x)</title>") && html.ends_with("</html>\n"));
    assert_eq!((&baked["title"], &baked["log"]), (&Value::from(""), &Value::from(false)));
    let count = |baked: &Value| baked["view"]["fields"][0]["updates"].as_array().unwrap().len();
    assert_eq!(count(&baked), 2000);
    let look = ["--title", "A & </title>", "--theme", "dark", "--log", "--samples", "20000"];
    let (html, baked) = page(folder.path(), &[&plan[..], &look].concat());
    assert!(html.contains("<html lang=\"en\" data-theme=\"dark\">"));
    assert!(html.contains("<title>A &amp; &lt;/title&gt;</title>"));
    assert_eq!((&baked["title"], &baked["log"]), (&Value::from("A & </title>"), &Value::from(true)));
    assert_eq!(count(&baked), 20_000);
}

#[test]
fn a_page_asks_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let spec = written(folder.path(), "spec.toml", SPEC);
    let history = written(folder.path(), "run.csv", "update,lr\n0,0\n");
    let audit = folder.path().join("audit.html");
    clean(&["audit", &spec, &history, "-o", audit.to_str().unwrap()]);
    for html in [page(folder.path(), &["plot", &spec]).0, fs::read_to_string(audit).unwrap()] {
        assert!(html.contains("content=\"default-src 'none'; "));
        for tag in html.split('<').filter(|tag| !tag.starts_with('!')) {
            let tag = tag.split_once('>').map_or(tag, |(tag, _)| tag);
            for key in [" src=\"", " href=\""] {
                let addresses = tag.split(key).skip(1);
                assert!(addresses.clone().all(|address| address.starts_with("data:,\"")), "{tag}");
            }
        }
        assert!(!html.contains("@import") && !html.contains("url(http"));
    }
}

#[test]
fn more_specs_than_a_page_shows_are_refused_whole() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("many.html");
    let many = ["hold"; 17];
    let said = fails(&[&["plot"], &many[..], &["-o", output.to_str().unwrap()]].concat());
    assert!(said.contains("at most 16 specs, not 17") && !output.exists(), "{said}");
    assert_eq!(
        page(folder.path(), &[&["plot"], &many[..16]].concat()).1["sheets"].as_array().unwrap().len(),
        16
    );
}
