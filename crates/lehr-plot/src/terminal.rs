//! `Terminal`: traces as text, one panel above the other, in Braille dots or plain ASCII.

use lehr::Trace;
use ratatui_core::buffer::{Buffer, CellWidth};
use ratatui_core::style::Color;

use crate::axis::UpdateAxis;
use crate::figure::Figure;
use crate::panel::{AXIS, Glyphs, Panel, Plot};

/// How to draw traces as text.
///
/// Each field has a panel of its own, in its own unit, all over the same updates. A panel's title gives the least,
/// the greatest and the last used value; traces of one field are laid over each other, the first one in dots, the others
/// in characters that the legend names, and take turns where they meet. The rows of phases under a panel show where each
/// phase lies. What update n uses is drawn from n to n + 1, and a straight line joins one sample to the next: a trace with twice as many samples as
/// the picture has columns shows all that the picture can.
///
/// The text has no trailing spaces and ends with one newline. The same traces give the same text everywhere.
///
/// # Defaults
///
/// 80 columns, 16 lines, Braille dots, no colour.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, Plan, Trace, cosine, fraction, linear, rest, times};
/// use lehr_plot::Terminal;
///
/// let plan = Plan::builder()
///     .then(linear().from(times(0.0)).over(fraction(0.2)))
///     .then(cosine().to(times(0.0)).over(rest()))
///     .resolve(&Horizon::updates(10_000)?)?;
/// let terminal = Terminal { width: 60, height: 12, ..Terminal::default() };
/// let picture = terminal.draw(&[Trace::sample("lr", &plan, 3e-4, 120)]);
/// assert_eq!(format!("\n{picture}"), "
/// lr  min 0  max 3e-4  last 1.16e-11
///    3e-4 ┤         ⢠⠋⠉⠉⠑⠒⠒⠤⠤⣀
///         │        ⡔⠁         ⠉⠑⠢⢄⡀
///    2e-4 ┤      ⢀⠎               ⠈⠑⠢⢄
///         │     ⡠⠊                    ⠉⠒⢤⡀
///         │    ⡔⠁                        ⠈⠑⠦⣀
///         │  ⢀⠔⠁                             ⠉⠢⢄⡀
///         │ ⢠⠃                                  ⠈⠑⠢⢤⣀
///       0 ┤⡠⠃                                        ⠉⠑⠒⠤⠤⢄⣀⣀⣀
///         └┬─────────┬─────────┬─────────┬─────────┬─────────┬
/// updates  0       2.0k      4.0k      6.0k      8.0k      10k
///  phases  ├ linear ─┼─────────────── cosine ────────────────┤
/// ");
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Columns that no line exceeds; taken as 20 where less, as 1,000 where more.
    pub width: u16,
    /// Lines of the whole picture; taken as 1,000 where more. A panel has at least 3 rows of dots, so that each field
    /// takes at least 7 lines whatever the height.
    pub height: u16,
    /// Whether to use nothing but ASCII. A character of a label that is not ASCII becomes `?`.
    pub ascii: bool,
    /// Whether to colour curves and dim axes with ANSI escapes. Without it there is no escape in the text.
    pub color: bool,
}

/// Narrower pictures do without the words beside the rows under the axis.
const WIDTH_FOR_WORDS: u16 = 60;

impl Default for Terminal {
    fn default() -> Self {
        Self { width: 80, height: 16, ascii: false, color: false }
    }
}

impl Terminal {
    /// Draws the traces, the first one on top, those of one label over each other. Without traces the text says so; a
    /// value that is not finite leaves a gap.
    ///
    /// ```
    /// use lehr::{Horizon, Plan, Trace, hold, linear, times, updates};
    /// use lehr_plot::Terminal;
    ///
    /// let plan = Plan::builder()
    ///     .then(linear().from(times(0.0)).over(updates(100)))
    ///     .then(hold())
    ///     .resolve(&Horizon::updates(400)?)?;
    /// let terminal = Terminal { width: 40, height: 9, ascii: true, ..Terminal::default() };
    /// let picture = terminal.draw(&[Trace::sample("lr", &plan, 0.1, 80)]);
    /// assert_eq!(format!("\n{picture}"), "
    /// lr  min 0  max 0.1  last 0.1
    /// 0.1 +        ***************************
    ///     |      **
    ///     |   ***
    ///     | ***
    ///   0 +**
    ///     ++----------------+----------------+
    ///      0               200             400
    ///      | linear |--------- hold ---------|
    /// ");
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn draw(&self, traces: &[Trace]) -> String {
        self.draw_figure(&traces.iter().cloned().collect())
    }

