//! `SaveState`: what a trainer puts into a checkpoint; `RunState`: what the loop does.

use std::path::{Path, PathBuf};

use lehr::State;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::problem;
use crate::config::RunConfig;
use crate::error::TrainError;
use crate::run::{Progress, Run};
use crate::trainer::Trainer;
use crate::used::Used;

/// A trainer that can be saved and restored: what [`Checkpoints`](crate::Checkpoints),
/// [`SaveBest`](crate::SaveBest) and [`RangeTest`](crate::RangeTest) need.
///
/// The loop saves the schedule and the position in the data. The trainer saves the model, the optimizer's moments and
/// whatever random generator its steps draw from.
///
/// # Example
///
/// ```
/// # use lehr::MemoryGroups;
/// # use lehr_train::{Batches, Trainer};
/// # struct Mine { optimizer: MemoryGroups, weights: Vec<f64> }
/// # impl Trainer for Mine {
/// #     type Batch = ();
/// #     type Loss = f64;
/// #     type Optimizer = MemoryGroups;
/// #     type Error = std::io::Error;
/// #     fn optimizer(&mut self) -> &mut MemoryGroups { &mut self.optimizer }
/// #     fn train_batch_count(&self) -> u64 { 10 }
/// #     fn train_batches(&mut self, _: u64) -> std::io::Result<Batches<(), std::io::Error>> {
/// #         Ok(Box::new((0..10).map(|_| Ok(()))))
/// #     }
/// #     fn calculate_train_batch_loss(&mut self, _: &()) -> std::io::Result<f64> { Ok(0.0) }
/// #     fn loss_value(&self, loss: &f64) -> std::io::Result<f64> { Ok(*loss) }
/// #     fn backward_step(&mut self, _: f64, _: f64) -> std::io::Result<()> { Ok(()) }
/// #     fn optimizer_step(&mut self) -> std::io::Result<bool> { Ok(true) }
/// #     fn optimizer_zero_grad(&mut self) -> std::io::Result<()> { Ok(()) }
/// # }
/// use lehr_train::{SaveState, StateReader, StateWriter};
///
/// impl SaveState for Mine {
///     fn save_state(&mut self, state: &mut StateWriter) -> Result<(), Self::Error> {
///         // With lehr-candle: self.optimizer.save(state.file("optimizer.safetensors"))?;
///         std::fs::write(state.file("weights.bin"), self.weights.iter().flat_map(|w| w.to_le_bytes()).collect::<Vec<_>>())?;
///         state.set("count", &self.weights.len())
///     }
///
///     fn load_state(&mut self, state: &StateReader) -> Result<(), Self::Error> {
///         let bytes = std::fs::read(state.file("weights.bin"))?;
///         self.weights = bytes.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
///         assert_eq!(self.weights.len(), state.get::<usize>("count")?);
///         Ok(())
///     }
/// }
/// ```
pub trait SaveState: Trainer {
    /// Saves all that the coming steps depend on. Called between updates: no gradients wait.
    ///
    /// # Errors
    ///
    /// Any; it ends the run, and there is no such checkpoint.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Checkpoints, RunConfig, SaveState, StateReader, StateWriter, Trainer, Training};
    ///
    /// struct Mine { square: Square }
    ///
    /// impl Trainer for Mine {
    ///     // ... the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// impl SaveState for Mine {
    ///     fn save_state(&mut self, state: &mut StateWriter) -> Result<(), Self::Error> {
    ///         state.set("weight", &self.square.weight)
    ///     }
    ///
    ///     fn load_state(&mut self, state: &StateReader) -> Result<(), Self::Error> {
    ///         self.square.weight = state.get("weight")?;
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let (folder, mut resumed) = (tempfile::tempdir()?, Mine { square: Square::new() });
    /// let checkpoints = || Checkpoints::new(folder.path()).resume();
    /// Training::new(&mut Mine { square: Square::new() }, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
    /// Training::new(&mut resumed, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
    /// assert_eq!(resumed.square.weight, 1.0 / 16.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn save_state(&mut self, state: &mut StateWriter) -> Result<(), Self::Error>;

