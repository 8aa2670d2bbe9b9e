//! What can be written behind `lehr`. No types of clap leave this file and `session.rs`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  lehr init -o schedule.toml
  lehr show schedule.toml
  lehr show 'linear(from=0.01x, over=5%) -> cosine(to=0.1x)' --updates 10000 --base 3e-4
  lehr check schedule.toml --format github
  lehr compare old.toml new.toml
  lehr explain schedule.toml --at 1234
  lehr audit schedule.toml history.csv
  lehr plot schedule.toml -o schedule.svg

SPEC is a file (TOML, YAML, JSON), `-` for standard input, or the one-line text.
Exit codes: 0 clean, 1 findings, 2 usage or unreadable.";

#[derive(Debug, Parser)]
#[command(name = "lehr", version, about = "See, check, compare and audit schedules of any hyperparameter", after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Use nothing but ASCII
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
    /// When to colour; `NO_COLOR` is honoured
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(crate) color: Color,
    /// Columns of pictures and diagnostics; those of the terminal by default
    #[arg(long, global = true, value_name = "COLUMNS")]
    pub(crate) width: Option<u16>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Picture, phases and resolved plan of each field
    #[command(after_help = "\
Examples:
  lehr show schedule.toml
  lehr show 'linear(from=0.01x, over=5%) -> cosine(to=0.1x)' --updates 10000 --base 3e-4
  lehr show train.yaml --at model.schedule --epochs 30 --updates-per-epoch 334
  lehr show - --log --ascii --updates 1000 < plan.txt
  lehr show schedule.toml --epochs 30 --batches-per-epoch 5344 --processes 4 --accumulate 4")]
    Show(ShowArgs),
    /// A picture or its data as a file: svg, png, html (the view of `lehr serve`), csv, json, txt
    #[command(after_help = "\
Examples:
  lehr plot schedule.toml -o schedule.svg
  lehr plot schedule.toml -o dark.svg --theme dark --title 'ViT-S'
  lehr plot old.toml new.toml -o both.html --log
  lehr plot 'linear(from=0x, over=5%) -> cosine(to=0)' --updates 10000 -o samples.csv")]
    Plot(PlotArgs),
    /// Look for what probably was not meant (lints)
    #[command(after_help = "\
Examples:
  lehr check schedule.toml
  lehr check old.toml new.toml --format github
  lehr check 'linear(from=0x, over=5%) -> hold' --updates 1000 --allow zero-at-start")]
    Check(CheckArgs),
    /// Peak, last value, area and largest difference of several specs
    #[command(after_help = "\
Examples:
  lehr compare old.toml new.toml
  lehr compare 'cosine(to=0.1x)' 'linear(to=0)' --updates 10000 --base 3e-4 -o both.svg
  lehr compare old.toml new.toml --json")]
    Compare(CompareArgs),
    /// Exact values at updates: csv, json, npy
    #[command(after_help = "\
Examples:
  lehr values schedule.toml --at 0,500,9999
  lehr values schedule.toml --range 0:10000:100 --format json
  lehr values schedule.toml --range : -o values.npy")]
    Values(ValuesArgs),
    /// What an update uses, and why
    #[command(after_help = "\
Examples:
  lehr explain schedule.toml --at 1234
  lehr explain train.yaml --at model.schedule --at 0,500 --updates 1000")]
    Explain(ExplainArgs),
    /// Whether a run followed its plan
    #[command(after_help = "\
Examples:
  lehr audit schedule.toml history.csv
  lehr audit schedule.toml history.csv --processes 4 -o run.svg")]
    Audit(AuditArgs),
    /// From the arguments of transformers, torch, timm, DeepSpeed or mmengine to a spec
    #[command(after_help = "\
Examples:
  lehr convert arguments.json --from transformers
  lehr convert arguments.json --from transformers -o converted.toml
  lehr convert config.yaml --from mmengine --at param_scheduler --updates-per-epoch 334
  echo '{\"type\": \"StepLR\", \"step_size\": 30}' | lehr convert - --from torch --updates 90")]
    Convert(ConvertArgs),
    /// Names of shapes, combinators, replicas and lints
    #[command(after_help = "Examples:\n  lehr list\n  lehr list --json")]
    List,
    /// Formula, picture and other names of a shape; the page of a lint
    #[command(after_help = "\
