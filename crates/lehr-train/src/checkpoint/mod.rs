//! `Checkpoints`: a run that survives. Each checkpoint is a folder, whole or not there.
//!
//! A checkpoint after n updates is the folder `update-<n>`, or `kept-<n>` if it is never to be removed:
//!
//! - `checkpoint.json`: the format, its version, the checksum of what follows, and then the run: its position, metrics,
//!   scheduler with controllers, callbacks, the trainer's own values, and size and checksum of every other file;
//! - the files of the trainer: tensors as safetensors, as a rule.

mod folder;
mod manifest;
mod state;

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use lehr::OnMismatch;
use lehr::recipe::WsdPlan;

use crate::config::RunConfig;
use crate::error::{FileError, TrainError};
use crate::run::Run;
use crate::trainer::Trainer;
use crate::training::Moment;
use folder::{Entry, Kind};

pub(crate) use folder::{clean, remove};
pub(crate) use manifest::{read, write};
pub(crate) use state::RunState;
pub use state::{SaveState, StateReader, StateWriter};

/// Where and when to save checkpoints, and whether to resume from one.
///
/// A checkpoint is written to a temporary folder beside it, synced file by file, renamed, and the rename synced: a process
/// that is killed at any moment leaves the last whole checkpoint, and what it left of another one is removed by the next
/// run. A resumed run goes on to the same bits as one that was never stopped, if the trainer's
/// [`SaveState`] saves all that its steps depend on.
///
/// # Default
///
/// One at the end of the run and after each epoch; all are kept; nothing is resumed.
///
/// # Example
///
/// ```
/// use lehr_train::Checkpoints;
///
/// let checkpoints = Checkpoints::new("runs/digits/checkpoints").every(20).keep_last(3).resume();
/// # let _ = checkpoints;
/// ```
#[derive(Debug)]
pub struct Checkpoints {
    folder: PathBuf,
    every: Option<u64>,
    keep_last: Option<usize>,
    kept: BTreeSet<u64>,
    resume: Resume,
    fall_back: bool,
    on_mismatch: OnMismatch,
    /// The position that was saved last.
    last_saved: Option<(u64, bool)>,
    lock: Option<File>,
}

#[derive(Debug)]
enum Resume {
    Never,
    Newest,
    From(PathBuf),
}

