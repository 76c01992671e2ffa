//! The WebSocket wire (contract 14 and 15): control frames, channel names, protobuf pushes.
//!
//! A connection carries two kinds of frames. TEXT frames are JSON control messages, [`Request`] one
//! way and [`Reply`] the other. BINARY frames hold one bare [`PushDataV3ApiWrapper`] each.
//! [`Update`] is what a push means in the domain's terms; a push without a meaning for us, or with
//! an unusable one, is an error of that frame alone and never of the stream.

mod channel;
mod control;
mod convert;
mod message;
mod view;

pub use channel::{Channel, DepthLevels, KlineInterval, PushSpeed, TickerZone, UnknownChannel};
pub use control::{Meaning, Method, Reply, Request};
pub use convert::{BalanceChange, BookTop, Deal, KlineUpdate, Level, PartialDepth, Trade, Update};
pub use message::{
    AggreDeal, Body, BookTickerItem, DepthItem, PrivateAccount, PrivateDeals, PrivateOrders,
    PublicAggreBookTicker, PublicAggreDeals, PublicAggreDepths, PublicBookTicker,
    PublicBookTickerBatch, PublicDeals, PublicIncreaseDepths, PublicIncreaseDepthsBatch,
    PublicLimitDepths, PublicMiniTicker, PublicMiniTickers, PublicSpotKline, PushDataV3ApiWrapper,
};
pub use prost::DecodeError;
pub use view::{frame_json, view};

impl PushDataV3ApiWrapper {
    /// Reads one BINARY frame. Fields that are not known are skipped.
    ///
    /// # Errors
    /// [`DecodeError`] when the bytes are no such message: truncated, not UTF-8 where text belongs,
    /// or a known field of another wire type.
    pub fn from_frame(frame: &[u8]) -> Result<Self, DecodeError> {
        prost::Message::decode(frame)
    }

    /// Writes one BINARY frame: fields ascending, default values left out, as the exchange does.
    pub fn to_frame(&self) -> Vec<u8> {
        prost::Message::encode_to_vec(self)
    }
}
