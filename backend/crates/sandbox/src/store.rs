//! Keeps the exchange's changes on disk, so that accounts, orders and trades survive a restart and
//! a kill.
//!
//! A directory holds `snapshot.json` of one generation and `changes-N.jsonl`, the changes since:
//! one operation a line. A line is written with one `write` before the reply leaves; a line torn
//! by a kill is cut off at the next start, and no reply told of it. Nothing is synced: a power loss
//! may cost the last operations.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::model::{Change, Ledger, Snapshot};

/// A log larger than this is folded into a snapshot, bytes.
const COMPACT_AT: u64 = 16 << 20;
const SNAPSHOT: &str = "snapshot.json";

/// Why state cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system refused.
    #[error("cannot use {path} for the sandbox's state: {source}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is damaged elsewhere than at its end.
    #[error("line {line} of {path} is damaged: {source}. Restore the file or remove the directory")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// An open state directory.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    generation: u64,
    log: File,
    log_bytes: u64,
}

#[derive(Serialize, Deserialize)]
struct SnapshotFile {
    generation: u64,
    #[serde(flatten)]
    snapshot: Snapshot,
}

impl Store {
    /// Opens the directory, creating it if need be, and rebuilds the state in it.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read or is damaged.
    pub fn open(dir: &Path) -> Result<(Self, Ledger), StoreError> {
        fs::create_dir_all(dir).map_err(|source| io_error(dir, source))?;
        let SnapshotFile { generation, snapshot } = read_snapshot(&dir.join(SNAPSHOT))?;
        let mut ledger = Ledger::restore(snapshot);
        let path = log_path(dir, generation);
        let good_bytes = replay(&path, &mut ledger)?;
        let log = open_log(&path, good_bytes).map_err(|source| io_error(&path, source))?;
        let store = Self { dir: dir.to_owned(), generation, log, log_bytes: good_bytes };
        Ok((store, ledger))
    }

    /// Writes the changes of one operation.
    ///
    /// # Errors
    /// [`StoreError::Io`]; nothing of the operation is kept then.
    pub fn append(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let mut line = serde_json::to_vec(changes).map_err(|error| self.error(error.into()))?;
        line.push(b'\n');
        if let Err(source) = self.log.write_all(&line) {
            // A part of the line must not run into the next one.
            let _ = self.log.set_len(self.log_bytes);
            return Err(self.error(source));
        }
        self.log_bytes += line.len() as u64;
        Ok(())
    }

    /// Folds the log into a snapshot when it has grown large.
    ///
    /// # Errors
    /// [`StoreError::Io`]; the old generation stays in use then.
    pub fn compact_if_large(&mut self, ledger: &Ledger) -> Result<(), StoreError> {
        if self.log_bytes < COMPACT_AT {
            return Ok(());
        }
        self.compact(ledger)
    }

    /// The new generation takes over with the renaming of its snapshot: before it, the old
    /// snapshot and log are whole; after it, the old log is no longer read.
    fn compact(&mut self, ledger: &Ledger) -> Result<(), StoreError> {
        let generation = self.generation + 1;
        let path = log_path(&self.dir, generation);
        let log = open_log(&path, 0).map_err(|source| io_error(&path, source))?;
        let file = SnapshotFile { generation, snapshot: ledger.snapshot() };
        let path = self.dir.join(SNAPSHOT);
        write_snapshot(&path, &file).map_err(|source| io_error(&path, source))?;
        let old = log_path(&self.dir, self.generation);
        (self.generation, self.log, self.log_bytes) = (generation, log, 0);
        if let Err(error) = fs::remove_file(&old) {
            tracing::warn!(path = %old.display(), %error, "the old log could not be removed");
        }
        Ok(())
    }

    fn error(&self, source: io::Error) -> StoreError {
        io_error(&log_path(&self.dir, self.generation), source)
    }
}

fn io_error(path: &Path, source: io::Error) -> StoreError {
    StoreError::Io { path: path.to_owned(), source }
}

fn log_path(dir: &Path, generation: u64) -> PathBuf {
    dir.join(format!("changes-{generation}.jsonl"))
}

fn open_log(path: &Path, keep_bytes: u64) -> io::Result<File> {
    let log = OpenOptions::new().create(true).append(true).open(path)?;
    log.set_len(keep_bytes)?;
    Ok(log)
}

