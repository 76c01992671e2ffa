//! What is recorded of a message.

use serde::{Deserialize, Serialize};

use super::{ChannelTrust, ExitPlan};
use crate::signal::{FieldSpan, Score, TradeSignal};
use crate::{Check, ClientOrderId, SignalKey, Timestamp};

/// Where a message stands. Replies and later messages of the same channel find by it what an earlier
/// one led to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRef {
    /// `api`, `telegram`, `hook`.
    pub source: String,
    /// Channel within the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The source's message id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
}

impl MessageRef {
    /// Whether both come from one channel of one source.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.source == other.source && self.channel == other.channel
    }
}

/// A message arrived and is being considered for the first time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalIngest {
    /// Its identity.
    pub key: SignalKey,
    /// Where it came from: `api`, `telegram`, `hook`.
    pub source: String,
    /// Channel within the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The source's message id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The id of the message it replies to, in the same channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Hash of source, channel and text, when that is what identifies the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_hash: Option<String>,
    /// When it was posted, if the source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_at: Option<Timestamp>,
    /// The text as received.
    pub text: String,
}

/// A message that was already considered came again; nothing follows from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalDuplicate {
    /// Its identity.
    pub key: SignalKey,
    /// When it was first considered.
    pub first_seen: Timestamp,
}

/// What the message says and how sure that is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalScored {
    /// Intent, confidence and reasons.
    pub score: Score,
    /// The fields found in the text.
    pub signal: TradeSignal,
    /// How the channel's record changed the model's confidence; for entries only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelTrust>,
    /// Where each field stands in the text, in its order; they may overlap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<FieldSpan>,
}

/// What auto-routing did with a signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AutoRoute {
    /// In words.
    pub reason: String,
    /// Every risk check, where they ran.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// The order that came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_order_id: Option<ClientOrderId>,
    /// The plan a dry run would have used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<ExitPlan>,
}
