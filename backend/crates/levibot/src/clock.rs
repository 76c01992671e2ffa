//! The service's clock: the client's, so that measured offsets fit.

use domain::Timestamp;

/// The present time, to the microsecond; it never runs backwards.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_micros(mexc::wall_micros())
}
