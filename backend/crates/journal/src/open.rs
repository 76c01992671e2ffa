//! Start: find the newest checkpoint.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use domain::Record;
use domain::event::Event;

use crate::OpenError;
use crate::days::DayFile;
use crate::envelope::{CHECKPOINT, Envelope, field_finder};
use crate::lines::{Blocks, whole_lines_len};

/// What was found at start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The last record's number; zero for an empty journal.
    pub last_seq: u64,
    /// How many records were replayed, the checkpoint included.
    pub replayed: u64,
    /// The torn end that was cut.
    pub repaired: Option<Repair>,
    /// The number of the checkpoint that replay began with; [`None`] for an empty journal.
    pub from_checkpoint_seq: Option<u64>,
}

/// A torn last line was cut. Its record was never acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// Which file.
    pub file: PathBuf,
    /// How much was cut.
    pub bytes_cut: u64,
}

/// Where replay begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// Index of the file.
    pub(crate) file: usize,
    /// Byte offset of the checkpoint's line in it.
    pub(crate) offset: u64,
    /// The checkpoint's number.
    pub(crate) seq: u64,
}

/// How far replay came.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Progress {
    pub(crate) last_seq: u64,
    pub(crate) replayed: u64,
    pub(crate) since_checkpoint: u64,
}

/// The newest checkpoint, searched from the end; [`None`] without any file.
pub(crate) fn newest_checkpoint(files: &[DayFile]) -> Result<Option<Start>, OpenError> {
    let Some(oldest) = files.first() else {
        return Ok(None);
    };
    for (index, file) in files.iter().enumerate().rev() {
        let found = last_checkpoint_in(&file.path).map_err(OpenError::io("read", &file.path))?;
        if let Some((offset, seq)) = found {
            return Ok(Some(Start { file: index, offset, seq }));
        }
    }
    Err(OpenError::NoCheckpoint { file: oldest.path.clone() })
}

fn last_checkpoint_in(path: &Path) -> io::Result<Option<(u64, u64)>> {
    let file = File::open(path)?;
    let finder = field_finder("event_type", CHECKPOINT);
    let end = whole_lines_len(&file)?;
    let mut blocks = Blocks::new(file, 0..end);
    while let Some(block) = blocks.next_back()? {
        for line in block.lines(Some(&finder)).into_iter().rev() {
            let envelope = Envelope::parse(&block.bytes[line.clone()]);
            if let Some(found) = envelope.filter(|found| found.event_type == CHECKPOINT) {
                return Ok(Some((block.offset + line.start as u64, found.seq)));
            }
        }
    }
    Ok(None)
}

impl Progress {
    pub(crate) fn count(&mut self, record: &Record) {
        self.last_seq = record.seq;
        self.replayed += 1;
        self.since_checkpoint = since_checkpoint(self.since_checkpoint, record);
    }
}

/// How many records follow the last checkpoint, once `record` has been added.
pub(crate) const fn since_checkpoint(before: u64, record: &Record) -> u64 {
    match record.event {
        Event::Checkpoint(_) => 0,
        _ => before + 1,
    }
}
