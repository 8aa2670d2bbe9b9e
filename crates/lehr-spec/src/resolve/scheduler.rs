//! From resolved plans to a scheduler.

use lehr::{Scheduler, SchedulerBuilder, Selection};

use super::{Entry, Resolved, plateau};
use crate::spec_file::Group;

impl Resolved {
    /// A scheduler of all the plans, to be attached to an optimizer, its groups selected as the file says.
    ///
    /// # Example
    ///
    /// ```
    /// use lehr::MemoryGroups;
    /// use lehr_spec::{Format, Source, SpecFile};
    ///
    /// let text = "version = 1\n[horizon]\nupdates = 4\n[lr]\nphases = \"linear(to=0)\"\ngroups = [\"head\"]\n";
    /// let resolved = SpecFile::read(&Source::new("head.toml", text)?, Format::Toml)?.resolve(&Default::default())?;
    /// let mut optimizer = MemoryGroups::new().group("body", [("lr", 1.0)]).group("head", [("lr", 1.0)]);
    /// let mut schedule = resolved.scheduler().attach(&mut optimizer)?;
    /// schedule.step(&mut optimizer)?;
    /// assert_eq!(optimizer.values("lr")?, [1.0, 0.75]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn scheduler(&self) -> SchedulerBuilder {
        self.entries.iter().fold(Scheduler::builder(), |builder, entry| {
            let field = entry.field.to_string();
            let builder = builder.field_on(&field, entry.selection(), entry.plan.clone());
            match entry.plateau.as_ref().map(plateau) {
                Some(Ok(plateau)) => builder.control(&field, plateau),
                // A table that makes no plateau did not resolve.
                Some(Err(_)) | None => builder,
            }
        })
    }
}

impl Entry {
    /// The groups that the plan is for. An entry has names or indices; one that has both selects by either.
    ///
    /// ```
    /// use lehr_spec::{Format, Source, SpecFile};
    ///
    /// let text = "version = 1\n[lr]\nbase = 0.1\ngroups = [\"head\", 0]\nphases = \"hold\"\n";
    /// let spec = SpecFile::read(&Source::new("a.toml", text)?, Format::Toml)?.resolve(&Default::default())?;
    /// let entry = &spec.entries[0];
    /// let groups = lehr::MemoryGroups::new().group("stem", []).group("body", []).group("head", []);
    /// assert_eq!(entry.selection().indices(&groups)?, [0, 2]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn selection(&self) -> Selection {
        let Some(groups) = &self.groups else { return Selection::All };
        let (mut names, mut indices) = (Vec::new(), Vec::new());
        for group in groups {
            match group {
                Group::Name(name) => names.push(name.value.clone()),
                Group::Index(index) => indices.push(usize::try_from(index.value).unwrap_or(usize::MAX)),
            }
        }
        match (names.is_empty(), indices.is_empty()) {
            (false, true) => Selection::Names(names),
            (true, _) => Selection::Indices(indices),
            (false, false) => Selection::predicate(move |index, name| {
                indices.contains(&index) || name.is_some_and(|name| names.iter().any(|one| one == name))
            }),
        }
    }
}
