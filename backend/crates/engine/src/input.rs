//! What the outside tells the engine.

use std::sync::Arc;

use domain::event::{KillMode, MessageRef, Notice};
use domain::{
    Asset, CancelOutcome, Candle, ClientOrderId, Decimal, Interval, Markets, Notional,
    OrderSnapshot, PlaceOutcome, PolicyName, PositionId, Price, Qty, QueryOutcome, Room, Side,
    SignalKey, Symbol, Timestamp,
};

/// A message that may be a signal.
#[derive(Debug, Clone)]
pub struct Message {
    /// `api`, `telegram`, `hook` …
    pub source: String,
    /// Channel within the source.
    pub channel: Option<String>,
    /// The source's id of the message; with source and channel it identifies the signal.
    pub message_id: Option<String>,
    /// The id of the message it replies to, in the same channel.
    pub reply_to: Option<String>,
    /// The caller's own identity for it; wins over the message id.
    pub idempotency_key: Option<String>,
    /// When it was posted, if known.
    pub posted_at: Option<Timestamp>,
    /// The text.
    pub text: String,
    /// False to score only: nothing is journalled and nothing follows.
    pub route: bool,
}

impl Message {
    /// Where it stands.
    pub fn stands_at(&self) -> MessageRef {
        MessageRef {
            source: self.source.clone(),
            channel: self.channel.clone(),
            message_id: self.message_id.clone(),
        }
    }
}

/// An order a person asks for directly.
#[derive(Debug, Clone)]
pub struct ManualOrder {
    /// Identity: the caller's `Idempotency-Key`, or a fresh random one.
    pub key: SignalKey,
    /// A listed pair.
    pub symbol: Symbol,
    /// Which way. A sell reduces what the bot holds.
    pub side: Side,
    /// Size in quote units.
    pub notional: Notional,
    /// Judge and plan, send nothing.
    pub dry_run: bool,
}

/// Top of the book, and the last trade where it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// Best bid.
    pub bid: Price,
    /// Best ask.
    pub ask: Price,
    /// Last trade.
    pub last: Option<Price>,
    /// When it was received, our clock.
    pub at: Timestamp,
}

/// What the account holds of one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// The coin.
    pub asset: Asset,
    /// Not locked in orders.
    pub free: Decimal,
    /// Locked in orders.
    pub locked: Decimal,
}

/// A person's or the API's order to the engine.
#[derive(Debug, Clone)]
pub enum Command {
    /// Switch the policy.
    SetPolicy {
        /// The new one.
        policy: PolicyName,
        /// Who asks.
        by: String,
    },
    /// Pull the kill switch.
    Kill {
        /// How much to stop.
        mode: KillMode,
        /// Why.
        reason: String,
        /// Who asks.
        by: String,
    },
    /// Trade again.
    Resume {
        /// Who asks.
        by: String,
    },
    /// Sell what is left of a position now.
    ClosePosition {
        /// Which.
        position_id: PositionId,
        /// Who asks.
        by: String,
    },
    /// Say what is really held, when part of it is gone by other means.
    AdjustPosition {
        /// Which.
        position_id: PositionId,
        /// Base quantity held; never more than the journal says.
        held: Qty,
        /// Who says so.
        by: String,
    },
    /// Cancel one of our orders.
    CancelOrder {
        /// Which.
        client_order_id: ClientOrderId,
        /// Who asks.
        by: String,
    },
}

/// Everything that can happen to the engine. The time of it comes beside, in `Engine::step`.
#[derive(Debug)]
pub enum Input {
    /// A message that may be a signal.
    Message(Box<Message>),
    /// A direct order.
    ManualOrder(Box<ManualOrder>),
    /// A market update.
    Quote {
        /// The pair.
        symbol: Symbol,
        /// Its top of the book.
        quote: Quote,
    },
    /// Finished candles, oldest first; empty when they could not be had.
    Candles {
        /// The pair.
        symbol: Symbol,
        /// Their length.
        interval: Interval,
        /// The candles.
        candles: Vec<Candle>,
    },
    /// A new market list.
    Markets(Arc<Markets>),
    /// What the account holds; complete.
    Balances(Vec<Balance>),
    /// Exchange time minus our time.
    ClockOffset {
        /// Milliseconds; positive when the exchange is ahead.
        offset_ms: i64,
    },
    /// How a [`crate::Effect::Place`] ended.
    Placed {
        /// Which order.
        client_order_id: ClientOrderId,
        /// How.
        outcome: PlaceOutcome,
    },
    /// How a [`crate::Effect::Cancel`] ended.
    Cancelled {
        /// Which order.
        client_order_id: ClientOrderId,
        /// How.
        outcome: CancelOutcome,
    },
    /// How a [`crate::Effect::Query`] ended.
    Queried {
        /// Which order.
        client_order_id: ClientOrderId,
        /// How.
        outcome: QueryOutcome,
    },
    /// Orders at the exchange that carry our id, found while reconciling at start.
    Reconciled {
        /// All of them, open and recent.
        orders: Vec<OrderSnapshot>,
    },
    /// A command.
    Command(Command),
    /// The room left for the journal.
    Room(Room),
    /// Something the outside wants in the journal.
    Report(Report),
    /// Time passed.
    Tick,
}

/// What a [`Report`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    /// The service started.
    Started,
    /// The service stops in good order.
    Stopped,
    /// The journal's torn last line was cut.
    JournalRepaired,
    /// The exchange answers.
    Connected,
    /// The exchange does not answer, or refuses.
    ExchangeError,
    /// Start-up compared journal and exchange.
    Reconciled,
    /// The request budget stopped or started to be shared.
    Budget,
    /// Something needs a person.
    Alarm,
    /// A person gave a command.
    Commanded,
    /// Somebody was turned away.
    TurnedAway,
}

/// A note for the journal that changes no state.
#[derive(Debug, Clone)]
pub struct Report {
    /// What it is about.
    pub kind: ReportKind,
    /// The note.
    pub notice: Notice,
}
