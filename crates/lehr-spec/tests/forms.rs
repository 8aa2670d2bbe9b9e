//! TOML, YAML, JSON, the one-line text and specs nested in other files: all of them say the same.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use lehr::{Horizon, Spec};
use lehr_spec::{At, Format, HorizonTable, LINTS, Overrides, Resolved, Source, SpecFile, lint};
use proptest::prelude::*;

fn resolved(text: &str, format: Format) -> Resolved {
    let source = Source::new("spec", text).unwrap();
    SpecFile::read(&source, format).unwrap().resolve(&Overrides::default()).unwrap()
}

const TOML: &str = r#"
version = 1
[horizon]
epochs = "30"
batches_per_epoch = 5_344
processes = 4
accumulate = 4
[lr]
base = "3e-4"
phases = [
  { shape = "linear", from = "0.01x", over = "5%" },
  { combine = "clamp", min = 1e-6, plan = [{ shape = "cosine", to = 0, k = 1.5 }] },
]
[[weight_decay]]
groups = ["weights", 0]
base = 0.04
phases = "cosine(from=0.04, to=0.4)"
[[weight_decay]]
groups = ["norms"]
phases = "hold"
"#;

const YAML: &str = "
version: 1
horizon: {epochs: 30, batches_per_epoch: 5344, processes: 4, accumulate: 4}
lr:
  base: 3e-4
  phases:
    - {shape: linear, from: 0.01x, over: 5%}
    - combine: clamp
      min: 1e-6
      plan:
        - {shape: cosine, to: 0, k: 1.5}
weight_decay:
  - {groups: [weights, 0], base: 0.04, phases: 'cosine(from=0.04, to=0.4)'}
  - groups: [norms]
    phases: >
      hold
";

const JSON: &str = r#"{
  "$schema": "schedule.schema.json", "version": "1",
  "horizon": { "epochs": 30, "batches_per_epoch": 5344, "processes": 4, "accumulate": 4 },
  "lr": { "base": 3e-4, "phases": [
    { "shape": "linear", "from": "0.01x", "over": "5%" },
    { "combine": "clamp", "min": "1e-6", "plan": "cosine(k=1.5, to=0)" } ] },
  "weight_decay": [
    { "groups": ["weights", 0], "base": 0.04, "phases": { "shape": "cosine", "from": 0.04, "to": 0.4 } },
    { "groups": "norms", "phases": "hold" } ]
}"#;

#[test]
fn the_three_formats_are_the_same_tree() {
    let toml = resolved(TOML, Format::Toml);
    assert_eq!(toml.horizon, Horizon::epochs(30, 334).unwrap());
    for other in [resolved(YAML, Format::Yaml), resolved(JSON, Format::Json)] {
        assert_eq!(other.horizon, toml.horizon);
        assert_eq!(other.entries.len(), 3);
        for (a, b) in other.entries.iter().zip(&toml.entries) {
            assert_eq!((&a.field, a.base, &a.spec, &a.plan), (&b.field, b.base, &b.spec, &b.plan));
            assert_eq!(a.label(), b.label());
        }
    }
    assert_eq!(toml.entries[1].label(), "weight_decay/weights+0");
    assert_eq!(
        toml.entries[0].spec.to_string(),
        "linear(from=0.01x, over=5%) -> clamp(cosine(k=1.5, to=0), min=1e-6)"
    );
}

#[test]
fn a_spec_is_found_inside_a_training_configuration() {
    let config = "defaults: &d {updates: 100}\nmodel:\n  name: vit\n  schedules:\n    - linear(over=5%) -> cosine\n    - {horizon: *d, lr: hold}\n    - [{shape: linear}]\n    - {shape: cosine}\n";
    let source = Source::new("train.yaml", config).unwrap();
    for (path, plan) in [
        ("model.schedules.0", "linear(over=5%) -> cosine"),
        ("model.schedules.1", "hold"),
        ("model.schedules.2", "linear"),
        ("model.schedules.3", "cosine"),
    ] {
        let spec = SpecFile::read_at(&source, Format::Yaml, path, "lr").unwrap();
        let run = HorizonTable { updates: Some(At { value: 100, span: 0..0 }), ..HorizonTable::default() };
        let resolved = spec.resolve(&Overrides { horizon: run, bases: Vec::new() }).unwrap();
        assert_eq!(resolved.entries[0].spec.to_string(), plan);
    }
    let wrong = SpecFile::read_at(&source, Format::Yaml, "model.shedules", "lr").unwrap_err().to_string();
    assert!(wrong.contains("did you mean `schedules`?"), "{wrong}");
    assert!(SpecFile::read_at(&source, Format::Yaml, "model.schedules.9", "lr").is_err());
}

