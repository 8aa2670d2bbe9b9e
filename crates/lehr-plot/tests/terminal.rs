//! Pictures of schedules in a terminal.
//!
//! The snapshots show what a person sees. The other tests hold whatever the pictures look like: widths, heights,
//! characters, and that the dots lie where the values are.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test may panic, and its numbers are small"
)]

use lehr::{
    Horizon, Level, Plan, Spec, Trace, absolute, cosine, exponential, fraction, hold, linear, rest, times,
    updates,
};
use lehr_plot::Terminal;
use ratatui_core::buffer::CellWidth;

const UPDATES: u64 = 10_000;

fn warmup_cosine(total: u64) -> Plan {
    Plan::builder()
        .then(linear().from(times(0.01)).over(fraction(0.1)))
        .then(cosine().to(absolute(1e-6)).over(rest()))
        .then(hold().over(fraction(0.1)))
        .resolve(&Horizon::updates(total).unwrap())
        .unwrap()
}

fn straight(from: Level, to: Level, total: u64) -> Plan {
    Plan::builder().then(linear().from(from).to(to)).resolve(&Horizon::updates(total).unwrap()).unwrap()
}

fn lr() -> Trace {
    Trace::sample("lr", &warmup_cosine(UPDATES), 3e-4, 200)
}

fn weight_decay() -> Trace {
    let plan = Plan::builder()
        .then(cosine().from(absolute(0.04)).to(absolute(0.4)))
        .resolve(&Horizon::updates(UPDATES).unwrap())
        .unwrap();
    Trace::sample("weight_decay", &plan, 0.04, 200)
}

fn momentum() -> Trace {
    let plan = Plan::builder().then(hold()).resolve(&Horizon::updates(UPDATES).unwrap()).unwrap();
    Trace::sample("momentum", &plan, 0.9, 200)
}

/// Traces that are hard to draw.
fn awkward() -> Vec<Trace> {
    let jumps = Plan::builder()
        .then(hold().over(updates(1)))
        .then(exponential(1e-3).from(times(-1.0)).to(times(0.0)).over(updates(7)))
        .then(hold().from(times(1.0)).over(updates(1)))
        .resolve(&Horizon::updates(9).unwrap())
        .unwrap();
    let open = Plan::builder()
        .then(linear().from(times(0.0)).over(updates(30)))
        .then(hold())
        .resolve(&Horizon::open())
        .unwrap();
    let down = straight(times(1.0), times(0.0), 50);
    let across = straight(times(-1.0), times(1.0), 1000);
    vec![
        Trace::sample("one point", &straight(times(1.0), times(0.0), 1), 0.1, 2),
        Trace::sample("two points", &straight(times(1.0), times(0.0), 2), 0.1, 2),
        Trace::sample("longest run", &straight(times(1.0), times(0.0), u64::MAX), 0.1, 50),
        Trace::sample("zero", &down, 0.0, 50),
        Trace::sample("tiny", &down, 1e-300, 50),
        Trace::sample("tiniest", &across, 5e-324, 50),
        Trace::sample("huge", &down, 1e300, 50),
        Trace::sample("hugest", &across, f64::MAX, 50),
        Trace::sample("wide", &straight(absolute(1e-300), absolute(1e300), 500), 1.0, 50),
        Trace::sample("tight", &straight(absolute(-0.1), absolute(-0.100_000_000_000_000_02), 500), 1.0, 50),
        Trace::sample("negative", &across, -1.234_567e-7, 50),
        Trace::sample("not a number", &down, f64::NAN, 50),
        Trace::sample("infinite", &across, f64::INFINITY, 50),
        Trace::sample("jumps", &jumps, 0.1, 50),
        Trace::sample("open", &open, 0.1, 50),
        Trace::sample("", &down, 0.1, 50),
        Trace::sample("a\nb\t\u{1b}[31mred\u{7f}\u{9b}31m\u{202e}\u{a0}", &down, 0.1, 50),
        Trace::sample("学习率 η 👩‍🔬 é", &down, 0.1, 50),
        Trace::sample(&"long ".repeat(300), &down, 0.1, 50),
    ]
}

