//! Following the journal as it grows: over midnight, and over restarts of the service.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::day_blocks::{DayBlocks, first_seq, found};
use crate::days::DayFile;
use crate::envelope::leading_seq;
use crate::filter::Filter;
use crate::lines::{Blocks, last_newline_before, whole_lines_len};
use crate::reader::Reader;
use crate::walk::{Damage, Seen, WalkError, Walked, judge};

/// The place behind everything a day will ever have.
const COMPLETE: u64 = u64::MAX;

/// Where in the journal the next news will stand.
#[derive(Debug, Clone)]
pub struct Follower {
    reader: Reader,
    /// Everything up to this number was seen.
    after: u64,
    /// The day being read and how far; [`None`] until it is looked for.
    place: Option<(DayFile, u64)>,
}

impl Follower {
    /// Follows the journal in `dir` (`LOG_DIR`) from the record after number `after`. The folder
    /// need not exist yet.
    pub fn new(dir: impl Into<PathBuf>, after: u64) -> Self {
        Self { reader: Reader::new(dir), after, place: None }
    }

    /// Shows `see` what was written since the last call. Returns whether it broke off.
    ///
    /// # Errors
    /// [`WalkError`]. A folder that is not there yet is none.
    pub fn poll(
        &mut self,
        filter: &Filter,
        mut see: impl FnMut(Seen<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, WalkError> {
        loop {
            let Some((day, offset)) = self.take_place()? else {
                return Ok(ControlFlow::Continue(()));
            };
            // A day gets no further line once its successor has one, so this is asked first.
            let next = self.successor_of(&day)?;
            let read = self.read(&day, offset, filter, &mut see);
            let (offset, flow) = read.map_err(|source| WalkError { file: day.file(), source })?;
            match next {
                Some(next) if flow.is_continue() => self.place = Some((next, 0)),
                _ => {
                    self.place = Some((day, offset));
                    return Ok(flow);
                }
            }
        }
    }

    /// The next day that has a line.
    fn successor_of(&self, day: &DayFile) -> Result<Option<DayFile>, WalkError> {
        for next in self.days()?.into_iter().filter(|next| next.date > day.date) {
            let first = first_seq(&next);
            let first = first.map_err(|source| WalkError { file: next.file(), source })?;
            if first.is_some() {
                return Ok(Some(next));
            }
        }
        Ok(None)
    }

    fn days(&self) -> Result<Vec<DayFile>, WalkError> {
        let days = self.reader.days(&Filter::default());
        days.map_err(|source| WalkError { file: self.reader.dir.clone(), source })
    }

    fn take_place(&mut self) -> Result<Option<(DayFile, u64)>, WalkError> {
        if let Some(place) = self.place.take() {
            return Ok(Some(place));
        }
        let days = self.days()?;
        let index = Reader::file_of(&days, self.after);
        let index = index.map_err(|source| WalkError { file: self.reader.dir.clone(), source })?;
        Ok(days.into_iter().nth(index).map(|day| (day, 0)))
    }

    /// Shows what stands behind `offset`; returns where the next news will stand.
    fn read(
        &mut self,
        day: &DayFile,
        offset: u64,
        filter: &Filter,
        see: &mut impl FnMut(Seen<'_>) -> ControlFlow<()>,
    ) -> io::Result<(u64, ControlFlow<()>)> {
        if offset == COMPLETE {
            return Ok((offset, ControlFlow::Continue(())));
        }
        let Some((mut blocks, end)) = self.blocks(day, offset)? else {
            return Ok((COMPLETE, ControlFlow::Continue(())));
        };
        while let Some(block) = blocks.next()? {
            for range in block.lines(None) {
                let at = block.offset + range.start as u64;
                let next = block.offset + range.end as u64 + 1;
                let line = &block.bytes[range];
                if leading_seq(line).is_some_and(|seq| seq <= self.after) {
                    continue;
                }
                let mut walked = Walked::default();
                let judged = judge(line, filter, &mut walked);
                self.after = self.after.max(walked.last_seq);
                let seen = match judged {
                    Ok(None) => continue,
                    Ok(Some(entry)) => Seen::Entry(entry),
                    Err(reason) => Seen::Damaged(Damage::at(day, at, reason)?),
                };
                if see(seen).is_break() {
                    return Ok((next, ControlFlow::Break(())));
                }
            }
        }
        Ok((end, ControlFlow::Continue(())))
    }

    /// The unread lines of a day, and where they end. A day that was compressed meanwhile is read
    /// once more and gets no further lines.
    fn blocks(&mut self, day: &DayFile, offset: u64) -> io::Result<Option<(DayBlocks, u64)>> {
        let Some(file) = found(File::open(&day.path))? else {
            return Ok(DayBlocks::open(day)?.map(|blocks| (blocks, COMPLETE)));
        };
        let end = whole_lines_len(&file)?;
        if end < offset {
            // The writer took back records that it had not acknowledged; their numbers come again.
            self.after = self.after.min(last_seq(&file, end)?);
        }
        let blocks = Blocks::new(file, offset.min(end)..end);
        Ok(Some((DayBlocks::Plain(blocks), end)))
    }
}

/// The number of the last line that ends at `end`; zero without one.
fn last_seq(file: &File, end: u64) -> io::Result<u64> {
    let start = last_newline_before(file, end.saturating_sub(1))?;
    let mut blocks = Blocks::new(file.try_clone()?, start..end);
    Ok(blocks.next()?.and_then(|block| leading_seq(block.bytes)).unwrap_or(0))
}
