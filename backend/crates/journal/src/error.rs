//! What can go wrong, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use domain::event::EventError;

/// Why a journal could not be opened. Nothing was changed, except that a torn last line may have
/// been cut.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process writes this journal.
    #[error(
        "the journal {} is in use by process {holder}: stop that process, or set LOG_DIR to another \
         folder for this one", dir.display()
    )]
    Locked {
        /// `LOG_DIR`.
        dir: PathBuf,
        /// The process id it left in the lock file, or `unknown`.
        holder: String,
    },
    /// The file system refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried: `read`, `create` …
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There are records, but no checkpoint to start from.
    #[error(
        "{} does not begin with a checkpoint, nor is there one in any later file: put back the \
         file as it was written, or the day before it", file.display()
    )]
    NoCheckpoint {
        /// The oldest file there is.
        file: PathBuf,
    },
    /// A line that is not the torn end of the journal cannot be read.
    #[error(
        "{}:{line}: {source}. Restore this line from a backup; LeviBot never skips a record",
        file.display()
    )]
    Broken {
        /// Where.
        file: PathBuf,
        /// Counted from 1.
        line: u64,
        /// What is wrong with it.
        source: EventError,
    },
    /// Records are missing or doubled.
    #[error(
        "{}:{line}: expected record {expected}, found {found}: records are missing or doubled. \
         Restore the files from a backup", file.display()
    )]
    Gap {
        /// Where.
        file: PathBuf,
        /// Counted from 1.
        line: u64,
        /// The `seq` that should stand here.
        expected: u64,
        /// The one that does.
        found: u64,
    },
    /// The state refused a record.
    #[error("{}:{line}: record {seq} cannot be applied: {source}", file.display())]
    Replay {
        /// Where.
        file: PathBuf,
        /// Counted from 1.
        line: u64,
        /// Which record.
        seq: u64,
        /// What the callback said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Why records are not in the journal, or not certain to be on disk.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The caller's numbering is off. Nothing was written.
    #[error("record {got} cannot follow: the journal's next is {expected}")]
    OutOfSequence {
        /// [`crate::Journal::next_seq`], plus the place in the batch.
        expected: u64,
        /// What came.
        got: u64,
    },
    /// A file must begin with a checkpoint. Nothing was written.
    #[error("record {seq} would begin a file, and every file begins with a checkpoint")]
    CheckpointMissing {
        /// The first record of the batch.
        seq: u64,
    },
    /// A record cannot be written as JSON. Nothing was written.
    #[error("record {seq} cannot be written as JSON: {reason}")]
    Encode {
        /// Which.
        seq: u64,
        /// What the encoder said.
        reason: String,
    },
    /// The write failed, and what was written of the batch was taken back. The same batch may be
    /// appended again once the cause (a full disk, mostly) is gone.
    #[error("cannot write {}: {source}. The records were taken back and may be appended again", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The sync failed, or a failed write could not be taken back. The journal refuses everything
    /// until [`crate::Journal::recover`] succeeds.
    #[error("cannot {doing} {}: {source}. The journal is stopped until it is recovered", path.display())]
    Stopped {
        /// What was tried: `sync`, `take back a failed write to` …
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An earlier failure still stands.
    #[error("the journal is stopped since an earlier failure: {reason}. Call recover, or restart")]
    StillStopped {
        /// That failure.
        reason: String,
    },
}

impl AppendError {
    /// Whether it was for want of room.
    pub(crate) fn is_full(&self) -> bool {
        let (Self::Write { source, .. } | Self::Stopped { source, .. }) = self else {
            return false;
        };
        matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    }
}

impl OpenError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}