impl Checkpoints {
    /// Checkpoints in this folder, which is made if need be. One run writes to it at a time.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Checkpoints, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let folder = tempfile::tempdir()?;
    /// let checkpoints = Checkpoints::new(folder.path());
    /// Training::new(&mut Square::new(), &RunConfig::epochs(2)).checkpoints(checkpoints).run()?;
    /// assert!(folder.path().join("update-0000000004").is_dir());
    /// assert!(folder.path().join("update-0000000008").is_dir());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            every: None,
            keep_last: None,
            kept: BTreeSet::new(),
            resume: Resume::Never,
            fall_back: false,
            on_mismatch: OnMismatch::Error,
            last_saved: None,
            lock: None,
        }
    }

    /// Saves every so many updates (0 is read as 1), in place of after each epoch.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Checkpoints, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let folder = tempfile::tempdir()?;
    /// let checkpoints = Checkpoints::new(folder.path()).every(3);
    /// Training::new(&mut Square::new(), &RunConfig::epochs(2)).checkpoints(checkpoints).run()?;
    /// for n in [3, 6, 8] {
    ///     assert!(folder.path().join(format!("update-{n:010}")).is_dir());
    /// }
    /// assert!(!folder.path().join("update-0000000004").exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn every(self, updates: u64) -> Self {
        Self { every: Some(updates.max(1)), ..self }
    }

    /// Keeps the newest so many (0 is read as 1); those of [`keep_after`](Self::keep_after) and
    /// [`around_decays`](Self::around_decays) are kept beside them.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Checkpoints, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let folder = tempfile::tempdir()?;
    /// let checkpoints = Checkpoints::new(folder.path()).keep_last(2);
    /// Training::new(&mut Square::new(), &RunConfig::epochs(4)).checkpoints(checkpoints).run()?;
    /// let there = [4, 8, 12, 16].map(|n| folder.path().join(format!("update-{n:010}")).exists());
    /// assert_eq!(there, [false, false, true, true]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn keep_last(self, count: usize) -> Self {
        Self { keep_last: Some(count.max(1)), ..self }
    }

    /// Saves after these numbers of updates too, and never removes what was saved.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Checkpoints, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let folder = tempfile::tempdir()?;
    /// let checkpoints = Checkpoints::new(folder.path()).keep_after([2]).keep_last(1);
    /// Training::new(&mut Square::new(), &RunConfig::epochs(2)).checkpoints(checkpoints).run()?;
    /// assert!(folder.path().join("kept-0000000002").is_dir());
    /// assert!(!folder.path().join("update-0000000004").exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn keep_after(mut self, updates: impl IntoIterator<Item = u64>) -> Self {
        self.kept.extend(updates);
        self
    }

    /// Saves before each decay of a warm-up, stable, decay schedule, to branch off from or to go on as if it had not been
    /// ([`WsdPlan::branch`], [`WsdPlan::continue_before`]), and after each, to use or to go on from
    /// ([`WsdPlan::continue_after`]). Never removed.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr::{Horizon, recipe::wsd, updates};
    /// use lehr_train::{Checkpoints, RunConfig, Training};
    ///
    /// // Of eight updates the last two decay.
    /// let wsd = wsd().decay(updates(2)).resolve(&Horizon::updates(8)?)?;
    /// let folder = tempfile::tempdir()?;
    /// let checkpoints = Checkpoints::new(folder.path()).around_decays(&wsd);
    /// Training::new(&mut Square::new(), &RunConfig::epochs(2)).checkpoints(checkpoints).run()?;
    /// assert!(folder.path().join("kept-0000000006").is_dir());
    /// assert!(folder.path().join("kept-0000000008").is_dir());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn around_decays(self, wsd: &WsdPlan) -> Self {
        self.keep_after(wsd.decays().flat_map(|decay| [decay.start, decay.end]).filter(|after| *after > 0))
    }

    /// Resumes from the newest checkpoint in the folder; begins anew if there is none.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Checkpoints, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let (folder, mut square) = (tempfile::tempdir()?, Square::new());
    /// let checkpoints = || Checkpoints::new(folder.path()).resume();
    /// let stopped_early = RunConfig { max_updates: Some(8), ..RunConfig::epochs(2) };
    /// Training::new(&mut Square::new(), &stopped_early).checkpoints(checkpoints()).run()?;
    /// // A process that begins anew finds that all is done.
    /// let summary = Training::new(&mut square, &stopped_early).checkpoints(checkpoints()).run()?;
    /// assert_eq!((summary.num_updates, square.weight), (8, 1.0 / 256.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn resume(self) -> Self {
        Self { resume: Resume::Newest, ..self }
    }

    /// Resumes from this checkpoint, which may lie in another folder: a branch of another run, for example. The folder
    /// of this run must not have any of later updates.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Checkpoints, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let (first, second, mut square) = (tempfile::tempdir()?, tempfile::tempdir()?, Square::new());
    /// let run = RunConfig::epochs(2);
    /// Training::new(&mut Square::new(), &run).checkpoints(Checkpoints::new(first.path())).run()?;
    /// let branch = Checkpoints::new(second.path()).resume_from(first.path().join("update-0000000004"));
    /// Training::new(&mut square, &run).checkpoints(branch).run()?;
    /// assert_eq!(square.weight, 1.0 / 256.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn resume_from(self, checkpoint: impl Into<PathBuf>) -> Self {
        Self { resume: Resume::From(checkpoint.into()), ..self }
    }

    /// Resumes from the newest checkpoint that is whole, if later ones are damaged: an error without this. The damaged
    /// ones are left as they are, under the name `damaged-...`, and the summary's warnings name them.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Checkpoints, RunConfig, Training};
    ///
    /// // `Square` is a trainer: one weight, 1 at first, that each of the four updates of an epoch halves; its loss is the square.
    /// let (folder, mut square, run) = (tempfile::tempdir()?, Square::new(), RunConfig::epochs(2));
    /// Training::new(&mut Square::new(), &run).checkpoints(Checkpoints::new(folder.path())).run()?;
    /// std::fs::write(folder.path().join("update-0000000008/checkpoint.json"), "half of it")?;
    ///
    /// let strict = Checkpoints::new(folder.path()).resume();
    /// assert!(Training::new(&mut square, &run).checkpoints(strict).run().is_err());
    /// let lenient = Checkpoints::new(folder.path()).resume().fall_back();
    /// let summary = Training::new(&mut square, &run).checkpoints(lenient).run()?;
    /// assert_eq!((summary.num_updates, square.weight, summary.warnings.len()), (8, 1.0 / 256.0, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn fall_back(self) -> Self {
        Self { fall_back: true, ..self }
    }

    /// What to do where the saved run had another plan: an error unless this says otherwise.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr::OnMismatch;
    /// use lehr_train::{Checkpoints, RunConfig, Training};
    ///
    /// let folder = tempfile::tempdir()?;
    /// Training::new(&mut Square::new(), &RunConfig::epochs(1)).checkpoints(Checkpoints::new(folder.path())).run()?;
    /// // A run of another length has another plan.
    /// let longer = |on_mismatch| {
    ///     let checkpoints = Checkpoints::new(folder.path()).resume().on_mismatch(on_mismatch);
    ///     Training::new(&mut Square::new(), &RunConfig::epochs(2)).checkpoints(checkpoints).run()
    /// };
    /// assert!(longer(OnMismatch::Error).is_err());
    /// assert_eq!(longer(OnMismatch::UseNew)?.num_updates, 8);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn on_mismatch(self, on_mismatch: OnMismatch) -> Self {
        Self { on_mismatch, ..self }
    }

    /// The checkpoint to resume from, if any, with what it holds.
    fn find<E: std::error::Error>(
        &self,
        run: &mut Run,
    ) -> Result<Option<(PathBuf, manifest::Body)>, TrainError<E>> {
        let entries = folder::list(&self.folder)?;
        let newest = entries.last();
        match &self.resume {
            Resume::Never => match newest {
                None => Ok(None),
                Some(entry) => Err(TrainError::Checkpoint {
                    path: entry.path.clone(),
                    problem: "is of an earlier run: resume it, or choose another folder for this one"
                        .to_owned(),
                }),
            },
            Resume::From(path) => {
                let body: manifest::Body = manifest::read(path)?;
                let done = body.run.progress.num_updates;
                match newest.filter(|entry| entry.updates > done) {
                    None => Ok(Some((path.clone(), body))),
                    Some(entry) => Err(TrainError::Checkpoint {
                        path: entry.path.clone(),
                        problem: format!(
                            "is of later updates than the {done} to resume from: choose another folder for what comes \
                             after them"
                        ),
                    }),
                }
            }
            Resume::Newest => self.newest_whole(&entries, run),
        }
    }

    fn newest_whole<E: std::error::Error>(
        &self,
        entries: &[Entry],
        run: &mut Run,
    ) -> Result<Option<(PathBuf, manifest::Body)>, TrainError<E>> {
        for entry in entries.iter().rev() {
            match manifest::read(&entry.path) {
                Ok(body) => return Ok(Some((entry.path.clone(), body))),
                Err(error @ TrainError::Checkpoint { .. }) if self.fall_back => {
                    let aside = folder::set_aside(&entry.path)?;
                    run.notes.push(format!("{error}; it was set aside as `{}`", aside.display()));
                }
                Err(TrainError::Checkpoint { path, problem }) => {
                    let problem = format!("{problem} (`fall_back` resumes from the one before it)");
                    return Err(TrainError::Checkpoint { path, problem });
                }
                Err(error) => return Err(error),
            }
        }
        if entries.is_empty() {
            return Ok(None);
        }
        let problem = "was the last one, and none is whole: begin anew in another folder".to_owned();
        Err(TrainError::Checkpoint { path: entries[0].path.clone(), problem })
    }

    /// Removes those that are not to be kept.
    fn prune(&self) -> Result<(), FileError> {
        self.keep_last.map_or(Ok(()), |count| folder::prune(&self.folder, count))
    }
}

