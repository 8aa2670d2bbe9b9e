//! Other libraries' arguments: the first byte chooses the library, the rest is a file of theirs.

use lehr_spec::{ConvertOptions, Format, Library, Overrides, Source, SpecFile};

/// Converts; what comes out is a spec that reads.
pub fn check(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let library = match first {
        b't' => Library::Torch,
        b'i' => Library::Timm,
        b'd' => Library::DeepSpeed,
        b'm' => Library::Mmengine,
        _ => Library::Transformers,
    };
    let Ok(source) = Source::from_bytes("fuzz", bytes) else { return };
    let options =
        ConvertOptions { updates: Some(1000), updates_per_epoch: Some(100), ..ConvertOptions::default() };
    for options in [options, ConvertOptions { replica: true, ..options }] {
        let Ok(converted) = lehr_spec::convert(&source, Format::Yaml, None, library, options) else {
            continue;
        };
        if converted.fields.is_empty() {
            continue;
        }
        let text = converted.to_toml();
        let read = Source::new("converted", text.as_str())
            .and_then(|source| SpecFile::read(&source, Format::Toml)?.resolve(&Overrides::default()));
        if let Ok(resolved) = read {
            resolved.entries.iter().for_each(|entry| crate::check_plan(&entry.plan));
        }
    }
}
