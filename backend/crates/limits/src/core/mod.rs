//! The arithmetic of budgets: pure, time is an argument (microseconds since an origin of the
//! caller's choice).

mod log;
mod meter;
mod plan;
mod window;

pub(crate) use log::Log;
pub(crate) use meter::Meter;
pub(crate) use plan::{Charges, Kind, Kinds, Plan, SHARES, WINDOWS};
pub(crate) use window::Window;

/// A point in time, microseconds since the caller's origin.
pub(crate) type Micros = u64;

/// One second.
pub(crate) const SECOND: Micros = 1_000_000;
