//! Pairs that somebody looked at lately.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::{Symbol, Timestamp};

/// How long a look counts.
const KEPT: Duration = Duration::from_mins(5);
/// Most pairs kept, so that looking at every pair does not subscribe to every pair.
const MOST: usize = 60;

/// What was looked at, and when last.
#[derive(Debug, Default)]
pub(crate) struct Interest {
    looks: Mutex<HashMap<Symbol, Timestamp>>,
}

impl Interest {
    fn looks(&self) -> MutexGuard<'_, HashMap<Symbol, Timestamp>> {
        // A map of times cannot be left half changed.
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a look at a pair; beyond the limit only pairs that are there already.
    pub(crate) fn look(&self, symbol: &Symbol, at: Timestamp) {
        let mut looks = self.looks();
        if looks.len() < MOST || looks.contains_key(symbol) {
            looks.insert(symbol.clone(), at);
        }
    }

    /// Pairs that were looked at lately; the others are forgotten.
    pub(crate) fn symbols(&self, now: Timestamp) -> Vec<Symbol> {
        let mut looks = self.looks();
        looks.retain(|_, at| now.since(*at) < KEPT);
        looks.keys().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_count_for_a_while_and_never_for_too_many_pairs() {
        let interest = Interest::default();
        let start = Timestamp::from_millis(1_760_000_000_000);
        for number in 0..2 * MOST {
            interest.look(&Symbol::from_exchange(&format!("{number}USDT")), start);
        }
        assert_eq!(interest.symbols(start).len(), MOST);
        let later = start.plus(KEPT / 2);
        interest.look(&Symbol::from_exchange("0USDT"), later);
        assert_eq!(interest.symbols(start.plus(KEPT)), [Symbol::from_exchange("0USDT")]);
        assert_eq!(interest.symbols(later.plus(KEPT)), []);
    }
}