#[test]
fn options_win_over_the_file() {
    let source = Source::new("spec", TOML).unwrap();
    let file = SpecFile::read(&source, Format::Toml).unwrap();
    let count = |value| Some(At { value, span: 0..0 });
    let horizon = HorizonTable { updates: count(500), ..HorizonTable::default() };
    let bases = vec![(None, 1.0), (Some("weight_decay".to_owned()), 2.0)];
    let resolved = file.resolve(&Overrides { horizon, bases }).unwrap();
    assert_eq!((resolved.horizon.total(), resolved.horizon.updates_per_epoch()), (Some(500), Some(334)));
    assert_eq!(
        resolved.entries.iter().map(|entry| entry.base).collect::<Vec<_>>(),
        [Some(1.0), Some(2.0), Some(2.0)]
    );
    // Written into the file they say the same.
    let written = resolved.file.write(Format::Json);
    let again = SpecFile::read(&Source::new("spec", written).unwrap(), Format::Json).unwrap();
    let again = again.resolve(&Overrides::default()).unwrap();
    assert_eq!(
        (again.horizon, again.epochs, again.clock),
        (resolved.horizon, resolved.epochs, resolved.clock)
    );
    assert_eq!(again.entries.len(), resolved.entries.len());
    for (again, entry) in again.entries.iter().zip(&resolved.entries) {
        assert_eq!((&again.plan, again.base), (&entry.plan, entry.base));
    }
    let unknown =
        file.resolve(&Overrides { bases: vec![(Some("eps".to_owned()), 1.0)], ..Overrides::default() });
    assert!(unknown.unwrap_err().to_string().contains("`eps`"));
}

#[test]
fn positions_are_exact() {
    let text = "version = 1\nlr = \"\u{e9}\"\n[wd]\nphases = [\n  { shape = \"linear\", over = 5 },\n  { shape = \"cosin\" },\n]\n";
    let source = Source::new("spec", text).unwrap();
    let problems = SpecFile::read(&source, Format::Toml).unwrap_err();
    let places: Vec<_> = problems
        .list()
        .iter()
        .map(|problem| problem.span.clone().unwrap())
        .map(|span| (source.position(span.start), &text[span]))
        .collect();
    assert_eq!(places, [((2, 7), "\u{e9}"), ((6, 14), "cosin")]);
}

/// The code block of a page under a heading.
fn example<'a>(page: &'a str, heading: &str) -> &'a str {
    let after = page.split(&format!("## {heading}\n")).nth(1).unwrap();
    after.split("```toml\n").nth(1).unwrap().split("```").next().unwrap()
}

#[test]
fn every_lint_has_a_page_whose_examples_are_true() {
    for one in LINTS {
        assert!(one.page.starts_with(&format!("# {}\n\n{}.", one.code, one.summary)), "{}", one.code);
        let found = |heading| {
            let resolved = resolved(example(one.page, heading), Format::Toml);
            lint(&resolved, &[]).list().iter().map(|problem| problem.code).collect::<Vec<_>>()
        };
        assert_eq!(found("Bad"), [one.code]);
        assert!(found("Good").is_empty(), "{}: {:?}", one.code, found("Good"));
        if one.code != "unknown-lint" {
            let bad = example(one.page, "Bad");
            let allowed = format!("allow = [\"{}\"]\n{bad}", one.code);
            assert!(lint(&resolved(&allowed, Format::Toml), &[]).list().is_empty());
            assert!(lint(&resolved(bad, Format::Toml), &[one.code.to_owned()]).list().is_empty());
        }
    }
}

fn level() -> impl Strategy<Value = String> {
    prop_oneof![
        (1e-9..1e3_f64).prop_map(|x| format!("{x:?}")),
        (1e-9..1e3_f64).prop_map(|x| format!("{x:?}x"))
    ]
}

fn phase() -> impl Strategy<Value = String> {
    let shape = prop_oneof![
        Just("linear".to_owned()),
        Just("cosine".to_owned()),
        Just("rex".to_owned()),
        (0.1..4.0_f64).prop_map(|power| format!("polynomial(power={power:?})")),
    ];
    (shape, level(), level(), 1..5000_u64, any::<bool>()).prop_map(|(shape, from, to, over, inclusive)| {
        let (name, own) = shape.split_once('(').map_or((shape.as_str(), ""), |(name, own)| (name, own));
        let own = own.strip_suffix(')').map_or(String::new(), |own| format!("{own}, "));
        format!("{name}({own}from={from}, to={to}, over={over}, inclusive={inclusive})")
    })
}

