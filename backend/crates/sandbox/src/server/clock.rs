//! The one place where the sandbox reads the time.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::Timestamp;

/// Wall clock time.
pub(super) fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::EPOCH.plus(since_epoch)
}
