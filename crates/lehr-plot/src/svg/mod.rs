//! `Svg`: a figure as a vector picture for papers, READMEs and pages.

mod bands;
mod canvas;
mod curve;
mod describe;
mod frame;
mod header;
mod ink;
mod panel;
mod text;

pub use ink::Theme;
pub(crate) use ink::{CURVES as HUES, DASHES, variables};
pub(crate) use text::Escaped;

use canvas::{Anchor, Area, Canvas, LARGE, SMALL};
use frame::{FOOT, Frame};
use ink::Ink;
use panel::{AFTER_LABEL, Panel};
use text::{FAMILIES, Px, fit};

use crate::axis::UpdateAxis;
use crate::figure::Figure;

/// How to draw a figure as SVG.
///
/// Each field has a panel of its own, in its own unit, over the same updates; traces of one field are laid over each
/// other with a legend, and differ in their strokes as well as in their colours. Phases are shaded in turn and named
/// above the plot; where the traces of a field have different phases, each has a row of its own there (up to four). A
/// `→` after a phase's name says that the plan has no end.
///
/// What update n uses is drawn from n to n + 1: samples that are one update apart are steps, so a jump is a vertical
/// line; samples further apart are joined by a straight line. A value that is not finite leaves a gap. On a logarithmic
/// axis ([`Figure::log_y`]) a value that is not above zero lies on a floor of its own, labelled `0` or `≤ 0`.
///
/// The text is complete in itself: no script, no font, nothing from elsewhere, well-formed XML whatever the labels are.
/// It has a title and a description for screen readers. The same figure gives the same text everywhere.
///
/// # Defaults
///
/// 720 pixels wide, a height that suits the number of fields, light or dark as the reader's screen is.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, Plan, Trace, cosine, fraction, linear, rest, times};
/// use lehr_plot::{Figure, Svg, Theme};
///
/// let plan = Plan::builder()
///     .then(linear().from(times(0.0)).over(fraction(0.2)))
///     .then(cosine().to(times(0.0)).over(rest()))
///     .resolve(&Horizon::updates(10_000)?)?;
/// let figure = Figure::new("Warm-up, then a cosine").trace(Trace::sample("lr", &plan, 3e-4, 500));
/// let picture = Svg { theme: Theme::Light, ..Svg::default() }.draw(&figure);
/// assert!(picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\""));
/// assert!(picture.contains(">Warm-up, then a cosine</title>"));
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Svg {
    /// Pixels; taken as 160 where less, as 4,000 where more.
    pub width: u16,
    /// Pixels of the whole picture; taken as 4,000 where more. A plot is at least 40 pixels high, so that many fields
    /// take more than this. `None` for a height that suits the number of fields.
    pub height: Option<u16>,
    /// Light or dark.
    pub theme: Theme,
}

/// The room around the picture.
const MARGIN: f64 = 16.0;

/// The height of the title's line.
const TITLE: f64 = 31.0;

/// The room between two panels.
const BETWEEN: f64 = 18.0;

/// The least height of a plot, and those of pictures with one, two and more fields.
const LEAST_PLOT: f64 = 40.0;
const PLOTS: [f64; 3] = [250.0, 170.0, 130.0];

/// The heights of everything, from the top to the bottom.
struct Layout {
    title: f64,
    plot: f64,
    total: f64,
}

impl Default for Svg {
    fn default() -> Self {
        Self { width: 720, height: None, theme: Theme::Auto }
    }
}

impl Svg {
    /// Draws the figure. Without traces the picture says so.
    ///
    /// ```
    /// use lehr_plot::{Figure, Svg};
    ///
    /// assert!(Svg::default().draw(&Figure::default()).contains(">no traces</text>"));
    /// ```
    pub fn draw(&self, figure: &Figure) -> String {
        let width = f64::from(self.width.clamp(160, 4000));
        let outer = (MARGIN, width - MARGIN);
        // A label takes at most a third of the picture, and a digit about 7 pixels of it.
        let most_digits = usize::from(self.width.clamp(160, 4000) / 21 - 5).min(17);
        let panels: Vec<_> = figure
            .groups()
            .iter()
            .map(|group| Panel::new(group, figure.is_log(group), outer, most_digits))
            .collect();
        let layout = self.layout(figure, &panels);
        let labels = panels.iter().map(|panel| panel.label_width(layout.plot)).fold(24.0, f64::max);
        let (first, end) = figure.updates();
        let frame = Frame {
            left: (MARGIN + labels + AFTER_LABEL).min(width / 2.0),
            right: outer.1,
            updates: UpdateAxis { first, end },
            edge: width - 4.0,
        };

        let mut canvas = Canvas::new(self.theme);
        canvas.area(Area { left: 0.0, top: 0.0, right: width, bottom: layout.total }, Ink::Paper);
        let title = fit(figure.title(), LARGE, outer.1 - outer.0);
        canvas.text((outer.0, MARGIN + 6.0), Anchor::Start, LARGE, Ink::Text, &title);
        let mut top = layout.title;
        for (i, panel) in panels.iter().enumerate() {
            let bottom = panel.draw(&mut canvas, &frame, outer.0, top, layout.plot);
            frame.draw(&mut canvas, bottom, i + 1 == panels.len());
            top = bottom + BETWEEN;
        }
        if panels.is_empty() {
            canvas.text((width / 2.0, layout.total / 2.0), Anchor::Middle, SMALL, Ink::Muted, "no traces");
        }
        self.document(figure, width, layout.total, &canvas.text)
    }

    fn layout(self, figure: &Figure, panels: &[Panel<'_>]) -> Layout {
        let count = panels.len().max(1) as f64;
        let title = if figure.title().is_empty() { MARGIN / 2.0 } else { MARGIN / 2.0 + TITLE };
        let heads: f64 = panels.iter().map(Panel::head).sum();
        let others = title + heads + (count - 1.0) * BETWEEN + FOOT;
        let plot = match self.height {
            Some(height) => ((f64::from(height.min(4000)) - others) / count).max(LEAST_PLOT),
            None => PLOTS[panels.len().saturating_sub(1).min(PLOTS.len() - 1)],
        };
        Layout { title, plot, total: (others + count * plot).ceil() }
    }

    /// The picture around what is drawn on it.
    fn document(self, figure: &Figure, width: f64, height: f64, drawn: &str) -> String {
        let (width, height) = (Px::of(width), Px::of(height));
        let (title, description) = (figure.heading(), describe::describe(figure));
        // Pictures in one page need identifiers of their own.
        let id = format!("lehr-{:016x}", fingerprint(&[&title, &description, drawn]));
        let (class, style) = (self.theme.class(), self.theme.style());
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"{class} role="img" aria-labelledby="{id}-title {id}-desc" font-family="{FAMILIES}" font-size="{SMALL}">
<title id="{id}-title">{}</title>
<desc id="{id}-desc">{}</desc>
{style}{drawn}</svg>
"#,
            Escaped(&title),
            Escaped(&description)
        )
    }
}

/// FNV-1a, 64 bits.
fn fingerprint(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
