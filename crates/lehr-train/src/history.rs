//! `History`: what every update used, as CSV, row by row while the run goes on.

use std::fs::File;
use std::path::{Path, PathBuf};

use lehr::{Field, ParamGroups};

use crate::error::TrainError;

/// The values of the logged fields, read before each update, and the file that they go to.
pub(crate) struct History {
    columns: Vec<Column>,
    file: Option<(PathBuf, csv::Writer<File>)>,
}

/// One field of one group.
struct Column {
    field: Field,
    group: usize,
    name: String,
    used: f64,
}

impl History {
    /// Makes the file, its folder and its header.
    pub(crate) fn new<E: std::error::Error + 'static>(
        fields: Vec<Field>,
        groups: &impl ParamGroups,
        path: Option<&Path>,
    ) -> Result<Self, TrainError<E>> {
        let mut columns = Vec::new();
        for field in fields {
            for group in 0..groups.group_count() {
                let Some(used) = groups.get(group, &field) else { continue };
                let name = groups.group_name(group).map_or_else(|| group.to_string(), ToOwned::to_owned);
                columns.push(Column { name: format!("{field}/{name}"), field: field.clone(), group, used });
            }
        }
        let file = path.map(|path| {
            let header = ["update", "epoch", "loss"]
                .into_iter()
                .chain(columns.iter().map(|column| column.name.as_str()));
            create(path, header).map(|file| (path.to_owned(), file)).map_err(|source| failed(path, source))
        });
        Ok(Self { file: file.transpose()?, columns })
    }

    /// Takes the values that the coming update uses.
    pub(crate) fn read(&mut self, groups: &impl ParamGroups) {
        for column in &mut self.columns {
            column.used = groups.get(column.group, &column.field).unwrap_or(f64::NAN);
        }
    }

    /// Writes the row of a completed update, counted from 0, and hands it to the system: a killed process loses none.
    pub(crate) fn write<E: std::error::Error + 'static>(
        &mut self,
        update: u64,
        epoch: u64,
        loss: f64,
    ) -> Result<(), TrainError<E>> {
        let Some((path, file)) = &mut self.file else { return Ok(()) };
        let numbers = std::iter::once(loss).chain(self.columns.iter().map(|column| column.used));
        let row = [update.to_string(), epoch.to_string()]
            .into_iter()
            .chain(numbers.map(|number| format!("{number:?}")));
        file.write_record(row).and_then(|()| Ok(file.flush()?)).map_err(|source| failed(path, source))
    }

    /// What was read last, field by field, for all groups that have it.
    pub(crate) fn by_field(&self) -> Vec<(&Field, Vec<f64>)> {
        let fields = self.columns.chunk_by(|a, b| a.field == b.field);
        fields
            .map(|columns| (&columns[0].field, columns.iter().map(|column| column.used).collect()))
            .collect()
    }

    pub(crate) fn last_used(&self) -> Vec<(String, f64)> {
        self.columns.iter().map(|column| (column.name.clone(), column.used)).collect()
    }
}

fn failed<E: std::error::Error + 'static>(path: &Path, source: csv::Error) -> TrainError<E> {
    TrainError::History { path: path.to_owned(), source }
}

fn create<'a>(path: &Path, header: impl Iterator<Item = &'a str>) -> Result<csv::Writer<File>, csv::Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = csv::Writer::from_writer(File::create(path)?);
    file.write_record(header)?;
    file.flush()?;
    Ok(file)
}
