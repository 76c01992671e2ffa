//! The one place of the service that reads the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::Timestamp;

/// The present time, to the microsecond.
pub(crate) fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
}
