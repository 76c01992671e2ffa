//! Orders as the engine asks for them and as the exchange answers.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::{
    Asset, ClientOrderId, Decimal, ExchangeOrderId, Notional, Price, Qty, Side, Symbol, Timestamp,
    TradeId,
};

/// How an order trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum OrderKind {
    /// At the market, spending this much quote. Buys only.
    MarketQuote {
        /// Quote amount to spend.
        notional: Notional,
    },
    /// At the market, this much base.
    Market {
        /// Base quantity.
        qty: Qty,
    },
    /// Rests on the book until filled or cancelled.
    Limit {
        /// Base quantity.
        qty: Qty,
        /// Worst price.
        price: Price,
    },
    /// Fills what it can at once, the rest is cancelled.
    ImmediateOrCancel {
        /// Base quantity.
        qty: Qty,
        /// Worst price.
        price: Price,
    },
}

impl OrderKind {
    /// The name in the journal, the API and the metric label `type`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::MarketQuote { .. } | Self::Market { .. } => "market",
            Self::Limit { .. } => "limit",
            Self::ImmediateOrCancel { .. } => "ioc",
        }
    }

    /// The base quantity asked for, where it is fixed.
    pub const fn qty(&self) -> Option<Qty> {
        match self {
            Self::MarketQuote { .. } => None,
            Self::Market { qty }
            | Self::Limit { qty, .. }
            | Self::ImmediateOrCancel { qty, .. } => Some(*qty),
        }
    }

    /// The worst price the order accepts, where it names one.
    pub const fn limit_price(&self) -> Option<Price> {
        match self {
            Self::Limit { price, .. } | Self::ImmediateOrCancel { price, .. } => Some(*price),
            Self::MarketQuote { .. } | Self::Market { .. } => None,
        }
    }
}

/// An order ready to be signed. The client signs exactly `timestamp_ms` and `recv_window_ms` or
/// drops the request: that bounds when the exchange can still accept it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceOrder {
    /// Our id, sent as `newClientOrderId`.
    pub client_order_id: ClientOrderId,
    /// The pair.
    pub symbol: Symbol,
    /// Which way.
    pub side: Side,
    /// Type, quantity and price.
    pub kind: OrderKind,
    /// Exchange time to sign, milliseconds since the epoch.
    pub timestamp_ms: i64,
    /// How long after `timestamp_ms` the exchange may accept it, milliseconds, at most 60 000.
    pub recv_window_ms: u32,
}

impl PlaceOrder {
    /// The last millisecond of exchange time at which the order can still be accepted.
    pub fn acceptable_until_ms(&self) -> i64 {
        self.timestamp_ms.saturating_add(i64::from(self.recv_window_ms))
    }
}

/// How placing an order ended. There are three ways, not two; and a fourth when it never left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum PlaceOutcome {
    /// The exchange has it. The acknowledgement says nothing about fills.
    Accepted {
        /// The only proof of acceptance.
        order_id: ExchangeOrderId,
    },
    /// The exchange does not have it and never will.
    Refused(Refusal),
    /// Unknown: it may rest, be filled, or never have arrived.
    InDoubt {
        /// What was seen: a time-out, a status, an unreadable body.
        seen: String,
    },
    /// No byte of it was sent.
    NotSent {
        /// Why it was held back.
        why: String,
    },
}

/// Why the exchange said no, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What kind of no.
    pub class: RefusalClass,
    /// The exchange's code, where it gave one.
    pub code: Option<i64>,
    /// What happened and what to do, for people.
    pub message: String,
}

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalClass {
    /// Not enough balance.
    Funds,
    /// Step, tick, minimum, maximum or price band.
    Filter,
    /// The pair is unknown, closed to the API, or closed for this side or type.
    Symbol,
    /// Key, signature, permission or address list.
    Auth,
    /// Signed time outside the window.
    Clock,
    /// Too many requests.
    Rate,
    /// The exchange says to come back later.
    Maintenance,
    /// Risk control or state of the account.
    Account,
    /// The request was malformed: a fault of ours.
    Malformed,
    /// Held back here before any byte was sent.
    Withheld,
}

/// An order's state at the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrderStatus {
    /// On the book, nothing filled.
    New,
    /// On the book, partly filled.
    PartiallyFilled,
    /// Completely filled.
    Filled,
    /// Ended without a fill.
    Canceled,
    /// Ended after a part was filled.
    PartiallyCanceled,
}

impl OrderStatus {
    /// Whether nothing more can happen to the order.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Filled | Self::Canceled | Self::PartiallyCanceled)
    }
}

/// What the exchange says of an order when asked. Quantities are cumulative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSnapshot {
    /// The exchange's id.
    pub order_id: ExchangeOrderId,
    /// Our id, where the order carries one.
    pub client_order_id: Option<ClientOrderId>,
    /// The pair.
    pub symbol: Symbol,
    /// Which way.
    pub side: Side,
    /// State.
    pub status: OrderStatus,
    /// Base filled so far.
    pub executed_qty: Qty,
    /// Quote filled so far. The average price is `executed_quote / executed_qty`; the order's own
    /// `price` is only a protection price for market orders.
    pub executed_quote: Notional,
    /// When the order was created, exchange time.
    pub created_at: Timestamp,
}

/// One execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// The exchange's id of this execution.
    pub trade_id: TradeId,
    /// The order it belongs to.
    pub order_id: ExchangeOrderId,
    /// Price.
    pub price: Price,
    /// Base quantity.
    pub qty: Qty,
    /// Quote amount.
    pub quote: Notional,
    /// Fee, in `fee_asset`; zero or more.
    pub fee: Decimal,
    /// What the fee was paid in: quote, base or `MX`.
    pub fee_asset: Asset,
    /// Exchange time, whole seconds on MEXC.
    pub at: Timestamp,
}

/// What came of asking for an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryOutcome {
    /// The exchange knows it. `fills` are those visible so far; they may lag behind the snapshot.
    Found {
        /// The order's state.
        order: OrderSnapshot,
        /// Executions visible so far.
        fills: Vec<Fill>,
    },
    /// The exchange says there is no such order. Right after placing this proves nothing.
    NotFound {
        /// Exchange time of the answer, milliseconds.
        server_time_ms: i64,
        /// Whether open orders, recent orders and trades were searched too and lack it.
        searched_lists: bool,
    },
    /// The question itself failed.
    Failed {
        /// What was seen.
        seen: SmolStr,
    },
}

/// What came of cancelling an order. Either way only a query tells the final quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelOutcome {
    /// The exchange took the cancel.
    Accepted,
    /// The order was already finished or is unknown (−2011): ask for its state.
    AlreadyDone,
    /// The cancel failed or its fate is unknown; it may be repeated.
    Failed {
        /// What was seen.
        seen: SmolStr,
    },
}
