//! One archiver a folder. The journal's own lock is not touched: the service writes on.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::ArchiveError;

/// Held while it lives; the system lets go of it when the process dies.
pub(crate) struct ArchiveLock {
    _file: File,
}

impl ArchiveLock {
    pub(crate) fn take(dir: &Path) -> Result<Self, ArchiveError> {
        let path = dir.join(".archive.lock");
        let opened =
            File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let file = opened.map_err(ArchiveError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ArchiveError::Busy { dir: dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(ArchiveError::io("lock", &path)(error)),
        }
    }
}
