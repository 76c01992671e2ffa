//! One position: what was bought, what was sold, and how it is to be left.

use std::time::Duration;

use domain::event::{CloseReason, ExitPlan};
use domain::{ClientOrderId, Notional, Pnl, PositionId, Price, Qty, Symbol, Timestamp, TraceId};
use serde::{Deserialize, Serialize};

/// Longest pause between two attempts to leave a position.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A wish to sell now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Why.
    pub reason: CloseReason,
    /// Sell until no more than this is held; zero leaves the position.
    pub down_to: Qty,
}

/// Something bought and not yet completely sold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Its id.
    pub id: PositionId,
    /// The pair.
    pub symbol: Symbol,
    /// The trace of the signal that opened it.
    pub trace_id: TraceId,
    /// When its first fill was journalled.
    pub opened_at: Timestamp,
    /// The order that opened it.
    pub entry: ClientOrderId,
    /// Base bought so far.
    pub bought: Qty,
    /// Quote paid for it, fees in quote not included.
    pub cost: Notional,
    /// Base that went for fees and cannot be sold.
    pub base_fees: Qty,
    /// Base that a person says is gone by other means.
    #[serde(default)]
    pub written_off: Qty,
    /// Base sold so far.
    pub sold: Qty,
    /// Quote received for it, fees in quote not included.
    pub proceeds: Notional,
    /// Fees paid in quote, entry and exits, and what those paid in a third asset were worth.
    pub quote_fees: Notional,
    /// How it is to be left; [`None`] only between the first fill and the plan in the same step.
    pub plan: Option<ExitPlan>,
    /// Counts the plans.
    pub plan_revision: u32,
    /// How many targets are done.
    pub targets_done: u8,
    /// A wish to sell now.
    pub closing: Option<Closing>,
    /// The one exit order on its way or on the book.
    pub exit_order: Option<ClientOrderId>,
    /// Exit orders so far, of any leg; numbers the attempts.
    pub exit_orders: u32,
    /// Selling exits in a row that ended without a fill.
    pub exit_failures: u32,
    /// No further exit order before this (after a failure).
    pub retry_at: Option<Timestamp>,
}

impl Position {
    /// A position at the moment its first fill is recorded.
    pub(super) fn open(
        id: PositionId,
        symbol: Symbol,
        trace_id: TraceId,
        entry: ClientOrderId,
        opened_at: Timestamp,
    ) -> Self {
        Self {
            id,
            symbol,
            trace_id,
            opened_at,
            entry,
            bought: Qty::ZERO,
            cost: Notional::ZERO,
            base_fees: Qty::ZERO,
            written_off: Qty::ZERO,
            sold: Qty::ZERO,
            proceeds: Notional::ZERO,
            quote_fees: Notional::ZERO,
            plan: None,
            plan_revision: 0,
            targets_done: 0,
            closing: None,
            exit_order: None,
            exit_orders: 0,
            exit_failures: 0,
            retry_at: None,
        }
    }

    /// Whether the pause after a failed exit still lasts. A pause that would last longer than any
    /// does was begun by a clock that has been set back since: it is over.
    pub fn is_paused(&self, at: Timestamp) -> bool {
        self.retry_at.is_some_and(|until| at < until && until.since(at) <= LONGEST_PAUSE)
    }

    /// Base held now: bought, less fees taken in base, less sold, less written off.
    pub fn held(&self) -> Qty {
        let left = self.bought.saturating_sub(self.base_fees).saturating_sub(self.sold);
        left.saturating_sub(self.written_off)
    }

    /// Whether all of it is being sold now (a partial sale is not).
    pub fn is_leaving(&self) -> bool {
        self.closing.as_ref().is_some_and(|closing| closing.down_to.is_zero())
    }

    /// Average entry price.
    pub fn entry_price(&self) -> Option<Price> {
        self.cost.average_price(self.bought)
    }

    /// Average exit price so far.
    pub fn exit_price(&self) -> Option<Price> {
        self.proceeds.average_price(self.sold)
    }

    /// What the held part cost: its share of the whole cost.
    pub fn cost_of_held(&self) -> Notional {
        self.cost.share(self.held(), self.bought)
    }

    /// Proceeds less the cost of what was sold (and of base that went for fees) less quote fees.
    /// What was written off is neither profit nor loss here: it is still somewhere.
    pub fn realised_pnl(&self) -> Pnl {
        let gone = self.sold.saturating_add(self.base_fees);
        let cost_of_gone = self.cost.share(gone, self.bought);
        self.proceeds.minus(cost_of_gone.saturating_add(self.quote_fees))
    }

    /// Value at `price` less the cost of what is held.
    pub fn unrealised_pnl(&self, price: Price) -> Pnl {
        price.notional(self.held()).minus(self.cost_of_held())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profit_counts_fees_and_the_part_that_is_gone() {
        let mut position = Position::open(
            PositionId::new("pos-1"),
            Symbol::from_exchange("BTCUSDT"),
            TraceId::new("t"),
            ClientOrderId::new("levi-ea1-x"),
            Timestamp::EPOCH,
        );
        position.bought = "2".parse().unwrap();
        position.cost = "200".parse().unwrap();
        position.sold = "1".parse().unwrap();
        position.proceeds = "110".parse().unwrap();
        position.quote_fees = "0.5".parse().unwrap();
        assert_eq!(position.held().to_string(), "1");
        assert_eq!(position.realised_pnl().to_string(), "9.5");
        assert_eq!(position.unrealised_pnl("90".parse().unwrap()).to_string(), "-10");
        position.base_fees = "0.5".parse().unwrap();
        assert_eq!(position.held().to_string(), "0.5");
        assert_eq!(position.cost_of_held().to_string(), "50");
    }
}
