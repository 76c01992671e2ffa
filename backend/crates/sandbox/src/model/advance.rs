//! Time passes: the market meets resting orders.

use domain::{Decimal, ExchangeOrderId, Price, Qty, Side, Timestamp};

use super::book::{Level, opposite};
use super::exchange::Exchange;
use super::{Change, Trade, ids};
use crate::market::{MarketIndex, PriceRange, synthetic::statistic};

/// The share of the market's turnover that trades with resting orders of accounts.
const FLOW_SHARE: f64 = 0.5;

impl Exchange {
    /// Fills resting orders whose price the mid reached since the last call. An order gets what
    /// the market passed by (levels of others at its price or better) and its share of the
    /// turnover of the time that went by; more follows in later calls.
    pub fn advance(&mut self, now: Timestamp) {
        let from = self.advanced_at.unwrap_or(now).min(now);
        self.advanced_at = self.advanced_at.max(Some(now));
        for market in self.resting_markets() {
            self.sweep(market, from, now);
        }
    }

    fn sweep(&mut self, market: MarketIndex, from: Timestamp, now: Timestamp) {
        let range = self.prices().range(market, from, now);
        let mut flow = self.flow(market, from, now);
        for side in [Side::Buy, Side::Sell] {
            for (id, price) in self.reached(market, side, range) {
                self.meet(market, (&id, side, price), &mut flow, now);
            }
        }
        let step = self.listing(market).step();
        self.flows[market.0].carry = flow.min(step);
    }

    /// Base that trades with resting orders in this span, and what was left over before.
    fn flow(&self, market: MarketIndex, from: Timestamp, now: Timestamp) -> Decimal {
        let turnover = self.prices().turnover(market, from, now) * FLOW_SHARE;
        let quote = statistic(turnover, 8);
        let base = quote.checked_div(self.mid(market, now).get()).unwrap_or_default();
        base.trunc_with_scale(12) + self.flows[market.0].carry
    }

    /// Resting orders whose price lies inside the range, in their order of priority.
    fn reached(
        &self,
        market: MarketIndex,
        side: Side,
        range: PriceRange,
    ) -> Vec<(ExchangeOrderId, Price)> {
        let resting = self.ledger().resting(&self.listing(market).symbol, side);
        let reached = resting.into_iter().take_while(|order| match side {
            Side::Buy => order.price >= range.low,
            Side::Sell => order.price <= range.high,
        });
        reached.map(|order| (order.id.clone(), order.price)).collect()
    }

    fn meet(
        &mut self,
        market: MarketIndex,
        (id, side, price): (&ExchangeOrderId, Side, Price),
        flow: &mut Decimal,
        now: Timestamp,
    ) {
        let step = self.listing(market).step();
        let passed = self.passed_by(market, side, price, now);
        let Some(order) = self.ledger().order(id).filter(|order| order.is_open()).cloned() else {
            return;
        };
        let available = Qty::new(passed + *flow).unwrap_or(Qty::ZERO).floor_to(step);
        let qty = order.remaining().min(available);
        if qty.is_zero() {
            return;
        }
        let from_levels = passed.min(qty.get());
        *flow -= qty.get() - from_levels;
        if let Ok(taken) = Qty::new(from_levels) {
            self.depletion_mut(market, opposite(side)).take(taken, now);
        }
        let number = ids::next_number(self.ledger().last_number(), now);
        let trade = Trade::of(&order, Level { price, qty }, (number, 1), now);
        self.record(Change::Traded { trade });
    }

    /// Base that others now offer at the order's price or better.
    fn passed_by(&self, market: MarketIndex, side: Side, price: Price, now: Timestamp) -> Decimal {
        let levels = self.ladder(market, opposite(side), now);
        let passed = levels.take_while(|level| match side {
            Side::Buy => level.price <= price,
            Side::Sell => level.price >= price,
        });
        passed.map(|level| level.qty.get()).sum()
    }
}
