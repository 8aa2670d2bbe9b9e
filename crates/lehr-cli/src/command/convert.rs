//! `lehr convert`: from another library's arguments to a spec.

use lehr_spec::{ConvertOptions, convert};
use serde_json::{Value, json};

use crate::args::{ConvertArgs, Library};
use crate::exit::Exit;
use crate::input;
use crate::output::write_to;
use crate::session::{Failure, Session};

impl From<Library> for lehr_spec::Library {
    fn from(library: Library) -> Self {
        match library {
            Library::Transformers => Self::Transformers,
            Library::Torch => Self::Torch,
            Library::Timm => Self::Timm,
            Library::Deepspeed => Self::DeepSpeed,
            Library::Mmengine => Self::Mmengine,
        }
    }
}

pub(crate) fn run(session: &mut Session<'_>, args: &ConvertArgs) -> Result<Exit, Failure> {
    let source = input::read_source(session, &args.arguments)?;
    let format = input::format_of(&source, &args.arguments, args.input);
    let options = ConvertOptions {
        updates: args.updates,
        updates_per_epoch: args.updates_per_epoch,
        replica: args.replica,
    };
    let converted = convert(&source, format, args.path.as_deref(), args.from.into(), options)?;
    if session.json && args.to.output.is_none() {
        let mut value = serde_json::Map::new();
        value.insert("version".to_owned(), json!(1));
        if let Some(updates) = converted.updates {
            value.insert("horizon".to_owned(), json!({ "updates": updates }));
        }
        for (field, base, spec) in &converted.fields {
            let mut table = serde_json::Map::new();
            if let Some(base) = base {
                table.insert("base".to_owned(), json!(base));
            }
            table.insert("phases".to_owned(), json!(spec.to_string()));
            value.insert(field.clone(), Value::Object(table));
        }
        session.print_json(&json!({ "spec": value, "notes": converted.notes }))?;
        return Ok(Exit::Clean);
    }
    let text = converted.to_toml();
    write_to(session, args.to.output.as_deref(), |out| Ok(out.write_all(text.as_bytes())?))?;
    Ok(Exit::Clean)
}
