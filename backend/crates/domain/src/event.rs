//! The journal's events: what became true. State changes only by applying one.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::ids::Leg;
use crate::signal::{Score, TradeSignal};
use crate::{
    Asset, Check, ClientOrderId, Decimal, ExchangeOrderId, Notional, OrderKind, Pnl, PolicyName,
    PositionId, Price, Qty, Refusal, Side, SignalKey, Symbol, Timestamp, TraceId,
};

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

/// Where an order's wish came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A scored message.
    Signal,
    /// `POST /exchange/test-order`.
    Manual,
    /// A position's exit plan or a request to close it.
    Exit,
}

/// Numbers in the message that shape the exit plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitHints {
    /// Stop price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Price>,
    /// Stop as a distance below the entry, percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_pct: Option<Decimal>,
    /// Target prices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Price>,
    /// Targets as distances above the entry, percent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub target_pcts: Vec<Decimal>,
}

/// The decision to send an order, written before its bytes leave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderNew {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// Who wanted it.
    pub origin: Origin,
    /// What it serves.
    pub leg: Leg,
    /// Counts from 1; a further attempt has a new id.
    pub attempt: u32,
    /// The pair's base asset; fees taken in it cannot be sold.
    pub base: Asset,
    /// The pair's quote asset.
    pub quote: Asset,
    /// Which way.
    pub side: Side,
    /// Type, quantity, price.
    pub kind: OrderKind,
    /// The price it was judged at.
    pub price: Price,
    /// Base quantity expected or asked for.
    pub qty: Qty,
    /// Quote amount expected; this much exposure is reserved for an entry.
    pub notional: Notional,
    /// What was asked for before clamping.
    pub requested_notional: Notional,
    /// The position it reduces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position_id: Option<PositionId>,
    /// What the signal said about exits.
    #[serde(default)]
    pub hints: ExitHints,
    /// When an unfilled limit entry is given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Signed time, exchange milliseconds.
    pub timestamp_ms: i64,
    /// Signed window, milliseconds.
    pub recv_window_ms: u32,
    /// Every risk check.
    pub checks: Vec<Check>,
}

/// The exchange acknowledged the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderAccepted {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// The exchange's id.
    pub order_id: ExchangeOrderId,
}

/// A fee in its own asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// What it was paid in.
    pub asset: Asset,
    /// How much.
    pub amount: Decimal,
}

/// How far an order is filled. All figures are cumulative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderProgress {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// The exchange's id.
    pub order_id: ExchangeOrderId,
    /// Which way.
    pub side: Side,
    /// Base filled so far.
    pub executed_qty: Qty,
    /// Quote filled so far.
    pub executed_quote: Notional,
    /// Average price, where anything was filled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_price: Option<Price>,
    /// Fees known so far, one entry an asset.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<Fee>,
    /// Whether the fees cover everything that was filled (trades may show up late).
    pub fees_complete: bool,
}

/// A cancel was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCancelRequested {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// Why.
    pub reason: String,
}

/// Risk checks or the kill switch refused the order; nothing was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderBlocked {
    /// Who wanted it.
    pub origin: Origin,
    /// Which way.
    pub side: Side,
    /// `market`, `limit` or `ioc`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What was asked for, where it was a valid amount.
    pub requested_notional: Notional,
    /// After clamping.
    pub notional: Notional,
    /// The price it was judged at, where one was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// The first blocking check's sentence.
    pub reason: String,
    /// Every check.
    pub checks: Vec<Check>,
}

/// The order failed for good: refused, or held back before it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderError {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// Whether any byte may have reached the exchange.
    pub sent: bool,
    /// Why.
    pub refusal: Refusal,
}

/// Nobody knows whether the exchange has the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderInDoubt {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// What was seen.
    pub seen: String,
}

/// How a doubt was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// The exchange has it.
    Found,
    /// It was never placed and can no longer be: the signed window is past, and order query, open
    /// orders, recent orders and trades all lack it.
    NeverPlaced,
}

/// A doubt was settled by evidence from the exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReconciled {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// How.
    pub resolution: Resolution,
    /// The exchange's id, when found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<ExchangeOrderId>,
    /// The evidence, in words.
    pub evidence: String,
}

/// A dry run of an order: judged, planned, not sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderDryRun {
    /// Which way.
    pub side: Side,
    /// What was asked for.
    pub requested_notional: Notional,
    /// After clamping.
    pub notional: Notional,
    /// Base quantity it would have been.
    pub qty: Qty,
    /// The price it was judged at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// Whether it would have been blocked.
    pub would_block: bool,
    /// Every check.
    pub checks: Vec<Check>,
}

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

/// The risk policy changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskPolicyChanged {
    /// Before.
    pub from: PolicyName,
    /// From now on.
    pub to: PolicyName,
    /// Who asked.
    pub by: String,
}

/// How much the kill switch stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KillMode {
    /// No new entries.
    Entries,
    /// And queued entries revoked, resting entries cancelled.
    Cancel,
    /// And every position sold at the market.
    Flatten,
}

