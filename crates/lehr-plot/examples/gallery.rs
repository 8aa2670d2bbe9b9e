//! Writes a set of pictures to a folder, to be looked at: `cargo run --example gallery --features png -- FOLDER`.

use std::error::Error;
use std::path::Path;

use lehr::{Horizon, Spec, Trace};
use lehr_plot::{Csv, Figure, Html, Json, Png, Svg, Theme};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("which folder?")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let usual = Svg::default();
    let narrow = Svg { width: 320, height: Some(220), ..usual };
    for (name, svg, figure) in [
        ("hero", usual, warmup()?),
        ("fields", usual, fields()?),
        ("compare", usual, compare(1000)?),
        ("log", usual, log()?),
        ("narrow", narrow, warmup()?),
        ("narrow-compare", narrow, compare(1000)?),
        ("wide", Svg { width: 1600, height: Some(300), ..usual }, compare(1_000_000_000)?),
        ("awkward", usual, awkward()?),
        ("steps", usual, steps()?),
        ("many", usual, many()?),
        ("nothing", narrow, Figure::new("Nothing")),
    ] {
        std::fs::write(folder.join(format!("{name}.html")), Html::default().draw(&figure))?;
        std::fs::write(folder.join(format!("{name}.csv")), Csv.draw(&figure))?;
        std::fs::write(folder.join(format!("{name}.json")), Json.draw(&figure))?;
        for (suffix, theme) in [("light", Theme::Light), ("dark", Theme::Dark), ("auto", Theme::Auto)] {
            let svg = Svg { theme, ..svg };
            std::fs::write(folder.join(format!("{name}.{suffix}.svg")), svg.draw(&figure))?;
            let png = Png { svg, ..Png::default() }.draw(&figure)?;
            std::fs::write(folder.join(format!("{name}.{suffix}.png")), png)?;
        }
    }
    Ok(())
}

fn trace(label: &str, spec: &str, total: u64, base: f64) -> Result<Trace, lehr::Error> {
    Ok(Trace::sample(label, &spec.parse::<Spec>()?.resolve(&Horizon::updates(total)?)?, base, 700))
}

const WARMUP: &str = "linear(from=0.01x, over=10%) -> hold(over=30%) -> cosine(to=1e-6)";

fn warmup() -> Result<Figure, lehr::Error> {
    Ok(Figure::new("Warm-up, hold, cosine").trace(trace("lr", WARMUP, 10_000, 3e-4)?))
}

fn fields() -> Result<Figure, lehr::Error> {
    Ok(Figure::new("ViT-S on digits")
        .trace(trace("lr", WARMUP, 10_020, 3e-4)?)
        .trace(trace("weight_decay", "cosine(from=0.04, to=0.4)", 10_020, 0.04)?)
        .trace(trace("momentum", "linear(from=0.95, to=0.85, over=30%) -> linear(to=0.95)", 10_020, 0.9)?))
}

fn compare(total: u64) -> Result<Figure, lehr::Error> {
    let wsd = "linear(from=0x, over=5%) -> hold(over=75%) -> linear(to=0x)";
    Ok(Figure::new("")
        .named("cosine.toml", trace("lr", "linear(from=0x, over=10%) -> cosine(to=0.1x)", total, 1e-3)?)
        .named("wsd.toml", trace("lr", wsd, total, 1e-3)?)
        .named(
            "a rather long name of a file that somebody chose.yaml",
            trace("lr", "polynomial(power=2, to=0)", total, 8e-4)?,
        ))
}

fn log() -> Result<Figure, lehr::Error> {
    Ok(Figure::new("Logarithmic")
        .trace(trace(
            "lr",
            "exponential(ratio=1e-4, from=1e-6, to=1x, over=20%) -> cosine(to=1e-6)",
            10_000,
            3e-3,
        )?)
        .trace(trace(
            "with zeros",
            "linear(from=0x, over=20%) -> hold(over=20%) -> linear(to=-0.001, over=40%) -> hold",
            10_000,
            1e-2,
        )?)
        .trace(trace("little change", "linear(from=0.9, to=0.95)", 10_000, 1.0)?)
        .log_y("lr")
        .log_y("with zeros")
        .log_y("little change"))
}

fn awkward() -> Result<Figure, lehr::Error> {
    let down = |label: &str, base| trace(label, "linear(to=0x)", 10_000, base);
    Ok(Figure::new("</title> & \"awkward\" <script>alert(1)</script>")
        .trace(trace("constant", "hold", 10_000, 0.9)?)
        .trace(trace("jumps", "hold(over=30%) -> hold(from=-0.5x, over=40%) -> hold(from=2x)", 10_000, 0.1)?)
        .trace(down("tiny", 1e-300)?)
        .trace(down("huge", 1e300)?)
        .trace(trace("negative", "linear(from=-1x, to=1x)", 10_000, -1.234_567e-7)?)
        .trace(trace("tight", "linear(from=-0.1, to=-0.10000000000000002)", 10_000, 1.0)?)
        .trace(down("not a number", f64::NAN)?)
        .trace(trace("restarts", "repeat(cosine(to=0x, over=5), times=2000)", 10_000, 0.1)?)
        .trace(down("学习率 η é \u{202e}abc", 1.0)?))
}

fn steps() -> Result<Figure, lehr::Error> {
    Ok(Figure::new("Ten and a hundred updates are steps")
        .named("ten", trace("lr", "linear(from=0x, over=3) -> cosine(to=0)", 10, 0.1)?)
        .named("hundred", trace("lr", "linear(from=0x, over=30) -> cosine(to=0)", 100, 0.1)?)
        .trace(trace("one", "hold", 1, 0.1)?))
}

fn many() -> Result<Figure, lehr::Error> {
    let mut figure = Figure::new("Seven groups of one field");
    for group in 0..7 {
        let base = 0.001 * 0.8_f64.powi(group);
        figure = figure.named(format!("group {group}"), trace("lr", WARMUP, 10_000, base)?);
    }
    Ok(figure)
}
