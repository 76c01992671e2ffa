//! Our clock, and estimating the exchange's.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

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

/// Our time, milliseconds since the epoch.
pub(crate) fn system_ms() -> i64 {
    wall_micros().div_euclid(1_000)
}

/// Our time, microseconds since the epoch: the system's, made monotonic. When the system's clock is
/// set back this one goes on, a thousandth slower, until the system has caught up: timers neither
/// stop nor run twice, and a measured offset stays good to a few milliseconds a second.
///
/// Everything that is compared with a measured offset must come from here.
pub fn wall_micros() -> i64 {
    static LAST: Mutex<Option<Reading>> = Mutex::new(None);
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let system = i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let reading = Reading { micros: system, at: Instant::now() };
    let next = last.map_or(reading, |last| last.next(reading));
    *last = Some(next);
    next.micros
}

#[derive(Debug, Clone, Copy)]
struct Reading {
    micros: i64,
    at: Instant,
}

impl Reading {
    fn next(self, system: Self) -> Self {
        let passed = system.at.saturating_duration_since(self.at);
        let slowed = passed.saturating_sub(passed / 1_000);
        let slowed = i64::try_from(slowed.as_micros()).unwrap_or(i64::MAX);
        // The remainder below a microsecond is kept by not moving the instant.
        if system.micros < self.micros && passed < Duration::from_millis(1) {
            return self;
        }
        let micros = system.micros.max(if system.micros < self.micros {
            self.micros.saturating_add(slowed)
        } else {
            system.micros
        });
        Self { micros, at: system.at }
    }
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
    fn a_clock_set_back_goes_on_a_little_slower_and_one_set_ahead_is_followed() {
        let start = Instant::now();
        let first = Reading { micros: 10_000_000_000, at: start };
        let at = start + Duration::from_secs(1);
        let back = first.next(Reading { micros: 6_400_000_000, at });
        assert_eq!(back.micros, 10_000_999_000);
        let caught_up =
            back.next(Reading { micros: 10_001_000_000, at: at + Duration::from_secs(1) });
        assert_eq!(caught_up.micros, 10_001_000_000);
        let ahead = first.next(Reading { micros: 13_600_000_000, at });
        assert_eq!(ahead.micros, 13_600_000_000);
    }

    #[test]
    fn our_time_never_runs_backwards() {
        let times: Vec<i64> = (0..1_000).map(|_| wall_micros()).collect();
        assert!(times.is_sorted());
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
