//! Spec files in all formats: the first byte chooses, the rest is the file.

use lehr_spec::{Format, Overrides, Problems, Source, SpecFile, Style};

/// Reads, resolves, lints and renders whatever is wrong.
pub fn check(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let format = match first {
        b't' => Format::Toml,
        b'y' => Format::Yaml,
        b'j' => Format::Json,
        _ => Format::Text,
    };
    if let Err(problems) = read(format, bytes) {
        assert!(!problems.list().is_empty());
        render(&problems);
    }
}

fn read(format: Format, bytes: &[u8]) -> Result<(), Problems> {
    let source = Source::from_bytes("fuzz", bytes)?;
    let file = match format {
        Format::Text => SpecFile::read_text(&source, "lr")?,
        format => SpecFile::read(&source, format)?,
    };
    let resolved = file.resolve(&Overrides::default())?;
    for entry in &resolved.entries {
        crate::check_plan(&entry.plan);
    }
    render(&lehr_spec::lint(&resolved, &[]));
    Ok(())
}

fn render(problems: &Problems) {
    let length = problems.source().text().len();
    for problem in problems.list() {
        if let Some(span) = &problem.span {
            assert!(span.start <= span.end && span.end <= length, "{span:?} of {length}");
        }
    }
    assert!(problems.list().is_empty() || !problems.render(Style::default()).is_empty());
    problems.github();
    problems.rows();
}
