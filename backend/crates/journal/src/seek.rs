//! Finding a record's place by its number, without reading the file.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use memchr::memchr;

use crate::envelope::leading_seq;

/// Close enough: the rest is read in one go.
const NEAR: u64 = 1 << 16;
/// As much of a line as its `seq` needs.
const HEAD: usize = 32;

/// Two line starts around the first record after number `seq` in `0..end`: every line before the
/// first offset is numbered `seq` or less, every line from the second on more. Where a line is not
/// spelled as the writer spells it, the offsets are merely further apart.
pub(crate) fn around(file: &File, end: u64, seq: u64) -> io::Result<Range<u64>> {
    let mut found = 0..end;
    let mut window = 0..end;
    while window.end - window.start > NEAR {
        let middle = u64::midpoint(window.start, window.end);
        let Some(start) = next_line_start(file, middle..window.end)? else {
            window.end = middle;
            continue;
        };
        let Some(here) = seq_at(file, start)? else {
            break;
        };
        if here > seq {
            found.end = start;
            window.end = middle;
        } else {
            found.start = start;
            window.start = start;
        }
    }
    Ok(found)
}

fn seq_at(file: &File, offset: u64) -> io::Result<Option<u64>> {
    let mut head = [0; HEAD];
    let read = file.read_at(&mut head, offset)?;
    Ok(leading_seq(&head[..read]))
}

/// The first line start after `range.start` and before `range.end`.
pub(crate) fn next_line_start(file: &File, range: Range<u64>) -> io::Result<Option<u64>> {
    let mut chunk = [0; 4096];
    let mut at = range.start;
    while at < range.end {
        let read = file.read_at(&mut chunk, at)?;
        if let Some(newline) = memchr(b'\n', &chunk[..read]) {
            let start = at + newline as u64 + 1;
            return Ok((start < range.end).then_some(start));
        }
        if read == 0 {
            break;
        }
        at += read as u64;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn both_offsets_enclose_the_place_whatever_the_line_lengths() {
        let mut file = tempfile::tempfile().unwrap();
        let mut starts = Vec::new();
        let mut text = Vec::new();
        for seq in 100..4_100_u64 {
            starts.push((seq, text.len() as u64));
            let filler =
                if seq % 97 == 0 { 70_000 } else { usize::try_from(seq % 13).unwrap() * 11 };
            writeln!(text, r#"{{"seq":{seq},"x":"{}"}}"#, "y".repeat(filler)).unwrap();
        }
        file.write_all(&text).unwrap();
        let end = text.len() as u64;
        for wanted in (90..4_120).step_by(7) {
            let range = around(&file, end, wanted).unwrap();
            let truth = starts.iter().find(|(seq, _)| *seq > wanted).map_or(end, |(_, at)| *at);
            assert!(range.start <= truth && truth <= range.end, "{wanted}: {range:?} {truth}");
            assert!(range.end - range.start <= NEAR + 2 * 70_100, "{wanted}: {range:?}");
        }
    }
}
