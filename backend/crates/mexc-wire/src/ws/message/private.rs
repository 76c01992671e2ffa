//! The user data stream.

use prost::Message;
use serde::Serialize;

use super::int64;

/// The state of one of our orders. Quantities are cumulative.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrivateOrders {
    /// The exchange's id.
    #[prost(string, tag = "1")]
    pub id: String,
    /// Our id, empty if none.
    #[prost(string, tag = "2")]
    pub client_id: String,
    /// Limit price; a protection price for MARKET.
    #[prost(string, tag = "3")]
    pub price: String,
    /// Base asked for.
    #[prost(string, tag = "4")]
    pub quantity: String,
    /// Quote asked for; `"0"` for MARKET by quantity.
    #[prost(string, tag = "5")]
    pub amount: String,
    /// Average price of the fills.
    #[prost(string, tag = "6")]
    pub avg_price: String,
    /// 1 LIMIT, 2 post only, 3 IOC, 4 FOK, 5 MARKET, 100 stop.
    #[prost(int32, tag = "7")]
    pub order_type: i32,
    /// 1 buy, 2 sell.
    #[prost(int32, tag = "8")]
    pub trade_type: i32,
    /// Whether it rested.
    #[prost(bool, tag = "9")]
    pub is_maker: bool,
    /// Quote not used yet.
    #[prost(string, tag = "10")]
    pub remain_amount: String,
    /// Base not filled yet.
    #[prost(string, tag = "11")]
    pub remain_quantity: String,
    /// Base of the last fill.
    #[prost(string, optional, tag = "12")]
    pub last_deal_quantity: Option<String>,
    /// Base filled so far.
    #[prost(string, tag = "13")]
    pub cumulative_quantity: String,
    /// Quote filled so far.
    #[prost(string, tag = "14")]
    pub cumulative_amount: String,
    /// 1 new, 2 filled, 3 partly filled, 4 cancelled, 5 cancelled after a part was filled.
    #[prost(int32, tag = "15")]
    pub status: i32,
    /// Milliseconds.
    #[prost(int64, tag = "16")]
    #[serde(serialize_with = "int64")]
    pub create_time: i64,
    /// The exchange's own name of the market.
    #[prost(string, optional, tag = "17")]
    pub market: Option<String>,
    /// Of stop orders made in the web interface.
    #[prost(int32, optional, tag = "18")]
    pub trigger_type: Option<i32>,
    /// Of stop orders made in the web interface.
    #[prost(string, optional, tag = "19")]
    pub trigger_price: Option<String>,
    /// Of stop orders made in the web interface.
    #[prost(int32, optional, tag = "20")]
    pub state: Option<i32>,
    /// Of paired orders made in the web interface.
    #[prost(string, optional, tag = "21")]
    pub oco_id: Option<String>,
    /// Internal to the exchange.
    #[prost(string, optional, tag = "22")]
    pub route_factor: Option<String>,
    /// Internal to the exchange.
    #[prost(string, optional, tag = "23")]
    pub symbol_id: Option<String>,
    /// Internal to the exchange.
    #[prost(string, optional, tag = "24")]
    pub market_id: Option<String>,
    /// Internal to the exchange.
    #[prost(string, optional, tag = "25")]
    pub market_currency_id: Option<String>,
    /// Internal to the exchange.
    #[prost(string, optional, tag = "26")]
    pub currency_id: Option<String>,
}

/// One execution of one of our orders.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrivateDeals {
    /// Price.
    #[prost(string, tag = "1")]
    pub price: String,
    /// Base quantity.
    #[prost(string, tag = "2")]
    pub quantity: String,
    /// Quote amount.
    #[prost(string, tag = "3")]
    pub amount: String,
    /// 1 buy, 2 sell.
    #[prost(int32, tag = "4")]
    pub trade_type: i32,
    /// Whether our order rested.
    #[prost(bool, tag = "5")]
    pub is_maker: bool,
    /// Whether both sides were ours.
    #[prost(bool, tag = "6")]
    pub is_self_trade: bool,
    /// The exchange's id of the execution.
    #[prost(string, tag = "7")]
    pub trade_id: String,
    /// Our id of the order, empty if none.
    #[prost(string, tag = "8")]
    pub client_order_id: String,
    /// The exchange's id of the order.
    #[prost(string, tag = "9")]
    pub order_id: String,
    /// Up to 19 decimals.
    #[prost(string, tag = "10")]
    pub fee_amount: String,
    /// What the fee was paid in: `USDT`, `MX`.
    #[prost(string, tag = "11")]
    pub fee_currency: String,
    /// Milliseconds.
    #[prost(int64, tag = "12")]
    #[serde(serialize_with = "int64")]
    pub time: i64,
}

/// What we hold of one coin. Total = `balance_amount` + `frozen_amount`.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrivateAccount {
    /// The coin.
    #[prost(string, tag = "1")]
    pub vcoin_name: String,
    /// The exchange's own id of it.
    #[prost(string, tag = "2")]
    pub coin_id: String,
    /// The FREE part, without what is frozen.
    #[prost(string, tag = "3")]
    pub balance_amount: String,
    /// By how much it changed.
    #[prost(string, tag = "4")]
    pub balance_amount_change: String,
    /// Locked in orders.
    #[prost(string, tag = "5")]
    pub frozen_amount: String,
    /// By how much it changed.
    #[prost(string, tag = "6")]
    pub frozen_amount_change: String,
    /// Why: `ENTRUST_PLACE`, `DEPOSIT` … an open list.
    #[prost(string, tag = "7")]
    pub r#type: String,
    /// Milliseconds.
    #[prost(int64, tag = "8")]
    #[serde(serialize_with = "int64")]
    pub time: i64,
}
