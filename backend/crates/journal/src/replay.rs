//! Replay: lines become records on every core, records become state in order on one.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::num::NonZero;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use domain::Record;
use domain::event::EventError;
use memchr::memchr;

use crate::OpenError;
use crate::days::DayFile;
use crate::open::{Progress, Start};
use crate::seek::next_line_start;

const READ_BUFFER: usize = 1 << 20;
/// Some hundreds of lines: enough to keep a thread busy, few enough to hold several in memory.
const PIECE: u64 = 512 << 10;
/// Pieces each thread may be ahead.
const AHEAD: usize = 2;
/// More threads than this wait for the one that applies.
const MOST_THREADS: usize = 8;

/// Whole lines of one file.
struct Piece<'a> {
    path: &'a Path,
    range: Range<u64>,
}

/// The records of a piece, each with the offset of its line, up to the first that cannot be read.
struct Parsed {
    records: Vec<(u64, Record)>,
    broken: Option<(u64, EventError)>,
}

/// Hands every record from `start` on to `apply`, in order, checking the numbers. Of the newest file
/// only the first `newest_len` bytes are read.
pub(crate) fn replay<E>(
    files: &[DayFile],
    newest_len: u64,
    start: Start,
    mut apply: impl FnMut(Record) -> Result<(), E>,
) -> Result<Progress, OpenError>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let pieces = pieces(files, newest_len, start)?;
    let mut progress = Progress { last_seq: start.seq - 1, ..Progress::default() };
    let mut take = |piece: &Piece<'_>, parsed| piece.apply(parsed, &mut progress, &mut apply);
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
    if threads.min(pieces.len()) < 2 {
        pieces.iter().try_for_each(|piece| take(piece, piece.parse()?))?;
        return Ok(progress);
    }
    thread::scope(|scope| {
        let readers: Vec<Receiver<_>> = (0..threads)
            .map(|first| {
                let (hand_over, taken) = sync_channel(AHEAD);
                let mut share = pieces.iter().skip(first).step_by(threads);
                // Nobody takes any more after an error, which the other side tells.
                scope.spawn(move || share.try_for_each(|piece| hand_over.send(piece.parse())));
                taken
            })
            .collect();
        pieces.iter().zip(readers.iter().cycle()).try_for_each(|(piece, reader)| {
            let gone = |_| piece.io_error(io::Error::other("the thread that read it has ended"));
            take(piece, reader.recv().map_err(gone)??)
        })
    })?;
    Ok(progress)
}

fn pieces(files: &[DayFile], newest_len: u64, start: Start) -> Result<Vec<Piece<'_>>, OpenError> {
    let mut pieces = Vec::new();
    for (index, file) in files.iter().enumerate().skip(start.file) {
        let path = file.path.as_path();
        let first = if index == start.file { start.offset } else { 0 };
        let most = if index + 1 == files.len() { newest_len } else { u64::MAX };
        let ranges = line_ranges(path, first, most).map_err(OpenError::io("read", path))?;
        pieces.extend(ranges.into_iter().map(|range| Piece { path, range }));
    }
    Ok(pieces)
}

/// Cuts a file from a line start on, and at most to `most`, into ranges that begin at line starts.
fn line_ranges(path: &Path, mut start: u64, most: u64) -> io::Result<Vec<Range<u64>>> {
    let file = File::open(path)?;
    let end = file.metadata()?.len().min(most);
    let mut ranges = Vec::new();
    while start < end {
        let about = start.saturating_add(PIECE);
        let next = if about < end { next_line_start(&file, about..end)? } else { None };
        let next = next.unwrap_or(end);
        ranges.push(start..next);
        start = next;
    }
    Ok(ranges)
}

impl Piece<'_> {
    fn parse(&self) -> Result<Parsed, OpenError> {
        let bytes = self.read().map_err(|source| self.io_error(source))?;
        let mut parsed = Parsed { records: Vec::new(), broken: None };
        let mut at = 0;
        while at < bytes.len() {
            let len = memchr(b'\n', &bytes[at..]);
            let offset = self.range.start + at as u64;
            match parse(&bytes[at..], len) {
                Ok(record) => parsed.records.push((offset, record)),
                Err(error) => {
                    parsed.broken = Some((offset, error));
                    break;
                }
            }
            at += len.map_or(bytes.len(), |len| len + 1);
        }
        Ok(parsed)
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        let len = usize::try_from(self.range.end - self.range.start).map_err(io::Error::other)?;
        let mut bytes = vec![0; len];
        File::open(self.path)?.read_exact_at(&mut bytes, self.range.start)?;
        Ok(bytes)
    }

    fn apply<E>(
        &self,
        parsed: Parsed,
        progress: &mut Progress,
        apply: &mut impl FnMut(Record) -> Result<(), E>,
    ) -> Result<(), OpenError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        for (offset, record) in parsed.records {
            let (seq, expected) = (record.seq, progress.last_seq + 1);
            if seq != expected {
                let (file, line) = (self.path.to_owned(), self.line_at(offset)?);
                return Err(OpenError::Gap { file, line, expected, found: seq });
            }
            progress.count(&record);
            if let Err(error) = apply(record) {
                let (file, line) = (self.path.to_owned(), self.line_at(offset)?);
                return Err(OpenError::Replay { file, line, seq, source: error.into() });
            }
        }
        match parsed.broken {
            None => Ok(()),
            Some((offset, source)) => {
                let (file, line) = (self.path.to_owned(), self.line_at(offset)?);
                Err(OpenError::Broken { file, line, source })
            }
        }
    }

    /// The number of the line that begins at `offset`, for a message; counted only when needed.
    fn line_at(&self, offset: u64) -> Result<u64, OpenError> {
        let before = || -> io::Result<u64> {
            let mut reader =
                BufReader::with_capacity(READ_BUFFER, File::open(self.path)?.take(offset));
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
        Ok(before().map_err(|source| self.io_error(source))? + 1)
    }

    fn io_error(&self, source: io::Error) -> OpenError {
        OpenError::io("read", self.path)(source)
    }
}

/// Reads the line at the start of `bytes`, whose newline stands at `len`.
fn parse(bytes: &[u8], len: Option<usize>) -> Result<Record, EventError> {
    let broken = |what: &str| EventError::Envelope(what.to_owned());
    let len = len.ok_or_else(|| broken("the line ends without a newline"))?;
    let line = std::str::from_utf8(&bytes[..len]).map_err(|_| broken("the line is not UTF-8"))?;
    Record::parse(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn ranges_cover_the_file_and_begin_at_line_starts() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let piece = usize::try_from(PIECE).unwrap();
        let mut starts = vec![0];
        for len in [10, piece - 1, 3 * piece, 0, 1, piece, 17] {
            file.write_all(&vec![b'x'; len]).unwrap();
            file.write_all(b"\n").unwrap();
            starts.push(starts[starts.len() - 1] + len as u64 + 1);
        }
        let end = starts.pop().unwrap();
        for first in starts.clone() {
            let ranges = line_ranges(file.path(), first, u64::MAX).unwrap();
            let mut at = first;
            for range in ranges {
                assert_eq!(range.start, at);
                assert!(starts.contains(&range.start), "{range:?}");
                at = range.end;
            }
            assert_eq!(at, end);
        }
    }
}
