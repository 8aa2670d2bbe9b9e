//! Figures that the tests draw: usual ones, and ones that are hard to draw.

#![allow(clippy::unwrap_used, dead_code, reason = "a test may panic, and not every test uses all of these")]

use lehr::{Horizon, Spec, Trace};
use lehr_plot::Figure;

pub(crate) const WARMUP: &str = "linear(from=0.01x, over=10%) -> hold(over=30%) -> cosine(to=1e-6)";

pub(crate) fn trace(label: &str, spec: &str, updates: u64, base: f64, count: usize) -> Trace {
    let plan = spec.parse::<Spec>().unwrap().resolve(&Horizon::updates(updates).unwrap()).unwrap();
    Trace::sample(label, &plan, base, count)
}

pub(crate) fn warmup() -> Figure {
    Figure::new("Warm-up, hold, cosine").trace(trace("lr", WARMUP, 10_000, 3e-4, 60))
}

pub(crate) fn fields() -> Figure {
    Figure::new("").trace(trace("lr", WARMUP, 10_020, 3e-4, 30)).trace(trace(
        "weight_decay",
        "cosine(from=0.04, to=0.4)",
        10_020,
        0.04,
        30,
    ))
}

pub(crate) fn compare() -> Figure {
    let wsd = "linear(from=0x, over=5%) -> hold(over=75%) -> linear(to=0x)";
    Figure::new("")
        .named("cosine.toml", trace("lr", "linear(from=0x, over=10%) -> cosine(to=0.1x)", 1000, 1e-3, 40))
        .named("wsd.toml", trace("lr", wsd, 1000, 1e-3, 40))
}

pub(crate) fn logarithmic() -> Figure {
    let plan = "linear(from=0x, over=20%) -> cosine(to=1e-7)";
    Figure::new("").trace(trace("lr", plan, 1_000_000_000, 3e-3, 40)).log_y("lr")
}

pub(crate) fn jumps() -> Figure {
    let plan = "hold(over=30%) -> hold(from=-0.5x, over=40%) -> hold(from=2x)";
    Figure::new("").trace(trace("lr", plan, 10_000, 0.1, 10))
}

pub(crate) const HOSTILE: [&str; 8] = [
    "",
    "</title></desc></svg><script>alert(1)</script>",
    "]]><!--<svg onload=alert(1)>",
    "\" onload=\"alert(1)' &amp; &lt; \\",
    "</noscript></script><img src=x onerror=alert(1)>",
    "a\nb\t\u{0}\u{1b}[31m\u{7f}\u{9b}\u{202e}\u{2028}\u{2029}\u{ffff}\u{a0}",
    "学习率 η 👩‍🔬 é",
    "=cmd|' /C calc'!A0, \"quoted\"",
];

/// Every hostile text as title, field and name, with values that are hard to draw.
pub(crate) fn hostile() -> Vec<Figure> {
    let values = [1e-300, 5e-324, 1e300, f64::MAX, -1.234_567e-7, f64::NAN, f64::INFINITY, 0.0];
    let mut figures: Vec<_> = HOSTILE
        .iter()
        .zip(values)
        .map(|(text, base)| {
            Figure::new(*text)
                .trace(trace(text, "linear(from=-1x, to=1x)", 1000, base, 50))
                .named(*text, trace(text, "linear(to=0x)", 50, base, 50))
                .named("a long name ".repeat(40), trace(text, "hold", 1, base, 2))
                .trace(trace("long run", "linear(to=0x)", u64::MAX, base, 50))
                .log_y(*text)
        })
        .collect();
    let restarts = trace("restarts", "repeat(cosine(to=0x, over=5), times=2000)", 10_000, 0.1, 500);
    let tight = trace("tight", "linear(from=-0.1, to=-0.10000000000000002)", 500, 1.0, 50);
    figures.push(
        Figure::new("")
            .trace(restarts)
            .trace(tight)
            .trace(trace("wide", "linear(from=1e-300, to=1e300)", 500, 1.0, 50))
            .log_y("wide"),
    );
    figures.push((0..12).map(|i| trace("lr", WARMUP, 1000 + i, 0.1, 20)).collect());
    figures.push(Figure::new("nothing"));
    figures
}
