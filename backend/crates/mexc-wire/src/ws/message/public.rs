//! Market data that is served.

use prost::Message;
use serde::Serialize;

use super::int64;

/// Trades within a window, oldest first.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicAggreDeals {
    /// The trades.
    #[prost(message, repeated, tag = "1")]
    pub deals: Vec<AggreDeal>,
    /// The channel without its pair.
    #[prost(string, tag = "2")]
    pub event_type: String,
}

/// One trade.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AggreDeal {
    /// Price.
    #[prost(string, tag = "1")]
    pub price: String,
    /// Base quantity.
    #[prost(string, tag = "2")]
    pub quantity: String,
    /// What the taker did: 1 bought, 2 sold.
    #[prost(int32, tag = "3")]
    pub trade_type: i32,
    /// Milliseconds.
    #[prost(int64, tag = "4")]
    #[serde(serialize_with = "int64")]
    pub time: i64,
    /// A pair of ids, `…X0_…X0`; absent before 2026.
    #[prost(string, tag = "5")]
    pub trade_id: String,
}

/// Changes of the book within a window.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicAggreDepths {
    /// Changed asks; they come first.
    #[prost(message, repeated, tag = "1")]
    pub asks: Vec<DepthItem>,
    /// Changed bids.
    #[prost(message, repeated, tag = "2")]
    pub bids: Vec<DepthItem>,
    /// The channel without its pair.
    #[prost(string, tag = "3")]
    pub event_type: String,
    /// First change, decimal text.
    #[prost(string, tag = "4")]
    pub from_version: String,
    /// Last change; the next push begins with the one after it.
    #[prost(string, tag = "5")]
    pub to_version: String,
    /// Milliseconds.
    #[prost(int64, tag = "6")]
    #[serde(serialize_with = "int64")]
    pub last_order_create_time: i64,
}

/// One level of the book.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DepthItem {
    /// Price.
    #[prost(string, tag = "1")]
    pub price: String,
    /// Base quantity, absolute; zero removes the level.
    #[prost(string, tag = "2")]
    pub quantity: String,
}

/// The best levels of the book, complete each time.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicLimitDepths {
    /// Asks, best first.
    #[prost(message, repeated, tag = "1")]
    pub asks: Vec<DepthItem>,
    /// Bids, best first.
    #[prost(message, repeated, tag = "2")]
    pub bids: Vec<DepthItem>,
    /// The channel without its pair.
    #[prost(string, tag = "3")]
    pub event_type: String,
    /// Of the book, decimal text.
    #[prost(string, tag = "4")]
    pub version: String,
    /// Milliseconds.
    #[prost(int64, tag = "5")]
    #[serde(serialize_with = "int64")]
    pub last_order_create_time: i64,
}

/// Best bid and ask.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicAggreBookTicker {
    /// Best bid.
    #[prost(string, tag = "1")]
    pub bid_price: String,
    /// Base quantity there.
    #[prost(string, tag = "2")]
    pub bid_quantity: String,
    /// Best ask.
    #[prost(string, tag = "3")]
    pub ask_price: String,
    /// Base quantity there.
    #[prost(string, tag = "4")]
    pub ask_quantity: String,
    /// Of the book, decimal text.
    #[prost(string, tag = "5")]
    pub version: String,
    /// Milliseconds.
    #[prost(int64, tag = "6")]
    #[serde(serialize_with = "int64")]
    pub last_order_create_time: i64,
}

/// Best bid and ask, batched.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicBookTickerBatch {
    /// What they were.
    #[prost(message, repeated, tag = "1")]
    pub items: Vec<BookTickerItem>,
    /// Of the book, decimal text.
    #[prost(string, tag = "2")]
    pub version: String,
    /// Milliseconds.
    #[prost(int64, tag = "3")]
    #[serde(serialize_with = "int64")]
    pub last_order_create_time: i64,
}

/// Best bid and ask.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BookTickerItem {
    /// Best bid.
    #[prost(string, tag = "1")]
    pub bid_price: String,
    /// Base quantity there.
    #[prost(string, tag = "2")]
    pub bid_quantity: String,
    /// Best ask.
    #[prost(string, tag = "3")]
    pub ask_price: String,
    /// Base quantity there.
    #[prost(string, tag = "4")]
    pub ask_quantity: String,
}

/// The candle of the present window. It is final when the next window starts.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicSpotKline {
    /// `Min1` … `Month1`.
    #[prost(string, tag = "1")]
    pub interval: String,
    /// SECONDS since the epoch.
    #[prost(int64, tag = "2")]
    #[serde(serialize_with = "int64")]
    pub window_start: i64,
    /// First price.
    #[prost(string, tag = "3")]
    pub opening_price: String,
    /// Last price so far.
    #[prost(string, tag = "4")]
    pub closing_price: String,
    /// Highest price.
    #[prost(string, tag = "5")]
    pub highest_price: String,
    /// Lowest price.
    #[prost(string, tag = "6")]
    pub lowest_price: String,
    /// Base volume.
    #[prost(string, tag = "7")]
    pub volume: String,
    /// Quote volume.
    #[prost(string, tag = "8")]
    pub amount: String,
    /// SECONDS since the epoch.
    #[prost(int64, tag = "9")]
    #[serde(serialize_with = "int64")]
    pub window_end: i64,
}

/// A day's figures of one pair.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicMiniTicker {
    /// The pair.
    #[prost(string, tag = "1")]
    pub symbol: String,
    /// Last price.
    #[prost(string, tag = "2")]
    pub price: String,
    /// Change over 24 hours, a fraction.
    #[prost(string, tag = "3")]
    pub rate: String,
    /// Change since midnight of the zone, a fraction.
    #[prost(string, tag = "4")]
    pub zoned_rate: String,
    /// Highest price.
    #[prost(string, tag = "5")]
    pub high: String,
    /// Lowest price.
    #[prost(string, tag = "6")]
    pub low: String,
    /// QUOTE turnover.
    #[prost(string, tag = "7")]
    pub volume: String,
    /// BASE volume.
    #[prost(string, tag = "8")]
    pub quantity: String,
    /// Change by the last close.
    #[prost(string, tag = "9")]
    pub last_close_rate: String,
    /// The same in the zone.
    #[prost(string, tag = "10")]
    pub last_close_zoned_rate: String,
    /// Highest close.
    #[prost(string, tag = "11")]
    pub last_close_high: String,
    /// Lowest close.
    #[prost(string, tag = "12")]
    pub last_close_low: String,
}

/// A day's figures of all pairs.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicMiniTickers {
    /// One a pair.
    #[prost(message, repeated, tag = "1")]
    pub items: Vec<PublicMiniTicker>,
}
