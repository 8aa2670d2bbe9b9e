//! The tree form of a spec, for TOML, YAML, JSON and a Python dict:
//! `[{ shape = "linear", from = "0.01x", over = "5%" }, { combine = "clamp", plan = [...], min = 1e-6 }]`.
//!
//! A phase is a map with `shape`, a combinator one with `combine` and its plans under `plan` or `plans`; the other keys
//! are the arguments of the one-line text. A whole spec is a list of such maps, or the one-line text as a string.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::call::{Argument, Call};
use crate::combine::Combinator;
use crate::horizon::Horizon;
use crate::number::Number;
use crate::plan::Plan;
use crate::spec::Spec;
use crate::text::MAX_DEPTH;

impl Serialize for Spec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.to_calls().iter().map(Node))
    }
}

impl<'de> Deserialize<'de> for Spec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Text(text) => text.parse().map_err(D::Error::custom),
            value => {
                let calls = value.plan().map_err(D::Error::custom)?;
                Self::from_calls(&calls).map_err(|fault| D::Error::custom(fault.message))
            }
        }
    }
}

/// A resolved plan is written as the spec that says everything, and read by resolving that.
impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.to_calls().iter().map(Node))
    }
}

impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spec::deserialize(deserializer)?.resolve(&Horizon::open()).map_err(D::Error::custom)
    }
}

/// A call as a map.
struct Node<'a>(&'a Call);

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let call = self.0;
        let mut map = serializer.serialize_map(None)?;
        let kind = if Combinator::<Spec>::NAMES.contains(&call.name.as_str()) { "combine" } else { "shape" };
        map.serialize_entry(kind, &call.name)?;
        match call.plans.as_slice() {
            [] => {}
            [plan] => map.serialize_entry("plan", &Nodes(plan))?,
            plans => {
                map.serialize_entry("plans", &plans.iter().map(|plan| Nodes(plan)).collect::<Vec<_>>())?;
            }
        }
        for Argument { name, value, .. } in &call.arguments {
            match (value.parse::<u64>(), value.parse::<f64>(), value.as_str()) {
                (Ok(count), ..) => map.serialize_entry(name, &count)?,
                (_, Ok(number), _) if number.is_finite() => map.serialize_entry(name, &number)?,
                (.., "true") => map.serialize_entry(name, &true)?,
                (.., "false") => map.serialize_entry(name, &false)?,
                (.., text) => map.serialize_entry(name, text)?,
            }
        }
        map.end()
    }
}

struct Nodes<'a>(&'a [Call]);

impl Serialize for Nodes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Node))
    }
}

/// What can stand in the tree.
enum Value {
    Text(String),
    Phase(Call),
    List(Vec<Value>),
}

impl Value {
    /// The phases of one plan: a list of them, a single one, or a text.
    fn plan(self) -> Result<Vec<Call>, String> {
        match self {
            Self::Phase(call) => Ok(vec![call]),
            Self::Text(text) => {
                text.parse().map(|spec: Spec| spec.to_calls()).map_err(|error| error.to_string())
            }
            Self::List(values) => {
                let phase = |value| match value {
                    Self::Phase(call) => Ok(call),
                    _ => {
                        Err("a plan is a list of phases, each a map with a `shape` or a `combine`".to_owned())
                    }
                };
                values.into_iter().map(phase).collect()
            }
        }
    }

    /// Several plans: a list of lists.
    fn plans(self) -> Result<Vec<Vec<Call>>, String> {
        match self {
            Self::List(values) => values.into_iter().map(Self::plan).collect(),
            _ => Err("`plans` is a list of plans; a single one stands under `plan`".to_owned()),
        }
    }