/// The rows of dots of the first panel, without what is left of them.
fn dots(picture: &str, rows: usize) -> Vec<Vec<char>> {
    let lines = picture.lines().skip(1).take(rows);
    lines.map(|line| line.chars().skip_while(|c| !"┤│+|".contains(*c)).skip(1).collect()).collect()
}

#[test]
fn warmup_and_cosine() {
    insta::assert_snapshot!(Terminal::default().draw(&[lr()]));
}

#[test]
fn two_traces() {
    insta::assert_snapshot!(Terminal { height: 24, ..Terminal::default() }.draw(&[lr(), weight_decay()]));
}

#[test]
fn ascii() {
    insta::assert_snapshot!(Terminal { ascii: true, ..Terminal::default() }.draw(&[lr()]));
}

#[test]
fn narrow() {
    insta::assert_snapshot!(
        Terminal { width: 20, height: 3, ..Terminal::default() }.draw(&[lr(), weight_decay()])
    );
}

#[test]
fn narrow_ascii() {
    insta::assert_snapshot!(Terminal { width: 40, height: 10, ascii: true, color: false }.draw(&[lr()]));
}

#[test]
fn constant() {
    insta::assert_snapshot!(Terminal { height: 9, ..Terminal::default() }.draw(&[momentum()]));
}

#[test]
fn one_update() {
    let trace = Trace::sample("lr", &straight(times(1.0), times(0.0), 1), 0.1, 2);
    insta::assert_snapshot!(Terminal { height: 7, ..Terminal::default() }.draw(&[trace]));
}

#[test]
fn ten_updates_are_ten_steps() {
    let plan = Plan::builder()
        .then(linear().from(times(0.0)).over(updates(3)))
        .then(cosine().to(times(0.0)).over(rest()))
        .resolve(&Horizon::updates(10).unwrap())
        .unwrap();
    insta::assert_snapshot!(Terminal::default().draw(&[Trace::sample("lr", &plan, 0.1, 160)]));
}

#[test]
fn below_and_above_zero() {
    let trace = Trace::sample("x", &straight(times(-1.0), times(1.0), 12_345), 2.5e-5, 200);
    insta::assert_snapshot!(Terminal { height: 12, ..Terminal::default() }.draw(&[trace]));
}

#[test]
fn traces_of_different_lengths_share_the_updates() {
    let short = Trace::sample("lr", &warmup_cosine(6000), 3e-4, 200);
    insta::assert_snapshot!(Terminal { height: 18, ..Terminal::default() }.draw(&[short, momentum()]));
}

#[test]
fn no_traces() {
    assert_eq!(Terminal::default().draw(&[]), "no traces\n");
}

#[test]
fn every_picture_has_its_size_and_characters() {
    let all = awkward();
    let mut sets: Vec<&[Trace]> = all.chunks(1).collect();
    sets.extend([&all[..4], &all[..]]);
    for traces in sets {
        for width in [0, 20, 21, 33, 60, 300, u16::MAX] {
            for height in [0, 3, 8, 40] {
                for ascii in [false, true] {
                    let terminal = Terminal { width, height, ascii, color: false };
                    let picture = terminal.draw(traces);
                    let context = format!("{terminal:?} {}\n{picture}", traces[0].label());
                    for line in picture.lines() {
                        assert!(line.cell_width() <= width.clamp(20, 1000), "{context}");
                    }
                    assert!(picture.lines().all(|line| line == line.trim_end()), "{context}");
                    assert_eq!(
                        picture.lines().count(),
                        usize::from(height).max(7 * traces.len()),
                        "{context}"
                    );
                    assert!(picture.ends_with('\n') && !picture.ends_with("\n\n"), "{context}");
                    assert!(!picture.chars().any(|c| c.is_control() && c != '\n'), "{context}");
                    assert!(!ascii || picture.is_ascii(), "{context}");
                    assert_eq!(picture, terminal.draw(traces), "{context}");
                }
            }
        }
    }
}

