//! Reading every line of a stretch of the journal, and naming those that are damaged.

use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;

use memchr::memchr_iter;

use crate::day_blocks::DayBlocks;
use crate::days::DayFile;
use crate::entry::Entry;
use crate::filter::Filter;
use crate::reader::Reader;

/// Which end a walk begins at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As it was written.
    OldestFirst,
    /// The other way round.
    NewestFirst,
}

/// A line that is no record. The torn end of the newest file is none: it was never acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Which file.
    pub file: PathBuf,
    /// Counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// Something a walk comes by.
#[derive(Debug)]
pub enum Seen<'a> {
    /// A wanted record.
    Entry(Entry<'a>),
    /// A line that cannot be judged.
    Damaged(Damage),
}

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", file.display())]
pub struct WalkError {
    /// Which.
    pub file: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// How a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Walked {
    /// The highest number among all lines that were looked at, wanted or not.
    pub last_seq: u64,
}

impl Reader {
    /// Shows `see` every wanted record and every damaged line of the days that may hold wanted
    /// ones, until it breaks off. Unlike the scans nothing is passed over in silence.
    ///
    /// # Errors
    /// [`WalkError`]; a missing folder is an empty journal.
    pub fn walk(
        &self,
        filter: &Filter,
        order: Order,
        mut see: impl FnMut(Seen<'_>) -> ControlFlow<()>,
    ) -> Result<Walked, WalkError> {
        let days = self.days(filter);
        let mut days = days.map_err(|source| WalkError { file: self.dir.clone(), source })?;
        if order == Order::NewestFirst {
            days.reverse();
        }
        let mut walked = Walked::default();
        for day in &days {
            let went_on = walk_day(day, filter, order, &mut walked, &mut see);
            let went_on = went_on.map_err(|source| WalkError { file: day.file(), source })?;
            if went_on.is_break() {
                break;
            }
        }
        Ok(walked)
    }
}

fn walk_day(
    day: &DayFile,
    filter: &Filter,
    order: Order,
    walked: &mut Walked,
    see: &mut impl FnMut(Seen<'_>) -> ControlFlow<()>,
) -> io::Result<ControlFlow<()>> {
    let Some(mut blocks) = DayBlocks::open(day)? else {
        return Ok(ControlFlow::Continue(()));
    };
    let back = order == Order::NewestFirst;
    while let Some(block) = if back { blocks.next_back() } else { blocks.next() }? {
        let mut lines = block.lines(None);
        if back {
            lines.reverse();
        }
        for range in lines {
            let offset = block.offset + range.start as u64;
            let seen = match judge(&block.bytes[range], filter, walked) {
                Ok(None) => continue,
                Ok(Some(entry)) => Seen::Entry(entry),
                Err(reason) => Seen::Damaged(Damage::at(day, offset, reason)?),
            };
            if see(seen).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// The entry of a line, if it is wanted.
pub(crate) fn judge<'a>(
    line: &'a [u8],
    filter: &Filter,
    walked: &mut Walked,
) -> Result<Option<Entry<'a>>, String> {
    let entry = Entry::parse(line)?;
    walked.last_seq = walked.last_seq.max(entry.seq);
    Ok(filter.takes(&entry).then_some(entry))
}

impl Damage {
    /// Its line is counted only when a message needs it.
    pub(crate) fn at(day: &DayFile, offset: u64, reason: String) -> io::Result<Self> {
        let mut line = 1;
        if let Some(mut blocks) = DayBlocks::open(day)? {
            while let Some(block) = blocks.next()? {
                let before = offset.saturating_sub(block.offset).min(block.bytes.len() as u64);
                let before = usize::try_from(before).map_err(io::Error::other)?;
                line += memchr_iter(b'\n', &block.bytes[..before]).count() as u64;
            }
        }
        Ok(Self { file: day.file(), line, reason })
    }
}
