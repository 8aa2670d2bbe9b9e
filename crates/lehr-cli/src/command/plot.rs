//! `lehr plot`: a picture or its data as a file.

use lehr::Trace;
use lehr_plot::Terminal;
use serde_json::{Value, json};

use super::summary::{picture, run_json, traces};
use crate::args::PlotArgs;
use crate::exit::Exit;
use crate::input;
use crate::output::{number, write_to};
use crate::session::{Failure, Session};

/// Samples of a field at most.
const MOST_SAMPLES: usize = 1_000_000;

pub(crate) fn run(session: &mut Session<'_>, args: &PlotArgs) -> Result<Exit, Failure> {
    let ending = args.output.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    // Before any work: what cannot be drawn is not begun.
    let Some(draw) = ending.as_deref().and_then(drawing) else {
        let found = args.output.display();
        return Err(format!("{found}: a picture is {KINDS}, by the ending of its file").into());
    };
    let resolved = input::resolve(session, &args.spec, &args.how)?;
    let traces = traces(&resolved, args.samples.clamp(2, MOST_SAMPLES));
    let text = draw(session, &traces);
    write_to(session, Some(&args.output), |out| Ok(out.write_all(text.as_bytes())?))?;
    if session.json {
        let labels: Vec<&str> = traces.iter().map(Trace::label).collect();
        let value = json!({ "written": args.output.display().to_string(), "run": run_json(&resolved), "fields": labels });
        session.print_json(&value)?;
    }
    Ok(Exit::Clean)
}

type Drawing = fn(&Session<'_>, &[Trace]) -> String;

/// What `plot` can write.
const KINDS: &str = "txt, csv or json";

/// The one place that knows kinds of pictures: svg, png and html are added here.
fn drawing(ending: &str) -> Option<Drawing> {
    match ending {
        "txt" => Some(text),
        "csv" => Some(csv),
        "json" => Some(samples),
        _ => None,
    }
}

/// Without colour: a file has none.
fn text(session: &Session<'_>, traces: &[Trace]) -> String {
    let height = u16::try_from(traces.len().saturating_mul(12).clamp(16, 1000)).unwrap_or(16);
    if session.color {
        Terminal { width: session.width, height, ascii: session.ascii, color: false }.draw(traces)
    } else {
        picture(session, traces)
    }
}

/// One row for each sample: fields are sampled at updates of their own.
fn csv(_: &Session<'_>, traces: &[Trace]) -> String {
    let mut text = "field,update,value\n".to_owned();
    for trace in traces {
        let label = trace.label();
        let label = if label.contains([',', '"']) {
            format!("\"{}\"", label.replace('"', "\"\""))
        } else {
            label.to_owned()
        };
        for (n, value) in trace.points() {
            text.extend([&*label, ",", &n.to_string(), ",", &number(*value), "\n"]);
        }
    }
    text
}

fn samples(_: &Session<'_>, traces: &[Trace]) -> String {
    let fields: Vec<Value> = traces
        .iter()
        .map(|trace| {
            let (updates, values): (Vec<u64>, Vec<f64>) = trace.points().iter().copied().unzip();
            let phases: Vec<Value> = trace
                .boundaries()
                .iter()
                .map(|(start, shape)| json!({ "start": start, "shape": shape }))
                .collect();
            json!({ "field": trace.label(), "phases": phases, "updates": updates, "values": values })
        })
        .collect();
    format!("{:#}\n", json!({ "fields": fields }))
}
