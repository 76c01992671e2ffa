//! One pass over the days that are due.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::civil::Date;

use crate::ArchiveError;
use crate::day::{self, Day};
use crate::digest::Digest;
use crate::lock::ArchiveLock;
use crate::plan::{Due, Keep, plan};
use crate::store::{self, Store};

/// What is about to happen to a day. A crash before any of these leaves nothing to lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The plain file is compressed beside itself.
    Compress,
    /// The compressed file gets its name, its content having been compared with the plain one.
    Name,
    /// The object store gets it.
    Upload,
    /// It is read back from the store and compared.
    ReadBack,
    /// It is noted here that the store has it.
    Note,
    /// The plain file is deleted.
    DeletePlain,
    /// The compressed file is deleted here.
    DeleteCompressed,
}

/// The watcher asked to stop.
#[derive(Debug, Clone, Copy)]
pub struct Stopped;

/// What came of one day.
#[derive(Debug)]
pub struct Done {
    /// The day, and what was due.
    pub due: Due,
    /// Bytes of its compressed file.
    pub compressed_bytes: u64,
    /// What went wrong, if anything did. The other days were still looked after.
    pub result: Result<(), ArchiveError>,
}

/// A journal's archive.
#[derive(Debug, Clone)]
pub struct Archive {
    dir: PathBuf,
    keep: Keep,
    store: Option<Store>,
}

impl Archive {
    /// The archive of the journal in `dir` (`LOG_DIR`).
    pub fn new(dir: impl Into<PathBuf>, keep: Keep, store: Option<Store>) -> Self {
        Self { dir: dir.into(), keep, store }
    }

    /// What is due on the day `today`, `now` being the same moment.
    ///
    /// # Errors
    /// [`ArchiveError::Io`].
    pub fn due(&self, today: Date, now: SystemTime) -> Result<Vec<Due>, ArchiveError> {
        plan(&self.dir, today, now, self.keep, self.store.as_ref().map(Store::url))
    }

    /// Does what is due, oldest day first. `watch` hears of each step before it is taken and may
    /// stop there. A day that fails does not keep the others.
    ///
    /// # Errors
    /// [`ArchiveError::Busy`], [`ArchiveError::Stopped`], or the folder cannot be read.
    pub async fn run(
        &self,
        today: Date,
        now: SystemTime,
        mut watch: impl FnMut(Date, Step) -> Result<(), Stopped>,
    ) -> Result<Vec<Done>, ArchiveError> {
        if self.due(today, now)?.is_empty() {
            return Ok(Vec::new());
        }
        let _lock = ArchiveLock::take(&self.dir)?;
        let mut done = Vec::new();
        for due in self.due(today, now)? {
            let day = Day::new(&self.dir, due.date);
            let mut step = |step| watch(due.date, step).map_err(|Stopped| ArchiveError::Stopped);
            let result = self.archive(&day, &due, &mut step).await;
            if matches!(result, Err(ArchiveError::Stopped)) {
                return Err(ArchiveError::Stopped);
            }
            let compressed_bytes = fs::metadata(day.compressed()).map_or(0, |file| file.len());
            done.push(Done { due, compressed_bytes, result });
        }
        Ok(done)
    }

    async fn archive(
        &self,
        day: &Day,
        due: &Due,
        step: &mut impl FnMut(Step) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        let plain = due.compress.then(|| Plain::look(day)).transpose()?;
        let digest = match &plain {
            Some(plain) => compress(day, plain, step)?,
            None => compressed_digest(day)?,
        };
        if let Some(store) = self.store.as_ref().filter(|_| due.store || due.delete_here) {
            upload(store, day, &digest, step).await?;
        }
        if let Some(plain) = plain {
            step(Step::DeletePlain)?;
            plain.delete_unchanged(day)?;
        }
        if due.delete_here {
            step(Step::DeleteCompressed)?;
            let path = day.compressed();
            day.delete(&path).map_err(ArchiveError::io("delete", &path))?;
        }
        Ok(())
    }

    /// Brings a day back from the store, compressed, verified against the digest that was kept when
    /// it was archived. A day that is here already is left alone. Returns the file.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub async fn restore(&self, date: Date) -> Result<PathBuf, ArchiveError> {
        let day = Day::new(&self.dir, date);
        if let Some(here) = [day.plain(), day.compressed()].into_iter().find(|path| path.exists()) {
            return Ok(here);
        }
        let store = self.store.as_ref().ok_or(ArchiveError::NoStore { date })?;
        let path = day.compressed();
        day.create().map_err(ArchiveError::io("create the folder of", &path))?;
        let _lock = ArchiveLock::take(&self.dir)?;
        let kept = day::read(&day.sha256()).map_err(ArchiveError::io("read", &day.sha256()))?;
        let expected = match kept.as_deref().and_then(Digest::from_line) {
            Some(digest) => Some(digest),
            None => store.recorded_digest(date).await?,
        };
        let mut partial = day::begin(&path).map_err(ArchiveError::io("create", &path))?;
        let found = store.read_back(date, &mut partial.file).await?;
        let url = store::address(store.url(), date);
        let found = found.ok_or_else(|| ArchiveError::NoSuchDay { url: url.clone(), date })?;
        compare(&url, expected.as_ref().unwrap_or(&found), &found)?;
        let written = day::write(&day.sha256(), &found.line()).and_then(|()| partial.complete());
        written.map_err(ArchiveError::io("write", &path))?;
        Ok(path)
    }
}

