//! Estimating the exchange's clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Exchange time minus our system time, as last measured.
#[derive(Debug, Default)]
pub(crate) struct ExchangeClock {
    offset_ms: AtomicI64,
}

impl ExchangeClock {
    pub(crate) fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }

    pub(crate) fn set_offset_ms(&self, offset_ms: i64) {
        self.offset_ms.store(offset_ms, Ordering::Relaxed);
    }

    /// Estimated exchange time, milliseconds since the epoch.
    pub(crate) fn now_ms(&self) -> i64 {
        system_ms().saturating_add(self.offset_ms())
    }
}

/// Our system time, milliseconds since the epoch; zero before it.
pub(crate) fn system_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

/// The middle of the samples: one slow answer cannot move it. [`None`] without samples.
pub(crate) fn median(mut samples: Vec<i64>) -> Option<i64> {
    samples.sort_unstable();
    samples.get(samples.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_sample_does_not_move_the_median() {
        assert_eq!(median(vec![12, 9_000, 10, 11, -8_000]), Some(11));
        assert_eq!(median(vec![5]), Some(5));
        assert_eq!(median(vec![]), None);
    }

    #[test]
    fn exchange_time_is_system_time_plus_offset() {
        let clock = ExchangeClock::default();
        clock.set_offset_ms(86_400_000);
        let ahead = clock.now_ms() - system_ms();
        assert!((86_399_000..=86_401_000).contains(&ahead), "{ahead}");
        assert_eq!(clock.offset_ms(), 86_400_000);
    }
}
