//! `Csv`: a figure as a table, one row for each sampled update.

use std::fmt::Write as _;

use crate::figure::Figure;
use crate::number::Number;

/// A figure as comma-separated values: the update, then one column for each trace.
///
/// Numbers have the shortest digits that read back to the same bits; what is not finite is `NaN`, `inf` or `-inf`. Where
/// a trace has no sample at an update of another one, its cell is empty: nothing is interpolated. The first line names
/// the columns, in quotes where a name needs them; lines end with one newline.
///
/// # Example
///
/// ```
/// use lehr::{Horizon, Plan, Trace, linear, times};
/// use lehr_plot::{Csv, Figure};
///
/// let horizon = Horizon::updates(4)?;
/// let trace = |label, base| -> Result<Trace, lehr::Error> {
///     let plan = Plan::builder().then(linear().to(times(0.0))).resolve(&horizon)?;
///     Ok(Trace::sample(label, &plan, base, 4))
/// };
/// let figure = Figure::new("").trace(trace("lr", 1e-5)?).named("a, b", trace("wd", 0.5)?);
/// assert_eq!(Csv.draw(&figure), "update,lr,\"wd (a, b)\"
/// 0,1e-5,0.5
/// 1,7.500000000000001e-6,0.375
/// 2,5e-6,0.25
/// 3,2.5e-6,0.125
/// ");
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Csv;

impl Csv {
    /// Writes the table.
    ///
    /// ```
    /// use lehr_plot::{Csv, Figure};
    ///
    /// assert_eq!(Csv.draw(&Figure::default()), "update\n");
    /// ```
    pub fn draw(&self, figure: &Figure) -> String {
        let columns: Vec<_> =
            figure.columns().map(|(_, series, name)| (series.trace.points(), name)).collect();
        let mut text = "update".to_owned();
        for (_, name) in &columns {
            text.push(',');
            text.push_str(&cell(name));
        }
        text.push('\n');
        let mut rest: Vec<_> = columns.iter().map(|(points, _)| points.iter().copied().peekable()).collect();
        while let Some(n) = rest.iter_mut().filter_map(|points| points.peek()).map(|(n, _)| *n).min() {
            let _ = write!(text, "{n}");
            for points in &mut rest {
                text.push(',');
                if let Some((_, value)) = points.next_if(|(next, _)| *next == n) {
                    let _ = write!(text, "{}", Number(value));
                }
            }
            text.push('\n');
        }
        text
    }
}

/// A name as a cell: in quotes where a reader would take it apart otherwise.
fn cell(name: &str) -> String {
    if name.contains([',', '"', '\n', '\r']) || name.trim() != name {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}
