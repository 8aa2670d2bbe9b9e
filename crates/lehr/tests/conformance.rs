//! The groups in memory pass what every adapter passes.

use lehr::MemoryGroups;

fn groups() -> MemoryGroups {
    MemoryGroups::new()
        .group("weights", [("lr", 0.1), ("weight_decay", 0.05)])
        .tuple("betas", &[0.9, 0.999])
        .group("biases", [("lr", 0.2), ("weight_decay", 0.0)])
        .tuple("betas", &[0.8, 0.99])
}

#[test]
fn memory_groups_conform() {
    lehr_conformance::conforms(groups);
    lehr_conformance::adopts_new_groups(groups, |groups| {
        *groups = groups.clone().group("head", [("lr", 0.3)]);
    });
}
