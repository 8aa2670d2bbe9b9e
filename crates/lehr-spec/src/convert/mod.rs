//! Convert: from the arguments of another library to a spec: a plan of our own where it has the same values, otherwise
//! the replica of the original.

mod arguments;
mod deepspeed;
mod mmengine;
mod timm;
mod torch;
mod transformers;

use lehr::compat::Replica;
use lehr::{Horizon, Spec};

use crate::problem::{Problem, Problems};
use crate::read::{self, Format};
use crate::source::Source;
use arguments::Arguments;

/// Whose arguments they are.
///
/// ```
/// use lehr_spec::{ConvertOptions, Format, Library, Source, convert};
///
/// let text = r#"{"scheduler": {"type": "WarmupDecayLR", "params": {"total_num_steps": 100, "warmup_max_lr": 1e-3,
/// "warmup_num_steps": 10, "warmup_type": "linear"}}}"#;
/// let source = Source::new("deepspeed.json", text)?;
/// let converted = convert(&source, Format::Json, None, Library::DeepSpeed, ConvertOptions::default())?;
/// assert_eq!(converted.fields[0].2.to_string(), "linear(from=0, to=0.001, over=10) -> linear(to=0)");
/// // They are no arguments of timm's.
/// assert!(convert(&source, Format::Json, None, Library::Timm, ConvertOptions::default()).is_err());
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// transformers: `TrainingArguments` (`lr_scheduler_type`, `warmup_steps`, ...), or a scheduler's own.
    Transformers,
    /// torch: the class (`type`, `_target_`, `class_path`) and its arguments, or `SequentialLR`.
    Torch,
    /// timm: the factory's (`sched`, `epochs`, ...), or a class and its arguments.
    Timm,
    /// DeepSpeed: `{"scheduler": {"type": ..., "params": {...}}}`.
    DeepSpeed,
    /// mmengine: the list `param_scheduler`.
    Mmengine,
}

/// How to convert.
///
/// ```
/// use lehr_spec::{ConvertOptions, Format, Library, Source, convert};
///
/// let source = Source::new("args.json", r#"{"type": "CosineAnnealingLR", "T_max": 100}"#)?;
/// let options = ConvertOptions { replica: true, ..ConvertOptions::default() };
/// let converted = convert(&source, Format::Json, None, Library::Torch, options)?;
/// assert!(converted.fields[0].2.to_string().starts_with("torch.CosineAnnealingLR(T_max=100"));
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConvertOptions {
    /// Updates in the run, where the arguments do not say.
    pub updates: Option<u64>,
    /// Updates in an epoch, where the arguments count epochs.
    pub updates_per_epoch: Option<u64>,
    /// Whether to take the original with its quirks even where a plan of our own has its values.
    pub replica: bool,
}

/// A spec that came out of it.
///
/// ```
/// use lehr_spec::{ConvertOptions, Format, Library, Source, convert};
///
/// let source = Source::new("args.json", r#"{"type": "CosineAnnealingLR", "T_max": 100}"#)?;
/// let options = ConvertOptions { updates: Some(100), ..ConvertOptions::default() };
/// let converted = convert(&source, Format::Json, None, Library::Torch, options)?;
/// let (field, base, spec) = &converted.fields[0];
/// assert_eq!((field.as_str(), *base, converted.updates), ("lr", None, Some(100)));
/// assert!(spec.to_string().starts_with("cosine(to=0"));
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Converted {
    /// Updates in the run, if they are known.
    pub updates: Option<u64>,
    /// Field, base and plan.
    pub fields: Vec<(String, Option<f64>, Spec)>,
    /// What is not the same, and what was left out.
    pub notes: Vec<String>,
}

impl Converted {
    /// As a spec file in TOML.
    ///
    /// ```
    /// use lehr_spec::{ConvertOptions, Format, Library, Source, convert};
    ///
    /// let source = Source::new("args.json", r#"{"type": "CosineAnnealingLR", "T_max": 100}"#)?;
    /// let options = ConvertOptions { updates: Some(100), ..ConvertOptions::default() };
    /// let converted = convert(&source, Format::Json, None, Library::Torch, options)?;
    /// assert!(converted.to_toml().contains("[horizon]\nupdates = 100\n"));
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn to_toml(&self) -> String {
        let mut lines: Vec<String> =
            self.notes.iter().map(|note| format!("# {}", note.replace('\n', " "))).collect();
        lines.push("version = 1".to_owned());
        if let Some(updates) = self.updates {
            lines.push(format!("\n[horizon]\nupdates = {updates}"));
        }
        for (field, base, spec) in &self.fields {
            let key = if field.contains('[') { format!("\"{field}\"") } else { field.clone() };
            lines.push(format!("\n[{key}]"));
            lines.extend(base.map(|base| format!("base = {base:?}")));
            lines.push(format!("phases = \"{spec}\""));
        }
        lines.join("\n") + "\n"
    }
}

