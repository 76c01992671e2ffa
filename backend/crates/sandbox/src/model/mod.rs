//! The exchange as a pure model: accounts, orders and matching. Time is an argument.
//!
//! State changes only by applying a [`Change`]; every operation records the changes it made, so a
//! log of changes rebuilds the same state whatever the prices do meanwhile.

mod account;
mod advance;
mod book;
mod change;
mod error;
mod event;
mod exchange;
mod filters;
mod ids;
mod ladder;
mod ledger;
mod matching;
mod operations;
mod order;
mod public;
mod queries;
mod trade;
mod versions;

pub use account::{Account, AccountId, Balance};
pub use book::Level;
pub use change::{Change, Snapshot};
pub use error::Rejection;
pub use event::{BalanceCause, BalanceEvent, Event};
pub use exchange::{AccountSeed, Exchange, ExchangeConfig};
pub use ledger::Ledger;
pub use order::{NewOrder, Order, OrderType, Size};
pub use queries::{BookTop, OrderSelector, Window};
pub use trade::Trade;
pub use versions::{BookChanges, VersionedBook};

use domain::Decimal;

/// What the taker of a trade pays, as a fraction of its quote amount (contract 11).
pub const TAKER_FEE: Decimal = Decimal::from_parts(5, 0, 0, false, 4);
/// What the maker pays. Zero matters: the reserve of a resting buy holds no fee.
pub const MAKER_FEE: Decimal = Decimal::ZERO;
/// Most open orders of an account (contract 5).
pub const MAX_OPEN_ORDERS: usize = 500;

#[cfg(test)]
mod event_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod matching_tests;
#[cfg(test)]
mod mirror_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod rules_tests;
