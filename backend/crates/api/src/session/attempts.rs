//! How often keys may be guessed.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use domain::Timestamp;

/// Wrong keys that one address may send in a window.
const PER_PEER: usize = 5;
/// Wrong keys from everywhere: guessing from many addresses is slowed down too.
const IN_ALL: usize = 100;
const WINDOW: Duration = Duration::from_mins(1);

/// Too many wrong keys came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// When it is worth trying again.
    pub(crate) retry_after: Duration,
}

/// Wrong keys of the last minute: never more than [`IN_ALL`] are remembered, for none are let through
/// beyond that.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    failed: HashMap<Option<IpAddr>, Vec<Timestamp>>,
}

impl Attempts {
    pub(super) fn may_try(&mut self, peer: Option<IpAddr>, now: Timestamp) -> Result<(), TooMany> {
        self.forget(now);
        let own = self.failed.get(&peer).map_or(0, Vec::len);
        let all: usize = self.failed.values().map(Vec::len).sum();
        let oldest = if own >= PER_PEER {
            self.failed.get(&peer).and_then(|times| times.first())
        } else if all >= IN_ALL {
            self.failed.values().flatten().min()
        } else {
            return Ok(());
        };
        let passed = oldest.map_or(Duration::ZERO, |at| now.since(*at));
        Err(TooMany { retry_after: WINDOW.saturating_sub(passed) })
    }

    pub(super) fn failed(&mut self, peer: Option<IpAddr>, now: Timestamp) {
        self.failed.entry(peer).or_default().push(now);
    }

    fn forget(&mut self, now: Timestamp) {
        self.failed.retain(|_, times| {
            times.retain(|at| now.since(*at) < WINDOW);
            !times.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_760_000_000_000);

    fn peer(number: u8) -> IpAddr {
        [10, 0, 0, number].into()
    }

    #[test]
    fn five_wrong_keys_a_minute_are_enough_for_one_address() {
        let mut attempts = Attempts::default();
        for second in 0..5 {
            let at = NOW.plus(Duration::from_secs(second));
            assert_eq!(attempts.may_try(Some(peer(1)), at), Ok(()));
            attempts.failed(Some(peer(1)), at);
        }
        let at = NOW.plus(Duration::from_secs(10));
        let refused = attempts.may_try(Some(peer(1)), at).unwrap_err();
        assert_eq!(refused.retry_after, Duration::from_secs(50));
        assert_eq!(attempts.may_try(Some(peer(2)), at), Ok(()));
        assert_eq!(attempts.may_try(Some(peer(1)), NOW.plus(WINDOW)), Ok(()));
    }

    #[test]
    fn guessing_from_many_addresses_is_slowed_down_too() {
        let mut attempts = Attempts::default();
        for number in 0..100 {
            attempts.failed(Some(peer(number)), NOW);
        }
        assert!(attempts.may_try(Some(peer(200)), NOW).is_err());
    }
}