fn read_snapshot(path: &Path) -> Result<SnapshotFile, StoreError> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|source| StoreError::Damaged {
            path: path.to_owned(),
            line: 1,
            source,
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(SnapshotFile { generation: 0, snapshot: Snapshot::default() })
        }
        Err(source) => Err(io_error(path, source)),
    }
}

fn write_snapshot(path: &Path, snapshot: &SnapshotFile) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let mut file = File::create(&fresh)?;
    file.write_all(&serde_json::to_vec(snapshot)?)?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}

/// Applies every whole line; returns how many bytes they take.
fn replay(path: &Path, ledger: &mut Ledger) -> Result<u64, StoreError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(source) => return Err(io_error(path, source)),
    };
    let mut good = 0;
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        if line.last() != Some(&b'\n') {
            tracing::warn!(path = %path.display(), bytes = line.len(), "cut a torn last line");
            break;
        }
        let changes: Vec<Change> = serde_json::from_slice(line).map_err(|source| {
            StoreError::Damaged { path: path.to_owned(), line: index + 1, source }
        })?;
        for change in &changes {
            ledger.apply(change);
        }
        good += line.len() as u64;
    }
    Ok(good)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AccountId;

    fn opened(id: u16) -> Change {
        Change::AccountOpened {
            id: AccountId(id),
            key: format!("key{id}"),
            balances: std::iter::once((
                domain::Asset::from_exchange("USDT"),
                domain::Decimal::from(id),
            ))
            .collect(),
        }
    }

    fn accounts(dir: &Path) -> usize {
        Store::open(dir).unwrap().1.accounts().len()
    }

    #[test]
    fn what_was_appended_is_there_again() {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, mut ledger) = Store::open(dir.path()).unwrap();
        for id in 0..3 {
            store.append(&[opened(id)]).unwrap();
            ledger.apply(&opened(id));
        }
        let (_, again) = Store::open(dir.path()).unwrap();
        assert_eq!(again.snapshot(), ledger.snapshot());
    }

    #[test]
    fn a_torn_last_line_is_cut_and_writing_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, _) = Store::open(dir.path()).unwrap();
        store.append(&[opened(0)]).unwrap();
        store.append(&[opened(1)]).unwrap();
        let path = log_path(dir.path(), 0);
        let whole = fs::read(&path).unwrap();
        let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for torn in first..whole.len() {
            fs::write(&path, &whole[..torn]).unwrap();
            assert_eq!(accounts(dir.path()), 1, "torn at {torn}");
            assert_eq!(fs::read(&path).unwrap(), &whole[..first]);
        }
        Store::open(dir.path()).unwrap().0.append(&[opened(1)]).unwrap();
        assert_eq!(accounts(dir.path()), 2);
    }

    #[test]
    fn damage_in_the_middle_is_named() {
        let dir = tempfile::tempdir().unwrap();
        Store::open(dir.path()).unwrap().0.append(&[opened(0)]).unwrap();
        let path = log_path(dir.path(), 0);
        let text = format!("{}{{]\n", fs::read_to_string(&path).unwrap());
        fs::write(&path, text).unwrap();
        let error = Store::open(dir.path()).unwrap_err();
        assert!(matches!(error, StoreError::Damaged { line: 2, .. }), "{error}");
    }

    #[test]
    fn a_compacted_log_gives_the_same_state_wherever_compaction_stopped() {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, mut ledger) = Store::open(dir.path()).unwrap();
        store.append(&[opened(0), opened(1)]).unwrap();
        for id in [0, 1] {
            ledger.apply(&opened(id));
        }
        let old_log = fs::read(log_path(dir.path(), 0)).unwrap();
        // Stopped before the snapshot was renamed: an empty new log lies about.
        fs::write(log_path(dir.path(), 1), b"").unwrap();
        assert_eq!(accounts(dir.path()), 2);
        store.compact(&ledger).unwrap();
        // Stopped before the old log was removed.
        fs::write(log_path(dir.path(), 0), old_log).unwrap();
        assert_eq!(accounts(dir.path()), 2);
        store.append(&[opened(2)]).unwrap();
        assert_eq!(accounts(dir.path()), 3);
    }
}