    /// Takes over what [`save_state`](Self::save_state) saved. Every file is there and has its checksum.
    ///
    /// # Errors
    ///
    /// Any; it ends the run before it begins.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Checkpoints, RunConfig, SaveState, StateReader, StateWriter, Trainer, Training};
    ///
    /// struct Mine { square: Square }
    ///
    /// impl Trainer for Mine {
    ///     // ... the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// impl SaveState for Mine {
    ///     fn save_state(&mut self, state: &mut StateWriter) -> Result<(), Self::Error> {
    ///         std::fs::write(state.file("weight.bin"), self.square.weight.to_le_bytes())
    ///     }
    ///
    ///     fn load_state(&mut self, state: &StateReader) -> Result<(), Self::Error> {
    ///         let bytes = std::fs::read(state.file("weight.bin"))?;
    ///         self.square.weight = f64::from_le_bytes(bytes.try_into().unwrap_or_default());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let (folder, mut resumed) = (tempfile::tempdir()?, Mine { square: Square::new() });
    /// let checkpoints = || Checkpoints::new(folder.path()).resume();
    /// Training::new(&mut Mine { square: Square::new() }, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
    /// Training::new(&mut resumed, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
    /// assert_eq!(resumed.square.weight, 1.0 / 16.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn load_state(&mut self, state: &StateReader) -> Result<(), Self::Error>;
}

/// Where a trainer's state goes: files, and small values by name.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::{Checkpoints, RunConfig, SaveState, StateReader, StateWriter, Trainer, Training};
///
/// struct Mine { square: Square }
///
/// impl Trainer for Mine {
///     // ... the steps of the model
///     # steps_of_the_model!();
/// }
///
/// impl SaveState for Mine {
///     fn save_state(&mut self, state: &mut StateWriter) -> Result<(), Self::Error> {
///         state.set("half", &(self.square.weight / 2.0))
///     }
///
///     fn load_state(&mut self, state: &StateReader) -> Result<(), Self::Error> {
///         self.square.weight = 2.0 * state.get::<f64>("half")?;
///         Ok(())
///     }
/// }
///
/// let (folder, mut resumed) = (tempfile::tempdir()?, Mine { square: Square::new() });
/// let checkpoints = || Checkpoints::new(folder.path()).resume();
/// Training::new(&mut Mine { square: Square::new() }, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
/// Training::new(&mut resumed, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
/// assert_eq!(resumed.square.weight, 1.0 / 16.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct StateWriter {
    folder: PathBuf,
    pub(super) values: Map<String, Value>,
}