/// What the loop asks of checkpoints, whatever the trainer saves.
pub(crate) trait Keep<T: Trainer> {
    fn resume(
        &mut self,
        trainer: &mut T,
        run: &mut Run,
        config: &RunConfig,
    ) -> Result<Option<RunState>, TrainError<T::Error>>;

    fn is_due(&self, run: &Run, moment: Moment) -> bool;

    fn save(&mut self, trainer: &mut T, state: RunState) -> Result<(), TrainError<T::Error>>;
}

impl<T: SaveState> Keep<T> for Checkpoints {
    fn resume(
        &mut self,
        trainer: &mut T,
        run: &mut Run,
        config: &RunConfig,
    ) -> Result<Option<RunState>, TrainError<T::Error>> {
        self.lock = folder::claim(&self.folder)?;
        folder::clean(&self.folder)?;
        let Some((path, body)) = self.find(run)? else { return Ok(None) };
        let state = body.run;
        state.check(&path, config, trainer.train_batch_count())?;
        let reader = StateReader::new(path.clone(), body.trainer);
        trainer.load_state(&reader).map_err(TrainError::Step)?;
        run.scheduler.load_state(&state.scheduler, self.on_mismatch, trainer.optimizer())?;
        run.progress = state.progress.clone();
        run.resumed_from = Some(path);
        self.last_saved = Some(run.position());
        if matches!(self.resume, Resume::Newest) {
            // A process that was killed after its last save has not come to it.
            self.prune()?;
        }
        Ok(Some(state))
    }

    fn is_due(&self, run: &Run, moment: Moment) -> bool {
        let done = run.num_updates();
        let due = match (moment, self.every) {
            (Moment::Update, every) => {
                self.kept.contains(&done) || every.is_some_and(|every| done.is_multiple_of(every))
            }
            (Moment::Epoch, every) => every.is_none(),
            (Moment::End, _) => true,
        };
        due && self.last_saved != Some(run.position())
    }

    fn save(&mut self, trainer: &mut T, state: RunState) -> Result<(), TrainError<T::Error>> {
        let done = state.progress.num_updates;
        let kind = if self.kept.contains(&done) { Kind::Kept } else { Kind::Update };
        let target = folder::free_path(&self.folder, kind, done);
        let position = (done, state.progress.epoch_ended);
        write(&target, trainer, Some(state))?;
        self.last_saved = Some(position);
        Ok(self.prune()?)
    }
}

/// Where a checkpoint lies, for messages.
pub(crate) fn problem<E: std::error::Error>(path: &Path, problem: impl Into<String>) -> TrainError<E> {
    TrainError::Checkpoint { path: path.to_owned(), problem: problem.into() }
}
