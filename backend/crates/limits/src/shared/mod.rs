//! One budget for several processes.
//!
//! The shared state is two small records, one for the address and one for the account, that an
//! atomic script reads and writes with the server's own clock. A process tells it what it holds
//! (as a sum, so that nothing is lost by a lost answer), what it has spent since it last said so,
//! and who waits; the script grants what fits. What is granted is leased: it counts as used until
//! the process says what came of it, so an answer on its way can never let two processes spend the
//! same amount, and a process that dies gives back what it held after 20 s. While there is plenty,
//! some more is leased than is asked for, so that a busy process does not ask for each request.
//!
//! **When Redis is down or slow** a process goes on alone with a quarter of everything, four times
//! the spacing, and the assumption that the others have just spent whatever it did not itself: for
//! the first window it may only keep its own pace (and use its part of the reserve for exits). So
//! up to [`SHARES`](crate::core::SHARES) processes that lose Redis at once stay within the budget.
//! **When Redis comes back empty** each process tells all it spent, and the first one finds three
//! quarters taken until a window has passed, for the others who have not told theirs yet.

mod leases;
mod protocol;
mod redis;
mod remote;
mod store;

pub(crate) use leases::Leases;
pub use protocol::StoreError;
pub use redis::{InvalidRedisUrl, RedisStore};
pub(crate) use remote::{Remote, drive};
pub use store::{Answer, Store};
