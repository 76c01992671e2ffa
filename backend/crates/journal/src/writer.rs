//! The one writer of a journal.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use domain::event::Event;
use domain::{Record, Room, Timestamp};
use jiff::tz::TimeZone;
use memchr::memchr_iter;

use crate::day_log::DayLog;
use crate::days::{self, DayFile};
use crate::envelope::leading_seq;
use crate::lock::DirLock;
use crate::open::{self, Opened, Progress};
use crate::reserve::{self, Reserve};
use crate::tail::{self, TornEnd};
use crate::{AppendError, OpenError, replay};

/// Records between two checkpoints of one file.
pub const CHECKPOINT_EVERY: u64 = 50_000;

/// Appends numbered records to the day's file. Dropping it lets go of the lock and syncs nothing.
#[derive(Debug)]
pub struct Journal {
    dir: PathBuf,
    tz: TimeZone,
    log: Option<DayLog>,
    /// The present file's day is over from here on.
    day_ends: Timestamp,
    last_seq: u64,
    synced_seq: u64,
    since_checkpoint: u64,
    /// Why nothing may be written until [`Self::recover`] succeeds.
    stopped: Option<String>,
    batch: Vec<u8>,
    /// Room wanted beside the reserve, bytes.
    wanted: u64,
    reserve: Option<Reserve>,
    _lock: DirLock,
}

