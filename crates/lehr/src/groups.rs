//! `ParamGroups`: the only door to an optimizer. Count, read, write one field of one group.

use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::field::Field;

/// An optimizer's parameter groups, as a scheduler sees them.
///
/// Groups are counted from 0 in a fixed order. A scheduler looks them up at every step and keeps nothing of them.
/// [`MemoryGroups`] is an implementation without an optimizer.
///
/// # Example
///
/// What an adapter to an optimizer has to be, here with one field:
///
/// ```
/// use lehr::{Field, Horizon, ParamGroups, Scheduler, Spec};
///
/// struct Sgd {
///     lr: Vec<f64>,
/// }
///
/// impl ParamGroups for Sgd {
///     fn group_count(&self) -> usize {
///         self.lr.len()
///     }
///
///     fn get(&self, group: usize, field: &Field) -> Option<f64> {
///         self.lr.get(group).copied().filter(|_| field.to_string() == "lr")
///     }
///
///     fn set(&mut self, group: usize, _: &Field, value: f64) -> Result<(), String> {
///         let lr = self.lr.get_mut(group).ok_or("no such group")?;
///         *lr = value;
///         Ok(())
///     }
/// }
///
/// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
/// let mut optimizer = Sgd { lr: vec![1.0, 0.5] };
/// let mut scheduler = Scheduler::builder().field("lr", plan).attach(&mut optimizer)?;
/// scheduler.step(&mut optimizer)?;
/// assert_eq!(optimizer.lr, [0.75, 0.375]);
/// # Ok::<(), lehr::Error>(())
/// ```
pub trait ParamGroups {
    /// How many groups there are now.
    ///
    /// ```
    /// use lehr::{MemoryGroups, ParamGroups};
    ///
    /// assert_eq!(MemoryGroups::of("lr", &[0.1, 0.2, 0.3]).group_count(), 3);
    /// ```
    fn group_count(&self) -> usize;

    /// The group's name, if it has one.
    ///
    /// ```
    /// use lehr::{MemoryGroups, ParamGroups};
    ///
    /// assert_eq!(MemoryGroups::new().group("head", [("lr", 0.1)]).group_name(0), Some("head"));
    /// assert_eq!(MemoryGroups::of("lr", &[0.1]).group_name(0), None);
    /// ```
    fn group_name(&self, _group: usize) -> Option<&str> {
        None
    }

    /// The fields that the group has, for error messages.
    ///
    /// ```
    /// use lehr::{MemoryGroups, ParamGroups};
    ///
    /// let groups = MemoryGroups::new().group("all", [("lr", 0.1), ("weight_decay", 0.01)]);
    /// assert_eq!(groups.fields(0), ["lr", "weight_decay"]);
    /// ```
    fn fields(&self, _group: usize) -> Vec<String> {
        Vec::new()
    }

    /// Reads a field of a group; `None` if the group has no such field.
    ///
    /// ```
    /// use lehr::{MemoryGroups, ParamGroups};
    ///
    /// let groups = MemoryGroups::of("lr", &[0.1, 0.2]);
    /// assert_eq!(groups.get(1, &"lr".parse()?), Some(0.2));
    /// assert_eq!(groups.get(1, &"momentum".parse()?), None);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn get(&self, group: usize, field: &Field) -> Option<f64>;

    /// Writes a field of a group.
    ///
    /// # Errors
    ///
    /// Why the optimizer refuses the value. The scheduler then puts back what it has written to other groups.
    ///
    /// ```
    /// use lehr::{MemoryGroups, ParamGroups};
    ///
    /// let mut groups = MemoryGroups::of("lr", &[0.1, 0.2]);
    /// assert!(groups.set(1, &"lr".parse()?, 0.5).is_ok());
    /// assert!(groups.set(1, &"momentum".parse()?, 0.5).is_err());
    /// assert_eq!(groups.values("lr")?, [0.1, 0.5]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn set(&mut self, group: usize, field: &Field, value: f64) -> Result<(), String>;