    /// Draws a figure without its title: traces of one field over each other, logarithmic axes where it says so.
    ///
    /// ```
    /// use lehr::{Horizon, Plan, Trace, cosine, linear, times};
    /// use lehr_plot::{Figure, Terminal};
    ///
    /// let horizon = Horizon::updates(400)?;
    /// let trace = |curve| -> Result<Trace, lehr::Error> {
    ///     Ok(Trace::sample("lr", &Plan::builder().then(curve).resolve(&horizon)?, 0.1, 80))
    /// };
    /// let figure = Figure::new("")
    ///     .named("cosine.toml", trace(cosine().to(times(0.0)))?)
    ///     .named("linear.toml", trace(linear().to(times(0.0)))?);
    /// let picture = Terminal { width: 44, height: 12, ..Terminal::default() }.draw_figure(&figure);
    /// assert_eq!(format!("\n{picture}"), "
    /// lr  ⠒⠒ cosine.toml  •• linear.toml
    ///      0.1 ┤⠉•⠉•⠒⠢⢤⣀
    ///          │   •••••⠉⠑⠦⣀⡀
    ///          │        ••••⠉•⢤⡀
    ///     0.05 ┤              ••⠒•⣀•
    ///          │                  ⠈⠑⠢•••••
    ///          │                      ⠉⠲⠤••••••
    /// 1.542e-6 ┤                          ⠉⠒⠲⠤⠤•⣀•
    ///          └┬────────────────┬───────────────┬
    ///           0               200            400
    ///       ⠒⠒  ├──────────── cosine ────────────┤
    ///       ••  ├──────────── linear ────────────┤
    /// ");
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn draw_figure(&self, figure: &Figure) -> String {
        let groups = figure.groups();
        if groups.is_empty() {
            return "no traces\n".to_owned();
        }
        let glyphs = if self.ascii { &Glyphs::ASCII } else { &Glyphs::BRAILLE };
        let width = self.width.clamp(20, 1000);
        let panels: Vec<_> = groups
            .iter()
            .enumerate()
            .map(|(i, group)| Panel::new(group, glyphs, figure.is_log(group), width, i))
            .collect();
        let frames: usize = panels.iter().map(|panel| usize::from(panel.frame_lines())).sum();
        let rows = usize::from(self.height.min(1000)).saturating_sub(frames);
        let (rows, extra) = (rows / panels.len(), rows % panels.len());
        let panels: Vec<_> = panels
            .into_iter()
            .enumerate()
            .map(|(i, panel)| {
                panel.with_rows(u16::try_from(rows + usize::from(i < extra)).unwrap_or(0), glyphs)
            })
            .collect();

        let words = width >= WIDTH_FOR_WORDS;
        let word = if words { "updates".len() } else { 0 };
        let widest = panels
            .iter()
            .flat_map(|panel| &panel.labels)
            .map(|(_, label)| label.chars().count())
            .fold(word, usize::max);
        let left = u16::try_from(widest).unwrap_or(0) + 2;
        let (first, end) = figure.updates();
        let plot = Plot { glyphs, updates: UpdateAxis { first, end }, left, columns: width - left, words };

        let mut text = String::new();
        for (i, panel) in panels.iter().enumerate() {
            let last = i + 1 == panels.len();
            print(&panel.draw(&plot, last), self.color, &mut text);
            if !last {
                text.push('\n');
            }
        }
        text
    }
}

/// Appends the lines of a buffer without their trailing spaces, each with a newline.
fn print(buffer: &Buffer, color: bool, text: &mut String) {
    for line in buffer.content().chunks(usize::from(buffer.area.width).max(1)) {
        let used = line.iter().rposition(|cell| !cell.symbol().trim().is_empty()).map_or(0, |last| last + 1);
        let mut current = None;
        let mut hidden = 0;
        for cell in &line[..used] {
            // The cells behind a wide character belong to it.
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            hidden = cell.symbol().cell_width().saturating_sub(1);
            let code = ansi(cell.fg).filter(|_| color && cell.symbol() != " ");
            if code != current {
                text.push_str(code.unwrap_or("\x1b[0m"));
                current = code;
            }
            text.push_str(cell.symbol());
        }
        if current.is_some() {
            text.push_str("\x1b[0m");
        }
        text.push('\n');
    }
}

/// The escape that sets a colour of ours; `None` for the terminal's own.
fn ansi(color: Color) -> Option<&'static str> {
    match color {
        AXIS => Some("\x1b[90m"),
        Color::Cyan => Some("\x1b[36m"),
        Color::Yellow => Some("\x1b[33m"),
        Color::Magenta => Some("\x1b[35m"),
        Color::Green => Some("\x1b[32m"),
        Color::Blue => Some("\x1b[34m"),
        _ => None,
    }
}