    /// The value of an argument: a scalar, or a list of them.
    fn argument(self, name: &str) -> Result<String, String> {
        match self {
            Self::Text(text) => Ok(text),
            Self::List(values) => {
                let values =
                    values.into_iter().map(|value| value.argument(name)).collect::<Result<Vec<_>, _>>()?;
                Ok(format!("[{}]", values.join(", ")))
            }
            Self::Phase(_) => Err(format!("`{name}` is a value, here is a phase")),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a text, a phase, or a list of phases")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Text(Number(value).to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element()? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut call = Call::default();
        while let Some(key) = map.next_key::<String>()? {
            let value: Value = map.next_value()?;
            match key.as_str() {
                "shape" | "combine" if call.name.is_empty() => {
                    call.name = value.argument(&key).map_err(A::Error::custom)?;
                }
                "shape" | "combine" => {
                    return Err(A::Error::custom("a phase has one `shape` or one `combine`, here are two"));
                }
                "plan" => call.plans.push(value.plan().map_err(A::Error::custom)?),
                "plans" => call.plans.extend(value.plans().map_err(A::Error::custom)?),
                _ => {
                    let value = value.argument(&key).map_err(A::Error::custom)?;
                    call.arguments.push(Argument { name: key, position: 0, value, value_position: 0 });
                }
            }
        }
        if call.name.is_empty() {
            let message =
                "a phase needs its `shape`, such as shape = \"linear\", or a combinator its `combine`";
            return Err(A::Error::custom(message));
        }
        if depth(&call) > MAX_DEPTH {
            return Err(A::Error::custom(format!("plans may be nested {MAX_DEPTH} deep, not deeper")));
        }
        Ok(Value::Phase(call))
    }
}

fn depth(call: &Call) -> usize {
    1 + call.plans.iter().flatten().map(depth).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_and_the_text_are_the_same() {
        let tree = r#"[
            { "shape": "linear", "from": "0.01x", "over": "5%" },
            { "combine": "clamp", "min": 1e-6, "plan": [{ "shape": "cosine", "to": 0, "k": 1.5 }] },
            { "combine": "product", "over": 500, "plans": [[{ "shape": "hold" }], { "shape": "hold" }, "hold"] }
        ]"#;
        let text = "linear(from=0.01x, over=5%) -> clamp(cosine(k=1.5, to=0), min=1e-6) -> product(hold, hold, hold, over=500)";
        let spec: Spec = serde_json::from_str(tree).unwrap();
        assert_eq!(spec, text.parse().unwrap());
        assert_eq!(serde_json::from_value::<Spec>(serde_json::json!(text)).unwrap(), spec);
        let again: Spec = serde_json::from_str(&serde_json::to_string(&spec).unwrap()).unwrap();
        assert_eq!(again, spec);
    }

    #[test]
    fn numbers_may_be_texts() {
        let spec: Spec =
            serde_json::from_str(r#"[{ "shape": "cosine", "to": "3e-4", "over": "100" }]"#).unwrap();
        assert_eq!(spec.to_string(), "cosine(to=0.0003, over=100)");
    }

    #[test]
    fn wrong_trees_are_refused() {
        let cases = [
            ("[]", "a plan has at least one phase"),
            ("3", "there is no shape `3`"),
            ("null", "invalid type: null, expected a number, a text"),
            (r#"[{ "form": "linear" }]"#, "a phase needs its `shape`"),
            (r#"[{ "shape": "linaer" }]"#, "did you mean `linear`?"),
            (r#"[{ "shape": "linear", "combine": "sum" }]"#, "here are two"),
            (r#"[{ "shape": "linear", "form": 0 }]"#, "there is no argument `form`, did you mean `from`?"),
            (r#"[{ "shape": "linear", "to": [1, 2] }]"#, "a level is a finite number"),
            (r#"[{ "shape": "linear", "to": { "shape": "hold" } }]"#, "`to` is a value, here is a phase"),
            (r#"[{ "combine": "sum", "plans": 5 }]"#, "`plans` is a list of plans"),
            (r#"[{ "combine": "clamp", "plan": "hol" }]"#, "did you mean `hold`?"),
            (r#"[[{ "shape": "linear" }]]"#, "a plan is a list of phases"),
        ];
        for (tree, expected) in cases {
            let spec = serde_json::from_str::<Spec>(tree).and_then(|spec| {
                spec.resolve(&Horizon::open()).map(|_| ()).map_err(serde::de::Error::custom)
            });
            let error = spec.unwrap_err().to_string();
            assert!(error.contains(expected), "{tree}: {error}");
        }
        let deep = format!("{}\"hold\"{}", r#"{ "combine": "cut", "plan": "#.repeat(100), "}".repeat(100));
        assert!(serde_json::from_str::<Spec>(&deep).is_err());
    }
}
