//! The two journals: everything after one empty checkpoint, and the same as the service writes it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use domain::{Event, Record, Room, Timestamp};
use driver::Store;
use jiff::tz::TimeZone;
use journal::Journal;

use crate::Failure;
use crate::trading::{self, Desk};

/// Records written at a time.
const BATCH: usize = 256;

/// One file that begins with an empty state and has no further checkpoint.
pub(crate) fn from_first_event(dir: &Path, events: u64) -> Result<(), Failure> {
    let day = dir.join(trading::FIRST_DAY);
    fs::create_dir_all(&day)?;
    let file = BufWriter::new(File::create(day.join("events.jsonl"))?);
    let mut desk = Desk::new(trading::engine()?, OneFile { file, is_empty: true })?;
    while desk.events() < events {
        desk.trade_once()?;
    }
    desk.finish()
}

/// The same events in a file a day, with a checkpoint wherever the service would write one.
pub(crate) fn with_checkpoints(dir: &Path, from_first: &Path) -> Result<(), Failure> {
    let mut engine = trading::engine()?;
    let (mut journal, _) = Journal::open(dir, TimeZone::UTC, |record| engine.replay(&record))?;
    let mut batch = Vec::with_capacity(BATCH);
    for line in BufReader::new(File::open(crate::file_in(from_first)?)?).lines() {
        let mut record = Record::parse(&line?)?;
        if matches!(record.event, Event::Checkpoint(_)) {
            continue;
        }
        if batch.len() == BATCH || journal.needs_checkpoint(record.ts) {
            journal.append(&batch)?;
            batch.clear();
        }
        if batch.is_empty() && journal.needs_checkpoint(record.ts) {
            batch.push(engine.checkpoint(record.ts)?);
        }
        record.seq = engine.ledger().seq() + 1;
        engine.replay(&record)?;
        batch.push(record);
    }
    journal.append(&batch)?;
    Ok(journal.sync()?)
}

/// A file that asks for no further checkpoint.
struct OneFile {
    file: BufWriter<File>,
    is_empty: bool,
}

impl Store for OneFile {
    type Error = std::io::Error;

    fn needs_checkpoint(&self, _: Timestamp) -> bool {
        self.is_empty
    }

    fn append(&mut self, batch: &[Record]) -> Result<(), Self::Error> {
        for record in batch {
            serde_json::to_writer(&mut self.file, record)?;
            self.file.write_all(b"\n")?;
        }
        self.is_empty &= batch.is_empty();
        Ok(())
    }

    fn sync(&mut self) -> Result<(), Self::Error> {
        self.file.flush()
    }

    fn recover(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn room(&mut self) -> Option<Room> {
        None
    }

    fn on_reserve(&self) -> bool {
        false
    }
}
