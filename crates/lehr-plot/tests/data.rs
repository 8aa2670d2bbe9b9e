//! Figures as tables, as data and as pages: every sample comes back to the bit, and no label breaks out.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeMap;

use common::{HOSTILE, compare, fields, hostile, trace, warmup};
use lehr::Trace;
use lehr_plot::{Csv, Figure, Html, Json, Theme};
use serde_json::Value;

/// Values whose digits are hard to print.
fn awkward() -> Vec<Trace> {
    let bases = [1.0 / 3.0, 5e-324, f64::MAX, f64::MIN_POSITIVE, -1e-300, 0.1 + 0.2, 1e22, -0.0];
    bases
        .iter()
        .enumerate()
        .map(|(i, base)| trace(&format!("f{i}"), "cosine(to=0.7x)", 997 + i as u64, *base, 100))
        .collect()
}

fn read_csv(text: &str) -> (Vec<String>, BTreeMap<u64, Vec<String>>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| {
        let row: Vec<_> = row.unwrap().iter().map(str::to_owned).collect();
        (row[0].parse().unwrap(), row[1..].to_vec())
    });
    (names, rows.collect())
}

#[test]
fn csv_reads_back_to_the_same_bits() {
    let traces = awkward();
    let (names, rows) = read_csv(&Csv.draw(&traces.iter().cloned().collect()));
    assert_eq!(names[0], "update");
    let mut cells = 0;
    for (column, trace) in traces.iter().enumerate() {
        assert_eq!(names[column + 1], trace.label());
        for (n, value) in trace.points() {
            assert_eq!(rows[n][column].parse::<f64>().unwrap().to_bits(), value.to_bits());
            cells += 1;
        }
    }
    let filled = rows.values().flatten().filter(|cell| !cell.is_empty()).count();
    assert_eq!(filled, cells, "no cell without a sample has a value");
}

#[test]
fn csv_has_every_name_as_it_is() {
    for figure in hostile() {
        let (names, _) = read_csv(&Csv.draw(&figure));
        let fields: Vec<_> = figure.fields().collect();
        assert!(
            names[1..].iter().all(|name| fields.iter().any(|field| name.starts_with(field))),
            "{names:?}"
        );
    }
    let nan = Figure::new("").trace(trace("a, \"b\"", "hold", 2, f64::NAN, 2));
    assert_eq!(Csv.draw(&nan), "update,\"a, \"\"b\"\"\"\n0,NaN\n1,NaN\n");
}

/// Every trace of the data with its samples.
fn series(data: &Value) -> Vec<(String, Vec<(u64, Value)>)> {
    let list = |value: &Value| value.as_array().unwrap().clone();
    let traces = list(&data["fields"]).into_iter().flat_map(|field| list(&field["traces"]));
    traces
        .map(|trace| {
            let updates = list(&trace["updates"]).into_iter().map(|n| n.as_u64().unwrap());
            (trace["name"].as_str().unwrap().to_owned(), updates.zip(list(&trace["values"])).collect())
        })
        .collect()
}

fn assert_holds(data: &Value, traces: &[Trace]) {
    let series = series(data);
    assert_eq!(series.len(), traces.len());
    for ((_, points), trace) in series.iter().zip(traces) {
        assert_eq!(points.len(), trace.points().len());
        for ((n, value), (wanted_n, wanted)) in points.iter().zip(trace.points()) {
            assert_eq!(n, wanted_n);
            assert_eq!(value.as_f64().map(f64::to_bits), wanted.is_finite().then(|| wanted.to_bits()));
        }
    }
}

/// What the script of a page with this identifier holds.
fn baked<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("<script type=\"application/json\" id=\"{id}\">")).unwrap();
    rest.split_once("</script>").unwrap().0
}

#[test]
fn json_and_page_hold_every_sample_to_the_bit() {
    let mut traces = awkward();
    traces.push(trace("nan", "hold", 3, f64::NAN, 3));
    traces.push(trace("long", "linear(to=0x)", u64::MAX, 1.0, 10));
    let figure: Figure = traces.iter().cloned().collect();
    assert_holds(&serde_json::from_str(&Json.draw(&figure)).unwrap(), &traces);
    assert_holds(&serde_json::from_str(baked(&Html::default().draw(&figure), "figure")).unwrap(), &traces);
}

#[test]
fn json_says_what_the_figure_is() {
    let data: Value = serde_json::from_str(&Json.draw(&compare().log_y("lr"))).unwrap();
    assert_eq!(data["fields"][0]["field"], "lr");
    assert_eq!(data["fields"][0]["log"], true);
    let trace = &data["fields"][0]["traces"][0];
    assert_eq!(trace["phases"], serde_json::json!([[0, "linear"], [100, "cosine"]]));
    assert_eq!((&trace["end"], &trace["open"]), (&Value::from(1000), &Value::from(false)));
}

#[test]
fn json_holds_hostile_labels_as_they_are() {
    for (figure, text) in hostile().iter().zip(HOSTILE) {
        let json = Json.draw(figure);
        let data: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(data["title"], text);
        assert_eq!(data["fields"][0]["field"], text);
        assert!(!json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
    }
}

/// A page of a harmless figure and one of a hostile figure have the same tags outside what is drawn.
#[test]
fn no_label_breaks_out_of_the_page() {
    let tags = |page: &str| {
        let (before, rest) = page.split_once("<noscript>").unwrap();
        let (picture, after) = rest.split_once("</noscript>").unwrap();
        roxmltree::Document::parse(picture.trim()).unwrap();
        let page = format!("{before}{after}").to_lowercase();
        ["<script", "</script", "<img", "<title", "</title", "<noscript", "<style", "<!--", "<svg", "<h1"]
            .map(|tag| page.matches(tag).count())
    };
    let harmless = tags(&Html::default().draw(&warmup()));
    for figure in hostile() {
        let page = Html::default().draw(&figure);
        assert_eq!(tags(&page), harmless);
        let heading = page.split_once("<h1>").unwrap().1.split_once("</h1>").unwrap().0;
        assert!(!heading.contains(['<', '>']), "{heading}");
    }
}

#[test]
fn a_page_asks_for_nothing() {
    let page = Html::default().draw(&fields());
    assert!(page.contains("default-src 'none'"));
    let outside = page.match_indices("http").map(|(at, _)| &page[at..(at + 40).min(page.len())]);
    let outside: Vec<_> = outside.filter(|text| !text.starts_with("http-equiv")).collect();
    assert!(
        outside.iter().all(|text| {
            text.starts_with("http://www.w3.org/2000/svg")
                || text.starts_with("https://github.com/leeoniya/uPlot (")
        }),
        "only the name of SVG and a comment of uPlot: {outside:?}"
    );
    for word in [" src=", "@import", "url(", "fetch(", "XMLHttpRequest", "WebSocket", "import("] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("Copyright (c) 2022 Leon Sorokin"));
    assert!(page.len() < 110_000, "{}", page.len());
}

#[test]
fn a_page_begins_light_or_dark_as_asked() {
    for (theme, word) in [(Theme::Auto, "auto"), (Theme::Light, "light"), (Theme::Dark, "dark")] {
        assert!(
            Html { theme }.draw(&warmup()).contains(&format!("<html lang=\"en\" data-theme=\"{word}\">"))
        );
    }
    assert_eq!(Html::default().draw(&fields()), Html::default().draw(&fields()));
}
