//! Patching: the text of a file with only the differing parts replaced where they stand.

use std::ops::Range;

use serde_json::Value;

use super::flow::Flow;
use super::{group, nodes, number, plateau};
use crate::plan_text::{PlanText, split};
use crate::read::Format;
use crate::source::Source;
use crate::spec_file::{FieldTable, FieldValue, SpecFile};

/// What replaces which bytes.
type Edits = Vec<(Range<usize>, String)>;

impl SpecFile {
    /// The text that this file was read from, with only those counts, bases and phases replaced that differ in `wanted`:
    /// comments, order and spelling of all else stay. `None` where other things differ, too; then the file is to be
    /// written anew with [`write`](Self::write).
    ///
    /// ```
    /// use lehr_spec::{Format, Source, SpecFile};
    ///
    /// let read = |text: &str| SpecFile::read(&Source::new("a.toml", text)?, Format::Toml);
    /// let file = read("version = 1 # mine\n[lr]\nbase = 3e-4 # tried 1e-3\nphases = 'linear(over=5%) -> cosine'")?;
    /// let wanted = read("version = 1\n[lr]\nbase = 0.0003\nphases = 'linear(over=10%) -> cosine'")?;
    /// assert_eq!(
    ///     file.patched(Format::Toml, &wanted).as_deref(),
    ///     Some("version = 1 # mine\n[lr]\nbase = 3e-4 # tried 1e-3\nphases = 'linear(over=10%) -> cosine'"),
    /// );
    /// # Ok::<(), lehr_spec::Problems>(())
    /// ```
    pub fn patched(&self, format: Format, wanted: &Self) -> Option<String> {
        let mut edits = Edits::new();
        self.edit_horizon(wanted, &mut edits)?;
        if self.fields.len() != wanted.fields.len() {
            return None;
        }
        for ((name, value), (wanted_name, wanted)) in self.fields.iter().zip(&wanted.fields) {
            let (tables, wanted) = (tables(value), tables(wanted));
            if name.value != wanted_name.value || tables.len() != wanted.len() {
                return None;
            }
            for (table, wanted) in tables.into_iter().zip(wanted) {
                self.edit_table(format, &table, &wanted, &mut edits)?;
            }
        }
        let text = replaced(self.source.text(), edits)?;
        // What is said is only done where it reads back as what is wanted.
        let source = Source::new(self.source.name(), text.clone()).ok()?;
        let read = Self::read(&source, format).ok()?;
        (read.tree() == wanted.tree()).then_some(text)
    }

    fn edit_horizon(&self, wanted: &Self, edits: &mut Edits) -> Option<()> {
        let (before, after) =
            (self.horizon.clone().unwrap_or_default(), wanted.horizon.clone().unwrap_or_default());
        let spans = [
            &before.updates,
            &before.epochs,
            &before.updates_per_epoch,
            &before.batches_per_epoch,
            &before.batches,
            &before.processes,
            &before.accumulate,
        ];
        for ((at, (_, old)), (_, new)) in spans.into_iter().zip(before.counts()).zip(after.counts()) {
            edit(at.as_ref().map(|at| &at.span), old, new, edits)?;
        }
        Some(())
    }

    fn edit_table(
        &self,
        format: Format,
        table: &FieldTable,
        wanted: &FieldTable,
        edits: &mut Edits,
    ) -> Option<()> {
        let groups = |table: &FieldTable| -> Option<Vec<Value>> {
            table.groups.as_ref().map(|groups| groups.iter().map(group).collect())
        };
        if groups(table) != groups(wanted)
            || table.plateau.as_ref().map(plateau) != wanted.plateau.as_ref().map(plateau)
        {
            return None;
        }
        let base = table.base.as_ref();
        edit(base.map(|at| &at.span), number(base), number(wanted.base.as_ref()), edits)?;
        self.edit_phases(format, &table.phases, &wanted.phases, edits)
    }

    fn edit_phases(
        &self,
        format: Format,
        phases: &PlanText,
        wanted: &PlanText,
        edits: &mut Edits,
    ) -> Option<()> {
        let (before, after) = (nodes(phases), nodes(wanted));
        if before == after {
            return Some(());
        }
        let flow = match format {
            Format::Toml => Flow::Toml,
            Format::Yaml => Flow::Yaml,
            Format::Json => Flow::Json,
            Format::Text => return None,
        };
        let texts: Vec<String> = if self.is_one_line(phases) {
            split(&wanted.spec().ok()?.to_string())
        } else {
            after.iter().map(|node| flow.text(node)).collect()
        };
        if before.len() == after.len() && phases.len() == before.len() && texts.len() == after.len() {
            for (index, text) in texts.into_iter().enumerate() {
                if before[index] != after[index] {
                    edits.push((self.whole(phases.phase_span(index)), text));
                }
            }
        } else {
            let last = phases.len().checked_sub(1)?;
            let separator = if self.is_one_line(phases) { " -> " } else { ",\n  " };
            let span = phases.phase_span(0).start..self.whole(phases.phase_span(last)).end;
            edits.push((span, texts.join(separator)));
        }
        Some(())
    }

    /// A table to its closing brace: to a reader of YAML it ends with its last value.
    fn whole(&self, span: Range<usize>) -> Range<usize> {
        let text = self.source.text();
        let inside = text.get(span.clone()).unwrap_or_default();
        let rest = text.get(span.end..).unwrap_or_default();
        let space = rest.len() - rest.trim_start_matches([' ', ',', '\n']).len();
        let closes = inside.starts_with('{') && !inside.ends_with('}') && rest[space..].starts_with('}');
        span.start..if closes { span.end + space + 1 } else { span.end }
    }

    /// Whether the plan stands in the file as the one-line text.
    fn is_one_line(&self, phases: &PlanText) -> bool {
        let first = self.source.text().get(phases.phase_span(0)).unwrap_or_default();
        !first.starts_with('{') && first.parse::<lehr::Spec>().is_ok()
    }
}

fn tables(value: &FieldValue) -> Vec<FieldTable> {
    match value {
        FieldValue::Text(phases) => vec![FieldTable {
            phases: phases.clone(),
            base: None,
            groups: None,
            plateau: None,
            span: phases.span.clone(),
        }],
        FieldValue::Table(table) => vec![(**table).clone()],
        FieldValue::Tables(tables) => tables.clone(),
    }
}

/// Replaces a value that is there by another one; what is new or gone cannot be said in place.
fn edit(
    span: Option<&Range<usize>>,
    before: Option<Value>,
    after: Option<Value>,
    edits: &mut Edits,
) -> Option<()> {
    match (span, before, after) {
        (_, before, after) if before == after => Some(()),
        (Some(span), Some(_), Some(after)) => {
            edits.push((span.clone(), after.to_string()));
            Some(())
        }
        _ => None,
    }
}

/// The text with every edit made; `None` if two of them overlap.
fn replaced(text: &str, mut edits: Edits) -> Option<String> {
    edits.sort_by_key(|(span, _)| span.start);
    let (mut done, mut at) = (String::with_capacity(text.len()), 0);
    for (span, new) in edits {
        done += text.get(at..span.start)?;
        done += &new;
        at = span.end;
    }
    done += text.get(at..)?;
    Some(done)
}
