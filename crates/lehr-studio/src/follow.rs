//! Follow: looks at the given files again and again, and counts what changes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::files::{File, Save, Saved};
use crate::run::Run;
use crate::view::{Ask, View};

/// How often the files are looked at.
const EVERY: Duration = Duration::from_millis(150);

/// A schedule that the page begins with.
pub(crate) enum Sheet {
    File(File),
    Tree { name: String, tree: Value },
}

/// Everything that was given, as it is now.
#[derive(Clone)]
pub(crate) struct Followed {
    given: Arc<Mutex<Given>>,
    revision: watch::Sender<u64>,
}

struct Given {
    sheets: Vec<Sheet>,
    runs: Vec<Run>,
}

impl Followed {
    pub(crate) fn new(sheets: Vec<Sheet>, mut runs: Vec<Run>) -> Self {
        for run in &mut runs {
            run.look();
        }
        Self { given: Arc::new(Mutex::new(Given { sheets, runs })), revision: watch::Sender::new(1) }
    }

    fn given(&self) -> MutexGuard<'_, Given> {
        // What a panic elsewhere left is still what was read.
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the files for ever.
    pub(crate) fn watch(&self) {
        loop {
            std::thread::sleep(EVERY);
            self.look();
        }
    }

    fn look(&self) {
        let mut changed = false;
        let mut given = self.given();
        for sheet in &mut given.sheets {
            if let Sheet::File(file) = sheet {
                changed |= file.look();
            }
        }
        for run in &mut given.runs {
            changed |= run.look();
        }
        drop(given);
        if changed {
            self.revision.send_modify(|revision| *revision += 1);
        }
    }

    /// Waits until there is something newer than that revision.
    pub(crate) async fn newer(&self, since: u64) {
        let mut revision = self.revision.subscribe();
        // The sender lives as long as `self` does.
        let _ = revision.wait_for(|revision| *revision > since).await;
    }

    /// What the page is told.
    pub(crate) fn report(&self) -> Value {
        let given = self.given();
        let sheet = |sheet: &Sheet| match sheet {
            Sheet::File(file) => file.report(),
            Sheet::Tree { name, tree } => json!({ "name": name, "tree": tree }),
        };
        json!({
            "revision": *self.revision.borrow(),
            "sheets": given.sheets.iter().map(sheet).collect::<Vec<_>>(),
            "runs": given.runs.iter().map(Run::report).collect::<Vec<_>>(),
        })
    }

    pub(crate) fn view(&self, ask: &Ask) -> View {
        View::of(ask, &self.given().runs)
    }

    /// Saves over a file that was given, and none else.
    pub(crate) fn save(&self, save: &Save) -> Saved {
        let saved = match self.given().sheets.get_mut(save.file) {
            Some(Sheet::File(file)) => file.save(save),
            _ => Saved::Failed { message: "there is no such file".to_owned() },
        };
        if let Saved::Written { .. } = saved {
            self.revision.send_modify(|revision| *revision += 1);
        }
        saved
    }
}
