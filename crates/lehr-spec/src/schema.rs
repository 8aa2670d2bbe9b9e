//! The JSON Schema of spec files, from the types that files are read into.

use std::borrow::Cow;

use lehr::compat::Replica;
use lehr::{Curve, Parameter, Spec};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::plan_text::{MAX_PHASES, PlanText};
use crate::spec_file::{At, SpecFile};

/// The JSON Schema of a spec file.
///
/// ```
/// let schema = lehr_spec::schema();
/// assert_eq!(schema["title"], "lehr spec");
/// ```
pub fn schema() -> Value {
    let mut value = schemars::schema_for!(SpecFile).to_value();
    if let Some(object) = value.as_object_mut() {
        let description = "Schedules of a run. An editor that knows this file completes and checks specs in TOML, YAML and JSON.";
        object.insert("description".to_owned(), json!(description));
    }
    value
}

/// The only version there is.
pub(crate) struct VersionSchema;

impl JsonSchema for VersionSchema {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": [1, "1"] })
    }
}

/// A number, or its text: some YAML readers take 3e-4 for text.
macro_rules! at {
    ($type:ty, $name:literal, $schema:tt) => {
        impl JsonSchema for At<$type> {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

at!(u64, "Count", {
    "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string", "pattern": "^ *[0-9][0-9_]* *$" }]
});
at!(f64, "Number", { "anyOf": [{ "type": "number" }, { "type": "string", "pattern": NUMBER }] });
at!(String, "Text", { "type": "string" });

const NUMBER: &str = "^ *[-+]?[0-9_]*\\.?[0-9_]*([eE][-+]?[0-9]+)? *$";
const LEVEL: &str = "^ *[-+]?[0-9_]*\\.?[0-9_]*([eE][-+]?[0-9]+)?(x|x\\+[-+0-9.eE_]+)? *$";
const SPAN: &str = "^ *([0-9_]*\\.?[0-9_]*([eE][-+]?[0-9]+)?(ep|%)?|rest) *$";

impl JsonSchema for PlanText {
    fn schema_name() -> Cow<'static, str> {
        "Plan".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let phase = generator.subschema_for::<PhaseSchema>();
        json_schema!({
            "description": "The one-line text, such as \"linear(from=0.01x, over=5%) -> cosine(to=0.1x)\", a phase, or a list of phases.",
            "anyOf": [
                { "type": "string", "minLength": 1 },
                { "type": "array", "minItems": 1, "maxItems": MAX_PHASES, "items": phase.clone() },
                phase
            ]
        })
    }
}

/// A phase or a combinator: one alternative for each name.
struct PhaseSchema;

impl JsonSchema for PhaseSchema {
    fn schema_name() -> Cow<'static, str> {
        "Phase".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let plan = generator.subschema_for::<PlanText>();
        let shapes = Curve::NAMES.iter().filter_map(|name| Curve::named(name)).map(|curve| shape(&curve));
        let combinators =
            Spec::combinators().iter().map(|(name, arguments)| combinator(name, arguments, &plan));
        let replicas = json!({
            "type": "object",
            "description": "Another library's schedule, quirks included.",
            "properties": { "shape": { "enum": Replica::NAMES } },
            "required": ["shape"]
        });
        let all: Vec<Value> = shapes.chain(combinators).chain(std::iter::once(replicas)).collect();
        json_schema!({ "oneOf": all })
    }
}

fn level() -> Value {
    json!({ "description": "A value (1e-6), or a multiple of the group's base (\"0.1x\").",
            "anyOf": [{ "type": "number" }, { "type": "string", "pattern": LEVEL }] })
}

fn span() -> Value {
    json!({ "description": "A length: updates (500), epochs (\"3ep\"), a share of the run (\"5%\"), or \"rest\".",
            "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string", "pattern": SPAN }] })
}

fn number() -> Value {
    json!({ "anyOf": [{ "type": "number" }, { "type": "string", "pattern": NUMBER }] })
}

fn flag() -> Value {
    json!({ "anyOf": [{ "type": "boolean" }, { "enum": ["true", "false"] }] })
}

fn shape(curve: &Curve) -> Value {
    let mut properties = Map::new();
    properties.insert("shape".to_owned(), json!({ "const": curve.name() }));
    for (name, parameter) in curve.parameters() {
        let value = match parameter {
            Parameter::Number(_) => number(),
            Parameter::Span(_) => span(),
        };
        properties.insert(name.to_owned(), value);
    }
    properties.insert("from".to_owned(), level());
    properties.insert("to".to_owned(), level());
    properties.insert("over".to_owned(), span());
    properties.insert("inclusive".to_owned(), flag());
    json!({ "type": "object", "properties": properties, "required": ["shape"], "additionalProperties": false })
}

fn combinator(name: &str, arguments: &[&str], plan: &Schema) -> Value {
    let mut properties = Map::new();
    properties.insert("combine".to_owned(), json!({ "const": name }));
    properties.insert("plan".to_owned(), plan.clone().to_value());
    properties.insert("plans".to_owned(), json!({ "type": "array", "items": plan }));
    for argument in arguments {
        let value = match (name, *argument) {
            (_, "min" | "max" | "anchor") => level(),
            ("shift", _) => json!({ "type": ["integer", "string"] }),
            ("stretch", _) => json!({ "type": ["number", "string"] }),
            _ => number(),
        };
        properties.insert((*argument).to_owned(), value);
    }
    properties.insert("over".to_owned(), span());
    json!({ "type": "object", "properties": properties, "required": ["combine"], "additionalProperties": false })
}