impl StateWriter {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, values: Map::new() }
    }

    /// Where to write the file of this name. The checkpoint syncs it and takes its checksum.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Checkpoints, RunConfig, SaveState, StateReader, StateWriter, Trainer, Training};
    ///
    /// struct Mine { square: Square }
    ///
    /// impl Trainer for Mine {
    ///     // ... the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// impl SaveState for Mine {
    ///     fn save_state(&mut self, state: &mut StateWriter) -> Result<(), Self::Error> {
    ///         std::fs::write(state.file("weight.txt"), self.square.weight.to_string())
    ///     }
    ///
    ///     fn load_state(&mut self, state: &StateReader) -> Result<(), Self::Error> {
    ///         let text = std::fs::read_to_string(state.file("weight.txt"))?;
    ///         self.square.weight = text.parse().map_err(std::io::Error::other)?;
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let (folder, mut resumed) = (tempfile::tempdir()?, Mine { square: Square::new() });
    /// let checkpoints = || Checkpoints::new(folder.path()).resume();
    /// Training::new(&mut Mine { square: Square::new() }, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
    /// Training::new(&mut resumed, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
    /// assert_eq!(resumed.square.weight, 1.0 / 16.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Keeps a small value: a count, a random generator (`rand_chacha` with the feature `serde`).
    ///
    /// # Errors
    ///
    /// If the value cannot be written as JSON: a NaN comes back as null, for example, and a map needs keys of text.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Checkpoints, RunConfig, SaveState, StateReader, StateWriter, Trainer, Training};
    ///
    /// struct Mine { square: Square }
    ///
    /// impl Trainer for Mine {
    ///     // ... the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// impl SaveState for Mine {
    ///     fn save_state(&mut self, state: &mut StateWriter) -> Result<(), Self::Error> {
    ///         state.set("weights", &[self.square.weight])
    ///     }
    ///
    ///     fn load_state(&mut self, state: &StateReader) -> Result<(), Self::Error> {
    ///         [self.square.weight] = state.get("weights")?;
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let (folder, mut resumed) = (tempfile::tempdir()?, Mine { square: Square::new() });
    /// let checkpoints = || Checkpoints::new(folder.path()).resume();
    /// Training::new(&mut Mine { square: Square::new() }, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
    /// Training::new(&mut resumed, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
    /// assert_eq!(resumed.square.weight, 1.0 / 16.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set(&mut self, name: &str, value: &impl Serialize) -> std::io::Result<()> {
        self.values.insert(name.to_owned(), serde_json::to_value(value)?);
        Ok(())
    }
}

/// Where a trainer's state comes from.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::{Checkpoints, RunConfig, SaveState, StateReader, StateWriter, Trainer, Training};
///
/// struct Mine { square: Square }
///
/// impl Trainer for Mine {
///     // ... the steps of the model
///     # steps_of_the_model!();
/// }
///
/// impl SaveState for Mine {
///     fn save_state(&mut self, state: &mut StateWriter) -> Result<(), Self::Error> {
///         state.set("weight", &Some(self.square.weight))
///     }
///
///     fn load_state(&mut self, state: &StateReader) -> Result<(), Self::Error> {
///         self.square.weight = state.get::<Option<f64>>("weight")?.unwrap_or_default();
///         Ok(())
///     }
/// }
///
/// let (folder, mut resumed) = (tempfile::tempdir()?, Mine { square: Square::new() });
/// let checkpoints = || Checkpoints::new(folder.path()).resume();
/// Training::new(&mut Mine { square: Square::new() }, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
/// Training::new(&mut resumed, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
/// assert_eq!(resumed.square.weight, 1.0 / 16.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct StateReader {
    folder: PathBuf,
    values: Map<String, Value>,
}

impl StateReader {
    pub(crate) fn new(folder: PathBuf, values: Map<String, Value>) -> Self {
        Self { folder, values }
    }

