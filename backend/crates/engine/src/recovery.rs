//! After a restart: what the journal left open is picked up before anything new happens.

use domain::event::AccountSelected;
use domain::{Event, OrderSnapshot, PositionId};

use crate::ledger::{Order, OrderState};
use crate::step::Step;

impl Step<'_> {
    /// Puts everything the journal left open back in motion. Orders whose answer was never recorded
    /// are in doubt: they may have reached the exchange.
    pub(crate) fn resume(&mut self) {
        self.select_account();
        let at = self.at;
        let unfinished = |order: &&Order| {
            order.is_open() || order.is_watched_for_a_twin(at) || !order.fees_complete
        };
        let open: Vec<Order> = self.ledger.all_orders().filter(unfinished).cloned().collect();
        for order in open {
            if order.state == OrderState::Intended {
                self.doubt(&order, "the service stopped before the answer was recorded".to_owned());
            }
            self.desk.probe(&order.client_order_id, self.at);
        }
        self.settle_everything();
        self.run_timers();
    }

    fn select_account(&mut self) {
        if self.ledger.account() != self.settings.account {
            let account = self.settings.account.clone();
            self.emit(None, None, Event::AccountSelected(AccountSelected { account }));
        }
        let elsewhere: Vec<String> = self
            .ledger
            .positions_elsewhere()
            .map(|(account, position)| {
                format!("{} {} on {account}", position.held(), position.symbol)
            })
            .collect();
        if !elsewhere.is_empty() {
            let message = format!(
                "positions of other accounts are open and NOT looked after while this one ({}) is \
                 in use: {}",
                self.settings.account,
                elsewhere.join(", ")
            );
            self.alarm(None, None, message);
        }
    }

    /// The exchange's own list of orders that carry our id. Known ones are settled by their probes;
    /// an unknown one means that the journal lost something, so a person is told.
    pub(crate) fn on_reconciled(&mut self, orders: &[OrderSnapshot]) {
        for snapshot in orders {
            let Some(id) = &snapshot.client_order_id else { continue };
            if !self.settings.bot_id.owns(id.as_str()) {
                continue;
            }
            match self.ledger.order(id).cloned() {
                Some(order) if says_more(snapshot, &order) => self.found(&order, snapshot, &[]),
                Some(_) => {}
                None => {
                    let message = format!(
                        "the exchange shows order {id} ({} {} {:?}, {} filled), which the journal \
                         does not know",
                        snapshot.side, snapshot.symbol, snapshot.status, snapshot.executed_qty
                    );
                    self.alarm(Some(&snapshot.symbol), None, message);
                }
            }
        }
        self.settle_everything();
    }

    /// Opens and plans positions that a torn journal left without, and moves every exit on.
    fn settle_everything(&mut self) {
        let filled: Vec<Order> = self
            .ledger
            .all_orders()
            .filter(|order| order.leg == domain::ids::Leg::Entry && order.lacks_position())
            .cloned()
            .collect();
        for order in filled {
            self.settle(&order);
        }
        let positions: Vec<PositionId> = self.ledger.positions().map(|p| p.id.clone()).collect();
        for id in positions {
            self.ensure_plan(&id);
            self.ensure_break_even(&id);
            self.advance(&id);
        }
    }
}

/// Whether the exchange's word adds to what the journal says of an order.
fn says_more(snapshot: &OrderSnapshot, order: &Order) -> bool {
    let held_absent = matches!(order.state, OrderState::Failed | OrderState::NeverPlaced);
    order.is_open() || held_absent || snapshot.executed_qty > order.executed_qty
}
