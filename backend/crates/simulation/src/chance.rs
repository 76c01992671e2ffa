//! Chance from a seed. Each purpose has a stream of its own, so that leaving one kind of fault out
//! does not change what the others do.

use std::ops::RangeInclusive;
use std::time::Duration;

use sandbox::market::noise::mix;

/// A stream of random choices.
#[derive(Debug)]
pub(crate) struct Chance(fastrand::Rng);

impl Chance {
    /// The stream of `purpose` under `seed`.
    pub(crate) fn stream(seed: u64, purpose: u64) -> Self {
        Self(fastrand::Rng::with_seed(mix(seed ^ mix(purpose.wrapping_add(0x5eed)))))
    }

    /// True this often, in hundredths.
    pub(crate) fn percent(&mut self, percent: u32) -> bool {
        self.0.u32(0..100) < percent
    }

    /// True this often, in thousandths.
    pub(crate) fn per_mille(&mut self, per_mille: u32) -> bool {
        self.0.u32(0..1_000) < per_mille
    }

    /// A whole number.
    pub(crate) fn number(&mut self, range: RangeInclusive<u64>) -> u64 {
        self.0.u64(range)
    }

    /// A signed whole number.
    pub(crate) fn signed(&mut self, range: RangeInclusive<i64>) -> i64 {
        self.0.i64(range)
    }

    /// An index below `len`, which must not be zero.
    pub(crate) fn index(&mut self, len: usize) -> usize {
        self.0.usize(0..len)
    }

    /// One of several.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.index(choices.len())]
    }

    /// A duration in milliseconds, to the microsecond.
    pub(crate) fn millis(&mut self, range: RangeInclusive<u64>) -> Duration {
        Duration::from_micros(self.0.u64(range.start() * 1_000..=range.end() * 1_000))
    }
}
