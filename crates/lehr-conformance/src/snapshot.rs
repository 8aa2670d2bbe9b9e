//! All values of an optimizer, to the bit.

use lehr::{Field, ParamGroups};

/// A field of a group and its bits.
pub(crate) type Value = (usize, String, u64);

/// Every field of every group.
pub(crate) fn snapshot(groups: &(impl ParamGroups + ?Sized)) -> Vec<Value> {
    let mut values = Vec::new();
    for group in 0..groups.group_count() {
        for name in groups.fields(group) {
            let value = groups.get(group, &field(&name));
            let value = value.unwrap_or_else(|| panic!("group {group} lists `{name}`, but `get` has none"));
            values.push((group, name, value.to_bits()));
        }
    }
    values
}

/// The field of that name.
pub(crate) fn field(name: &str) -> Field {
    name.parse().unwrap_or_else(|error| panic!("`{name}` is no field: {error}"))
}
