//! `ControlFile`: commands to a run that goes on: anneal from here, stop.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use lehr::{Field, ResolvedPhase, Spec, hold};

use crate::callback::{Callback, Heard};
use crate::error::{FileError, TrainError};
use crate::run::Run;
use crate::trainer::Trainer;

/// Obeys a file of commands while the run goes on.
///
/// The file is looked for every so many updates; nothing is read as long as it is not there. Its text is one command a
/// line:
///
/// | command | what it does |
/// |---|---|
/// | `anneal FIELD PHASE` | leaves the plan of the field and goes from its value to the phase's `to`, over its `over`, which is then held: `anneal lr linear(to=0, over=200)`. [`Scheduler::anneal_from_here`](lehr::Scheduler::anneal_from_here) |
/// | `stop` | ends the run |
/// | `stop N` | ends the run once N updates are completed; at once if they are |
///
/// A length may be in updates, epochs or shares of the run (`200`, `2ep`, `5%`), a level absolute or a multiple of the
/// base. Empty lines are passed over. All commands of a file are obeyed, or none.
///
/// # What becomes of the file
///
/// A file that does not end with a line break is still being written and is left for the next look. Else it is taken by
/// renaming it, so that it is obeyed once: to `<file>.<n>.done` after n updates. If a line is no command, or cannot be
/// obeyed, it becomes `<file>.<n>.refused`, the run goes on as if there had been none, and its summary's warnings
/// say why.
///
/// The run's history has `anneal/<field>` with the number of updates of the anneal; the scheduler's state has the changed
/// plan beside the original one. A run that is resumed from a checkpoint of before a command obeys it again when it
/// comes to the same update, from the `.done` file, so it too is as one that was never stopped. A run that begins anew
/// renames such files to `.stale`.
///
/// # Example
///
/// ```
/// use lehr_train::ControlFile;
///
/// // From a shell: echo "anneal lr linear(to=0, over=200)" > runs/digits/control
/// let control = ControlFile::new("runs/digits/control").every(10);
/// # let _ = control;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ControlFile {
    path: PathBuf,
    every: u64,
    stop_after: Option<u64>,
    /// Commands of an earlier process that this one comes to again: after how many updates, and where they are.
    again: Vec<(u64, PathBuf)>,
}

enum Command {
    Anneal { field: Field, phase: ResolvedPhase, over: u64 },
    Stop { after: Option<u64> },
}

impl ControlFile {
    /// Obeys this file, looked for every 10 updates.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{ControlFile, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let folder = tempfile::tempdir()?;
    /// let control = folder.path().join("control");
    /// std::fs::write(&control, "stop\n")?;
    /// // It is looked for after ten updates, and obeyed once.
    /// let summary = Training::new(&mut Square::new(), &RunConfig::epochs(9)).callback(ControlFile::new(&control)).run()?;
    /// assert_eq!(summary.num_updates, 10);
    /// assert!(folder.path().join("control.0000000010.done").is_file());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), every: 10, stop_after: None, again: Vec::new() }
    }

    /// Looks for the file every so many updates; 0 is read as 1.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{ControlFile, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let folder = tempfile::tempdir()?;
    /// let control = folder.path().join("control");
    /// std::fs::write(&control, "stop\n")?;
    /// let obeys = ControlFile::new(&control).every(3);
    /// let summary = Training::new(&mut Square::new(), &RunConfig::epochs(9)).callback(obeys).run()?;
    /// assert_eq!(summary.num_updates, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn every(self, updates: u64) -> Self {
        Self { every: updates.max(1), ..self }
    }

    fn obey<T: Trainer>(&mut self, text: &str, trainer: &mut T, run: &mut Run) -> Result<(), String> {
        let commands = text.lines().filter(|line| !line.trim().is_empty());
        let commands: Vec<Command> = commands
            .map(|line| read(line, run).map_err(|why| format!("`{line}`: {why}")))
            .collect::<Result<_, _>>()?;
        let before = run.scheduler.state();
        for command in &commands {
            let Command::Anneal { field, phase, over } = command else { continue };
            let to = phase.to.unwrap_or(lehr::times(1.0));
            let annealed = run.scheduler.anneal_from_here(
                &field.to_string(),
                phase.curve,
                *over,
                to,
                trainer.optimizer(),
            );
            if let Err(error) = annealed {
                // Back to the plans of a moment ago, which the scheduler itself has written.
                let _ = run.scheduler.load_state(&before, lehr::OnMismatch::UseSaved, trainer.optimizer());
                return Err(error.to_string());
            }
        }
        for command in commands {
            match command {
                Command::Anneal { field, over, .. } => run.record(&format!("anneal/{field}"), over as f64),
                Command::Stop { after } => self.stop_after = Some(after.unwrap_or(run.num_updates())),
            }
        }
        Ok(())
    }

    /// Takes the file, if it is there and whole.
    fn take(&self, num_updates: u64) -> Result<Option<(String, PathBuf)>, FileError> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => "no text\n".to_owned(),
            Err(error) => return Err(FileError::read(&self.path)(error)),
        };
        if !text.ends_with('\n') {
            return Ok(None);
        }
        let done = self.named(&format!("{num_updates:010}.done"));
        std::fs::rename(&self.path, &done).map_err(FileError::written(&done))?;
        Ok(Some((text, done)))
    }

    fn named(&self, ending: &str) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(format!(".{ending}"));
        PathBuf::from(name)
    }

    fn stop_if_due(&self, run: &mut Run) {
        if self.stop_after.is_some_and(|after| run.num_updates() >= after) {
            run.stop(format!("the control file `{}` said so", self.path.display()));
        }
    }

    /// The commands that were obeyed after more updates than these, in their order.
    fn obeyed_after(&self, num_updates: u64) -> Result<Vec<(u64, PathBuf)>, FileError> {
        let folder =
            self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(FileError::read(folder)(error)),
        };
        let own = self.path.file_name().unwrap_or_default().to_string_lossy();
        let mut obeyed = Vec::new();
        for entry in entries {
            let path = entry.map_err(FileError::read(folder))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let after =
                name.strip_prefix(&*own).and_then(|rest| rest.strip_prefix('.')?.strip_suffix(".done"));
            if let Some(after) =
                after.and_then(|after| after.parse().ok()).filter(|after| *after > num_updates)
            {
                obeyed.push((after, path));
            }
        }
        obeyed.sort();
        Ok(obeyed)
    }
}