    /// Reads a field of several groups into `values`, which runs beside `groups`: for an optimizer that can do it in
    /// one pass.
    ///
    /// # Errors
    ///
    /// The first of the groups that has no such field; `values` is then of no use.
    ///
    /// ```
    /// use lehr::{MemoryGroups, ParamGroups};
    ///
    /// let groups = MemoryGroups::of("lr", &[0.1, 0.2, 0.3]);
    /// let mut values = [0.0; 2];
    /// assert_eq!(groups.get_each(&"lr".parse()?, &[2, 0], &mut values), Ok(()));
    /// assert_eq!(values, [0.3, 0.1]);
    /// assert_eq!(groups.get_each(&"eps".parse()?, &[2, 0], &mut values), Err(2));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn get_each(&self, field: &Field, groups: &[usize], values: &mut [f64]) -> Result<(), usize> {
        for (group, value) in groups.iter().zip(values) {
            *value = self.get(*group, field).ok_or(*group)?;
        }
        Ok(())
    }

    /// Reads a field of several groups into `found` and writes `values` in its place, in one pass: for an optimizer in
    /// which nobody can see the groups before it returns. False if that is not so or if a group lacks the field; nothing
    /// is then changed, and the step reads, checks and writes instead.
    ///
    /// ```
    /// use lehr::{Field, Horizon, ParamGroups, Scheduler, Spec};
    ///
    /// struct Sgd(Vec<f64>);
    ///
    /// impl ParamGroups for Sgd {
    ///     fn group_count(&self) -> usize {
    ///         self.0.len()
    ///     }
    ///
    ///     fn get(&self, group: usize, _: &Field) -> Option<f64> {
    ///         self.0.get(group).copied()
    ///     }
    ///
    ///     fn set(&mut self, _: usize, field: &Field, _: f64) -> Result<(), String> {
    ///         Err(format!("`{field}` is exchanged"))
    ///     }
    ///
    ///     fn exchange(&mut self, _: &Field, groups: &[usize], values: &[f64], found: &mut [f64]) -> bool {
    ///         for ((group, value), found) in groups.iter().zip(values).zip(found) {
    ///             *found = std::mem::replace(&mut self.0[*group], *value);
    ///         }
    ///         true
    ///     }
    /// }
    ///
    /// let plan = "linear(to=0)".parse::<Spec>()?.resolve(&Horizon::updates(4)?)?;
    /// let mut optimizer = Sgd(vec![1.0, 0.5]);
    /// let mut scheduler = Scheduler::builder().field("lr", plan).attach(&mut optimizer)?;
    /// scheduler.step(&mut optimizer)?;
    /// assert_eq!(optimizer.0, [0.75, 0.375]);
    /// assert_eq!(scheduler.last_used("lr", 1), Some(0.5));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn exchange(&mut self, _field: &Field, _groups: &[usize], _values: &[f64], _found: &mut [f64]) -> bool {
        false
    }

    /// Whether these values could be written together. A step asks it for all its fields, after it has read them and
    /// before it writes any.
    ///
    /// # Errors
    ///
    /// The group that refuses, and why.
    ///
    /// ```
    /// use lehr::{MemoryGroups, ParamGroups};
    ///
    /// // Numbers in memory can be anything; an optimizer may refuse.
    /// let mut groups = MemoryGroups::of("lr", &[0.1, 0.2]);
    /// assert_eq!(groups.check_each(&"lr".parse()?, &[0, 1], &[1.0, 2.0]), Ok(()));
    /// assert_eq!(groups.values("lr")?, [0.1, 0.2]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn check_each(
        &mut self,
        _field: &Field,
        _groups: &[usize],
        _values: &[f64],
    ) -> Result<(), (usize, String)> {
        Ok(())
    }

    /// Writes a field of several groups, in their order.
    ///
    /// # Errors
    ///
    /// How many of the groups were written before one refused, and why it did.
    ///
    /// ```
    /// use lehr::{MemoryGroups, ParamGroups};
    ///
    /// let mut groups = MemoryGroups::of("lr", &[0.1, 0.2, 0.3]);
    /// assert_eq!(groups.set_each(&"lr".parse()?, &[0, 2], &[1.0, 3.0]), Ok(()));
    /// assert_eq!(groups.values("lr")?, [1.0, 0.2, 3.0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    fn set_each(&mut self, field: &Field, groups: &[usize], values: &[f64]) -> Result<(), (usize, String)> {
        for (index, (group, value)) in groups.iter().zip(values).enumerate() {
            self.set(*group, field, *value).map_err(|reason| (index, reason))?;
        }
        Ok(())
    }
}

