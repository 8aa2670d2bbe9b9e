//! `Theme` and the colours: as attributes, and for dark screens as a style sheet beside them.

use std::fmt::Write as _;

/// Light or dark.
///
/// ```
/// use lehr_plot::{Figure, Svg, Theme};
///
/// let picture = |theme| Svg { theme, ..Svg::default() }.draw(&Figure::default());
/// assert!(picture(Theme::Auto).contains("prefers-color-scheme: dark"));
/// assert!(!picture(Theme::Light).contains("prefers-color-scheme"));
/// assert_ne!(picture(Theme::Light), picture(Theme::Dark));
/// ```
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

/// Six hues, the first two those of Okabe and Ito: each with a contrast of more than 3 on its paper, any two told apart
/// with protanopia, deuteranopia and tritanopia too (the tests say how far).
pub(crate) const CURVES: usize = 6;
const LIGHT: [&str; 6 + CURVES] = [
    "#ffffff", "#1f2328", "#59636e", "#dde2e8", "#818b98", "#eff3f8", "#0072b2", "#d55e00", "#157448",
    "#d4629d", "#45206b", "#67616b",
];
const DARK: [&str; 6 + CURVES] = [
    "#0d1117", "#f0f6fc", "#9198a1", "#2a313c", "#656c76", "#171d27", "#56b4e9", "#f28e4b", "#0c9969",
    "#d669c0", "#f0dc50", "#8faca7",
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

    type Vector = [f64; 3];

    /// Linear red, green and blue.
    fn linear(color: &str) -> Vector {
        [1, 3, 5].map(|at| {
            let channel = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn dot(a: Vector, b: Vector) -> f64 {
        a.into_iter().zip(b).map(|(a, b)| a * b).sum()
    }

    /// The relative luminance of WCAG 2.
    fn luminance(color: &str) -> f64 {
        dot(linear(color), [0.2126, 0.7152, 0.0722])
    }

    /// CIE L*a*b*.
    fn lab(linear: Vector) -> Vector {
        let rows = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]];
        let [x, y, z] = rows.map(|row| {
            let share = dot(row, linear).max(0.0) / row.iter().sum::<f64>();
            if share > 0.008_856 { share.cbrt() } else { 7.787 * share + 16.0 / 116.0 }
        });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// Full sight, protanopia, deuteranopia and tritanopia, after Machado, Oliveira and Fernandes (2009).
    const SIGHTS: [[Vector; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_82, 0.042_94, 0.968_881],
        ],
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_9],
        ],
    ];

    #[test]
    fn curves_are_told_apart_whatever_ones_sight_is() {
        for colors in [LIGHT, DARK] {
            let curves = &colors[Ink::Curve(0).index()..];
            for sight in SIGHTS {
                let seen: Vec<_> =
                    curves.iter().map(|color| lab(sight.map(|row| dot(row, linear(color))))).collect();
                for (i, a) in seen.iter().enumerate() {
                    for (j, b) in seen.iter().enumerate().skip(i + 1) {
                        let distance = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                        assert!(distance > 15.0, "{} and {}: {distance}", curves[i], curves[j]);
                    }
                }
            }
        }
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
