//! `SPEC`: a file, standard input, or the one-line text; and the run that the options say.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use lehr_spec::{At, Format, HorizonTable, MAX_BYTES, Overrides, Resolved, Source, SpecFile};

use crate::args::{InputFormat, PlainSpecArgs, SpecArgs};
use crate::session::{Failure, Session};

impl From<InputFormat> for Format {
    fn from(format: InputFormat) -> Self {
        match format {
            InputFormat::Toml => Self::Toml,
            InputFormat::Yaml => Self::Yaml,
            InputFormat::Json => Self::Json,
            InputFormat::Text => Self::Text,
        }
    }
}

/// Reads a file, or standard input for `-`.
pub(crate) fn read_source(session: &mut Session<'_>, name: &str) -> Result<Source, Failure> {
    let mut bytes = Vec::new();
    // One byte more than there may be says that there are too many; a device without an end ends here, too.
    let most = MAX_BYTES as u64 + 1;
    if name == "-" {
        let read = session.input.take(most).read_to_end(&mut bytes);
        read.map_err(|error| format!("standard input cannot be read: {error}"))?;
        return Ok(Source::from_bytes("<stdin>", &bytes)?);
    }
    let unreadable = |error: std::io::Error| format!("{name} cannot be read: {error}");
    let file = File::open(name).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(format!("{name} is a folder, not a spec").into());
    }
    file.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(Source::from_bytes(name, &bytes)?)
}

/// What the source is written in.
pub(crate) fn format_of(source: &Source, name: &str, given: Option<InputFormat>) -> Format {
    given
        .map(Format::from)
        .or_else(|| Format::of_path(Path::new(name)).filter(|_| name != "-"))
        .unwrap_or_else(|| Format::guess(source.text()))
}

/// Reads and resolves a spec.
pub(crate) fn resolve(session: &mut Session<'_>, spec: &str, args: &SpecArgs) -> Result<Resolved, Failure> {
    resolve_at(session, spec, args.path.as_deref(), &args.how)
}

/// Reads and resolves several specs, each with its name.
pub(crate) fn resolve_all<'a>(
    session: &mut Session<'_>,
    specs: &'a [String],
    args: &SpecArgs,
) -> Result<Vec<(&'a str, Resolved)>, Failure> {
    specs.iter().map(|spec| Ok((spec.as_str(), resolve(session, spec, args)?))).collect()
}

/// Reads and resolves a spec that may be nested in its file.
pub(crate) fn resolve_at(
    session: &mut Session<'_>,
    spec: &str,
    path: Option<&str>,
    args: &PlainSpecArgs,
) -> Result<Resolved, Failure> {
    let is_text = spec != "-" && !Path::new(spec).exists();
    if is_text && looks_like_a_path(spec) {
        return Err(format!("there is no file {spec}: `lehr init` writes one to start from").into());
    }
    let file = if is_text {
        if path.is_some() {
            return Err(
                "--at is for a spec that is nested in a file; the one-line text is a spec itself".into()
            );
        }
        SpecFile::read_text(&Source::new("<spec>", spec)?, &args.field)?
    } else {
        let source = read_source(session, spec)?;
        let format = format_of(&source, spec, args.input);
        match path {
            Some(path) => SpecFile::read_at(&source, format, path, &args.field)?,
            None if format == Format::Text => SpecFile::read_text(&source, &args.field)?,
            None => SpecFile::read(&source, format)?,
        }
    };
    Ok(file.resolve(&overrides(args)?)?)
}

/// A name with an ending or a folder, and none of the signs of a plan.
fn looks_like_a_path(spec: &str) -> bool {
    let path = Path::new(spec);
    !spec.contains("->") && !spec.contains('(') && (Format::of_path(path).is_some() || spec.contains('/'))
}

fn overrides(args: &PlainSpecArgs) -> Result<Overrides, Failure> {
    let count = |name: &str, value: Option<u64>| match value {
        Some(0) => Err(Failure::from(format!("--{name} is 0, but it must be at least 1"))),
        value => Ok(value.map(|value| At { value, span: 0..0 })),
    };
    let horizon = HorizonTable {
        updates: count("updates", args.updates)?,
        epochs: count("epochs", args.epochs)?,
        updates_per_epoch: count("updates-per-epoch", args.updates_per_epoch)?,
        batches_per_epoch: count("batches-per-epoch", args.batches_per_epoch)?,
        batches: count("batches", args.batches)?,
        processes: count("processes", args.processes)?,
        accumulate: count("accumulate", args.accumulate)?,
        span: 0..0,
    };
    let bases = args.base.iter().map(|text| base(text)).collect::<Result<_, _>>()?;
    Ok(Overrides { horizon, bases })
}

fn base(text: &str) -> Result<(Option<String>, f64), Failure> {
    let (field, number) = match text.rsplit_once('=') {
        Some((field, number)) => (Some(field.to_owned()), number),
        None => (None, text),
    };
    let value = number.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    value.map(|value| (field, value)).ok_or_else(|| {
        format!("--base {text}: wanted a finite number, such as 3e-4 or weight_decay=0.1").into()
    })
}

/// Of the values of `--at`, those that are updates, and the one that is a place in a file.
pub(crate) fn updates_or_path(values: &[String]) -> Result<(Vec<u64>, Option<String>), Failure> {
    let (mut updates, mut path) = (Vec::new(), None);
    for value in values.iter().flat_map(|value| value.split(',')) {
        match value.trim().replace('_', "").parse() {
            Ok(update) => updates.push(update),
            Err(_)
                if value.trim().starts_with(|c: char| c.is_ascii_digit() || c == '-') || value.is_empty() =>
            {
                return Err(format!("--at {value}: an update is a whole number from 0 on").into());
            }
            Err(_) => path = Some(value.to_owned()),
        }
    }
    Ok((updates, path))
}