Examples:
  lehr describe cosine
  lehr describe torch.OneCycleLR
  lehr describe zero-at-start")]
    Describe(DescribeArgs),
    /// A commented spec to start from
    #[command(after_help = "\
Examples:
  lehr init -o first.toml
  lehr init --format yaml > first.yaml")]
    Init(InitArgs),
    /// A local page on which schedules are designed, seen and compared
    Serve(ServeArgs),
    /// The JSON Schema of spec files
    #[command(after_help = "\
Examples:
  lehr schema -o schedule.schema.json")]
    Schema(OutputArgs),
    /// Completions for a shell
    #[command(after_help = "\
Examples:
  lehr completions bash > lehr.bash
  lehr completions fish > lehr.fish")]
    Completions(CompletionsArgs),
}

/// How specs are read, and where they are nested.
#[derive(Clone, Debug, Args)]
pub(crate) struct SpecArgs {
    /// Where the spec is nested in the file
    #[arg(long = "at", value_name = "KEY.PATH", help_heading = "Spec")]
    pub(crate) path: Option<String>,
    #[command(flatten)]
    pub(crate) how: PlainSpecArgs,
}

/// How specs are read.
#[derive(Clone, Debug, Args)]
pub(crate) struct PlainSpecArgs {
    /// Updates in the run
    #[arg(long, value_name = "N", help_heading = "Run")]
    pub(crate) updates: Option<u64>,
    /// Epochs in the run
    #[arg(long, value_name = "E", help_heading = "Run")]
    pub(crate) epochs: Option<u64>,
    /// Updates in an epoch
    #[arg(long, value_name = "U", help_heading = "Run")]
    pub(crate) updates_per_epoch: Option<u64>,
    /// Batches in an epoch, of all processes together
    #[arg(long, value_name = "B", help_heading = "Run")]
    pub(crate) batches_per_epoch: Option<u64>,
    /// Batches in the run, of all processes together
    #[arg(long, value_name = "B", help_heading = "Run")]
    pub(crate) batches: Option<u64>,
    /// Processes that share the batches
    #[arg(long, value_name = "P", help_heading = "Run")]
    pub(crate) processes: Option<u64>,
    /// Batches that a process accumulates for an update
    #[arg(long, value_name = "K", help_heading = "Run")]
    pub(crate) accumulate: Option<u64>,
    /// The base of a field: 3e-4, or `weight_decay=0.1`
    #[arg(long, value_name = "[FIELD=]X", help_heading = "Run")]
    pub(crate) base: Vec<String>,
    /// The field that the one-line text is for
    #[arg(long, value_name = "FIELD", default_value = "lr", help_heading = "Spec")]
    pub(crate) field: String,
    /// What the spec is written in, where its name does not say
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = "Spec")]
    pub(crate) input: Option<InputFormat>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputFormat {
    Toml,
    Yaml,
    Json,
    Text,
}

