//! Which days are due.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::time::{Duration, SystemTime};

use jiff::civil::Date;
use journal::{DayFile, Form};

use crate::ArchiveError;
use crate::day::{self, Day};

/// How long what stays where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Days that stay plain after the present one (`LOG_KEEP_DAYS`); [`None`] archives nothing.
    pub plain_days: Option<u32>,
    /// Days that a compressed day stays here after it was compressed or brought back
    /// (`ARCHIVE_KEEP_DAYS`); [`None`] is for ever.
    pub compressed_days: Option<u32>,
}

/// What is due for one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The day.
    pub date: Date,
    /// Its plain file is to be compressed and deleted.
    pub compress: bool,
    /// The object store is to have it.
    pub store: bool,
    /// Its compressed file is to be deleted here, the store having it.
    pub delete_here: bool,
    /// Bytes of the file that counts at present.
    pub bytes: u64,
}

/// What is due in the journal in `dir` on the day `today` (`now` on the service's wall clock), oldest
/// first. `store` is the address of the object store, if there is one.
///
/// Never due are the present day, days that are not older than `LOG_KEEP_DAYS`, the newest day with
/// records, and every day that the next start would replay: a day is due only when a later plain
/// day begins with a checkpoint that is on disk.
///
/// # Errors
/// [`ArchiveError::Io`].
pub fn plan(
    dir: &Path,
    today: Date,
    now: SystemTime,
    keep: Keep,
    store: Option<&str>,
) -> Result<Vec<Due>, ArchiveError> {
    let Some(plain_days) = keep.plain_days else {
        return Ok(Vec::new());
    };
    let days = match journal::list_all(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        days => days.map_err(ArchiveError::io("list", dir))?,
    };
    let needed_from = replay_begins(&days)?;
    let mut due = Vec::new();
    for file in days {
        let age = today.since(file.date).map_or(0, |span| span.get_days());
        let free = needed_from.is_some_and(|first| file.date < first);
        let compress = file.form == Form::Plain && free && i64::from(age) > i64::from(plain_days);
        if compress || file.form == Form::Compressed {
            let one = due_of(dir, &file, compress, now, keep, store)?;
            due.extend((one.compress || one.store || one.delete_here).then_some(one));
        }
    }
    Ok(due)
}

fn due_of(
    dir: &Path,
    file: &DayFile,
    compress: bool,
    now: SystemTime,
    keep: Keep,
    store: Option<&str>,
) -> Result<Due, ArchiveError> {
    let day = Day::new(dir, file.date);
    let path = file.file();
    let metadata = fs::metadata(&path).map_err(ArchiveError::io("look at", &path))?;
    let stored = day::read(&day.stored()).map_err(ArchiveError::io("read", &day.stored()))?;
    let is_stored = |store: &str| {
        stored.as_deref().is_some_and(|at| at.trim() == crate::store::address(store, file.date))
    };
    let since = metadata.modified().ok().and_then(|at| now.duration_since(at).ok());
    let limit = keep.compressed_days.map(|days| Duration::from_hours(24) * days);
    let is_old = limit.is_some_and(|limit| since.is_some_and(|since| since > limit));
    Ok(Due {
        date: file.date,
        compress,
        store: store.is_some_and(|store| compress || !is_stored(store)),
        delete_here: !compress && store.is_some() && is_old,
        bytes: metadata.len(),
    })
}

/// The newest day whose plain file begins with a checkpoint: nothing older is ever replayed. It is
/// synced, so that this stays so after a power loss.
fn replay_begins(days: &[DayFile]) -> Result<Option<Date>, ArchiveError> {
    for day in days.iter().rev().filter(|day| day.form == Form::Plain) {
        let begins = begins_with_checkpoint(&day.path);
        if begins.map_err(ArchiveError::io("read", &day.path))? {
            return Ok(Some(day.date));
        }
    }
    Ok(None)
}

fn begins_with_checkpoint(path: &Path) -> io::Result<bool> {
    let file = File::open(path)?;
    let mut line = Vec::new();
    BufReader::new(&file).read_until(b'\n', &mut line)?;
    let Some(line) = line.strip_suffix(b"\n") else {
        return Ok(false);
    };
    let begins = journal::Entry::parse(line).is_ok_and(|entry| entry.event_type == "CHECKPOINT");
    if begins {
        file.sync_all()?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
    }
    Ok(begins)
}
