//! The CSV of a run, against a plan.

use lehr_spec::{Format, History, Overrides, Source, SpecFile};

const SPEC: &str =
    "version = 1\nlr.phases = \"linear(from=0.1x, over=10%) -> cosine(to=1e-6)\"\nhorizon.updates = 100\n";

/// Reads and audits; every deviation is at an update of the run.
pub fn check(bytes: &[u8]) {
    let Ok(history) = History::read(bytes) else { return };
    let Ok(resolved) = Source::new("plan", SPEC)
        .and_then(|source| SpecFile::read(&source, Format::Toml)?.resolve(&Overrides::default()))
    else {
        panic!("the plan does not read")
    };
    for audited in lehr_spec::audit(&resolved, &history, 1e-9).into_iter().flatten() {
        assert_eq!(audited.followed(), audited.off == 0);
        if let Some(largest) = audited.largest {
            assert!(history.updates().contains(&largest.update));
        }
    }
}
