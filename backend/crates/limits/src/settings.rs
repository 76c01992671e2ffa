//! What the exchange allows, and what a request costs of it.

use std::time::Duration;

/// What one request costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Weight of the address, in units per 10 s.
    pub ip_weight: u32,
    /// Weight of the account, in units per 10 s.
    pub uid_weight: u32,
    /// Whether it places or cancels an order.
    pub order: bool,
    /// Whether it reads the account.
    pub account: bool,
}

/// What the exchange allows. The defaults are the newer documented values of contract 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetSettings {
    /// Weight of one address in 10 s; at least [`BudgetSettings::LEAST_WEIGHT`].
    pub ip_weight_10s: u32,
    /// Weight of one account in 10 s; at least [`BudgetSettings::LEAST_WEIGHT`].
    pub uid_weight_10s: u32,
    /// Orders placed or cancelled in one second; at least 2. Entries use at most half.
    pub orders_per_sec: u32,
    /// Reads of the account in one second; at least 1.
    pub account_per_sec: u32,
    /// Least time between the starts of two requests; zero means none.
    pub spacing: Duration,
}

impl BudgetSettings {
    /// Smallest weight limit with which the heaviest request (25, the market list) still fits into
    /// the share that is left to a process without Redis.
    pub const LEAST_WEIGHT: u32 = 120;

    /// The documented limits with this spacing.
    pub fn with_spacing(spacing: Duration) -> Self {
        Self { spacing, ..Self::default() }
    }
}

impl Default for BudgetSettings {
    fn default() -> Self {
        Self {
            ip_weight_10s: 300,
            uid_weight_10s: 500,
            orders_per_sec: 12,
            account_per_sec: 2,
            spacing: Duration::ZERO,
        }
    }
}

/// How much of the budget is there at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// None: it fills up evenly over one window, as if a predecessor had spent all of it up to
    /// now. A service that crashes again and again so stays within one budget.
    Empty,
    /// All: nobody can have used this exchange before.
    Full,
}
