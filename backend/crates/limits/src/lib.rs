//! Request budgets for everyone who talks to one account or address.
//!
//! A [`Budget`] keeps requests within what the exchange allows in every sliding window, spaces
//! their starts, and lets the urgent ones go first: an exit never waits behind an entry, an entry
//! never behind a question, and in every weight window a part is reserved for exits. It belongs to
//! one process, or is shared by several through a [`Store`] such as Redis.
//!
//! **Never more than the limit.** An amount counts from before its request leaves until one window
//! after its answer, so no latency makes the exchange see more than the limit within a window.
//!
//! **Starts empty.** What a predecessor spent is unknown, so a budget fills up evenly over one
//! window: 30 units of weight and 12 orders in the first second with the usual limits. An exit
//! goes out after some 100 ms, the start of the service (50 units) takes some two seconds, and
//! a service that crashes and restarts for ever spends no more than one that runs.

mod budget;
mod core;
mod lane;
mod queue;
#[cfg(test)]
mod schedules;
mod settings;
mod shared;
mod snapshot;

pub use budget::{Budget, BudgetEvent, Permit};
pub use lane::Lane;
pub use settings::{BudgetSettings, Cost, Start};
pub use shared::{Answer, InvalidRedisUrl, RedisStore, Store, StoreError};
pub use snapshot::{BudgetSnapshot, WindowLevel};
