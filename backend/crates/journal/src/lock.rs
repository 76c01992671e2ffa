//! One writer a folder.

use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::OpenError;

/// Held while it lives; the system lets go of it when the process dies, however it dies.
#[derive(Debug)]
pub(crate) struct DirLock {
    file: File,
}

impl DirLock {
    pub(crate) fn take(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join(".lock");
        let opened =
            File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let file = opened.map_err(OpenError::io("open the lock file", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::Locked { dir: dir.to_owned(), holder: pid_in(&file) });
            }
            Err(TryLockError::Error(error)) => return Err(OpenError::io("lock", &path)(error)),
        }
        leave_pid(&file).map_err(OpenError::io("write", &path))?;
        Ok(Self { file })
    }
}

impl Drop for DirLock {
    /// Closing the file is not enough: a child process that was forked and has not yet become
    /// another program still holds a copy.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

/// The process that writes the journal in `dir` at present, or `unknown`; [`None`] when there is none.
/// Nothing is created or changed.
pub fn holder(dir: &Path) -> Option<String> {
    let file = File::open(dir.join(".lock")).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(pid_in(&file)),
        Ok(()) => {
            // Closing it lets go too.
            let _ = file.unlock();
            None
        }
        Err(TryLockError::Error(_)) => None,
    }
}

fn leave_pid(file: &File) -> io::Result<()> {
    let pid = format!("{}\n", std::process::id());
    file.write_all_at(pid.as_bytes(), 0)?;
    file.set_len(pid.len() as u64)
}

fn pid_in(file: &File) -> String {
    let mut text = [0; 32];
    let read = file.read_at(&mut text, 0).unwrap_or(0);
    let pid = String::from_utf8_lossy(&text[..read]).trim().to_owned();
    if pid.is_empty() { "unknown".to_owned() } else { pid }
}
