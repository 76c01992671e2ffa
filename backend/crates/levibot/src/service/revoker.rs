//! Revoking orders whose bytes have not left.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the revocations; an order decided before one must not leave after it.
#[derive(Debug, Default)]
pub(crate) struct Revoker {
    generation: AtomicU64,
}

/// The count at the time an order was released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Generation(u64);

impl Revoker {
    pub(crate) fn generation(&self) -> Generation {
        Generation(self.generation.load(Ordering::SeqCst))
    }

    pub(crate) fn revoke(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether something released at `then` may still leave.
    pub(crate) fn allows(&self, then: Generation) -> bool {
        self.generation() == then
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_released_before_a_revocation_may_not_leave_after_it() {
        let revoker = Revoker::default();
        let before = revoker.generation();
        assert!(revoker.allows(before));
        revoker.revoke();
        assert!(!revoker.allows(before));
        assert!(revoker.allows(revoker.generation()));
    }
}
