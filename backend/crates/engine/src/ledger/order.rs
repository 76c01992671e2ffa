//! One order's life: a table of transitions, and cumulative fills.

use domain::event::{ExitHints, Fee, MessageRef, OrderNew, OrderProgress, Origin};
use domain::ids::Leg;
use domain::{
    Asset, ClientOrderId, Decimal, ExchangeOrderId, Notional, OrderKind, PositionId, Price, Qty,
    Side, Symbol, Timestamp, TraceId,
};
use serde::{Deserialize, Serialize};

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Decided and journalled; its bytes may be on their way.
    Intended,
    /// Nobody knows whether the exchange has it.
    InDoubt,
    /// The exchange has it, and it may still trade.
    Working,
    /// Completely filled.
    Filled,
    /// Ended by a cancel or by the exchange, perhaps partly filled.
    Canceled,
    /// Refused by the exchange, or held back before it was sent.
    Failed,
    /// Proven never to have reached the exchange.
    NeverPlaced,
}

/// What can happen to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderStep {
    /// The exchange has it.
    Accepted,
    /// Its fate is unknown.
    Doubted,
    /// Part of it was filled.
    PartlyFilled,
    /// All of it was filled.
    Filled,
    /// It ended by a cancel.
    Canceled,
    /// It was refused or held back.
    Failed,
    /// Its absence was proven.
    ProvenAbsent,
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Intended,
        Self::InDoubt,
        Self::Working,
        Self::Filled,
        Self::Canceled,
        Self::Failed,
        Self::NeverPlaced,
    ];

    /// The transition table. [`None`] means the step cannot happen in this state and is ignored:
    /// late and duplicate news must not move an order back.
    ///
    /// A final state yields only to stronger evidence: an order held to be absent or failed that
    /// the exchange shows after all is adopted as working or ended, never lost.
    pub const fn after(self, step: OrderStep) -> Option<Self> {
        use OrderState as S;
        use OrderStep as E;
        match (self, step) {
            (S::Intended | S::InDoubt | S::NeverPlaced | S::Failed, E::Accepted)
            | (
                S::Intended | S::InDoubt | S::Working | S::NeverPlaced | S::Failed,
                E::PartlyFilled,
            ) => Some(S::Working),
            (S::Intended, E::Doubted) => Some(S::InDoubt),
            (S::Filled | S::Canceled, _) | (_, E::Accepted | E::Doubted) => None,
            (_, E::Filled) => Some(S::Filled),
            (_, E::Canceled) => Some(S::Canceled),
            (S::Intended, E::Failed) => Some(S::Failed),
            (S::InDoubt, E::ProvenAbsent) => Some(S::NeverPlaced),
            (_, E::Failed | E::ProvenAbsent) => None,
        }
    }

    /// Whether nothing more is expected of the order.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Filled | Self::Canceled | Self::Failed | Self::NeverPlaced)
    }

    /// The name in API answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::InDoubt => "in_doubt",
            Self::Working => "working",
            Self::Filled => "filled",
            Self::Canceled => "canceled",
            Self::Failed => "failed",
            Self::NeverPlaced => "never_placed",
        }
    }
}

/// An order of ours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Our id.
    pub client_order_id: ClientOrderId,
    /// What it is part of.
    pub trace_id: TraceId,
    /// The pair.
    pub symbol: Symbol,
    /// Its base asset.
    pub base: Asset,
    /// Its quote asset.
    pub quote: Asset,
    /// Which way.
    pub side: Side,
    /// Who wanted it.
    pub origin: Origin,
    /// What it serves.
    pub leg: Leg,
    /// Counts from 1.
    pub attempt: u32,
    /// Type, quantity, price.
    pub kind: OrderKind,
    /// The price it was judged at.
    pub price: Price,
    /// Base quantity expected.
    pub qty: Qty,
    /// Quote amount expected; reserved while the entry is open.
    pub notional: Notional,
    /// The position it belongs to: for an entry, the one it opened.
    pub position_id: Option<PositionId>,
    /// The message that asked for it.
    #[serde(default)]
    pub from: Option<MessageRef>,
    /// What the signal said about exits.
    pub hints: ExitHints,
    /// When the signal was posted, or first seen.
    #[serde(default)]
    pub signal_at: Option<Timestamp>,
    /// When an unfilled limit entry is given up.
    pub expires_at: Option<Timestamp>,
    /// Signed time, exchange milliseconds.
    pub timestamp_ms: i64,
    /// Signed window, milliseconds.
    pub recv_window_ms: u32,
    /// When it was decided.
    pub created_at: Timestamp,
    /// Where it stands.
    pub state: OrderState,
    /// The exchange's id, once known.
    pub order_id: Option<ExchangeOrderId>,
    /// Base filled so far.
    pub executed_qty: Qty,
    /// Quote filled so far.
    pub executed_quote: Notional,
    /// Fees known so far.
    pub fees: Vec<Fee>,
    /// Whether they cover everything filled.
    pub fees_complete: bool,
    /// Whether a cancel was decided.
    pub cancel_requested: bool,
    /// When it reached its final state.
    pub ended_at: Option<Timestamp>,
}

