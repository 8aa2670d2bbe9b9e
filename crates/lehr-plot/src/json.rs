//! `Json`: a figure as data, for programs and for the page.

use std::fmt::{self, Write as _};

use crate::figure::{Figure, Group, Series};
use crate::number::Number;
use crate::panel::end_of;

/// A figure as JSON.
///
/// ```text
/// { "title": text,
///   "fields": [ { "field": text, "log": whether on a logarithmic axis,
///     "traces": [ { "name": text, "end": the update after the last, "open": whether the plan has no end,
///                   "phases": [[first update, shape], ...], "updates": [...], "values": [...] } ] } ] }
/// ```
///
/// Numbers have the shortest digits that read back to the same bits. JSON has no number that is not finite: such a value
/// is `null`. `<`, `>`, `&`, U+2028 and U+2029 are escaped, so that the text can stand in a script of a page.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, Plan, Trace, linear, times};
/// use lehr_plot::{Figure, Json};
///
/// let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&Horizon::updates(2)?)?;
/// let figure = Figure::new("<b>").trace(Trace::sample("lr", &plan, 3e-4, 2));
/// assert_eq!(Json.draw(&figure), r#"{"title":"\u003cb\u003e","fields":[
/// {"field":"lr","log":false,"traces":[
/// {"name":"lr","end":2,"open":false,"phases":[[0,"linear"]],
/// "updates":[0,1],
/// "values":[0.0003,0.00015]}
/// ]}
/// ]}
/// "#);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json;

impl Json {
    /// Writes the data.
    ///
    /// ```
    /// use lehr_plot::{Figure, Json};
    ///
    /// assert_eq!(Json.draw(&Figure::default()), "{\"title\":\"\",\"fields\":[\n]}\n");
    /// ```
    pub fn draw(&self, figure: &Figure) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "{{\"title\":{},\"fields\":[", Quoted(figure.title()));
        list(&mut text, figure.groups(), |text, group| write_group(text, group, figure.is_log(group)));
        text.push_str("]}\n");
        text
    }
}

fn write_group(text: &mut String, group: &Group, log: bool) {
    let _ = writeln!(text, "{{\"field\":{},\"log\":{log},\"traces\":[", Quoted(&group.field));
    list(text, &group.series, write_series);
    text.push_str("]}");
}

fn write_series(text: &mut String, series: &Series) {
    let trace = &series.trace;
    let join = |items: &mut dyn Iterator<Item = String>| items.collect::<Vec<_>>().join(",");
    let phases =
        join(&mut trace.boundaries().iter().map(|(start, name)| format!("[{start},{}]", Quoted(name))));
    let updates = join(&mut trace.points().iter().map(|(n, _)| n.to_string()));
    let values =
        join(&mut trace.points().iter().map(|(_, value)| {
            if value.is_finite() { Number(*value).to_string() } else { "null".to_owned() }
        }));
    let (name, end, open) = (Quoted(&series.name), end_of(trace), trace.is_open());
    let _ = write!(
        text,
        "{{\"name\":{name},\"end\":{end},\"open\":{open},\"phases\":[{phases}],\n\"updates\":[{updates}],\n\"values\":[{values}]}}"
    );
}

/// Items with commas between them, each with a newline at its end.
fn list<T>(text: &mut String, items: &[T], mut write: impl FnMut(&mut String, &T)) {
    for (i, item) in items.iter().enumerate() {
        write(text, item);
        text.push_str(if i + 1 < items.len() { ",\n" } else { "\n" });
    }
}

/// A text as JSON that may stand in a script.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                    write!(f, "\\u{:04x}", u32::from(c))?;
                }
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}
