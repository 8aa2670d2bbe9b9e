//! `TensorBoardLog`: an event file, `length, masked crc32c(length), event, masked crc32c(event)` for each record.

use std::path::PathBuf;
use std::time::SystemTime;

use super::file::LogFile;
use super::{keeps_its_place, logs_metrics};
use crate::callback::{Callback, Heard};
use crate::error::TrainError;
use crate::run::Run;
use crate::trainer::Trainer;

/// Scalars for `TensorBoard`: `loss` and what was used (`lr/weights`) at every update, counted from 0; every metric at the
/// number of updates that were completed.
///
/// The file is `events.out.tfevents.0.lehr` in the given folder. `TensorBoard` keeps scalars as f32, so the numbers are
/// rounded; [`CsvLog`](crate::CsvLog) has them whole. A new run writes the file anew.
///
/// # Format
///
/// A record is a `TFRecord`: the length of its data as a u64, the masked CRC-32C of these 8 bytes, the data, its masked
/// CRC-32C, all little-endian; `mask(c) = ((c >> 15) | (c << 17)) + 0xa282ead8`. The data are a `tensorflow.Event` message
/// (wall time = field 1, step = 2, file version = 3, summary = 5, whose values, field 1, have a tag, 1, and a simple
/// value, 2).
///
/// Source: `tensorflow/core/lib/io/record_writer.h`, `tensorflow/core/util/event.proto` and `framework/summary.proto`.
///
/// # Example
///
/// ```
/// use lehr_train::TensorBoardLog;
///
/// let log = TensorBoardLog::new("runs/digits/tensorboard");
/// # let _ = log;
/// ```
#[derive(Debug)]
pub struct TensorBoardLog {
    file: LogFile,
    event: Event,
    records: Vec<u8>,
}

impl TensorBoardLog {
    /// Logs to a file in this folder, which is made.
    ///
    /// ```
    /// # #[macro_use] mod square { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/square.rs")); }
    /// # use square::Square;
    /// use lehr_train::{RunConfig, TensorBoardLog, Training};
    ///
    /// let folder = tempfile::tempdir()?;
    /// Training::new(&mut Square::new(), &RunConfig::updates(2)).callback(TensorBoardLog::new(folder.path())).run()?;
    /// let file = std::fs::read_dir(folder.path())?.next().ok_or("there is a log")??;
    /// assert!(file.file_name().to_string_lossy().starts_with("events.out.tfevents"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let file = LogFile::new(folder.into().join("events.out.tfevents.0.lehr"));
        Self { file, event: Event::default(), records: Vec::new() }
    }

    fn new_metrics<T: Trainer>(&mut self, run: &Run) -> Heard<T> {
        let metrics = self.file.new_metrics(run);
        if metrics.is_empty() {
            return Ok(());
        }
        self.records.clear();
        for metric in metrics {
            self.event.begin(now(), metric.num_updates);
            self.event.scalar(&metric.name, metric.value);
            record(self.event.finish(), &mut self.records);
        }
        Ok(self.file.write(&self.records)?)
    }
}

impl<T: Trainer> Callback<T> for TensorBoardLog {
    fn on_training_run_start(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        self.event.begin(now(), 0);
        let mut version = Vec::new();
        record(self.event.version(), &mut version);
        Ok(self.file.open(run, &version, false)?)
    }

    fn on_update_end(&mut self, _trainer: &mut T, run: &mut Run) -> Heard<T> {
        self.event.begin(now(), run.num_updates() - 1);
        self.event.scalar("loss", run.update_loss());
        for used in run.used() {
            self.event.scalar(&used.name, used.value);
        }
        self.records.clear();
        record(self.event.finish(), &mut self.records);
        self.file.write(&self.records)?;
        self.new_metrics::<T>(run)
    }

    logs_metrics!();
    keeps_its_place!();
}

/// Seconds since 1970.
fn now() -> f64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0.0, |elapsed| elapsed.as_secs_f64())
}

/// Adds one record.
fn record(data: &[u8], records: &mut Vec<u8>) {
    let length = (data.len() as u64).to_le_bytes();
    records.extend_from_slice(&length);
    records.extend_from_slice(&masked_crc32c(&length).to_le_bytes());
    records.extend_from_slice(data);
    records.extend_from_slice(&masked_crc32c(data).to_le_bytes());
}

fn masked_crc32c(data: &[u8]) -> u32 {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282_ead8)
}

/// An `Event` message that is being written.
#[derive(Debug, Default)]
struct Event {
    bytes: Vec<u8>,
    summary: Vec<u8>,
    value: Vec<u8>,
}

/// How a protobuf field is written.
const VARINT: u8 = 0;
const FIXED_64: u8 = 1;
const LENGTH_DELIMITED: u8 = 2;
const FIXED_32: u8 = 5;

impl Event {
    fn begin(&mut self, wall_time: f64, step: u64) {
        self.bytes.clear();
        self.summary.clear();
        key(1, FIXED_64, &mut self.bytes);
        self.bytes.extend_from_slice(&wall_time.to_le_bytes());
        key(2, VARINT, &mut self.bytes);
        varint(step, &mut self.bytes);
    }

    #[allow(clippy::cast_possible_truncation)] // To f32: it is what the format has.
    fn scalar(&mut self, tag: &str, value: f64) {
        self.value.clear();
        delimited(1, tag.as_bytes(), &mut self.value);
        key(2, FIXED_32, &mut self.value);
        self.value.extend_from_slice(&(value as f32).to_le_bytes());
        delimited(1, &self.value, &mut self.summary);
    }

    fn finish(&mut self) -> &[u8] {
        delimited(5, &self.summary, &mut self.bytes);
        &self.bytes
    }

    /// What every file begins with.
    fn version(&mut self) -> &[u8] {
        delimited(3, b"brain.Event:2", &mut self.bytes);
        &self.bytes
    }
}

fn key(field: u8, wire: u8, to: &mut Vec<u8>) {
    to.push(field << 3 | wire);
}

fn varint(mut value: u64, to: &mut Vec<u8>) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            to.push(low & 0x7f);
            return;
        }
        to.push(low | 0x80);
    }
}

fn delimited(field: u8, data: &[u8], to: &mut Vec<u8>) {
    key(field, LENGTH_DELIMITED, to);
    varint(data.len() as u64, to);
    to.extend_from_slice(data);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_are_as_in_the_protobuf_documentation() {
        // protobuf.dev/programming-guides/encoding: 150 is 96 01.
        for (value, expected) in [(0, &[0x00][..]), (1, &[0x01]), (150, &[0x96, 0x01]), (300, &[0xac, 0x02])]
        {
            let mut bytes = Vec::new();
            varint(value, &mut bytes);
            assert_eq!(bytes, expected);
        }
    }

    #[test]
    fn checksums_are_masked_as_in_tensorflow() {
        // RFC 3720, B.4: the CRC-32C of 32 bytes of zeros is 8a9136aa; masked by hand as crc32c.h of tensorflow does.
        assert_eq!(crc32c::crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(masked_crc32c(&[0; 32]), 0x0fd7_fffa);
    }
}
