//! Orders on the wire (contract 10).

use domain::{
    ClientOrderId, ExchangeOrderId, Notional, OrderSnapshot, OrderStatus, Qty, Side, Symbol,
    Timestamp,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Unusable;
use super::number::{self, DecimalText};

/// Order type (contract 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrderType {
    /// Rests until filled or cancelled.
    Limit,
    /// At the market, with a protection price.
    Market,
    /// Post only.
    LimitMaker,
    /// Fills what it can at once.
    ImmediateOrCancel,
    /// All at once or nothing.
    FillOrKill,
    /// Anything else: stop orders of the web interface, or a misspelling. Cannot be sent.
    #[serde(other)]
    Other,
}

impl OrderType {
    /// The name on the wire.
    pub const fn as_wire(self) -> &'static str {
        match self {
            Self::Limit => "LIMIT",
            Self::Market => "MARKET",
            Self::LimitMaker => "LIMIT_MAKER",
            Self::ImmediateOrCancel => "IMMEDIATE_OR_CANCEL",
            Self::FillOrKill => "FILL_OR_KILL",
            Self::Other => "OTHER",
        }
    }

    /// Reads the name on the wire; what is not known is [`OrderType::Other`].
    pub fn from_wire(text: &str) -> Self {
        let known = [
            Self::Limit,
            Self::Market,
            Self::LimitMaker,
            Self::ImmediateOrCancel,
            Self::FillOrKill,
        ];
        known.into_iter().find(|kind| kind.as_wire() == text).unwrap_or(Self::Other)
    }
}

/// Order status (contract 7). The last three were never recorded but clients handle them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WireStatus {
    /// Nothing filled.
    New,
    /// Partly filled, working.
    PartiallyFilled,
    /// Done.
    Filled,
    /// Ended.
    Canceled,
    /// Ended with a part filled.
    PartiallyCanceled,
    /// A cancel is under way: still working.
    PendingCancel,
    /// Ended without trading further.
    Rejected,
    /// Ended without trading further.
    Expired,
    /// A name we do not know; such an order is neither open nor finished to us.
    #[serde(other)]
    Unknown,
}

impl From<OrderStatus> for WireStatus {
    fn from(status: OrderStatus) -> Self {
        match status {
            OrderStatus::New => Self::New,
            OrderStatus::PartiallyFilled => Self::PartiallyFilled,
            OrderStatus::Filled => Self::Filled,
            OrderStatus::Canceled => Self::Canceled,
            OrderStatus::PartiallyCanceled => Self::PartiallyCanceled,
        }
    }
}

impl WireStatus {
    /// The state in our terms, given what was executed: an ended order with a fill is partially
    /// cancelled, whatever word the exchange uses. [`None`] for an unknown word.
    pub fn with_executed(self, executed: Qty) -> Option<OrderStatus> {
        let some = !executed.is_zero();
        Some(match self {
            Self::New | Self::PendingCancel if some => OrderStatus::PartiallyFilled,
            Self::New | Self::PendingCancel => OrderStatus::New,
            Self::PartiallyFilled => OrderStatus::PartiallyFilled,
            Self::Filled => OrderStatus::Filled,
            Self::Canceled | Self::PartiallyCanceled | Self::Rejected | Self::Expired if some => {
                OrderStatus::PartiallyCanceled
            }
            Self::Canceled | Self::PartiallyCanceled | Self::Rejected | Self::Expired => {
                OrderStatus::Canceled
            }
            Self::Unknown => return None,
        })
    }
}

/// Reads `BUY` or `SELL`.
pub fn side_from_wire(text: &str) -> Option<Side> {
    [Side::Buy, Side::Sell].into_iter().find(|side| side.as_wire() == text)
}

pub(super) mod side {
    //! `BUY` and `SELL` for serde.

    use super::{Deserialize, Deserializer, Serializer, Side, side_from_wire};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    pub(crate) fn serialize<S: Serializer>(side: &Side, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(side.as_wire())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Side, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        side_from_wire(&text).ok_or_else(|| serde::de::Error::custom("side is not BUY or SELL"))
    }
}

/// The one thing that an acknowledgement must tell. Whatever else is missing, null or of another
/// type than expected cannot make an accepted order look refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedOrder {
    /// The exchange's id; never empty.
    #[serde(deserialize_with = "number::text")]
    pub order_id: String,
}

/// Reply of `POST /order`: an acknowledgement, not a result. It never tells fills, and an absent
/// or null average, fill list or status means nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderAck {
    /// Pair.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub symbol: String,
    /// The only proof of acceptance; opaque text.
    #[serde(deserialize_with = "number::text")]
    pub order_id: String,
    /// −1.
    #[serde(default = "number::minus_one", deserialize_with = "number::null_as_minus_one")]
    pub order_list_id: i64,
    /// Limit price; for MARKET a protection price, never the fill price.
    #[serde(default, deserialize_with = "number::optional")]
    pub price: Option<DecimalText>,
    /// Quantity asked for; `"0"` for an order by quote amount.
    #[serde(default, deserialize_with = "number::optional")]
    pub orig_qty: Option<DecimalText>,
    /// Type.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub order_type: Option<OrderType>,
    /// `BUY` or `SELL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
    /// Self-trade prevention, `""` when off; since 2025-09.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stp_mode: Option<String>,
    /// Milliseconds.
    #[serde(default, deserialize_with = "number::optional_integer")]
    pub transact_time: Option<i64>,
}

