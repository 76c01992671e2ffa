//! Request budgets for everyone who talks to one account or address.
//!
//! A [`Throttle`] spaces the starts of requests and lets the urgent ones go first: an exit never
//! waits behind an entry, an entry never behind a question.

mod throttle;

pub use throttle::{Lane, Throttle};
