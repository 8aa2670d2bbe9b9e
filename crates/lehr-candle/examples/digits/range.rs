//! The picture of a range test: the smoothed loss over the logarithm of the learning rate, and the suggestions on it.

use std::fmt::Write;

use lehr_train::Range;
use ratatui_core::buffer::{Buffer, Cell};
use ratatui_core::layout::Rect;
use ratatui_core::symbols::Marker;
use ratatui_core::widgets::Widget;
use ratatui_widgets::chart::{Axis, Chart, Dataset, GraphType};

/// How the suggestions are marked, in their order, and what that looks like.
const MARKS: [(Marker, char); 3] = [(Marker::Block, '█'), (Marker::Bar, '▄'), (Marker::Dot, '•')];

/// The picture, and below it a line for each suggestion.
pub(crate) fn draw(range: &Range) -> String {
    let place = |index: usize| (range.points[index].value.log10(), range.points[index].smoothed);
    let losses: Vec<(f64, f64)> = (0..range.points.len()).map(place).collect();
    let suggested: Vec<[(f64, f64); 1]> =
        range.suggestions.iter().map(|found| [place(found.index)]).collect();
    let (Some((low, first)), Some((high, _))) = (losses.first(), losses.last()) else { return String::new() };
    let least = losses.iter().fold(f64::INFINITY, |least, (_, loss)| least.min(*loss));
    let most = first * 1.2;

    let curve = Dataset::default().marker(Marker::Braille).graph_type(GraphType::Line);
    let mut sets = vec![curve.data(&losses)];
    for (at, (mark, _)) in suggested.iter().zip(MARKS) {
        sets.push(Dataset::default().marker(mark).data(at));
    }
    let learning_rates =
        [*low, (low + high) / 2.0, *high].map(|exponent| format!("{:.0e}", 10f64.powf(exponent)));
    let chart = Chart::new(sets)
        .x_axis(Axis::default().title("lr").bounds([*low, *high]).labels(learning_rates))
        .y_axis(
            Axis::default()
                .title("smoothed loss")
                .bounds([least * 0.9, most])
                .labels([least * 0.9, most].map(|loss| format!("{loss:.2}"))),
        )
        .legend_position(None);
    let area = Rect::new(0, 0, 80, 20);
    let mut buffer = Buffer::empty(area);
    chart.render(area, &mut buffer);
    let mut text = String::new();
    for line in buffer.content().chunks(usize::from(area.width)) {
        let line: String = line.iter().map(Cell::symbol).collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for (found, (_, mark)) in range.suggestions.iter().zip(MARKS) {
        let _ = writeln!(text, "{mark} {:<13} {:.1e}  {}", found.name, found.value, found.reason);
    }
    text
}
