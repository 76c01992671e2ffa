//! What a process and the store say to each other.

use std::time::Duration;

use crate::Lane;
use crate::core::{Charges, Micros, Plan, WINDOWS};

/// The two things that are shared: the windows of the address and those of the account.
pub(crate) const SCOPES: usize = 2;
/// Which of them a window belongs to, by its index.
pub(crate) const SCOPE_OF: [usize; WINDOWS] = [0, 0, 1, 1, 1];

/// A question to the store. Times are lengths, since two clocks never agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    /// Who asks.
    pub(crate) process: String,
    /// Which question of this process it is.
    pub(crate) number: u64,
    /// The states last heard of, zero before the first answer.
    pub(crate) epochs: [u64; SCOPES],
    /// The law.
    pub(crate) plan: Plan,
    /// What this process holds: requests on their way and unused leases.
    pub(crate) holding: Charges,
    /// What it has spent since it last said so.
    pub(crate) spent: Vec<Spent>,
    /// How long the exchange wants silence.
    pub(crate) pause: Micros,
    /// Who waits, the most urgent first.
    pub(crate) wants: Vec<(Lane, Charges)>,
    /// Asked for beyond that, for requests to come.
    pub(crate) extra: Option<Extra>,
    /// Unused start times in hand.
    pub(crate) slots_held: usize,
}

/// An amount that counts from `ago` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Index of the window.
    pub(crate) window: usize,
    /// How long ago it was spent.
    pub(crate) ago: Micros,
    /// How much.
    pub(crate) amount: u32,
}

/// Leases for requests to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extra {
    /// Together.
    pub(crate) charges: Charges,
    /// How many requests.
    pub(crate) slots: usize,
}

/// The store's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    /// A state is not the one last heard of: nothing was done, everything has to be told again.
    pub(crate) moved: bool,
    /// The states' names.
    pub(crate) epochs: [u64; SCOPES],
    /// Which wants are granted, a bit for each.
    pub(crate) granted: u64,
    /// Whether the extra is granted.
    pub(crate) extra: bool,
    /// How long until the first start time granted.
    pub(crate) first_slot: Micros,
    /// How many start times, one spacing apart.
    pub(crate) slots: usize,
    /// How long windows stay closed, by lane; zero if nothing is known of that.
    pub(crate) waits: [[Micros; WINDOWS]; Lane::COUNT],
    /// How much longer the exchange wants silence.
    pub(crate) pause: Micros,
    /// What all processes together use.
    pub(crate) used: [u64; WINDOWS],
}

/// Why the store did not answer. No text in it holds a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It did not answer in time.
    #[error("Redis did not answer within {0:?}")]
    Slow(Duration),
    /// It cannot be reached, or refused.
    #[error("Redis: {0}")]
    Failed(String),
}
