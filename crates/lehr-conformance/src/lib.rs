//! What every implementation of [`ParamGroups`] must pass, so that all schedulers work on it: for the tests of adapters.
//!
//! - [`conforms`]: reading, writing, elements of tuples, fields and groups that are not there, several groups, schedules
//!   of every field, nothing half-written, a saved state.
//! - [`adopts_new_groups`]: for those whose groups can become more.
//!
//! # Example
//!
//! ```
//! use lehr::MemoryGroups;
//!
//! let make = || MemoryGroups::of("lr", &[0.1, 0.2]);
//! lehr_conformance::conforms(make);
//! lehr_conformance::adopts_new_groups(make, |groups| *groups = groups.clone().group("head", [("lr", 0.3)]));
//! ```
//!
//! # Panics
//!
//! Both panic, with what is wrong, as a test does.

// A test suite: a broken promise is a panic.
#![allow(clippy::unwrap_used, clippy::panic)]

mod failing;
mod new_groups;
mod one_by_one;
mod scheduled;
mod snapshot;

use lehr::ParamGroups;

pub use new_groups::adopts_new_groups;

/// Checks an implementation; `make` builds the same optimizer, with the same values, every time.
///
/// It must have at least two groups, each with an `lr` above 0 and the same fields, and take any value between 0.01 and
/// 0.99 in any field.
pub fn conforms<G: ParamGroups>(make: impl Fn() -> G) {
    let groups = make();
    assert!(
        groups.group_count() >= 2,
        "the suite needs at least two groups, there are {}",
        groups.group_count()
    );
    one_by_one::all_fields_are_readable(&make());
    one_by_one::a_write_changes_one_value_alone(&mut make());
    one_by_one::what_is_not_there_is_refused(&mut make());
    one_by_one::a_tuple_is_read_by_its_elements(&mut make());
    scheduled::every_field_of_every_group_follows_its_plan(&mut make());
    scheduled::selected_groups_alone_are_scheduled(&mut make());
    scheduled::a_missing_field_is_an_error(&mut make());
    scheduled::a_failed_write_is_undone(&mut make());
    scheduled::a_state_goes_on_to_the_same_bits(&make);
}
