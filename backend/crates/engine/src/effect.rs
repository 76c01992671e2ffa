//! What the engine wants done outside, after its events are durable.

use domain::{ClientOrderId, ExchangeOrderId, Interval, PlaceOrder, Symbol};

/// One thing to do. Each answers with the input named in its description, also when it fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send the order, once. Answers [`crate::Input::Placed`].
    Place {
        /// The order, as it must be signed.
        order: PlaceOrder,
        /// Whether the kill switch may still revoke it before its bytes leave (entries).
        revocable: bool,
    },
    /// Cancel an order. Answers [`crate::Input::Cancelled`].
    Cancel {
        /// The pair.
        symbol: Symbol,
        /// Our id.
        client_order_id: ClientOrderId,
        /// The exchange's id, when known.
        order_id: Option<ExchangeOrderId>,
    },
    /// Ask for an order and its fills. Answers [`crate::Input::Queried`].
    Query {
        /// The pair.
        symbol: Symbol,
        /// Our id.
        client_order_id: ClientOrderId,
        /// The exchange's id, when known.
        order_id: Option<ExchangeOrderId>,
        /// Search open orders, recent orders and trades too.
        search_lists: bool,
    },
    /// Fetch finished candles. Answers [`crate::Input::Candles`].
    FetchCandles {
        /// The pair.
        symbol: Symbol,
        /// Their length.
        interval: Interval,
        /// At least this many.
        count: usize,
    },
    /// Fetch balances soon; a fill changed them. Answers [`crate::Input::Balances`].
    FetchBalances,
    /// Queued entries whose bytes have not left must not leave.
    RevokeQueued,
}

impl Effect {
    /// Whether it may spend or move money, so that its cause must be on disk first.
    pub const fn needs_sync(&self) -> bool {
        matches!(self, Self::Place { .. } | Self::Cancel { .. })
    }
}
