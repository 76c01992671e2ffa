//! What is recorded of a position and its exit plan.

use serde::{Deserialize, Serialize};

use crate::{ClientOrderId, Decimal, Pnl, PolicyName, PositionId, Price, Qty, Timestamp, TraceId};

/// First fill of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionOpened {
    /// The position.
    pub position_id: PositionId,
    /// Its entry order.
    pub client_order_id: ClientOrderId,
}

/// Where the numbers of an exit plan come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanSource {
    /// The signal gave both stop and targets.
    Hint,
    /// Average true range times the policy's multiple.
    Atr,
    /// No candles: one percent of the price takes the place of the ATR.
    Fallback,
}

/// A take-profit level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Limit price of the sell.
    pub price: Price,
    /// Share of the position sold there, of 1.
    pub share: Decimal,
}

/// How a position is to be left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitPlan {
    /// Sell everything when the price falls to this.
    pub stop: Price,
    /// Whether the signal named it.
    #[serde(default)]
    pub stop_hinted: bool,
    /// Nearest first; the shares add up to 1.
    pub targets: Vec<Target>,
    /// Where the numbers come from.
    pub source: PlanSource,
    /// Average true range used, in quote units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub atr: Option<Decimal>,
    /// Policy in force.
    pub policy: PolicyName,
    /// Hints that made no sense, each with its reason; and other remarks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The exit plan of a position came into force (or changed).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskSltp {
    /// The position.
    pub position_id: PositionId,
    /// The price the plan was derived from: the average entry.
    pub entry_price: Price,
    /// Counts from 1.
    pub revision: u32,
    /// Why it changed, from the second revision on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The plan.
    #[serde(flatten)]
    pub plan: ExitPlan,
}

/// Why a position is being left at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The stop was crossed.
    Stop,
    /// All targets were filled.
    Targets,
    /// A person asked.
    Manual,
    /// A SELL or CLOSE signal.
    Signal,
    /// The kill switch in mode `flatten`.
    KillSwitch,
    /// What is left is too small for the exchange to sell.
    Dust,
    /// The time stop: held for longer than `EXIT_TIME_STOP`.
    Time,
    /// A late twin: an order held to be absent was executed after its successor had been sent.
    Twin,
}

/// The remainder of a position, or a part of it, is to be sold now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionClosing {
    /// The position.
    pub position_id: PositionId,
    /// Why; [`None`] when a partial sale is done and the plan goes on.
    pub reason: Option<CloseReason>,
    /// How much of it; [`None`] is everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qty: Option<Qty>,
    /// The price that set it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// The trace of the direct order that asked for it. It is used up: the same key sells once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<TraceId>,
}

/// A person said what is really held: part of it is gone by other means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionAdjusted {
    /// The position.
    pub position_id: PositionId,
    /// Base quantity held before.
    pub from: Qty,
    /// Base quantity held from now on; never more than before.
    pub to: Qty,
    /// Who said so.
    pub by: String,
}

/// The position is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PositionClosed {
    /// The position.
    pub position_id: PositionId,
    /// Why.
    pub reason: CloseReason,
    /// Base quantity that was held.
    pub qty: Qty,
    /// Average entry price.
    pub entry_price: Price,
    /// Average exit price, where anything was sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_price: Option<Price>,
    /// Proceeds minus cost minus quote fees, in quote units.
    pub realised_pnl: Pnl,
    /// Too small to sell by the exchange's rules; stays on the account.
    pub dust: Qty,
    /// When it was opened.
    pub opened_at: Timestamp,
}
