//! Results: to standard output, or to a file that is written whole or not at all.

use std::io::{BufWriter, Write};
use std::path::Path;

use crate::session::{Failure, Session};

/// Hands a writer to `write`. A file appears under its name only once everything is in it.
pub(crate) fn write_to(
    session: &mut Session<'_>,
    path: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
        let mut out = BufWriter::new(&mut *session.out);
        write(&mut out)?;
        return Ok(out.flush()?);
    };
    let unwritable = |error: std::io::Error| format!("{} cannot be written: {error}", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = BufWriter::new(tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?);
    write(&mut file).map_err(|failure| match failure {
        Failure::Output(error) => unwritable(error).into(),
        other => other,
    })?;
    let file = file.into_inner().map_err(|error| unwritable(error.into_error()))?;
    file.as_file().sync_all().map_err(unwritable)?;
    allow_reading(file.as_file(), path);
    file.persist(path).map_err(|error| unwritable(error.error))?;
    Ok(())
}

/// A temporary file is for its owner alone; the result is as other files are.
#[cfg(unix)]
fn allow_reading(file: &std::fs::File, path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_or(0o644, |before| before.permissions().mode());
    // A file system without permissions keeps what it has.
    let _ = file.set_permissions(std::fs::Permissions::from_mode(mode));
}

#[cfg(not(unix))]
fn allow_reading(_: &std::fs::File, _: &Path) {}

/// A number for people: six digits.
pub(crate) fn short(value: f64) -> String {
    let rounded = format!("{value:.5e}").parse().unwrap_or(value);
    number(rounded)
}

/// A number that reads back to the same bits.
pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:?}");
    text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned)
}

/// Digits in groups of three.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// Rows under a header, each column as wide as it must be; the first one left, the others right.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = header.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    let header: Vec<String> = header.iter().map(|cell| (*cell).to_owned()).collect();
    for row in std::iter::once(&header).chain(rows) {
        let mut line = String::new();
        for (column, width) in widths.iter().enumerate() {
            let cell = row.get(column).map_or("", String::as_str);
            let pad = " ".repeat(width.saturating_sub(cell.chars().count()));
            let separator = if column == 0 { "" } else { "  " };
            line.push_str(separator);
            if column == 0 { line.extend([cell, &pad]) } else { line.extend([pad.as_str(), cell]) }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
