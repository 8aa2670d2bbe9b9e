//! `Png`: the SVG picture as pixels, with one embedded font.

use std::fmt;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};

use crate::figure::Figure;
use crate::svg::Svg;

/// How to draw a figure as PNG: as [`Svg`], so many pixels for one of its own.
///
/// The picture has its font with it, which holds Latin and Greek: the same figure gives the same pixels on every
/// machine. A character that the font lacks becomes `?`. Where the theme is [`Auto`](crate::Theme::Auto) the picture
/// is light.
///
/// # Defaults
///
/// Two pixels for one, as screens of today have.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, Plan, Trace, cosine, times};
/// use lehr_plot::{Figure, Png, Svg};
///
/// let plan = Plan::builder().then(cosine().to(times(0.0))).resolve(&Horizon::updates(1000)?)?;
/// let figure = Figure::new("").trace(Trace::sample("lr", &plan, 0.1, 200));
/// let svg = Svg { width: 400, height: Some(240), ..Svg::default() };
/// let png = Png { svg, scale: 2.0 }.draw(&figure)?;
/// assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Png {
    /// The picture.
    pub svg: Svg,
    /// Pixels of the PNG for one of the picture, above 0.
    pub scale: f32,
}

/// Why there is no PNG.
///
/// ```
/// use lehr_plot::{Figure, Png};
///
/// let error = Png { scale: -1.0, ..Png::default() }.draw(&Figure::default()).unwrap_err();
/// assert_eq!(error.to_string(), "the scale of a PNG must be above 0 and finite, not -1");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum PngError {
    /// The scale is zero, negative, infinite or `nan`.
    Scale(f32),
    /// The picture would have more than [`Png::MOST_PIXELS`]: its width and its height.
    TooLarge(u32, u32),
    /// The renderer says why.
    Renderer(String),
}

static FONT: &[u8] = include_bytes!("../assets/font/Inter-Regular.subset.otf");

impl Default for Png {
    fn default() -> Self {
        Self { svg: Svg::default(), scale: 2.0 }
    }
}

impl Png {
    /// The most pixels that a picture has: 64 million, a quarter of a gigabyte while it is drawn.
    ///
    /// ```
    /// use lehr_plot::{Figure, Png, PngError};
    ///
    /// // A poster of 72,000 pixels across is refused before it takes any memory.
    /// let poster = Png { scale: 100.0, ..Png::default() }.draw(&Figure::default());
    /// let pixels = |width, height| u64::from(width) * u64::from(height);
    /// assert!(matches!(poster, Err(PngError::TooLarge(width, height)) if pixels(width, height) > Png::MOST_PIXELS));
    /// ```
    pub const MOST_PIXELS: u64 = 64_000_000;

    /// Draws the figure and gives the bytes of a PNG file.
    ///
    /// # Errors
    ///
    /// [`PngError::Scale`] for a scale that is not a number above 0, [`PngError::TooLarge`] for more pixels than
    /// [`Png::MOST_PIXELS`].
    ///
    /// ```
    /// use lehr_plot::{Figure, Png, PngError};
    ///
    /// let nothing = Png { scale: 0.0, ..Png::default() };
    /// assert_eq!(nothing.draw(&Figure::default()), Err(PngError::Scale(0.0)));
    /// ```
    pub fn draw(&self, figure: &Figure) -> Result<Vec<u8>, PngError> {
        if !(self.scale > 0.0 && self.scale.is_finite()) {
            return Err(PngError::Scale(self.scale));
        }
        let mut fonts = fontdb::Database::new();
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(FONT)));
        let options =
            usvg::Options { font_family: "Inter".to_owned(), fontdb: Arc::new(fonts), ..Default::default() };
        let tree = usvg::Tree::from_str(&in_font(&self.svg.draw(figure)), &options)
            .map_err(|error| PngError::Renderer(error.to_string()))?;

        let size = tree.size();
        // A float that is too large for a u32 becomes the greatest one.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let [width, height] =
            [size.width(), size.height()].map(|pixels| ((pixels * self.scale).round() as u32).max(1));
        if u64::from(width) * u64::from(height) > Self::MOST_PIXELS {
            return Err(PngError::TooLarge(width, height));
        }
        let mut pixels = Pixmap::new(width, height).ok_or(PngError::TooLarge(width, height))?;
        resvg::render(&tree, Transform::from_scale(self.scale, self.scale), &mut pixels.as_mut());
        pixels.encode_png().map_err(|error| PngError::Renderer(error.to_string()))
    }
}

/// The text with `?` for what the font lacks.
fn in_font(text: &str) -> String {
    let has = |c: char| {
        matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{17f}' | 'Α'..='Ρ' | 'Σ'..='Ω' | 'α'..='ω')
            || "–—‘’“”…→−≤≥".contains(c)
    };
    text.chars().map(|c| if has(c) { c } else { '?' }).collect()
}

impl fmt::Display for PngError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scale(scale) => write!(f, "the scale of a PNG must be above 0 and finite, not {scale}"),
            Self::TooLarge(width, height) => {
                write!(f, "a PNG of {width} x {height} has more than {} pixels", Png::MOST_PIXELS)
            }
            Self::Renderer(reason) => write!(f, "the picture cannot be rendered: {reason}"),
        }
    }
}

impl std::error::Error for PngError {}
