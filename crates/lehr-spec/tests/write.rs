//! Files written and patched read back as what was wanted.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use lehr_spec::{Format, Overrides, Source, SpecFile};

const FORMATS: [Format; 3] = [Format::Toml, Format::Yaml, Format::Json];

const TOML: &str = r#"# The run of Tuesday.
version = 1
allow = ["jump"]

[horizon] # thirty epochs
epochs = 30
updates_per_epoch = 334

[lr]
base = 3e-4 # tried 1e-3: too high
phases = [
  { shape = "linear", from = "0.01x", over = "5%" }, # warm-up
  { shape = "hold", over = "75%" },
  { combine = "clamp", plan = [{ shape = "cosine", to = 0 }], min = 1e-6, over = "rest" },
]

[[weight_decay]]
groups = ["weights", 2]
phases = "cosine(from=0.04, to=0.4)"

["betas[0]"]
phases = "hold(from=0.9)"
plateau = { patience = 3, factor = 0.5, every = "1ep" }
"#;

const YAML: &str = "\
version: 1
horizon:
  updates: 10_000 # all of it
lr:
  base: 3e-4
  phases:
    - { shape: linear, from: 0.01x, over: 5% } # warm-up
    - shape: hold
      over: 75%
    - { shape: cosine, to: 0.1x, over: rest }
weight_decay: linear(to=0.1x) # a line
";

fn read(format: Format, text: &str) -> SpecFile {
    SpecFile::read(&Source::new("spec", text).unwrap(), format).unwrap()
}

#[test]
fn what_is_written_in_any_format_reads_back() {
    for (format, text) in [(Format::Toml, TOML), (Format::Yaml, YAML)] {
        let spec = read(format, text);
        for to in FORMATS {
            let written = spec.write(to);
            let back = read(to, &written);
            assert_eq!(back.tree(), spec.tree(), "{written}");
            assert_eq!(back.write(to), written);
            let resolved =
                (back.resolve(&Overrides::default()).unwrap(), spec.resolve(&Overrides::default()).unwrap());
            for (a, b) in resolved.0.entries.iter().zip(&resolved.1.entries) {
                assert_eq!((&a.plan, a.label()), (&b.plan, b.label()));
            }
        }
    }
}

#[test]
fn words_that_yaml_reads_as_something_else_are_quoted() {
    let spec = read(
        Format::Json,
        r#"{"version": 1, "lr": {"groups": ["no", "1e3", "a b", "1_0"], "phases": "hold"}}"#,
    );
    assert_eq!(read(Format::Yaml, &spec.write(Format::Yaml)).tree(), spec.tree());
    assert!(spec.write(Format::Yaml).contains(r#"groups: ["no", "1e3", "a b", "1_0"]"#));
}

/// The text after a change was made to the tree, and what of it is new.
fn patched(format: Format, text: &str, change: impl FnOnce(&mut serde_json::Value)) -> Option<String> {
    let spec = read(format, text);
    let mut tree = spec.tree();
    change(&mut tree);
    let wanted = read(Format::Json, &tree.to_string());
    let patched = spec.patched(format, &wanted);
    if let Some(patched) = &patched {
        assert_eq!(read(format, patched).tree(), wanted.tree(), "{patched}");
    }
    patched
}

#[test]
fn a_patch_changes_only_what_differs() {
    let changed = patched(Format::Toml, TOML, |tree| {
        tree["lr"]["phases"][0]["over"] = "10%".into();
        tree["lr"]["base"] = 1e-3.into();
        tree["horizon"]["epochs"] = 40.into();
        tree["weight_decay"][0]["phases"][0]["to"] = 0.3.into();
    });
    let expected = TOML
        .replace(r#"over = "5%""#, r#"over = "10%""#)
        .replace("base = 3e-4", "base = 0.001")
        .replace("epochs = 30", "epochs = 40")
        .replace("to=0.4", "to=0.3");
    assert_eq!(changed.unwrap(), expected);

    let changed = patched(Format::Yaml, YAML, |tree| {
        tree["lr"]["phases"][0]["from"] = "0.02x".into();
        tree["lr"]["phases"][1]["over"] = "70%".into();
        tree["horizon"]["updates"] = 5000.into();
        tree["weight_decay"]["phases"][0]["to"] = 0.into();
    });
    let expected = YAML
        .replace("0.01x", "0.02x")
        .replace("shape: hold\n      over: 75%", "{ shape: hold, over: 70% }")
        .replace("10_000", "5000")
        .replace("to=0.1x", "to=0");
    assert_eq!(changed.unwrap(), expected);
}

#[test]
fn phases_that_come_or_go_are_patched_where_the_form_allows_it() {
    let changed = patched(Format::Toml, TOML, |tree| {
        tree["lr"]["phases"].as_array_mut().unwrap().remove(1);
    });
    let changed = changed.unwrap();
    assert!(changed.starts_with("# The run of Tuesday.") && changed.contains("# tried 1e-3"), "{changed}");
    // A list in block form has no place for one in a line: the file is to be written anew.
    let gone = patched(Format::Yaml, YAML, |tree| {
        tree["lr"]["phases"].as_array_mut().unwrap().remove(1);
    });
    assert_eq!(gone, None);
    let added = patched(Format::Toml, TOML, |tree| tree["eps"] = serde_json::json!({ "phases": "hold" }));
    assert_eq!(added, None);
}
