//! `lehr values`: exact values at updates.

use std::io::Write;

use lehr::Trace;
use lehr_spec::{Entry, Resolved};

use super::summary::traces;
use crate::args::{ValuesArgs, ValuesFormat};
use crate::exit::Exit;
use crate::input;
use crate::output::{number, write_to};
use crate::session::{Failure, Session};

/// More values are not printed: they fill disks.
const MOST_VALUES: u64 = 100_000_000;

/// Which updates: some, or a range.
enum Updates {
    Some(Vec<u64>),
    Range { start: u64, end: u64, step: u64 },
}

impl Updates {
    fn len(&self) -> u64 {
        match self {
            Self::Some(updates) => updates.len() as u64,
            Self::Range { start, end, step } => end.saturating_sub(*start).div_ceil(*step),
        }
    }

    fn get(&self, index: u64) -> u64 {
        match self {
            Self::Some(updates) => {
                usize::try_from(index).ok().and_then(|index| updates.get(index)).copied().unwrap_or(0)
            }
            Self::Range { start, step, .. } => start + index * step,
        }
    }
}

pub(crate) fn run(session: &mut Session<'_>, args: &ValuesArgs) -> Result<Exit, Failure> {
    let (updates, path) = input::updates_or_path(&args.updates_or_path)?;
    let resolved = input::resolve_at(session, &args.spec, path.as_deref(), &args.how)?;
    let updates = match (&args.range, updates.is_empty()) {
        (Some(_), false) => return Err("--at N and --range say the updates twice: give one of them".into()),
        (Some(text), true) => range(text, &resolved)?,
        (None, false) => Updates::Some(updates),
        // Where nothing is said: the boundaries, and a few between.
        (None, true) => {
            let traces = traces(&resolved, 11);
            let mut updates: Vec<u64> = traces.iter().flat_map(Trace::points).map(|(n, _)| *n).collect();
            updates.sort_unstable();
            updates.dedup();
            Updates::Some(updates)
        }
    };
    if updates.len() > MOST_VALUES {
        return Err(format!(
            "{} updates are asked for, at most {MOST_VALUES} are printed: give --range a step",
            updates.len()
        )
        .into());
    }
    let by_name = args.to.output.as_ref().and_then(|path| path.extension()).and_then(|end| end.to_str());
    let format = args.format.unwrap_or(match by_name {
        _ if session.json => ValuesFormat::Json,
        Some("json") => ValuesFormat::Json,
        Some("npy") => ValuesFormat::Npy,
        _ => ValuesFormat::Csv,
    });
    let entries = &resolved.entries;
    write_to(session, args.to.output.as_deref(), |out| match format {
        ValuesFormat::Csv => csv(out, entries, &updates),
        ValuesFormat::Json => json(out, entries, &updates),
        ValuesFormat::Npy => npy(out, entries, &updates),
    })?;
    Ok(Exit::Clean)
}

/// `a:b:step`, as Python cuts: b is not among them, and what is left out is the run's.
fn range(text: &str, resolved: &Resolved) -> Result<Updates, Failure> {
    let parts: Vec<&str> = text.split(':').collect();
    let end = resolved.entries.iter().filter_map(|entry| entry.plan.end()).max();
    let part = |index: usize, default: Option<u64>| match parts.get(index).map(|part| part.trim()) {
        None | Some("") => default.ok_or_else(|| {
            Failure::from(format!(
                "--range {text}: the run has no end, so the range needs one, such as 0:1000"
            ))
        }),
        Some(part) => part.replace('_', "").parse().map_err(|_| {
            Failure::from(format!(
                "--range {text}: wanted a:b or a:b:step in whole numbers, such as 0:1000:10, found `{part}`"
            ))
        }),
    };
    if parts.len() < 2 || parts.len() > 3 {
        return Err(format!("--range {text}: wanted a:b or a:b:step, such as 0:1000:10").into());
    }
    let (start, end, step) = (part(0, Some(0))?, part(1, end)?, part(2, Some(1))?);
    if step == 0 {
        return Err(format!("--range {text}: the step must be at least 1").into());
    }
    Ok(Updates::Range { start, end, step })
}

fn value(entry: &Entry, n: u64) -> f64 {
    entry.plan.value_at(n, entry.base_or_one())
}

fn csv(out: &mut dyn Write, entries: &[Entry], updates: &Updates) -> Result<(), Failure> {
    write!(out, "update")?;
    for entry in entries {
        let label = entry.label();
        if label.contains([',', '"']) {
            write!(out, ",\"{}\"", label.replace('"', "\"\""))?;
        } else {
            write!(out, ",{label}")?;
        }
    }
    writeln!(out)?;
    for index in 0..updates.len() {
        let n = updates.get(index);
        write!(out, "{n}")?;
        for entry in entries {
            write!(out, ",{}", number(value(entry, n)))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn json(out: &mut dyn Write, entries: &[Entry], updates: &Updates) -> Result<(), Failure> {
    write!(out, "{{\n  \"update\": [")?;
    for index in 0..updates.len() {
        write!(out, "{}{}", if index > 0 { ", " } else { "" }, updates.get(index))?;
    }
    write!(out, "]")?;
    for entry in entries {
        let label = serde_json::to_string(&entry.label()).map_err(|error| error.to_string())?;
        write!(out, ",\n  {label}: [")?;
        for index in 0..updates.len() {
            write!(out, "{}{:?}", if index > 0 { ", " } else { "" }, value(entry, updates.get(index)))?;
        }
        write!(out, "]")?;
    }
    Ok(writeln!(out, "\n}}")?)
}

/// The `npy` format 1.0: a structured array, one row for each update.
fn npy(out: &mut dyn Write, entries: &[Entry], updates: &Updates) -> Result<(), Failure> {
    let escaped = |label: String| label.replace('\\', "\\\\").replace('\'', "\\'");
    let fields: Vec<String> =
        entries.iter().map(|entry| format!(", ('{}', '<f8')", escaped(entry.label()))).collect();
    let fields = fields.concat();
    let mut header = format!(
        "{{'descr': [('update', '<u8'){fields}], 'fortran_order': False, 'shape': ({},), }}",
        updates.len()
    );
    if !header.is_ascii() {
        return Err("npy takes names of ASCII only: choose csv or json".into());
    }
    // Magic, version, length and header fill a multiple of 64 bytes, the last one a newline.
    let pad = 63 - (10 + header.len()) % 64;
    header.extend(std::iter::repeat_n(' ', pad));
    header.push('\n');
    let length = u16::try_from(header.len()).map_err(|_| "npy takes fewer fields")?;
    out.write_all(b"\x93NUMPY\x01\x00")?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(header.as_bytes())?;
    for index in 0..updates.len() {
        let n = updates.get(index);
        out.write_all(&n.to_le_bytes())?;
        for entry in entries {
            out.write_all(&value(entry, n).to_le_bytes())?;
        }
    }
    Ok(())
}
