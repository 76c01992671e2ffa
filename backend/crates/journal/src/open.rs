//! Start: repair the end, find the newest checkpoint, replay from there.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use domain::Record;
use domain::event::{Event, EventError};

use crate::OpenError;
use crate::days::DayFile;
use crate::envelope::{CHECKPOINT, Envelope, field_finder};
use crate::lines::{Blocks, whole_lines_len};

const READ_BUFFER: usize = 1 << 20;

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
    file: usize,
    /// Byte offset of the checkpoint's line in it.
    offset: u64,
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

/// Hands every record from `start` on to `apply`, in order, checking the numbers.
pub(crate) fn replay<E>(
    files: &[DayFile],
    start: Start,
    mut apply: impl FnMut(Record) -> Result<(), E>,
) -> Result<Progress, OpenError>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut progress = Progress { last_seq: start.seq - 1, ..Progress::default() };
    for (index, file) in files.iter().enumerate().skip(start.file) {
        let offset = if index == start.file { start.offset } else { 0 };
        let mut lines = Lines::open(&file.path, offset)?;
        while let Some(record) = lines.next_record()? {
            let (seq, expected) = (record.seq, progress.last_seq + 1);
            if seq != expected {
                let (file, line) = lines.place()?;
                return Err(OpenError::Gap { file, line, expected, found: seq });
            }
            progress.count(&record);
            if let Err(error) = apply(record) {
                let (file, line) = lines.place()?;
                return Err(OpenError::Replay { file, line, seq, source: error.into() });
            }
        }
    }
    Ok(progress)
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

/// Records of one file from an offset on.
struct Lines<'a> {
    path: &'a Path,
    reader: BufReader<File>,
    line: Vec<u8>,
    /// Where the present line begins.
    at: u64,
}

impl<'a> Lines<'a> {
    fn open(path: &'a Path, offset: u64) -> Result<Self, OpenError> {
        let mut file = File::open(path).map_err(OpenError::io("open", path))?;
        file.seek(SeekFrom::Start(offset)).map_err(OpenError::io("read", path))?;
        let reader = BufReader::with_capacity(READ_BUFFER, file);
        Ok(Self { path, reader, line: Vec::new(), at: offset })
    }

    fn next_record(&mut self) -> Result<Option<Record>, OpenError> {
        self.at += self.line.len() as u64;
        self.line.clear();
        let read = self.reader.read_until(b'\n', &mut self.line);
        if read.map_err(OpenError::io("read", self.path))? == 0 {
            return Ok(None);
        }
        match parse(&self.line) {
            Ok(record) => Ok(Some(record)),
            Err(source) => {
                let (file, line) = self.place()?;
                Err(OpenError::Broken { file, line, source })
            }
        }
    }

    /// The present line's file and number, for a message; counted only when needed.
    fn place(&self) -> Result<(PathBuf, u64), OpenError> {
        let before = || -> io::Result<u64> {
            let mut reader =
                BufReader::with_capacity(READ_BUFFER, File::open(self.path)?.take(self.at));
            let mut newlines = 0;
            loop {
                let bytes = reader.fill_buf()?;
                if bytes.is_empty() {
                    return Ok(newlines);
                }
                newlines += memchr::memchr_iter(b'\n', bytes).count() as u64;
                let len = bytes.len();
                reader.consume(len);
            }
        };
        let newlines = before().map_err(OpenError::io("read", self.path))?;
        Ok((self.path.to_owned(), newlines + 1))
    }
}

fn parse(line: &[u8]) -> Result<Record, EventError> {
    let broken = |what: &str| EventError::Envelope(what.to_owned());
    let line = line.strip_suffix(b"\n").ok_or_else(|| broken("the line ends without a newline"))?;
    Record::parse(std::str::from_utf8(line).map_err(|_| broken("the line is not UTF-8"))?)
}