/// "group 1 (`biases`)"
pub(crate) fn describe_group(groups: &(impl ParamGroups + ?Sized), group: usize) -> String {
    match groups.group_name(group) {
        Some(name) => format!("group {group} (`{name}`)"),
        None => format!("group {group}"),
    }
}

/// Which groups a rule is for.
///
/// ```
/// use lehr::{MemoryGroups, ParamGroups, Selection};
///
/// let groups = MemoryGroups::new().group("weights", [("lr", 0.1)]).group("biases", [("lr", 0.1)]);
/// assert_eq!(Selection::All.indices(&groups)?, [0, 1]);
/// assert_eq!(Selection::names(["biases"]).indices(&groups)?, [1]);
/// assert_eq!(Selection::indices_of([0]).indices(&groups)?, [0]);
/// assert_eq!(
///     Selection::names(["norms"]).indices(&groups).unwrap_err().to_string(),
///     "no group is selected by `norms`; there are group 0 (`weights`), group 1 (`biases`)",
/// );
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Default)]
pub enum Selection {
    /// Every group.
    #[default]
    All,
    /// The groups at these indices.
    Indices(Vec<usize>),
    /// The groups with these names.
    Names(Vec<String>),
    /// The groups for which this is true of index and name.
    Predicate(Arc<Predicate>),
}

/// Says of a group's index and name whether it is selected.
///
/// ```
/// use lehr::{MemoryGroups, Predicate, Selection};
/// use std::sync::Arc;
///
/// let odd: Arc<Predicate> = Arc::new(|index, _| index % 2 == 1);
/// let groups = MemoryGroups::of("lr", &[0.1; 5]);
/// assert_eq!(Selection::Predicate(odd).indices(&groups)?, [1, 3]);
/// # Ok::<(), lehr::Error>(())
/// ```
pub type Predicate = dyn Fn(usize, Option<&str>) -> bool + Send + Sync;

impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("All"),
            Self::Indices(indices) => f.debug_tuple("Indices").field(indices).finish(),
            Self::Names(names) => f.debug_tuple("Names").field(names).finish(),
            Self::Predicate(_) => f.write_str("Predicate"),
        }
    }
}

