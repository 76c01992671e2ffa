//! Room on the disk that is kept for the day when there is none: a file of real blocks beside the
//! journal, removed when a write finds the disk full, so that exits can still be journalled.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const FILE: &str = "journal.reserve";
const PIECE: usize = 1 << 20;

/// The file, and whether it is there.
#[derive(Debug)]
pub(crate) struct Reserve {
    path: PathBuf,
    bytes: u64,
    held: bool,
}

impl Reserve {
    /// Looks whether an earlier process left it. One of another size is removed.
    pub(crate) fn find(dir: &Path, bytes: u64) -> io::Result<Self> {
        let path = dir.join(FILE);
        let found = match fs::metadata(&path) {
            Ok(meta) => Some(meta.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let held = bytes > 0 && found == Some(bytes);
        if found.is_some() && !held {
            fs::remove_file(&path)?;
        }
        Ok(Self { path, bytes, held })
    }

    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether one is wanted and not there.
    pub(crate) const fn is_missing(&self) -> bool {
        self.bytes > 0 && !self.held
    }

    /// Takes the room. Half a reserve is none.
    pub(crate) fn take(&mut self) -> io::Result<()> {
        let taken = File::create(&self.path).and_then(|file| allocate(file, self.bytes));
        if let Err(error) = taken {
            // Its absence is what counts; the error that matters is the first.
            let _ = fs::remove_file(&self.path);
            return Err(error);
        }
        self.held = true;
        Ok(())
    }

    /// Gives the room to the journal. True when there was some to give.
    pub(crate) fn give_up(&mut self) -> bool {
        let given = self.held && fs::remove_file(&self.path).is_ok();
        self.held &= !given;
        given
    }
}

/// Real blocks: a file that was only made long holds none.
fn allocate(mut file: File, bytes: u64) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    if rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes).is_ok() {
        return file.sync_all();
    }
    let zeros = vec![0; PIECE];
    let mut left = bytes;
    while left > 0 {
        let piece = usize::try_from(left).map_or(PIECE, |left| left.min(PIECE));
        file.write_all(&zeros[..piece])?;
        left -= piece as u64;
    }
    file.sync_all()
}

/// Bytes a process without privileges may still write where `dir` is.
pub(crate) fn free_bytes(dir: &Path) -> io::Result<u64> {
    let stat = rustix::fs::statvfs(dir)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}
