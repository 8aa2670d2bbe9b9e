//! Pictures as SVG.
//!
//! The snapshots are what has been looked at. The other tests hold for every figure: well-formed, in its bounds, the same
//! every time, and curves that lie where the samples are.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{compare, fields, hostile, jumps, logarithmic, trace, warmup};
use lehr_plot::{Figure, Svg, Theme};
use roxmltree::{Document, Node};

fn light() -> Svg {
    Svg { theme: Theme::Light, ..Svg::default() }
}

fn texts(document: &Document<'_>) -> Vec<String> {
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

/// The paths of curves: those with round ends. Marks of legends are among them, before the curves of their panel.
fn curves<'a>(document: &'a Document<'_>) -> Vec<&'a str> {
    let curve = |node: &Node<'_, '_>| node.attribute("stroke-linecap").is_some();
    document.descendants().filter(curve).map(|node| node.attribute("d").unwrap()).collect()
}

/// Every number in a path, so that each can be compared with the size of the picture.
fn numbers(d: &str) -> impl Iterator<Item = f64> {
    d.split(|c: char| c.is_alphabetic() || c == ' ')
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().unwrap())
}

#[test]
fn one_field() {
    insta::assert_snapshot!(light().draw(&warmup()));
}

#[test]
fn two_fields_narrow_and_dark() {
    insta::assert_snapshot!(Svg { width: 320, height: Some(300), theme: Theme::Dark }.draw(&fields()));
}

#[test]
fn two_traces_of_one_field() {
    insta::assert_snapshot!(Svg::default().draw(&compare()));
}

#[test]
fn a_logarithmic_axis_with_a_zero_and_a_billion_updates() {
    insta::assert_snapshot!(light().draw(&logarithmic()));
}

#[test]
fn jumps_are_vertical() {
    let text = light().draw(&jumps());
    insta::assert_snapshot!(text);
    let document = Document::parse(&text).unwrap();
    let curves = curves(&document);
    assert_eq!(curves.len(), 1);
    assert!(!curves[0].contains('L'), "a ramp in {}", curves[0]);
    assert_eq!(curves[0].matches('V').count(), 2);
}

#[test]
fn every_figure_is_well_formed_at_every_size_and_says_the_same_each_time() {
    for figure in hostile() {
        for width in [0, 160, 333, 720, u16::MAX] {
            for theme in [Theme::Auto, Theme::Light, Theme::Dark] {
                let svg = Svg { width, height: Some(width / 2), theme };
                let text = svg.draw(&figure);
                assert_eq!(text, svg.draw(&figure));
                check(&text);
            }
        }
    }
}

/// No element that could act, nothing from elsewhere, and nothing outside the picture.
fn check(text: &str) {
    let document = Document::parse(text).unwrap();
    let root = document.root_element();
    let [width, height] =
        ["width", "height"].map(|name| root.attribute(name).unwrap().parse::<f64>().unwrap());
    assert_eq!(root.attribute("viewBox").unwrap(), format!("0 0 {width} {height}"));
    assert!((160.0..=4000.0).contains(&width));
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        assert!(["svg", "title", "desc", "style", "path", "text"].contains(&name), "{name}");
        for attribute in node.attributes() {
            let name = attribute.name();
            assert!(!name.starts_with("on") && !name.contains("href") && name != "style", "{name}");
        }
        if let Some(d) = node.attribute("d") {
            assert!(numbers(d).all(|number| (0.0..=width.max(height)).contains(&number)), "{d}");
        }
        if name == "text" {
            let [x, y] = ["x", "y"].map(|name| node.attribute(name).unwrap().parse::<f64>().unwrap());
            assert!((0.0..=width).contains(&x) && (0.0..=height).contains(&y), "{node:?}");
        }
    }
    assert!(!text.contains("url(") && !text.contains("@import") && text.matches("http").count() == 1);
}

#[test]
fn it_has_a_title_and_a_description() {
    let text = Svg::default().draw(&fields());
    let document = Document::parse(&text).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    let labels: Vec<_> = root.attribute("aria-labelledby").unwrap().split(' ').collect();
    let said = labels.iter().map(|id| {
        document.descendants().find(|node| node.attribute("id") == Some(id)).unwrap().text().unwrap()
    });
    assert_eq!(
        said.collect::<Vec<_>>(),
        [
            "Schedule of lr, weight_decay",
            "lr: from 3e-6 at update 0 to 1e-6 at update 10,019, between 1e-6 and 3e-4; \
         phases: linear from 0, hold from 1,002, cosine from 4,008. \
         weight_decay: from 0.04 at update 0 to 0.4 at update 10,019, between 0.04 and \
         0.4; phases: cosine from 0.",
        ]
    );
}

#[test]
fn only_the_automatic_theme_asks_the_screen() {
    let styled =
        |theme| Svg { theme, ..Svg::default() }.draw(&warmup()).contains("prefers-color-scheme: dark");
    assert!(styled(Theme::Auto));
    assert!(!styled(Theme::Light) && !styled(Theme::Dark));
    // Two pictures in one page have identifiers of their own.
    let id = |figure: &Figure| {
        Svg::default().draw(figure).split_once("-title").unwrap().0[..].rsplit_once('"').unwrap().1.to_owned()
    };
    assert_ne!(id(&warmup()), id(&fields()));
}

#[test]
fn names_stand_in_a_legend_and_phases_above_the_plot() {
    let text = Svg::default().draw(&compare());
    let said = texts(&Document::parse(&text).unwrap());
    for word in ["lr", "cosine.toml", "wsd.toml", "linear", "cosine", "hold", "updates"] {
        assert!(said.contains(&word.to_owned()), "{word} in {said:?}");
    }
    assert_eq!(text.matches("stroke-dasharray").count(), 3, "the second trace: legend, phases, curve");
    let open = "linear(from=0x, over=30) -> hold".parse::<lehr::Spec>().unwrap();
    let open = lehr::Trace::sample("lr", &open.resolve(&lehr::Horizon::open()).unwrap(), 0.1, 50);
    assert!(Svg::default().draw(&Figure::new("").trace(open)).contains(">hold →</text>"));
}

#[test]
fn ten_updates_are_ten_steps() {
    let figure = Figure::new("").trace(trace("lr", "linear(from=0x)", 10, 1.0, 10));
    let text = light().draw(&figure);
    let document = Document::parse(&text).unwrap();
    let d = curves(&document)[0];
    assert_eq!((d.matches('H').count(), d.matches('V').count(), d.matches('L').count()), (10, 9, 0), "{d}");
}

#[test]
fn the_height_is_the_one_asked_for_and_the_text_is_short() {
    let text = Svg { width: 1200, height: Some(630), ..light() }.draw(&warmup());
    assert!(text.contains(r#"width="1200" height="630" viewBox="0 0 1200 630""#));
    let detailed = Figure::new("").trace(trace("lr", common::WARMUP, 1_000_000_000, 3e-4, 2000));
    let length = light().draw(&detailed).len();
    assert!(length < 32_000, "{length}");
    let many =
        (0..100).map(|i| trace(&format!("field {i}"), common::WARMUP, 1000, 0.1, 20)).collect::<Figure>();
    assert!(light().draw(&many).len() < 400_000);
}