impl Journal {
    /// Locks the journal in `dir` (`LOG_DIR`, created if missing), cuts a torn last line, hands
    /// every record from the newest checkpoint on to `each`, that checkpoint first, and makes
    /// sure that what was replayed is on disk. `tz` says when a day ends.
    ///
    /// # Errors
    /// [`OpenError`]: another process holds the lock, a file cannot be read, records are missing,
    /// doubled or unreadable, or `each` refused one.
    pub fn open<E>(
        dir: &Path,
        tz: TimeZone,
        each: impl FnMut(Record) -> Result<(), E>,
    ) -> Result<(Self, Opened), OpenError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        create_dir(dir).map_err(OpenError::io("create", dir))?;
        let lock = DirLock::take(dir)?;
        let mut files = days::list(dir).map_err(OpenError::io("list", dir))?;
        let tail = tail::find(&mut files, TornEnd::Cut)?;
        let start = open::newest_checkpoint(&files)?;
        let progress = match start {
            Some(start) => replay::replay(&files, tail.newest_len, start, each)?,
            None => Progress::default(),
        };
        let mut journal = Self {
            dir: dir.to_owned(),
            tz,
            log: None,
            day_ends: Timestamp::EPOCH,
            last_seq: progress.last_seq,
            synced_seq: progress.last_seq,
            since_checkpoint: progress.since_checkpoint,
            stopped: None,
            batch: Vec::new(),
            wanted: 0,
            reserve: None,
            _lock: lock,
        };
        if let Some(newest) = files.pop() {
            journal.resume(&newest)?;
        }
        let from_checkpoint_seq = start.map(|start| start.seq);
        let Progress { last_seq, replayed, .. } = progress;
        let opened = Opened { last_seq, replayed, repaired: tail.torn, from_checkpoint_seq };
        Ok((journal, opened))
    }

    fn resume(&mut self, newest: &DayFile) -> Result<(), OpenError> {
        self.day_ends = days::end_of(newest.date, &self.tz);
        let log = DayLog::resume(newest.path.clone());
        self.log = Some(log.map_err(OpenError::io("resume", &newest.path))?);
        Ok(())
    }

    /// From now on room is looked after, see [`Self::room`]: `wanted` bytes are to be free, and
    /// `reserve` bytes (zero for none) are taken beforehand, to be given up when a write finds the
    /// disk full.
    ///
    /// # Errors
    /// What the system said of the folder.
    pub fn keep_room(&mut self, wanted: u64, reserve: u64) -> io::Result<()> {
        self.reserve = Some(Reserve::find(&self.dir, reserve)?);
        self.wanted = wanted;
        self.room().map(|_| ())
    }

    /// Looks at the disk, and takes the reserve where it is missing and there is room for it beside
    /// what is wanted.
    ///
    /// # Errors
    /// What the system said of the folder.
    pub fn room(&mut self) -> io::Result<Room> {
        let mut free = reserve::free_bytes(&self.dir)?;
        if let Some(reserve) = &mut self.reserve
            && reserve.is_missing()
            && free >= self.wanted.saturating_add(reserve.bytes())
            && reserve.take().is_ok()
        {
            free = reserve::free_bytes(&self.dir)?;
        }
        Ok(Room { free, wanted: self.wanted, on_reserve: self.on_reserve() })
    }

    /// Whether the reserve is given up or could not be taken.
    pub fn on_reserve(&self) -> bool {
        self.reserve.as_ref().is_some_and(Reserve::is_missing)
    }

    /// Gives up the reserve where the disk was full. True when that made room.
    fn makes_room(&mut self, error: &AppendError) -> bool {
        error.is_full() && self.reserve.as_mut().is_some_and(Reserve::give_up)
    }

    /// The number of the next record.
    pub const fn next_seq(&self) -> u64 {
        self.last_seq + 1
    }

    /// Whether a batch that begins at `at` must begin with a checkpoint: it would be the first of
    /// its day's file, or [`CHECKPOINT_EVERY`] records have gone by since the last one.
    pub fn needs_checkpoint(&self, at: Timestamp) -> bool {
        let no_file = self.log.as_ref().is_none_or(DayLog::is_empty);
        no_file || at >= self.day_ends || self.since_checkpoint >= CHECKPOINT_EVERY
    }

    /// Writes records, numbered from [`Self::next_seq`] on, with one write. All or none of them
    /// are in the journal afterwards; on disk they are after [`Self::sync`].
    ///
    /// A batch goes to one file. A new day's file is begun by a batch whose first record is a
    /// checkpoint of that day; without one the records stay in the present file. On a full disk the
    /// reserve is given up for them.
    ///
    /// # Errors
    /// [`AppendError`]; only after [`AppendError::Stopped`] must [`Self::recover`] be called first.
    pub fn append(&mut self, batch: &[Record]) -> Result<(), AppendError> {
        match self.append_once(batch) {
            Err(error) if self.makes_room(&error) && self.stopped.is_none() => {
                self.append_once(batch)
            }
            done => done,
        }
    }

    fn append_once(&mut self, batch: &[Record]) -> Result<(), AppendError> {
        let Some(first) = batch.first() else {
            return Ok(());
        };
        self.refuse_if_stopped()?;
        self.check_numbers(batch)?;
        self.encode(batch)?;
        self.choose_file(first)?;
        self.write()?;
        for record in batch {
            self.since_checkpoint = open::since_checkpoint(self.since_checkpoint, record);
        }
        self.last_seq += batch.len() as u64;
        Ok(())
    }

    /// Makes everything appended durable (`fdatasync`, and the folders of a new file).
    ///
    /// # Errors
    /// [`AppendError::Stopped`] when the system could not; then [`Self::recover`] must be called.
    pub fn sync(&mut self) -> Result<(), AppendError> {
        self.refuse_if_stopped()?;
        let Some(log) = &mut self.log else {
            return Ok(());
        };
        match log.sync() {
            Ok(()) => {
                self.synced_seq = self.last_seq;
                Ok(())
            }
            Err(source) => {
                let error = self.stop("sync", source);
                // Whoever recovers finds the room.
                self.makes_room(&error);
                Err(error)
            }
        }
    }

    /// The last record known to be on disk.
    pub const fn synced_seq(&self) -> u64 {
        self.synced_seq
    }

    /// Why the journal refuses to write, if it does.
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// Tries to end a stop: takes back what a failed write left, writes the records not known to
    /// be on disk again and syncs them. Without a stop it does nothing.
    ///
    /// # Errors
    /// [`AppendError::Stopped`] when the cause is still there.
    pub fn recover(&mut self) -> Result<(), AppendError> {
        if self.stopped.is_none() {
            return Ok(());
        }
        let (first, last) = (self.synced_seq + 1, self.last_seq);
        let rewritten = match &mut self.log {
            Some(log) => log.rewrite_unsynced(|bytes| are_records(bytes, first, last)),
            None => Ok(()),
        };
        if let Err(source) = rewritten {
            return Err(self.stop("recover", source));
        }
        self.synced_seq = self.last_seq;
        self.stopped = None;
        Ok(())
    }

    fn refuse_if_stopped(&self) -> Result<(), AppendError> {
        match &self.stopped {
            Some(reason) => Err(AppendError::StillStopped { reason: reason.clone() }),
            None => Ok(()),
        }
    }

    fn check_numbers(&self, batch: &[Record]) -> Result<(), AppendError> {
        let wrong =
            (self.next_seq()..).zip(batch).find(|(expected, record)| record.seq != *expected);
        match wrong {
            Some((expected, record)) => {
                Err(AppendError::OutOfSequence { expected, got: record.seq })
            }
            None => Ok(()),
        }
    }

    fn encode(&mut self, batch: &[Record]) -> Result<(), AppendError> {
        self.batch.clear();
        for record in batch {
            serde_json::to_writer(&mut self.batch, record).map_err(|error| {
                AppendError::Encode { seq: record.seq, reason: error.to_string() }
            })?;
            self.batch.push(b'\n');
        }
        Ok(())
    }

    fn choose_file(&mut self, first: &Record) -> Result<(), AppendError> {
        let is_checkpoint = matches!(first.event, Event::Checkpoint(_));
        let goes_on = self.log.as_ref().is_some_and(|log| !log.is_empty());
        match (goes_on, is_checkpoint && first.ts >= self.day_ends) {
            (true, false) => Ok(()),
            (_, true) => self.begin_file(first.ts),
            (false, false) if is_checkpoint && self.log.is_some() => Ok(()),
            (false, false) => Err(AppendError::CheckpointMissing { seq: first.seq }),
        }
    }

    /// The file before is synced first: only the newest file may have an end that is not on disk.
    fn begin_file(&mut self, at: Timestamp) -> Result<(), AppendError> {
        self.sync()?;
        let date = days::day_of(at, &self.tz);
        let path = DayFile::new(&self.dir, date).path;
        match DayLog::create(path.clone()) {
            Ok(log) => self.log = Some(log),
            Err(source) => return Err(AppendError::Write { path, source }),
        }
        self.day_ends = days::end_of(date, &self.tz);
        Ok(())
    }

    fn write(&mut self) -> Result<(), AppendError> {
        let Some(log) = &mut self.log else {
            return Err(AppendError::CheckpointMissing { seq: self.last_seq + 1 });
        };
        let Err(source) = log.write(&self.batch) else {
            return Ok(());
        };
        match log.take_back() {
            Ok(()) => Err(AppendError::Write { path: log.path.clone(), source }),
            Err(source) => Err(self.stop("take back a failed write to", source)),
        }
    }

    fn stop(&mut self, doing: &'static str, source: io::Error) -> AppendError {
        let path = self.log.as_ref().map_or_else(|| self.dir.clone(), |log| log.path.clone());
        self.stopped = Some(format!("cannot {doing} {}: {source}", path.display()));
        AppendError::Stopped { doing, path, source }
    }
}

/// Creates a folder that outlives a power loss.
fn create_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(dir)?;
    match dir.canonicalize()?.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

/// Whether `bytes` are the lines of records `first..=last`.
fn are_records(bytes: &[u8], first: u64, last: u64) -> io::Result<()> {
    let mut start = 0;
    let mut next = first;
    for newline in memchr_iter(b'\n', bytes) {
        if leading_seq(&bytes[start..newline]) != Some(next) {
            break;
        }
        next += 1;
        start = newline + 1;
    }
    if next == last + 1 && start == bytes.len() {
        return Ok(());
    }
    let message = format!("record {next} is no longer in the file; restart to see what is left");
    Err(io::Error::new(io::ErrorKind::InvalidData, message))
}

#[cfg(test)]
mod tests;
