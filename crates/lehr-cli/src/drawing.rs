//! Pictures as files: which kinds there are, and their options.

use std::path::Path;

use lehr_plot::{Csv, Figure, Html, Json, Svg, Terminal, Theme};
use lehr_spec::Resolved;
use lehr_studio::{Look, MOST_SCHEDULES};

use crate::args::{PictureArgs, ThemeArg};
use crate::command::summary::figure_of;
use crate::output::write_to;
use crate::session::{Failure, Session};

/// What pictures can be.
const KINDS: &str = "svg, png, html, csv, json or txt";

/// Samples of a field at most.
const MOST_SAMPLES: usize = 1_000_000;

/// A kind of picture.
type Draw = fn(&Figure, Theme, Terminal) -> Result<Vec<u8>, Failure>;

/// A picture that will be written.
pub(crate) struct Drawing<'a> {
    path: &'a Path,
    draw: Draw,
    is_page: bool,
    args: &'a PictureArgs,
}

impl<'a> Drawing<'a> {
    /// The picture that is asked for. Before any work: what cannot be drawn is not begun.
    pub(crate) fn of(path: &'a Path, args: &'a PictureArgs) -> Result<Self, Failure> {
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        let draw = ending
            .as_deref()
            .and_then(kind)
            .ok_or_else(|| format!("{}: a picture is {KINDS}, by the ending of its file", path.display()))?;
        if !cfg!(feature = "png") && ending.as_deref() == Some("png") {
            let message = "this `lehr` was built without PNG: write .svg, or build it with --features png";
            return Err(format!("{}: {message}", path.display()).into());
        }
        let is_page = matches!(ending.as_deref(), Some("html" | "htm"));
        Ok(Self { path, draw, is_page, args })
    }

    /// Draws specs by their names, and writes the file as [`write`](Self::write) does. As a page they are the studio's
    /// view, with what the options say in it; as anything else a figure.
    pub(crate) fn write_specs(
        &self,
        session: &mut Session<'_>,
        specs: &[(&str, Resolved)],
    ) -> Result<(), Failure> {
        if !self.is_page {
            return self.write(session, figure_of(specs, self.args.samples()));
        }
        if specs.len() > MOST_SCHEDULES {
            let (path, many) = (self.path.display(), specs.len());
            return Err(format!(
                "{path}: a page shows at most {MOST_SCHEDULES} specs, not {many}; the other kinds of pictures show more"
            )
            .into());
        }
        let trees = specs.iter().map(|(name, resolved)| ((*name).to_owned(), resolved.file.tree()));
        let PictureArgs { title, theme, log, .. } = self.args;
        let look =
            Look { title: title.clone(), theme: (*theme).into(), log: *log, samples: self.args.samples() };
        let page = lehr_studio::export(trees.collect(), &look);
        write_to(session, Some(self.path), |out| Ok(out.write_all(page.as_bytes())?))
    }

    /// Draws the figure and writes the file, whole or not at all.
    pub(crate) fn write(&self, session: &mut Session<'_>, figure: Figure) -> Result<(), Failure> {
        let figure = self.args.apply(figure);
        // A file has no colour.
        let terminal = Terminal { color: false, ..session.terminal(&figure) };
        let bytes = (self.draw)(&figure, self.args.theme.into(), terminal)?;
        write_to(session, Some(self.path), |out| Ok(out.write_all(&bytes)?))
    }
}

impl PictureArgs {
    /// Samples of a field.
    pub(crate) fn samples(&self) -> usize {
        self.samples.clamp(2, MOST_SAMPLES)
    }

    /// The figure with its title and axes.
    pub(crate) fn apply(&self, figure: Figure) -> Figure {
        logarithmic(figure.titled(&self.title), self.log)
    }
}

impl From<ThemeArg> for Theme {
    fn from(theme: ThemeArg) -> Self {
        match theme {
            ThemeArg::Auto => Self::Auto,
            ThemeArg::Light => Self::Light,
            ThemeArg::Dark => Self::Dark,
        }
    }
}

/// The figure with every axis logarithmic, if that is asked for.
pub(crate) fn logarithmic(figure: Figure, log: bool) -> Figure {
    let fields: Vec<String> = figure.fields().filter(|_| log).map(ToOwned::to_owned).collect();
    fields.into_iter().fold(figure, Figure::log_y)
}

/// The one place that knows the kinds of pictures.
fn kind(ending: &str) -> Option<Draw> {
    match ending {
        "svg" => Some(|figure, theme, _| Ok(svg(theme).draw(figure).into_bytes())),
        "png" => Some(|figure, theme, _| png(figure, theme)),
        "html" | "htm" => Some(|figure, theme, _| Ok(Html { theme }.draw(figure).into_bytes())),
        "csv" => Some(|figure, _, _| Ok(Csv.draw(figure).into_bytes())),
        "json" => Some(|figure, _, _| Ok(Json.draw(figure).into_bytes())),
        "txt" => Some(|figure, _, terminal| Ok(terminal.draw_figure(figure).into_bytes())),
        _ => None,
    }
}

fn svg(theme: Theme) -> Svg {
    Svg { theme, ..Svg::default() }
}

#[cfg(feature = "png")]
fn png(figure: &Figure, theme: Theme) -> Result<Vec<u8>, Failure> {
    let png = lehr_plot::Png { svg: svg(theme), ..lehr_plot::Png::default() };
    png.draw(figure).map_err(|error| error.to_string().into())
}

#[cfg(not(feature = "png"))]
fn png(_: &Figure, _: Theme) -> Result<Vec<u8>, Failure> {
    Err("this `lehr` was built without PNG".into())
}
