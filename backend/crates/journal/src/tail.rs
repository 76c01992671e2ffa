//! The end of the journal after a crash.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::OpenError;
use crate::days::DayFile;
use crate::envelope::Envelope;
use crate::lines::{last_newline_before, whole_lines_len};
use crate::open::Repair;

/// What is done about a torn end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TornEnd {
    /// It is cut from the file.
    Cut,
    /// It is passed over; the file stays as it is.
    Leave,
}

/// The newest file without its torn end.
#[derive(Debug)]
pub(crate) struct Tail {
    /// How much of the newest file is whole.
    pub(crate) newest_len: u64,
    /// What was torn.
    pub(crate) torn: Option<Repair>,
}

/// Finds the torn end of the newest file and forgets files without a record: a crash can fall
/// between a file's creation and its checkpoint.
pub(crate) fn find(files: &mut Vec<DayFile>, deed: TornEnd) -> Result<Tail, OpenError> {
    let mut torn = None;
    while let Some(newest) = files.last() {
        let len = match &torn {
            None => {
                let (len, found) = torn_end(&newest.path)?;
                if let (TornEnd::Cut, Some(_)) = (deed, &found) {
                    cut(&newest.path, len)?;
                }
                torn = found;
                len
            }
            Some(_) => length(&newest.path)?,
        };
        if len > 0 {
            return Ok(Tail { newest_len: len, torn });
        }
        files.pop();
    }
    Ok(Tail { newest_len: 0, torn })
}

fn length(path: &Path) -> Result<u64, OpenError> {
    Ok(std::fs::metadata(path).map_err(OpenError::io("read", path))?.len())
}

/// Returns the length that is whole, and what follows it.
fn torn_end(path: &Path) -> Result<(u64, Option<Repair>), OpenError> {
    let file = File::open(path).map_err(OpenError::io("open", path))?;
    // Measured first: a writer may add to the file meanwhile.
    let before = length(path)?;
    let keep = sound_len(&file).map_err(OpenError::io("read", path))?;
    let bytes_cut = before.saturating_sub(keep);
    let torn = (bytes_cut > 0).then(|| Repair { file: path.to_owned(), bytes_cut });
    Ok((keep, torn))
}

fn cut(path: &Path, keep: u64) -> Result<(), OpenError> {
    let opened = File::options().write(true).open(path);
    let cut = opened.and_then(|file| file.set_len(keep).and_then(|()| file.sync_all()));
    cut.map_err(OpenError::io("cut the torn last line of", path))
}

/// The length up to the last line that is whole. A last line that has its newline but is no JSON
/// record is torn too: after a power loss blocks of a write may be missing. A record that is whole
/// but of a kind unknown here is not torn, and replay will name it.
fn sound_len(file: &File) -> std::io::Result<u64> {
    let end = whole_lines_len(file)?;
    let Some(before_newline) = end.checked_sub(1) else {
        return Ok(0);
    };
    let start = last_newline_before(file, before_newline)?;
    let mut line = vec![0; usize::try_from(before_newline - start).map_err(std::io::Error::other)?];
    file.read_exact_at(&mut line, start)?;
    Ok(if Envelope::parse(&line).is_some() { end } else { start })
}