/// The order object of `GET /order`, `/openOrders` and `/allOrders` (contract 10.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Pair.
    pub symbol: String,
    /// The exchange's id.
    #[serde(deserialize_with = "number::text")]
    pub order_id: String,
    /// −1.
    #[serde(default = "number::minus_one", deserialize_with = "number::null_as_minus_one")]
    pub order_list_id: i64,
    /// Our id; null if none was given.
    #[serde(default, deserialize_with = "number::optional_text")]
    pub client_order_id: Option<String>,
    /// Limit price; for MARKET a protection price.
    #[serde(default, deserialize_with = "number::optional")]
    pub price: Option<DecimalText>,
    /// Base quantity asked for; `"0"` for an order by quote amount.
    #[serde(default, deserialize_with = "number::optional")]
    pub orig_qty: Option<DecimalText>,
    /// Base filled so far.
    #[serde(default, deserialize_with = "number::optional")]
    pub executed_qty: Option<DecimalText>,
    /// Quote filled so far; the double m is MEXC's.
    #[serde(default, deserialize_with = "number::optional")]
    pub cummulative_quote_qty: Option<DecimalText>,
    /// State.
    pub status: WireStatus,
    /// Self-trade prevention; since 2025-09.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stp_mode: Option<String>,
    /// `stp_cancel`, only when cancelled by self-trade prevention.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<String>,
    /// Null on the wire.
    #[serde(default)]
    pub time_in_force: Option<String>,
    /// Type.
    #[serde(rename = "type")]
    pub order_type: OrderType,
    /// Which way.
    #[serde(with = "side")]
    pub side: Side,
    /// Null on the wire.
    #[serde(default, deserialize_with = "number::optional")]
    pub stop_price: Option<DecimalText>,
    /// Null on the wire.
    #[serde(default, deserialize_with = "number::optional")]
    pub iceberg_qty: Option<DecimalText>,
    /// Creation, milliseconds rounded to whole seconds.
    #[serde(default, deserialize_with = "number::optional_integer")]
    pub time: Option<i64>,
    /// Last change; null while untouched.
    #[serde(default, deserialize_with = "number::optional_integer")]
    pub update_time: Option<i64>,
    /// True even for finished orders.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub is_working: bool,
    /// Quote amount asked for; `"0"` for MARKET by quantity.
    #[serde(default, deserialize_with = "number::optional")]
    pub orig_quote_order_qty: Option<DecimalText>,
}

impl TryFrom<&Order> for OrderSnapshot {
    type Error = Unusable;

    /// # Errors
    /// [`Unusable`] when a state word is unknown, or an order that may have traded comes without
    /// what it traded: guessing zero would lose a position.
    fn try_from(order: &Order) -> Result<Self, Unusable> {
        let executed_qty = Qty::new(executed(order, "executedQty", order.executed_qty)?)
            .map_err(|error| Unusable::invalid("an order", "executedQty", &error))?;
        let quote = executed(order, "cummulativeQuoteQty", order.cummulative_quote_qty)?;
        let executed_quote = Notional::new(quote)
            .map_err(|error| Unusable::invalid("an order", "cummulativeQuoteQty", &error))?;
        let status = order
            .status
            .with_executed(executed_qty)
            .ok_or_else(|| Unusable::invalid("an order", "status", &"a word we do not know"))?;
        if executed_qty.is_zero() && matches!(status, OrderStatus::Filled) {
            return Err(Unusable::invalid("a filled order", "executedQty", &"0"));
        }
        Ok(Self {
            order_id: ExchangeOrderId::new(&order.order_id),
            client_order_id: order.client_order_id.as_ref().map(ClientOrderId::new),
            symbol: Symbol::from_exchange(&order.symbol),
            side: order.side,
            status,
            executed_qty,
            executed_quote,
            created_at: Timestamp::from_millis(order.time.or(order.update_time).unwrap_or(0)),
        })
    }
}

fn executed(
    order: &Order,
    field: &'static str,
    value: Option<DecimalText>,
) -> Result<domain::Decimal, Unusable> {
    match value {
        Some(value) => Ok(value.0),
        None if order.status == WireStatus::New => Ok(domain::Decimal::ZERO),
        None => Err(Unusable::Missing { what: "an order that may have traded", field }),
    }
}

/// Reply of `DELETE /order` and element of `DELETE /openOrders` (contract 10.4). Its status may
/// be the one before the cancel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelReply {
    /// Pair.
    #[serde(default, deserialize_with = "number::null_as_default")]
    pub symbol: String,
    /// Our id of the cancelled order.
    #[serde(
        default,
        deserialize_with = "number::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub orig_client_order_id: Option<String>,
    /// The exchange's id.
    #[serde(deserialize_with = "number::text")]
    pub order_id: String,
    /// The cancel's own id, or the order's.
    #[serde(
        default,
        deserialize_with = "number::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub client_order_id: Option<String>,
    /// Limit price.
    #[serde(default, deserialize_with = "number::optional")]
    pub price: Option<DecimalText>,
    /// Base quantity asked for.
    #[serde(default, deserialize_with = "number::optional")]
    pub orig_qty: Option<DecimalText>,
    /// Base filled so far.
    #[serde(default, deserialize_with = "number::optional")]
    pub executed_qty: Option<DecimalText>,
    /// Quote filled so far.
    #[serde(default, deserialize_with = "number::optional")]
    pub cummulative_quote_qty: Option<DecimalText>,
    /// State, maybe from before the cancel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<WireStatus>,
    /// Type.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub order_type: Option<OrderType>,
    /// `BUY` or `SELL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
}