impl Selection {
    /// The groups for which `predicate` is true of index and name.
    ///
    /// ```
    /// use lehr::{MemoryGroups, Selection};
    ///
    /// let groups = MemoryGroups::new().group("layer.0", [("lr", 0.1)]).group("head", [("lr", 0.1)]);
    /// let layers = Selection::predicate(|_, name| name.is_some_and(|name| name.starts_with("layer.")));
    /// assert_eq!(layers.indices(&groups)?, [0]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn predicate(predicate: impl Fn(usize, Option<&str>) -> bool + Send + Sync + 'static) -> Self {
        Self::Predicate(Arc::new(predicate))
    }

    pub(crate) fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }

    /// The groups with these names.
    ///
    /// ```
    /// use lehr::{MemoryGroups, Selection};
    ///
    /// let groups = MemoryGroups::new().group("a", [("lr", 0.1)]).group("b", [("lr", 0.1)]).group("a", [("lr", 0.1)]);
    /// assert_eq!(Selection::names(["a"]).indices(&groups)?, [0, 2]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn names<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self::Names(names.into_iter().map(Into::into).collect())
    }

    /// The groups at these indices.
    ///
    /// ```
    /// use lehr::{MemoryGroups, Selection};
    ///
    /// let groups = MemoryGroups::of("lr", &[0.1; 3]);
    /// assert_eq!(Selection::indices_of([2, 0]).indices(&groups)?, [0, 2]);
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn indices_of(indices: impl IntoIterator<Item = usize>) -> Self {
        Self::Indices(indices.into_iter().collect())
    }

    /// The indices of the selected groups, ascending and without repetition.
    ///
    /// # Errors
    ///
    /// [`Error::Selection`] if a name or an index selects no group, or if there are no groups at all.
    ///
    /// ```
    /// use lehr::{MemoryGroups, Selection};
    ///
    /// let groups = MemoryGroups::of("lr", &[0.1; 3]);
    /// assert_eq!(Selection::All.indices(&groups)?, [0, 1, 2]);
    /// assert!(Selection::indices_of([3]).indices(&groups).is_err());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn indices(&self, groups: &(impl ParamGroups + ?Sized)) -> Result<Vec<usize>, Error> {
        let count = groups.group_count();
        let unknown = |asked: String| {
            let known: Vec<String> = (0..count).map(|group| describe_group(groups, group)).collect();
            let known = if known.is_empty() { "no groups".to_owned() } else { known.join(", ") };
            Error::Selection { asked, known }
        };
        let mut indices: Vec<usize> = Vec::new();
        match self {
            Self::All => indices.extend(0..count),
            Self::Indices(asked) => {
                for index in asked {
                    if *index >= count {
                        return Err(unknown(format!("index {index}")));
                    }
                    indices.push(*index);
                }
            }
            Self::Predicate(predicate) => {
                indices.extend((0..count).filter(|group| predicate(*group, groups.group_name(*group))));
            }
            Self::Names(asked) => {
                for name in asked {
                    let before = indices.len();
                    indices.extend((0..count).filter(|group| groups.group_name(*group) == Some(name)));
                    if indices.len() == before {
                        return Err(unknown(format!("`{name}`")));
                    }
                }
            }
        }
        indices.sort_unstable();
        indices.dedup();
        if indices.is_empty() { Err(unknown(format!("the selection {self:?}"))) } else { Ok(indices) }
    }
}

/// Parameter groups in memory: for tests, documentation, and optimizers that read their values from here.
///
/// A field is one number, or a tuple of several (`betas`), whose elements are read and written one by one.
///
/// # Example
///
/// ```
/// use lehr::{Field, MemoryGroups, ParamGroups};
///
/// let mut groups = MemoryGroups::new()
///     .group("weights", [("lr", 0.1), ("weight_decay", 0.01)])
///     .tuple("betas", &[0.9, 0.999]);
/// let beta1: Field = "betas[0]".parse()?;
/// groups.set(0, &beta1, 0.95).map_err(|reason| println!("{reason}")).ok();
/// assert_eq!(groups.get(0, &beta1), Some(0.95));
/// assert_eq!(groups.get(0, &"betas[1]".parse()?), Some(0.999));
/// assert_eq!(groups.get(0, &"momentum".parse()?), None);
/// # Ok::<(), lehr::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemoryGroups {
    groups: Vec<MemoryGroup>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct MemoryGroup {
    name: Option<String>,
    scalars: Vec<(String, f64)>,
    tuples: Vec<(String, Vec<f64>)>,
}

impl MemoryGroups {
    /// No groups.
    ///
    /// ```
    /// use lehr::{MemoryGroups, ParamGroups};
    ///
    /// assert_eq!(MemoryGroups::new().group_count(), 0);
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// One unnamed group for each value of one field.
    ///
    /// ```
    /// use lehr::{MemoryGroups, ParamGroups};
    ///
    /// assert_eq!(MemoryGroups::of("lr", &[0.1, 0.01]).group_count(), 2);
    /// ```
    pub fn of(field: &str, values: &[f64]) -> Self {
        let group =
            |value: &f64| MemoryGroup { scalars: vec![(field.to_owned(), *value)], ..MemoryGroup::default() };
        Self { groups: values.iter().map(group).collect() }
    }