/// Where a result goes.
#[derive(Clone, Debug, Args)]
pub(crate) struct OutputArgs {
    /// A file, written whole or not at all; standard output without it
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// How a picture is drawn.
#[derive(Clone, Debug, Args)]
pub(crate) struct PictureArgs {
    /// Values on a logarithmic axis
    #[arg(long, help_heading = "Picture")]
    pub(crate) log: bool,
    /// Light, dark, or as the reader's screen is
    #[arg(long, value_enum, default_value = "auto", help_heading = "Picture")]
    pub(crate) theme: ThemeArg,
    /// What stands above the picture
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true,
        help_heading = "Picture"
    )]
    pub(crate) title: String,
    /// Samples for each field
    #[arg(long, default_value_t = 2000, value_name = "COUNT", help_heading = "Picture")]
    pub(crate) samples: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ThemeArg {
    Auto,
    Light,
    Dark,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// A file, `-`, or the one-line text
    pub(crate) spec: String,
    /// Values on a logarithmic axis
    #[arg(long)]
    pub(crate) log: bool,
    #[command(flatten)]
    pub(crate) how: SpecArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PlotArgs {
    /// Files, `-`, or one-line texts; several are laid over each other
    #[arg(required = true)]
    pub(crate) specs: Vec<String>,
    /// The file, written whole or not at all; its ending says what it is
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) picture: PictureArgs,
    #[command(flatten)]
    pub(crate) how: SpecArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Files, `-`, or one-line texts
    #[arg(required = true)]
    pub(crate) specs: Vec<String>,
    /// A lint that is silenced
    #[arg(long, value_name = "CODE")]
    pub(crate) allow: Vec<String>,
    /// How findings are printed
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: CheckFormat,
    #[command(flatten)]
    pub(crate) how: SpecArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    Text,
    Json,
    Github,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// Files or one-line texts; the first is what the others are compared with
    #[arg(required = true, num_args = 2..)]
    pub(crate) specs: Vec<String>,
    /// Their picture as a file, too: svg, png, html (the view of `lehr serve`), csv, json, txt
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) picture: PictureArgs,
    #[command(flatten)]
    pub(crate) how: SpecArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ValuesArgs {
    /// A file, `-`, or the one-line text
    pub(crate) spec: String,
    /// Updates, or where the spec is nested in the file (`--at lr.schedule`)
    #[arg(long = "at", value_name = "N|KEY.PATH")]
    pub(crate) updates_or_path: Vec<String>,
    /// Updates from a to b, b not among them, each so many: `a:b:step`
    #[arg(long, value_name = "A:B:STEP")]
    pub(crate) range: Option<String>,
    /// How values are printed; what the file's ending says, or csv
    #[arg(long, value_enum)]
    pub(crate) format: Option<ValuesFormat>,
    #[command(flatten)]
    pub(crate) to: OutputArgs,
    #[command(flatten)]
    pub(crate) how: PlainSpecArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ValuesFormat {
    Csv,
    Json,
    Npy,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A file, `-`, or the one-line text
    pub(crate) spec: String,
    /// Updates, or where the spec is nested in the file (`--at lr.schedule`)
    #[arg(long = "at", value_name = "N|KEY.PATH", required = true)]
    pub(crate) updates_or_path: Vec<String>,
    #[command(flatten)]
    pub(crate) how: PlainSpecArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// A file, `-`, or the one-line text
    pub(crate) spec: String,
    /// What the run used: `update,epoch,loss,lr/<group>,...`, or `update,lr`
    pub(crate) run: PathBuf,
    /// How far from the plan, relative to its largest value, a value may be
    #[arg(long, default_value_t = 1e-6, value_name = "SHARE")]
    pub(crate) tolerance: f64,
    /// Plan and run as a picture, too: svg, png, html (both curves alone), csv, json, txt
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) picture: PictureArgs,
    #[command(flatten)]
    pub(crate) how: SpecArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    /// Arguments of another library, as TOML, YAML or JSON; `-` for standard input
    pub(crate) arguments: String,
    /// Whose arguments they are
    #[arg(long, value_enum)]
    pub(crate) from: Library,
    /// Where they are nested in the file
    #[arg(long = "at", value_name = "KEY.PATH")]
    pub(crate) path: Option<String>,
    /// Updates in the run, where the arguments do not say
    #[arg(long, value_name = "N")]
    pub(crate) updates: Option<u64>,
    /// Updates in an epoch, where the arguments count epochs
    #[arg(long, value_name = "U")]
    pub(crate) updates_per_epoch: Option<u64>,
    /// Always the original with its quirks, never a plan of our own
    #[arg(long)]
    pub(crate) replica: bool,
    /// What the arguments are written in, where the name does not say
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) input: Option<InputFormat>,
    #[command(flatten)]
    pub(crate) to: OutputArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Library {
    Transformers,
    Torch,
    Timm,
    Deepspeed,
    Mmengine,
}

#[derive(Debug, Args)]
pub(crate) struct DescribeArgs {
    /// A shape, a combinator, a replica (torch.StepLR) or a lint
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// What the spec is written in
    #[arg(long, value_enum, default_value = "toml")]
    pub(crate) format: InitFormat,
    #[command(flatten)]
    pub(crate) to: OutputArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InitFormat {
    Toml,
    Yaml,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Files, which are followed, or one-line texts; a schedule to start from without any
    #[arg(num_args = 0..=16)]
    pub(crate) specs: Vec<String>,
    /// What runs used, as CSV: laid over the plans, and followed while it is written
    #[arg(long = "run", value_name = "CSV")]
    pub(crate) runs: Vec<PathBuf>,
    /// The port on 127.0.0.1; any free one by default
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    pub(crate) port: u16,
    /// Updates in the run of a one-line text
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    pub(crate) updates: u64,
    /// The base of a one-line text
    #[arg(long, value_name = "X")]
    pub(crate) base: Option<f64>,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}
