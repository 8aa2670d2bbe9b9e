//! The JSON Schema agrees with what is read: on the starters, the fixtures, the pages of the lints, and on mistakes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::fs;
use std::path::Path;

use lehr_spec::{Format, LINTS, Overrides, Source, SpecFile};
use serde_json::{Value, json};

fn value(text: &str, format: Format) -> Value {
    match format {
        Format::Toml => toml::from_str(text).unwrap(),
        Format::Yaml => serde_saphyr::from_str(text).unwrap(),
        _ => serde_json::from_str(text).unwrap(),
    }
}

fn reads(text: &str, format: Format) -> bool {
    let source = Source::new("spec", text).unwrap();
    SpecFile::read(&source, format).and_then(|file| file.resolve(&Overrides::default())).is_ok()
}

#[test]
fn every_example_is_valid_and_is_read() {
    let validator = jsonschema::validator_for(&lehr_spec::schema()).unwrap();
    let mut examples: Vec<(String, Format, String)> = Vec::new();
    for folder in ["../../fixtures/specs", "../lehr-cli/starter"] {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let Some(format) = Format::of_path(&path) else { continue };
            examples.push((path.display().to_string(), format, fs::read_to_string(&path).unwrap()));
        }
    }
    for lint in LINTS {
        for block in lint.page.split("```toml\n").skip(1) {
            let text = block.split("```").next().unwrap().to_owned();
            examples.push((lint.code.to_owned(), Format::Toml, text));
        }
    }
    assert!(examples.len() > 30);
    for (name, format, text) in examples {
        let errors: Vec<String> =
            validator.iter_errors(&value(&text, format)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        assert!(reads(&text, format), "{name}");
    }
}

#[test]
fn mistakes_are_invalid_and_refused() {
    let validator = jsonschema::validator_for(&lehr_spec::schema()).unwrap();
    let with = |key: &str, value: Value| {
        let mut spec = json!({ "version": 1, "horizon": { "updates": 1000 }, "lr": "hold" });
        spec[key] = value;
        spec
    };
    assert!(validator.is_valid(&with("lr", json!("hold"))));
    for wrong in [
        json!({ "lr": "hold" }),
        with("version", json!(2)),
        with("horizon", json!({ "update": 1000 })),
        with("horizon", json!({ "updates": -1 })),
        with("horizon", json!(1000)),
        with("allow", json!({})),
        with("lr", json!(0.1)),
        with("lr", json!([])),
        with("lr", json!({ "phases": [] })),
        with("lr", json!({ "phases": "hold", "bse": 1 })),
        with("lr", json!({ "phases": [{ "shape": "cosin" }] })),
        with("lr", json!({ "phases": [{ "shape": "cosine", "ot": 1 }] })),
        with("lr", json!({ "phases": [{ "shape": "cosine", "to": "low" }] })),
        with("lr", json!({ "phases": [{ "shape": "cosine", "over": "5 parsecs" }] })),
        with("lr", json!({ "phases": [{ "combine": "clamp", "plan": [{ "shape": "hold" }], "floor": 0 }] })),
        with("lr", json!({ "phases": "hold", "plateau": { "patience": "long" } })),
    ] {
        assert!(!validator.is_valid(&wrong), "{wrong}");
        assert!(!reads(&wrong.to_string(), Format::Json), "{wrong}");
    }
}

#[test]
fn the_schema_knows_the_keys_that_are_read() {
    let schema = lehr_spec::schema();
    let keys = |pointer: &str| -> Vec<String> {
        schema.pointer(pointer).unwrap().as_object().unwrap().keys().cloned().collect()
    };
    let mut horizon = keys("/$defs/HorizonTable/properties");
    horizon.sort();
    assert_eq!(
        horizon,
        ["accumulate", "batches", "batches_per_epoch", "epochs", "processes", "updates", "updates_per_epoch"]
    );
    let text = "version = 1\n[horizon]\nnothing = 1\n[lr]\nphases = \"hold\"\nnothing = 1\nplateau = { nothing = 1 }\n";
    let source = Source::new("spec", text).unwrap();
    let said = SpecFile::read(&source, Format::Toml).unwrap_err().to_string();
    for table in ["HorizonTable", "FieldTable", "PlateauTable"] {
        for key in keys(&format!("/$defs/{table}/properties")) {
            assert!(said.contains(&key), "{key}: {said}");
        }
    }
}
