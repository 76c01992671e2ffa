//! Compressed days: `events.jsonl.zst`, an ordinary zstd file (`zstd -d`, `zstdcat` read it). It is
//! written in frames of about a megabyte of whole lines, so that it can be read from its end and
//! without holding a day in memory.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::Path;

use memchr::memrchr;
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::{CParameter, find_frame_compressed_size, get_frame_content_size};

use crate::lines::Block;

/// Bytes of a frame before compression, unless one line is longer.
const FRAME: usize = 1 << 20;
/// A frame that says it holds more than this is damaged, or not ours.
const LARGEST_FRAME: u64 = 1 << 30;
/// Small files matter more here than the seconds a day it takes.
const LEVEL: i32 = 9;

/// Compresses a day's lines. The bytes that come back out are exactly those that went in, a torn
/// end included; each frame carries its length and a checksum.
///
/// # Errors
/// What either side says.
pub fn compress(mut from: impl Read, mut to: impl Write) -> io::Result<()> {
    let mut compressor = Compressor::new(LEVEL)?;
    compressor.set_parameter(CParameter::ChecksumFlag(true))?;
    compressor.set_parameter(CParameter::ContentSizeFlag(true))?;
    let mut pending = Vec::with_capacity(2 * FRAME);
    loop {
        let before = pending.len();
        let read = from.by_ref().take(FRAME as u64).read_to_end(&mut pending)?;
        if read == 0 {
            break;
        }
        let Some(newline) = memrchr(b'\n', &pending[before..]) else {
            continue;
        };
        let rest = pending.split_off(before + newline + 1);
        to.write_all(&compressor.compress(&pending)?)?;
        pending = rest;
    }
    if !pending.is_empty() {
        to.write_all(&compressor.compress(&pending)?)?;
    }
    to.flush()
}

/// Where a frame stands, and where its content stands in the day.
#[derive(Debug, Clone)]
struct Frame {
    compressed: Range<usize>,
    offset: u64,
    len: usize,
}

/// The whole lines of a compressed day, from either end.
pub(crate) struct Frames {
    bytes: Vec<u8>,
    left: VecDeque<Frame>,
    decompressor: Decompressor<'static>,
    buffer: Vec<u8>,
}

impl Frames {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Self::new(std::fs::read(path)?)
    }

    fn new(bytes: Vec<u8>) -> io::Result<Self> {
        let mut left = VecDeque::new();
        let (mut at, mut offset) = (0, 0);
        while at < bytes.len() {
            let rest = &bytes[at..];
            let size = find_frame_compressed_size(rest).map_err(|_| damaged("it breaks off"))?;
            let len = content_len(&rest[..size])?;
            if len > 0 {
                left.push_back(Frame { compressed: at..at + size, offset, len });
            }
            at += size;
            offset += len as u64;
        }
        let decompressor = Decompressor::new()?;
        Ok(Self { bytes, left, decompressor, buffer: Vec::new() })
    }

    /// Takes the next frame from the start of what is left.
    pub(crate) fn next(&mut self) -> io::Result<Option<Block<'_>>> {
        match self.left.pop_front() {
            Some(frame) => self.read(&frame).map(Some),
            None => Ok(None),
        }
    }

    /// Takes the next frame from the end of what is left.
    pub(crate) fn next_back(&mut self) -> io::Result<Option<Block<'_>>> {
        match self.left.pop_back() {
            Some(frame) => self.read(&frame).map(Some),
            None => Ok(None),
        }
    }

    fn read(&mut self, frame: &Frame) -> io::Result<Block<'_>> {
        self.buffer.clear();
        self.buffer.reserve(frame.len);
        let compressed = &self.bytes[frame.compressed.clone()];
        let read = self.decompressor.decompress_to_buffer(compressed, &mut self.buffer);
        if read.map_err(|error| damaged(&error.to_string()))? != frame.len {
            return Err(damaged("a frame is shorter than it says"));
        }
        let whole = memrchr(b'\n', &self.buffer).map_or(0, |at| at + 1);
        let is_last = frame.compressed.end == self.bytes.len();
        if whole < self.buffer.len() && !is_last {
            return Err(damaged(
                "a frame ends within a line; compress the day again with one frame: zstd -d, then zstd",
            ));
        }
        Ok(Block { offset: frame.offset, bytes: &self.buffer[..whole] })
    }
}

