//! `RangeTest`: a short run whose learning rate rises until the loss explodes, to find a good one.

mod suggest;

use lehr::{Field, ParamGroups, Scheduler, absolute, recipe};

use crate::callback::{Callback, Heard};
use crate::checkpoint::{self, SaveState, StateReader};
use crate::config::RunConfig;
use crate::error::{FileError, TrainError};
use crate::run::Run;
use crate::trainer::Trainer;
use crate::training::Training;

pub use suggest::{RangePoint, Suggestion, suggest};

/// A learning rate range test (arXiv 1506.01186; fastai's `lr_find`): just another schedule,
/// [`lehr::recipe::range_test`], in a run without evaluation that ends when the loss explodes.
///
/// The trainer is saved before and restored afterwards, model, optimizer and whatever else its
/// [`SaveState`] knows, and so is the field's value in every group. Read the picture, not only the numbers: with so few
/// updates all suggestions are rough.
///
/// # Defaults
///
/// `lr` of every group from 1e-7 to 10 over 100 updates; it ends where the smoothed loss is 4 times its lowest (fastai's
/// numbers).
///
/// # Example
///
/// ```
/// use lehr_train::{RangeTest, SaveState, TrainError};
///
/// fn look<T: SaveState>(trainer: &mut T) -> Result<(), TrainError<T::Error>> {
///     let found = RangeTest::new().from(1e-5).to(1.0).run(trainer)?;
///     for suggestion in &found.suggestions {
///         println!("{}: {:e}, {}", suggestion.name, suggestion.value, suggestion.reason);
///     }
///     Ok(())
/// }
/// ```
///
/// The example `digits` of lehr-candle draws it: `digits --range-test`.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeTest {
    field: String,
    from: f64,
    to: f64,
    updates: u64,
    explodes_at: f64,
}

/// What a [`RangeTest`] found.
///
/// ```
/// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
/// # use square::Square;
/// use lehr_train::RangeTest;
///
/// let found = RangeTest::new().from(0.001).to(0.1).updates(20).run(&mut Square::new())?;
/// assert_eq!(found.points.len(), 20);
/// assert_eq!((found.points[0].value, found.points[19].value), (0.001, 0.1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// The updates that were made, with what each used and what it cost.
    pub points: Vec<RangePoint>,
    /// Values to try, each with its reason; empty where the loss never fell.
    pub suggestions: Vec<Suggestion>,
}

impl Default for RangeTest {
    fn default() -> Self {
        Self { field: "lr".to_owned(), from: 1e-7, to: 10.0, updates: 100, explodes_at: 4.0 }
    }
}

