//! The file being written: bytes in, bytes on disk. It knows nothing of records.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// An open file of whole lines. Writes go to `len`, so a failed one leaves nothing that counts.
#[derive(Debug)]
pub(crate) struct DayLog {
    pub(crate) path: PathBuf,
    file: File,
    /// Bytes that count.
    len: u64,
    /// Bytes known to be on disk.
    synced: u64,
    /// Whether the folders on the way to the file are not yet known to be on disk.
    fresh: bool,
}

impl DayLog {
    /// Creates the file, or takes the empty one a crash left behind.
    pub(crate) fn create(path: PathBuf) -> io::Result<Self> {
        if let Some(day) = path.parent() {
            fs::create_dir_all(day)?;
        }
        let file =
            File::options().read(true).write(true).create(true).truncate(false).open(&path)?;
        if file.metadata()?.len() > 0 {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "another program wrote to it",
            ));
        }
        Ok(Self { path, file, len: 0, synced: 0, fresh: true })
    }

    /// Goes on with a file of whole lines. Whatever an earlier process wrote is synced first: it
    /// may have died before it could.
    pub(crate) fn resume(path: PathBuf) -> io::Result<Self> {
        let file = File::options().read(true).write(true).open(&path)?;
        let len = file.metadata()?.len();
        let mut log = Self { path, file, len, synced: 0, fresh: true };
        log.sync()?;
        Ok(log)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// One system call, unless the system takes only a part.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, self.len)?;
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Cuts what a failed write left.
    pub(crate) fn take_back(&mut self) -> io::Result<()> {
        self.file.set_len(self.len)
    }

    /// Everything that counts is on disk afterwards.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        if self.synced < self.len {
            self.file.sync_data()?;
            self.synced = self.len;
        }
        if self.fresh {
            let day = self.path.parent();
            for folder in [day, day.and_then(Path::parent)].into_iter().flatten() {
                File::open(folder)?.sync_all()?;
            }
            self.fresh = false;
        }
        Ok(())
    }

    /// After a failed sync the system may hold pages for clean that never reached the disk, so a
    /// second sync proves nothing: they are written again. `judge` gets them first and may refuse.
    pub(crate) fn rewrite_unsynced(
        &mut self,
        judge: impl FnOnce(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        self.take_back()?;
        let len = usize::try_from(self.len - self.synced).map_err(io::Error::other)?;
        let mut bytes = vec![0; len];
        self.file.read_exact_at(&mut bytes, self.synced)?;
        judge(&bytes)?;
        self.file.write_all_at(&bytes, self.synced)?;
        self.sync()
    }

    #[cfg(test)]
    pub(crate) fn swap_file(&mut self, other: File) -> File {
        std::mem::replace(&mut self.file, other)
    }
}
