//! `get` and `set` themselves.

use lehr::ParamGroups;

use crate::snapshot::{field, snapshot};

/// Every listed field is finite and of a known name, and each group has an `lr`.
pub(crate) fn all_fields_are_readable(groups: &impl ParamGroups) {
    for (group, name, bits) in snapshot(groups) {
        let value = f64::from_bits(bits);
        assert!(value.is_finite(), "`{name}` of group {group} is {value}");
        assert_eq!(field(&name).to_string(), name);
    }
    for group in 0..groups.group_count() {
        let lr = groups.get(group, &field("lr"));
        assert!(lr.is_some_and(|lr| lr > 0.0), "`lr` of group {group} is {lr:?}");
    }
}

/// What is written is read, to the bit, and nothing else changes; twice in a row as well.
pub(crate) fn a_write_changes_one_value_alone(groups: &mut impl ParamGroups) {
    for (place, (group, name, _)) in snapshot(groups).into_iter().enumerate() {
        // Not a short binary fraction: a detour through f32 would show.
        for value in [0.123_456_789_012_345_67, 0.7 + 0.1] {
            let mut expected = snapshot(groups);
            expected[place].2 = f64::to_bits(value);
            let set = groups.set(group, &field(&name), value);
            assert_eq!(set, Ok(()), "`{name}` of group {group} refuses {value}");
            assert_eq!(snapshot(groups), expected, "after `{name}` of group {group} was set to {value}");
        }
    }
}

/// Reading is `None`, writing an error that says what is missing, and neither panics nor changes anything.
pub(crate) fn what_is_not_there_is_refused(groups: &mut impl ParamGroups) {
    let before = snapshot(groups);
    let count = groups.group_count();
    for name in ["no_such_field", "lr[0]", "betas[7]"] {
        assert_eq!(groups.get(0, &field(name)), None, "`{name}`");
        let refused = groups.set(0, &field(name), 0.5);
        assert!(refused.as_ref().is_err_and(|reason| reason.contains(name)), "`{name}`: {refused:?}");
    }
    for group in [count, count + 7, usize::MAX] {
        assert_eq!(groups.get(group, &field("lr")), None);
        assert_eq!(groups.group_name(group), None);
        assert_eq!(groups.fields(group), Vec::<String>::new());
        assert!(groups.set(group, &field("lr"), 0.5).is_err(), "group {group} of {count}");
    }
    assert_eq!(snapshot(groups), before);
}

/// A tuple has no value as a whole.
pub(crate) fn a_tuple_is_read_by_its_elements(groups: &mut impl ParamGroups) {
    for name in groups.fields(0) {
        let element = field(&name);
        if element.element().is_some() {
            let whole = field(element.name());
            assert_eq!(groups.get(0, &whole), None, "`{whole}` is a tuple");
            assert!(groups.set(0, &whole, 0.5).is_err(), "`{whole}` is a tuple");
        }
    }
}