impl Order {
    /// A fresh order from its journalled decision.
    pub fn from_intent(symbol: Symbol, trace_id: TraceId, at: Timestamp, new: &OrderNew) -> Self {
        Self {
            client_order_id: new.client_order_id.clone(),
            trace_id,
            symbol,
            base: new.base.clone(),
            quote: new.quote.clone(),
            side: new.side,
            origin: new.origin,
            leg: new.leg,
            attempt: new.attempt,
            kind: new.kind,
            price: new.price,
            qty: new.qty,
            notional: new.notional,
            position_id: new.position_id.clone(),
            from: new.from.clone(),
            hints: new.hints.clone(),
            signal_at: new.signal_at,
            expires_at: new.expires_at,
            timestamp_ms: new.timestamp_ms,
            recv_window_ms: new.recv_window_ms,
            created_at: at,
            state: OrderState::Intended,
            order_id: None,
            executed_qty: Qty::ZERO,
            executed_quote: Notional::ZERO,
            fees: Vec::new(),
            fees_complete: true,
            cancel_requested: false,
            ended_at: None,
        }
    }

    /// Average fill price, once anything was filled.
    pub fn average_price(&self) -> Option<Price> {
        self.executed_quote.average_price(self.executed_qty)
    }

    /// Takes over cumulative figures; older (smaller) ones change nothing.
    pub(super) fn advance(&mut self, progress: &OrderProgress) {
        if progress.executed_qty >= self.executed_qty {
            self.executed_qty = progress.executed_qty;
            self.executed_quote = progress.executed_quote;
            self.fees.clone_from(&progress.fees);
            self.fees_complete = progress.fees_complete;
        }
        self.order_id = Some(progress.order_id.clone());
    }

    /// Fees known so far in `asset`.
    pub fn fee_in(&self, asset: &Asset) -> Decimal {
        self.fees.iter().filter(|fee| fee.asset == *asset).map(|fee| fee.amount).sum()
    }

    /// What the fees paid in a third asset were worth in quote units, as far as that is known.
    pub fn fees_elsewhere(&self) -> Decimal {
        self.fees.iter().filter_map(|fee| fee.worth).map(Notional::get).sum()
    }

    /// Whether the order still holds exposure or quantity that must be reckoned with.
    pub fn is_open(&self) -> bool {
        !self.state.is_final()
    }

    /// Whether it was filled but no position was recorded for it (a torn journal).
    pub fn lacks_position(&self) -> bool {
        self.leg == Leg::Entry && self.position_id.is_none() && !self.executed_qty.is_zero()
    }

    /// Whether it is held to be absent, and that is so recent that it is still looked for.
    pub fn is_watched_for_a_twin(&self, at: Timestamp) -> bool {
        const WATCHED: std::time::Duration = std::time::Duration::from_mins(10);
        self.state == OrderState::NeverPlaced
            && self.ended_at.is_some_and(|ended| at.since(ended) < WATCHED)
    }

    /// Whether it is an entry that has not ended.
    pub fn is_open_entry(&self) -> bool {
        self.leg == Leg::Entry && self.is_open()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrderState as S;
    use OrderStep as E;

    #[test]
    fn the_transition_table_is_exactly_this() {
        let steps = [
            E::Accepted,
            E::Doubted,
            E::PartlyFilled,
            E::Filled,
            E::Canceled,
            E::Failed,
            E::ProvenAbsent,
        ];
        let (w, f, c) = (Some(S::Working), Some(S::Filled), Some(S::Canceled));
        #[rustfmt::skip]
        let table = [
            (S::Intended,    [w, Some(S::InDoubt), w, f, c, Some(S::Failed), None]),
            (S::InDoubt,     [w, None, w, f, c, None, Some(S::NeverPlaced)]),
            (S::Working,     [None, None, w, f, c, None, None]),
            (S::Filled,      [None; 7]),
            (S::Canceled,    [None; 7]),
            (S::Failed,      [w, None, w, f, c, None, None]),
            (S::NeverPlaced, [w, None, w, f, c, None, None]),
        ];
        for (state, row) in table {
            for (step, expected) in steps.iter().zip(row) {
                assert_eq!(state.after(*step), expected, "{state:?} after {step:?}");
            }
        }
    }
}
