//! The journal's events: what became true. State changes only by applying one.

mod control;
mod order;
mod position;
mod record;
mod shadow;
mod signal;

pub use control::*;
pub use order::*;
pub use position::*;
pub use record::{EventError, Record};
pub use shadow::*;
pub use signal::*;

use serde::{Serialize, Serializer};

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
    /// An order of ours that the journal did not know was found at the exchange and is looked after.
    OrderAdopted(Box<OrderNew>) = "ORDER_ADOPTED",
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
    /// See [`PositionAdjusted`].
    PositionAdjusted(PositionAdjusted) = "POSITION_ADJUSTED",
    /// See [`PositionClosed`].
    PositionClosed(PositionClosed) = "POSITION_CLOSED",
    /// See [`ShadowOpened`].
    ShadowOpened(Box<ShadowOpened>) = "SHADOW_OPENED",
    /// See [`ShadowEntered`].
    ShadowEntered(ShadowEntered) = "SHADOW_ENTERED",
    /// See [`ShadowClosed`].
    ShadowClosed(ShadowClosed) = "SHADOW_CLOSED",
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
    /// The room left for the journal became short, or is enough again.
    JournalRoom(Notice) = "JOURNAL_ROOM",
    /// The exchange answers again, or for the first time.
    MexcConnected(Notice) = "MEXC_CONNECTED",
    /// The exchange does not answer, or refuses.
    MexcError(Notice) = "MEXC_ERROR",
    /// Start-up compared journal and exchange.
    MexcReconciled(Notice) = "MEXC_RECONCILED",
    /// The request budget stopped or started to be shared with other processes.
    MexcBudget(Notice) = "MEXC_BUDGET",
    /// What the exchange allows for a held pair changed: `from` and `to` (`open`, `buy_only`,
    /// `sell_only`, `closed`, `gone`), and the positions.
    MexcSymbolRestricted(Notice) = "MEXC_SYMBOL_RESTRICTED",
    /// Something needs a person.
    Alarm(Notice) = "ALARM",
    /// A person gave a command, over Telegram; the details say who and what came of it.
    OperatorCommand(Notice) = "OPERATOR_COMMAND",
    /// Somebody was turned away: a command, button or webhook that was not theirs.
    AccessRefused(Notice) = "ACCESS_REFUSED",
    /// See [`Checkpoint`].
    Checkpoint(Box<Checkpoint>) = "CHECKPOINT",
}
