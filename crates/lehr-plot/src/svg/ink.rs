//! `Theme` and the colours: as attributes, and for dark screens as a style sheet beside them.

use std::fmt::Write as _;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's screen is: light, and dark where that is preferred. Programs that do not know the question
    /// show it light.
    #[default]
    Auto,
    /// Always light: for paper.
    Light,
    /// Always dark.
    Dark,
}

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Paper,
    Text,
    Muted,
    Grid,
    Axis,
    Band,
    /// The curve of this trace of its field.
    Curve(usize),
}

/// Six hues that people with a colour vision deficiency tell apart (after Okabe and Ito), darker or lighter than
/// theirs so that each has a contrast of 3 and more on its paper.
pub(crate) const CURVES: usize = 6;
const LIGHT: [&str; 6 + CURVES] = [
    "#ffffff", "#1f2328", "#59636e", "#dde2e8", "#818b98", "#eff3f8", "#0072b2", "#d55e00", "#00805e",
    "#b0508a", "#946c00", "#4d4d4d",
];
const DARK: [&str; 6 + CURVES] = [
    "#0d1117", "#f0f6fc", "#9198a1", "#2a313c", "#656c76", "#171d27", "#56b4e9", "#f28e4b", "#2fc49a",
    "#e08fc0", "#e6c229", "#c9c9c9",
];

/// Strokes that tell curves apart without colour. Their number has no factor in common with that of the hues.
pub(crate) const DASHES: [&str; 5] = ["", "8 4", "2 3.5", "9 3 2 3", "15 4"];

impl Ink {
    fn index(self) -> usize {
        match self {
            Self::Paper => 0,
            Self::Text => 1,
            Self::Muted => 2,
            Self::Grid => 3,
            Self::Axis => 4,
            Self::Band => 5,
            Self::Curve(index) => 6 + index % CURVES,
        }
    }

    /// `fill` in this colour.
    pub(crate) fn fill(self, theme: Theme) -> String {
        self.attribute("fill", theme)
    }

    /// `stroke` in this colour.
    pub(crate) fn stroke(self, theme: Theme) -> String {
        self.attribute("stroke", theme)
    }

    fn attribute(self, name: &str, theme: Theme) -> String {
        let index = self.index();
        match theme {
            Theme::Light => format!(r#"{name}="{}""#, LIGHT[index]),
            Theme::Dark => format!(r#"{name}="{}""#, DARK[index]),
            Theme::Auto => format!(r#"{name}="{}" class="{}{index}""#, LIGHT[index], &name[..1]),
        }
    }
}

/// The dashes of a trace's curve, as an attribute with a space before it, or nothing.
pub(crate) fn dashes(index: usize) -> String {
    match DASHES[index % DASHES.len()] {
        "" => String::new(),
        dashes => format!(r#" stroke-dasharray="{dashes}""#),
    }
}

/// The colours as variables of a page whose root has `data-theme`: `auto`, `light` or `dark`.
pub(crate) fn variables() -> String {
    let names = ["paper", "text", "muted", "grid", "axis", "band"].map(str::to_owned);
    let names: Vec<_> = names.into_iter().chain((0..CURVES).map(|index| format!("curve{index}"))).collect();
    let list = |colors: [&str; 6 + CURVES]| {
        let pairs = names.iter().zip(colors);
        pairs.fold(String::new(), |list, (name, color)| list + " --" + name + ": " + color + ";")
    };
    let (light, dark) = (list(LIGHT), list(DARK));
    format!(
        ":root {{{light} }}\n@media (prefers-color-scheme: dark) {{ :root[data-theme=\"auto\"] {{{dark} }} }}\n\
         :root[data-theme=\"dark\"] {{{dark} }}\n"
    )
}

impl Theme {
    /// The class of the root, with a space before it, under which alone the style sheet holds.
    pub(crate) fn class(self) -> &'static str {
        if self == Self::Auto { r#" class="lehr-auto""# } else { "" }
    }

    /// The style sheet, if the picture asks the reader's screen.
    pub(crate) fn style(self) -> String {
        if self != Self::Auto {
            return String::new();
        }
        let mut style = "<style>@media (prefers-color-scheme: dark) {".to_owned();
        for (index, color) in DARK.iter().enumerate() {
            let _ = write!(
                style,
                " .lehr-auto .f{index} {{fill: {color}}} .lehr-auto .s{index} {{stroke: {color}}}"
            );
        }
        style.push_str(" }</style>\n");
        style
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance of WCAG 2.
    fn luminance(color: &str) -> f64 {
        [(1, 0.2126), (3, 0.7152), (5, 0.0722)]
            .map(|(at, weight)| {
                let channel = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
                weight
                    * if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
            })
            .iter()
            .sum()
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn curves_and_words_stand_out_from_paper_and_bands() {
        for colors in [LIGHT, DARK] {
            for ground in [colors[Ink::Paper.index()], colors[Ink::Band.index()]] {
                for curve in 0..CURVES {
                    let color = colors[Ink::Curve(curve).index()];
                    assert!(contrast(color, ground) > 3.0, "{color} on {ground}");
                }
                for words in [Ink::Text, Ink::Muted] {
                    let color = colors[words.index()];
                    assert!(contrast(color, ground) > 4.5, "{color} on {ground}");
                }
            }
        }
    }
}
