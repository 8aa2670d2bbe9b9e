//! The one-line text of a plan.

use lehr::Spec;

/// Reads, prints, resolves and evaluates.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(spec) = text.parse::<Spec>() else { return };
    match spec.to_string().parse::<Spec>() {
        Ok(again) => assert_eq!(again, spec, "{text}"),
        Err(error) => panic!("{text} prints as {spec}, which does not read: {error}"),
    }
    for horizon in crate::horizons() {
        if let Ok(plan) = spec.resolve(&horizon) {
            crate::check_plan(&plan);
        }
    }
}