impl KillMode {
    /// The name as written in requests and the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Cancel => "cancel",
            Self::Flatten => "flatten",
        }
    }
}

/// The kill switch was pulled or released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KillSwitch {
    /// The mode, or [`None`] when trading resumes.
    pub mode: Option<KillMode>,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub by: String,
}

/// Something a person should know that changes no state: a start, a lost connection, a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// In words.
    pub message: String,
    /// Figures, by name.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub details: std::collections::BTreeMap<String, String>,
}

/// From here on the events belong to this account. State belongs to (exchange, account): paper
/// never continues live positions, nor the other way round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSelected {
    /// The account's name: `paper`, or `mexc-` with a short hash of the access key.
    pub account: String,
}

/// The open state in one event, so that older events are not needed to go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Version of the state's layout.
    pub version: u32,
    /// The state, in the engine's own layout.
    pub state: serde_json::Value,
}

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident($payload:ty) = $name:literal,)*) => {
        /// One thing that became true.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event {
            $($(#[$doc])* $variant($payload),)*
        }

        impl Event {
            /// Every event type, as written in the journal.
            pub const TYPES: &'static [&'static str] = &[$($name),*];

            /// The `event_type` of the journal's line.
            pub const fn event_type(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }

            fn parse(event_type: &str, payload: &str) -> Result<Self, EventError> {
                match event_type {
                    $($name => serde_json::from_str(payload).map(Self::$variant).map_err(|error| {
                        EventError::Payload { event_type: event_type.to_owned(), error: error.to_string() }
                    }),)*
                    _ => Err(EventError::UnknownType(event_type.to_owned())),
                }
            }
        }

        impl Serialize for Event {
            /// Serialises the payload alone; the type goes beside it in the record.
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(payload) => payload.serialize(serializer),)*
                }
            }
        }
    };
}

events! {
    /// See [`SignalIngest`].
    SignalIngest(SignalIngest) = "SIGNAL_INGEST",
    /// See [`SignalDuplicate`].
    SignalDuplicate(SignalDuplicate) = "SIGNAL_DUPLICATE",
    /// See [`SignalScored`].
    SignalScored(SignalScored) = "SIGNAL_SCORED",
    /// The signal became an order.
    AutoRouteExecuted(AutoRoute) = "AUTO_ROUTE_EXECUTED",
    /// The signal was not traded.
    AutoRouteSkipped(AutoRoute) = "AUTO_ROUTE_SKIPPED",
    /// The signal would have been traded.
    AutoRouteDryRun(AutoRoute) = "AUTO_ROUTE_DRYRUN",
    /// See [`OrderNew`].
    OrderNew(Box<OrderNew>) = "ORDER_NEW",
    /// See [`OrderAccepted`].
    OrderAccepted(OrderAccepted) = "ORDER_ACCEPTED",
    /// A part was filled, and the order lives on.
    OrderPartialFill(OrderProgress) = "ORDER_PARTIAL_FILL",
    /// Completely filled.
    OrderFilled(OrderProgress) = "ORDER_FILLED",
    /// Ended by a cancel, perhaps after a part was filled.
    OrderCanceled(OrderProgress) = "ORDER_CANCELED",
    /// Fees became known after the fill was recorded.
    OrderFees(OrderProgress) = "ORDER_FEES",
    /// See [`OrderCancelRequested`].
    OrderCancelRequested(OrderCancelRequested) = "ORDER_CANCEL_REQUESTED",
    /// See [`OrderBlocked`].
    OrderBlocked(OrderBlocked) = "ORDER_BLOCKED",
    /// See [`OrderError`].
    OrderError(OrderError) = "ORDER_ERROR",
    /// See [`OrderInDoubt`].
    OrderInDoubt(OrderInDoubt) = "ORDER_IN_DOUBT",
    /// See [`OrderReconciled`].
    OrderReconciled(OrderReconciled) = "ORDER_RECONCILED",
    /// See [`OrderDryRun`].
    OrderDryRun(OrderDryRun) = "ORDER_DRYRUN",
    /// See [`PositionOpened`].
    PositionOpened(PositionOpened) = "POSITION_OPENED",
    /// See [`RiskSltp`].
    RiskSltp(RiskSltp) = "RISK_SLTP",
    /// See [`PositionClosing`].
    PositionClosing(PositionClosing) = "POSITION_CLOSING",
    /// See [`PositionClosed`].
    PositionClosed(PositionClosed) = "POSITION_CLOSED",
    /// See [`RiskPolicyChanged`].
    RiskPolicyChanged(RiskPolicyChanged) = "RISK_POLICY_CHANGED",
    /// See [`KillSwitch`].
    KillSwitch(KillSwitch) = "KILL_SWITCH",
    /// See [`AccountSelected`].
    AccountSelected(AccountSelected) = "ACCOUNT_SELECTED",
    /// The service started.
    ServiceStarted(Notice) = "SERVICE_STARTED",
    /// The service stopped in good order.
    ServiceStopped(Notice) = "SERVICE_STOPPED",
    /// The journal's torn last line was cut at start.
    JournalRepaired(Notice) = "JOURNAL_REPAIRED",
    /// The exchange answers again, or for the first time.
    MexcConnected(Notice) = "MEXC_CONNECTED",
    /// The exchange does not answer, or refuses.
    MexcError(Notice) = "MEXC_ERROR",
    /// Start-up compared journal and exchange.
    MexcReconciled(Notice) = "MEXC_RECONCILED",
    /// Something needs a person.
    Alarm(Notice) = "ALARM",
    /// See [`Checkpoint`].
    Checkpoint(Box<Checkpoint>) = "CHECKPOINT",
}