/// Reads arguments and converts them.
///
/// # Errors
///
/// What cannot be read, what is not known, and what has no equal here, each with its place.
///
/// ```
/// use lehr_spec::{ConvertOptions, Format, Library, Source, convert};
///
/// let text = "lr_scheduler_type: cosine\nlearning_rate: 3e-4\nwarmup_steps: 500\nmax_steps: 10000\n";
/// let source = Source::new("args.yaml", text)?;
/// let converted = convert(&source, Format::Yaml, None, Library::Transformers, ConvertOptions::default())?;
/// assert_eq!(converted.fields[0].2.to_string(), "linear(from=0x, to=1x, over=500) -> cosine(to=0x)");
/// # Ok::<(), lehr_spec::Problems>(())
/// ```
pub fn convert(
    source: &Source,
    format: Format,
    path: Option<&str>,
    library: Library,
    options: ConvertOptions,
) -> Result<Converted, Problems> {
    let fail = |problem| Problems::new(source, vec![problem]);
    let root = read::read(source, format).map_err(fail)?;
    let node = match path {
        Some(path) => crate::spec_file::find(&root, path).map_err(fail)?,
        None => &root,
    };
    let converted = match library {
        Library::Transformers => transformers::convert(node, options),
        Library::Torch => torch::convert(node, options),
        Library::Timm => timm::convert(node, options),
        Library::DeepSpeed => deepspeed::convert(node, options),
        Library::Mmengine => mmengine::convert(node, options),
    };
    let converted = converted.map_err(fail)?;
    for (field, _, spec) in &converted.fields {
        let horizon = converted.updates.map_or(Ok(Horizon::open()), Horizon::updates);
        if let Err(error) = horizon.and_then(|horizon| spec.resolve(&horizon)) {
            let message = format!("`{field}` would be {spec}, but {error}");
            return Err(fail(Problem::error("convert", message).at(node.span.clone())));
        }
    }
    Ok(converted)
}

/// A plan of our own if it has the replica's values at every update of the run, otherwise the replica.
fn native_or_replica(native: &str, replica: Replica, updates: Option<u64>, options: ConvertOptions) -> Spec {
    let original = Spec::from(replica);
    if options.replica || native.is_empty() {
        return original;
    }
    match native.parse::<Spec>() {
        Ok(native) if equal(&native, &original, updates) => native,
        _ => original,
    }
}

/// Whether two specs have the same values, but for rounding, at many updates of the run.
fn equal(native: &Spec, original: &Spec, updates: Option<u64>) -> bool {
    let horizon = updates.map_or(Ok(Horizon::open()), Horizon::updates);
    let Ok(horizon) = horizon else { return false };
    let (Ok(native), Ok(original)) = (native.resolve(&horizon), original.resolve(&horizon)) else {
        return false;
    };
    let last = updates.unwrap_or(20_000).saturating_sub(1);
    let mut at: Vec<u64> = (0..=1000_u64)
        .map(|i| u64::try_from(u128::from(last) * u128::from(i) / 1000).unwrap_or(last))
        .collect();
    for phase in native.phases() {
        at.extend([phase.start.saturating_sub(1), phase.start, phase.start + 1]);
    }
    at.retain(|n| *n <= last);
    [1.0, 0.37, 3e-4].iter().all(|base| {
        at.iter().all(|n| {
            let (a, b) = (native.value_at(*n, *base), original.value_at(*n, *base));
            (a - b).abs() <= 1e-9 * base
        })
    })
}

/// One field of a spec.
fn one(updates: Option<u64>, base: Option<f64>, spec: Spec, notes: Vec<String>) -> Converted {
    Converted { updates, fields: vec![("lr".to_owned(), base, spec)], notes }
}

/// A field with its base and its plan, from plan text.
fn field(
    name: &str,
    base: Option<f64>,
    plan: &str,
    arguments: &Arguments<'_>,
) -> Result<(String, Option<f64>, Spec), Problem> {
    Ok((name.to_owned(), base, parsed(plan, arguments)?))
}

/// A spec text of ours, which cannot but be right; if it is not, that is said.
fn parsed(text: &str, arguments: &Arguments<'_>) -> Result<Spec, Problem> {
    text.parse().map_err(|error: lehr::Error| {
        Problem::error("convert", format!("it would be {text}, but {error}")).at(arguments.span())
    })
}

/// A number as plan text has it.
fn text(value: f64) -> String {
    let text = format!("{value:?}");
    text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned)
}
