//! What a step answers to whoever sent the input.

use domain::event::ExitPlan;
use domain::{
    Check, ClientOrderId, FieldSpan, Notional, Price, Qty, Score, Side, Symbol, TraceId,
    TradeSignal,
};

/// The answer to an input that came from a caller.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// To [`crate::Input::Message`].
    Signal(Box<SignalReply>),
    /// To [`crate::Input::ManualOrder`].
    Order(Box<OrderReply>),
    /// The command was carried out; for a kill or close what follows shows in the journal.
    Done,
    /// The command could not be carried out.
    Refused(CommandRefusal),
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandRefusal {
    /// No such position is open.
    #[error("no open position {0}")]
    NoSuchPosition(String),
    /// No such order of ours is open.
    #[error("no open order {0}")]
    NoSuchOrder(String),
    /// More than the journal says cannot be held by this bot.
    #[error("position {0} holds {1}: it can only be adjusted downwards, not to {2}")]
    NotLess(String, Qty, Qty),
    /// The order is a position's exit; close the position instead.
    #[error("order {0} protects a position: close the position instead")]
    ProtectsPosition(String),
}

/// What auto-routing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteAction {
    /// An order was decided on.
    Executed,
    /// It would have been.
    DryRun,
    /// Risk checks refused it.
    Blocked,
    /// Not a case for trading: intent, confidence, settings.
    Skipped,
    /// Considered before.
    Duplicate,
    /// Only scored, as asked.
    ScoredOnly,
}

impl RouteAction {
    /// The name in API answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Executed => "executed",
            Self::DryRun => "dry_run",
            Self::Blocked => "blocked",
            Self::Skipped => "skipped",
            Self::Duplicate => "duplicate",
            Self::ScoredOnly => "scored_only",
        }
    }
}

/// The answer to a message.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalReply {
    /// The trace of the signal (of its first arrival, for a duplicate).
    pub trace_id: TraceId,
    /// Intent and confidence; [`None`] for a duplicate.
    pub score: Option<Score>,
    /// The fields found; [`None`] for a duplicate.
    pub signal: Option<TradeSignal>,
    /// Where each field stands in the text, in its order.
    pub spans: Vec<FieldSpan>,
    /// What came of it.
    pub action: RouteAction,
    /// Why, in words.
    pub reason: String,
    /// Every risk check that ran.
    pub checks: Vec<Check>,
    /// The order, when one was decided on.
    pub client_order_id: Option<ClientOrderId>,
    /// The exit plan expected.
    pub plan: Option<ExitPlan>,
}

/// What was decided on a direct order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderDecision {
    /// It is on its way; fills show in the journal under its trace.
    Sent,
    /// Risk checks refused it.
    Blocked,
    /// Only judged.
    DryRun,
    /// The same key was used before; nothing new was done.
    Duplicate,
}

/// The answer to a direct order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderReply {
    /// Its trace.
    pub trace_id: TraceId,
    /// What was decided.
    pub decision: OrderDecision,
    /// The pair.
    pub symbol: Symbol,
    /// Which way.
    pub side: Side,
    /// Base quantity expected.
    pub qty: Qty,
    /// The price it was judged at; [`None`] when none is known.
    pub price: Option<Price>,
    /// Quote amount after clamping.
    pub notional: Notional,
    /// What was asked for.
    pub requested_notional: Notional,
    /// Whether a check blocks (would block) it.
    pub would_block: bool,
    /// The first blocking check's sentence, or an empty text.
    pub reason: String,
    /// Every check.
    pub checks: Vec<Check>,
    /// The exit plan expected, for buys with a known price.
    pub plan: Option<ExitPlan>,
    /// Our id, when it is on its way or was before.
    pub client_order_id: Option<ClientOrderId>,
}
