//! The end of the journal after a crash.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::OpenError;
use crate::days::DayFile;
use crate::envelope::Envelope;
use crate::lines::{last_newline_before, whole_lines_len};
use crate::open::Repair;

/// Cuts the torn end of the newest file and forgets files without a record: a crash can fall
/// between a file's creation and its checkpoint.
pub(crate) fn repair(files: &mut Vec<DayFile>) -> Result<Option<Repair>, OpenError> {
    let mut repaired = None;
    while let Some(newest) = files.last() {
        let len = match &repaired {
            None => {
                let (len, cut) = cut_torn_end(&newest.path)?;
                repaired = cut;
                len
            }
            Some(_) => length(&newest.path)?,
        };
        if len > 0 {
            break;
        }
        files.pop();
    }
    Ok(repaired)
}

fn length(path: &Path) -> Result<u64, OpenError> {
    Ok(std::fs::metadata(path).map_err(OpenError::io("read", path))?.len())
}

/// Returns the length that is left, and what was cut.
fn cut_torn_end(path: &Path) -> Result<(u64, Option<Repair>), OpenError> {
    let opened = File::options().read(true).write(true).open(path);
    let file = opened.map_err(OpenError::io("open", path))?;
    let before = length(path)?;
    let keep = sound_len(&file).map_err(OpenError::io("read", path))?;
    if keep == before {
        return Ok((before, None));
    }
    let cut = file.set_len(keep).and_then(|()| file.sync_all());
    cut.map_err(OpenError::io("cut the torn last line of", path))?;
    Ok((keep, Some(Repair { file: path.to_owned(), bytes_cut: before - keep })))
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
