//! Reading back, beside a process that writes and without a lock.

use std::io;
use std::path::PathBuf;

use memchr::memmem::Finder;

use crate::day_blocks::{DayBlocks, first_seq, found};
use crate::days::{self, DayFile};
use crate::envelope::{Envelope, leading_seq};
use crate::filter::Filter;

/// Finds records by their envelopes and gives back their lines as they were written.
///
/// The torn end of a file being written is not seen, nor is a line that is no record: judging the
/// journal is [`crate::Journal::open`]'s part.
#[derive(Debug, Clone)]
pub struct Reader {
    pub(crate) dir: PathBuf,
}

/// One search: what is wanted, of which numbers, and what was found so far.
struct Search<'a> {
    filter: &'a Filter,
    finder: Option<Finder<'static>>,
    after: u64,
    before: u64,
    limit: usize,
    found: Vec<String>,
}

impl Reader {
    /// Reads the journal in `dir` (`LOG_DIR`). The folder need not exist yet.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The newest wanted lines first: at most `limit`, numbered below `before_seq` where given.
    ///
    /// # Errors
    /// What the file system says; a missing folder is an empty journal.
    pub fn scan_back(
        &self,
        filter: &Filter,
        before_seq: Option<u64>,
        limit: usize,
    ) -> io::Result<Vec<String>> {
        let mut search = Search::new(filter, 0, before_seq.unwrap_or(u64::MAX), limit);
        for day in self.days(filter)?.iter().rev() {
            if search.is_done() {
                break;
            }
            search.back(day)?;
        }
        Ok(search.found)
    }

    /// The oldest wanted lines first: at most `limit`, numbered above `after_seq`.
    ///
    /// # Errors
    /// What the file system says; a missing folder is an empty journal.
    pub fn scan_forward(
        &self,
        filter: &Filter,
        after_seq: u64,
        limit: usize,
    ) -> io::Result<Vec<String>> {
        let days = self.days(filter)?;
        let first = Self::file_of(&days, after_seq)?;
        let mut search = Search::new(filter, after_seq, u64::MAX, limit);
        for day in &days[first..] {
            if search.is_done() {
                break;
            }
            search.forward(day)?;
        }
        Ok(search.found)
    }

    /// The days that may hold wanted records.
    pub(crate) fn days(&self, filter: &Filter) -> io::Result<Vec<DayFile>> {
        let mut days = found(days::list_all(&self.dir))?.unwrap_or_default();
        days.retain(|day| filter.may_hold(day.date));
        Ok(days)
    }

    /// The newest file that begins at or before `seq`, since nothing older can hold a later record.
    pub(crate) fn file_of(days: &[DayFile], seq: u64) -> io::Result<usize> {
        for (index, day) in days.iter().enumerate().rev() {
            if first_seq(day)?.is_some_and(|first| first <= seq) {
                return Ok(index);
            }
        }
        Ok(0)
    }
}

impl<'a> Search<'a> {
    fn new(filter: &'a Filter, after: u64, before: u64, limit: usize) -> Self {
        Self { filter, finder: filter.finder(), after, before, limit, found: Vec::new() }
    }

    fn is_done(&self) -> bool {
        self.found.len() >= self.limit
    }

    fn back(&mut self, day: &DayFile) -> io::Result<()> {
        let Some(mut blocks) = DayBlocks::open_between(day, 0, self.before)? else {
            return Ok(());
        };
        while let Some(block) = blocks.next_back()? {
            for line in block.lines(self.finder.as_ref()).into_iter().rev() {
                self.take(&block.bytes[line]);
                if self.is_done() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn forward(&mut self, day: &DayFile) -> io::Result<()> {
        let Some(mut blocks) = DayBlocks::open_between(day, self.after, u64::MAX)? else {
            return Ok(());
        };
        while let Some(block) = blocks.next()? {
            for line in block.lines(self.finder.as_ref()) {
                self.take(&block.bytes[line]);
                if self.is_done() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, line: &[u8]) {
        let in_range = |seq: u64| self.after < seq && seq < self.before;
        if !leading_seq(line).is_none_or(in_range) {
            return;
        }
        let wanted = Envelope::parse(line)
            .is_some_and(|envelope| in_range(envelope.seq) && self.filter.wants(&envelope));
        if let (true, Ok(text)) = (wanted, std::str::from_utf8(line)) {
            self.found.push(text.to_owned());
        }
    }
}
