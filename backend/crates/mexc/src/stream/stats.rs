//! What streams count, and when each pair was last heard of.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::Symbol;
use tokio::time::Instant;

/// Counts since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StreamStats {
    /// Connections that are subscribed now.
    pub connected: u64,
    /// Connections lost.
    pub lost: u64,
    /// Pushes taken.
    pub pushes: u64,
    /// Pushes, or parts of them, that had come before.
    pub duplicates: u64,
    /// Frames that could not be read or made no sense; none of them counts as anything.
    pub unreadable: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) connected: AtomicU64,
    pub(crate) lost: AtomicU64,
    pub(crate) pushes: AtomicU64,
    pub(crate) duplicates: AtomicU64,
    pub(crate) unreadable: AtomicU64,
    heard: Mutex<HashMap<Symbol, Instant>>,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64, count: u64) {
        counter.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn disconnect(&self) {
        self.connected.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn stats(&self) -> StreamStats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        StreamStats {
            connected: read(&self.connected),
            lost: read(&self.lost),
            pushes: read(&self.pushes),
            duplicates: read(&self.duplicates),
            unreadable: read(&self.unreadable),
        }
    }

    fn heard(&self) -> MutexGuard<'_, HashMap<Symbol, Instant>> {
        // A map of instants cannot be left half changed.
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a push about a pair; allocates only for one never heard of before.
    pub(crate) fn hear(&self, symbol: &str, at: Instant) {
        let mut heard = self.heard();
        match heard.get_mut(symbol) {
            Some(last) => *last = at,
            None => {
                heard.insert(Symbol::from_exchange(symbol), at);
            }
        }
    }

    pub(crate) fn heard_at(&self, symbol: &Symbol) -> Option<Instant> {
        self.heard().get(symbol).copied()
    }

    pub(crate) fn forget(&self, symbol: &Symbol) {
        self.heard().remove(symbol);
    }
}
