//! The lines of one day, plain or compressed, in blocks.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::compressed::{self, Frames};
use crate::days::{DayFile, Form};
use crate::envelope::leading_seq;
use crate::lines::{Block, Blocks, whole_lines_len};
use crate::seek;

/// As much of a line as its `seq` needs.
const HEAD: usize = 32;

/// What is left to read of a day.
pub(crate) enum DayBlocks {
    Plain(Blocks),
    Compressed(Frames),
}

impl DayBlocks {
    /// All whole lines; [`None`] when the day has been moved away meanwhile.
    pub(crate) fn open(day: &DayFile) -> io::Result<Option<Self>> {
        Self::open_between(day, 0, u64::MAX)
    }

    /// At least the lines numbered above `after` and below `before`.
    pub(crate) fn open_between(day: &DayFile, after: u64, before: u64) -> io::Result<Option<Self>> {
        let plain = match day.form {
            Form::Plain => found(File::open(&day.path))?,
            Form::Compressed => None,
        };
        let Some(file) = plain else {
            let frames = found(Frames::open(&day.compressed_path()))?;
            return Ok(frames.map(Self::Compressed));
        };
        let mut range = 0..whole_lines_len(&file)?;
        if before < u64::MAX {
            range.end = seek::around(&file, range.end, before.saturating_sub(1))?.end;
        }
        if after > 0 {
            range.start = seek::around(&file, range.end, after)?.start;
        }
        Ok(Some(Self::Plain(Blocks::new(file, range))))
    }

    pub(crate) fn next(&mut self) -> io::Result<Option<Block<'_>>> {
        match self {
            Self::Plain(blocks) => blocks.next(),
            Self::Compressed(frames) => frames.next(),
        }
    }

    pub(crate) fn next_back(&mut self) -> io::Result<Option<Block<'_>>> {
        match self {
            Self::Plain(blocks) => blocks.next_back(),
            Self::Compressed(frames) => frames.next_back(),
        }
    }
}

/// The number of a day's first line, if it has one.
pub(crate) fn first_seq(day: &DayFile) -> io::Result<Option<u64>> {
    let mut head = [0; HEAD];
    let plain = match day.form {
        Form::Plain => found(File::open(&day.path))?,
        Form::Compressed => None,
    };
    let read = match plain {
        Some(file) => Some(file.read_at(&mut head, 0)?),
        None => found(compressed::head(&day.compressed_path(), &mut head))?,
    };
    Ok(read.and_then(|read| leading_seq(&head[..read])))
}

/// A day may be compressed or moved away while it is being looked for.
pub(crate) fn found<T>(opened: io::Result<T>) -> io::Result<Option<T>> {
    match opened {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}
