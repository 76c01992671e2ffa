//! Exit orders. [`Step::advance`] looks at a position as it stands and does the next thing towards
//! what its plan or its closing wants. It may run at any time: when there is nothing to do it does
//! nothing.

use domain::event::{CloseReason, ExitHints, OrderNew, Origin};
use domain::ids::Leg;
use domain::{
    Check, CheckResult, ClientOrderId, Decimal, Market, OrderKind, PositionId, Price, Qty, Side,
};

use crate::ledger::{Closing, Order, Position};
use crate::risk::checks;
use crate::step::Step;

/// Signed window of exits, milliseconds: a stop that arrives later is decided anew.
const EXIT_RECV_WINDOW_MS: u32 = 2_000;
/// No more than this part of what was bought is ever taken as a fee in the coin itself.
const MOST_FEE: Decimal = Decimal::from_parts(2, 0, 0, false, 3);

impl Step<'_> {
    /// Moves a position's exit on by at most one order.
    pub(crate) fn advance(&mut self, id: &PositionId) {
        let Some(position) = self.ledger.position(id).cloned() else { return };
        if let Some(order) = self.live_exit(&position) {
            if position.closing.is_some() && matches!(order.leg, Leg::Target(_)) {
                self.cancel(&order, "the position is being closed");
            }
            return;
        }
        match position.closing.clone() {
            Some(closing) => self.sell_now(&position, &closing),
            None => self.rest_at_target(&position),
        }
    }

    /// An exit order ended without having reached the exchange, or refused.
    pub(crate) fn after_exit_ended(&mut self, order: &Order) {
        self.warn_of_failed_exit(order);
        if order.leg != Leg::Entry
            && let Some(id) = order.position_id.clone()
        {
            self.advance(&id);
        }
    }

    /// Tells a person about a sale that achieved nothing; it is tried again after a pause.
    pub(crate) fn warn_of_failed_exit(&mut self, order: &Order) {
        let position = order.position_id.as_ref().and_then(|id| self.ledger.position(id));
        let Some(position) = position.filter(|p| order.leg != Leg::Entry && p.exit_failures > 0)
        else {
            return;
        };
        let message = format!(
            "exit order {} of {} achieved nothing ({} in a row): {} still held, trying again",
            order.client_order_id,
            order.symbol,
            position.exit_failures,
            position.held()
        );
        self.alarm(Some(&order.symbol), Some(&order.trace_id), message);
    }

    fn live_exit(&self, position: &Position) -> Option<Order> {
        self.ledger.order(position.exit_order.as_ref()?).cloned()
    }

    fn entry_is_open(&self, position: &Position) -> Option<Order> {
        self.ledger.order(&position.entry).filter(|order| order.is_open()).cloned()
    }

    fn sell_now(&mut self, position: &Position, closing: &Closing) {
        if let Some(entry) = self.entry_is_open(position) {
            self.cancel(&entry, "the position is being closed");
        }
        if position.is_paused(self.at) || !self.settings.executor_enabled {
            return;
        }
        let Some(market) = self.desk.market(&position.symbol) else { return };
        let Some(price) = self.desk.quote(&position.symbol).map(|quote| quote.bid) else { return };
        let fees_pending = self.fees_pending(position);
        // Of the whole purchase, not of what is left of it: the fee was taken when it was bought.
        let part = if fees_pending { MOST_FEE } else { Decimal::ZERO };
        let held = position.held().saturating_sub(position.bought.share(part, Decimal::ONE));
        let wanted = market.rules.round_qty(held.saturating_sub(closing.down_to));
        if checks::sellable(&market, price, wanted, market.market_orders) {
            self.sell_what_is_free(position, closing, &market, price, wanted);
        } else if self.entry_is_open(position).is_none() && !fees_pending {
            self.closing_done(position, closing);
        }
    }

    /// Whether a fee may have been taken in the coin that was bought, and how much is still being
    /// asked for. The coins it took are not ours to sell: on the account they may be the user's own.
    fn fees_pending(&self, position: &Position) -> bool {
        let unknown = |entry: &Order| !entry.fees_complete;
        self.ledger.order(&position.entry).is_some_and(unknown)
            && self.desk.probes.contains_key(&position.entry)
    }

    /// Sells what is wanted, as far as the exchange takes it at once and the account has it free.
    fn sell_what_is_free(
        &mut self,
        position: &Position,
        closing: &Closing,
        market: &Market,
        price: Price,
        wanted: Qty,
    ) {
        let most = wanted.min(market.rules.max_notional_market.qty_at(price));
        let free = self.fresh_free(position, market);
        let qty = market.rules.round_qty(free.map_or(most, |free| most.min(free)));
        if checks::sellable(market, price, qty, market.market_orders) {
            self.desk.short_of.remove(&position.id);
            return self.sell_at_market(position, closing, market, price, qty);
        }
        if self.desk.short_of.insert(position.id.clone()) {
            let message = format!(
                "position {} should sell {wanted} {} but only {} is free on the account: free it, \
                 or say what is really held by POST /positions/adjust",
                position.id,
                market.base,
                free.unwrap_or(Qty::ZERO)
            );
            self.alarm(Some(&position.symbol), Some(&position.trace_id), message);
        }
    }

    /// What is free of the base asset, if that was learnt after the last order of the position
    /// ended; older figures may still show its coins as locked.
    fn fresh_free(&self, position: &Position, market: &Market) -> Option<Qty> {
        let ours = |order: &&Order| order.position_id.as_ref() == Some(&position.id);
        let last = self.ledger.all_orders().filter(ours).filter_map(|order| order.ended_at).max();
        let known_at = self.desk.balances_at?;
        let fresh = last.is_none_or(|ended| known_at > ended);
        fresh.then(|| checks::free_qty(&self.situation(), &market.base)).flatten()
    }

    fn closing_done(&mut self, position: &Position, closing: &Closing) {
        if closing.down_to.is_zero() {
            return self.finish_position(position, closing.reason);
        }
        let event = domain::Event::PositionClosing(domain::event::PositionClosing {
            position_id: position.id.clone(),
            reason: None,
            qty: None,
            price: None,
            asked_by: None,
        });
        self.emit(Some(&position.symbol), Some(&position.trace_id), event);
        self.advance(&position.id);
    }

    fn sell_at_market(
        &mut self,
        position: &Position,
        closing: &Closing,
        market: &Market,
        price: Price,
        qty: Qty,
    ) {
        let leg = if closing.reason == CloseReason::Stop { Leg::Stop } else { Leg::Close };
        let kind = if market.market_orders {
            OrderKind::Market { qty }
        } else {
            let bound = self.lowest_price(market, price);
            OrderKind::ImmediateOrCancel { qty, price: bound }
        };
        let why = format!("{:?} at bid {price}, {} held", closing.reason, position.held());
        self.send_exit(position, market, leg, kind, price, qty, why);
    }

    /// How low an IOC sale may go: `EXIT_MAX_SLIPPAGE_BPS` below the bid, but inside the pair's
    /// price band, where one is published.
    fn lowest_price(&self, market: &Market, bid: Price) -> Price {
        let slippage = domain::Bps(-self.settings.exit.max_slippage.0);
        let bound = bid.moved_by(slippage).and_then(|price| price.floor_to(market.rules.tick));
        let last = self.desk.quote(&market.symbol).and_then(|quote| quote.last).unwrap_or(bid);
        let band = market.rules.band_down.and_then(|band| last.times(Decimal::ONE - band));
        let band = band.and_then(|price| price.ceil_to(market.rules.tick));
        let lowest = bound.unwrap_or(bid);
        band.map_or(lowest, |band| lowest.max(band))
    }

    /// Rests the nearest open target on the book. While the entry is still being filled only the
    /// stop is watched; the targets follow once the size is known.
    fn rest_at_target(&mut self, position: &Position) {
        if self.entry_is_open(position).is_some()
            || self.waits_for_candles(position)
            || self.fees_pending(position)
            || !self.settings.executor_enabled
        {
            return;
        }
        let Some(market) = self.desk.market(&position.symbol) else { return };
        let Some(plan) = position.plan.clone() else { return };
        let free = self.fresh_free(position, &market).filter(|_| position.exit_failures > 0);
        let held = position.held();
        let held = market.rules.round_qty(free.map_or(held, |free| held.min(free)));
        let done = usize::from(position.targets_done);
        let Some(target) = plan.targets.get(done) else {
            return self.leave_rest(position, &market, held);
        };
        if !checks::sellable(&market, target.price, market.rules.round_qty(position.held()), false)
        {
            return self.finish_position(position, CloseReason::Dust);
        }
        if !checks::sellable(&market, target.price, held, false) {
            return;
        }
        if position.is_paused(self.at) {
            return;
        }
        let last = done + 1 == plan.targets.len();
        let left: Decimal = plan.targets[done..].iter().map(|t| t.share).sum();
        let slice =
            if last { held } else { market.rules.round_qty(held.share(target.share, left)) };
        let rest = held.saturating_sub(slice);
        let splits = checks::sellable(&market, target.price, slice, false)
            && (last || checks::sellable(&market, target.price, rest, false));
        let qty = if splits { slice } else { held };
        let number = u8::try_from(done + 1).unwrap_or(u8::MAX);
        let price = self.target_price(&market, target.price);
        let kind = OrderKind::Limit { qty, price };
        let why = format!("target {number} of {}: {qty} of {held}", plan.targets.len());
        self.send_exit(position, &market, Leg::Target(number), kind, price, qty, why);
    }

    /// The target itself; when the price has leapt over it, what the market pays now: the target may
    /// lie below the pair's price band.
    fn target_price(&self, market: &Market, target: Price) -> Price {
        match self.desk.quote(&market.symbol).map(|quote| quote.bid) {
            Some(bid) if bid > target => target.max(self.lowest_price(market, bid)),
            _ => target,
        }
    }

    /// All targets are done: whatever rounding left is sold at the market, or is dust.
    fn leave_rest(&mut self, position: &Position, market: &Market, held: Qty) {
        let bid = self.desk.quote(&position.symbol).map(|quote| quote.bid);
        match bid {
            Some(bid) if checks::sellable(market, bid, held, market.market_orders) => {
                self.close(&position.id, CloseReason::Targets, Some(bid));
            }
            Some(_) => self.finish_position(position, CloseReason::Targets),
            None if held.is_zero() => self.finish_position(position, CloseReason::Targets),
            None => {}
        }
    }

    #[expect(clippy::too_many_arguments, reason = "each is a part of the one order")]
    fn send_exit(
        &mut self,
        position: &Position,
        market: &Market,
        leg: Leg,
        kind: OrderKind,
        price: Price,
        qty: Qty,
        why: String,
    ) {
        let attempt = position.exit_orders + 1;
        let id = ClientOrderId::derive(
            &self.settings.bot_id,
            &self.settings.account,
            position.id.as_str(),
            leg,
            attempt,
        );
        let notional = price.notional(qty);
        let new = OrderNew {
            client_order_id: id,
            origin: Origin::Exit,
            leg,
            attempt,
            base: market.base.clone(),
            quote: market.quote.clone(),
            side: Side::Sell,
            kind,
            price,
            qty,
            notional,
            requested_notional: notional,
            position_id: Some(position.id.clone()),
            from: None,
            hints: ExitHints::default(),
            signal_at: None,
            expires_at: None,
            timestamp_ms: self.exchange_now_ms(),
            recv_window_ms: self.settings.recv_window_ms.min(EXIT_RECV_WINDOW_MS),
            checks: vec![Check::new("exit", CheckResult::Pass, why)],
        };
        self.send(&position.symbol, &position.trace_id, new, false);
    }
}