/// The plain file as it was when it was hashed.
struct Plain {
    path: PathBuf,
    digest: Digest,
    seen: (u64, Option<SystemTime>),
}

impl Plain {
    fn look(day: &Day) -> Result<Self, ArchiveError> {
        let path = day.plain();
        let seen = stamp(&path).map_err(ArchiveError::io("look at", &path))?;
        let digest = Digest::of_plain(&path).map_err(ArchiveError::io("read", &path))?;
        Ok(Self { path, digest, seen })
    }

    fn delete_unchanged(&self, day: &Day) -> Result<(), ArchiveError> {
        if stamp(&self.path).map_err(ArchiveError::io("look at", &self.path))? != self.seen {
            return Err(ArchiveError::Changed { path: self.path.clone() });
        }
        day.delete(&self.path).map_err(ArchiveError::io("delete", &self.path))
    }
}

fn stamp(path: &Path) -> io::Result<(u64, Option<SystemTime>)> {
    let metadata = fs::metadata(path)?;
    Ok((metadata.len(), metadata.modified().ok()))
}

fn compare(what: &str, expected: &Digest, found: &Digest) -> Result<(), ArchiveError> {
    if expected == found {
        return Ok(());
    }
    let (expected, found) = (expected.to_string(), found.to_string());
    Err(ArchiveError::Differs { what: what.to_owned(), expected, found })
}

/// Makes the compressed file, unless an earlier run left the right one.
fn compress(
    day: &Day,
    plain: &Plain,
    step: &mut impl FnMut(Step) -> Result<(), ArchiveError>,
) -> Result<Digest, ArchiveError> {
    let path = day.compressed();
    // One that cannot be read is made anew as well.
    if Digest::of_compressed(&path).is_ok_and(|found| found == plain.digest) {
        return Ok(plain.digest.clone());
    }
    step(Step::Compress)?;
    let failed = |error| ArchiveError::io("write", &path)(error);
    let mut partial = day::begin(&path).map_err(failed)?;
    let from = File::open(&plain.path).map_err(ArchiveError::io("open", &plain.path))?;
    journal::compress(from, &mut partial.file).map_err(failed)?;
    partial.file.sync_all().map_err(failed)?;
    let found = Digest::of_compressed(&partial.begun);
    let found = found.map_err(ArchiveError::io("read back", &partial.begun))?;
    compare(&partial.begun.display().to_string(), &plain.digest, &found)?;
    step(Step::Name)?;
    day::write(&day.sha256(), &plain.digest.line())
        .map_err(ArchiveError::io("write", &day.sha256()))?;
    partial.complete().map_err(failed)?;
    Ok(found)
}

/// The digest of a day that is here only compressed, compared with the one kept when it was made.
fn compressed_digest(day: &Day) -> Result<Digest, ArchiveError> {
    let path = day.compressed();
    let found = Digest::of_compressed(&path).map_err(ArchiveError::io("decompress", &path))?;
    let kept = day::read(&day.sha256()).map_err(ArchiveError::io("read", &day.sha256()))?;
    let kept = kept.as_deref().and_then(Digest::from_line);
    compare(&path.display().to_string(), kept.as_ref().unwrap_or(&found), &found)?;
    Ok(found)
}

/// The store has the day afterwards: it was read back just now.
async fn upload(
    store: &Store,
    day: &Day,
    digest: &Digest,
    step: &mut impl FnMut(Step) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    let url = store::address(store.url(), day.date);
    match store.digest(day.date).await? {
        Some(found) if found == *digest => {}
        Some(_) => return Err(ArchiveError::Taken { url, date: day.date }),
        None => {
            step(Step::Upload)?;
            store.put(day.date, &day.compressed()).await?;
            step(Step::ReadBack)?;
            let found = store.digest(day.date).await?;
            let found = found
                .ok_or_else(|| ArchiveError::NoSuchDay { url: url.clone(), date: day.date })?;
            compare(&url, digest, &found)?;
        }
    }
    store.put_digest(day.date, digest).await?;
    step(Step::Note)?;
    day::write(&day.stored(), &format!("{url}\n")).map_err(ArchiveError::io("write", &day.stored()))
}
