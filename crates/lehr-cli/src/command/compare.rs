//! `lehr compare`: several specs over the same updates.

use lehr::Trace;
use lehr_plot::Figure;
use lehr_spec::{Entry, Resolved};
use serde_json::{Value, json};

use super::summary::{SAMPLES, facts_json, peak, shortened};
use crate::args::CompareArgs;
use crate::drawing::{Drawing, logarithmic};
use crate::exit::Exit;
use crate::input;
use crate::output::{count, short, table};
use crate::session::{Failure, Session};

pub(crate) fn run(session: &mut Session<'_>, args: &CompareArgs) -> Result<Exit, Failure> {
    let drawing = args.output.as_deref().map(|path| Drawing::of(path, &args.picture)).transpose()?;
    let specs = input::resolve_all(session, &args.specs, &args.how)?;
    if let Some(drawing) = drawing {
        drawing.write_specs(session, &specs)?;
    }
    let mut labels: Vec<String> = Vec::new();
    for entry in specs.iter().flat_map(|(_, resolved)| &resolved.entries) {
        if !labels.contains(&entry.label()) {
            labels.push(entry.label());
        }
    }
    let mut fields = Vec::new();
    for label in labels {
        let rows: Vec<Row<'_>> =
            specs.iter().filter_map(|(name, resolved)| Row::of(name, resolved, &label)).collect();
        if session.json {
            let list: Vec<Value> = rows.iter().map(|row| row.json(&rows[0])).collect();
            fields.push(json!({ "field": label, "specs": list }));
        } else {
            print(session, &label, &rows, args)?;
        }
    }
    if session.json {
        session.print_json(&json!({ "fields": fields }))?;
    }
    Ok(Exit::Clean)
}

struct Row<'a> {
    name: &'a str,
    entry: &'a Entry,
    trace: Trace,
}

impl<'a> Row<'a> {
    fn of(name: &'a str, resolved: &'a Resolved, label: &str) -> Option<Self> {
        let entry = resolved.entries.iter().find(|entry| entry.label() == label)?;
        let trace = Trace::sample(label, &entry.plan, entry.base_or_one(), SAMPLES);
        Some(Self { name, entry, trace })
    }

    fn value(&self, n: u64) -> f64 {
        self.entry.plan.value_at(n, self.entry.base_or_one())
    }

    /// The update at which the two differ most, and by how much.
    fn difference(&self, first: &Self) -> (u64, f64) {
        let apart = |n: u64| (self.value(n) - first.value(n)).abs();
        let mut updates: Vec<u64> =
            self.trace.points().iter().chain(first.trace.points()).map(|(n, _)| *n).collect();
        updates.sort_unstable();
        updates.dedup();
        let best = (0..updates.len())
            .fold(0, |best, index| if apart(updates[index]) > apart(updates[best]) { index } else { best });
        // Between the samples on both sides the largest difference is closed in on.
        let (mut low, mut high) = (
            updates.get(best.saturating_sub(1)).copied().unwrap_or(0),
            updates.get(best + 1).or(updates.last()).copied().unwrap_or(0),
        );
        while high - low > 2 {
            let third = (high - low) / 3;
            let (a, b) = (low + third.max(1), high - third.max(1));
            if apart(a) < apart(b) { low = a } else { high = b }
        }
        let candidates = (low..=high).chain(updates.get(best).copied());
        let at = candidates.fold(0, |at, n| if apart(n) > apart(at) { n } else { at });
        (at, self.value(at) - first.value(at))
    }

    fn json(&self, first: &Self) -> Value {
        let mut value = facts_json(self.entry, &self.trace);
        let (at, difference) = self.difference(first);
        if let Some(object) = value.as_object_mut() {
            object.insert("name".to_owned(), json!(self.name));
            object.insert("largest_difference".to_owned(), json!({ "update": at, "value": difference }));
        }
        value
    }
}

fn print(
    session: &mut Session<'_>,
    label: &str,
    rows: &[Row<'_>],
    args: &CompareArgs,
) -> Result<(), Failure> {
    let named = |figure: Figure, row: &Row<'_>| figure.named(shortened(row.name), row.trace.clone());
    let figure = rows.iter().fold(Figure::default(), named);
    writeln!(session.out, "{}", session.picture(&logarithmic(figure, args.picture.log)))?;
    let header =
        [label, "updates", "first used", "peak", "at", "last used", "area", "largest difference", "at"];
    let table_rows: Vec<Vec<String>> = rows
        .iter()
        .enumerate()
        .map(|(index, row)| {
            let (peak_at, peak) = peak(&row.trace);
            let (at, difference) = row.difference(&rows[0]);
            let differs = index > 0 && difference != 0.0;
            vec![
                shortened(row.name),
                row.entry.plan.end().map_or_else(|| "open".to_owned(), count),
                short(row.trace.first_used()),
                short(peak),
                count(peak_at),
                short(row.trace.last_used()),
                short(row.trace.area()),
                if differs {
                    short(difference)
                } else if index > 0 {
                    "none".to_owned()
                } else {
                    String::new()
                },
                if differs { count(at) } else { String::new() },
            ]
        })
        .collect();
    Ok(write!(session.out, "{}", table(&header, &table_rows))?)
}
