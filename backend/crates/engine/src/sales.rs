//! Sales that somebody asks for: SELL signals, direct sell orders. Spot cannot be short,
//! so a sale only ever reduces what the bot itself bought.

use domain::event::{CloseReason, OrderBlocked, Origin, PositionClosing};
use domain::{Check, CheckResult, Event, Notional, PositionId, Qty, Side, Symbol, TraceId};

use crate::input::ManualOrder;
use crate::ledger::{Order, Position};
use crate::messages::{Considered, Routed};
use crate::reply::{OrderDecision, OrderReply, Reply, RouteAction};
use crate::risk::checks;
use crate::step::Step;

impl Step<'_> {
    pub(crate) fn route_sale(&mut self, considered: &Considered, symbol: &Symbol) {
        let held = self.held_positions(symbol);
        let on_their_way: Vec<Order> =
            self.ledger.open_entries().filter(|order| order.symbol == *symbol).cloned().collect();
        let dry_run = self.settings.auto_route.dry_run;
        if held.is_empty() && on_their_way.is_empty() {
            let check = nothing_held(symbol);
            let reason = check.detail.clone();
            if !dry_run {
                self.emit_sale_blocked(
                    symbol,
                    &considered.trace_id,
                    Origin::Signal,
                    Notional::ZERO,
                    vec![check.clone()],
                );
            }
            let routed = Routed { checks: vec![check], ..Routed::default() };
            return self.finish(considered, Some(symbol), RouteAction::Blocked, reason, routed);
        }
        let check = Check::new(
            "position",
            CheckResult::Pass,
            format!("{} held and {} on their way in {symbol}", held.len(), on_their_way.len()),
        );
        let routed = Routed { checks: vec![check], ..Routed::default() };
        if dry_run {
            let reason = "would close what is held; AUTO_ROUTE_DRY_RUN is true".to_owned();
            return self.finish(considered, Some(symbol), RouteAction::DryRun, reason, routed);
        }
        for order in &on_their_way {
            self.cancel(order, "a SELL signal came before it was filled");
        }
        for position in &held {
            self.close(&position.id, CloseReason::Signal, None);
        }
        let (positions, entries) = (held.len(), on_their_way.len());
        let reason =
            format!("closing {positions} position(s), cancelling {entries} entry order(s)");
        self.finish(considered, Some(symbol), RouteAction::Executed, reason, routed);
    }

    fn held_positions(&self, symbol: &Symbol) -> Vec<Position> {
        let held = |position: &&Position| position.symbol == *symbol && !position.is_leaving();
        self.ledger.positions().filter(held).cloned().collect()
    }

    fn emit_sale_blocked(
        &mut self,
        symbol: &Symbol,
        trace_id: &TraceId,
        origin: Origin,
        requested: Notional,
        checks: Vec<Check>,
    ) {
        let reason = checks.iter().find(|check| check.result == CheckResult::Block);
        let event = Event::OrderBlocked(OrderBlocked {
            origin,
            side: Side::Sell,
            kind: "market".to_owned(),
            requested_notional: requested,
            notional: requested,
            price: self.desk.quote(symbol).map(|quote| quote.bid),
            reason: reason.map(|check| check.detail.clone()).unwrap_or_default(),
            checks,
        });
        self.emit(Some(symbol), Some(trace_id), event);
    }

    /// A direct sell order: reduces the oldest position of the pair by up to `notional`.
    pub(crate) fn manual_sell(&mut self, wanted: &ManualOrder, trace_id: TraceId) {
        let (position, qty, checks) = self.judge_sale(wanted);
        let blocking = checks.iter().find(|check| check.result == CheckResult::Block);
        let reason = blocking.map(|check| check.detail.clone()).unwrap_or_default();
        let price = self.desk.quote(&wanted.symbol).map(|quote| quote.bid);
        let mut answer = OrderReply {
            trace_id,
            decision: OrderDecision::Sent,
            symbol: wanted.symbol.clone(),
            side: Side::Sell,
            qty,
            price,
            notional: price.map_or(wanted.notional, |price| price.notional(qty)),
            requested_notional: wanted.notional,
            would_block: !reason.is_empty(),
            reason,
            checks,
            plan: None,
            client_order_id: None,
        };
        if wanted.dry_run {
            return self.answer_dry_run(answer);
        }
        match position.filter(|_| !answer.would_block) {
            None => {
                answer.decision = OrderDecision::Blocked;
                let (symbol, trace) = (&wanted.symbol, &answer.trace_id);
                let checks = answer.checks.clone();
                self.emit_sale_blocked(symbol, trace, Origin::Manual, wanted.notional, checks);
            }
            Some(id) => {
                self.begin_closing(PositionClosing {
                    position_id: id.clone(),
                    reason: Some(CloseReason::Manual),
                    qty: Some(qty),
                    price,
                    asked_by: Some(answer.trace_id.clone()),
                });
                let position = self.ledger.position(&id);
                answer.client_order_id = position.and_then(|p| p.exit_order.clone());
                if let Some(position) = position {
                    answer.trace_id = position.trace_id.clone();
                }
            }
        }
        self.reply(Reply::Order(Box::new(answer)));
    }

    fn judge_sale(&self, wanted: &ManualOrder) -> (Option<PositionId>, Qty, Vec<Check>) {
        let situation = self.situation();
        let market = self.desk.markets.get(&wanted.symbol);
        let quote = self.desk.quote(&wanted.symbol);
        let mut list = vec![
            checks::exchange_enabled(&situation),
            checks::tradable(&situation, &wanted.symbol, market, Side::Sell),
            checks::price_fresh(&situation, quote),
        ];
        let position = self.held_positions(&wanted.symbol).into_iter().min_by_key(|p| p.opened_at);
        let (Some(position), Some(market), Some(quote)) = (position, market, quote) else {
            list.push(nothing_held(&wanted.symbol));
            return (None, Qty::ZERO, list);
        };
        let held = position.held();
        let qty = market.rules.round_qty(wanted.notional.qty_at(quote.bid).min(held));
        let detail = format!("{held} held, {qty} asked for");
        list.push(Check::new("position", CheckResult::Pass, detail));
        let notional = quote.bid.notional(qty);
        list.push(checks::filters(market, quote.bid, qty, notional, market.market_orders));
        (Some(position.id), qty, list)
    }
}

fn nothing_held(symbol: &Symbol) -> Check {
    let detail = format!("nothing of {symbol} is held by this bot, and spot cannot be short");
    Check::new("position", CheckResult::Block, detail)
}