    /// Adds a named group with these fields.
    ///
    /// ```
    /// use lehr::{MemoryGroups, ParamGroups};
    ///
    /// let groups = MemoryGroups::new().group("head", [("lr", 0.1), ("eps", 1e-8)]);
    /// assert_eq!((groups.group_name(0), groups.get(0, &"eps".parse()?)), (Some("head"), Some(1e-8)));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn group<'a>(mut self, name: &str, fields: impl IntoIterator<Item = (&'a str, f64)>) -> Self {
        let scalars = fields.into_iter().map(|(field, value)| (field.to_owned(), value)).collect();
        self.groups.push(MemoryGroup { name: Some(name.to_owned()), scalars, tuples: Vec::new() });
        self
    }

    /// Adds a tuple to the group that was added last.
    ///
    /// ```
    /// use lehr::{MemoryGroups, ParamGroups};
    ///
    /// let groups = MemoryGroups::new().group("all", [("lr", 0.1)]).tuple("betas", &[0.9, 0.999]);
    /// assert_eq!(groups.get(0, &"betas[1]".parse()?), Some(0.999));
    /// # Ok::<(), lehr::Error>(())
    /// ```
    #[must_use]
    pub fn tuple(mut self, field: &str, values: &[f64]) -> Self {
        if let Some(group) = self.groups.last_mut() {
            group.tuples.push((field.to_owned(), values.to_vec()));
        }
        self
    }

    /// One field of every group that has it, in the order of the groups.
    ///
    /// # Errors
    ///
    /// [`Error::Text`] if `field` is not a field's name.
    ///
    /// ```
    /// use lehr::MemoryGroups;
    ///
    /// let groups = MemoryGroups::new().group("body", [("lr", 0.1), ("momentum", 0.9)]).group("head", [("lr", 1.0)]);
    /// assert_eq!(groups.values("lr")?, [0.1, 1.0]);
    /// assert_eq!(groups.values("momentum")?, [0.9]);
    /// assert!(groups.values("betas[").is_err());
    /// # Ok::<(), lehr::Error>(())
    /// ```
    pub fn values(&self, field: &str) -> Result<Vec<f64>, Error> {
        let field: Field = field.parse()?;
        Ok((0..self.groups.len()).filter_map(|group| self.get(group, &field)).collect())
    }

    fn place(&mut self, group: usize, field: &Field) -> Option<&mut f64> {
        let group = self.groups.get_mut(group)?;
        match field.element() {
            None => group.scalars.iter_mut().find(|(name, _)| name == field.name()).map(|(_, value)| value),
            Some(element) => {
                group.tuples.iter_mut().find(|(name, _)| name == field.name())?.1.get_mut(element)
            }
        }
    }
}

impl ParamGroups for MemoryGroups {
    fn group_count(&self) -> usize {
        self.groups.len()
    }

    fn group_name(&self, group: usize) -> Option<&str> {
        self.groups.get(group)?.name.as_deref()
    }

    fn fields(&self, group: usize) -> Vec<String> {
        let Some(group) = self.groups.get(group) else { return Vec::new() };
        let scalars = group.scalars.iter().map(|(name, _)| name.clone());
        let elements = group
            .tuples
            .iter()
            .flat_map(|(name, tuple)| (0..tuple.len()).map(move |i| format!("{name}[{i}]")));
        scalars.chain(elements).collect()
    }

    fn get(&self, group: usize, field: &Field) -> Option<f64> {
        let group = self.groups.get(group)?;
        match field.element() {
            None => group.scalars.iter().find(|(name, _)| name == field.name()).map(|(_, value)| *value),
            Some(element) => {
                group.tuples.iter().find(|(name, _)| name == field.name())?.1.get(element).copied()
            }
        }
    }

    fn set(&mut self, group: usize, field: &Field, value: f64) -> Result<(), String> {
        *self.place(group, field).ok_or_else(|| format!("there is no `{field}`"))? = value;
        Ok(())
    }

    fn exchange(&mut self, field: &Field, groups: &[usize], values: &[f64], found: &mut [f64]) -> bool {
        for (index, (group, value)) in groups.iter().zip(values).enumerate() {
            let Some(place) = self.place(*group, field) else {
                for (group, value) in groups.iter().zip(&*found).take(index) {
                    // It has just taken another one.
                    let _ = self.set(*group, field, *value);
                }
                return false;
            };
            found[index] = std::mem::replace(place, *value);
        }
        true
    }
}