fn read(line: &str, run: &Run) -> Result<Command, String> {
    let mut words = line.trim().splitn(2, char::is_whitespace);
    match (words.next(), words.next().map(str::trim)) {
        (Some("stop"), None) => Ok(Command::Stop { after: None }),
        (Some("stop"), Some(after)) => match after.parse() {
            Ok(after) => Ok(Command::Stop { after: Some(after) }),
            Err(_) => Err("after `stop` comes a number of updates, or nothing".to_owned()),
        },
        (Some("anneal"), Some(rest)) => {
            let (field, phase) =
                rest.split_once(char::is_whitespace).ok_or("after `anneal` come a field and a phase")?;
            let field: Field = field.parse().map_err(|error: lehr::Error| error.to_string())?;
            let spec: Spec = phase.parse().map_err(|error: lehr::Error| error.to_string())?;
            // In a run that goes on for ever, a hold takes what the phase leaves of it.
            let plan = spec.then(hold()).resolve(&run.horizon()).map_err(|error| error.to_string())?;
            let mut phases = plan.phases();
            match (phases.next().copied(), phases.count()) {
                (Some(phase), 1) if phase.to.is_some() && phase.end.is_some() => {
                    Ok(Command::Anneal { field, phase, over: phase.end.unwrap_or_default() })
                }
                _ => Err("an anneal is one phase to a level: `linear(to=0, over=200)`".to_owned()),
            }
        }
        _ => Err("the commands are `anneal FIELD PHASE`, `stop` and `stop N`".to_owned()),
    }
}

impl<T: Trainer> Callback<T> for ControlFile {
    fn on_training_run_start(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        let obeyed = self.obeyed_after(run.num_updates())?;
        if run.resumed_from().is_some() {
            self.again = obeyed;
        } else {
            for (_, path) in obeyed {
                let stale = path.with_extension("stale");
                std::fs::rename(&path, &stale).map_err(FileError::written(&stale))?;
                run.notes.push(format!("commands of an earlier run are now in `{}`", stale.display()));
            }
        }
        self.stop_if_due(run);
        Ok(())
    }

    fn on_update_end(&mut self, trainer: &mut T, run: &mut Run) -> Heard<T> {
        let now = run.num_updates();
        while self.again.first().is_some_and(|(after, _)| *after == now) {
            let (_, path) = self.again.remove(0);
            let text = std::fs::read_to_string(&path).map_err(FileError::read(&path))?;
            self.obey(&text, trainer, run).map_err(|why| TrainError::Callback(why.into()))?;
        }
        if now.is_multiple_of(self.every)
            && let Some((text, done)) = self.take(now)?
            && let Err(why) = self.obey(&text, trainer, run)
        {
            let refused = self.named(&format!("{now:010}.refused"));
            std::fs::rename(&done, &refused).map_err(FileError::written(&refused))?;
            run.notes
                .push(format!("a command was refused after {now} updates: {why} (`{}`)", refused.display()));
        }
        self.stop_if_due(run);
        Ok(())
    }

    fn state(&mut self) -> Result<Option<serde_json::Value>, TrainError<T::Error>> {
        Ok(self.stop_after.map(Into::into))
    }

    fn load_state(&mut self, state: &serde_json::Value) -> Heard<T> {
        self.stop_after = state.as_u64();
        Ok(())
    }
}
