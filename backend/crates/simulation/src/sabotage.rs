//! Deliberate bugs, applied from outside to what goes into and comes out of the engine. The
//! simulator must find each of them.

use domain::event::Notice;
use domain::{
    ClientOrderId, Decimal, Event, OrderKind, OrderStatus, PlaceOrder, PlaceOutcome, QueryOutcome,
    Record, Refusal, RefusalClass, TradeId,
};

use crate::news::News;

macro_rules! sabotages {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// A deliberate bug.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Sabotage {
            $($(#[$doc])* $name,)*
        }

        impl Sabotage {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name on the command line.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

sabotages! {
    /// A time-out or broken connection is taken for a refusal.
    TimeoutIsRefusal = "timeout-is-refusal",
    /// A 5xx is taken for a refusal.
    ErrorIsRefusal = "5xx-is-refusal",
    /// An order in doubt is sent again under a new id.
    RetryWithNewId = "retry-with-new-id",
    /// Orders are signed with a wider window than the journal says.
    WiderWindow = "wider-window",
    /// The disk says "synced" and did nothing: unsynced events are gone after a power cut.
    SyncLies = "sync-lies",
    /// Each fill is counted twice, under two trade ids.
    FillsTwice = "fills-twice",
    /// After a restart nothing that was left open is picked up.
    SkipResume = "skip-resume",
    /// The exchange's own list is not looked at after a restart, nor is any order asked for again.
    SkipReconcile = "skip-reconcile",
    /// Market sales sell what was bought at first instead of what is left.
    SellOriginal = "sell-original",
    /// An accepted entry gives its reserved exposure back before it has ended.
    ForgetReservation = "forget-reservation",
    /// A cancel that the exchange took is believed to have ended the order as it was last seen.
    CancelIsFinal = "cancel-is-final",
    /// The first "not found" is taken for proof.
    NotFoundIsProof = "not-found-is-proof",
    /// Absence is believed as soon as the signed window is over.
    NoSettling = "no-settling",
    /// A message that comes again counts as new.
    DedupForgotten = "dedup-forgotten",
    /// The kill switch revokes nothing that waits to leave.
    KillIgnored = "kill-ignored",
    /// Exit plans are not written to the journal.
    PlanNotWritten = "plan-not-written",
    /// Falling prices do not reach the engine.
    StopNotSeen = "stop-not-seen",
    /// Fees taken in coins are overlooked.
    FeesIgnored = "fees-ignored",
    /// The journal's lock keeps no second process out.
    LockIgnored = "lock-ignored",
    /// Answers to questions are lost inside the service.
    AnswersSwallowed = "answers-swallowed",
    /// The engine is not told that the disk is full.
    RoomIgnored = "room-ignored",
}

impl Sabotage {
    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|sabotage| sabotage.name() == name)
    }

    /// Alters an answer on its way to the engine.
    pub(crate) fn news(self, news: &mut News) {
        match (self, news) {
            (Self::TimeoutIsRefusal, News::Placed(_, outcome)) => refuse(outcome, "timed out"),
            (Self::ErrorIsRefusal, News::Placed(_, outcome)) => refuse(outcome, "5xx"),
            (Self::NotFoundIsProof, News::Queried(_, outcome)) => prove(outcome),
            (Self::FillsTwice, News::Queried(_, QueryOutcome::Found { fills, .. })) => {
                let twins = fills.clone().into_iter().map(|mut fill| {
                    fill.trade_id = TradeId::new(format!("{}-again", fill.trade_id));
                    fill
                });
                fills.extend(twins.collect::<Vec<_>>());
            }
            (Self::FeesIgnored, News::Queried(_, QueryOutcome::Found { fills, .. })) => {
                for fill in fills {
                    fill.fee = Decimal::ZERO;
                }
            }
            _ => {}
        }
    }

    /// Alters an order on its way to the exchange.
    pub(crate) fn order(self, order: &mut PlaceOrder, bought: domain::Qty) {
        match (self, &mut order.kind) {
            (
                Self::SellOriginal,
                OrderKind::Market { qty } | OrderKind::ImmediateOrCancel { qty, .. },
            ) => {
                *qty = bought.max(*qty);
            }
            (Self::WiderWindow, _) => order.recv_window_ms = 60_000,
            _ => {}
        }
    }

    /// What is written in place of a record.
    pub(crate) fn record(self, record: &Record) -> Option<Record> {
        let plan = matches!(record.event, Event::RiskSltp(_));
        (self == Self::PlanNotWritten && plan).then(|| {
            let notice =
                Notice { message: "lost".to_owned(), details: std::collections::BTreeMap::new() };
            Record { event: Event::MexcConnected(notice), ..record.clone() }
        })
    }
}

fn refuse(outcome: &mut PlaceOutcome, what: &str) {
    if matches!(outcome, PlaceOutcome::InDoubt { seen } if seen.contains(what)) {
        let message = what.to_owned();
        *outcome = PlaceOutcome::Refused(Refusal {
            class: RefusalClass::Maintenance,
            code: None,
            message,
        });
    }
}

fn prove(outcome: &mut QueryOutcome) {
    if let QueryOutcome::NotFound { server_time_ms, searched_lists } = outcome {
        *server_time_ms += 1_000_000;
        *searched_lists = true;
    }
}

/// A second id for an order that was sent before.
pub(crate) fn other_id(id: &ClientOrderId) -> ClientOrderId {
    let text = id.as_str();
    ClientOrderId::new(format!("{}Z", &text[..text.len() - 1]))
}

/// The order as one that ended with what was known of it.
pub(crate) fn ended(order: &engine::Order) -> Option<QueryOutcome> {
    let status = if order.executed_qty.is_zero() {
        OrderStatus::Canceled
    } else {
        OrderStatus::PartiallyCanceled
    };
    let snapshot = domain::OrderSnapshot {
        order_id: order.order_id.clone()?,
        client_order_id: Some(order.client_order_id.clone()),
        symbol: order.symbol.clone(),
        side: order.side,
        status,
        executed_qty: order.executed_qty,
        executed_quote: order.executed_quote,
        created_at: order.created_at,
    };
    Some(QueryOutcome::Found { order: snapshot, fills: Vec::new() })
}
