//! What is recorded of an order.

use serde::{Deserialize, Serialize};

use super::MessageRef;
use crate::ids::Leg;
use crate::{
    Asset, Check, ClientOrderId, Decimal, ExchangeOrderId, Notional, OrderKind, PositionId, Price,
    Qty, Refusal, Side, Timestamp, TradeSignal,
};

/// Where an order's wish came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A scored message.
    Signal,
    /// `POST /exchange/test-order`.
    Manual,
    /// A position's exit plan or a request to close it.
    Exit,
    /// Found at the exchange, with our id, unknown to the journal.
    Adopted,
}

/// Numbers in the message that shape the exit plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitHints {
    /// Stop price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Price>,
    /// Stop as a distance below the entry, percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_pct: Option<Decimal>,
    /// Target prices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Price>,
    /// Targets as distances above the entry, percent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub target_pcts: Vec<Decimal>,
}

impl From<&TradeSignal> for ExitHints {
    fn from(signal: &TradeSignal) -> Self {
        Self {
            stop: signal.sl,
            stop_pct: signal.sl_pct,
            targets: signal.tps.clone(),
            target_pcts: signal.tp_pcts.clone(),
        }
    }
}

/// The decision to send an order, written before its bytes leave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderNew {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// Who wanted it.
    pub origin: Origin,
    /// What it serves.
    pub leg: Leg,
    /// Counts from 1; a further attempt has a new id.
    pub attempt: u32,
    /// The pair's base asset; fees taken in it cannot be sold.
    pub base: Asset,
    /// The pair's quote asset.
    pub quote: Asset,
    /// Which way.
    pub side: Side,
    /// Type, quantity, price.
    pub kind: OrderKind,
    /// The price it was judged at.
    pub price: Price,
    /// Base quantity expected or asked for.
    pub qty: Qty,
    /// Quote amount expected; this much exposure is reserved for an entry.
    pub notional: Notional,
    /// What was asked for before clamping.
    pub requested_notional: Notional,
    /// The position it reduces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position_id: Option<PositionId>,
    /// The message that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<MessageRef>,
    /// What the signal said about exits.
    #[serde(default)]
    pub hints: ExitHints,
    /// When the signal was posted, or first seen; further attempts are measured from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal_at: Option<Timestamp>,
    /// When an unfilled limit entry is given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Signed time, exchange milliseconds.
    pub timestamp_ms: i64,
    /// Signed window, milliseconds.
    pub recv_window_ms: u32,
    /// Every risk check.
    pub checks: Vec<Check>,
}

/// The exchange acknowledged the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderAccepted {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// The exchange's id.
    pub order_id: ExchangeOrderId,
}

/// A fee in its own asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// What it was paid in.
    pub asset: Asset,
    /// How much.
    pub amount: Decimal,
    /// What that was worth in the pair's quote asset when it became known. Only where it was paid
    /// in a third asset (MX), and that one's price was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worth: Option<Notional>,
}

/// How far an order is filled. All figures are cumulative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderProgress {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// The exchange's id.
    pub order_id: ExchangeOrderId,
    /// Which way.
    pub side: Side,
    /// Base filled so far.
    pub executed_qty: Qty,
    /// Quote filled so far.
    pub executed_quote: Notional,
    /// Average price, where anything was filled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_price: Option<Price>,
    /// Fees known so far, one entry an asset.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<Fee>,
    /// Whether the fees cover everything that was filled (trades may show up late).
    pub fees_complete: bool,
}

/// A cancel was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCancelRequested {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// Why.
    pub reason: String,
}

/// Risk checks or the kill switch refused the order; nothing was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderBlocked {
    /// Who wanted it.
    pub origin: Origin,
    /// Which way.
    pub side: Side,
    /// `market`, `limit` or `ioc`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What was asked for, where it was a valid amount.
    pub requested_notional: Notional,
    /// After clamping.
    pub notional: Notional,
    /// The price it was judged at, where one was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// The first blocking check's sentence.
    pub reason: String,
    /// Every check.
    pub checks: Vec<Check>,
}

/// The order failed for good: refused, or held back before it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderError {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// Whether any byte may have reached the exchange.
    pub sent: bool,
    /// Why.
    pub refusal: Refusal,
}

/// Nobody knows whether the exchange has the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderInDoubt {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// What was seen.
    pub seen: String,
}

/// How a doubt was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// The exchange has it.
    Found,
    /// It was never placed and can no longer be: the signed window is past, and order query, open
    /// orders, recent orders and trades all lack it.
    NeverPlaced,
}

/// A doubt was settled by evidence from the exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReconciled {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// How.
    pub resolution: Resolution,
    /// The exchange's id, when found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<ExchangeOrderId>,
    /// The evidence, in words.
    pub evidence: String,
}

/// A dry run of an order: judged, planned, not sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderDryRun {
    /// Which way.
    pub side: Side,
    /// What was asked for.
    pub requested_notional: Notional,
    /// After clamping.
    pub notional: Notional,
    /// Base quantity it would have been.
    pub qty: Qty,
    /// The price it was judged at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// Whether it would have been blocked.
    pub would_block: bool,
    /// Every check.
    pub checks: Vec<Check>,
}
