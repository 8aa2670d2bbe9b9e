//! `lehr list`: the names of everything.

use lehr::compat::Replica;
use lehr_spec::{COMBINATORS, LINTS, SHAPES};
use serde_json::json;

use crate::exit::Exit;
use crate::session::{Failure, Session};

pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Failure> {
    if session.json {
        let entries = |list: &[lehr_spec::Described]| -> Vec<_> {
            list.iter().map(|entry| json!({ "name": entry.name, "summary": entry.summary })).collect()
        };
        let lints: Vec<_> =
            LINTS.iter().map(|lint| json!({ "code": lint.code, "summary": lint.summary })).collect();
        session.print_json(&json!({
            "shapes": entries(SHAPES),
            "combinators": entries(COMBINATORS),
            "replicas": Replica::NAMES,
            "lints": lints,
        }))?;
        return Ok(Exit::Clean);
    }
    for (title, list) in [("Shapes", SHAPES), ("Combinators", COMBINATORS)] {
        writeln!(session.out, "{title}")?;
        for entry in list {
            writeln!(session.out, "  {:<14}{}", entry.name, entry.summary)?;
        }
        writeln!(session.out)?;
    }
    writeln!(session.out, "Replicas of other libraries' schedules, quirks included")?;
    for name in Replica::NAMES {
        writeln!(session.out, "  {name}")?;
    }
    writeln!(session.out, "\nLints")?;
    for lint in LINTS {
        writeln!(session.out, "  {:<26}{}", lint.code, lint.summary)?;
    }
    writeln!(session.out, "\nMore of each: lehr describe NAME")?;
    Ok(Exit::Clean)
}
