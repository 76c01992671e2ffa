//! How long to wait before the next attempt: doubling, bounded, with jitter, so that many bots do
//! not come back in step.

use std::time::Duration;

use crate::settings::Pauses;

/// Counts failures in a row.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    pauses: Pauses,
    failures: u32,
}

impl Backoff {
    pub(crate) const fn new(pauses: Pauses) -> Self {
        Self { pauses, failures: 0 }
    }

    /// Something worked.
    pub(crate) const fn reset(&mut self) {
        self.failures = 0;
    }

    /// The pause after one more failure, half to all of the doubled one.
    pub(crate) fn next(&mut self) -> Duration {
        let doubled = self.pauses.base.saturating_mul(1 << self.failures.min(20));
        self.failures = self.failures.saturating_add(1);
        jittered(doubled.min(self.pauses.max))
    }
}

/// Half to all of it.
fn jittered(whole: Duration) -> Duration {
    let half = whole / 2;
    half + Duration::from_micros(fastrand::u64(0..=u64::try_from(half.as_micros()).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_bound_and_start_over_after_a_success() {
        let pauses = Pauses { base: Duration::from_millis(100), max: Duration::from_secs(1) };
        let mut backoff = Backoff::new(pauses);
        for whole in [100, 200, 400, 800, 1_000, 1_000] {
            let pause = backoff.next();
            let whole = Duration::from_millis(whole);
            assert!(pause >= whole / 2 && pause <= whole, "{pause:?} of {whole:?}");
        }
        backoff.reset();
        assert!(backoff.next() <= Duration::from_millis(100));
    }
}
