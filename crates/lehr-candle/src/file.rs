//! Tensors in a file: whole or not at all.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor, safetensors};

use crate::algorithm::Algorithm;
use crate::error::Error;
use crate::optimizer::Optimizer;

impl<A: Algorithm> Optimizer<A> {
    /// Writes the [`state`](Self::state) to a safetensors file.
    ///
    /// The state is written to a file beside it (`<path>.tmp`), synced to the disk, and then renamed: `path` holds the
    /// whole old state or the whole new one, also if the process is killed or the power fails.
    ///
    /// # Example
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{AdamW, AdamWParams};
    ///
    /// let folder = tempfile::tempdir()?;
    /// let file = folder.path().join("optimizer.safetensors");
    /// let x = Var::new(&[1f32, 2.0], &Device::Cpu)?;
    /// let params = AdamWParams { lr: 0.1, ..AdamWParams::default() };
    /// let mut optimizer = AdamW::builder().group("all", [("x", x.clone())], params).build()?;
    /// optimizer.backward_step(&x.sqr()?.sum_all()?)?;
    /// optimizer.save(&file)?;
    ///
    /// let mut resumed = AdamW::builder().group("all", [("x", x)], AdamWParams::default()).build()?;
    /// resumed.load(&file)?;
    /// assert_eq!(resumed.params("all").map(|params| params.lr), Some(0.1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::File`] if the file cannot be written; [`Error::Candle`] if the state cannot be made. `path` then holds
    /// what it held before, or, if only the folder could not be synced, the new state.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        write(&self.state()?, path.as_ref())
    }

    /// Reads a file that [`save`](Self::save) wrote and takes it over, as [`load_state`](Self::load_state) does.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if the file cannot be read or is no safetensors file, and the errors of
    /// [`load_state`](Self::load_state). Nothing is then changed.
    ///
    /// ```
    /// use candle_core::{Device, Var};
    /// use lehr_candle::{Sgd, SgdParams};
    ///
    /// let x = Var::new(&[1f64, 2.0], &Device::Cpu)?;
    /// let folder = tempfile::tempdir()?;
    /// let file = folder.path().join("optimizer.safetensors");
    /// let mut optimizer = Sgd::builder().group("all", [("x", x.clone())], SgdParams { lr: 0.5, ..SgdParams::default() }).build()?;
    /// optimizer.save(&file)?;
    ///
    /// let mut resumed = Sgd::builder().group("all", [("x", x)], SgdParams::default()).build()?;
    /// resumed.load(&file)?;
    /// assert_eq!(resumed.params("all").map(|params| params.lr), Some(0.5));
    /// assert!(resumed.load(folder.path().join("other")).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.load_state(&read(path.as_ref())?)
    }
}

/// Writes tensors to a safetensors file, whole or not at all.
pub(crate) fn write(tensors: &HashMap<String, Tensor>, path: &Path) -> Result<(), Error> {
    let mut beside = OsString::from(path);
    beside.push(".tmp");
    let beside = PathBuf::from(beside);
    let write = || -> io::Result<()> {
        safetensors::save(tensors, &beside).map_err(io::Error::other)?;
        // For writing: some systems sync no file that was opened to be read.
        File::options().write(true).open(&beside)?.sync_all()?;
        std::fs::rename(&beside, path)?;
        sync_folder(path)
    };
    write().map_err(|source| {
        // If it is not there, it need not go.
        let _ = std::fs::remove_file(&beside);
        Error::File { action: "write", path: path.to_owned(), source }
    })
}

/// Reads a safetensors file.
pub(crate) fn read(path: &Path) -> Result<HashMap<String, Tensor>, Error> {
    let failed = |source| Error::File { action: "read", path: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(failed)?;
    let damaged = |error| failed(io::Error::new(io::ErrorKind::InvalidData, error));
    safetensors::load_buffer(&bytes, &Device::Cpu).map_err(damaged)
}

/// Makes the rename itself durable.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be synced by itself.
#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}