#[test]
fn wide_characters_count_twice() {
    let plan = straight(times(1.0), times(0.0), 50);
    let picture = Terminal { width: 20, ..Terminal::default() }.draw(&[Trace::sample(
        &"学".repeat(30),
        &plan,
        0.1,
        50,
    )]);
    assert_eq!(picture.lines().next(), Some("学".repeat(10).as_str()));
}

#[test]
fn the_highest_dot_is_at_the_peak() {
    for ascii in [false, true] {
        let terminal = Terminal { ascii, ..Terminal::default() };
        let rows = dots(&terminal.draw(&[lr()]), 12);
        let width = rows.iter().map(Vec::len).max().unwrap();
        // The peak is at the end of the warm-up, a tenth of the run.
        let peak = width / 10;
        let top: Vec<usize> = (0..rows[0].len()).filter(|x| rows[0][*x] != ' ').collect();
        assert!(top[0].abs_diff(peak) <= 1, "{top:?} {peak}");
        // Nothing lies higher on the left of it, and the curve ends at the bottom.
        assert!(rows[0][..top[0]].iter().all(|c| *c == ' '));
        assert!(rows[11].iter().rev().take(5).all(|c| *c != ' '));
        assert_eq!(rows[11].len(), width);
    }
}

#[test]
fn every_sample_has_its_dot() {
    let total = 71;
    let plan = warmup_cosine(total);
    let trace = Trace::sample("lr", &plan, 3e-4, 200);
    let picture = Terminal { height: 24, ascii: true, ..Terminal::default() }.draw(&[trace]);
    let rows = dots(&picture, 20);
    let values: Vec<f64> = (0..total).map(|n| plan.value_at(n, 3e-4)).collect();
    let (low, high) = (values[total as usize - 1], 3e-4);
    let columns = 80 - "updates |".len();
    for (n, value) in values.iter().enumerate() {
        let x = (n as f64 / total as f64 * (columns - 1) as f64).round() as usize;
        let y = ((high - value) / (high - low) * 19.0).round() as usize;
        assert_eq!(rows[y].get(x), Some(&'*'), "update {n} at {x}, {y}\n{picture}");
    }
    let stars = rows.iter().flatten().filter(|c| **c == '*').count();
    assert!(stars < 3 * columns, "a line, not an area\n{picture}");
}

#[test]
fn labels_are_the_least_and_the_greatest_value() {
    for (low, high) in [(1e-6, 3e-4), (-2.5, 7.5), (0.999, 0.9999), (-1e300, 1e300), (1e-300, 3e-300)] {
        let trace = Trace::sample("x", &straight(absolute(high), absolute(low), 1_000_000), 1.0, 200);
        let picture = Terminal::default().draw(&[trace]);
        let labels: Vec<f64> =
            picture.lines().filter_map(|line| line.split_once(" ┤")?.0.trim().parse().ok()).collect();
        assert_eq!(labels[0], high);
        // The last update of this run comes close to `low`, but not to it.
        assert!(
            (labels[labels.len() - 1] - low).abs() <= 1e-2 * (high / 2.0 - low / 2.0),
            "{labels:?} {low}"
        );
        assert!(labels.is_sorted_by(|above, below| above > below), "{labels:?}");
    }
}

#[test]
fn phases_stand_where_they_lie() {
    for ascii in [false, true] {
        let picture = Terminal { ascii, ..Terminal::default() }.draw(&[lr()]);
        let phases = picture.lines().last().unwrap();
        let left = "updates |".len();
        let bars: Vec<usize> =
            phases.chars().enumerate().filter(|(_, c)| "├┼┤|".contains(*c)).map(|(x, _)| x - left).collect();
        // The run has 71 columns; its phases take a tenth, eight tenths and a tenth.
        assert_eq!(bars, [0, 7, 63, 70]);
        assert!(["linear", "cosine", "hold"].iter().all(|name| phases.contains(name)));
    }
}

