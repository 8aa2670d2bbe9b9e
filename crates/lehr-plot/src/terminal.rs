//! `Terminal`: traces as text, one panel above the other, in Braille dots or plain ASCII.

use lehr::Trace;
use ratatui_core::buffer::{Buffer, CellWidth};
use ratatui_core::style::Color;

use crate::axis::UpdateAxis;
use crate::panel::{AXIS, Glyphs, Panel, Plot, end_of};

/// How to draw traces as text.
///
/// Each trace has a panel of its own, in its own unit, all over the same updates. A panel's title gives the least,
/// the greatest and the last used value; the row of phases under it shows where each phase lies. What update n uses
/// is drawn from n to n + 1, and a straight line joins one sample to the next: a trace with twice as many samples as
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
    /// Lines of the whole picture; taken as 1,000 where more. A panel has at least 3 rows of dots, so that each trace
    /// takes at least 7 lines whatever the height.
    pub height: u16,
    /// Whether to use nothing but ASCII. A character of a label that is not ASCII becomes `?`.
    pub ascii: bool,
    /// Whether to colour curves and dim axes with ANSI escapes. Without it there is no escape in the text.
    pub color: bool,
}

/// Lines of a panel beside its dots: title, axis, phases, and the labels of the updates or a blank line.
const FRAME_LINES: usize = 4;

/// Narrower pictures do without the words beside the rows under the axis.
const WIDTH_FOR_WORDS: u16 = 60;

/// Colours of the curves, in the order of the traces.
const CURVES: [Color; 5] = [Color::Cyan, Color::Yellow, Color::Magenta, Color::Green, Color::Blue];

impl Default for Terminal {
    fn default() -> Self {
        Self { width: 80, height: 16, ascii: false, color: false }
    }
}

impl Terminal {
    /// Draws the traces, the first one on top. Without traces the text says so; a value that is not finite leaves a
    /// gap.
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
        if traces.is_empty() {
            return "no traces\n".to_owned();
        }
        let glyphs = if self.ascii { &Glyphs::ASCII } else { &Glyphs::BRAILLE };
        let width = self.width.clamp(20, 1000);
        let rows = usize::from(self.height.min(1000)).saturating_sub(FRAME_LINES * traces.len());
        let (rows, extra) = (rows / traces.len(), rows % traces.len());
        // A sign, a point and an exponent take 7 columns; half of the picture stays for dots.
        let most_digits = usize::from(width / 2 - 7).min(17);
        let panels: Vec<_> = traces
            .iter()
            .enumerate()
            .map(|(i, trace)| (rows + usize::from(i < extra), trace))
            .map(|(rows, trace)| Panel::new(trace, glyphs, u16::try_from(rows).unwrap_or(0), most_digits))
            .collect();

        let words = width >= WIDTH_FOR_WORDS;
        let word = if words { "updates".len() } else { 0 };
        let widest = panels
            .iter()
            .flat_map(|panel| &panel.labels)
            .map(|(_, label)| label.len())
            .fold(word, usize::max);
        let left = u16::try_from(widest).unwrap_or(0) + 2;
        let first =
            traces.iter().filter_map(|trace| trace.points().first()).map(|(n, _)| *n).min().unwrap_or(0);
        let end = traces.iter().map(end_of).max().unwrap_or(0);
        let plot = Plot { glyphs, updates: UpdateAxis { first, end }, left, columns: width - left, words };

        let mut text = String::new();
        for (i, (panel, color)) in panels.iter().zip(CURVES.into_iter().cycle()).enumerate() {
            let last = i + 1 == panels.len();
            print(&panel.draw(&plot, color, last), self.color, &mut text);
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
