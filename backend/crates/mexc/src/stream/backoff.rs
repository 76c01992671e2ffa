//! Pauses between attempts: growing, with jitter, so that many clients do not come back at once.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// The pause after `failures` failures in a row (from 1): twice the one before up to `longest`, of
/// which a random half is left out.
pub(crate) fn pause(first: Duration, longest: Duration, failures: u32) -> Duration {
    let doubled = first.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1).min(20)));
    let full = doubled.min(longest);
    full.saturating_sub(jitter(full / 2))
}

/// A random time from zero to `most`. The hash keys of each `RandomState` come from the system's
/// random source.
pub(crate) fn jitter(most: Duration) -> Duration {
    let millionths = u32::try_from(RandomState::new().hash_one(0) % 1_000_000).unwrap_or(0);
    most / 1_000_000 * millionths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_keep_at_least_half() {
        let (first, longest) = (Duration::from_millis(250), Duration::from_secs(15));
        for (failures, full_ms) in
            [(1, 250), (2, 500), (3, 1_000), (6, 8_000), (7, 15_000), (400, 15_000)]
        {
            let full = Duration::from_millis(full_ms);
            for _ in 0..50 {
                let pause = pause(first, longest, failures);
                assert!(full / 2 <= pause && pause <= full, "{failures}: {pause:?}");
            }
        }
    }

    #[test]
    fn two_clients_do_not_come_back_together() {
        let pauses: std::collections::HashSet<Duration> =
            (0..50).map(|_| jitter(Duration::from_secs(10))).collect();
        assert!(pauses.len() > 40, "{pauses:?}");
    }
}
