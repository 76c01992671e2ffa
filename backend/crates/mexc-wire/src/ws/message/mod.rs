//! The protobuf messages, field by field as in contract 15. proto3 leaves out zero, false and empty
//! values, so an absent field reads as one of these.

mod private;
mod public;
mod withdrawn;

use prost::{Message, Oneof};
use serde::{Serialize, Serializer};

pub use private::{PrivateAccount, PrivateDeals, PrivateOrders};
pub use public::{
    AggreDeal, BookTickerItem, DepthItem, PublicAggreBookTicker, PublicAggreDeals,
    PublicAggreDepths, PublicBookTickerBatch, PublicLimitDepths, PublicMiniTicker,
    PublicMiniTickers, PublicSpotKline,
};
pub use withdrawn::{
    PublicBookTicker, PublicDeals, PublicIncreaseDepths, PublicIncreaseDepthsBatch,
};

/// One BINARY frame: who it is for and what it says.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PushDataV3ApiWrapper {
    /// The channel, as it was subscribed.
    #[prost(string, tag = "1")]
    pub channel: String,
    /// The pair; absent on the account channel and on all mini tickers.
    #[prost(string, optional, tag = "3")]
    pub symbol: Option<String>,
    /// The exchange's own id of the pair, 32 hex digits; seen on candles.
    #[prost(string, optional, tag = "4")]
    pub symbol_id: Option<String>,
    /// Milliseconds; on candles and the account.
    #[prost(int64, optional, tag = "5")]
    #[serde(serialize_with = "some_int64")]
    pub create_time: Option<i64>,
    /// Milliseconds; on everything but candles.
    #[prost(int64, optional, tag = "6")]
    #[serde(serialize_with = "some_int64")]
    pub send_time: Option<i64>,
    /// What it says; absent when the exchange sends a kind that is not known yet.
    #[prost(
        oneof = "Body",
        tags = "301, 302, 303, 304, 305, 306, 307, 308, 309, 310, 311, 312, 313, 314, 315"
    )]
    #[serde(flatten)]
    pub body: Option<Body>,
}

/// What a push says.
#[derive(Clone, PartialEq, Oneof, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::large_enum_variant, reason = "one frame is looked at at a time")]
pub enum Body {
    /// Trades, one by one; withdrawn.
    #[prost(message, tag = "301")]
    PublicDeals(PublicDeals),
    /// Changes of the book; withdrawn.
    #[prost(message, tag = "302")]
    PublicIncreaseDepths(PublicIncreaseDepths),
    /// The best levels of the book, complete.
    #[prost(message, tag = "303")]
    PublicLimitDepths(PublicLimitDepths),
    /// One of our orders changed.
    #[prost(message, tag = "304")]
    PrivateOrders(PrivateOrders),
    /// Best bid and ask; withdrawn.
    #[prost(message, tag = "305")]
    PublicBookTicker(PublicBookTicker),
    /// One of our orders traded.
    #[prost(message, tag = "306")]
    PrivateDeals(PrivateDeals),
    /// What we hold of one coin changed.
    #[prost(message, tag = "307")]
    PrivateAccount(PrivateAccount),
    /// The candle of the present window.
    #[prost(message, tag = "308")]
    PublicSpotKline(PublicSpotKline),
    /// A day's figures of one pair.
    #[prost(message, tag = "309")]
    PublicMiniTicker(PublicMiniTicker),
    /// A day's figures of all pairs.
    #[prost(message, tag = "310")]
    PublicMiniTickers(PublicMiniTickers),
    /// Best bid and ask, batched.
    #[prost(message, tag = "311")]
    PublicBookTickerBatch(PublicBookTickerBatch),
    /// Changes of the book, batched; withdrawn.
    #[prost(message, tag = "312")]
    PublicIncreaseDepthsBatch(PublicIncreaseDepthsBatch),
    /// Changes of the book within a window.
    #[prost(message, tag = "313")]
    PublicAggreDepths(PublicAggreDepths),
    /// Trades within a window.
    #[prost(message, tag = "314")]
    PublicAggreDeals(PublicAggreDeals),
    /// Best bid and ask at the end of a window.
    #[prost(message, tag = "315")]
    PublicAggreBookTicker(PublicAggreBookTicker),
}

/// 64-bit integers are text in protobuf's JSON, since a JSON number may lose their last digits.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn int64<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        0 => serializer.serialize_none(),
        value => serializer.collect_str(value),
    }
}

#[expect(clippy::ref_option, reason = "serde passes references")]
fn some_int64<S: Serializer>(value: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        None => serializer.serialize_none(),
        Some(value) => serializer.collect_str(value),
    }
}
