//! A saved state: it loads, or nothing changes.

use lehr::control::Plateau;
use lehr::{MemoryGroups, OnMismatch, Scheduler, State};

use crate::operations::scheduler;

/// Loads whatever is a state by its form into a scheduler, by each policy.
pub fn check(bytes: &[u8]) {
    let Ok(state) = serde_json::from_slice::<State>(bytes) else { return };
    for policy in [OnMismatch::Error, OnMismatch::UseNew, OnMismatch::UseSaved] {
        let (mut groups, mut scheduler) = scheduler();
        let before = (groups.clone(), scheduler.state());
        match scheduler.load_state(&state, policy, &mut groups) {
            Err(error) => {
                assert!(!error.to_string().is_empty());
                assert_eq!((groups, scheduler.state()), before, "{error}");
            }
            Ok(()) => check_loaded(&mut groups, &mut scheduler),
        }
    }
}

/// What was loaded saves and loads again to the same, and steps.
fn check_loaded(groups: &mut MemoryGroups, scheduler: &mut Scheduler) {
    let saved = scheduler.state();
    let text = serde_json::to_string(&saved).unwrap_or_default();
    match serde_json::from_str::<State>(&text) {
        Ok(again) => assert_eq!(again, saved),
        Err(error) => panic!("{text} does not read: {error}"),
    }
    let (mut other, mut resumed) = crate::operations::scheduler();
    if let Err(error) = resumed.load_state(&saved, OnMismatch::UseSaved, &mut other) {
        panic!("{text} does not load again: {error}");
    }
    assert_eq!(&other, groups);
    if scheduler.step(groups).is_ok() {
        assert_eq!(scheduler.num_updates(), saved.num_updates.saturating_add(1));
    }
}

/// A plateau that every scheduler here has.
pub(crate) fn plateau() -> Plateau {
    match Plateau::builder().patience(1).factor(0.5).build() {
        Ok(plateau) => plateau,
        Err(error) => panic!("{error}"),
    }
}
