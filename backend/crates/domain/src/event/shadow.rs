//! What is recorded of signals that are followed without being traded, and of a channel's record.

use serde::{Deserialize, Serialize};

use super::PlanSource;
use crate::{Decimal, Notional, Pnl, Price, Timestamp};

/// What was decided on the message that a shadow follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShadowFate {
    /// It would have been traded.
    DryRun,
    /// A risk check blocked it.
    Blocked,
    /// Settings or its confidence kept it from being considered for trading.
    Skipped,
}

/// A signal that was not traded is followed on the market from here on. Nothing is ever bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowOpened {
    /// Where the message came from.
    pub source: String,
    /// Channel within the source; empty where there is none.
    pub channel: String,
    /// Why it was not traded.
    pub fate: ShadowFate,
    /// Names of the risk checks that blocked it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked_by: Vec<String>,
    /// Whether the outcome counts for the channel; false while an earlier signal of the same channel
    /// for the same pair is still open, since both would be the same bet.
    pub counts: bool,
    /// What it is reckoned with: the size that was asked for.
    pub notional: Notional,
    /// The ask at which a market entry is taken as made, or the limit that is waited for.
    pub entry: Price,
    /// When a limit that was not reached is given up; [`None`] when it is entered at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enter_by: Option<Timestamp>,
    /// The plan's stop.
    pub stop: Price,
    /// The plan's first target.
    pub target: Price,
    /// Where stop and target come from.
    pub plan_source: PlanSource,
    /// When it is given up without an outcome.
    pub expires_at: Timestamp,
}

/// The price came to the limit that a shadow waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowEntered {
    /// The limit.
    pub price: Price,
}

/// How a followed signal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShadowOutcome {
    /// The first target was reached before the stop.
    Target,
    /// The stop was crossed first, or may have been.
    Stop,
    /// Neither within `SHADOW_MAX_HOURS`.
    Expired,
    /// The price did not come to the entry within `ENTRY_TTL`.
    NotEntered,
    /// The target was passed while no prices came in: the stop may have been crossed before.
    Unseen,
    /// Given up to make room for a newer one (`SHADOW_MAX_OPEN`).
    Dropped,
}

impl ShadowOutcome {
    /// Every outcome.
    pub const ALL: [Self; 6] =
        [Self::Target, Self::Stop, Self::Expired, Self::NotEntered, Self::Unseen, Self::Dropped];

    /// The name as written in the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Stop => "stop",
            Self::Expired => "expired",
            Self::NotEntered => "not_entered",
            Self::Unseen => "unseen",
            Self::Dropped => "dropped",
        }
    }
}

/// A followed signal came to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowClosed {
    /// How.
    pub outcome: ShadowOutcome,
    /// When it was begun.
    pub opened_at: Timestamp,
    /// The price it was entered at, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Price>,
    /// The price it is reckoned to have been left at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<Price>,
    /// Result in units of the risk between entry and stop; zero where it was not entered.
    pub r: Decimal,
    /// Result at the requested size before fees, quote units.
    pub pnl: Pnl,
}

/// A channel's record as it met the model's confidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChannelTrust {
    /// What the model alone says.
    pub model_confidence: f64,
    /// The factor.
    pub trust: Decimal,
    /// The factor without any outcome: `TELEGRAM_CHANNEL_TRUST`, else 1.
    pub prior: Decimal,
    /// Signals whose first target came before the stop.
    pub won: u64,
    /// Signals that reached either.
    pub decided: u64,
    /// The decided ones that are still remembered, each worth less the older it is.
    pub weight: Decimal,
    /// How many of that weight a price without direction would have won.
    pub by_chance: Decimal,
}