    /// Where the file of this name is.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Checkpoints, RunConfig, SaveState, StateReader, StateWriter, Trainer, Training};
    ///
    /// struct Mine { square: Square }
    ///
    /// impl Trainer for Mine {
    ///     // ... the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// impl SaveState for Mine {
    ///     fn save_state(&mut self, state: &mut StateWriter) -> Result<(), Self::Error> {
    ///         std::fs::write(state.file("weight.be"), self.square.weight.to_be_bytes())
    ///     }
    ///
    ///     fn load_state(&mut self, state: &StateReader) -> Result<(), Self::Error> {
    ///         assert!(state.file("weight.be").is_file());
    ///         let bytes = std::fs::read(state.file("weight.be"))?;
    ///         self.square.weight = f64::from_be_bytes(bytes.try_into().unwrap_or_default());
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let (folder, mut resumed) = (tempfile::tempdir()?, Mine { square: Square::new() });
    /// let checkpoints = || Checkpoints::new(folder.path()).resume();
    /// Training::new(&mut Mine { square: Square::new() }, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
    /// Training::new(&mut resumed, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
    /// assert_eq!(resumed.square.weight, 1.0 / 16.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A small value.
    ///
    /// # Errors
    ///
    /// If there is none of that name, or it is of another type.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{Checkpoints, RunConfig, SaveState, StateReader, StateWriter, Trainer, Training};
    ///
    /// struct Mine { square: Square }
    ///
    /// impl Trainer for Mine {
    ///     // ... the steps of the model
    ///     # steps_of_the_model!();
    /// }
    ///
    /// impl SaveState for Mine {
    ///     fn save_state(&mut self, state: &mut StateWriter) -> Result<(), Self::Error> {
    ///         state.set("weight", &self.square.weight)
    ///     }
    ///
    ///     fn load_state(&mut self, state: &StateReader) -> Result<(), Self::Error> {
    ///         assert!(state.get::<f64>("wieght").is_err());
    ///         self.square.weight = state.get("weight")?;
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let (folder, mut resumed) = (tempfile::tempdir()?, Mine { square: Square::new() });
    /// let checkpoints = || Checkpoints::new(folder.path()).resume();
    /// Training::new(&mut Mine { square: Square::new() }, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
    /// Training::new(&mut resumed, &RunConfig::epochs(1)).checkpoints(checkpoints()).run()?;
    /// assert_eq!(resumed.square.weight, 1.0 / 16.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn get<V: DeserializeOwned>(&self, name: &str) -> std::io::Result<V> {
        let missing = || std::io::Error::other(format!("the checkpoint has no `{name}`"));
        let value = self.values.get(name).ok_or_else(missing)?;
        Ok(serde_json::from_value(value.clone())?)
    }
}

/// No run counts further: decades at a thousand updates a second. A trainer may multiply what it is told.
const MAX_COUNT: u64 = 1 << 40;

/// What the loop puts into a checkpoint.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunState {
    pub(crate) progress: Progress,
    pub(crate) scheduler: State,
    pub(crate) used: Vec<Used>,
    /// The position in an epoch is of these.
    train_batches: u64,
    gradient_accumulation_steps: u64,
    pub(crate) callbacks: Vec<(String, Value)>,
}

impl RunState {
    pub(crate) fn new(run: &Run, config: &RunConfig, batches: u64, callbacks: Vec<(String, Value)>) -> Self {
        Self {
            progress: run.progress.clone(),
            scheduler: run.scheduler.state(),
            used: run.used().to_vec(),
            train_batches: config.train_batches(batches),
            gradient_accumulation_steps: config.gradient_accumulation_steps,
            callbacks,
        }
    }

    /// Refuses a position that no run comes to, and one in the middle of an epoch whose batches make other updates than
    /// those of this run.
    pub(super) fn check<E: std::error::Error>(
        &self,
        path: &Path,
        config: &RunConfig,
        batches: u64,
    ) -> Result<(), TrainError<E>> {
        let Progress { epoch, batch, epoch_ended, num_updates, num_skipped, .. } = self.progress;
        let begun = epoch > 0 || (epoch_ended && batch == 0);
        let counted = [epoch, num_updates, num_skipped].iter().all(|count| *count <= MAX_COUNT);
        if !begun || !counted || batch > self.train_batches {
            let nowhere = format!(
                "is damaged: no run comes to batch {batch} of {} in epoch {epoch}, after {num_updates} updates and \
                 {num_skipped} skipped ones",
                self.train_batches
            );
            return Err(problem(path, nowhere));
        }
        let now = (config.train_batches(batches), config.gradient_accumulation_steps);
        let then = (self.train_batches, self.gradient_accumulation_steps);
        if self.progress.epoch_ended || now == then {
            return Ok(());
        }
        let place = format!(
            "lies in an epoch of {} batches with {} to an update, but an epoch of this run has {} with {}: resume with \
             the same, or from a checkpoint at the end of an epoch",
            then.0, then.1, now.0, now.1
        );
        Err(problem(path, place))
    }
}