impl RangeTest {
    /// A test with the defaults.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::RangeTest;
    ///
    /// let found = RangeTest::new().updates(5).run(&mut Square::new())?;
    /// // From 1e-7: by so little nothing is learnt.
    /// assert_eq!(found.points[0].value, 1e-7);
    /// assert!(found.points[1].loss > 0.99);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Tests another field than `lr`.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::RangeTest;
    ///
    /// let found = RangeTest::new().field("lr").from(1e-3).to(1e-2).updates(3).run(&mut Square::new())?;
    /// assert_eq!(found.points[2].value, 1e-2);
    /// assert!(RangeTest::new().field("momentum").run(&mut Square::new()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn field(self, field: impl Into<String>) -> Self {
        Self { field: field.into(), ..self }
    }

    /// The lowest value, used by the first update; above 0.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::RangeTest;
    ///
    /// let found = RangeTest::new().from(1e-3).updates(3).run(&mut Square::new())?;
    /// assert_eq!(found.points[0].value, 1e-3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn from(self, low: f64) -> Self {
        Self { from: low, ..self }
    }

    /// The highest value, used by the last update.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::RangeTest;
    ///
    /// let found = RangeTest::new().to(0.5).updates(3).run(&mut Square::new())?;
    /// assert_eq!(found.points[2].value, 0.5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to(self, high: f64) -> Self {
        Self { to: high, ..self }
    }

    /// How many updates the rise takes, at least 2.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::RangeTest;
    ///
    /// let found = RangeTest::new().from(1e-3).to(1e-2).updates(7).run(&mut Square::new())?;
    /// assert_eq!(found.points.len(), 7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn updates(self, updates: u64) -> Self {
        Self { updates: updates.max(2), ..self }
    }

    /// At how many times its lowest the smoothed loss counts as exploded.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::RangeTest;
    ///
    /// let found = RangeTest::new().from(0.01).to(1000.0).updates(50).explodes_at(2.0).run(&mut Square::new())?;
    /// // Beyond a learning rate of 1 the weight grows; the test ends there, long before the 50th update.
    /// assert!(found.points.len() < 50);
    /// assert!(found.points.last().is_some_and(|last| last.value > 1.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn explodes_at(self, times: f64) -> Self {
        Self { explodes_at: times, ..self }
    }

    /// Makes the run and restores the trainer.
    ///
    /// # Errors
    ///
    /// As [`Training::run`]; the trainer is restored then too, if it can be.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr::ParamGroups;
    /// use lehr_train::RangeTest;
    ///
    /// let mut square = Square::new();
    /// let found = RangeTest::new().run(&mut square)?;
    /// assert!(!found.suggestions.is_empty());
    /// // Trainer and optimizer are as before.
    /// assert_eq!((square.weight, square.optimizer.get(0, &"lr".parse()?)), (1.0, Some(0.25)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run<T: SaveState>(&self, trainer: &mut T) -> Result<Range, TrainError<T::Error>> {
        let field: Field = self.field.parse()?;
        let optimizer = trainer.optimizer();
        let values: Vec<Option<f64>> =
            (0..optimizer.group_count()).map(|group| optimizer.get(group, &field)).collect();
        let folder = std::env::temp_dir();
        let folder = tempfile::tempdir().map_err(FileError::written(&folder))?;
        let saved = folder.path().join("before");
        checkpoint::write(&saved, trainer, None)?;

        let mut watch = Watch { explodes_at: self.explodes_at, points: Vec::new() };
        let tested = self.rise(trainer, &mut watch);

        let body = checkpoint::read::<_, ()>(&saved)?;
        trainer.load_state(&StateReader::new(saved, body.trainer)).map_err(TrainError::Step)?;
        let optimizer = trainer.optimizer();
        for (group, value) in values.into_iter().enumerate() {
            let Some(value) = value else { continue };
            optimizer.set(group, &field, value).map_err(|reason| {
                let group = group.to_string();
                lehr::Error::Write { field: self.field.clone(), group, reason }
            })?;
        }
        tested?;
        let suggestions = suggest(&watch.points);
        Ok(Range { points: watch.points, suggestions })
    }

    fn rise<T: SaveState>(&self, trainer: &mut T, watch: &mut Watch) -> Result<(), TrainError<T::Error>> {
        // The last update is to use `to`: the plan has it one update after its length.
        let over = lehr::updates(self.updates - 1);
        let rise = recipe::range_test().from(absolute(self.from)).to(absolute(self.to)).over(over).spec();
        let config = RunConfig { limit_eval_batches: Some(0), ..RunConfig::updates(self.updates) };
        let schedule = Scheduler::builder().field(&self.field, rise);
        Training::new(trainer, &config).schedule(schedule).callback(watch).run()?;
        Ok(())
    }
}

/// Collects the points and ends the run when the loss explodes.
struct Watch {
    explodes_at: f64,
    points: Vec<RangePoint>,
}

impl<T: Trainer> Callback<T> for Watch {
    fn on_update_end(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        let Some(used) = run.used().first() else { return Ok(()) };
        suggest::add(&mut self.points, used.value, run.update_loss());
        let smoothed = self.points.iter().map(|point| point.smoothed);
        let lowest = smoothed.fold(f64::INFINITY, f64::min);
        let exploded =
            |last: &RangePoint| last.smoothed.is_nan() || last.smoothed > self.explodes_at * lowest;
        if self.points.last().is_some_and(exploded) {
            run.stop("the loss exploded");
        }
        Ok(())
    }
}
