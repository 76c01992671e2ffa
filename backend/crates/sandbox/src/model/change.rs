//! What the log keeps.

use std::collections::BTreeMap;

use domain::{Asset, Decimal, ExchangeOrderId, OrderStatus, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Account, AccountId, Order, Trade};

/// One thing that became true. State changes by nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// An account was opened with these free balances.
    AccountOpened {
        /// Number.
        id: AccountId,
        /// API key.
        key: String,
        /// Free balances.
        balances: BTreeMap<Asset, Decimal>,
    },
    /// An order was accepted; nothing of it is filled yet.
    OrderPlaced {
        /// The order.
        order: Order,
    },
    /// An order took part in an execution.
    Traded {
        /// Its part.
        trade: Trade,
    },
    /// An order ended: filled, or its rest cancelled.
    OrderEnded {
        /// Which.
        id: ExchangeOrderId,
        /// How.
        status: OrderStatus,
        /// When.
        at: Timestamp,
    },
}

/// The whole state at one moment, to start from instead of all changes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Snapshot {
    /// Accounts in the order of opening.
    pub accounts: Vec<Account>,
    /// Orders in the order of placing.
    pub orders: Vec<Order>,
    /// Trades in the order of execution.
    pub trades: Vec<Trade>,
    /// The last number given out for an id.
    pub last_number: u64,
}
