//! Request limits as the exchange keeps them (contract 5, the newer edition): weights per address
//! and per account, and the buckets of single endpoints.
//!
//! Windows slide: at no moment do the last ten seconds hold more than the limit. Everything here is
//! a function of the time handed in.

mod gate;
mod silence;
mod weights;
mod window;

use serde::{Deserialize, Serialize};

pub(super) use gate::{Gate, Usage};
pub(super) use silence::TooMany;
pub(super) use weights::{Cost, cost};

/// Request limits. The defaults are the newer documented values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Weight of all requests of one address in ten seconds.
    pub ip_weight_10s: u32,
    /// Weight of all signed requests of one account in ten seconds.
    pub uid_weight_10s: u32,
    /// Placing and cancelling requests of one account in a second.
    pub orders_per_second: u32,
    /// `POST /batchOrders` of one account in a second.
    pub batches_per_second: u32,
    /// `GET /account` of one account in a second.
    pub account_per_second: u32,
    /// Requests during the silence after a 429 that are answered with 429 again; the next one is
    /// a ban (418).
    pub tolerated: u32,
    /// Length of the first ban, seconds; each further one is twice as long, up to three days.
    pub first_ban_s: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ip_weight_10s: 300,
            uid_weight_10s: 500,
            orders_per_second: 12,
            batches_per_second: 2,
            account_per_second: 2,
            tolerated: 10,
            first_ban_s: 120,
        }
    }
}