fn plan() -> impl Strategy<Value = String> {
    let sequence = prop::collection::vec(phase(), 1..5).prop_map(|phases| phases.join(" -> "));
    sequence.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), 1..4_u64).prop_map(|(plan, times)| format!("repeat({plan}, times={times})")),
            (inner.clone(), level()).prop_map(|(plan, min)| format!("clamp({plan}, min={min})")),
            (inner.clone(), 0.1..2.0_f64).prop_map(|(plan, by)| format!("scale({plan}, by={by:?})")),
            (inner.clone(), inner).prop_map(|(first, second)| format!("sum({first}, {second})")),
        ]
    })
}

proptest! {
    /// Printing a plan gives a text, and its tree a file, that read back to an equal plan.
    #[test]
    fn plans_survive_every_form(text in plan()) {
        let spec: Spec = text.parse().unwrap();
        let plan = spec.resolve(&Horizon::open()).unwrap();
        let again = plan.to_string().parse::<Spec>().unwrap().resolve(&Horizon::open()).unwrap();
        prop_assert_eq!(&again, &plan);
        let tree = serde_json::json!({ "version": 1, "lr": { "phases": plan } }).to_string();
        prop_assert_eq!(&resolved(&tree, Format::Json).entries[0].plan, &plan);
        prop_assert_eq!(&resolved(&tree, Format::Yaml).entries[0].plan, &plan);
        let line = format!("version = 1\nlr = \"{plan}\"");
        prop_assert_eq!(&resolved(&line, Format::Toml).entries[0].plan, &plan);
    }
}

#[test]
fn what_yaml_can_do_besides_says_the_same() {
    let plain = resolved("version: 1\nhorizon: {updates: 10}\nlr: {phases: hold, base: 0.5}\n", Format::Yaml);
    for same in [
        "version: 1\nhorizon: {updates: 10}\nlr: {? phases : hold, ? base : 0.5}\n",
        "version: 1\nhorizon: {updates: 10}\nlr: {phases: !!str hold, base: !!float \"0.5\"}\n",
        "version: 1\nhorizon: {updates: 0xA}\nlr: {phases: \"ho\\u006cd\", base: 5e-1}\n",
        "%YAML 1.2\n---\nversion: 1\nhorizon: &h {updates: 10}\nlr: {phases: 'hold', base: .5}\n...\n",
        "version: 1\nhorizon: {updates: 10}\nlr:\n  phases: |\n    hold\n  base: +0.5\n",
    ] {
        let other = resolved(same, Format::Yaml);
        assert_eq!(
            (&other.entries[0].plan, other.entries[0].base),
            (&plain.entries[0].plan, Some(0.5)),
            "{same}"
        );
    }
    let merged =
        "version: 1\nhorizon: {updates: 10}\nwd: &a {phases: hold, base: 1}\nlr: {<<: *a, base: 0.5}\n";
    let merged = resolved(merged, Format::Yaml);
    assert_eq!((&merged.entries[1].plan, merged.entries[1].base), (&plain.entries[0].plan, Some(0.5)));
}

#[test]
fn lints_look_into_combinators() {
    let found = |plan: &str| {
        let text = format!("version: 1\nhorizon: {{updates: 1000}}\nlr: {{base: 0.1, phases: '{plan}'}}\n");
        let source = Source::new("spec.yaml", text.clone()).unwrap();
        let resolved = SpecFile::read(&source, Format::Yaml).unwrap().resolve(&Overrides::default()).unwrap();
        let problems = lint(&resolved, &[]);
        let shown =
            |problem: &lehr_spec::Problem| (problem.code, text[problem.span.clone().unwrap()].to_owned());
        problems.list().iter().map(shown).collect::<Vec<_>>()
    };
    for inside in [
        "repeat(hold(over=100) -> cosine(from=0.5x, to=0, over=150), times=4)",
        "scale(linear(from=0.1x, to=0.5x, over=500) -> cosine(to=0.1x, from=1x), by=0.5)",
        "clamp(scale(hold(over=100) -> cosine(from=0.5x, to=0), by=1), min=0.01x)",
    ] {
        assert_eq!(found(inside), [("jump", inside.to_owned())], "{inside}");
    }
    // A restart is meant.
    assert_eq!(found("repeat(cosine(to=0.1x, over=250), times=4)"), []);
    let above = "repeat(cosine(from=0.3, to=0.01, over=250), times=4)";
    assert_eq!(found(above), [("absolute-above-base", above.to_owned())]);
    assert_eq!(found("linear(from=0.01x, over=500) -> scale(cosine(from=10, to=0), by=0.01)"), []);
}
