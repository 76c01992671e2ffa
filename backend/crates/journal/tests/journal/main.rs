//! The journal on real files.
#![expect(clippy::unwrap_used, reason = "what the tests build on may not fail")]

mod crash;
mod day_roll;
mod disk_full;
mod old_days;
mod reading;
mod records;
mod replay;
mod reserve;
mod torn_tail;
