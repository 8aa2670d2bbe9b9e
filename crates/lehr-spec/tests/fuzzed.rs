//! What fuzzing found (`tools/fuzz`), one test for each fault.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use lehr_spec::{Source, SpecFile};

#[test]
fn a_fault_within_an_arrow_has_a_place() {
    let text = "cosine(from=0x, over=10) ->  -> linear(to=0x,hold(over=70) -> linear(to=0x, over=20)";
    let source = Source::new("fuzzed", text).unwrap();
    let problems = SpecFile::read_text(&source, "lr").unwrap_err();
    let span = problems.list()[0].span.clone().unwrap();
    assert!(span.start <= span.end && span.end <= text.len(), "{span:?}");
}
