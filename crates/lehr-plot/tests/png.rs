//! Pictures as PNG.

#![cfg(feature = "png")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{fields, hostile, warmup};
use lehr_plot::{Figure, Png, PngError, Svg, Theme};
use resvg::tiny_skia::Pixmap;

fn drawn(png: Png, figure: &Figure) -> Pixmap {
    Pixmap::decode_png(&png.draw(figure).unwrap()).unwrap()
}

fn of(width: u16, height: u16, theme: Theme, scale: f32) -> Png {
    Png { svg: Svg { width, height: Some(height), theme }, scale }
}

/// How many pixels are about this colour.
fn count(pixels: &Pixmap, color: [u8; 3]) -> usize {
    let near = |channel: u8, wanted: u8| channel.abs_diff(wanted) < 24;
    pixels
        .pixels()
        .iter()
        .filter(|pixel| {
            [pixel.red(), pixel.green(), pixel.blue()].into_iter().zip(color).all(|(a, b)| near(a, b))
        })
        .count()
}

#[test]
fn it_has_the_pixels_asked_for() {
    for (scale, size) in [(1.0, (640, 360)), (2.0, (1280, 720)), (0.5, (320, 180)), (1e-9, (1, 1))] {
        let pixels = drawn(of(640, 360, Theme::Light, scale), &warmup());
        assert_eq!((pixels.width(), pixels.height()), size);
    }
}

#[test]
fn paper_curve_and_words_are_there() {
    for (theme, paper, curve, words) in [
        (Theme::Light, [255, 255, 255], [0, 0x72, 0xb2], [0x1f, 0x23, 0x28]),
        (Theme::Auto, [255, 255, 255], [0, 0x72, 0xb2], [0x1f, 0x23, 0x28]),
        (Theme::Dark, [0x0d, 0x11, 0x17], [0x56, 0xb4, 0xe9], [0xf0, 0xf6, 0xfc]),
    ] {
        let pixels = drawn(of(640, 360, theme, 1.0), &fields());
        let all = 640 * 360;
        assert!(count(&pixels, paper) > all / 2);
        assert!((500..all / 20).contains(&count(&pixels, curve)));
        assert!((50..all / 20).contains(&count(&pixels, words)), "the font was found");
    }
}

#[test]
fn what_the_font_lacks_is_a_question_mark() {
    let titled = |title| Png::default().draw(&Figure::new(title)).unwrap();
    assert_eq!(titled("学"), titled("?"));
    assert_ne!(titled("é"), titled("?"));
}

#[test]
fn the_same_figure_gives_the_same_bytes() {
    assert_eq!(Png::default().draw(&fields()), Png::default().draw(&fields()));
}

#[test]
fn no_figure_is_too_hard() {
    for figure in hostile() {
        of(300, 200, Theme::Light, 0.25).draw(&figure).unwrap();
    }
}

#[test]
fn too_many_pixels_are_refused() {
    let huge = of(4000, 4000, Theme::Light, 4.0);
    assert_eq!(huge.draw(&warmup()), Err(PngError::TooLarge(16_000, 16_000)));
    for scale in [0.0, -1.0, f32::INFINITY] {
        assert_eq!(Png { scale, ..Png::default() }.draw(&warmup()), Err(PngError::Scale(scale)));
    }
    assert!(matches!(Png { scale: f32::NAN, ..Png::default() }.draw(&warmup()), Err(PngError::Scale(_))));
    assert!(Png { scale: f32::MAX, ..Png::default() }.draw(&warmup()).is_err());
}
