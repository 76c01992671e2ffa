//! Market data whose channels are blocked since 2025; the messages remain in the schema.

use prost::Message;
use serde::Serialize;

use super::{AggreDeal, DepthItem};

/// Trades.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicDeals {
    /// The trades.
    #[prost(message, repeated, tag = "1")]
    pub deals: Vec<AggreDeal>,
    /// The channel without its pair.
    #[prost(string, tag = "2")]
    pub event_type: String,
}

/// Changes of the book.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicIncreaseDepths {
    /// Changed asks.
    #[prost(message, repeated, tag = "1")]
    pub asks: Vec<DepthItem>,
    /// Changed bids.
    #[prost(message, repeated, tag = "2")]
    pub bids: Vec<DepthItem>,
    /// The channel without its pair.
    #[prost(string, tag = "3")]
    pub event_type: String,
    /// Of the book, decimal text.
    #[prost(string, tag = "4")]
    pub version: String,
}

/// Best bid and ask.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicBookTicker {
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

/// Changes of the book, batched.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicIncreaseDepthsBatch {
    /// One a change.
    #[prost(message, repeated, tag = "1")]
    pub items: Vec<PublicIncreaseDepths>,
    /// The channel without its pair.
    #[prost(string, tag = "2")]
    pub event_type: String,
}