fn content_len(frame: &[u8]) -> io::Result<usize> {
    let size = get_frame_content_size(frame).map_err(|_| damaged("a frame has no header"))?;
    let len = match size {
        Some(len) => len,
        // Written from a pipe by another program.
        None => io::copy(&mut zstd::Decoder::new(frame)?.take(LARGEST_FRAME + 1), &mut io::sink())?,
    };
    if len > LARGEST_FRAME {
        return Err(damaged("a frame says it holds more than 1 GiB"));
    }
    usize::try_from(len).map_err(io::Error::other)
}

fn damaged(how: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the compressed file is damaged: {how}"))
}

/// The first bytes of a compressed day.
pub(crate) fn head(path: &Path, head: &mut [u8]) -> io::Result<usize> {
    let mut decoder = zstd::Decoder::new(File::open(path)?)?;
    let mut read = 0;
    while read < head.len() {
        match decoder.read(&mut head[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn compressed(text: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        compress(text, &mut bytes).unwrap();
        bytes
    }

    fn lines_of_length(lens: &[usize]) -> Vec<u8> {
        lens.iter().flat_map(|len| [vec![b'x'; *len], vec![b'\n']].concat()).collect()
    }

    fn read_back(bytes: Vec<u8>, from_the_end: bool) -> Vec<u8> {
        let mut frames = Frames::new(bytes).unwrap();
        let mut blocks = Vec::new();
        while let Some(block) =
            if from_the_end { frames.next_back() } else { frames.next() }.unwrap()
        {
            blocks.push((block.offset, block.bytes.to_vec()));
        }
        blocks.sort_unstable();
        let mut all = Vec::new();
        for (offset, bytes) in blocks {
            assert_eq!(offset, all.len() as u64);
            all.extend(bytes);
        }
        all
    }

    #[test]
    fn whole_lines_come_back_from_both_ends_also_when_longer_than_a_frame() {
        let text = lines_of_length(&[3, 3 * FRAME, 0, FRAME - 1, 17, FRAME, 1]);
        let torn = [text.as_slice(), b"{\"seq\":"].concat();
        for from_the_end in [false, true] {
            assert_eq!(read_back(compressed(&text), from_the_end), text);
            assert_eq!(read_back(compressed(&torn), from_the_end), text);
        }
    }

    #[test]
    fn the_bytes_are_those_that_went_in_for_any_zstd_reader() {
        let torn = [lines_of_length(&[5, 2 * FRAME, 9]).as_slice(), b"torn"].concat();
        assert_eq!(zstd::decode_all(compressed(&torn).as_slice()).unwrap(), torn);
        assert_eq!(compressed(b"").len(), 0);
    }

    #[test]
    fn a_day_compressed_by_another_program_is_read_too() {
        let text = lines_of_length(&[4, 100, 7]);
        // A stream does not know its length when it begins, as from a pipe.
        let bytes = zstd::encode_all(text.as_slice(), 3).unwrap();
        assert_eq!(read_back(bytes, false), text);
    }

    #[test]
    fn damage_is_an_error_and_never_another_day() {
        let text = lines_of_length(&[40, 50, 60]);
        let good = compressed(&text);
        for cut in 1..good.len() {
            assert!(Frames::new(good[..cut].to_vec()).is_err(), "cut at {cut}");
        }
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            let read = Frames::new(bad)
                .and_then(|mut frames| Ok(frames.next()?.map(|block| block.bytes.to_vec())));
            // One bit of the header has no meaning.
            assert!(
                read.is_err() || read.is_ok_and(|read| read == Some(text.clone())),
                "byte {at}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_bytes_come_back(text in prop::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..1_000)) {
            let bytes = compressed(&text);
            prop_assert_eq!(zstd::decode_all(bytes.as_slice()).unwrap(), text.clone());
            let whole = memrchr(b'\n', &text).map_or(0, |at| at + 1);
            prop_assert_eq!(read_back(bytes, true), &text[..whole]);
        }
    }
}
