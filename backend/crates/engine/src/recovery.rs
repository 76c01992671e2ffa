//! After a restart: what the journal left open is picked up before anything new happens.

use std::collections::BTreeMap;

use domain::event::{AccountSelected, KillMode};
use domain::{Asset, Decimal, Event, OrderSnapshot, PositionId, Qty, Symbol, Timestamp};

use crate::ledger::{Order, OrderState, Position};
use crate::step::Step;

impl Step<'_> {
    /// Puts everything the journal left open back in motion. Orders whose answer was never recorded
    /// are in doubt: they may have reached the exchange.
    pub(crate) fn resume(&mut self) {
        self.select_account();
        let at = self.at;
        self.desk.resumed_at = Some(at);
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
        let mut unknown = Vec::new();
        for snapshot in orders {
            let Some(id) = &snapshot.client_order_id else { continue };
            if !self.settings.bot_id.owns(id.as_str()) || self.ledger.is_known_elsewhere(id) {
                continue;
            }
            match self.ledger.order(id).cloned() {
                Some(order) if says_more(snapshot, &order) => {
                    // The list tells no fees: they are asked for.
                    self.desk.probe(id, self.at);
                    self.found(&order, snapshot, &[]);
                }
                Some(_) => {}
                None => unknown.push(snapshot),
            }
        }
        self.adopt_unknown(&unknown);
        self.settle_everything();
        self.compare_balances();
    }

    /// A difference that nobody can explain: a person is told, and nothing new is entered until that
    /// person says so. What is held stays looked after.
    pub(crate) fn stop_entries(&mut self, message: String) {
        if self.ledger.kill_mode().is_none() {
            self.kill(KillMode::Entries, message.clone(), "reconciliation".to_owned());
        }
        self.alarm(None, None, message);
    }

    /// The account must hold what the positions say. What may have changed between an order's last
    /// news and the balances explains itself, and is left to the order's probe.
    fn compare_balances(&mut self) {
        let Some(known_at) = self.desk.balances_at else { return };
        let mut wanted: BTreeMap<Asset, (Qty, Symbol)> = BTreeMap::new();
        for position in self.ledger.positions().filter(|p| self.is_settled(p, known_at)) {
            let Some(market) = self.desk.markets.get(&position.symbol) else { continue };
            let entry = wanted.entry(market.base.clone());
            let (sum, _) = entry.or_insert_with(|| (Qty::ZERO, position.symbol.clone()));
            *sum = sum.saturating_add(market.rules.round_qty(position.held()));
        }
        for (asset, (held, symbol)) in wanted {
            let balance = self.desk.balances.iter().find(|balance| balance.asset == asset);
            let there = balance.map_or(Decimal::ZERO, |balance| balance.free + balance.locked);
            if there < held.get() {
                self.stop_entries(format!(
                    "the journal holds {held} {asset} ({symbol}) but the account has only {there}: \
                     say what is really held by POST /positions/adjust, then `levibot resume`"
                ));
            }
        }
    }

    /// Whether the balances known since `known_at` must hold the position's coins: no exit was
    /// already under way that may have sold them by then (what rests has them locked), and the
    /// purchase was not learnt of later.
    fn is_settled(&self, position: &Position, known_at: Timestamp) -> bool {
        let exit = position.exit_order.as_ref().and_then(|id| self.ledger.order(id));
        let may_have_sold = exit.is_some_and(|exit| exit.is_open() && exit.created_at < known_at);
        let entry = self.ledger.order(&position.entry);
        let bought_before =
            entry.is_none_or(|entry| entry.ended_at.is_some_and(|ended| ended <= known_at));
        bought_before && !may_have_sold
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
