//! Records to write, and journals to write them to.

use std::convert::Infallible;
use std::path::{Path, PathBuf};

use domain::event::{Checkpoint, Event, Notice};
use domain::{Record, Symbol, Timestamp, TraceId};
use jiff::tz::TimeZone;
use journal::{Journal, OpenError, Opened};

/// 2026-03-10T12:00:00Z.
pub(crate) fn noon() -> Timestamp {
    Timestamp::parse("2026-03-10T12:00:00Z").unwrap()
}

pub(crate) fn checkpoint(seq: u64, ts: Timestamp) -> Record {
    let state = serde_json::json!({ "open": [seq] });
    let event = Event::Checkpoint(Box::new(Checkpoint { version: 1, state }));
    Record { seq, ts, symbol: None, trace_id: None, event }
}

pub(crate) fn notice(seq: u64, ts: Timestamp) -> Record {
    let notice = Notice { message: format!("record {seq}"), details: <_>::default() };
    Record {
        seq,
        ts,
        symbol: Some(Symbol::from_exchange(if seq.is_multiple_of(2) {
            "BTCUSDT"
        } else {
            "ETHUSDT"
        })),
        trace_id: Some(TraceId::new(format!("trace-{}", seq / 3))),
        event: if seq.is_multiple_of(5) { Event::Alarm(notice) } else { Event::MexcError(notice) },
    }
}

/// A checkpoint and then `count` records, at one a batch, all at `at`.
pub(crate) fn fill(journal: &mut Journal, at: Timestamp, count: u64) -> Vec<Record> {
    let first = journal.next_seq();
    let mut records = vec![checkpoint(first, at)];
    records.extend((first + 1..=first + count).map(|seq| notice(seq, at)));
    for record in &records {
        journal.append(std::slice::from_ref(record)).unwrap();
    }
    records
}

pub(crate) fn open(dir: &Path) -> Result<(Journal, Opened, Vec<Record>), OpenError> {
    open_in(dir, TimeZone::UTC)
}

pub(crate) fn open_in(
    dir: &Path,
    tz: TimeZone,
) -> Result<(Journal, Opened, Vec<Record>), OpenError> {
    let mut replayed = Vec::new();
    let (journal, opened) = Journal::open(dir, tz, |record| {
        replayed.push(record);
        Ok::<_, Infallible>(())
    })?;
    Ok((journal, opened, replayed))
}

pub(crate) fn day_file(dir: &Path, day: &str) -> PathBuf {
    dir.join(day).join("events.jsonl")
}
