//! The specs that the command, Rust and Python share: the same bits from each.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::clean;
use lehr_spec::{Format, Overrides, Source, SpecFile};

fn specs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/specs");
    let mut specs: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    specs.retain(|path| Format::of_path(path).is_some());
    specs.sort();
    assert!(specs.len() >= 3);
    specs
}

#[test]
fn the_command_and_the_library_have_the_same_bits() {
    for path in specs() {
        let name = path.to_str().unwrap();
        let csv = path.with_extension("csv");
        let values = clean(&["values", name, "--range", ":"]);
        if std::env::var_os("LEHR_WRITE_FIXTURES").is_some() {
            fs::write(&csv, &values).unwrap();
        }
        assert_eq!(fs::read_to_string(&csv).unwrap(), values, "{name}");
        let source = Source::from_bytes(name, &fs::read(&path).unwrap()).unwrap();
        let file = SpecFile::read(&source, Format::of_path(&path).unwrap()).unwrap();
        let resolved = file.resolve(&Overrides::default()).unwrap();
        for (n, row) in (0_u64..).zip(values.lines().skip(1)) {
            let cells: Vec<&str> = row.split(',').collect();
            assert_eq!(cells[0], n.to_string());
            for (entry, cell) in resolved.entries.iter().zip(&cells[1..]) {
                let value: f64 = cell.parse().unwrap();
                assert_eq!(
                    value.to_bits(),
                    entry.plan.value_at(n, entry.base.unwrap()).to_bits(),
                    "{name} {n}"
                );
            }
        }
    }
}
