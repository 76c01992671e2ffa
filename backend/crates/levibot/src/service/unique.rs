//! Texts that never repeat.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock;

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A new text each time, in this process and any other: time, process, counter, and 128 bits from
/// the hash keys that the system's random source gives each `RandomState`.
pub(crate) fn text() -> String {
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let seed = (clock::now().as_micros(), std::process::id(), count);
    let [left, right] = [RandomState::new(), RandomState::new()].map(|state| state.hash_one(seed));
    domain::ids::digest(&["unique", &format!("{seed:?} {left:x} {right:x}")])[..32].to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_text_comes_twice() {
        let texts: std::collections::HashSet<String> = (0..1_000).map(|_| super::text()).collect();
        assert_eq!(texts.len(), 1_000);
    }
}
