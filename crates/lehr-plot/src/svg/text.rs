//! Text in a picture: escaped, measured, cut to a width, and coordinates in hundredths of a pixel.

use std::fmt;

/// Hundredths of the font's size that the characters from U+0020 to U+007E of Inter Regular are wide. Other
/// sans-serif fonts are hardly wider.
const WIDTHS: [u8; 95] = [
    28, 28, 40, 63, 64, 81, 64, 22, 36, 36, 50, 66, 28, 46, 28, 36, 62, 46, 61, 64, 64, 61, 62, 57, 62, 62,
    28, 28, 66, 66, 66, 51, 94, 68, 65, 73, 72, 60, 59, 74, 74, 26, 54, 65, 56, 89, 75, 76, 63, 76, 64, 64,
    64, 74, 68, 95, 64, 66, 62, 36, 36, 36, 47, 45, 50, 56, 62, 56, 62, 58, 36, 61, 59, 24, 24, 54, 24, 87,
    59, 60, 61, 61, 37, 52, 36, 58, 56, 81, 54, 56, 54, 36, 33, 36, 66,
];

/// The families that text is set in: the first is the one that PNG pictures embed.
pub(crate) const FAMILIES: &str =
    "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/// How wide a text is in pixels, at this size; a guess for what is not ASCII.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let width = |c: char| {
        let index = u32::from(c).checked_sub(0x20).and_then(|index| usize::try_from(index).ok());
        let ascii = index.and_then(|index| WIDTHS.get(index)).map(|width| u32::from(*width));
        // Latin, Greek and Cyrillic are narrower than an em, Chinese, Japanese and Korean are not.
        ascii.unwrap_or(if u32::from(c) < 0x1100 { 70 } else { 100 })
    };
    f64::from(text.chars().map(width).sum::<u32>()) / 100.0 * size
}

/// The text, cut at its end so that it is no wider than this; empty where not even one character fits.
pub(crate) fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = width("…", size);
    for c in text.chars() {
        used += width(c.encode_utf8(&mut [0; 4]), size);
        if used > room {
            break;
        }
        cut.push(c);
    }
    if cut.is_empty() { cut } else { format!("{}…", cut.trim_end()) }
}

/// Text in XML or HTML: markup escaped, and what XML does not allow replaced.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\t' | '\n' | '\r' => f.write_str(" ")?,
                c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => f.write_str("\u{fffd}")?,
                // A direction set in a label would turn round what follows it.
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => f.write_str("\u{fffd}")?,
                c => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

/// A coordinate in whole hundredths of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Px(i64);

impl Px {
    /// The nearest hundredth.
    pub(crate) fn of(pixels: f64) -> Self {
        // Pictures are at most some thousand pixels wide.
        #[allow(clippy::cast_possible_truncation)]
        let hundredths = (pixels * 100.0).round() as i64;
        Self(hundredths)
    }

    pub(crate) fn hundredths(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match part {
            0 => write!(f, "{sign}{whole}"),
            part if part % 10 == 0 => write!(f, "{sign}{whole}.{}", part / 10),
            part => write!(f, "{sign}{whole}.{part:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_short() {
        for (pixels, text) in
            [(0.0, "0"), (-0.001, "0"), (1.5, "1.5"), (-0.25, "-0.25"), (12.004, "12"), (7.05, "7.05")]
        {
            assert_eq!(Px::of(pixels).to_string(), text);
        }
    }

    #[test]
    fn markup_is_escaped_and_control_characters_are_replaced() {
        let hostile = "</title><script>&\"'\u{0}\u{1b}\n\u{202e}\u{ffff}é";
        assert_eq!(
            Escaped(hostile).to_string(),
            "&lt;/title&gt;&lt;script&gt;&amp;&quot;&#39;\u{fffd}\u{fffd} \u{fffd}\u{fffd}é"
        );
    }

    #[test]
    fn texts_are_cut_to_their_room() {
        assert_eq!(fit("cosine", 10.0, 100.0), "cosine");
        assert_eq!(fit("cosine", 10.0, 25.0), "co…");
        assert_eq!(fit("cosine", 10.0, 5.0), "");
        for room in 0..100 {
            let room = f64::from(room);
            assert!(width(&fit("weight_decay 学习率 mmm", 11.0, room), 11.0) <= room);
        }
    }
}
