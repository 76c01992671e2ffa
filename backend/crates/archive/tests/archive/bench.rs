//! A journal of some days, and an archive for it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use archive::{Archive, ArchiveError, Done, Keep, Step, Stopped, Store};
use domain::event::{Checkpoint, Event, Notice};
use domain::{Record, Timestamp};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use journal::Journal;
use object_store::local::LocalFileSystem;
use tempfile::TempDir;

pub(crate) const DAY: Duration = Duration::from_hours(24);

/// The day on which the tests look.
pub(crate) const TODAY: Date = date(2026, 3, 14);

/// `LOG_DIR` with the days from 2026-03-10 to 2026-03-14, and a folder that is the store.
pub(crate) struct Bench {
    pub(crate) logs: TempDir,
    pub(crate) store: TempDir,
    /// What each day held when it was written.
    pub(crate) written: BTreeMap<Date, Vec<u8>>,
}

pub(crate) fn record(seq: u64, ts: Timestamp, is_checkpoint: bool) -> Record {
    let notice = Notice { message: format!("record {seq}"), details: <_>::default() };
    let state = serde_json::json!({ "open": [] });
    let event = if is_checkpoint {
        Event::Checkpoint(Box::new(Checkpoint { version: 1, state }))
    } else {
        Event::Alarm(notice)
    };
    Record { seq, ts, symbol: None, trace_id: None, event }
}

impl Bench {
    pub(crate) fn new() -> Self {
        let (logs, store) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (mut journal, _) =
            Journal::open(logs.path(), TimeZone::UTC, |_| Ok::<_, Infallible>(())).unwrap();
        let noon = Timestamp::parse("2026-03-10T12:00:00Z").unwrap();
        for day in 0..5 {
            for index in 0..50 {
                let at = noon.plus(DAY * day);
                journal.append(&[record(journal.next_seq(), at, index == 0)]).unwrap();
            }
        }
        drop(journal);
        let days = journal::list_all(logs.path()).unwrap();
        let written = days.iter().map(|day| (day.date, fs::read(&day.path).unwrap())).collect();
        Self { logs, store, written }
    }

    pub(crate) fn file(&self, day: Date, name: &str) -> PathBuf {
        self.logs.path().join(day.to_string()).join(name)
    }

    pub(crate) fn object(&self, day: Date) -> PathBuf {
        self.store.path().join("desk").join(day.to_string()).join("events.jsonl.zst")
    }

    pub(crate) fn store(&self) -> Store {
        let files = LocalFileSystem::new_with_prefix(self.store.path()).unwrap();
        Store::of(std::sync::Arc::new(files), "desk", "file:///store/desk")
    }

    /// Two days stay plain; compressed ones stay, unless `compressed_days` says otherwise.
    pub(crate) fn archive(&self, store: bool, compressed_days: Option<u32>) -> Archive {
        let keep = Keep { plain_days: Some(2), compressed_days };
        Archive::new(self.logs.path(), keep, store.then(|| self.store()))
    }

    pub(crate) fn holds(&self, day: Date, compressed: &Path) -> bool {
        fs::File::open(compressed)
            .is_ok_and(|file| zstd::decode_all(file).is_ok_and(|bytes| bytes == self.written[&day]))
    }

    /// Whether the day can still be had: plain, or in a copy that is whole.
    pub(crate) fn is_safe(&self, day: Date) -> bool {
        fs::read(self.file(day, "events.jsonl")).is_ok_and(|bytes| bytes == self.written[&day])
            || self.holds(day, &self.file(day, "events.jsonl.zst"))
            || self.holds(day, &self.object(day))
    }

    /// The names in a day's folder, in order.
    pub(crate) fn files(&self, day: Date) -> Vec<String> {
        let folder = fs::read_dir(self.logs.path().join(day.to_string())).unwrap();
        let mut names: Vec<String> =
            folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// A whole pass.
pub(crate) async fn pass(archive: &Archive) -> Vec<Done> {
    archive.run(TODAY, now(), |_, _| Ok(())).await.unwrap()
}

/// A pass that dies before step number `at`, counted from 0. Returns that step; [`None`] when the
/// pass has fewer.
pub(crate) async fn die_before(archive: &Archive, at: usize) -> Option<(Date, Step)> {
    let mut left = at;
    let mut died = None;
    let watch = |date, step| {
        if left == 0 {
            died = Some((date, step));
            return Err(Stopped);
        }
        left -= 1;
        Ok(())
    };
    let run = archive.run(TODAY, now(), watch).await;
    assert_eq!(matches!(run, Err(ArchiveError::Stopped)), died.is_some());
    died
}
