//! Whole lines of a file, block by block, in either direction. Blocks are large so that a search
//! runs over memory and not over system calls.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use memchr::memmem::Finder;
use memchr::{memchr, memchr_iter, memrchr};

const BLOCK: u64 = 1 << 20;

/// How many bytes of the file are whole lines: everything up to its last newline.
pub(crate) fn whole_lines_len(file: &File) -> io::Result<u64> {
    last_newline_before(file, file.metadata()?.len())
}

/// One past the last newline before `end`; zero when there is none.
pub(crate) fn last_newline_before(file: &File, mut end: u64) -> io::Result<u64> {
    let mut buffer = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        let bytes = read_range(file, &mut buffer, start..end)?;
        if let Some(at) = memrchr(b'\n', bytes) {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

fn read_range<'a>(
    file: &File,
    buffer: &'a mut Vec<u8>,
    range: Range<u64>,
) -> io::Result<&'a mut [u8]> {
    let len = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
    if buffer.len() < len {
        buffer.resize(len, 0);
    }
    let bytes = &mut buffer[..len];
    file.read_exact_at(bytes, range.start)?;
    Ok(bytes)
}

/// Whole lines between two offsets of a file, both at line starts.
pub(crate) struct Blocks {
    file: File,
    range: Range<u64>,
    buffer: Vec<u8>,
}

/// Some whole lines, newlines included, and where in the file they begin.
pub(crate) struct Block<'a> {
    pub(crate) offset: u64,
    pub(crate) bytes: &'a [u8],
}

impl Blocks {
    pub(crate) fn new(file: File, range: Range<u64>) -> Self {
        Self { file, range, buffer: Vec::new() }
    }

    /// Takes the next block from the end of what is left.
    pub(crate) fn next_back(&mut self) -> io::Result<Option<Block<'_>>> {
        let Range { start: first, end } = self.range.clone();
        if first >= end {
            return Ok(None);
        }
        let mut size = BLOCK;
        loop {
            let start = end.saturating_sub(size).max(first);
            let bytes = read_range(&self.file, &mut self.buffer, start..end)?;
            let whole =
                if start == first { Some(0) } else { memchr(b'\n', bytes).map(|at| at + 1) };
            if let Some(skip) = whole.filter(|skip| *skip < bytes.len()) {
                let offset = start + skip as u64;
                self.range.end = offset;
                let len = usize::try_from(end - start).map_err(io::Error::other)?;
                return Ok(Some(Block { offset, bytes: &self.buffer[skip..len] }));
            }
            size = size.saturating_mul(2);
        }
    }

    /// Takes the next block from the start of what is left.
    pub(crate) fn next(&mut self) -> io::Result<Option<Block<'_>>> {
        let Range { start, end: last } = self.range.clone();
        if start >= last {
            return Ok(None);
        }
        let mut size = BLOCK;
        loop {
            let end = start.saturating_add(size).min(last);
            let bytes = read_range(&self.file, &mut self.buffer, start..end)?;
            let whole = if end == last {
                Some(bytes.len())
            } else {
                memrchr(b'\n', bytes).map(|at| at + 1)
            };
            if let Some(len) = whole {
                self.range.start = start + len as u64;
                return Ok(Some(Block { offset: start, bytes: &self.buffer[..len] }));
            }
            size = size.saturating_mul(2);
        }
    }
}

impl Block<'_> {
    /// Where the lines are that hold `needle` (all of them without one), in order, without their
    /// newlines.
    pub(crate) fn lines(&self, needle: Option<&Finder<'_>>) -> Vec<Range<usize>> {
        match needle {
            Some(needle) => self.lines_with(needle),
            None => self.all_lines(),
        }
    }

    fn all_lines(&self) -> Vec<Range<usize>> {
        let mut start = 0;
        let ends = memchr_iter(b'\n', self.bytes);
        ends.map(|end| std::mem::replace(&mut start, end + 1)..end).collect()
    }

    fn lines_with(&self, needle: &Finder<'_>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(hit) = needle.find(&self.bytes[from..]).map(|at| from + at) {
            let start = memrchr(b'\n', &self.bytes[..hit]).map_or(0, |at| at + 1);
            let end = memchr(b'\n', &self.bytes[hit..]).map_or(self.bytes.len(), |at| hit + at);
            found.push(start..end);
            from = (end + 1).min(self.bytes.len());
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write as _;

    fn file_of(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn collect(blocks: &mut Blocks, back: bool) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        while let Some(block) = if back { blocks.next_back() } else { blocks.next() }.unwrap() {
            let lines = block.lines(None).into_iter().map(|line| block.bytes[line].to_vec());
            let mut lines: Vec<_> = lines.collect();
            if back {
                lines.reverse();
            }
            found.append(&mut lines);
        }
        found
    }

    #[test]
    fn lines_longer_than_a_block_come_whole_from_both_ends() {
        let long = usize::try_from(BLOCK).unwrap();
        let lens = [3, long * 3, 0, long, long - 1, 1, 7];
        let mut lines: Vec<Vec<u8>> = lens.iter().map(|len| vec![b'x'; *len]).collect();
        let mut text: Vec<u8> = lines.join(&b'\n');
        text.extend_from_slice(b"\ntorn");
        let file = file_of(&text);
        let end = whole_lines_len(&file).unwrap();
        assert_eq!(end, text.len() as u64 - 4);
        assert_eq!(collect(&mut Blocks::new(file.try_clone().unwrap(), 0..end), false), lines);
        lines.reverse();
        assert_eq!(collect(&mut Blocks::new(file, 0..end), true), lines);
    }

    #[test]
    fn a_file_without_a_newline_has_no_whole_line() {
        for text in [&b""[..], b"abc"] {
            assert_eq!(whole_lines_len(&file_of(text)).unwrap(), 0);
        }
    }

    proptest! {
        #[test]
        fn a_needle_finds_exactly_the_lines_that_hold_it(lines in prop::collection::vec("[abc]{0,6}", 0..20)) {
            let text = lines.iter().flat_map(|line| [line, "\n"]).collect::<String>();
            let block = Block { offset: 0, bytes: text.as_bytes() };
            let found: Vec<&str> = block.lines(Some(&Finder::new("ab"))).into_iter().map(|at| &text[at]).collect();
            let expected: Vec<&String> = lines.iter().filter(|line| line.contains("ab")).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