#[test]
fn the_end_has_a_label_where_there_is_room() {
    let labels = |total| {
        let trace = Trace::sample("x", &straight(times(1.0), times(0.0), total), 1.0, 200);
        let picture = Terminal::default().draw(&[trace]);
        picture.lines().nth_back(1).unwrap().split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(labels(17_500), "0 5.0k 10k 15k 17.5k");
    assert_eq!(labels(10_020), "0 2.0k 4.0k 6.0k 8.0k 10k");
    assert_eq!(labels(3), "0 1 2 3");
}

#[test]
fn colour_adds_escapes_and_nothing_else() {
    let traces = [lr(), weight_decay(), momentum()];
    for ascii in [false, true] {
        let plain = Terminal { height: 30, ascii, ..Terminal::default() }.draw(&traces);
        let coloured = Terminal { height: 30, ascii, color: true, ..Terminal::default() }.draw(&traces);
        assert!(!plain.contains('\u{1b}'));
        let mut pieces = coloured.split("\u{1b}[");
        let mut stripped = pieces.next().unwrap().to_owned();
        for piece in pieces {
            let (code, text) = piece.split_once('m').unwrap();
            assert!(["0", "90", "36", "33", "35"].contains(&code), "{code}");
            stripped.push_str(text);
        }
        assert_eq!(stripped, plain);
        assert!(coloured.lines().all(|line| !line.contains('\u{1b}') || line.contains("\u{1b}[0m")));
    }
}

#[test]
fn curves_that_lie_on_each_other_take_turns_and_have_marks_of_their_own() {
    let figure = lehr_plot::Figure::new("").named("a", lr()).named("b", lr());
    for (ascii, marks) in [(false, ["⠒⠒ a", "•• b"]), (true, ["** a", "oo b"])] {
        let picture = Terminal { ascii, ..Terminal::default() }.draw_figure(&figure);
        let title = picture.lines().next().unwrap();
        assert!(marks.iter().all(|mark| title.contains(mark)), "{picture}");
        let mark = marks[1].chars().next().unwrap();
        let of_second = picture.lines().skip(1).flat_map(str::chars).filter(|c| *c == mark).count();
        assert!((20..60).contains(&of_second), "every second column is the second one's: {picture}");
        // The same phases stand there once.
        assert_eq!(picture.matches("linear").count(), 1, "{picture}");
    }
}

#[test]
fn ten_thousand_restarts_fill_their_outline_and_are_called_many() {
    let plan: Spec = "repeat(cosine(to=0.5x, over=100))".parse().unwrap();
    let plan = plan.resolve(&Horizon::updates(1_000_000).unwrap()).unwrap();
    let picture = Terminal::default().draw(&[Trace::sample("lr", &plan, 1.0, 160)]);
    assert!(picture.contains("many short phases"), "{picture}");
    // From the greatest to the least value every cell of every column is drawn, but for rounding at both edges.
    for row in dots(&picture, 12) {
        let blank = row.iter().filter(|c| **c == ' ' || **c == '\u{2800}').count();
        assert!(blank <= 2, "{blank} of {}: {picture}", row.len());
    }
}

#[test]
fn a_logarithmic_axis_makes_a_geometric_phase_a_straight_line() {
    let plan: Spec = "geometric(from=1x, to=1e-12x)".parse().unwrap();
    let plan = plan.resolve(&Horizon::updates(1000).unwrap()).unwrap();
    let figure = lehr_plot::Figure::new("").trace(Trace::sample("lr", &plan, 1.0, 160)).log_y("lr");
    let picture = Terminal { ascii: true, ..Terminal::default() }.draw_figure(&figure);
    let first = |row: &Vec<char>| row.iter().position(|c| *c == '*');
    let starts: Vec<usize> = dots(&picture, 12).iter().filter_map(first).collect();
    assert!(starts.len() >= 10, "{picture}");
    let steps: Vec<usize> = starts.windows(2).map(|pair| pair[1] - pair[0]).skip(1).collect();
    let (least, most) = (steps.iter().min().unwrap(), steps.iter().max().unwrap());
    assert!(most - least <= 2, "{steps:?}: {picture}");
    assert!(picture.contains("1e-12") && picture.contains("1e0"), "{picture}");
}
