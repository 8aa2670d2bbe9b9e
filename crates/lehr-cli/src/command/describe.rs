//! `lehr describe`: formula, picture and other names of a shape; the arguments of a replica; the page of a lint.

use lehr::compat::Replica;
use lehr::{Curve, Horizon, Spec, Trace};
use lehr_plot::Figure;
use lehr_spec::{COMBINATORS, Described, LINTS, REPLICAS, SHAPES, describe};
use serde_json::json;

use crate::args::DescribeArgs;
use crate::exit::Exit;
use crate::session::{Failure, Session};

/// Updates of the picture.
const UPDATES: u64 = 1000;

pub(crate) fn run(session: &mut Session<'_>, args: &DescribeArgs) -> Result<Exit, Failure> {
    let name = args.name.as_str();
    if let Some(entry) = describe(name) {
        shape(session, entry)?;
    } else if let Some(lint) = LINTS.iter().find(|lint| lint.code == name) {
        if session.json {
            session.print_json(&json!({ "code": lint.code, "summary": lint.summary, "page": lint.page }))?;
        } else {
            write!(session.out, "{}", lint.page)?;
        }
    } else if let Some(original) = Replica::named(name) {
        replica(session, &original)?;
    } else {
        let known = SHAPES.iter().chain(COMBINATORS).map(|entry| entry.name);
        let known: Vec<&str> =
            known.chain(Replica::NAMES.iter().copied()).chain(LINTS.iter().map(|lint| lint.code)).collect();
        let near = lehr_spec::nearest(name, &known);
        let near = near.map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
        return Err(format!("there is nothing called `{name}`{near} `lehr list` names everything").into());
    }
    Ok(Exit::Clean)
}

/// The arguments with their defaults, as plan text has them.
fn arguments(entry: &Described) -> Vec<String> {
    if let Some(curve) = Curve::named(entry.name) {
        let own = curve.parameters().into_iter().map(|(name, value)| format!("{name}={value}"));
        return own.chain(["from", "to", "over", "inclusive"].map(ToOwned::to_owned)).collect();
    }
    let own = Spec::combinators().iter().find(|(name, _)| *name == entry.name);
    let own = own.map(|(_, arguments)| *arguments).unwrap_or_default();
    own.iter().copied().chain(["over"]).map(ToOwned::to_owned).collect()
}

fn shape(session: &mut Session<'_>, entry: &Described) -> Result<(), Failure> {
    if session.json {
        return session.print_json(&json!({
            "name": entry.name,
            "summary": entry.summary,
            "formula": entry.formula,
            "arguments": arguments(entry),
            "example": entry.example,
            "peers": entry.peers,
        }));
    }
    writeln!(session.out, "{}: {}\n", entry.name, entry.summary)?;
    writeln!(session.out, "  formula    {}", entry.formula)?;
    writeln!(session.out, "  arguments  {}", arguments(entry).join(", "))?;
    writeln!(session.out, "  elsewhere  {}", entry.peers)?;
    writeln!(session.out, "  example    {}\n", entry.example)?;
    draw(session, entry.name, entry.example)
}

fn replica(session: &mut Session<'_>, original: &Replica) -> Result<(), Failure> {
    let arguments = original.arguments();
    let example = REPLICAS.iter().find(|(name, _)| *name == original.name()).map(|(_, example)| *example);
    let example = example.unwrap_or_default();
    if session.json {
        let arguments: serde_json::Map<_, _> =
            arguments.iter().map(|(name, value)| ((*name).to_owned(), json!(value.to_string()))).collect();
        return session
            .print_json(&json!({ "name": original.name(), "arguments": arguments, "example": example }));
    }
    writeln!(
        session.out,
        "{}: the original's values, quirks included. Its arguments and their defaults:\n",
        original.name()
    )?;
    for (name, value) in arguments {
        writeln!(session.out, "  {name} = {value}")?;
    }
    writeln!(session.out, "\n  example    {example}\n")?;
    draw(session, original.name(), example)
}

/// The picture of an example, over a run of 1,000 updates and with a base of 1.
fn draw(session: &mut Session<'_>, name: &str, example: &str) -> Result<(), Failure> {
    let horizon = Horizon::updates(UPDATES).map_err(|error| error.to_string())?;
    let plan = example.parse::<Spec>().and_then(|spec| spec.resolve(&horizon));
    let plan = plan.map_err(|error| error.to_string())?;
    let trace = Trace::sample(name, &plan, 1.0, 2 * usize::from(session.width));
    let picture = session.picture(&Figure::default().trace(trace));
    Ok(write!(session.out, "{picture}")?)
}
