//! Prints how fast a journal becomes state again, and how fast the engine decides. Asserts nothing
//! about time.
//!
//! `cargo run --release -p driver --example replay [EVENTS] [FOLDER]`
//!
//! The engine itself writes the journals: chatter, and signals that are bought, protected and sold
//! again, some 10,000 events a day. One has a checkpoint each day and every 50,000 events, as the
//! service writes it; the other has none but the empty first one, so that every event goes through
//! the ledger. With a folder they stay in `FOLDER/checkpoints` and `FOLDER/first-event`, for
//! `LOG_DIR` and for the next run.

mod exchange;
mod journals;
mod latency;
mod trading;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use domain::Record;
use engine::Engine;
use jiff::tz::TimeZone;
use journal::Journal;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let events: u64 = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let scratch = tempfile::tempdir()?;
    let folder = arguments.next().map_or_else(|| scratch.path().to_owned(), PathBuf::from);
    let (checkpoints, first_event) = (folder.join("checkpoints"), folder.join("first-event"));

    if !first_event.exists() {
        let start = Instant::now();
        journals::from_first_event(&first_event, events)?;
        journals::with_checkpoints(&checkpoints, &first_event)?;
        report("written through the engine", events, start.elapsed());
    }
    let from_checkpoint = opened("open, from the last checkpoint", &checkpoints)?;
    let from_first = opened("open, from the first event", &first_event)?;
    if from_checkpoint != from_first {
        return Err("both journals tell the same, yet their states differ".into());
    }
    parsed_and_applied(&first_event)?;
    latency::report()
}

/// Replays as the service does, and gives the state without its own numbering.
fn opened(what: &str, dir: &Path) -> Result<String, Failure> {
    let mut engine = trading::engine()?;
    let start = Instant::now();
    let (_, opened) = Journal::open(dir, TimeZone::UTC, |record| engine.replay(&record))?;
    report(&format!("{what}, {}", size(dir)?), opened.replayed, start.elapsed());
    let ledger = engine.ledger();
    Ok(format!("{:?} {:?}", ledger.exposure(), ledger.all_orders().collect::<Vec<_>>()))
}

/// The two halves of a replay apart: lines to records, records to state.
fn parsed_and_applied(dir: &Path) -> Result<(), Failure> {
    let text = fs::read_to_string(file_in(dir)?)?;
    let start = Instant::now();
    let records: Vec<Record> = text.lines().map(Record::parse).collect::<Result<_, _>>()?;
    report("of that: lines to records", records.len() as u64, start.elapsed());
    let mut engine: Engine = trading::engine()?;
    let start = Instant::now();
    for record in &records {
        engine.replay(record)?;
    }
    report("of that: records to state", records.len() as u64, start.elapsed());
    Ok(())
}

fn file_in(dir: &Path) -> Result<PathBuf, Failure> {
    let days: Vec<_> = fs::read_dir(dir)?.collect::<Result<_, _>>()?;
    let file = days.iter().map(|day| day.path().join("events.jsonl")).find(|file| file.is_file());
    file.ok_or_else(|| "the journal has no file".into())
}

fn size(dir: &Path) -> Result<String, Failure> {
    let mut bytes = 0;
    for day in fs::read_dir(dir)? {
        let file = day?.path().join("events.jsonl");
        bytes += if file.is_file() { file.metadata()?.len() } else { 0 };
    }
    Ok(format!("{} MB", bytes / 1_000_000))
}

fn report(what: &str, count: u64, took: Duration) {
    let nanos = took.as_nanos().max(1);
    let rate = u128::from(count) * 1_000_000_000 / nanos;
    println!("{what:<52} {count:>9} in {took:>12.3?} = {rate:>11} /s");
}
