//! `History`: what a run used, as CSV: `update,epoch,loss,lr/<group>,...` as `lehr-train` writes it, or `update,lr`.

use std::io::Read;

/// More rows are not read.
const MOST_ROWS: usize = 20_000_000;

/// The values of one column, one for each update.
///
/// ```
/// use lehr_spec::History;
///
/// let run = History::read("step,epoch,loss,lr\n0,1,2.5,0.1\n7,1,2.25,0.2\n".as_bytes())?;
/// assert_eq!((run.columns()[0].name.as_str(), &run.columns()[0].values), ("loss", &vec![2.5, 2.25]));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name: a field, with `/` and a group where there are several.
    pub name: String,
    /// Its values.
    pub values: Vec<f64>,
}

/// What a run used, update by update.
///
/// ```
/// use lehr_spec::History;
///
/// let run = History::read("step,epoch,loss,lr\n0,1,2.5,0.1\n7,1,2.25,0.2\n".as_bytes())?;
/// assert_eq!((run.updates(), run.columns().len()), ([0, 7].as_slice(), 2));
/// assert!(History::read("step,lr\nfirst,0.1\n".as_bytes()).is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    updates: Vec<u64>,
    columns: Vec<Column>,
}

impl History {
    /// Reads CSV with a header; the column `update` (or `step`, `global_step`) counts from 0. In the other columns what is no
    /// number is NaN: a loss may be missing, or a word.
    ///
    /// # Errors
    ///
    /// What is wrong, with the line: no such column, no rows, a row of another length, an update that is no whole number.
    ///
    /// ```
    /// let run = lehr_spec::History::read("update,epoch,loss,lr/0\n0,0,2.3,0.1\n".as_bytes())?;
    /// assert_eq!(run.updates(), [0]);
    /// assert_eq!(run.columns()[1].name, "lr/0");
    /// # Ok::<(), String>(())
    /// ```
    pub fn read(input: impl Read) -> Result<Self, String> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
        let header = reader.headers().map_err(|error| error.to_string())?.clone();
        let clock = header
            .iter()
            .position(|name| matches!(name, "update" | "step" | "global_step"))
            .ok_or_else(|| {
                let found: Vec<&str> = header.iter().take(20).collect();
                format!("the run has no column `update`; it has {}", found.join(", "))
            })?;
        let named = |(index, name): (usize, &str)| {
            (index != clock && name != "epoch")
                .then(|| (index, Column { name: name.to_owned(), values: Vec::new() }))
        };
        let mut columns: Vec<(usize, Column)> = header.iter().enumerate().filter_map(named).collect();
        let mut updates = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| error.to_string())?;
            let line = record.position().map_or(0, csv::Position::line);
            let cell = record.get(clock).unwrap_or_default();
            let update = cell.parse().map_err(|_| {
                format!("line {line}: `{cell}` is no update: wanted a whole number from 0 on")
            })?;
            updates.push(update);
            for (index, column) in &mut columns {
                let cell = record.get(*index).unwrap_or_default();
                // A loss may be missing, or a word: only what is planned is looked at.
                column.values.push(cell.parse().unwrap_or(f64::NAN));
            }
            if updates.len() > MOST_ROWS {
                return Err(format!("the run has more than {MOST_ROWS} rows"));
            }
        }
        if updates.is_empty() {
            return Err("the run has no rows".to_owned());
        }
        Ok(Self { updates, columns: columns.into_iter().map(|(_, column)| column).collect() })
    }

    /// The update of each row.
    ///
    /// ```
    /// use lehr_spec::History;
    ///
    /// let run = History::read("step,epoch,loss,lr\n0,1,2.5,0.1\n7,1,2.25,0.2\n".as_bytes())?;
    /// assert_eq!(run.updates(), [0, 7]);
    /// # Ok::<(), String>(())
    /// ```
    pub fn updates(&self) -> &[u64] {
        &self.updates
    }

    /// The other columns, but for `epoch`.
    ///
    /// ```
    /// use lehr_spec::History;
    ///
    /// let run = History::read("step,epoch,loss,lr\n0,1,2.5,0.1\n7,1,2.25,0.2\n".as_bytes())?;
    /// let names: Vec<&str> = run.columns().iter().map(|column| column.name.as_str()).collect();
    /// assert_eq!(names, ["loss", "lr"]);
    /// # Ok::<(), String>(())
    /// ```
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }
}