/// An event with its place in the journal: one line.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Counts from 1 over all days, without gaps.
    pub seq: u64,
    /// When the step that caused it began.
    pub ts: Timestamp,
    /// The pair it is about.
    pub symbol: Option<Symbol>,
    /// What it is part of.
    pub trace_id: Option<TraceId>,
    /// What became true.
    pub event: Event,
}

/// Why a journal line could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The line is not the JSON of a record.
    #[error("not a journal record: {0}")]
    Envelope(String),
    /// The type is not known to this version.
    #[error("event type {0:?} is unknown to this version of LeviBot; a newer one wrote it")]
    UnknownType(String),
    /// The payload does not fit its type.
    #[error("payload of {event_type} cannot be read: {error}")]
    Payload {
        /// The type.
        event_type: String,
        /// What the parser said.
        error: String,
    },
}

#[derive(Serialize)]
struct LineOut<'a> {
    seq: u64,
    ts: Timestamp,
    event_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    symbol: Option<&'a Symbol>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a TraceId>,
    payload: &'a Event,
}

#[derive(Deserialize)]
struct LineIn<'a> {
    seq: u64,
    ts: Timestamp,
    #[serde(borrow)]
    event_type: std::borrow::Cow<'a, str>,
    #[serde(default)]
    symbol: Option<Symbol>,
    #[serde(default)]
    trace_id: Option<TraceId>,
    #[serde(borrow)]
    payload: &'a RawValue,
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        LineOut {
            seq: self.seq,
            ts: self.ts,
            event_type: self.event.event_type(),
            symbol: self.symbol.as_ref(),
            trace_id: self.trace_id.as_ref(),
            payload: &self.event,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let line = LineIn::deserialize(deserializer)?;
        line.into_record().map_err(serde::de::Error::custom)
    }
}

impl LineIn<'_> {
    fn into_record(self) -> Result<Record, EventError> {
        let event = Event::parse(&self.event_type, self.payload.get())?;
        Ok(Record {
            seq: self.seq,
            ts: self.ts,
            symbol: self.symbol,
            trace_id: self.trace_id,
            event,
        })
    }
}

impl Record {
    /// Reads one line of the journal.
    ///
    /// # Errors
    /// [`EventError`] saying which part is at fault.
    pub fn parse(line: &str) -> Result<Self, EventError> {
        let line: LineIn<'_> = serde_json::from_str(line)
            .map_err(|error| EventError::Envelope(error.to_string()))?;
        line.into_record()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_one_flat_line_and_reads_back() {
        let record = Record {
            seq: 7,
            ts: Timestamp::from_micros(1_700_000_000_123_456),
            symbol: Some(Symbol::from_exchange("BTCUSDT")),
            trace_id: Some(TraceId::new("abc")),
            event: Event::OrderAccepted(OrderAccepted {
                client_order_id: ClientOrderId::new("levi-ea1-1"),
                order_id: ExchangeOrderId::new("C02__1"),
            }),
        };
        let line = serde_json::to_string(&record).unwrap();
        assert_eq!(
            line,
            r#"{"seq":7,"ts":"2023-11-14T22:13:20.123456Z","event_type":"ORDER_ACCEPTED","symbol":"BTCUSDT","trace_id":"abc","payload":{"client_order_id":"levi-ea1-1","order_id":"C02__1"}}"#
        );
        assert_eq!(Record::parse(&line).unwrap(), record);
    }

    #[test]
    fn a_bad_line_says_what_is_wrong() {
        let unknown = r#"{"seq":1,"ts":"2023-11-14T22:13:20Z","event_type":"X","payload":{}}"#;
        assert!(matches!(Record::parse(unknown), Err(EventError::UnknownType(_))));
        let payload = r#"{"seq":1,"ts":"2023-11-14T22:13:20Z","event_type":"ORDER_NEW","payload":{}}"#;
        assert!(matches!(Record::parse(payload), Err(EventError::Payload { .. })));
        assert!(matches!(Record::parse("{"), Err(EventError::Envelope(_))));
    }

    #[test]
    fn the_names_of_the_users_document_are_all_there() {
        for name in ["ORDER_NEW", "ORDER_FILLED", "ORDER_BLOCKED", "ORDER_ERROR", "RISK_SLTP"] {
            assert!(Event::TYPES.contains(&name), "{name}");
        }
    }
}
