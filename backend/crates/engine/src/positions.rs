//! A position from its first fill to its end: opening, planning, watching, closing.

use std::time::Duration;

use domain::event::{
    CloseReason, KillMode, PositionClosed, PositionClosing, PositionOpened, RiskSltp,
};
use domain::ids::Leg;
use domain::{Event, Notional, PositionId, Price, Symbol};

use crate::input::Quote;
use crate::ledger::{Order, Position};
use crate::plan::{self, PlanBasis};
use crate::risk;
use crate::step::Step;

/// How long the first target waits for candles before the fallback plan is followed.
const CANDLES_PATIENCE: Duration = Duration::from_secs(2);

impl Step<'_> {
    /// Makes positions follow from an order's figures: opens, plans, and moves exits on. Says the
    /// same thing only once, so it may run after any news, also after a restart.
    pub(crate) fn settle(&mut self, order: &Order) {
        if order.leg == Leg::Entry {
            self.settle_entry(order);
        } else if let Some(id) = order.position_id.clone() {
            self.ensure_break_even(&id);
            self.advance(&id);
        }
    }

    fn settle_entry(&mut self, order: &Order) {
        if order.executed_qty.is_zero() {
            return;
        }
        let id = self.open_position(order);
        match self.reason_not_to_hold(order) {
            Some(reason) if !self.is_leaving(&id) => self.close(&id, reason, None),
            _ => self.advance(&id),
        }
    }

    /// Why what this entry bought must not be kept.
    fn reason_not_to_hold(&self, order: &Order) -> Option<CloseReason> {
        if self.is_superseded(order) {
            return Some(CloseReason::Twin);
        }
        (self.ledger.kill_mode() == Some(KillMode::Flatten)).then_some(CloseReason::KillSwitch)
    }

    /// Whether everything that is held is being sold already, or the position is over.
    fn is_leaving(&self, id: &PositionId) -> bool {
        self.ledger.position(id).is_none_or(Position::is_leaving)
    }

    /// The position that a filled entry opens, with its plan; opened and planned if it was not yet.
    pub(crate) fn open_position(&mut self, order: &Order) -> PositionId {
        let derived = || PositionId::derive(&order.client_order_id);
        let id = order.position_id.clone().unwrap_or_else(derived);
        if order.position_id.is_none() {
            let event = Event::PositionOpened(PositionOpened {
                position_id: id.clone(),
                client_order_id: order.client_order_id.clone(),
            });
            self.emit(Some(&order.symbol), Some(&order.trace_id), event);
        }
        self.plan_position(&id, None);
        id
    }

    /// Gives the position a plan if it has none.
    pub(crate) fn ensure_plan(&mut self, id: &PositionId) {
        self.plan_position(id, None);
    }

    /// Gives the position its plan, or renews it for `reason`.
    fn plan_position(&mut self, id: &PositionId, reason: Option<&str>) {
        let Some(position) = self.ledger.position(id).cloned() else { return };
        if position.plan.is_some() && reason.is_none() {
            return;
        }
        let (Some(entry), Some(order)) =
            (position.entry_price(), self.ledger.order(&position.entry))
        else {
            return;
        };
        let Some(market) = self.desk.markets.get(&position.symbol) else { return };
        let plan = plan::derive(&PlanBasis {
            entry,
            // While the entry is still being filled the plan is made for its whole size.
            qty: if order.is_open() { position.held().max(order.qty) } else { position.held() },
            hints: &order.hints,
            atr: self.desk.atr(&position.symbol, self.at),
            policy: risk::policy(self.ledger),
            rules: &market.rules,
            exit: &self.settings.exit,
        });
        self.emit_plan(&position, entry, reason, plan);
    }

    pub(crate) fn emit_plan(
        &mut self,
        position: &Position,
        entry_price: Price,
        reason: Option<&str>,
        plan: domain::event::ExitPlan,
    ) {
        let event = Event::RiskSltp(RiskSltp {
            position_id: position.id.clone(),
            entry_price,
            revision: position.plan_revision + 1,
            reason: reason.map(str::to_owned),
            plan,
        });
        self.emit(Some(&position.symbol), Some(&position.trace_id), event);
    }

    /// Candles came (or could not be had): a fallback plan that nothing followed yet is renewed.
    pub(crate) fn on_candles(&mut self, symbol: &Symbol) {
        let waiting: Vec<PositionId> = self
            .ledger
            .positions()
            .filter(|position| position.symbol == *symbol && awaits_range(position))
            .map(|position| position.id.clone())
            .collect();
        for id in waiting {
            if self.desk.atr(symbol, self.at).is_some() {
                self.plan_position(&id, Some("candles arrived"));
            }
            self.advance(&id);
        }
    }

    /// Whether the first target still waits for candles.
    pub(crate) fn waits_for_candles(&self, position: &Position) -> bool {
        awaits_range(position)
            && self.desk.awaits_candles(&position.symbol)
            && self.at.since(position.opened_at) < CANDLES_PATIENCE
    }

    /// After `EXIT_BREAKEVEN_AFTER` targets the stop moves to the entry price.
    pub(crate) fn ensure_break_even(&mut self, id: &PositionId) {
        let after = self.settings.exit.breakeven_after;
        let Some(position) = self.ledger.position(id).cloned() else { return };
        let (Some(entry), Some(mut plan)) = (position.entry_price(), position.plan.clone()) else {
            return;
        };
        let market = self.desk.markets.get(&position.symbol);
        let even = market.and_then(|market| entry.floor_to(market.rules.tick)).unwrap_or(entry);
        if after == 0 || position.targets_done < after || plan.stop >= even {
            return;
        }
        plan.stop = even;
        let reason = format!("target {} filled: stop to the entry price", position.targets_done);
        self.emit_plan(&position, entry, Some(&reason), plan);
    }

    /// A market update: the fast path. Nothing is allocated unless a stop is crossed.
    pub(crate) fn on_quote(&mut self, symbol: &Symbol, quote: Quote) {
        let before = self.desk.set_quote(symbol, quote);
        let price = quote.last.unwrap_or(quote.bid);
        let crossed = |position: &Position| {
            position.symbol == *symbol
                && !position.is_leaving()
                && position.plan.as_ref().is_some_and(|plan| price <= plan.stop)
        };
        while self.out.fault.is_none() {
            let stopped = self.ledger.positions().find(|p| crossed(p)).map(|p| p.id.clone());
            let Some(id) = stopped else { break };
            self.close(&id, CloseReason::Stop, Some(price));
        }
        self.trail(symbol, price);
        self.withdraw_stopped_entries(symbol, price);
        self.watch_shadows(symbol, &quote, before);
    }

    /// A resting entry whose stop is crossed before it was filled has lost its reason.
    fn withdraw_stopped_entries(&mut self, symbol: &Symbol, price: Price) {
        let lost = |order: &&Order| {
            order.symbol == *symbol
                && !order.cancel_requested
                && order.hints.stop.is_some_and(|stop| price <= stop && stop < order.price)
        };
        let Some(order) = self.ledger.open_entries().find(lost).cloned() else { return };
        self.cancel(&order, "the signal's stop was crossed before the entry was filled");
    }

    /// Decides to sell everything that is held now.
    pub(crate) fn close(&mut self, id: &PositionId, reason: CloseReason, price: Option<Price>) {
        self.begin_closing(PositionClosing {
            position_id: id.clone(),
            reason: Some(reason),
            qty: None,
            price,
            asked_by: None,
        });
    }

    /// Journals the wish to sell and does the first thing about it.
    pub(crate) fn begin_closing(&mut self, closing: PositionClosing) {
        let id = &closing.position_id.clone();
        let Some(position) = self.ledger.position(id).cloned() else { return };
        let event = Event::PositionClosing(closing);
        self.emit(Some(&position.symbol), Some(&position.trace_id), event);
        self.advance(id);
    }

    /// Ends a position of which nothing (that could be sold) is left.
    pub(crate) fn finish_position(&mut self, position: &Position, reason: CloseReason) {
        let Some(entry_price) = position.entry_price() else { return };
        let event = Event::PositionClosed(PositionClosed {
            position_id: position.id.clone(),
            reason,
            qty: position.bought,
            entry_price,
            exit_price: position.exit_price(),
            realised_pnl: position.realised_pnl(),
            dust: position.held(),
            opened_at: position.opened_at,
        });
        self.emit(Some(&position.symbol), Some(&position.trace_id), event);
        self.trip_at_daily_loss();
    }

    /// The daily loss limit pulls the kill switch by itself; only a person releases it.
    fn trip_at_daily_loss(&mut self) {
        let most = self.settings.risk.max_daily_loss;
        let lost = self.ledger.realised_on(self.at.utc_day()).loss();
        if most == Notional::ZERO || lost < most || self.ledger.kill_mode().is_some() {
            return;
        }
        let reason = format!("lost {lost} today (UTC), RISK_MAX_DAILY_LOSS is {most}");
        self.kill(KillMode::Cancel, reason.clone(), "daily loss limit".to_owned());
        self.alarm(None, None, format!("{reason}: no new entries until POST /risk/resume"));
    }
}

/// Whether the stop rests on the fallback, and nothing followed it yet.
fn awaits_range(position: &Position) -> bool {
    let fallback = |plan: &domain::event::ExitPlan| plan.atr.is_none() && !plan.stop_hinted;
    position.plan.as_ref().is_some_and(fallback) && position.exit_orders == 0
}
