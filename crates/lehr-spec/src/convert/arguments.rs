//! `Arguments`: a table of another library's arguments, and which of them were used.

use std::cell::RefCell;
use std::ops::Range;

use lehr::compat::{Argument, Replica};

use crate::node::{Kind, Node};
use crate::problem::Problem;
use crate::walk::nearest;

pub(super) struct Arguments<'a> {
    node: &'a Node,
    used: RefCell<Vec<String>>,
}

impl<'a> Arguments<'a> {
    pub(super) fn of(node: &'a Node) -> Result<Self, Problem> {
        match &node.kind {
            Kind::Map(_) => Ok(Self { node, used: RefCell::default() }),
            _ => Err(Problem::error("convert", "the arguments must be a table")
                .at(node.span.clone())
                .label(format!("found {}", node.found()))),
        }
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.node.span.start..self.node.span.start
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Node> {
        let found = self.node.get(name)?;
        self.used.borrow_mut().push(name.to_owned());
        (!matches!(found.kind, Kind::Null)).then_some(found)
    }

    /// The first of several names that is there.
    pub(super) fn any(&self, names: &[&str]) -> Option<&'a Node> {
        names.iter().find_map(|name| self.get(name))
    }

    pub(super) fn text(&self, names: &[&str]) -> Result<Option<(String, Range<usize>)>, Problem> {
        match self.any(names) {
            None => Ok(None),
            Some(Node { kind: Kind::Text(text), span }) => Ok(Some((text.clone(), span.clone()))),
            Some(node) => Err(wrong(names[0], "a text", node)),
        }
    }

    pub(super) fn number(&self, names: &[&str]) -> Result<Option<f64>, Problem> {
        match self.any(names) {
            None => Ok(None),
            Some(node) => match argument(node) {
                Some(Argument::Number(number)) => Ok(Some(number)),
                _ => Err(wrong(names[0], "a number", node)),
            },
        }
    }

    pub(super) fn count(&self, names: &[&str]) -> Result<Option<u64>, Problem> {
        match self.number(names)? {
            None => Ok(None),
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole and below 2^53
            Some(number) if number.fract() == 0.0 && (0.0..9e15).contains(&number) => Ok(Some(number as u64)),
            Some(_) => {
                let node = self.any(names).unwrap_or(self.node);
                Err(wrong(names[0], "a whole number", node))
            }
        }
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.get(name) {
            None => Ok(false),
            Some(Node { kind: Kind::Flag(flag), .. }) => Ok(*flag),
            Some(node) => Err(wrong(name, "true or false", node)),
        }
    }

    /// All that is there, as arguments of a replica; what it does not know is an error.
    pub(super) fn replica(&self, name: &str, skip: &[&str]) -> Result<Replica, Problem> {
        let mut replica = named(name, self.span())?;
        let Kind::Map(entries) = &self.node.kind else { return Ok(replica) };
        for (key, value) in entries {
            // They are about the loop around it, not about its values.
            if skip.contains(&key.name.as_str())
                || matches!(key.name.as_str(), "last_epoch" | "verbose" | "optimizer")
            {
                continue;
            }
            let given = argument(value)
                .ok_or_else(|| wrong(&key.name, "a number, a flag, a word or a list of numbers", value))?;
            replica
                .set(&key.name, &given)
                .map_err(|error| Problem::error("convert", error.to_string()).at(value.span.clone()))?;
        }
        replica.check().map_err(|error| Problem::error("convert", error.to_string()).at(self.span()))?;
        Ok(replica)
    }

    /// A note on each argument that nothing was made of.
    pub(super) fn unused(&self) -> Vec<String> {
        let Kind::Map(entries) = &self.node.kind else { return Vec::new() };
        let used = self.used.borrow();
        let unused = entries.iter().filter(|(key, _)| !used.contains(&key.name));
        unused
            .map(|(key, _)| format!("`{}` has no part in the schedule and was left out", key.name))
            .collect()
    }
}

pub(super) fn wrong(name: &str, wanted: &str, node: &Node) -> Problem {
    Problem::error("convert", format!("`{name}` must be {wanted}"))
        .at(node.span.clone())
        .label(format!("found {}", node.found()))
}

/// The replica of that name.
pub(super) fn named(name: &str, at: Range<usize>) -> Result<Replica, Problem> {
    Replica::named(name).ok_or_else(|| {
        let known = Replica::NAMES;
        let problem = Problem::error("convert", format!("`{name}` has no equal here")).at(at);
        let problem = match nearest(name, known) {
            Some(near) => problem.label(format!("did you mean `{near}`?")),
            None => problem,
        };
        let peer = name.split('.').next().unwrap_or_default();
        let of_peer: Vec<&str> = known.iter().copied().filter(|known| known.starts_with(peer)).collect();
        problem.help(format!("those that are known: {}", of_peer.join(", ")))
    })
}

/// A value as a replica takes it.
pub(super) fn argument(node: &Node) -> Option<Argument> {
    let number =
        |text: &str| text.trim().replace('_', "").parse::<f64>().ok().filter(|number| number.is_finite());
    match &node.kind {
        Kind::Null => Some(Argument::None),
        Kind::Flag(flag) => Some(Argument::Flag(*flag)),
        Kind::Number(text) => number(text).map(Argument::Number),
        Kind::Text(text) => Some(number(text).map_or_else(|| Argument::Word(text.clone()), Argument::Number)),
        Kind::List(items) => {
            let items = items.iter().map(|item| match argument(item) {
                Some(Argument::Number(number)) => Some(number),
                _ => None,
            });
            items.collect::<Option<Vec<_>>>().map(Argument::Numbers)
        }
        Kind::Map(_) | Kind::Other(_) => None,
    }
}
