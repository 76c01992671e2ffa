//! A short hash for short strings: FNV-1a. Its keys come from files of ours, so nobody can choose
//! them to collide.

use std::hash::{BuildHasherDefault, Hasher};

/// What every hash begins from.
pub(crate) const START: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

/// Goes on hashing from `start`.
pub(crate) fn hash(start: u64, text: &str) -> u64 {
    text.bytes().fold(start, |key, byte| (key ^ u64::from(byte)).wrapping_mul(PRIME))
}

/// Joins two hashes, the order counting.
pub(crate) const fn join(first: u64, second: u64) -> u64 {
    (first.rotate_left(23) ^ second).wrapping_mul(PRIME)
}

/// For maps whose keys are words.
pub(crate) type Words = BuildHasherDefault<Fnv>;

/// The hasher of [`Words`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(START)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        // The upper bits choose the place in a table.
        self.0 ^ self.0.rotate_left(32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(PRIME);
        }
    }
}
